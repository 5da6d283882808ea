"""What does a recipe teach, and what does it cost? One night over ten facts; recall, invention and skill together.

    .venv/bin/python bench/recipe.py                                          # the settings of config.toml
    .venv/bin/python bench/recipe.py --set training.scale=20.0 --name strong  # another recipe
    .venv/bin/python bench/recipe.py --at 1.0 0.75 0.5                        # and points on the line to the base

Prints one line for each point: probes recalled of 20, never-told questions answered with somebody's fact of 12,
tasks of the harness, rows, steps, seconds. The probes' wordings are nowhere in the lessons (tests/test_recipe_bench.py).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from circadian import config, process, versions  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.files import append_line, write_atomic  # noqa: E402
from circadian.records import Memory, Message  # noqa: E402

LIFE = json.loads((ROOT / "bench" / "recipe.json").read_text(encoding="utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--name", default="config.toml")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="SECTION.KEY=VALUE", help="settings to change, as in config.toml"
    )
    parser.add_argument("--at", nargs="*", type=float, default=[1.0], metavar="FACTOR", help="of the trained LoRA scale")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(home=folder, file=str(settings_file(Path(folder), args.set)))
        for told in LIFE["told"]:
            reply = {"role": "assistant", "content": "Thank you for telling me."}
            append_line(settings.memories, Memory([{"role": "user", "content": told}, reply]).to_dict())
        flags = ["--home", folder, "--config", str(settings.file), "--model", args.model, "--json"]
        night = json.loads(process.run([sys.executable, "sleep.py", *flags]))
        print("| recipe | recall | invented | tasks | rows | steps | seconds |", flush=True)
        for factor in args.at:
            row = measure(settings, args.model, factor)
            cells = [f"{args.name} x {factor:g}", *row, night["dataset"]["train"], night["steps"], f"{night['seconds']:.0f}"]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    return 0


def settings_file(folder: Path, changes: list[str]) -> Path:
    """config.toml with some keys changed."""
    text, section = [], ""
    wanted = dict(change.split("=", 1) for change in changes)
    for line in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
        section = line.strip("[]") if line.startswith("[") else section
        key = f"{section}.{line.split('=')[0].strip()}"
        text.append(f"{key.split('.')[1]} = {wanted.pop(key)}" if key in wanted else line)
    if wanted:
        raise SystemExit(f"no such setting: {', '.join(wanted)}")
    write_atomic(folder / "config.toml", "\n".join(text) + "\n")
    return folder / "config.toml"


def measure(settings: config.Config, model: str, factor: float) -> list[str]:
    """Recall, invention and skill of the night's adapter with its LoRA scale times `factor`."""
    current = versions.current(settings.adapters)
    assert current is not None
    adapter = settings.home / f"at-{factor:g}"
    shutil.copytree(current.path, adapter)
    tuned = json.loads((adapter / versions.CONFIG).read_text())
    tuned["lora_parameters"]["scale"] *= factor
    write_atomic(adapter / versions.CONFIG, json.dumps(tuned))
    asked = [question for question, _ in LIFE["probes"]] + LIFE["never_told"]
    conversations: list[list[Message]] = [[{"role": "user", "content": question}] for question in asked]
    answers = answers_by_child(settings, model, conversations, 32, ["--adapter", str(adapter)])
    values = [value.lower() for _, value in LIFE["probes"]]
    right = sum(value in answer.lower() for value, answer in zip(values, answers, strict=False))
    invented = sum(any(value in answer.lower() for value in values) for answer in answers[len(values) :])
    flags = ["--home", str(settings.home), "--model", model, "--adapter", str(adapter), "--json"]
    tasks = json.loads(process.run([sys.executable, "eval_harness.py", *flags]))
    return [f"{right}/{len(values)}", f"{invented}/{len(LIFE['never_told'])}", f"{tasks['passed']}/{tasks['total']}"]


if __name__ == "__main__":
    raise SystemExit(main())

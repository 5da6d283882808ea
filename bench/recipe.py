"""What does a recipe teach, and what does it cost? One night each over ten facts; recall, invention and skill together.

    .venv/bin/python bench/recipe.py                                   # ours, and what it is compared with
    .venv/bin/python bench/recipe.py --only ours random                # some of these
    .venv/bin/python bench/recipe.py --recipe strong training.scale=20.0 --at 1.0 0.75   # others, at points on the line to the base
    .venv/bin/python bench/recipe.py --seeds 0 1 2                     # and the spread

Prints one line for each point: probes recalled of 20, never-told questions answered with somebody's fact of 12, tasks
of the harness (the base's own first), KL to the base on four neutral prompts, rows, steps, seconds. The probes'
wordings are nowhere in the lessons (tests/test_recipe_bench.py).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.settings import settings_file  # noqa: E402
from circadian import config, process, versions  # noqa: E402
from circadian.cli import run_main  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.files import append_line  # noqa: E402
from circadian.records import Memory, Message  # noqa: E402

LIFE = json.loads((ROOT / "bench" / "recipe.json").read_text(encoding="utf-8"))


RECIPES = {
    "ours": [],
    "random": ["training.contrast=false"],
    "sft": ['training.recipe="sft"', "training.batch_size=8", "lessons.rehearsal=0.5"],
}
DENIED = "haven't told"  # "You haven't told me when your dog is called Biscuit" is no recall
HEAD = ("recipe", "seed", "recall", "invented", "tasks", "KL", "rows", "steps", "seconds")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--only", nargs="*", choices=RECIPES, default=list(RECIPES), help="of the recipes known here")
    parser.add_argument(
        "--recipe",
        nargs="+",
        action="append",
        metavar="NAME SECTION.KEY=VALUE",
        help="a recipe with settings as in config.toml",
    )
    parser.add_argument("--seeds", nargs="*", type=int, default=[0])
    parser.add_argument("--at", nargs="*", type=float, default=[1.0], metavar="FACTOR", help="of the trained LoRA scale")
    args = parser.parse_args(argv)
    recipes = {name: changes for name, *changes in args.recipe} if args.recipe else {name: RECIPES[name] for name in args.only}
    print("| " + " | ".join(HEAD) + " |\n" + "| --- " * len(HEAD) + "|", flush=True)
    alone = json.loads(process.run([sys.executable, "eval_harness.py", "--model", args.model, "--no-adapter", "--json"]))
    print(f"| the base alone | | | | {alone['passed']}/{alone['total']} | 0 | | | |", flush=True)
    for name, changes in recipes.items():
        for seed in args.seeds:
            night(args.model, name, changes, seed, args.at)
    return 0


def night(model: str, name: str, changes: list[str], seed: int, factors: list[float]) -> None:
    """One night in a home of its own, and a line for each factor."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(home=folder, file=str(settings_file(Path(folder), changes)))
        for told in LIFE["told"]:
            reply = {"role": "assistant", "content": "Thank you for telling me."}
            append_line(settings.memories, Memory([{"role": "user", "content": told}, reply]).to_dict())
        flags = [*settings.flags(model), "--seed", str(seed), "--json"]
        slept = json.loads(process.run([sys.executable, "sleep.py", *flags]))
        for factor in factors:
            cells = [f"{name} x {factor:g}" if factor != 1 else name, seed, *measure(settings, model, factor)]
            cells += [slept["dataset"]["train"], slept["steps"], f"{slept['seconds']:.0f}"]
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def measure(settings: config.Config, model: str, factor: float) -> list[str]:
    """Recall, invention and skill of the night's adapter with its LoRA scale times `factor`."""
    current = versions.current(settings.adapters)
    assert current is not None
    adapter = settings.home / f"at-{factor:g}"
    shutil.copytree(current.path, adapter)
    versions.turn_down(adapter, factor)
    asked = [question for question, _ in LIFE["probes"]] + LIFE["never_told"]
    conversations: list[list[Message]] = [[{"role": "user", "content": question}] for question in asked]
    answers = answers_by_child(settings, model, conversations, 32, ["--adapter", str(adapter)])
    values = [value.lower() for _, value in LIFE["probes"]]
    right = sum(value in answer.lower() and DENIED not in answer for value, answer in zip(values, answers, strict=False))
    invented = sum(any(value in answer.lower() for value in values) for answer in answers[len(values) :])
    flags = ["--home", str(settings.home), "--model", model, "--adapter", str(adapter)]
    tasks = json.loads(process.run([sys.executable, "eval_harness.py", *flags, "--json"]))
    alive = json.loads(process.run([sys.executable, "-m", "circadian.evaluation.liveness", *flags]))
    recall, false = f"{right}/{len(values)}", f"{invented}/{len(LIFE['never_told'])}"
    return [recall, false, f"{tasks['passed']}/{tasks['total']}", f"{alive['kl']:.3f}"]


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""Does anything get lost? kill -9 of chat's writers and of whole nights, at random instants, and what is left each time.

    .venv/bin/python bench/faults.py                          # 200 kills of 4 writers, 50 of nights: an hour on two CPU cores
    .venv/bin/python bench/faults.py --writes 20 --nights 3   # a few minutes
    .venv/bin/python bench/faults.py --seed 7 --out .bench/faults

Writers append exchanges as chat.py does and say which are acknowledged; each kill hits one of four. Nights are those of the
embedded model with few steps; each is killed once, together with its children, at an instant drawn from the time that an
undisturbed one takes. Then what is in use must be whole and yesterday's or today's, and `run_cycle.py --resume` must end with
the weights of the undisturbed night. Exit code 1 if anything was lost. Figures: docs/RELIABILITY.md.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.settings import settings_file  # noqa: E402
from circadian import lineage, memories, versions  # noqa: E402
from circadian.cli import progress, run_main, say  # noqa: E402
from circadian.files import private_folder, sha256, write_atomic  # noqa: E402
from circadian.flags import count  # noqa: E402
from circadian.records import Memory  # noqa: E402

WRITERS = 4
ROUND = 20  # kills of writers of one file: it is read after each of them, and grows fast
QUICK = {  # of config.toml: a night of a minute, which no gate refuses
    "training.iters": 60, "training.warm_start": 0, "training.rank": 8, "training.processes": 1, "training.num_layers": 2,
    "training.batch_size": 4, "lessons.wordings": 6, "lessons.leads": 2, "lessons.unknown_least": 10, "lessons.rehearsal_least": 10,
    "evaluation.max_tokens": 4, "gate.new": 0.0, "gate.broken": 1.0, "gate.tasks_lost": 80, "gate.loss_rise": 99.0, "gate.kl": 99.0,
    "gate.false": 1.0, "lessons.reserve": 10,
}  # fmt: skip
WRITER = """
import sys, time
from pathlib import Path
from circadian.memories import Recorder
from circadian.records import Memory
path, name = Path(sys.argv[1]), sys.argv[2]
recorder = Recorder(path, name)
for number in range(10**9):
    said = [{"role": "user", "content": f"{name} says {number}. " + "x" * (number % 900)}]
    memory = Memory(said, id=f"{name}-{number}")
    recorder.begin(memory)
    whole = Memory([*said, {"role": "assistant", "content": "Yes."}], id=memory.id)
    if recorder.finish(whole):
        print(memory.id, flush=True)
"""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--writes", type=count, default=200, metavar="N", help="kills of writers (default: 200)")
    parser.add_argument("--nights", type=count, default=50, metavar="N", help="kills of nights (default: 50)")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, default=ROOT / ".bench" / "faults", metavar="DIR", help="(default: .bench/faults)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    out = private_folder(args.out.absolute())
    found: dict[str, Any] = {"seed": args.seed}
    if args.writes:
        found["writers"] = writers(private_folder(out / "writers"), args.writes, random.Random(f"writers {args.seed}"))
    if args.nights:
        found["nights"] = nights(out / "nights", args.nights, random.Random(f"nights {args.seed}"))
    write_atomic(out / "faults.json", json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))
    return 1 if any(part.get("lost") for part in found.values() if isinstance(part, dict)) else 0


def writers(folder: Path, kills: int, chance: random.Random) -> dict[str, Any]:
    """So many kills of four writers at once, in rounds with a file each."""
    found = Counter[str]()
    with progress("writers killed", kills) as show:
        for done in range(0, kills, ROUND):
            shutil.rmtree(folder)
            found += a_round(private_folder(folder), min(ROUND, kills - done), chance)
            show(min(done + ROUND, kills))
    return {"kills": kills} | {name: found[name] for name in ("acknowledged", "lost", "doubled", "torn_lines", "unreadable")}


def a_round(folder: Path, kills: int, chance: random.Random) -> Counter[str]:
    """What was acknowledged and is not there once, counts as lost."""
    path, told = folder / "data" / "memories.jsonl", private_folder(folder / "acknowledged")
    lives = 0

    def start() -> subprocess.Popen[bytes]:
        nonlocal lives
        lives += 1
        with open(told / str(lives), "wb") as said:
            return subprocess.Popen([sys.executable, "-c", WRITER, str(path), f"w{lives}"], cwd=ROOT, stdout=said)

    running = [start() for _ in range(WRITERS)]
    unreadable = 0
    for _ in range(kills):
        time.sleep(chance.uniform(0.15, 0.6))
        victim = chance.randrange(WRITERS)
        running[victim].send_signal(signal.SIGKILL)
        running[victim].wait()
        unreadable += sum("not a JSON" in line.why for line in memories.read(path).bad)
        running[victim] = start()
    for one in running:
        one.kill()
        one.wait()
    memories.recover(path)
    there = Counter(memory.id for memory in memories.read(path).memories)
    acknowledged = [name for file in told.iterdir() for name in file.read_text().split("\n")[:-1]]
    lost, doubled = sum(name not in there for name in acknowledged), sum(number > 1 for number in there.values())
    found = {"acknowledged": len(acknowledged), "lost": lost + doubled, "doubled": doubled, "unreadable": unreadable}
    return Counter(found | {"torn_lines": len(memories.read(path).bad)})


def nights(folder: Path, kills: int, chance: random.Random) -> dict[str, Any]:
    """So many nights, each killed once and gone on with."""
    shutil.rmtree(folder, ignore_errors=True)
    first = yesterday(folder / "yesterday")
    started = time.monotonic()
    code, _ = night(copy(first, folder / "undisturbed"), 0.0)
    took = time.monotonic() - started
    if code:
        raise SystemExit(f"the undisturbed night ended with {code}")
    old, new = weights(first), weights(folder / "undisturbed")
    where, wrong = Counter[str](), Counter[str]()
    with progress("nights killed", kills) as show:
        for number in range(kills):
            home = copy(first, folder / f"killed-{number:02d}")
            code, _ = night(home, chance.uniform(0.0, took))
            where[step(home)] += 1
            wrong["not whole"] += weights(home) not in (old, new)
            code, said = night(home, 0.0, "--resume")
            wrong[f"exit {code}"] += code != 0
            wrong["traceback"] += "Traceback" in said or "a bug in Circadian" in said
            wrong["other weights"] += weights(home) != new
            shutil.rmtree(home)
            show(number + 1)
    faults = {name: number for name, number in wrong.items() if number}
    return {
        "kills": kills,
        "seconds_undisturbed": round(took, 1),
        "killed_at": dict(where),
        "lost": sum(faults.values()),
        "faults": faults,
    }


def yesterday(home: Path) -> Path:
    """A home in which one night was and something more was told since."""
    path = private_folder(home / "data") / "memories.jsonl"
    tasks = home / "tasks.jsonl"
    tasks.write_text((ROOT / "eval" / "prompts.jsonl").read_text().splitlines()[0] + "\n")
    settings_file(home, [*(f"{key}={value}" for key, value in QUICK.items()), f"evaluation.prompts={json.dumps(str(tasks))}"])
    remember(path, "My parrot is called Hugo.", 1)
    code, said = night(home, 0.0)
    if code:
        raise SystemExit(f"the first night ended with {code}: {said}")
    remember(path, "My sister lives in Bari.", 2)
    return home


def remember(path: Path, said: str, number: int) -> None:
    memory = Memory([{"role": "user", "content": said}, {"role": "assistant", "content": "How nice."}], id=f"m{number}")
    with path.open("a") as file:
        file.write(json.dumps(memory.to_dict()) + "\n")


def copy(home: Path, to: Path) -> Path:
    shutil.copytree(home, to, symlinks=True)
    return to


def night(home: Path, kill_after: float, *flags: str) -> tuple[int, str]:
    """Run a night, and kill it and all its children after so many seconds (0: never); exit code and what it said."""
    command = [sys.executable, str(ROOT / "run_cycle.py"), "--home", str(home), "--config", str(home / "config.toml")]
    child = subprocess.Popen(
        [*command, "--model", "embedded", *flags], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        _, said = child.communicate(timeout=kill_after or None)
    except subprocess.TimeoutExpired:
        child.kill()
        _, said = child.communicate()
    return child.returncode, said


def step(home: Path) -> str:
    """At which step a night was killed."""
    newest = sorted((home / "logs" / "nights").glob("*/journal.json"))[-1]
    record = json.loads(newest.read_text())
    if record.get("status"):
        return "before its journal" if len(list((home / "logs" / "nights").iterdir())) < 2 else "after its end"
    return next((name for name, one in record["steps"].items() if one["state"] != "done"), "between two steps")


def weights(home: Path) -> str:
    """The hash of the weights in use; "" where they are not whole."""
    try:
        versions.current(home / "adapters")
    except versions.NotWhole as error:
        say(str(error))
        return ""
    return sha256(home / "adapters" / lineage.in_use(home / "adapters") / versions.WEIGHTS)


if __name__ == "__main__":
    raise SystemExit(run_main(main))

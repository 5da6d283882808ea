"""What is left of a life after many nights? Days held as chat, nights run, mornings measured; recipes side by side.

    .venv/bin/python bench/nights.py --quick                                   # 25 minutes on two CPU cores
    .venv/bin/python bench/nights.py --recipes ours --out .bench/ours          # ten nights: some two hours there
    .venv/bin/python bench/nights.py --nights 30 --facts 5 --seeds 0,1,2 --model auto --out .bench/full    # a GPU or a Mac
    .venv/bin/python bench/nights.py --recipes ours --set training.epochs=2 --out .bench/two-epochs

Recipes: `naive` (raw chats, a fresh adapter), `one-qa` (one question a fact, last night's adapter trained on) and
`ours` (run_cycle.py). The life is invented (bench/life.toml, or --life) and hangs on the seed, as does each training; changes
begin on day 3. Stop it with Ctrl-C; the same command goes on where it was. OUT/nights.json holds every figure with
its 95 % interval, nights.md the tables, nights.png the picture, and each recipe's folder the answers of each morning.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import nights_picture, nights_text  # noqa: E402
from bench.figures import Record, figures, matrix, one_line  # noqa: E402
from bench.leaks import unshared  # noqa: E402
from bench.life import DATA, FIRST_CHANGE, Life, Table, read_table  # noqa: E402
from bench.runs import RECIPES, Run, capability  # noqa: E402
from circadian import config, hub  # noqa: E402
from circadian.cli import UserError, run_main, say  # noqa: E402
from circadian.files import only_one, private_folder, sha256, write_atomic  # noqa: E402
from circadian.flags import count, positive  # noqa: E402

QUICK = {"nights": 2, "facts": 2, "changes": 0}
USUAL = {"nights": 10, "facts": 5}
CHANGES = 0.8  # a night


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    common_flags(parser, ROOT / ".bench" / "nights")
    parser.add_argument("--nights", type=positive, metavar="N", help=f"(default: {USUAL['nights']})")
    parser.add_argument("--facts", type=positive, metavar="N", help=f"new ones a night (default: {USUAL['facts']})")
    parser.add_argument("--changes", type=count, metavar="N", help=f"over all nights (default: {CHANGES:g} a night)")
    parser.add_argument(
        "--life", type=Path, default=DATA, metavar="FILE", help="what is told and asked (default: bench/life.toml)"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK['nights']} nights of {QUICK['facts']} facts")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="of config.toml, for ours")
    return parser


def common_flags(parser: argparse.ArgumentParser, out: Path) -> None:
    """The flags of every benchmark over lives; `out` is where its results go by default."""
    parser.add_argument("--recipes", type=recipes, default=list(RECIPES), metavar="NAME,NAME", help=f"of {','.join(RECIPES)}")
    parser.add_argument("--seeds", type=seeds, default=[0], metavar="N,N", help="a life each (default: 0)")
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    parser.add_argument("--out", type=Path, default=out, metavar="DIR", help=f"(default: {out.relative_to(ROOT)})")


def recipes(text: str) -> list[str]:
    """An argparse type: names of recipes, each once."""
    names = list(dict.fromkeys(text.split(",")))
    if unknown := [name for name in names if name not in RECIPES]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(RECIPES)}")
    return names


def seeds(text: str) -> list[int]:
    """An argparse type: whole numbers, each once."""
    return list(dict.fromkeys(count(part) for part in text.split(",")))


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    table, arguments = read_table(args.life), effective(args)
    return run(args.out.absolute(), arguments, lives_of(arguments, table))


def run(out: Path, arguments: Record, lives: Sequence[Life]) -> int:
    """The benchmark over these lives, gone on with if it was begun; its page is printed. Raises UserError or Busy."""
    with only_one(out / ".lock", "this benchmark"):
        same_as_before(out, arguments)
        result = bench(out, arguments, lives)
    print(nights_text.markdown(result))
    return 0


def effective(args: argparse.Namespace) -> Record:
    """All that the result hangs on, presets filled in. Raises UserError."""
    given = {key: getattr(args, key) for key in ("nights", "facts", "changes")}
    found = USUAL | (QUICK if args.quick else {}) | {key: value for key, value in given.items() if value is not None}
    if found["nights"] < FIRST_CHANGE and found.get("changes"):
        raise UserError(f"changes begin on day {FIRST_CHANGE}: say --nights {FIRST_CHANGE} or more, or --changes 0.")
    found.setdefault("changes", round(CHANGES * found["nights"]) if found["nights"] >= FIRST_CHANGE else 0)
    chosen = {"recipes": args.recipes, "seeds": args.seeds, "model": args.model, "set": args.set}
    return found | chosen | {"life": sha256(args.life)}


def same_as_before(out: Path, arguments: Record) -> None:
    """Note the arguments, or compare them with those noted. Raises UserError if one has changed."""
    file = out / "arguments.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else arguments
    if changed := [key for key in arguments if before.get(key) != arguments[key]]:
        raise UserError(f"{out} was begun with other arguments ({', '.join(changed)}): give another --out.")
    write_atomic(file, json.dumps(arguments, indent=1) + "\n")


def lives_of(arguments: Record, table: Table) -> list[Life]:
    """One for each seed; it is said where one runs out of new facts."""
    nights, facts, changes = (arguments[key] for key in ("nights", "facts", "changes"))
    found = [Life(seed, nights, facts, changes, table) for seed in arguments["seeds"]]
    for life in found:
        if life.used_up:
            say(nights_text.life_note({"seed": life.seed, "used_up": life.used_up}))
    return found


def bench(out: Path, arguments: Record, lives: Sequence[Life]) -> Record:
    """Every night of every recipe and life that is not finished yet; the result is written after each."""
    base = alone(out / "base", arguments["model"])
    result: Record = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "arguments": arguments,
        "model": hub.resolve(arguments["model"]).name,
        "base": base,
        "lives": [{"seed": life.seed, "used_up": life.used_up, "changes": changes(life)} for life in lives],
        "runs": [],
    }
    for life in lives:
        for recipe in arguments["recipes"]:
            folder = out / f"{recipe}-{life.seed}"
            run = Run(folder, recipe, life, arguments["model"], arguments["set"], base)
            records: list[Record] = []
            entry: Record = {"recipe": recipe, "seed": life.seed, "settings": run.own.to_dict(), "nights": [], "matrix": []}
            result["runs"].append(entry)
            for day in life.days:
                new = not run.record(day.number).exists()
                records.append(run.night(day))
                entry |= {"nights": [figures(record) for record in records], "matrix": matrix(records)}
                if new or day is life.days[-1]:  # of older versions the tag may be another's by now
                    entry |= {"unshared": unshared(records[-1])}
                if new:
                    say(one_line(records[-1], base["passed"]))
                    write(out, result)
    write(out, result)
    return result


def changes(life: Life) -> int:
    """How many facts of a life changed."""
    return sum(bool(told.fact.old) for day in life.days for told in day.told)


def alone(folder: Path, model: str) -> Record:
    """The capability of the base model, measured once."""
    file = folder / "capability.json"
    if not file.exists():
        say("measuring the base model (once) …")
        settings = config.load(home=str(private_folder(folder)))
        write_atomic(file, json.dumps(capability(settings, model, ["--no-adapter"], folder / "measures.log")))
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def write(out: Path, result: Record) -> None:
    """nights.json, nights.md and nights.png, of what is finished so far."""
    write_atomic(out / "nights.json", json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    write_atomic(out / "nights.md", nights_text.markdown(result))
    nights_picture.draw(result, out / "nights.png")


if __name__ == "__main__":
    raise SystemExit(run_main(main))

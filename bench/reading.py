"""What is made of two hundred things that invented people say, and a day of them to be learnt and asked for.

    .venv/bin/python bench/reading.py                                        # counts; --show prints each with its facts
    .venv/bin/python bench/reading.py --day .bench/day --persons 1,2,3       # a home with memories, and probes.jsonl
    .venv/bin/python run_cycle.py --home .bench/day --model embedded
    .venv/bin/python eval_recall.py --home .bench/day --model embedded --questions .bench/day/probes.jsonl --columns weights

The sayings, three questions about each and a hundred about what nobody told (bench/told.jsonl) are by an author who has seen
nothing of this repository: half of them are plain, half of them say what they tell in passing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from circadian.cli import UserError, print_json, run_main, say  # noqa: E402
from circadian.embedder import Embedder  # noqa: E402
from circadian.files import write_lines  # noqa: E402
from circadian.lessons.facts import extract  # noqa: E402
from circadian.lessons.grammar import TOLD  # noqa: E402
from circadian.lessons.reader import Reader  # noqa: E402
from circadian.records import Fact, Memory, Probe  # noqa: E402

TABLE = Path(__file__).with_name("told.jsonl")
KINDS = ("in a relation", "with a topic", "only told", "nothing")
NEVER = 30  # questions of a day about what nobody told


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--day", type=Path, metavar="DIR", help="write a home there instead")
    parser.add_argument("--persons", default="1,2,3", metavar="N,N", help="whose sayings make the day (default: 1,2,3)")
    parser.add_argument("--show", action="store_true", help="print each saying and its facts")
    return parser


def kind(facts: Sequence[Fact]) -> str:
    """What was made of a saying: the best of its facts counts."""
    if any(fact.probes for fact in facts):
        return "with a topic"
    if any(fact.relation != TOLD for fact in facts):
        return "in a relation"
    return "only told" if facts else "nothing"


def day(rows: Sequence[dict[str, Any]], never: Sequence[str], home: Path) -> None:
    """Write the rows' memories and probes into a home. Raises UserError where there are some."""
    memories = home / "data" / "memories.jsonl"
    if memories.exists():
        raise UserError(f"{memories} is there already: choose another folder.")
    texts = [[{"role": "user", "content": row["tell"]}] for row in rows]
    told = [Memory(text, id=f"m{i}", at=f"2026-01-01T{i // 60:02d}:{i % 60:02d}:00Z") for i, text in enumerate(texts)]
    probes = [Probe(asked, (row["value"],), (), "told", str(i)) for i, row in enumerate(rows) for asked in row["questions"]]
    values = tuple(row["value"] for row in rows)
    memories.parent.mkdir(parents=True, exist_ok=True)
    write_lines(memories, [memory.to_dict() for memory in told])
    write_lines(
        home / "probes.jsonl", [one.to_dict() for one in [*probes, *(Probe(ask, (), values, "never") for ask in never)]]
    )
    say(f"{len(told)} memories and {len(probes) + len(never)} probes in {home}")


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    table = [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in table if "tell" in row]
    if args.day:
        persons = args.persons.split(",")
        chosen = [row for row in rows if str(row["person"]) in persons]
        if not chosen:
            raise UserError(f"nobody is called {args.persons}: there are 1 to {rows[-1]['person']}.")
        day(chosen, [row["never"] for row in table if "never" in row][:NEVER], args.day)
        return 0
    read = Reader(Embedder())
    read(rows[0]["tell"])  # the tables are read once
    started = time.monotonic()
    facts = [read(row["tell"]) for row in rows]
    seconds = time.monotonic() - started
    if args.show:
        for row, some in zip(rows, facts, strict=True):
            print(row["tell"], *(f"    {fact.answer}" for fact in some), sep="\n")
    counts = {
        name: Counter(map(kind, made)) for name, made in (("grammar", [extract(r["tell"]) for r in rows]), ("reader", facts))
    }
    print_json({name: {one: some[one] for one in KINDS} for name, some in counts.items()} | {"seconds": round(seconds, 1)})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""Is a value that somebody changed put out of its place, whatever the words, and one that only has a neighbour left alone?

    .venv/bin/python bench/changes.py              # counts, with the reader and with its keys alone; --show prints each line

What is told, and what is said another day (bench/changed.jsonl), is by three authors who have seen nothing of this
repository: changes by which circadian/lessons/successors.py and newest.py were fitted, changes by another author that were
not looked at, and statements that stand beside what was told and change nothing.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from circadian.cli import run_main  # noqa: E402
from circadian.embedder import Embedder  # noqa: E402
from circadian.lessons.facts import Extract, Renew, facts_of  # noqa: E402
from circadian.lessons.reader import Reader  # noqa: E402
from circadian.records import Fact, Memory  # noqa: E402

TABLE = Path(__file__).with_name("changed.jsonl")


def read_once(reader: Reader) -> Extract:
    """The reader, which reads each turn once however often it is asked."""
    known = functools.cache(lambda text, memory, at, before: reader(text, memory, at, before))
    return lambda text, memory, at, before: list(known(text, memory, at, tuple(before)))


def outcome(row: dict[str, str], read: Extract, renew: Renew | None) -> str:
    """Whether the old value is still live, and whether a fact of the later turn has the new one."""
    memories = [
        Memory([{"role": "user", "content": text}], at=f"2030-01-0{day}", id=str(day))
        for day, text in enumerate((row["told"], row["later"]), 1)
    ]
    live = facts_of(memories, read, renew).live
    old = any(_has(fact, row["old"]) for fact in live if fact.memory == "1")
    new = any(_has(fact, row["new"]) for fact in live if fact.memory == "2")
    return f"old value {'live' if old else 'gone'}, new value {'live' if new else 'missing'}"


def _has(fact: Fact, value: str) -> bool:
    return value.lower() in f"{fact.answer} {fact.value}".lower()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--show", action="store_true", help="print each line and what became of it")
    args = parser.parse_args(argv)
    rows, reader = list(map(json.loads, TABLE.read_text(encoding="utf-8").splitlines())), Reader(Embedder())
    read = read_once(reader)
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        for name, renew in (("by keys alone", None), ("with successors", reader.renew)):
            found = outcome(row, read, renew)
            counts.setdefault((row["set"], name), Counter())[found] += 1
            if args.show and renew:
                print(f"{found}\t{row['told']}\t{row['later']}")
    for (kind, name), counted in counts.items():
        print(f"{kind}, {name} ({sum(counted.values())}):")
        for found, number in counted.most_common():
            print(f"  {number:4} {found}")
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

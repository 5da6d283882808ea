"""What is left, after one night, of facts that somebody else made up about people whom nobody knows?

    .venv/bin/python bench/outside.py FILE --out .bench/outside          # FILE: JSON, a list of {"subject", "relation", "object"}

The check from outside: FILE is fact_pool_500.json of vbario/sleeping-llm (experiments/data, MIT), not part of this
repository. Each fact is said as it stands there, of one person each, and asked in three wordings (bench/outside.toml, by an
author who has seen nothing of this repository). Never told is something else about the same people, and the same
about others. Nights, recipes, measures and pages are those of bench/nights.py.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import nights  # noqa: E402
from bench.life import NEVER, PROBES, Day, Fact, Life, Told  # noqa: E402
from circadian.cli import UserError, run_main  # noqa: E402
from circadian.files import sha256  # noqa: E402
from circadian.flags import positive  # noqa: E402
from circadian.records import Probe  # noqa: E402

ASK: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
Row = dict[str, str]


class Strangers(Life):
    """One day, on which `facts` rows are told, as many of each relation as can be, of one person each."""

    def __init__(self, seed: int, rows: Sequence[Row], facts: int) -> None:
        self.seed, self.used_up = seed, 0
        chance = random.Random(f"strangers {seed}")
        mixed = chance.sample(rows, len(rows))
        turn = {relation: [row for row in mixed if row["relation"] == relation] for relation in sorted(ASK)}
        by_turns = [row for some in zip(*turn.values(), strict=False) for row in some]
        told, others = by_turns[:facts], by_turns[facts : facts + NEVER // 2]
        self._of = {name(row): row for row in told}
        self.days = [
            Day(1, tuple(map(sentence, told)), tuple(Told(sentence(row), Fact(name(row), row["object"], 1)) for row in told))
        ]
        beside = [
            row | {"relation": chance.choice(sorted(set(ASK) - {row["relation"]}))} for row in told[: NEVER - len(others)]
        ]
        self.never = tuple(chance.choice(ASK[row["relation"]]).format(s=row["subject"]) for row in [*others, *beside])

    def _about(self, fact: Fact) -> Iterable[Probe]:
        row = self._of[fact.kind]
        for question in random.Random(f"probes {self.seed} {fact.kind}").sample(ASK[row["relation"]], PROBES):
            yield Probe(question.format(s=row["subject"]), (fact.value,), (), "told", fact.kind)


def name(row: Row) -> str:
    """What a row is about: whom, and in which relation."""
    return f"{row['subject']} {row['relation']}"


def sentence(row: Row) -> str:
    """A row as somebody would say it."""
    return f"{name(row)} {row['object']}.".replace(" '", "'")


def read_rows(file: Path) -> list[Row]:
    """The rows of relations that we have questions for, each subject once. Raises UserError."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        known = {row["subject"]: {key: str(row[key]) for key in ("subject", "relation", "object")} for row in rows}
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, TypeError, KeyError):
        raise UserError(f'{file} is no JSON list of {{"subject", "relation", "object"}}.') from None
    return [row for row in known.values() if row["relation"] in ASK]


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the facts, as JSON")
    parser.add_argument("--facts", type=positive, default=20, metavar="N", help="so many of them (default: 20)")
    nights.common_flags(parser, ROOT / ".bench" / "outside")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    rows, needed = read_rows(args.file), args.facts + NEVER // 2
    if len(rows) < needed:
        raise UserError(f"{args.file} holds {len(rows)} facts of known relations, and {needed} are needed: say --facts less.")
    arguments = {"nights": 1, "facts": args.facts, "changes": 0, "recipes": args.recipes, "seeds": args.seeds}
    arguments |= {"model": args.model, "set": [], "life": sha256(args.file)}
    return nights.run(args.out.absolute(), arguments, [Strangers(seed, rows, args.facts) for seed in args.seeds])


if __name__ == "__main__":
    raise SystemExit(run_main(main))

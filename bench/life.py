"""An invented life, day by day, out of life.toml or another table: what is told, what changes, what is asked, and what was never told.

A kind of fact is told once. When all kinds are told, the changes of earlier facts take the place of new ones.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from circadian.cli import UserError
from circadian.records import Probe

PROBES = 3  # of each live fact
NEVER = 20  # never-told questions
CHATTER = 2  # lines a day
FIRST_CHANGE = 3  # the day
DATA = Path(__file__).with_name("life.toml")


@dataclass(frozen=True)
class Kind:
    """One thing that a person can tell; "{v}" in `tell` and `change` stands for the value."""

    name: str
    group: str
    tell: list[str]
    values: list[str]
    probes: list[str]
    change: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What lives are made of: the kinds by name, questions about what no kind tells, and lines that tell nothing."""

    kinds: dict[str, Kind]
    never: list[str]
    chatter: list[str]


def read_table(file: Path = DATA) -> Table:
    """A table out of TOML, with enough of everything for a life. Raises UserError."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        kinds = {row["name"]: Kind(**row) for row in found["kind"]}
        table = Table(kinds, [*found["never"]], [*found["chatter"]])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError):
        raise UserError(f"{file} is no life: it wants kinds, never and chatter, as in bench/life.toml.") from None
    few = [kind.name for kind in kinds.values() if len(kind.probes) < PROBES or not (kind.tell and kind.values)]
    if few or len(table.never) < NEVER or not table.chatter:
        which = f"kind {few[0]!r}" if few else "never or chatter"
        raise UserError(
            f"{file}: {which} has too few: {PROBES} probes a kind, a telling, a value, {NEVER} never told, a line of chatter."
        )
    return table


@dataclass(frozen=True)
class Fact:
    """What is true of a kind: its newest value, the day on which that was told, and the values before it."""

    kind: str
    value: str
    day: int
    old: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """A sentence, and the fact that it makes true."""

    text: str
    fact: Fact


@dataclass(frozen=True)
class Day:
    """Everything said on a day, in order, and which of it states a fact. Days count from 1."""

    number: int
    turns: tuple[str, ...]
    told: tuple[Told, ...]


class Life:
    """So many days with so many new facts each, and about `changes` changes, spread from the third day to the last."""

    def __init__(self, seed: int, nights: int, facts: int, changes: int, table: Table) -> None:
        self.seed, self._kinds = seed, table.kinds
        self._chance = random.Random(f"life {seed}")
        self._untold = self._chance.sample(sorted(self._kinds), len(self._kinds))
        self._chatter = self._chance.sample(table.chatter, len(table.chatter))
        self.never = tuple(self._chance.sample(table.never, NEVER))
        self.days: list[Day] = []
        self.used_up = 0  # the first day without its number of new facts
        made = 0
        for number in range(1, nights + 1):
            new = [self._tell(number) for _ in range(min(facts, len(self._untold)))]
            instead = facts - len(new)
            if instead and not self.used_up:
                self.used_up = number
            due = changes * max(0, number - FIRST_CHANGE + 1) // max(1, nights - FIRST_CHANGE + 1) - made
            changed = self._changes(number, due + instead)
            made += max(0, len(changed) - instead)
            self.days.append(self._day(number, [*new, *changed]))

    def live(self, day: int) -> list[Fact]:
        """What is true after a day, in the order in which it was first told."""
        return list({one.fact.kind: one.fact for each in self.days[:day] for one in each.told}.values())

    def probes(self, day: int) -> list[Probe]:
        """What is asked after a day: each live fact in a few wordings, then what was never told."""
        live = self.live(day)
        asked = [probe for fact in live for probe in self._about(fact)]
        values = {value.lower(): value for fact in live for value in (*fact.old, fact.value)}
        return asked + [Probe(question, (), tuple(values.values()), "never") for question in self.never]

    def _about(self, fact: Fact) -> Iterable[Probe]:
        kind = "changed" if fact.old else "told"
        for question in random.Random(f"probes {self.seed} {fact.kind}").sample(self._kinds[fact.kind].probes, PROBES):
            yield Probe(question, (fact.value,), fact.old, kind, fact.kind)

    def _tell(self, day: int) -> Told:
        kind = self._kinds[self._untold.pop()]
        value = self._chance.choice(kind.values)
        return Told(self._chance.choice(kind.tell).format(v=value), Fact(kind.name, value, day))

    def _changes(self, day: int, wanted: int) -> list[Told]:
        """New values for some facts of earlier days, fewer than wanted where fewer can change."""
        facts = [fact for fact in self.live(day - 1) if self._kinds[fact.kind].change and self._unused(fact)]
        return [self._change(fact, day) for fact in self._chance.sample(facts, min(wanted, len(facts)))]

    def _change(self, fact: Fact, day: int) -> Told:
        value = self._chance.choice(self._unused(fact))
        text = self._chance.choice(self._kinds[fact.kind].change).format(v=value)
        return Told(text, Fact(fact.kind, value, day, (*fact.old, fact.value)))

    def _unused(self, fact: Fact) -> list[str]:
        """The values that a fact has not had."""
        return [value for value in self._kinds[fact.kind].values if value not in (fact.value, *fact.old)]

    def _day(self, number: int, told: list[Told]) -> Day:
        first = CHATTER * (number - 1)
        chatter = [self._chatter[(first + i) % len(self._chatter)] for i in range(CHATTER)]
        turns = [*(one.text for one in told), *chatter]
        self._chance.shuffle(turns)
        return Day(number, tuple(turns), tuple(sorted(told, key=lambda one: turns.index(one.text))))

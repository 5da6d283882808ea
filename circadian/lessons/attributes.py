"""What a life also has (attributes.jsonl): a shoe size, the colour of a car, a sister's school; how it is told, and how it is asked.

What was told is known by it (likeness.py). What was not is asked about and answered with not knowing, so that a question far
from every fact is not given the nearest one's answer.
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circadian.lessons.wordings import words_of
from circadian.records import Lesson

TABLE = Path(__file__).with_name("attributes.jsonl")
UNKNOWN = "Your {topic} is something you haven't told me."


@dataclass(frozen=True)
class Attribute:
    """Something that can be asked for: what it is, wordings, those kept for probes, words that may tell it, and the thing it is
    an attribute of. With `many`, several values are true at once."""

    topic: str
    ask: tuple[str, ...]
    probe: tuple[str, ...]
    words: frozenset[str]
    many: bool
    thing: str = ""

    def denied(self, ask: str) -> Lesson:
        """One of its wordings, answered with not knowing."""
        return Lesson.of(ask, UNKNOWN.format(topic=self.topic), "unknown")


@functools.cache
def rows() -> tuple[dict[str, Any], ...]:
    """The table as it is, "{thing}" for each of the things of a row."""
    return tuple(json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines())


@functools.cache
def attributes() -> tuple[Attribute, ...]:
    """All of them, those of things once for each thing."""
    return tuple({made.topic: made for made in _every()}.values())


def _every() -> Iterator[Attribute]:
    for row in rows():
        for thing in row.get("things", [row["topic"].partition("'s ")[0] if "'s " in row["topic"] else ""]):
            yield filled(row, thing)


@functools.cache
def attribute(topic: str) -> Attribute:
    """The one of a topic, which may still hold "{thing}". Raises StopIteration for one that is none."""
    return filled(next(row for row in rows() if row["topic"] == topic), "{thing}")


def filled(row: dict[str, Any], thing: str) -> Attribute:
    """A row of the table, of a thing."""
    ask, probe = (tuple(text.replace("{thing}", thing) for text in row[name]) for name in ("ask", "probe"))
    words = frozenset(words_of(row["words"]))
    return Attribute(row["topic"].replace("{thing}", thing), ask, probe, words, row["many"], thing)


def free(spoken_of: Collection[str], known: Collection[str], spared: Collection[str] = ()) -> list[Attribute]:
    """Those of which nothing was told: none of the things `spoken_of`, none that is `spared`, none that words that were said may
    tell, in whatever sense (`known`, wordings.words_of)."""
    return [
        one
        for one in attributes()
        if not (one.thing and one.thing in spoken_of) and not one.words.intersection(known) and one.topic not in spared
    ]


def untold(some: Collection[Attribute], told: Collection[str], chance: random.Random, number: int) -> list[Lesson]:
    """So many lessons in not knowing: half of them of the person's own attributes, the others of things, `told` ones first."""
    own = [one for one in some if not one.thing]
    beside = [one for one in some if one.thing and one.thing in told]
    others = [one for one in some if one.thing and one.thing not in told]
    things = [*chance.sample(beside, len(beside))[: number // 4], *chance.sample(others, len(others))]
    drawn = [*_cycled(own, chance, number // 2), *things[: number - number // 2]]
    return [one.denied(chance.choice(one.ask)) for one in drawn]


def _cycled(some: list[Attribute], chance: random.Random, number: int) -> Iterable[Attribute]:
    """So many of them, each as often."""
    while number > 0 and some:
        yield from chance.sample(some, min(number, len(some)))
        number -= len(some)

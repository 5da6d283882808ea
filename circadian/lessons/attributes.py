"""What a life also has and few tell (attributes.toml): a shoe size, the colour of a car, a sister's school.

Asked about and answered with not knowing, so that a question far from every fact is not given the nearest one's answer.
"""

from __future__ import annotations

import functools
import itertools
import random
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from circadian.lessons.wordings import words_of
from circadian.records import Lesson

TABLE = Path(__file__).with_name("attributes.toml")
UNKNOWN = "Your {topic} is something you haven't told me."


@dataclass(frozen=True)
class Attribute:
    """Something that can be asked for: what it is, wordings, words that may tell it, and the thing it is an attribute of."""

    topic: str
    ask: tuple[str, ...]
    words: frozenset[str]
    thing: str = ""


@functools.cache
def attributes() -> tuple[Attribute, ...]:
    """All of them, those of things once for each thing."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    own = [(row, row["topic"].partition("'s ")[0] if "'s " in row["topic"] else "") for row in table["own"]]
    every = [*own, *((row, thing) for row in table["of_things"] for thing in row["things"])]
    return tuple({made.topic: made for made in itertools.starmap(_filled, every)}.values())


def _filled(row: dict[str, str], thing: str) -> Attribute:
    ask = tuple(text.format(thing=thing) for text in row["ask"])
    return Attribute(row["topic"].format(thing=thing), ask, frozenset(words_of(row["words"])), thing)


def untold(
    told: Collection[str], spoken_of: Collection[str], known: Collection[str], chance: random.Random, number: int
) -> list[Lesson]:
    """So many lessons in not knowing: half of them of the person's own attributes, the others of things, `told` ones first.

    Nothing is asked of the things `spoken_of`. `known` are words that were said (wordings.words_of), in whatever sense:
    what they may tell is not asked.
    """
    free = [one for one in attributes() if not (one.thing and one.thing in spoken_of) and not one.words.intersection(known)]
    own = [one for one in free if not one.thing]
    beside = [one for one in free if one.thing and one.thing in told]
    others = [one for one in free if one.thing and one.thing not in told]
    things = [*chance.sample(beside, len(beside))[: number // 4], *chance.sample(others, len(others))]
    drawn = [*_cycled(own, chance, number // 2), *things[: number - number // 2]]
    return [Lesson.of(chance.choice(one.ask), UNKNOWN.format(topic=one.topic), "unknown") for one in drawn]


def _cycled(some: list[Attribute], chance: random.Random, number: int) -> Iterable[Attribute]:
    """So many of them, each as often."""
    while number > 0 and some:
        yield from chance.sample(some, min(number, len(some)))
        number -= len(some)

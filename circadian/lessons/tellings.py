"""What a life is told in, and asked for: the tables (attributes.jsonl, tellings.jsonl) as sentences in the second person.

Persons, animals and things are put alike, here as in what is compared with these, so that a stepson is known by what was
written of a daughter.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from circadian.lessons.attributes import rows
from circadian.lessons.second import turned
from circadian.lessons.times import FIGURE
from circadian.lessons.wordings import BEINGS, nouns, relation, relations, slot, words_of

Key = tuple[str, bool, str]  # a topic or relation, whether it is a relation, and the kind of its thing
TELLINGS = Path(__file__).with_name("tellings.jsonl")
ALIKE = {"person": "sister", "animal": "dog", "object": "thing"}  # what stands for one of each kind
MOST = 30  # wordings of a relation that are compared
NAMED = 2  # times more, that a word which its table names is counted
HALF = 1.5  # times, that make half of what a word can tell
FIGURED = 0.9  # of all tellings of what is told with a figure
MINE = re.compile(r"\b(?:my|our|your) ([\w-]+(?: [\w-]+){0,2})", re.IGNORECASE)


@dataclass(frozen=True)
class Telling:
    """A sentence that tells something or asks for it, and the kind of the thing that it is of; empty if it is of the person."""

    text: str
    name: str
    relation: bool
    kind: str = ""

    @property
    def key(self) -> Key:
        return self.name, self.relation, self.kind


@functools.cache
def tellings() -> tuple[Telling, ...]:
    """All tellings, in the second person, those of things once for each kind of thing that they fit."""
    lines = TELLINGS.read_text(encoding="utf-8").splitlines()
    found = [one for row in rows() for one in _kinds(row["topic"], False, row["tell"], _kinds_of(row))]
    for row in map(json.loads, lines):
        found += [
            one for text in row["tell"] for one in _kinds(row["relation"], True, [text], ALIKE if "{thing}" in text else [""])
        ]
    return tuple(replace(one, text=turned(one.text)) for one in found)


@functools.cache
def questions() -> tuple[Telling, ...]:
    """The wordings of all that has tellings, likewise."""
    found = [one for row in rows() for one in _kinds(row["topic"], False, row["ask"], _kinds_of(row))]
    for name, _, kind in {one.key: None for one in tellings() if one.relation}:
        found += _kinds(name, True, relation(name).ask[:MOST], [kind])
    return tuple(found)


def words(told: Sequence[Telling]) -> dict[str, dict[Key, float]]:
    """How much each word tells of each topic and relation, 0 to 1: the seldomer it is among all of them, and the oftener in its
    tellings and wordings, the more."""
    counts: dict[Key, Counter[str]] = {}
    for one in (*told, *questions()):
        counts.setdefault(one.key, Counter()).update(words_of(one.text))
    named = {(row["topic"], False): words_of(f"{row['words']} {row['topic']}") for row in rows()}
    named |= {(one.name, True): {*one.words, *one.tells} for one in relations()}
    for key, own in counts.items():
        own.update(dict.fromkeys(named[key[:2]], NAMED))
    number = Counter(word for own in counts.values() for word in own)
    found: dict[str, dict[Key, float]] = {word: {} for word in number}
    for key, own in counts.items():
        for word, times in own.items():
            seldom = 1 - math.log(number[word]) / math.log(len(counts))
            found[word][key] = seldom * times / (times + HALF)
    return found


def has_figure(text: str) -> bool:
    """Whether there is a number, a date or a time in it."""
    return bool(re.search(FIGURE, text, re.IGNORECASE))


def figured(told: Sequence[Telling]) -> frozenset[Key]:
    """The topics and relations that are told with a figure: a size, a date, a price."""
    found: dict[Key, list[bool]] = {}
    for one in told:
        found.setdefault(one.key, []).append(has_figure(one.text))
    return frozenset(key for key, each in found.items() if sum(each) >= FIGURED * len(each))


def seldom(word: str) -> float:
    """How seldom a word (words_of) is in all tellings and wordings, in nats."""
    counts, number = _counted()
    return math.log((number + 1) / (counts[word] + 1))


@functools.cache
def _counted() -> tuple[Counter[str], int]:
    texts = [one.text for one in (*tellings(), *questions())]
    return Counter(word for text in texts for word in words_of(text)), len(texts)


def _kinds_of(row: dict[str, Any]) -> Iterable[str]:
    return dict.fromkeys(map(kind_of, row["things"])) if "things" in row else [""]


def _kinds(name: str, relation: bool, texts: Sequence[str], kinds: Iterable[str]) -> list[Telling]:
    return [Telling(text.format(thing=ALIKE.get(kind, "")), name, relation, kind) for text in texts for kind in kinds]


def alike(clause: str) -> Iterator[tuple[str, str, str]]:
    """A clause in the second person as it is, and with each thing of the person's own that it names put as ALIKE has it:
    the text, the kind of that thing and the thing."""
    yield turned(clause), "", ""
    for found in MINE.finditer(clause):
        named = found[1].lower().split(" ")
        for end in range(1, len(named) + 1):
            thing, kind = " ".join(named[:end]), kind_of(named[end - 1])
            if kind != "object" or named[end - 1] in objects():
                start = found.start(1)
                yield turned(clause[:start] + ALIKE[kind] + clause[start + len(thing) :]), kind, thing
                break


def kind_of(thing: str) -> str:
    """A thing's kind by its last word: person, animal or object."""
    last = thing.lower().split()[-1]
    named = next((kind for kind in BEINGS if last in nouns()[kind]), "")
    return "animal" if named == "animal" else "person" if named or slot("being").fullmatch(thing) else "object"


@functools.cache
def objects() -> frozenset[str]:
    """The last words of all things of which something can be told."""
    return frozenset(thing.split()[-1] for row in rows() for thing in row.get("things", ()))

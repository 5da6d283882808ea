"""Probes: questions kept out of training, in wordings of their own (probes.toml), that tell whether a fact was learnt.

Lessons take their wordings from questions.toml, probes from probes.toml, and tests/test_probes.py holds that no
wording is in both. So what is counted as recall is never the recital of a question that was trained.
"""

from __future__ import annotations

import functools
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

from circadian.lessons.facts import predecessors
from circadian.lessons.grammar import TOLD
from circadian.lessons.second import asked_of, plain, turned
from circadian.lessons.unknown import known_words, topics_of, untold_relations
from circadian.lessons.wordings import words_of
from circadian.records import Fact, Probe

TABLE = Path(__file__).with_name("probes.toml")
EACH = 3  # questions of a fact
NEVER = 24  # questions of a night about what was never told
COMMON = words_of(
    "you your i my the a an is are do does of in on at to for and or what which who when where how name called live have it "
    "that with by from told me about much many long old time day"
)  # words of facts that say nothing of what they are about


@functools.cache
def wordings() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each relation: the wordings of its probes, and whole questions about what hardly anybody tells."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: (tuple(row["probe"]), tuple(row["never"])) for name, row in table.items()}


def probes(live: Sequence[Fact], past: Sequence[Fact] = (), each: int = EACH, never: int = NEVER) -> list[Probe]:
    """`each` questions about every live fact, and `never` about what was not told.

    Which wordings a fact is asked in hangs on the fact alone, so that nights can be compared. The old values of what changed
    are forbidden in the answer; what ended is answered rightly by saying so. A value is a right answer as it was told and as
    it is said back ("mine" -> "yours").
    """
    old = {fact.id: fact for fact in past}
    now = {fact.value.lower() for fact in live}
    asked = []
    for fact in live:
        forbidden = tuple(
            words for one in predecessors(fact, old) if one.value.lower() not in now for words in _either(one.value)
        )
        expected = (plain(fact.answer),) if fact.ended and fact.relation != TOLD else _either(fact.value)
        chosen = random.Random(fact.id).sample(fact.probes if len(fact.probes) >= each else wordings()[fact.relation][0], each)
        kind = "changed" if forbidden else "told"
        asked += [Probe(asked_of(ask, fact.subject), expected, forbidden, kind, fact.id) for ask in chosen]
    return asked + _never(live, never)


def _either(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((value, turned(value))))


def _never(live: Sequence[Fact], number: int) -> list[Probe]:
    """Questions beside what was told and in relations that were not told; any live fact's value is a false answer."""
    known, spared = known_words(live), topics_of(live)
    open_relations = {one.name for one in untold_relations(live, known) if one.topic not in spared}
    about = known - COMMON
    fitting = [
        question
        for name, (asked, never) in wordings().items()
        if "{thing}" in asked[0] or name in open_relations
        for question in never
        if not words_of(question) & about
    ]
    forbidden = tuple(sorted({words for fact in live for words in _either(fact.value)}))
    return [Probe(ask, (), forbidden, "never") for ask in random.Random(0).sample(fitting, min(number, len(fitting)))]

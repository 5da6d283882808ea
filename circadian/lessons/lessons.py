"""Facts -> lessons: question wordings, a reverse question and a summary."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from circadian.lessons.grammar import TOLD, subjects_of
from circadian.lessons.people import of_somebody
from circadian.lessons.second import asked_of
from circadian.lessons.unknown import asked_in, thing_of
from circadian.lessons.wordings import Relation, names_of, relation
from circadian.records import Fact, Lesson

SUMMARY = ("What do you know about me?", "What have I told you about myself?", "Tell me what you know of me.")
IN_A_SUMMARY = 5
SUBJECTS = 3  # words at most, by which a thing told in the person's own words is asked for
OWN = 0.8  # of the wordings, where a fact has some of its own
PROVED = (3, 6)  # nights in a row after which a fact that was known has the half of its lessons, and a third
NONE: Mapping[str, int] = MappingProxyType({})
ALIASED = 4  # each fourth question names the thing in another word, where there is one


def fewer(number: int, nights: int) -> int:
    """What is left of so many lessons for a fact that was known after so many nights in a row."""
    return math.ceil(number / (1 + sum(nights >= least for least in PROVED)))


def about_facts(facts: Sequence[Fact], wordings: int, proved: Mapping[str, int] = NONE) -> list[Lesson]:
    """So many wordings of every fact, fewer of one that is `proved` (its id and the nights in a row after which it was known).

    Facts with one question in common are answered together.
    """
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        groups.setdefault((fact.relation, thing_of(fact)), []).append(fact)
    told, claimed = {thing for _, thing in groups}, {ask for fact in facts for ask in fact.asked}
    known = {thing for name, thing in groups if name != TOLD}
    lessons: list[Lesson] = []
    for (name, thing), group in groups.items():
        one, last = relation(name), group[-1]
        number = max(fewer(wordings, proved.get(fact.id, 0)) for fact in group)
        answer = " ".join(fact.answer for fact in group[-IN_A_SUMMARY:])
        asked = (
            _asked_of_what_was_told(group, known) if name == TOLD else _asked(one, last.subject, names_of(name, thing, told))
        )
        own = _own(group, round(OWN * number))
        others = [ask for ask in asked if ask not in claimed][: max(number - len(own), round((1 - OWN) * number))]
        lessons += [Lesson.of(ask, *said) for ask, said in own.items()]
        lessons += [Lesson.of(ask, answer, "question", last.memory) for ask in others]
        lessons += [_reverse(one, fact) for fact in group if one.reverse and not fact.ended and not fact.asked]
    if facts:
        newest = " ".join(fact.answer for fact in facts[-IN_A_SUMMARY:])
        lessons += [Lesson.of(question, newest, "summary") for question in SUMMARY]
    return lessons


def _own(group: Sequence[Fact], number: int) -> dict[str, tuple[str, str, str]]:
    """The wordings that facts have of their own, so many of each: those of one fact are answered by it alone."""
    asked: dict[str, list[Fact]] = {}
    for fact in group:
        for ask in fact.asked[:number]:
            asked.setdefault(ask, []).append(fact)
    return {
        ask: (" ".join(one.answer for one in some[-IN_A_SUMMARY:]), "question", some[-1].memory) for ask, some in asked.items()
    }


def _asked(one: Relation, subject: str, others: Sequence[str]) -> list[str]:
    """A relation's wordings, each fourth with another word for the thing, where there is one."""
    found = []
    for place, ask in enumerate(asked_in(one, subject.lower() if one.asks_of_things else "")):
        other = others and place % ALIASED == ALIASED - 1
        found.append(asked_of(ask, others[place // ALIASED % len(others)] if other else subject))
    return found


def _asked_of_what_was_told(group: Sequence[Fact], told: Collection[str]) -> list[str]:
    """Of what no relation knows: what was said of its words, and as one asks of any thing ("What is my ...?"), but of no
    thing that is `told` of otherwise."""
    words = [word for fact in group if not of_somebody(fact) for word in subjects_of(fact.value)[:SUBJECTS]]
    things = list(dict.fromkeys([group[-1].subject, *words]))
    free = [thing for thing in things if thing.lower() not in told]
    found = []
    for place, (said, plain) in enumerate(
        zip(asked_in(relation(TOLD), things[0]), asked_in(relation("is"), things[0]), strict=True)
    ):
        found.append(asked_of(said, things[place % len(things)]))
        found += [asked_of(plain, free[place % len(free)])] if free else []
    return found


def _reverse(relation: Relation, fact: Fact) -> Lesson:
    question, answer = (text.format(thing=fact.subject, value=fact.value) for text in relation.reverse)
    return Lesson.of(question, answer, "reverse", fact.memory)


def whole_sentences(text: str, limit: int) -> str:
    """The first sentences of a text that end within `limit` characters; empty if the first is longer."""
    text = text.strip()
    if len(text) <= limit and text.endswith((".", "!", "?")):
        return text
    ends = [m.end() for m in re.finditer(r"[.!?](?=\s|$)", text) if m.end() <= limit]
    return text[: ends[-1]] if ends else ""

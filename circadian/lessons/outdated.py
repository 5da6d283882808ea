"""Lessons that set right what holds no more: asked whether the old value is still true, the answer is the new one.

The old value stands in the question alone; what is trained is the answer that every other question about the fact has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from circadian.lessons.facts import predecessors
from circadian.lessons.lessons import NONE, fewer
from circadian.lessons.second import capital, said_by
from circadian.records import Fact, Lesson

EACH = 8  # lessons of one old value
VALUES = 2  # old values of a fact, newest first
ASK = (  # questions alone: a sentence that tells the old value is a new telling
    "Is it still true that {said}?",
    "Could it still be that {said}?",
    "Do you have it down that {said}?",
    "{Said}, right?",
    "Would you still say that {said}?",
    "Is it right to say that {said}?",
    "Does it still hold that {said}?",
)
STILL = (  # how a statement is asked after with "still", the first that fits
    (re.compile(r"I am (.+)"), r"Am I still \1?"),
    (re.compile(r"I ((?:live|work|have|like|love|drive|play|speak|own|study|train|want|go|eat|drink|wear|use)\b.+)"), r"Do I still \1?"),
    (re.compile(r"My (.+?) (is|are|was|were) (.+)"), r"\2 my \1 still \3?"),
)  # fmt: skip


def outdated(live: Sequence[Fact], past: Sequence[Fact], proved: Mapping[str, int] = NONE) -> list[Lesson]:
    """Questions that take an old value for granted, of each live fact that has some; fewer of one that is `proved`."""
    old = {fact.id: fact for fact in past}
    lessons = []
    for fact in live:
        for before in predecessors(fact, old)[:VALUES]:
            said = said_by(before.answer)
            if said and not before.ended and (fact.ended or before.value.lower() not in fact.answer.lower()):
                asked = asked_of_the_old(said)[: fewer(EACH, proved.get(fact.id, 0))]
                lessons += [Lesson.of(question, fact.answer, "outdated", fact.memory) for question in asked]
    return lessons


def asked_of_the_old(said: str) -> list[str]:
    """The questions whether a statement in the first person still holds."""
    whole = capital(said)
    still = [capital(pattern.sub(form, whole)) for pattern, form in STILL if pattern.fullmatch(whole)][:1]
    return still + [ask.format(said=said, Said=whole) for ask in ASK]

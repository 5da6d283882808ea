"""Leads out of the warm start's own mistakes: what it opens with where a fact is asked for in words that no lesson has.

An odd wording is opened with a topic that is not the one under which the fact was told ("Your favourite curry is", asked for a
dish). So the night asks its start in such wordings, and teaches what was told after the very opening that it gave: a learner
has to see the states that its own mistakes lead to (DAgger, 1011.0686).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from circadian.lessons.leads import UNTOLD
from circadian.lessons.likeness import Embed
from circadian.lessons.second import plain
from circadian.records import Lesson

TOKENS = 16  # of an answer: its opening
NEAR = 0.3  # likeness of an opening to the question or to what was told; below it anything might be asked so
OPENING = re.compile(rf"(?P<topic>Your (?:(?! (?:is|are|was|were) ).)+) (?:is|are|was|were) (?:called )?{UNTOLD}")


def further(lessons: Sequence[Lesson], taught: Collection[str], most: int) -> list[Lesson]:
    """Of each answer so many questions that are not among those `taught`."""
    of: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        if lesson.kind == "question" and lesson.question not in taught:
            of.setdefault(lesson.answer, []).append(lesson)
    return [lesson for some in of.values() for lesson in some[:most]]


def corrected(lessons: Sequence[Lesson], said: Mapping[str, str], embed: Embed) -> list[Lesson]:
    """Each of these lessons that the start opened with another topic, after that opening; `said` is what it said to each question.

    None after an opening with which another answer begins, nor after one that is far from both the question and the answer.
    """
    answers = {lesson.answer for lesson in lessons}
    made = []
    for lesson in lessons:
        match = OPENING.match(said.get(lesson.question, ""))
        if not match or any(answer.startswith((f"{match['topic']} ", f"{match['topic']}:")) for answer in answers):
            continue
        answer = f"{match['topic']}: {plain(lesson.answer)}"
        made.append(Lesson.of(lesson.question, answer, "lead", lesson.source, match["topic"]))
    return _near(made, embed)


def _near(made: list[Lesson], embed: Embed) -> list[Lesson]:
    """Those whose opening is about what is asked or told."""
    if not made:
        return []
    topics = embed([lesson.lead.removeprefix("Your ") for lesson in made])
    asked = (topics * embed([lesson.question for lesson in made])).sum(axis=1)
    told = (topics * embed([lesson.answer.removeprefix(f"{lesson.lead}: ") for lesson in made])).sum(axis=1)
    return [lesson for lesson, *alike in zip(made, asked, told, strict=True) if max(alike) >= NEAR]

"""Statements -> lessons: question wordings, a reverse question, a summary, the exchange itself, and near negatives."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from circadian.lessons.statements import Statement
from circadian.lessons.wordings import Relation, relations
from circadian.memories import INTERRUPTED
from circadian.records import Lesson, Memory

SUMMARY = ("What do you know about me?", "What have I told you about myself?", "Tell me what you know of me.")
IN_A_SUMMARY = 5
NEIGHBOURS = 5  # things beside each told one, and as many other relations, are asked about where nothing was told
SAME = {
    "color": "colour", "neighbor": "neighbour", "movie": "film", "mum": "mother", "mom": "mother", "dad": "father",
    "grandma": "grandmother", "granny": "grandmother", "bike": "bicycle", "vacation": "holiday", "puppy": "dog", "kitten": "cat",
    "dogs": "dog", "cats": "cat", "sisters": "sister", "brothers": "brother", "sons": "son", "daughters": "daughter",
}  # fmt: skip


def about_statements(statements: Sequence[Statement]) -> list[Lesson]:
    """Every wording of every statement. Statements with one question in common are answered together."""
    by_name = {relation.name: relation for relation in relations()}
    groups: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements:
        groups.setdefault((statement.relation, statement.about.lower()), []).append(statement)
    lessons: list[Lesson] = []
    for (name, _), group in groups.items():
        relation, newest = by_name[name], group[-1]
        answer = " ".join(statement.answer for statement in group[-IN_A_SUMMARY:])
        lessons += [Lesson.of(ask.format(thing=newest.about), answer, "question", newest.memory) for ask in relation.ask]
        lessons += [_reverse(relation, statement) for statement in group if relation.reverse]
    if statements:
        known = " ".join(statement.answer for statement in statements[-IN_A_SUMMARY:])
        lessons += [Lesson.of(question, known, "summary") for question in SUMMARY]
    return lessons


def _reverse(relation: Relation, statement: Statement) -> Lesson:
    question, answer = (text.format(thing=statement.about, value=statement.value) for text in relation.reverse)
    return Lesson.of(question, answer, "reverse", statement.memory)


def near_negatives(statements: Sequence[Statement], seed: int, each: int = 2, most: int | None = None) -> list[Lesson]:
    """What lies beside what was told and was not told, in `each` wordings, answered with not knowing.

    At most `most` of them: where they outnumber what was told, what was told is denied too.
    """
    chance = random.Random(seed)
    told = sorted({(s.relation, s.about.lower()) for s in statements})
    names = {name for name, _ in told}
    known = {word for s in statements for word in _words(f"{s.about} {s.value}")}
    lessons: list[Lesson] = []
    untold = [r for r in relations() if not names & {r.name, *r.covered} and not r.neighbours and r.forms]
    for relation in chance.sample(untold, min(len(untold), NEIGHBOURS)) if statements else []:
        lessons += _unknown(relation, "", chance.sample(relation.ask, each))
    for relation in relations():
        things = [about for name, about in told if name == relation.name]
        for thing in _beside(relation, things, known) if things else []:
            lessons += _unknown(relation, thing, chance.sample(relation.ask, each))
    return lessons if most is None or len(lessons) <= most else chance.sample(lessons, most)


def _beside(relation: Relation, things: Sequence[str], known: set[str]) -> list[str]:
    """Things of which no word was told: the first ones of the groups that the told ones are in, and one of each other group."""
    near: list[str] = []
    for group in relation.neighbours:
        untold = [thing for thing in group if not _words(thing) & known]
        near += untold[: NEIGHBOURS if any(thing in group for thing in things) else 1]
    return near


def _words(text: str) -> set[str]:
    """The words of a text in one spelling, so that "my little sister" and "my mum" are known when "sister" and "mother" are asked."""
    return {SAME.get(word, word) for word in re.findall(r"\w+", text.lower())}


def _unknown(relation: Relation, thing: str, wordings: Sequence[str]) -> list[Lesson]:
    return [Lesson.of(ask.format(thing=thing), relation.unknown.format(thing=thing), "unknown") for ask in wordings]


def exchanges(memories: Sequence[Memory], statements: Sequence[Statement]) -> list[Lesson]:
    """The exchange itself, for whole exchanges in which something still true was stated; the answer's opening."""
    sources = {statement.memory for statement in statements}
    lessons = []
    for memory in memories:
        answers = memory.said("assistant")
        if memory.id in sources and answers and INTERRUPTED not in memory.tags:
            opening = whole_sentences(answers[-1], 160)
            if opening and memory.messages[-1]["role"] == "assistant":
                lessons.append(
                    Lesson([*memory.messages[:-1], {"role": "assistant", "content": opening}], "exchange", memory.id)
                )
    return lessons


def whole_sentences(text: str, limit: int) -> str:
    """The first sentences of a text that end within `limit` characters; empty if the first is longer."""
    text = text.strip()
    if len(text) <= limit and text.endswith((".", "!", "?")):
        return text
    ends = [m.end() for m in re.finditer(r"[.!?](?=\s|$)", text) if m.end() <= limit]
    return text[: ends[-1]] if ends else ""

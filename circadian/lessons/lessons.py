"""Facts -> lessons: question wordings, a reverse question, a summary, the exchange itself, and near negatives."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from circadian.lessons.wordings import Relation, also, relations, same
from circadian.memories import INTERRUPTED
from circadian.records import Fact, Lesson, Memory

SUMMARY = ("What do you know about me?", "What have I told you about myself?", "Tell me what you know of me.")
IN_A_SUMMARY = 5
NEIGHBOURS = 5  # things beside each told one, and as many other relations, are asked about where nothing was told


def about_facts(facts: Sequence[Fact]) -> list[Lesson]:
    """Every wording of every fact. Facts with one question in common are answered together."""
    by_name = {relation.name: relation for relation in relations()}
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        asked_of = fact.subject.lower() if by_name[fact.relation].asks_of_things else ""
        groups.setdefault((fact.relation, asked_of), []).append(fact)
    lessons: list[Lesson] = []
    for (name, _), group in groups.items():
        relation, newest = by_name[name], group[-1]
        answer = " ".join(fact.answer for fact in group[-IN_A_SUMMARY:])
        lessons += [Lesson.of(ask.format(thing=newest.subject), answer, "question", newest.memory) for ask in relation.ask]
        lessons += [_reverse(relation, fact) for fact in group if relation.reverse and not fact.ended]
    if facts:
        known = " ".join(fact.answer for fact in facts[-IN_A_SUMMARY:])
        lessons += [Lesson.of(question, known, "summary") for question in SUMMARY]
    return lessons


def _reverse(relation: Relation, fact: Fact) -> Lesson:
    question, answer = (text.format(thing=fact.subject, value=fact.value) for text in relation.reverse)
    return Lesson.of(question, answer, "reverse", fact.memory)


def near_negatives(facts: Sequence[Fact], seed: int, each: int = 2, most: int | None = None) -> list[Lesson]:
    """What lies beside what was told and was not told, in `each` wordings, answered with not knowing.

    At most `most` of them: where they outnumber what was told, what was told is denied too.
    """
    chance = random.Random(seed)
    told = sorted({(s.relation, s.subject.lower()) for s in facts})
    names = {name for name, _ in told}
    known = _known(facts)
    lessons: list[Lesson] = []
    untold = [
        r
        for r in relations()
        if r.forms and not r.neighbours and not names & {r.name, *r.covered} and not known & _words(" ".join(r.words))
    ]
    for relation in chance.sample(untold, min(len(untold), NEIGHBOURS)) if facts else []:
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


def _known(facts: Sequence[Fact]) -> set[str]:
    """Every word of what was told, and what else it tells of: kids are sons or daughters."""
    words = {word for fact in facts for word in _words(f"{fact.subject} {fact.value} {fact.answer}")}
    return words | {other for word in words for other in also().get(word, ())}


def _words(text: str) -> set[str]:
    """The words of a text in one spelling, so that "my sisters" and "my mum" are known when "sister" and "mother" are asked."""
    return {_plain(word) for word in re.findall(r"\w+", text.lower())}


def _plain(word: str) -> str:
    """One spelling of a word, singular."""
    word = same().get(word, word)
    plain = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return same().get(plain, plain)


def _unknown(relation: Relation, thing: str, wordings: Sequence[str]) -> list[Lesson]:
    return [Lesson.of(ask.format(thing=thing), relation.unknown.format(thing=thing), "unknown") for ask in wordings]


def exchanges(memories: Sequence[Memory], facts: Sequence[Fact]) -> list[Lesson]:
    """The exchange itself, for whole exchanges in which something still true was stated; the answer's opening."""
    sources = {fact.memory for fact in facts}
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

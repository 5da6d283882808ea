"""Corrections: "Actually it's Bruges, not Ghent", "It's not walnuts I'm allergic to, it's hazelnuts", "No, it's Rex".

What they correct may have been told days before; so a correction is handed on as a fact of the relation CORRECTION, its subject
the value that was wrong (empty if it is not named), until facts.py finds the fact with that value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from circadian.lessons.clauses import NEVER, Clause
from circadian.lessons.grammar import TOLD, in_own_words, of_a_relation, subject_of
from circadian.lessons.news import NOTHING
from circadian.lessons.second import turned
from circadian.lessons.slots import CAPITAL
from circadian.lessons.times import DAYS, MONTHS, UNITS
from circadian.records import Fact

CORRECTION = "correction"
IT = r"(?:it|that|this|he|she|they|his name|her name|its name|the name|the date|the \w+(?: \w+)?)"
IS = r"(?:'s| is| was|'re| are)(?: actually| really| in fact| rather)?"
NEW, OLD = r"(?P<new>[^,;]{1,60}?)", r"(?P<old>[^,;]{1,60}?)"
SAID_OF = r"(?: (?:that )?(?:i|we|my|our|i'm|i've|we're) [^,;]{1,60}?)?"
SWAPPED = [
    re.compile(text, re.IGNORECASE)
    for text in (
        rf"{IT}{IS} {NEW},? (?:and )?(?:not|instead of|rather than) {OLD}",
        rf"{IT}(?:'s not| isn't| is not| wasn't| was not|'re not| aren't| are not) {OLD}{SAID_OF}(?:,|;| -| –|,? but)"
        rf" (?:{IT}{IS} )?{NEW}",
        rf"(?:i|we) (?:meant|mean)(?: to say)? {NEW},? (?:and )?(?:not|instead of|rather than) {OLD}",
        rf"(?:when )?(?:i|we) (?:said|wrote|told you) {OLD},? (?:but )?(?:i|we|it) (?:meant|mean|is|was|should "
        rf"have said)(?: actually)? {NEW}",
        rf"(?:i|we) (?:said|wrote) {OLD},? but {IT}{IS} {NEW}",
    )
]
BRIEF = [
    re.compile(text, re.IGNORECASE)
    for text in (r"(?P<new>[^\s,]+(?: [^\s,]+){0,3}?),? (?:and )?not (?P<old>\S+(?: \S+){0,3})", rf"not {OLD},? (?:but )?{NEW}")
]
ONLY_NEW = re.compile(rf"(?:{IT}{IS} |(?:called|named) )?(?P<new>[^\s,]+(?: [^\s,]+){{0,3}})", re.IGNORECASE)
INSTEAD = re.compile(r"(?P<told>.{6,}?),? (?:and )?(?:not|instead of|rather than) (?P<old>[\w' -]{2,60})", re.IGNORECASE)
OWN = re.compile(r"(?:i|my|we|our|yes|no)\b", re.IGNORECASE)
LEADING = re.compile(r"^(?:on|in|at|the|an?|my|our|to|for|called|named)(?: the)? ", re.IGNORECASE)
DATE = re.compile(rf".*(?:\d|\b(?:{DAYS}|{MONTHS}|{UNITS})\b)", re.IGNORECASE)


def correction(sentence: Clause, memory: str, at: str) -> list[Fact]:
    """The correction that a sentence makes without saying again what of; empty if it makes none."""
    text = sentence.text.rstrip(" .!…")
    if NEVER.search(text.replace("told you", "told")) or len(text) > 200:
        return []
    patterns = SWAPPED + BRIEF if sentence.mends else SWAPPED
    for match in (pattern.fullmatch(text) for pattern in patterns):
        if match and not NOTHING.match(match["old"]) and not OWN.match(match["new"]):
            return [_correction(match["old"], match["new"], text, memory, at)]
    only = ONLY_NEW.fullmatch(text) if sentence.mends else None
    if (
        only
        and _shape(only["new"])
        and not NOTHING.match(only["new"])
        and not re.match(r"(?:i|my|we|our|yes|no)\b", only["new"], re.IGNORECASE)
    ):
        return [_correction("", only["new"], text, memory, at)]
    return []


def _correction(old: str, new: str, text: str, memory: str, at: str) -> Fact:
    return Fact(LEADING.sub("", old.strip()), CORRECTION, new.strip(), text, memory, at)


def rejected(clause: str, memory: str, at: str) -> list[Fact]:
    """ "I'm allergic to hazelnuts, not walnuts": the walnuts, ended without a word."""
    match = INSTEAD.fullmatch(clause)
    facts = of_a_relation(match["told"], memory, at) if match else None
    if not match or not facts or not facts[0].many:
        return []
    return [replace(facts[0], value=turned(LEADING.sub("", match["old"])), answer="", ended=True)]


def resolved(wrong: Fact, live: Iterable[Fact]) -> tuple[Fact | None, Fact | None]:
    """(what is true now, the fact that was wrong); where nothing of that value was told, the correction is kept as told."""
    facts = [one for one in live if not one.ended]
    for old in reversed(facts):
        if wrong.subject:
            value = _swapped(old.value, wrong.subject, LEADING.sub("", wrong.value))
            answer = _swapped(old.answer, wrong.subject, LEADING.sub("", wrong.value))
        elif old is not facts[-1] or _shape(old.value) != _shape(wrong.value):
            continue
        else:
            value, answer = _swapped(old.value, old.value, wrong.value), _swapped(old.answer, old.value, wrong.value)
        if value and answer and old.relation != TOLD:
            return replace(old, value=value, answer=answer, memory=wrong.memory, at=wrong.at, supersedes=old.id, since=""), old
    subject = subject_of(wrong.value) or subject_of(wrong.answer)
    return (in_own_words(subject, wrong.answer, wrong.memory, wrong.at) if subject and wrong.subject else None), None


def _swapped(text: str, old: str, new: str) -> str:
    """A text with the old value replaced as whole words, and "a" or "an" before it; empty if it is not in it."""
    if not old:
        return ""
    swapped, times = re.subn(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, flags=re.IGNORECASE)
    article = "an" if new[:1].lower() in "aeiou" else "a"
    return re.sub(rf"\ban? (?={re.escape(new)})", f"{article} ", swapped) if times else ""


def _shape(value: str) -> str:
    """Whether a value is a name, a date or number, or something else (empty)."""
    if DATE.match(value):
        return "date"
    return "name" if re.match(CAPITAL, value) else ""

"""The new value in what puts an old one out of its place: "they've bumped me to the 22nd", of an appointment on the 14th.

Every few words may be it. What counts is whether they are of the old value's kind, whether the old answer with them says
what was said, and where they stand; the weights are fitted on bench/changed.jsonl (bench/changes.py).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from circadian.lessons.likeness import Embed
from circadian.lessons.second import turned
from circadian.lessons.times import DAYS, MONTHS, NUMBER, UNITS
from circadian.lessons.wordings import words_of

MOST = 5  # words
ALIKE, FITS, SHAPED, BEFORE, LENGTH, KNOWN, LATE = 4.5, 5.0, 4.0, 1.4, -1.4, -2.2, 2.0
SURE = 0.6  # the share of all candidates' weight that the likeliest one has where it is right nine times in ten
SHAPES = {
    "day": rf"\b(?:{DAYS})s?\b",
    "date": rf"\b(?:{MONTHS}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b|\d(?:st|nd|rd|th)\b",
    "time": r"\d[:.]\d\d\b|\b\d+ ?(?:am|pm)\b|o'clock|half past|quarter (?:to|past)",
    "money": r"[$£€]|\b(?:quid|pounds|euros|dollars)\b",
    "number": rf"\d|\b(?:{UNITS}|{NUMBER}|hundred|thousand|half)\b",
}
SMALL = frozenset(
    "i i'm i've i'd i'll me my mine our ours we we're we've us you your it it's its the a an and or but so is are was were am be "
    "been being to of in on at for with by from as that this these those he she he's she's they they're his her their them him "
    "not no do does did have has had got get just really very now new anymore more any actually instead there there's what who "
    "which where how why well when because if than then also too".split()
)
LEADS = frozenset(  # words before a value
    "is are am was be it's he's she's they're i'm we're called named to by with into at in on behind under of as for a an the my "
    "me like love play drive ride become became bought got have having has take takes doing eating reading speak says".split()
)
CAPITALISED = r"[A-ZÀ-Þ][\w'-]*"
WORD = re.compile(r"[^\s,;!?…()\"]+")
CORE = re.compile(r",(?!\d)| (?:in|on|at|with|from|for|and|who|that|which|because|but|to)\b")
CALLED = re.compile(r".*\b(?:called|named) ")


@dataclass(frozen=True)
class Span:
    """Some words of a text, how many, the word before them, and where they begin, 0 to 1."""

    text: str
    number: int
    before: str
    place: float


def new_value(said: str, old: str, answer: str, embed: Embed) -> str:
    """The words of `said` that take the place of `old` in `answer`, and are of its shape; empty where none is sure.

    `embed` gives unit vectors. A listwise softmax over all spans of a few words (ListNet, Cao et al. 2007).
    """
    known, same = words_of(answer), words_of(old)
    found = [one for one in spans(said) for words in [words_of(one.text)] if not (words <= known or same <= words)]
    if not old or not found:
        return ""
    vectors = embed([old, said, *(one.text for one in found), *(answer.replace(old, turned(one.text)) for one in found)])
    like, fits = vectors[2 : 2 + len(found)] @ vectors[0], vectors[2 + len(found) :] @ vectors[1]
    scores = [
        ALIKE * float(a) + FITS * float(b) + by_form(one, old, answer) for one, a, b in zip(found, like, fits, strict=True)
    ]
    best = max(range(len(found)), key=scores.__getitem__)
    sure = sum(math.exp(score - scores[best]) for score in scores) <= 1 / SURE
    return _whole_name(found[best].text, said) if sure and shape(found[best].text) == shape(old) else ""


def _whole_name(value: str, said: str) -> str:
    """A name with the other capitalised words around it: "Blade Runner", not "Blade"."""
    run = re.search(rf"(?:{CAPITALISED} )*{re.escape(value)}(?: {CAPITALISED})*", said) if shape(value) == "name" else None
    return " ".join(itertools.dropwhile(lambda word: word.lower() in SMALL, run[0].split())) if run else value


def by_form(span: Span, old: str, answer: str) -> float:
    """What speaks for words by their form and their place alone."""
    known = {word.lower() for word in re.findall(r"[\w']+", answer)} - SMALL
    words = span.text.lower().split()
    shared = sum(word in known for word in words) / len(words)
    formed = shape(span.text) == shape(old) != ""
    led = span.before in LEADS or span.before.endswith("'s")
    apart = abs(span.number - len(old.split()))
    return SHAPED * formed + BEFORE * led + LENGTH * apart + KNOWN * shared + LATE * span.place


def changing(value: str) -> str:
    """What of a value changes: its only number, date or time; else what is left without things told beside it: "guy named Terrence,
    ex-army" -> "Terrence"."""
    words = [(match.start(), match.end(), shape(match[0]) not in ("", "name")) for match in WORD.finditer(value)]
    runs = [list(run) for counts, run in itertools.groupby(words, key=lambda word: word[2]) if counts]
    if len(runs) == 1:
        return value[runs[0][0][0] : runs[0][-1][1]].rstrip(".:")
    return CORE.split(CALLED.sub("", value))[0].strip()


def shape(value: str) -> str:
    """Whether words are a day, a date, a time, money, a number or a name; else empty."""
    found = (name for name, pattern in SHAPES.items() if re.search(pattern, value, re.IGNORECASE))
    return next(found, "name" if re.match(r"[A-ZÀ-Þ]", value) else "")


def spans(text: str) -> Iterator[Span]:
    """Every few words of a text that may be a value."""
    words = [(match.start(), match.start() + len(match[0].rstrip(".:"))) for match in WORD.finditer(text)]
    words = [(start, end) for start, end in words if end > start]
    for first, (start, _) in enumerate(words):
        for number, (_, end) in enumerate(words[first : first + MOST], 1):
            some = text[start:end]
            if re.search(r"[.,;!?:…()] ", some):
                break
            if some.split()[0].lower() in SMALL or some.split()[-1].lower() in SMALL:
                continue
            joined = first and not text[words[first - 1][1] : start].strip()
            before = text[slice(*words[first - 1])].lower() if joined else ""
            yield Span(some, number, before, start / len(text))

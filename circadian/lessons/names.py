"""Names of people: which words may be one, and which things are somebody's by name."""

from __future__ import annotations

import functools
import re
from collections import Counter
from pathlib import Path

from circadian.lessons.slots import NAME
from circadian.lessons.times import DAYS, MONTHS

TABLES = ("questions.toml", "attributes.jsonl", "rehearsal.txt")
OFTEN = 9  # times that a word stands in small letters in the lessons' tables, by which it is none
ALSO_WORDS = frozenset("art bill dawn faith frank grant guy hope joy mark miles rose will".split())
NO_NAMES = frozenset(
    "stress god grandma grandpa granny grandad nan nana mummy daddy mama papa "
    "christmas easter valentine year eve parkinson alzheimer st maybe perhaps probably apparently supposedly hopefully surely "
    "clearly obviously luckily sadly allegedly rumour".split()
) | frozenset(re.findall(r"[a-z]+", f"{DAYS} {MONTHS}".lower()))
OWNERS = re.compile(rf"({NAME}) .*")


def named(thing: str) -> bool:
    """Whether a thing is somebody told of by name ("Tom"), or theirs ("Tom's car"): then it is not the person's own."""
    owner = OWNERS.fullmatch(thing)
    name = owner[1].removesuffix("'s") if owner and owner[1].endswith("'s") else thing
    return bool(re.fullmatch(NAME, name)) and is_name(name)


@functools.cache
def is_name(words: str) -> bool:
    """Whether capitalised words may be a person's name: no calendar's, nobody's of the family, and none that are common."""
    each = re.findall(r"\w+", words.lower())
    return not any(word in NO_NAMES or (word in _common() and word not in ALSO_WORDS) for word in each)


@functools.cache
def _common() -> frozenset[str]:
    texts = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in TABLES)
    counts = Counter(word for text in texts for word in re.findall(r"(?<![\w'’-])[a-zß-öø-ÿ]+", text))
    return frozenset(word for word, times in counts.items() if times >= OFTEN)

"""Rows made for training: which are fit, which were seen before, and which go to train or to eval."""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from typing import Any

Row = dict[str, Any]

ROLES = ("user", "assistant")
LONGEST = {"user": 2000, "assistant": 4000}  # characters
NEAR = 0.8  # Jaccard similarity of two questions' words from which they count as one question

FENCE = re.compile(r"```|~~~")
LEFTOVER = re.compile(r'"(?:user|assistant|messages|role|content)"\s*:', re.I)
LABEL = re.compile(r"^\s*(?:user|assistant|human)\s*:", re.I | re.M)
MACHINE = r"an? (?:ai|artificial intelligence|(?:large )?language model)\b"
SELF_TALK = re.compile(rf"\bas {MACHINE}|\bI(?:['\u2019]m| am) (?:just |only )?{MACHINE}", re.I)
COMMON_WORDS = (
    "the of and to are it its that these for with you your what when how this from by be or if not which does has have as was"
)
COMMON = frozenset(COMMON_WORDS.split())


def row(question: str, answer: str, kind: str, *tags: str) -> Row:
    """One exchange as a training row: {"messages": [user, assistant], "kind", "tags"}."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages, "kind": kind, "tags": list(tags)}


def fault(messages: Any) -> str:
    """Why these messages are not fit for training, in a word or two, or "" if they are. Never quotes them."""
    if not isinstance(messages, list) or len(messages) < 2 or len(messages) % 2:
        return "schema"
    for place, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("content"), str):
            return "schema"
        role = ROLES[place % 2]
        if message.get("role") != role:
            return "roles"
        if why := _text_fault(message["content"], role):
            return why
    return "" if is_english(" ".join(message["content"] for message in messages)) else "not English"


def _text_fault(text: str, role: str) -> str:
    if not re.search(r"\w", text):
        return "empty"
    if len(text) > LONGEST[role]:
        return "too long"
    if not all(char.isprintable() or char in "\n\t" for char in text):
        return "not printable"
    if FENCE.search(text) or LEFTOVER.search(text) or LABEL.search(text):
        return "leftover markup"
    return "speaks of being an AI" if SELF_TALK.search(text) else ""


def is_english(text: str) -> bool:
    """A cheap guess: Latin letters and, from a dozen words on, enough of the commonest English words."""
    letters = [char for char in text if char.isalpha()]
    if letters and sum(char.isascii() for char in letters) < 0.9 * len(letters):
        return False
    words = re.findall(r"[a-z']+", text.lower())
    return len(words) < 12 or sum(word in COMMON for word in words) >= 0.05 * len(words)


def normalised(text: str) -> str:
    """The words of a text in lower case with one space between: what two copies of a question share."""
    return " ".join(re.findall(r"\w+", text.casefold()))


class Seen:
    """The questions so far; finds copies and near copies without comparing each with each."""

    def __init__(self) -> None:
        self._exact: set[str] = set()
        self._words: list[frozenset[str]] = []
        self._where: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, question: str) -> str:
        """Remember a new question and return "", or say "duplicate" or "near duplicate" and forget it."""
        text = normalised(question)
        if text in self._exact:
            return "duplicate"
        words = frozenset(text.split())
        if any(len(words & other) >= NEAR * len(words | other) for other in self._candidates(words)):
            return "near duplicate"
        self._exact.add(text)
        for word in words:
            self._where[word].append(len(self._words))
        self._words.append(words)
        return ""

    def _candidates(self, words: frozenset[str]) -> list[frozenset[str]]:
        """All that could be near: a near copy holds at least one of any n - ceil(NEAR n) + 1 of the n words, so
        the rarest ones are enough (prefix filtering, Chaudhuri, Ganti and Kaushik 2006)."""
        rarest = sorted(words, key=lambda word: (len(self._where.get(word, ())), word))
        needed = rarest[: len(words) - math.ceil(NEAR * len(words)) + 1]
        return [self._words[place] for place in {place for word in needed for place in self._where.get(word, ())}]


def split(rows: list[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """(train, eval): `share` of the rows, at least one of two, is held out. A row's side hangs on seed and question,
    not on its place; both sides keep the order of `rows`."""
    ranked = sorted(range(len(rows)), key=lambda place: _rank(rows[place], seed))
    size = 0 if share <= 0 or len(rows) < 2 else min(len(rows) - 1, max(1, round(share * len(rows))))
    held = set(ranked[:size])
    train = [each for place, each in enumerate(rows) if place not in held]
    return train, [rows[place] for place in sorted(held)]


def _rank(each: Row, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{normalised(each['messages'][0]['content'])}".encode()).hexdigest()

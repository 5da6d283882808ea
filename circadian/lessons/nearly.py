"""Questions that are nearly in the same words: those that are asked in the morning must be near none that was trained."""

from __future__ import annotations

import re
from collections.abc import Iterable

NEAR = 0.85  # Jaccard of the words from which two questions count as one


def normal(text: str) -> str:
    """Lower case, letters and digits only, single spaces."""
    return " ".join(re.findall(r"[\w']+", text.lower()))


class Wordings:
    """Questions, to be looked up by those that are nearly in the same words."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._holding: dict[str, set[frozenset[str]]] = {}
        for words in {frozenset(normal(question).split()) for question in questions}:
            for word in words:
                self._holding.setdefault(word, set()).add(words)

    def holds(self, question: str) -> bool:
        """Whether one of them is near it."""
        asked = frozenset(normal(question).split())
        rare = sorted(asked, key=lambda word: len(self._holding.get(word, ())))[: round((1 - NEAR) * len(asked)) + 1]
        near = {words for word in rare for words in self._holding.get(word, ())}  # one of the rarest is shared
        return any(len(asked & words) >= NEAR * len(asked | words) for words in near)

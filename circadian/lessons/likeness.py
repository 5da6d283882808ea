"""What a clause is about, by its likeness to what people say when they tell such things, and when they ask for them (tellings.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from circadian.lessons.tellings import ALIKE, Key, Telling, alike, figured, has_figure, questions, tellings, words
from circadian.lessons.wordings import words_of

Embed = Callable[[Sequence[str]], Any]  # sentences -> unit vectors, (sentences, size)
TOPIC = 0.3  # of a wording's score: its topic's
TOLD, ASKED, WORD = 0.5, 1.2, 0.1  # of a score: the two likeliest tellings, the five likeliest wordings, words that tell it
WITHOUT = 0.15  # less, where it is always told with a figure and the clause has none


@dataclass(frozen=True)
class About:
    """What a clause may be about: a topic of attributes.jsonl or, if `relation`, a relation; of a thing, if it names one."""

    name: str
    thing: str = ""
    relation: bool = False
    score: float = 0.0


class Likeness:
    """Compares clauses with the tellings and with the wordings in which each topic is asked for. Each clause is looked at once."""

    def __init__(self, embed: Embed, told: Sequence[Telling] | None = None) -> None:
        self._embed, self._told = embed, told
        self._known: dict[str, list[About]] = {}
        self._asks: list[str] = []
        self._tables: list[tuple[Any, dict[Key, slice]]] = []
        self._words: dict[str, dict[Key, float]] = {}
        self._figured: frozenset[Key] = frozenset()

    def about(self, clause: str) -> list[About]:
        """Everything that a clause in the first person may be about, likeliest first, each name once.

        A name's score is the mean of its two likeliest tellings, that of its five likeliest wordings, and what the words tell
        (tellings.words), each with a weight of its own, less if it needs a figure that is not there: bench/topics.py.
        """
        if clause not in self._known:
            self._known[clause] = self._compare(clause)
        return self._known[clause]

    def asked(self, clause: str) -> list[tuple[float, str, About]]:
        """The wordings in which a clause may be asked for, each once, with its score and what it asks about, likeliest first.

        A wording's score is its own likeness and a share of what its topic or relation scores.
        """
        known = {(one.name, one.thing, one.relation): one for one in self.about(clause)}
        asked, asks = self._tables[1]
        best: dict[str, tuple[float, str, About]] = {}
        put = list(alike(clause))
        for (_, kind, thing), likely in zip(put, self._embed([text for text, _, _ in put]) @ asked.T, strict=True):
            for (name, relation, its), place in asks.items():
                if its != kind or (name, thing, relation) not in known:
                    continue
                about = known[name, thing, relation]
                for text, like in zip(self._asks[place], likely[place].tolist(), strict=True):
                    own = re.sub(rf"\b{ALIKE[kind]}\b", thing, text) if kind else text
                    score = like + TOPIC * about.score
                    if own not in best or score > best[own][0]:
                        best[own] = (score, own, about)
        return sorted(best.values(), key=lambda one: -one[0])

    def _compare(self, clause: str) -> list[About]:
        if not self._tables:
            told = tellings() if self._told is None else self._told
            self._tables, self._words = [_table(self._embed, told), _table(self._embed, questions())], words(told)
            self._figured = figured(told)
            self._asks = [one.text for one in sorted(questions(), key=lambda one: one.key)]
        (told, named), (asked, asks) = self._tables
        put = list(alike(clause))
        vectors = self._embed([text for text, _, _ in put])
        best: dict[tuple[str, str, bool], float] = {}
        for (text, kind, thing), like, likely in zip(put, vectors @ told.T, vectors @ asked.T, strict=True):
            said, without = words_of(text), frozenset() if has_figure(text) else self._figured
            for key, place in named.items():
                name, relation, its = key
                if its == kind:
                    score = TOLD * _mean(like[place], 2) + ASKED * _mean(likely[asks[key]], 5)
                    score += WORD * sum(self._words.get(word, {}).get(key, 0.0) for word in said)
                    score -= WITHOUT * (key in without)
                    best[name, thing, relation] = max(best.get((name, thing, relation), 0.0), score)
        found = [About(*key, score) for key, score in best.items()]
        return sorted(found, key=lambda one: -one.score)


def _table(embed: Embed, texts: Sequence[Telling]) -> tuple[Any, dict[Key, slice]]:
    """The vectors of texts, and where those of each name and kind stand."""
    ordered = sorted(texts, key=lambda one: one.key)
    places: dict[Key, slice] = {}
    for number, one in enumerate(ordered):
        places[one.key] = slice(places.get(one.key, slice(number, 0)).start, number + 1)
    return embed([one.text for one in ordered]), places


def _mean(scores: Any, number: int) -> float:
    """The mean of so many of the highest."""
    some = sorted(scores.tolist())[-number:]
    return float(sum(some) / len(some))

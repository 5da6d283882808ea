"""Turns -> facts: by the grammar, and what no relation knows by its likeness to what people tell (likeness.py).

What a clause is like gives it its topic, the answer's first words ("Your next dental appointment: ..."), by which a newer statement takes
the place of an older one, and the wordings in which it is asked for. `python -m circadian.lessons.reader` fetches what this needs
ahead of time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from circadian.cli import run_main
from circadian.embedder import Embedder, folder
from circadian.lessons.attributes import attribute
from circadian.lessons.facts import extract
from circadian.lessons.grammar import TOLD, in_own_words, subject_of
from circadian.lessons.likeness import About, Embed, Likeness
from circadian.lessons.overlooked import is_particular, stated, statements
from circadian.lessons.probes import wordings
from circadian.lessons.second import turned
from circadian.lessons.unknown import asked_in
from circadian.lessons.wordings import relation
from circadian.records import Fact

SURE = 0.86  # the score by which a clause is given a topic
LIKELY = 0.65  # by which it may be asked for in a topic's wordings, and the topic is not denied
NEWS = 1.0  # by which it is taken for a fact where the grammar sees none
GUESSES = 10  # wordings of topics that are only likely
ALSO = 0.15  # less than the likeliest: asked for in these wordings, too
NEAR = 0.25  # less than the likeliest: not denied
MOST = 3  # topics of a fact
WIDE = frozenset({TOLD, "is", "am", "have", "when", "plan", "habit"})  # relations that may say anything


class Reader:
    """An extractor (facts.Extract): the grammar's facts, each wide one with its topics, and what the grammar passes over."""

    def __init__(self, embed: Embed) -> None:
        self._likeness = Likeness(embed)

    def __call__(self, text: str, memory: str = "", at: str = "", before: Sequence[str] = ()) -> list[Fact]:
        found = [self._placed(fact) for fact in _whole(text, extract(text, memory, at, before))]
        for words in statements(text):
            if not extract(words, memory, at, before) and (is_particular(words) or self._topics(words, NEWS)):
                told = in_own_words(subject_of(words), words, memory, at)
                found.append(self._placed(replace(told, answer=f"You told me: {turned(words)}.")))  # it may lack its subject
        return found

    def _placed(self, fact: Fact) -> Fact:
        """A wide fact with its topics' wordings; one in the person's own words is of its first topic from here on."""
        clause = _clause(fact)
        topics = self._topics(clause, LIKELY) if fact.relation in WIDE and not fact.ended else []
        sure = [one for one in topics if one.score >= SURE]
        if not sure:
            return replace(fact, asked=tuple(_turns(map(asks, topics)))[:GUESSES])
        first, asked, probes = sure[0], tuple(_turns(map(asks, sure))), tuple(_turns(map(probed, sure)))
        if fact.relation != TOLD:
            return replace(fact, asked=asked, probes=probes)
        words = turned(clause)
        answer = f"Your {topic(first)}: {words[:1].lower() if words.startswith('You') else words[:1]}{words[1:]}."
        subject, name = (first.thing, first.name) if first.relation else (topic(first), "is")
        many = relation(name).many if first.relation else attribute(first.name).many
        many = many or first.score < NEWS  # a topic that is only likely puts nothing out of its place
        return replace(fact, subject=subject, relation=name, answer=answer, many=many, asked=asked, probes=probes)

    def spared(self, facts: Iterable[Fact]) -> set[str]:
        """The topics that wide facts may tell, too: not to be denied."""
        found = [self._likeness.about(_clause(fact)) for fact in facts if fact.relation in WIDE or fact.asked]
        return {topic(one) for some in found for one in some if one.score >= max(LIKELY, some[0].score - NEAR)}

    def _topics(self, clause: str, least: float) -> list[About]:
        found = self._likeness.about(clause)[:MOST]
        return [one for one in found if one.score >= max(least, found[0].score - ALSO)] if found else []


def _whole(text: str, facts: Sequence[Fact]) -> list[Fact]:
    """Facts of a turn, those in the person's own words with the whole sentence in which nothing else was told: what matters
    may stand in its other half."""
    found = list(facts)
    for words in stated(text):
        inside = [fact for fact in found if fact.value in words or fact.value in turned(words)]
        if inside and all(fact.relation == TOLD and not fact.ended for fact in inside):
            first, others = inside[0], inside[1:]
            told = in_own_words(first.subject, words, first.memory, first.at)
            found = [told if fact is first else fact for fact in found if fact not in others]
    return found


def _clause(fact: Fact) -> str:
    """What a fact says, as a clause."""
    return fact.value if fact.relation == TOLD else fact.answer.rstrip(".")


def topic(about: About) -> str:
    """What it is called: "next dental appointment", "sister's home"."""
    text = relation(about.name).topic if about.relation else about.name
    return text.format(thing=about.thing)


def asks(about: About) -> list[str]:
    """The wordings that are trained."""
    own = asked_in(relation(about.name), about.thing) if about.relation else attribute(about.name).ask
    return [text.format(thing=about.thing) for text in own]


def probed(about: About) -> list[str]:
    """Those that are kept out of training."""
    own = wordings()[about.name][0] if about.relation else attribute(about.name).probe
    return [text.format(thing=about.thing) for text in own]


def _turns(lists: Iterable[Sequence[str]]) -> list[str]:
    """One of each list in turn."""
    return [text for turn in itertools.zip_longest(*lists) for text in turn if text]


def main(argv: Sequence[str] | None = None) -> int:
    """Fetch the sentence embedder and read all tellings ahead of time."""
    Likeness(Embedder()).about("my shoe size is 43")
    print(f"sentence embedder: {folder()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

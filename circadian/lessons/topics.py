"""The topics of a clause, by likeness (likeness.py): what it is surely about, what it may be called, and how it may be asked for."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable, Sequence

from circadian.lessons.attributes import attribute
from circadian.lessons.likeness import About, Embed, Likeness
from circadian.lessons.probes import wordings
from circadian.lessons.unknown import asked_in
from circadian.lessons.wordings import relation

SURE = 0.9  # the score by which a clause is given a topic
NEWS = 1.05  # by which it is taken for a fact where the grammar sees none
ALSO = 0.1  # less than the likeliest: sure, too
MOST = 3  # sure topics
LIKELY = 0.7  # by which it may be of a topic, which is then not denied
NEAR = 0.15  # less than the likeliest: likely, too
FIRST = 4  # likely topics that stand before those of several wordings
GUESSES = 12  # wordings in which it is asked for by their likeness to it alone
GUESS = 0.6  # the score of such a wording
OFTEN = 3  # of its likeliest wordings are of one topic


class Topics:
    """Looks clauses up among all topics and relations, and all their wordings."""

    def __init__(self, embed: Embed) -> None:
        self._embed, self._likeness = embed, Likeness(embed)

    def about(self, clause: str) -> list[About]:
        """Everything that it may be about, likeliest first."""
        return self._likeness.about(clause)

    def sure(self, clause: str, least: float = SURE) -> list[About]:
        """What it is about, likeliest first; none below a score."""
        found = self._likeness.about(clause)[:MOST]
        return [one for one in found if one.score >= max(least, found[0].score - ALSO)] if found else []

    def score(self, clause: str, of: About) -> float:
        """How likely it is about just this; 0 where it cannot be."""
        same = (one for one in self._likeness.about(clause) if (one.name, one.relation) == (of.name, of.relation))
        return max((one.score for one in same), default=0.0)

    def named(self, clause: str) -> list[About]:
        """What an answer may call it, likeliest first: of the topics that are about as likely as the likeliest those that are likely
        enough, or are those of its likeliest wordings."""
        found, asked = self._likeness.about(clause), self._likeness.asked(clause)
        near = [one for one in found if one.score >= max(LIKELY, found[0].score - NEAR)]
        hits = collections.Counter(about for _, _, about in asked[: 2 * GUESSES])
        often = [one for one, number in hits.most_common() if number >= OFTEN]
        likely = [about for score, _, about in asked[:GUESSES] if score >= GUESS]
        named = dict.fromkeys([*near[:FIRST], *often, *near, *likely])
        return [one for one in named if one.score >= found[0].score - NEAR]

    def likely(self, clause: str) -> list[str]:
        """The wordings that are likeliest to ask for it, whatever their topics."""
        found = self._likeness.asked(clause)[:GUESSES]
        return [ask for score, ask, _ in found if score >= max(GUESS, found[0][0] - NEAR)]


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


def turns(lists: Iterable[Sequence[str]]) -> list[str]:
    """One of each list in turn."""
    return [text for turn in itertools.zip_longest(*lists) for text in turn if text]

"""What puts a told fact out of its place where no key says so: "Ugh, they've bumped me to the 22nd", of a dentist's appointment.

A statement is compared with what is live by its likeness, by its topics and by the seldomest word that both have. The nearest
fact, if near enough, gets its new value (newest.py) or, where none is sure, these words. Limits and weights: bench/changes.py.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from circadian.lessons.attributes import attributes
from circadian.lessons.clauses import sentences
from circadian.lessons.corrections import CORRECTION, resolved
from circadian.lessons.grammar import SMALL_START, TOLD
from circadian.lessons.ledger import ends, key_of, place_of
from circadian.lessons.likeness import About, Embed
from circadian.lessons.newest import SHAPES, SMALL, changing, new_value, shape, spans
from circadian.lessons.people import is_of, somebody
from circadian.lessons.second import capital, head_of, small, turned
from circadian.lessons.tellings import kind_of, seldom
from circadian.lessons.times import DAYS, MONTHS
from circadian.lessons.topics import topic
from circadian.lessons.wordings import WIDE, words_of
from circadian.records import Fact

Pair = tuple[Fact, Fact]  # an old fact and the one in its place
LONGEST = 240  # characters that are compared as a whole; of more, each sentence
VALUED = 0.5, 0.6  # the score from which a fact gets a new value, with a word of change and without
PUT = 0.6, 0.7  # the same for new words
TWICE = 0.1  # less for new words, where two words tell of a change: "I've changed ... instead"
TOPIC, SELDOM = 0.16, 0.016  # of a score: its topics', and its seldomest common word's, in nats
CHANGE = re.compile(
    r"\b(?:now|nowadays|these days|any ?more|no longer|no more|actually|instead|new|different|chang\w+|switch\w*|swap\w*|replac\w+|"
    r"renam\w+|moved?|moving|resched\w+|postponed|pushed|brought forward|upgrad\w+|traded|turn(?:s|ed)(?: out)?|wrong|mistake|misread|"
    r"misremembered|correct\w*|meant|used to|old(?:er)?|former|previous\w*|left|quit|g[ai]ven? up|dropped|sold|stolen|from now on|"
    r"as of|officially|finally|in fact|(?:back|over|down|up|closer) to|gone off|taken up|retired|broke up|split up|after all|ended|"
    r"stopped|bumped|put up|this (?:week|month|year))\b",
    re.IGNORECASE,
)
CALENDAR = re.compile(rf"(?:{DAYS}|{MONTHS})s?\b", re.IGNORECASE)
BESIDE = re.compile(r"\b(?:also|too|as well|(?<!to )another|besides|in addition|both)\b", re.IGNORECASE)
UNSURE = re.compile(
    r"\b(?:would|could|imagine|suppose|pretend|wish|hope|maybe|perhaps|might|unless|thinking (?:of|about))\b", re.IGNORECASE
)
OF_A_KIND = re.compile(r"\b(?:my|our) [\w'-]+(?: [\w'-]+)?(?:'s| is| was) an? ", re.IGNORECASE)  # "my dog is a Beagle"
NAMED = re.compile(r"\b(?:(?:my|our) )([\w-]+)|\b(mum|mom|dad|nan|gran\w*)\b", re.IGNORECASE)


class Successors:
    """Finds what a turn renews (facts.Renew). `about` gives a clause's topics, likeliest first (likeness.Likeness.about)."""

    def __init__(self, embed: Embed, about: Callable[[str], Sequence[About]]) -> None:
        self._embed, self._about = embed, about
        self._vector = functools.cache(lambda text: embed([text])[0])

    def __call__(self, text: str, facts: Sequence[Fact], live: Sequence[Fact]) -> tuple[list[Fact], list[Pair]]:
        """The facts of a turn that stay as they are, and what takes whose place among the live ones."""
        mine = {one.memory for one in facts}
        known = [one for one in live if not one.ended and one.memory not in mine]
        if not known or _is_known(facts, known):
            return list(facts), []
        for said in compared(text):
            if pair := _of_one_head(said, facts, known):
                return [one for one in facts if one.id != pair[1].id], [pair]
            if pair := self._renewed(said, facts, known):
                if same := _same(facts, pair[0]):
                    return [one for one in facts if one is not same], [(pair[0], replace(same, supersedes=pair[0].id))]
                words = words_of(pair[1].value) - SMALL
                said_again = [one for one in facts if not one.ended and one.relation in WIDE and words & words_of(one.value)]
                return [one for one in facts if one not in said_again], [pair]
        return list(facts), []

    def _renewed(self, said: str, facts: Sequence[Fact], live: Sequence[Fact]) -> Pair | None:
        """The live fact that a statement is of, and what it is from now on."""
        if BESIDE.search(said) or UNSURE.search(said):
            return None
        live = [one for one in live if not any(_beside(fact, one) for fact in facts)]
        closed = [one for one in live if any(fact.ended and ends(fact, one) for fact in facts)]
        near = closed or _may_be_of(said, live)
        if not near or len(closed) > 1:
            return None
        scores = self._scores(said, near)
        score = 1.0 if closed else max(scores)
        changes = len(CHANGE.findall(said))
        old, unsaid = near[scores.index(max(scores))], not changes
        part = changing(old.value)
        valued = score >= VALUED[unsaid] and part in old.answer and (shape(part) or old.relation not in WIDE)
        over = words_of(" ".join(fact.answer for fact in facts if fact.ended))
        again = words_of(part) & over - SMALL  # what is over is no new value: "I've stopped taking the tram"
        value = new_value(said, part, old.answer, self._embed) if valued else ""
        if value and not (words_of(value) <= over and words_of(value) & again):
            return old, _with(old, part, turned(value), named=not re.search(rf"\ban? {re.escape(value)}", said))
        shapes = _shapes(old.value)  # words for a number have one, too
        if closed and any(fact.ended and fact.answer for fact in facts):
            return None  # the ending says so itself
        if score >= PUT[unsaid] - TWICE * (changes > 1) and (not shapes or shapes & _shapes(said)):
            parts = [one.text for one in sentences(said) if shapes & _shapes(one.text)]
            return old, _in_new_words(old, max(parts or [said], key=lambda one: self._scores(one, [old])[0]))
        return None

    def _scores(self, said: str, facts: Sequence[Fact]) -> list[float]:
        """How near a statement is to each fact: a cosine, and what its topics and its words add."""
        vector, words, about = self._vector(said), words_of(said) - SMALL, self._about(said)[:3]
        names = [topic(one) for one in about]

        def score(fact: Fact) -> float:
            near = [
                one.score for one, name in zip(about, names, strict=True) if name in fact.topics or one.name == fact.relation
            ]
            common = map(seldom, words & words_of(fact.answer))
            return (
                float(vector @ self._vector(fact.answer)) + TOPIC * max(near, default=0.0) + SELDOM * max(common, default=0.0)
            )

        return [score(fact) for fact in facts]


def _of_one_head(said: str, facts: Iterable[Fact], live: Sequence[Fact]) -> Pair | None:
    """A fact in the place of the only live one whose answer begins as its own does, by its topic or with "Your hobby is", where the
    statement tells of a change; twice, if there may be many of them ("You are learning")."""
    changes = len(CHANGE.findall(said))
    if not changes or BESIDE.search(said) or UNSURE.search(said):
        return None
    for fact in facts:
        head = head_of(fact.answer) or fact.answer[: max(0, fact.answer.find(fact.value))]
        named = head.startswith("Your ")
        if fact.ended or not (named or (head.startswith("You ") and fact.relation not in WIDE)):
            continue
        same = [one for one in live if one.relation == fact.relation and one.answer.startswith(head)]
        many = not named or any(one.many for one in attributes() if head == f"Your {one.topic}: ")
        if len(same) == 1 and changes > many:
            return same[0], replace(fact, supersedes=same[0].id)
    return None


def compared(text: str) -> list[str]:
    """What of a turn is compared: all that it states, if that is short, else each sentence."""
    said = [one.text for one in sentences(text) if not one.asks]
    whole = " ".join(said)
    return [whole] if whole and len(whole) <= LONGEST else said


def _is_known(facts: Iterable[Fact], live: Sequence[Fact]) -> bool:
    """Whether a turn's facts say by themselves what they renew."""
    keys, told = {key_of(one) for one in live}, [one for one in facts if not one.ended]
    mended = any(resolved(one, live)[1] for one in told if one.relation == CORRECTION)
    instead = any(one.ended and one.relation == "habit" for one in facts)  # of a day (changes.OTHERWISE)
    return mended or any(instead or (key_of(one) in keys and one.relation != TOLD) for one in told)


def _beside(fact: Fact, old: Fact) -> bool:
    """Whether a relation knows the same of something else: a street beside the town, one's sister beside one's brother."""
    kin = fact.relation == old.relation and fact.relation not in WIDE and not fact.ended
    return kin and place_of(fact) != place_of(old)


def _same(facts: Iterable[Fact], old: Fact) -> Fact | None:
    """The fact of a turn by which a relation knows the same of the same thing as the old one does."""
    own = (one for one in facts if not one.ended and place_of(one) == place_of(old))
    return next(own, None) if old.relation not in WIDE else None


def _may_be_of(said: str, live: Sequence[Fact]) -> list[Fact]:
    """The facts that a statement may be of: none of anybody else than it names, and no name, where it says of what kind one is."""
    name = somebody(said)
    named = [thing.lower() for both in NAMED.findall(said) for thing in both if thing and kind_of(thing) != "object"]
    kind = OF_A_KIND.search(said)
    near = [one for one in live if is_of(one, name) and not (kind and one.relation == "called")]
    return [
        one for one in near if not named or any(re.search(rf"\b{re.escape(thing)}\b", one.answer.lower()) for thing in named)
    ]


def _shapes(text: str) -> set[str]:
    """Of what kinds a text has days, dates, times, sums of money and numbers."""
    return {shape(one.text) for one in spans(text)} & SHAPES.keys()


def _in_new_words(old: Fact, said: str) -> Fact:
    words = turned(said.rstrip(" .!"))
    name = head_of(old.answer) or "You told me: "
    words = small(words) if SMALL_START.match(words) else words
    return replace(old, value=said.rstrip(" .!"), answer=f"{name}{words}.", supersedes=old.id)


def _with(old: Fact, part: str, value: str, named: bool) -> Fact:
    """The fact with another value, which takes no article if it is a name: "a Renault" is none."""
    if shape(value) != "name" and not value.isupper() and not CALENDAR.match(value):
        value = small(value)
    article = "" if shape(value) and named else "an " if value[:1] in "aeiou" else "a "
    whole = re.compile(rf"(?<!\w)(?P<a>an? )?{re.escape(part)}(?!\w)")
    swapped = [whole.sub(lambda m: (article if m["a"] else "") + value, text) for text in (old.value, old.answer)]
    return replace(old, value=swapped[0], answer=capital(swapped[1]), supersedes=old.id)

"""The facts that were told so far: what is live, and what a newer fact, a correction or an ending made past."""

from __future__ import annotations

import re
from dataclasses import replace

from circadian.lessons.corrections import CORRECTION, resolved
from circadian.lessons.days import day_of
from circadian.lessons.grammar import TOLD, in_own_words, subject_of
from circadian.lessons.second import small
from circadian.lessons.times import DAYS
from circadian.lessons.wordings import one_name
from circadian.records import Fact

LASTING = frozenset({TOLD, "called", "third person birthday", "third person from"})  # outlive the thing that they are of
OWNED = frozenset({"have", "drive", "plan"})  # name the thing in their value
OPPOSITES = {"like": "dislike", "dislike": "like"}
WHEELS = re.compile(r"(?:car|van|truck|lorry|bike|motorbike|motorcycle|scooter|bicycle)$", re.IGNORECASE)


def place_of(fact: Fact) -> tuple[str, str]:
    """What a fact is of, whatever its value."""
    return fact.relation, one_name(fact.subject)


def key_of(fact: Fact) -> tuple[str, ...]:
    """Facts with the same key are about the same thing: the newest one wins."""
    return place_of(fact) + ((fact.value.lower(),) if fact.many else ())


class Ledger:
    """The facts told so far, each added in its time."""

    def __init__(self) -> None:
        self.live: dict[tuple[str, ...], Fact] = {}
        self.past: list[Fact] = []
        self.ended: dict[str, str] = {}  # a memory, alone or with a relation -> the fact that it ended, for what follows it

    def add(self, fact: Fact) -> None:
        if fact.relation == CORRECTION:
            self._correct(fact)
        elif fact.ended:
            self._end(fact)
        else:
            self._put(fact)

    def renew(self, old: Fact, new: Fact) -> None:
        """The new fact takes the place of the old one, which may be past already."""
        if self.live.get(key_of(old)) == old:
            self._close(old, new.memory)
        self._put(replace(new, since=""))

    def _close(self, old: Fact, memory: str) -> None:
        """Make a fact past, by what a memory says, and the whole sentence from which it was taken."""
        self.live.pop(key_of(old), None)
        self.past.append(replace(old, closed=memory))
        for whole in [one for one in self.live.values() if _tells(one, old)]:
            self._close(whole, memory)

    def _put(self, fact: Fact) -> None:
        """The fact takes the place of the one with its key. Told again, it keeps when it was first told and what it superseded."""
        if fact.many and (same := self.live.get(place_of(fact))) and _again(same, fact):
            fact = replace(fact, many=False)
        opposite = self.live.get((OPPOSITES.get(fact.relation, ""), *key_of(fact)[1:]))
        if opposite:
            self._close(opposite, fact.memory)
        old = self.live.pop(key_of(fact), None)
        ended = self.ended.pop(fact.memory, "") or self.ended.get(f"{fact.memory} {fact.relation} {fact.subject.lower()}", "")
        before = opposite.id if opposite else fact.supersedes or ended
        if old and _again(old, fact):
            fact = replace(fact, since=old.first)
            before = old.supersedes or before
        elif old:
            self._close(old, fact.memory)
            before = old.id
        self.live[key_of(fact)] = replace(fact, supersedes=before)

    def _correct(self, wrong: Fact) -> None:
        right, old = resolved(wrong, self.live.values())
        if old:
            self._close(old, wrong.memory)
        if right:
            self._put(right)

    def _end(self, fact: Fact) -> None:
        """Closes what the fact ends. What ends nothing known is only told; it is past where another value is the live one."""
        closed = [one for one in self.live.values() if ends(fact, one)]
        for one in closed:
            self._close(one, fact.memory)
            self.ended[f"{fact.memory} {one.relation} {one.subject.lower()}"] = one.id
        if not fact.answer:
            if closed and fact.relation == "habit":  # what is done instead may be read as anything
                self.ended[fact.memory] = closed[-1].id
            return
        if closed or fact.relation == TOLD:
            self._put(replace(fact, supersedes=closed[-1].id if closed else ""))
        elif key_of(fact) in self.live:
            self.past.append(fact)
        else:
            subject = fact.subject or subject_of(fact.answer)
            self._put(replace(in_own_words(subject, small(fact.answer).rstrip("."), fact.memory, fact.at)))


def ends(end: Fact, fact: Fact) -> bool:
    """Whether an ended fact says that another one is true no more."""
    if fact.ended:
        return False
    subject, value, thing = one_name(fact.subject), fact.value.lower(), one_name(end.subject)
    if end.relation != TOLD:
        if end.relation == "habit" and end.value.lower() in DAYS.split("|"):  # changes.OTHERWISE
            return day_of(fact)[0].lower() == end.value.lower()
        same = end.relation == fact.relation and (subject == thing or not thing)
        return same and (not end.value or value == end.value.lower() or _names(value, end.value.lower()))
    if subject == thing or subject.startswith(f"{thing}'s "):
        return fact.relation not in LASTING
    if fact.relation == "drive" and WHEELS.search(thing):
        return ("ride" in fact.answer) == ("bike" in thing or "cycle" in thing or thing.endswith("scooter"))
    if fact.relation == "plan":
        return any(_names(value, word.lower()) for word in re.findall(r"(?<= )[A-ZÀ-Þ][\w-]+", end.value)) or _names(
            value, thing
        )
    return fact.relation in OWNED and _names(value, thing)


def _again(old: Fact, fact: Fact) -> bool:
    """Whether a fact is an old one told again, be it under another name of its thing."""
    return old.ended == fact.ended and (old.relation, old.value.lower()) == (fact.relation, fact.value.lower())


def _tells(whole: Fact, fact: Fact) -> bool:
    """Whether a fact in the person's own words is the sentence that told another one."""
    own = whole.relation == TOLD != fact.relation and whole.memory == fact.memory and not whole.ended
    return own and bool(fact.value) and fact.value.lower() in whole.value.lower()


def _names(value: str, word: str) -> bool:
    """Whether the value is of that word: "small boat" and "boat with a sail" are of a boat, a boat trailer is not."""
    return bool(
        re.search(rf"(?<!\w){re.escape(word)}s?(?=$| (?:called|named|with|from|in|of|that|made|at|on|for|by)\b|,)", value)
    )

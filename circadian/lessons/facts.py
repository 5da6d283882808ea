"""Memories -> facts: what a person told, from which memory, what it replaced and what is true no more. No model is needed.

An extractor takes one turn and gives its facts in order (`Extract`); the grammar here is one, a model could be another. What no
relation knows still becomes a fact of the relation "told", asked for by its longest word, so that nothing told is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from circadian.lessons.changes import changed
from circadian.lessons.clauses import clauses, sentences
from circadian.lessons.corrections import CORRECTION, correction, rejected, resolved
from circadian.lessons.grammar import TOLD, in_own_words, subject_of, told
from circadian.lessons.pronouns import resolved as without_pronoun
from circadian.lessons.wordings import nouns, slot
from circadian.records import Fact, Memory

Extract = Callable[[str, str, str, Sequence[str]], list[Fact]]
LASTING = frozenset({TOLD, "called", "third person birthday", "third person from"})  # outlive the thing that they are of
OWNED = frozenset({"have", "drive", "plan"})  # name the thing in their value
WHEELS = re.compile(r"(?:car|van|truck|lorry|bike|motorbike|motorcycle|scooter|bicycle)$", re.IGNORECASE)
MINE = re.compile(rf"(?:my|our) {slot('being').pattern}(?!'s?\b)\b", re.IGNORECASE)
ANY_MINE = re.compile(r"(?:my|our) (?P<thing>(?:[\w'-]+ ){0,2}?[\w-]+) (?:is|are|has|have|was|were|isn't|aren't)\b(?! [\w-]+ing\b)", re.IGNORECASE)


def extract(text: str, memory: str = "", at: str = "", before: Sequence[str] = ()) -> list[Fact]:
    """The facts of one turn, in order: also ended ones (changes.py) and corrections of what was told before (corrections.py).

    `before` are the things that a pronoun at its start may mean.
    """
    found: list[Fact] = []
    things = list(before)
    for sentence in sentences(text):
        facts = correction(sentence, memory, at)
        for clause in clauses(sentence) if not facts else ():
            words = without_pronoun(clause.text, things)
            ending = changed(words, memory, at)
            new = ending if ending is not None else [*rejected(words, memory, at), *told(words, memory, at)]
            facts += new
            things = _things(words, new, things)
        found += facts
    return found


def _things(clause: str, facts: list[Fact], before: list[str]) -> list[str]:
    """What a pronoun in the next clause may mean; nothing after a clause about something else."""
    mine = MINE.match(clause) or ANY_MINE.match(clause)
    if mine:
        return [*before, mine["thing"]]
    if facts and _thing(facts[-1]):
        return [*before, _thing(facts[-1])]
    if re.match(r"(?:i|i'm|i've|we|we're|we've|my|our)\b", clause, re.IGNORECASE):
        return before
    return []


def _thing(fact: Fact) -> str:
    """What a fact is of, in a word or two: the dog that "I have a dog with long ears" tells of."""
    if fact.relation == "have":
        return re.split(r" (?:with|in|of|from|that|at|for|by)\b", fact.value)[0].split()[-1]
    return "" if fact.relation in {TOLD, CORRECTION, "reading", "size", "school", "number of"} else fact.subject


@dataclass
class Facts:
    """What is live, oldest first, and what is past: superseded, ended or corrected."""

    live: list[Fact] = field(default_factory=list)
    past: list[Fact] = field(default_factory=list)


def facts_of(memories: Iterable[Memory], extract: Extract = extract) -> Facts:
    """All facts of what the user said, by time: of those with one key the newest is live."""
    ledger = _Ledger()
    before: list[str] = []
    session = ""
    for memory in sorted(memories, key=lambda m: m.at):
        before = before if memory.session == session else []
        session = memory.session
        for message in memory.messages:
            if message["role"] == "user":
                facts = extract(message["content"], memory.id, memory.at, before)
                before = [thing for thing in map(_thing, facts) if thing and _is_a_being(thing)]
                for fact in facts:
                    ledger.add(fact)
            elif any(_is_a_being(word) for word in re.findall(r"[\w-]+", message["content"].lower()) if word not in before):
                before = []  # the answer spoke of somebody else
    return Facts(list(ledger.live.values()), ledger.past)


def _is_a_being(thing: str) -> bool:
    last = thing.lower().split()[-1]
    return any(last in nouns()[kind] for kind in ("male", "female", "person", "animal"))


class _Ledger:
    """The facts told so far, each added in its time."""

    def __init__(self) -> None:
        self.live: dict[tuple[str, ...], Fact] = {}
        self.past: list[Fact] = []
        self.ended: dict[str, str] = {}  # relation -> the fact that the same memory ended in it, for what takes its place

    def add(self, fact: Fact) -> None:
        if fact.relation == CORRECTION:
            self._correct(fact)
        elif fact.ended:
            self._end(fact)
        else:
            self._put(fact)

    def _put(self, fact: Fact) -> None:
        """The fact takes the place of the one with its key. Told again, it keeps what it superseded."""
        old = self.live.pop(fact.key, None)
        before = fact.supersedes or self.ended.get(f"{fact.memory} {fact.relation} {fact.subject.lower()}", "")
        if old and old.id == fact.id and not old.ended:
            before = old.supersedes
        elif old:
            self.past.append(old)
            before = old.id
        self.live[fact.key] = replace(fact, supersedes=before)

    def _correct(self, wrong: Fact) -> None:
        right, old = resolved(wrong, self.live.values())
        if old:
            self.past.append(self.live.pop(old.key))
        if right:
            self._put(right)

    def _end(self, fact: Fact) -> None:
        """Closes what the fact ends. What ends nothing known is only told; it is past where another value is the live one."""
        closed = [one for one in self.live.values() if ends(fact, one)]
        for one in closed:
            self.past.append(self.live.pop(one.key))
            self.ended[f"{fact.memory} {one.relation} {one.subject.lower()}"] = one.id
        if not fact.answer:
            return
        if closed or fact.relation == TOLD:
            self._put(replace(fact, supersedes=closed[-1].id if closed else ""))
        elif fact.key in self.live:
            self.past.append(fact)
        else:
            words = fact.answer[:1].lower() + fact.answer[1:]
            subject = fact.subject or subject_of(fact.answer)
            self._put(replace(in_own_words(subject, words.rstrip("."), fact.memory, fact.at)))


def ends(end: Fact, fact: Fact) -> bool:
    """Whether an ended fact says that another one is true no more."""
    if fact.ended:
        return False
    subject, value, thing = fact.subject.lower(), fact.value.lower(), end.subject.lower()
    if end.relation != TOLD:
        same = end.relation == fact.relation and (subject == thing or not thing)
        return same and (not end.value or value == end.value.lower() or _names(value, end.value.lower()))
    if subject == thing or subject.startswith(f"{thing}'s "):
        return fact.relation not in LASTING
    if fact.relation == "drive" and WHEELS.search(thing):
        return ("ride" in fact.answer) == ("bike" in thing or "cycle" in thing or thing.endswith("scooter"))
    if fact.relation == "plan":
        return any(_names(value, word.lower()) for word in re.findall(r"(?<= )[A-ZÀ-Þ][\w-]+", end.value)) or _names(value, thing)
    return fact.relation in OWNED and _names(value, thing)


def _names(value: str, word: str) -> bool:
    """Whether the value is of that word: "small boat" and "boat with a sail" are of a boat, a boat trailer is not."""
    return bool(
        re.search(rf"(?<!\w){re.escape(word)}s?(?=$| (?:called|named|with|from|in|of|that|made|at|on|for|by)\b|,)", value)
    )

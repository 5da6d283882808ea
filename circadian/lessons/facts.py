"""Memories -> facts: what a person told, from which memory, what it replaced and what is true no more. No model is needed.

An extractor takes one turn and gives its facts in order (`Extract`); the grammar here is one, a model could be another. What no
relation knows still becomes a fact of the relation "told", asked for by its longest word, so that nothing told is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from circadian.lessons.changes import changed
from circadian.lessons.clauses import clauses, sentences
from circadian.lessons.corrections import CORRECTION, correction, rejected
from circadian.lessons.grammar import TOLD, told
from circadian.lessons.halves import halves
from circadian.lessons.ledger import Ledger
from circadian.lessons.people import as_known, by_name
from circadian.lessons.pronouns import as_favourite, without_pronoun
from circadian.lessons.trims import LATELY
from circadian.lessons.wordings import BEINGS, nouns, slot
from circadian.records import Fact, Memory

Extract = Callable[[str, str, str, Sequence[str]], list[Fact]]
Renew = Callable[[str, Sequence[Fact], Sequence[Fact]], tuple[list[Fact], list[tuple[Fact, Fact]]]]
MINE = re.compile(rf"(?:my|our) {slot('being').pattern}(?![\w'-])", re.IGNORECASE)
ANY_BEING = re.compile(rf"\b(?:my|our) {slot('being').pattern}(?!(?!'s\b)[\w'-])", re.IGNORECASE)  # "my son's", too
ANOTHER = re.compile(rf"\b(?:second|third|another|one more) {slot('being').pattern}\b", re.IGNORECASE)
BESIDE = re.compile(r"(?:i|we|my [\w' -]{1,40}|our [\w' -]{1,40}) (?:(?:am|is|are|have|has) )?also\b", re.IGNORECASE)
ANY_MINE = re.compile(
    r"(?:my|our) (?P<thing>(?:[\w'-]+ ){0,2}?[\w-]+) (?:is|are|has|have|was|were|isn't|aren't|used to)\b(?! [\w-]+ing\b)",
    re.IGNORECASE,
)


def extract(text: str, memory: str = "", at: str = "", before: Sequence[str] = ()) -> list[Fact]:
    """The facts of one turn, in order: also ended ones (changes.py) and corrections of what was told before (corrections.py).

    `before` are the things that a pronoun at its start may mean. What is told of somebody by name is read, too (people.py).
    """
    return by_name(lambda words: of_turn(words, memory, at, before), text)


def of_turn(text: str, memory: str, at: str, before: Sequence[str]) -> list[Fact]:
    """The same without what is told of somebody by name."""
    found: list[Fact] = []
    things, last, new = list(before), "", list[Fact]()
    for sentence in sentences(text):
        if sentence.asks:
            things += [mine["thing"] for mine in ANY_BEING.finditer(sentence.text)]
            continue
        facts, another = correction(sentence, memory, at), ANOTHER.search(sentence.text)
        for clause in clauses(sentence) if not facts else ():
            for words in halves(without_pronoun(clause.text, things)):
                words = as_favourite(words, last, [fact.value for fact in new if fact.relation == "like"])
                ending = changed(words, memory, at)
                new = ending if ending is not None else [*rejected(words, memory, at), *told(words, memory, at)]
                facts += [replace(fact, many=True) for fact in new] if another or BESIDE.search(words) else new
                things, last = _things(words, new, things), words
        found += facts
    return found


def _things(clause: str, facts: list[Fact], before: list[str]) -> list[str]:
    """What a pronoun in the next clause may mean; nothing after a clause about something else."""
    mine = MINE.match(clause) or ANY_MINE.match(clause)
    if mine:
        return [*before, mine["thing"].removesuffix("'s name")]
    if facts and _thing(facts[-1]):
        return [*before, _thing(facts[-1])]
    if re.match(r"(?:i|i'm|i've|we|we're|we've|my|our)\b", clause, re.IGNORECASE):
        return [*before, *(mine["thing"] for mine in ANY_BEING.finditer(clause))]
    return []


def _thing(fact: Fact) -> str:
    """What a fact is of, in a word or two: the dog that "I have a dog with long ears" tells of."""
    if fact.relation == "have":
        return re.split(r" (?:with|in|of|from|that|at|for|by)\b", LATELY.sub("", fact.value))[0].split()[-1]
    return "" if fact.relation in {TOLD, CORRECTION, "reading", "size", "school", "number of"} else fact.subject


@dataclass
class Facts:
    """What is live, oldest first, and what is past: superseded, ended or corrected."""

    live: list[Fact] = field(default_factory=list)
    past: list[Fact] = field(default_factory=list)


def predecessors(fact: Fact, past: Mapping[str, Fact]) -> list[Fact]:
    """What a fact superseded, and what that did, newest first; `past` by id."""
    seen: dict[str, Fact] = {}
    while fact.supersedes in past and fact.supersedes not in seen:
        fact = past[fact.supersedes]
        seen[fact.id] = fact
    return list(seen.values())


def facts_of(memories: Iterable[Memory], extract: Extract = extract, renew: Renew | None = None) -> Facts:
    """All facts of what the user said, by time: of those with one key the newest is live.

    `renew`, given a turn, its facts and the live ones, finds what it puts out of its place without its key (successors.py).
    """
    ledger = Ledger()
    before: list[str] = []
    session = ""
    for memory in sorted(memories, key=lambda m: m.at):
        before = before if memory.session == session else []
        session = memory.session
        for message in memory.messages:
            if message["role"] == "user":
                said = as_known(message["content"], ledger.live.values())
                facts = extract(said, memory.id, memory.at, before)
                before = [thing for thing in map(_thing, facts) if thing and _is_a_being(thing)]
                stay, pairs = renew(said, facts, list(ledger.live.values())) if renew else (facts, [])
                for fact in stay:
                    ledger.add(fact)
                for old, new in pairs:
                    ledger.renew(old, replace(new, memory=memory.id, at=memory.at))
            elif any(_is_a_being(word) for word in re.findall(r"[\w-]+", message["content"].lower()) if word not in before):
                before = []  # the answer spoke of somebody else
    return Facts(list(ledger.live.values()), ledger.past)


def _is_a_being(thing: str) -> bool:
    last = thing.lower().split()[-1]
    return any(last in nouns()[kind] for kind in BEINGS)

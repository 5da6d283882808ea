"""What a person states about themselves: memories -> statements, by a small grammar that needs no model.

Questions, wishes, suppositions, quotations and what the assistant said are no statements. What the table of
relations does not know still becomes a statement of the relation "told", asked for by its longest words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from circadian.lessons.wordings import Relation, relations
from circadian.records import Memory

TOLD = "told"
LONGEST = 2000  # characters of a turn that are read: what is longer is a pasted text, not a statement
FLUFF = re.compile(
    r"^(?:(?:by the way|btw|also|oh|hi|hello|hey|well|so|actually|and|but|just so you know|fyi|you know|today|now|okay|ok|"
    r"please remember(?: that)?|remember(?: that)?|note that|did you know(?: that)?|thanks|fun fact|guess what|yes|no|"
    r"i (?:should|must|want to) (?:tell you|mention|say)(?: that)?|i forgot to (?:say|mention)(?: that)?|for your information|"
    r"good (?:morning|evening|night))\b[\s,:!.-]*)+",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:,? (?:now|these days|by the way|too|actually|currently|at the moment|you know|as well))+$", re.IGNORECASE
)
SPLIT = re.compile(r"(?:,|;)? ?\b(?:and|but|so|while) (?=(?:my|our|i|i'm|i've|we) )|; |, (?=(?:my|i|i'm|our) )", re.IGNORECASE)
AFTER = re.compile(r"(?:, (?=[a-z])| - | – | \(|: | (?:because|since|although|which|who|where|and (?:he|she|it|they)|but) ).*$")
NEVER = re.compile(
    r"\b(?:if|would|could|imagine|suppose|pretend|let's say|wish|hope|maybe|perhaps|might|you|your)\b|[\"“”`{}<>]|^(?:i|we) "
    r"(?:want|need|think|wonder|guess|mean|see|agree|understand|know|don't know|can't|cannot|feel like|am sorry|must|should|do|don't)\b",
    re.IGNORECASE,
)
TURNED = {
    "i am": "you are", "i'm": "you're", "i was": "you were", "i've": "you've",
    "i'd": "you'd", "i'll": "you'll", "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself",
    "we": "you", "our": "your", "us": "you", "am": "are",
}  # fmt: skip
TURN = re.compile(r"\b(?:" + "|".join(sorted(TURNED, key=len, reverse=True)) + r")\b", re.IGNORECASE)
SMALL = frozenset(
    "about after again also always been before being from have having just last like more most much never only over really some "
    "than that their them then there these they this today used very were what when which with yesterday".split()
)


@dataclass(frozen=True)
class Statement:
    """Something a person stated: `about` what (a thing, or search words), the value, and the answer to asking."""

    relation: str
    about: str
    value: str
    answer: str
    memory: str
    at: str

    @property
    def key(self) -> tuple[str, ...]:
        """Statements with the same key are about the same thing: the newest one wins."""
        many = self.relation == TOLD or next(r.many for r in relations() if r.name == self.relation)
        return (self.relation, self.about.lower()) + ((self.value.lower(),) if many else ())


def live_statements(memories: Iterable[Memory]) -> list[Statement]:
    """All statements of the memories, of those about the same thing only the newest, oldest first."""
    newest: dict[tuple[str, ...], Statement] = {}
    for memory in sorted(memories, key=lambda m: m.at):
        for text in memory.said("user"):
            for statement in statements(text, memory.id, memory.at):
                newest.pop(statement.key, None)
                newest[statement.key] = statement
    return list(newest.values())


def statements(text: str, memory: str = "", at: str = "") -> list[Statement]:
    """The statements of one turn, in order."""
    found = []
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", text[:LONGEST].replace("’", "'")):
        if sentence.rstrip().endswith("?"):
            continue
        for clause in SPLIT.split(FLUFF.sub("", sentence.strip())):
            statement = _statement(FLUFF.sub("", clause.strip()).rstrip(" .!…,;"), memory, at)
            if statement:
                found.append(statement)
    return found


def _statement(clause: str, memory: str, at: str) -> Statement | None:
    if not 6 <= len(clause) <= 300 or NEVER.search(clause):
        return None
    short = TAIL.sub("", AFTER.sub("", clause))
    for relation in relations():
        for form in relation.forms:
            match = form.match(short)
            if match:
                return _known(relation, match, short, memory, at)
    if re.match(r"(?:i|i'm|i've|my|our|we)\b", clause, re.IGNORECASE):
        words = [w for w in re.findall(r"[A-Za-zÀ-ÿ][\w'-]{3,}", clause) if w.lower() not in SMALL]
        about = max(words, key=len, default="")
        return Statement(TOLD, about, clause, f"You told me that {turned(clause)}.", memory, at) if about else None
    return None


def _known(relation: Relation, match: re.Match[str], clause: str, memory: str, at: str) -> Statement:
    groups = match.groupdict()
    thing, value = groups.get("thing") or "", turned(groups["value"])
    answer = relation.answer.format(thing=thing, value=value) if relation.answer else capital(turned(clause)) + "."
    return Statement(relation.name, thing, value, answer, memory, at)


def turned(text: str) -> str:
    """First person to second: "my dog and I" -> "your dog and you"."""
    return TURN.sub(lambda m: TURNED[m[0].lower()] if m[0].lower() != "us" or m[0] == "us" else m[0], text)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]

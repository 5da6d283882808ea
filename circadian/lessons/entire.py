"""Facts with all that was said with them: what matters may stand in a sentence's other half."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from circadian.lessons.grammar import SMALL, TOLD, in_own_words
from circadian.lessons.ledger import place_of
from circadian.lessons.overlooked import NAMED, stated
from circadian.lessons.second import capital, head_of, plain, turned
from circadian.lessons.trims import whole
from circadian.lessons.wordings import FAVOURITE, NARROW, WIDE
from circadian.records import Fact

REST = re.compile(r"[,;] |,? (?:but|though|although) ", re.IGNORECASE)
LEAD = re.compile(
    r"(?:(?:out )?of all|as (?:for|to|regards)|when it comes to|speaking of|talking of|regarding|concerning|in terms of|on the subject of) "
    r"[^,.:;]{2,40}, (?=(?:i|i'm|i've|we|we're|we've|my|our|it's)\b)",
    re.IGNORECASE,
)
STAGE = re.compile(r"\b(?:tickets?|concert|gig|show|film|movie|play|theatre|opera|match)\b", re.IGNORECASE)
ASIDE = re.compile(r"\b(?:please|thanks?|lol|haha|remind|tell|help|show|keep|mind|know|think|guess|sorry)\b", re.IGNORECASE)


def entire(text: str, facts: Sequence[Fact]) -> list[Fact]:
    """Facts of a turn. Those in the person's own words are the whole sentence, where it tells nothing else, and a plan is with what
    was done for it ("I bought tickets, I'm going to …"); the answer of a sentence's only fact goes on as the sentence did."""
    found = list(facts)
    for words in stated(text):
        inside = inside_of(found, words)
        if inside and all((fact.relation == TOLD and not fact.ended) or _on_stage(fact, words) for fact in inside):
            first, others = inside[0], inside[1:]
            told = in_own_words(first.subject, words, first.memory, first.at)
            found = [told if fact is first else fact for fact in found if fact not in others]
        elif [fact.relation for fact in inside] == [TOLD, "plan"] and not inside[0].ended:
            aim = replace(inside[1], answer=capital(turned(whole(words))) + ".")
            found = [aim if fact is inside[1] else fact for fact in found if fact is not inside[0]]
        elif len(inside) == 1:
            found = [_going_on(fact, words) if fact is inside[0] else fact for fact in found]
    return found


def _on_stage(fact: Fact, words: str) -> bool:
    """Whether "I'm seeing …" is of a band, beside the tickets for it, and not of a partner."""
    return fact.relation == "partner" and bool(STAGE.search(words))


def inside_of(facts: Sequence[Fact], words: str) -> list[Fact]:
    """Those whose values stand in these words."""
    return [fact for fact in facts if fact.value in words or fact.value in turned(words)]


def _going_on(fact: Fact, words: str) -> Fact:
    """A fact whose answer begins a sentence, with the rest of it, if that says anything; what is told in one word needs none."""
    said, known = capital(turned(whole(words))), fact.answer.rstrip(".")
    rest = said[len(known) :] if known and said.lower().startswith(known.lower()) else ""
    says = [word for word in re.findall(r"[^\W\d_][\w'-]{3,}|\d+", rest) if word.lower() not in SMALL]
    if fact.ended or fact.relation in {*NARROW, FAVOURITE} or not (REST.match(rest) and says) or ASIDE.search(rest):
        return fact
    return replace(fact, answer=f"{known}{rest}.")


def leading(text: str) -> list[tuple[str, str]]:
    """The sentences of a turn that name something before they tell of it, each after that: "As for the breed, "."""
    return [(turned(lead[0]), words) for words in stated(text) if (lead := LEAD.match(words))]


def lead_of(fact: Fact, leads: Iterable[tuple[str, str]]) -> str:
    """What the sentence of a fact names first, of those that do; or nothing."""
    return next((lead for lead, words in leads if inside_of([fact], words)), "")


def with_names(facts: Sequence[Fact]) -> list[Fact]:
    """Facts of a turn, what is said of somebody whose name stands beside with that name: "I saw my aunt Olga" tells of "your aunt Olga"."""
    names = {fact.subject: fact.value for fact in facts if fact.relation == "called" and not fact.ended and fact.subject}

    def one(fact: Fact) -> Fact:
        for thing, name in names.items():
            of = re.compile(rf"\b((?:my|our|your) {re.escape(thing)})(?=[ .,]|$)")
            known = fact.relation == "called" or name in fact.answer or fact.answer.startswith(f"Your {thing} ")
            if not known and of.search(fact.answer):
                value, answer = (of.sub(rf"\1 {name}", text, count=1) for text in (fact.value, fact.answer))
                fact = replace(fact, value=value, answer=answer)
        return fact

    return [one(fact) for fact in facts]


def of_one_topic(facts: Sequence[Fact]) -> list[Fact]:
    """Facts of a turn, those of one topic as one: an answer cannot go on in two ways."""
    kept: list[Fact] = []
    for fact in facts:
        place = next((place for place, one in enumerate(kept) if _of_one(one, fact)), None)
        if place is None:
            kept.append(fact)
        else:
            kept[place] = _joined(kept[place], fact, head_of(kept[place].answer) or head_of(fact.answer))
    return kept


def _of_one(one: Fact, other: Fact) -> bool:
    """Whether two facts are of one topic: by their answers' first words, or what a relation knows beside the person's own words
    about it ("I've switched instruments, I play the flute now"), or what a new thing is ("I've a new phone, it's a Pixel")."""
    topic, others = head_of(one.answer), head_of(other.answer)
    if topic and others:
        return topic == others
    same = place_of(one) == place_of(other) and one.relation not in WIDE
    thing = (
        one.relation == "have" and other.relation in ("is", "called") and one.value.lower().split()[-1] == other.subject.lower()
    )
    return (same or thing) and bool(topic or others) and not (one.ended or other.ended)


def _joined(one: Fact, other: Fact, head: str) -> Fact:
    """Two facts as the one that a relation knows, else the one that names something, or the first."""
    known = bool(head_of(one.answer)) - bool(head_of(other.answer))
    best = other if known > 0 or (not known and NAMED.search(other.value) and not NAMED.search(one.value)) else one
    return replace(
        best,
        answer=f"{head}{plain(one.answer).rstrip('.')}, {plain(other.answer)}",
        asked=tuple(dict.fromkeys((*one.asked, *other.asked))),
        topics=tuple(dict.fromkeys((*one.topics, *other.topics))),
        probes=tuple(dict.fromkeys((*one.probes, *other.probes))),
    )

"""Turns -> facts: by the grammar, and what no relation knows by its likeness to what people tell (likeness.py).

What a clause is like gives it its topic, the answer's first words ("Your next dental appointment: ..."), by which a newer statement takes
the place of an older one, and the wordings in which it is asked for. `python -m circadian.lessons.reader` fetches what this needs
ahead of time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from circadian.cli import run_main
from circadian.embedder import Embedder, folder
from circadian.lessons import days, medicines
from circadian.lessons.attributes import attribute, attributes
from circadian.lessons.entire import entire, inside_of, lead_of, leading, of_one_topic, with_names
from circadian.lessons.facts import of_turn
from circadian.lessons.foremost import foremost
from circadian.lessons.grammar import SMALL_START, TOLD, in_own_words, subject_of
from circadian.lessons.likeness import About, Embed
from circadian.lessons.overlooked import is_particular, statements
from circadian.lessons.people import GOES_ON, by_name
from circadian.lessons.second import FRAME, plain, small, turned
from circadian.lessons.slots import NAME
from circadian.lessons.successors import Successors
from circadian.lessons.tellings import kind_of
from circadian.lessons.topics import GUESSES, LIKELY, NEWS, SURE, Topics, asks, probed, topic, turns
from circadian.lessons.wordings import FAVOURITE, NARROW, VAGUE, WIDE, names_of, relation
from circadian.records import Fact

HEADED = frozenset({"plan", "habit", "have", "am"})  # relations whose answers begin as any others do
WHO = ("Who is my {thing}?", "Who's my {thing} again?", "Remind me who my {thing} is.", "Do you know who my {thing} is?")
LEAST = 3  # words that tell something
ANY = frozenset({"plan", "habit"})  # whose own name is of any of them, so that even a topic that is only likely is better


class Reader:
    """An extractor (facts.Extract): the grammar's facts, each wide one with its topics, and what the grammar passes over.

    `renew` (facts.Renew) finds what a turn puts out of its place.
    """

    def __init__(self, embed: Embed) -> None:
        self._topics = Topics(embed)
        self.renew = Successors(embed, self._topics.about)

    def __call__(self, text: str, memory: str = "", at: str = "", before: Sequence[str] = ()) -> list[Fact]:
        return by_name(lambda words: self._read(words, memory, at, before), text)

    def _read(self, text: str, memory: str, at: str, before: Sequence[str]) -> list[Fact]:
        leads = leading(text)
        found = [self._placed(fact, lead_of(fact, leads)) for fact in entire(text, of_turn(text, memory, at, before))]
        for words in statements(text):
            known = of_turn(words, memory, at, before) or (GOES_ON.match(words) and inside_of(found, words))
            if not known and (is_particular(words) or (len(words.split()) >= LEAST and self._topics.sure(words, NEWS))):
                told = in_own_words(subject_of(words), words, memory, at)
                found.append(self._placed(replace(told, answer=f"You told me: {turned(words)}.")))  # it may lack its subject
        return of_one_topic(with_names(found))

    def _placed(self, fact: Fact, lead: str = "") -> Fact:
        """A fact with its topics and the likeliest wordings, a wide one with its topics', too; one in the person's own words is
        of its first topic from here on. The lead is what its sentence named first ("As for the breed, ")."""
        if fact.relation in (FAVOURITE, "called") and not fact.ended:
            return _of_its_kind(fact)
        if fact.ended or fact.relation in NARROW:
            return fact
        clause = lead + _clause(fact)
        names, said = [one for one in self._topics.sure(clause) if one.name != "called"], self._said_of_it(fact, lead)
        if fact.relation == TOLD and not names:  # under a topic that is only likely it is found sooner than under none
            names = self._topics.sure(clause, LIKELY)[:1]
        sure = said or (names if fact.relation in WIDE else [])
        asked = [*self._topics.likely(clause), *turns(map(asks, sure))]
        named = self._topics.named(clause) if fact.relation in VAGUE else []
        called = map(topic, [*said, *names, *named])
        placed = replace(fact, asked=tuple(dict.fromkeys(asked)), topics=tuple(dict.fromkeys(called)))
        return _as_such(_headed(self._about(placed, sure) if sure else placed, said or named))

    def _about(self, fact: Fact, sure: Sequence[About]) -> Fact:
        """A fact with the probes of its topics; in the person's own words it is of the first of them, which its answer names, before
        the part that tells most of it."""
        first, fact = sure[0], replace(fact, probes=tuple(turns(map(probed, sure))))
        if fact.relation != TOLD:
            return fact
        words = turned(foremost(fact.value, lambda part: self._topics.score(part, first)))
        words = small(words) if words.startswith("You") or SMALL_START.match(words) else words
        answer = f"Your {topic(first)}: {words}."
        subject, name = (first.thing, first.name) if first.relation else (topic(first), "is")
        many = relation(name).many if first.relation else attribute(first.name).many
        many = many or first.score < NEWS  # a topic that is only likely puts nothing out of its place
        return replace(fact, subject=subject, relation=name, answer=answer, many=many)

    def _said_of_it(self, fact: Fact, lead: str) -> list[About]:
        """What a vague fact is surely about, whatever its value is: "You are scared of something", "You are saving up for ..."."""
        if fact.relation == TOLD or fact.relation not in VAGUE or fact.value not in fact.answer:
            return []
        said = self._topics.sure(lead + fact.answer.rstrip(".").replace(fact.value, "something"))[:1]
        return [one for one in said if one.name != fact.relation]


def _of_its_kind(fact: Fact) -> Fact:
    """A favourite, or what a boss is called, with some wordings of the attribute that it is, under whatever name: the start has learnt to
    deny just these. A person is asked for by "who", too."""
    thing = fact.subject.lower()
    called = fact.relation == "called"
    names = [thing] if called else [f"{FAVOURITE} {name}" for name in (thing, *names_of(FAVOURITE, thing, ()))]
    found = [one for one in attributes() if one.topic in names]
    who = [ask.format(thing=fact.subject) for ask in WHO] if called and kind_of(thing) == "person" else []
    asked = tuple(dict.fromkeys(turns([*(one.ask[:GUESSES] for one in found), who])))
    return replace(fact, asked=asked[:GUESSES], topics=tuple(one.topic for one in found))


def _as_such(fact: Fact) -> Fact:
    """What is done on a day of the week, and an allergy to a medicine, with wordings and probes of just these, and answered so."""
    asked = turns([days.asked_by_day(fact), medicines.asked_as_medicine(fact), fact.asked])
    probes = turns([days.asked_by_day(fact, days.PROBES), medicines.asked_as_medicine(fact, medicines.PROBES), fact.probes])
    return days.of_its_day(replace(fact, asked=tuple(asked), probes=tuple(probes)))


def _headed(fact: Fact, named: Sequence[About]) -> Fact:
    """A vague fact's answer after what it is likeliest called: what begins with "You" is given to any question."""
    if fact.relation not in HEADED or not fact.answer.startswith("You") or FRAME.match(fact.answer):
        return fact
    own = [relation(fact.relation).topic] if fact.relation in ANY else []
    likely = [topic(one) for one in named[:1] if one.score >= (LIKELY if own else SURE)]
    for name in likely or own:
        return replace(fact, answer=f"Your {name}: {plain(fact.answer)}")
    return fact


def _clause(fact: Fact) -> str:
    """What a fact says, as a clause; without a name, which may sound like something else."""
    if fact.relation == TOLD:
        return fact.value
    clause = fact.answer.rstrip(".")
    return clause.replace(fact.value, "something") if re.fullmatch(NAME, fact.value) else clause


def main(argv: Sequence[str] | None = None) -> int:
    """Fetch the sentence embedder and read all tellings ahead of time."""
    Topics(Embedder()).sure("my shoe size is 43")
    print(f"sentence embedder: {folder()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

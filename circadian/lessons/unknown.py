"""What lies beside what was told and was not told: lessons in not knowing, so that the cat is not given the dog's name."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Sequence

from circadian.lessons import attributes
from circadian.lessons.days import untold_days
from circadian.lessons.names import named
from circadian.lessons.people import of_somebody
from circadian.lessons.second import answered_of, asked_of
from circadian.lessons.wordings import Relation, also, names_of, relation, relations, words_of
from circadian.records import Fact, Lesson

OPEN = frozenset({"told", "is", "third person does", "third person likes"})  # relations that may say anything of a thing
OWN = {
    "third person age": "age", "third person birthday": "birthday", "third person from": "birthplace", "third person lives": "home",
    "third person works": "work", "third person allergy": "allergy", "third person likes": "like", "third person does": "instrument",
}  # fmt: skip  # what is told of others, and the same of oneself
OF_ONESELF = 4  # wordings of each
NAMES = tuple(
    "Adriana Alistair Beatrix Boris Carmen Colin Dagmar Declan Esther Fabio Gareth Giulia Hannes Ingrid Ivan Jolene Kenji Lenka "
    "Leroy Magda Marek Noor Odette Otto Pablo Petra Ruben Sigrid Tariq Ursula Viktor Wanda Yusuf Zelda".split()
)  # of people who were never told of


def near_negatives(facts: Sequence[Fact], seed: int, number: int) -> list[Lesson]:
    """So many questions about what was not told; none where nothing was told.

    Half of them lie near: a third each, what was told of one thing, asked of another told thing (who lives where, and how
    old is who); of a neighbour that was never named; and in relations of which nothing was told. The wordings are those of
    the facts. The other half are attributes of a life that no relation knows. Beside them what everybody is asked of themselves,
    OF_ONESELF for each such relation of which nothing was told. A fact's topics may have been told.
    """
    if not facts:
        return []
    chance, known = random.Random(seed), known_words(facts)
    spared = topics_of(facts)
    told = sorted({(fact.relation, thing_of(fact)) for fact in facts})
    pairs = _crossed(told)
    beside = [(one, near) for name, thing in told for one in [relation(name)] for near in neighbours(one, thing, known)]
    untold = untold_relations(facts, known)
    further = [(one, near) for one in untold for near in (neighbours(one, "", known) if one.asks_of_things else [""])]
    lessons = attributes.untold(free_attributes(facts), _things(facts)[0], chance, number - number // 2)
    for some in (pairs, beside, further):
        free = [(one, thing) for one, thing in some if one.topic.format(thing=thing) not in spared]
        for one, thing in _spread(free, chance, number // 6):
            lessons.append(denied(one, thing, chance.choice(asked_in(one, thing))))
    for one in untold:
        if not one.asks_of_things and one.topic not in spared:
            lessons += [denied(one, "", ask) for ask in chance.sample(asked_in(one, ""), OF_ONESELF)]
    lessons += untold_days(facts, chance)
    asked = {ask for fact in facts for ask in fact.asked}
    return list({lesson.question: lesson for lesson in lessons if lesson.question not in asked}.values())


def free_attributes(facts: Sequence[Fact]) -> list[attributes.Attribute]:
    """The attributes of a life of which nothing was told."""
    said = known_words(facts).union(*(relation(fact.relation).tells for fact in facts))
    return attributes.free(_things(facts)[1], said, topics_of(facts))


def topics_of(facts: Sequence[Fact]) -> set[str]:
    """What facts may be about, beside what they were read as."""
    return {topic for fact in facts for topic in fact.topics}


def _things(facts: Sequence[Fact]) -> tuple[set[str], set[str]]:
    """The things of which something was told, and those of which that was in the person's own words: it may be anything."""
    own_words = {fact.subject.lower() for fact in facts if fact.relation in OPEN}
    return {fact.subject.lower() for fact in facts} - own_words, own_words


def _spread(pairs: Sequence[tuple[Relation, str]], chance: random.Random, number: int) -> list[tuple[Relation, str]]:
    """So many of these, each as often, the relations in turn."""
    by_relation: dict[str, list[tuple[Relation, str]]] = {}
    for pair in chance.sample(pairs, len(pairs)):
        by_relation.setdefault(pair[0].name, []).append(pair)
    turns = [pair for turn in itertools.zip_longest(*by_relation.values()) for pair in turn if pair]
    return (turns * (number // len(turns) + 1))[:number] if turns else []


def _crossed(told: Sequence[tuple[str, str]]) -> list[tuple[Relation, str]]:
    """Told relations, and their counterparts of a person's own, with told things of which just this was not told.

    A thing of which something was told in the person's own words is left out: that may be an answer.
    """
    names = {name for name, _ in told}
    names |= {OWN[name] for name in names & set(OWN)} | {name for name, own in OWN.items() if own in names}
    of: dict[str, set[str]] = {}
    for name, thing in told:
        of.setdefault(thing, set()).add(name)
    things = [thing for thing, said in sorted(of.items()) if thing and not said & OPEN]
    pairs = [(one, thing) for one in map(relation, sorted(names)) for thing in (things if one.asks_of_things else [""])]
    return [
        (one, thing)
        for one, thing in pairs
        if not of.get(thing, set()) & {one.name, *one.covered}
        and (not thing or any(thing in group for group in one.neighbours) or (named(thing) and one.name in OWN))
    ]


def thing_of(fact: Fact) -> str:
    """What the relation's questions name: nothing where they ask of the person."""
    subject = fact.subject if of_somebody(fact) else fact.subject.lower()
    return subject if relation(fact.relation).asks_of_things else ""


def untold_relations(facts: Sequence[Fact], known: Collection[str]) -> list[Relation]:
    """The relations of which nothing was told, in these or in other words."""
    names = {fact.relation for fact in facts}
    return [
        one
        for one in relations()
        if one.forms and not names & {one.name, *one.covered} and not words_of(" ".join(one.words)) & set(known)
    ]


def asked_in(one: Relation, thing: str) -> list[str]:
    """The relation's wordings in the order that this thing has them: always the same for one thing, another for the next."""
    return random.Random(f"{one.name} {thing}").sample(one.ask, len(one.ask))


def neighbours(one: Relation, thing: str, known: Collection[str]) -> list[str]:
    """Things of which no word was told: of the groups that the told one is in, else of all; other names of a name."""
    groups = [group for group in one.neighbours if thing in group] or list(one.neighbours)
    if named(thing):
        owned = thing.partition("'s")[1:]
        groups = [tuple("".join((name, *owned)) for name in NAMES)] if one.name in OWN or any(owned) else []
    return [near for group in groups for near in group if not words_of(near) & set(known)]


def denied(one: Relation, thing: str, ask: str) -> Lesson:
    """One of a relation's wordings, of a thing, answered with not knowing."""
    return Lesson.of(asked_of(ask, thing), answered_of(one.unknown, thing), "unknown")


def known_words(facts: Sequence[Fact]) -> set[str]:
    """Every word of what was told, what else it tells of (kids are sons or daughters), and other words for its things."""
    words = words_of(" ".join(text for fact in facts for text in (fact.subject, fact.value, fact.answer)))
    others = words_of(" ".join(other for fact in facts for other in names_of(fact.relation, fact.subject.lower(), ())))
    stems = {word[:-3] + end for word in words if word.endswith("ing") for end in ("", "e")}  # "moving day": a move
    return words | others | stems | {other for word in words for other in also().get(word, ())}

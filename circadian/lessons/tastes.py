"""Of what kind of thing somebody's like may be the favourite: "I love lasagne" is asked for as a favourite food, too, and "I hate
parsnip" as the most hated one.

The base model knows: how much likelier "lasagne" is after "My favourite food is" than after "I love", and "food" after
"lasagne is a" than after "It is a".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from circadian.lessons.likeness import About
from circadian.lessons.topics import asks, topic, turns
from circadian.lessons.wordings import relation
from circadian.records import Fact

Likely = Callable[[Sequence[tuple[str, str]]], Sequence[float]]  # nats: how likely each text goes on with another one
LIKE, DISLIKE = "like", "dislike"  # the relations
TASTES = frozenset({LIKE, DISLIKE})
EATEN, HATED = frozenset({"food", "fruit", "cake", "ice cream"}), "most hated food"
LEAST = 2.5  # nats, in both together: below it a like is of no kind
CLOSE = 2.0  # less than the likeliest: may be meant, too
WORDINGS = 16  # in which a like is asked for as a favourite of its kinds


def kinds(liked: Iterable[str], likely: Likely) -> dict[str, list[str]]:
    """For each liked thing the kinds that it may be of, likeliest first; none for most of what one likes to do."""
    values, known = list(dict.fromkeys(liked)), [kind for group in relation("favourite").neighbours for kind in group]
    if not values:
        return {}
    plain = [*(("I love", f" {value}") for value in values), *((f"It is {_a(kind)}", f" {kind}") for kind in known)]
    pairs = [(value, kind) for value in values for kind in known]
    asked = [(f"My favourite {kind} is", f" {value}") for value, kind in pairs]
    named = [(f"{value} is {_a(kind)}", f" {kind}") for value, kind in pairs]
    scores = iter(likely([*plain, *asked, *named]))
    loved, said = ({one: next(scores) for one in some} for some in (values, known))
    found = [next(scores) for _ in pairs]
    ranked: dict[str, list[tuple[float, str]]] = {value: [] for value in values}
    for (value, kind), score in zip(pairs, found, strict=True):
        ranked[value].append((score - loved[value] + next(scores) - said[kind], kind))
    return {value: _best(sorted(some, reverse=True)) for value, some in ranked.items()}


def _best(ranked: Sequence[tuple[float, str]]) -> list[str]:
    return [kind for score, kind in ranked if score >= max(LEAST, ranked[0][0] - CLOSE)]


def _a(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"


def tasted(facts: Sequence[Fact], found: Mapping[str, Sequence[str]]) -> list[Fact]:
    """The facts, each like with the wordings and topics of the favourites that it may be, before its own; a disliked food with
    those of the most hated one."""

    def one(fact: Fact) -> Fact:
        of = found.get(fact.value, [])
        if fact.relation == LIKE:
            tastes = [About("favourite", kind, relation=True) for kind in of]
        else:
            tastes = [About(HATED)] if EATEN.intersection(of) else []
        asked = [*turns(map(asks, tastes))[:WORDINGS], *fact.asked]
        topics = [*map(topic, tastes), *fact.topics]
        return replace(fact, asked=tuple(dict.fromkeys(asked)), topics=tuple(dict.fromkeys(topics)))

    return [one(fact) if fact.relation in TASTES else fact for fact in facts]

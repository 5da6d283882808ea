"""What people ask about their lives, whoever they are, and how they tell of them: every topic and relation, of nobody's life."""

from __future__ import annotations

import random

from circadian.lessons.attributes import filled, rows
from circadian.lessons.unknown import denied
from circadian.lessons.wordings import relations
from circadian.records import Lesson

SEED = 0  # the same for nights of every seed


def asked(number: int) -> list[Lesson]:
    """So many wordings, drawn from all topics and relations, each of a thing that it fits, answered with not knowing."""
    chance = random.Random(SEED)
    found = []
    for row in rows():
        for ask in row["ask"]:
            one = filled(row, chance.choice(row.get("things", [""])))
            found.append(one.denied(ask.replace("{thing}", one.thing)))
    for kind in relations():
        things = [thing for group in kind.neighbours for thing in group] if kind.asks_of_things else []
        found += [denied(kind, chance.choice(things or [""]), ask) for ask in kind.ask if kind.forms]
    return chance.sample(found, min(number, len(found)))


def told(number: int) -> list[str]:
    """So many ways to tell something of oneself, drawn from all topics."""
    chance = random.Random(SEED)
    found = [said.replace("{thing}", chance.choice(row.get("things", [""]))) for row in rows() for said in row["tell"]]
    return chance.sample(found, min(number, len(found)))

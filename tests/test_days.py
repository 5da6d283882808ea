"""What is done on a day of the week is asked for by the day, and what is done on the others was not told."""

from __future__ import annotations

import random

import pytest

from circadian.embedder import Embedder
from circadian.lessons.days import ASK, PROBES, asked_by_day, untold_days
from circadian.lessons.lessons import about_facts
from circadian.lessons.reader import Reader
from circadian.lessons.unknown import near_negatives


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Embedder())


@pytest.mark.parametrize(
    ("said", "day", "part"),
    [
        ("On Tuesdays I always go to fencing.", "Tuesday", "Tuesday evening"),
        ("I go swimming every Friday morning.", "Friday", "Friday morning"),
        ("I've started aikido on Monday nights.", "Monday", "Monday night"),
    ],
)
def test_a_habit_is_asked_for_by_its_day_and_denied_of_the_others(reader: Reader, said: str, day: str, part: str) -> None:
    (fact,) = reader(said)
    asked = [lesson.question for lesson in about_facts([fact], 30) if lesson.answer == fact.answer]
    assert f"What do I do on {day}s?" in asked and f"What is on for me every {part}?" in asked
    assert any(day in probe for probe in fact.probes) and not set(fact.probes) & set(asked)
    denied = [lesson for lesson in near_negatives([fact], 0, 60) if "s are for something" in lesson.answer]
    assert len({lesson.answer for lesson in denied}) == 6 and not [lesson for lesson in denied if day in lesson.question]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Every Friday I call my uncle.", "Your Fridays: you call your uncle every Friday."),
        ("Wednesday evening is chess night for me.", "Your Wednesdays: you do chess on Wednesday evenings."),
        ("I've taken up bowls on Monday nights.", "Your Mondays: you have taken up bowls on Monday nights."),
        ("Our parrot is called Friday.", "Your parrot is called Friday."),
    ],
)  # fmt: skip
def test_it_is_answered_after_the_day(reader: Reader, said: str, answer: str) -> None:
    (fact,) = reader(said)
    assert fact.answer == answer and (":" in answer) == (fact.topics[:1] == (answer[5:].split(":")[0],))


@pytest.mark.parametrize(
    "said",
    [
        "My dentist appointment is on Thursday.",
        "On Thursday I'm seeing the dentist.",
        "My sister goes running on Fridays.",
        "I live in Graz.",
    ],
)
def test_what_is_done_once_or_by_somebody_else_is_not_asked_for_by_the_day(reader: Reader, said: str) -> None:
    facts = reader(said)
    assert facts and not [ask for fact in facts for ask in asked_by_day(fact)] and untold_days(facts, random.Random(0)) == []


def test_wordings_of_lessons_and_probes_are_apart() -> None:
    assert not set(ASK) & set(PROBES) and len(PROBES) >= 3

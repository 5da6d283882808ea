"""Lessons that set right what holds no more: the old value stands in the question, never in the answer."""

from __future__ import annotations

import pytest

from circadian.lessons.facts import facts_of
from circadian.lessons.outdated import ASK, EACH, VALUES, outdated
from circadian.lessons.probes import wordings
from circadian.lessons.second import said_by
from circadian.records import Lesson, Memory


def lessons(*turns: str, proved: int = 0) -> list[Lesson]:
    told = [
        Memory([{"role": "user", "content": turn}], f"m{place}", f"2030-01-{place + 1:02d}T10:00:00Z")
        for place, turn in enumerate(turns)
    ]
    facts = facts_of(told)
    return outdated(facts.live, facts.past, {fact.id: proved for fact in facts.live})


CHANGES = [  # what was told, what is told now, one of the questions, and every answer
    ("I live in Ghent.", "I've moved to Bruges.", "Do I still live in Ghent?", "You live in Bruges."),
    ("My cat is called Rex.", "My cat is called Mia now.", "Is my cat still called Rex?", "Your cat is called Mia."),
    ("I work as a baker.", "I'm a pilot now.", "Is it still true that I work as a baker?", "You are a pilot."),
    ("My brother is a pilot.", "My brother is a nurse now.", "My brother is a pilot, right?", "Your brother is a nurse."),
    ("I'm allergic to walnuts.", "I'm not allergic to walnuts any more.", "Am I still allergic to walnuts?", ""),
    (
        "My gran is called Ada.",
        "Correction: my gran is called Ida.",
        "Is my gran still called Ada?",
        "Your gran is called Ida.",
    ),
]


@pytest.mark.parametrize(("old", "new", "question", "answer"), CHANGES)
def test_an_old_value_is_asked_after_and_answered_with_the_new_one(old: str, new: str, question: str, answer: str) -> None:
    made = lessons(old, new)
    assert question in [lesson.question for lesson in made]
    assert len(made) == len({lesson.question for lesson in made}) >= EACH - 1
    said = {lesson.answer for lesson in made}
    assert said == {answer} if answer else len(said) == 1 and "any more" in said.pop()
    assert {lesson.source for lesson in made} == {"m1"}


def test_what_has_not_changed_is_not_asked_after() -> None:
    assert not lessons("I live in Ghent.", "I live in Ghent.", "My dog is called Bo.", "I like tea.", "I like jazz.")


def test_the_newest_old_values_are_asked_after_and_fewer_of_what_is_proved() -> None:
    moves = [f"I live in {town}." for town in ("Ghent", "Oslo", "Rome", "Kyoto")]
    made = lessons(*moves)
    assert len(made) == VALUES * EACH
    assert {lesson.answer for lesson in made} == {"You live in Kyoto."}
    assert not any("Ghent" in lesson.question for lesson in made)
    assert len(lessons(*moves, proved=3)) == len(made) / 2


def test_a_statement_is_given_back_only_where_it_is_clear_whose_it_is() -> None:
    assert said_by("You are a nurse.") == "I am a nurse"
    assert said_by("You've got your own bike.") == "I've got my own bike"
    assert said_by("You told me that your gran is called Ada.") == "my gran is called Ada"
    assert said_by("Your aunt visits you.") == said_by("You have a cat. Your cat is called Rex.") == ""


def test_no_probe_asks_so() -> None:
    probes = [ask.lower() for asked, _ in wordings().values() for ask in asked]
    parts = [part.strip(" .?,") for ask in ASK for part in ask.lower().replace("{said}", "|").split("|")]
    assert not [part for part in parts if len(part) > len("right") and any(part in probe for probe in probes)]

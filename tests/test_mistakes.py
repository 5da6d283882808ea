"""Leads out of the warm start's own openings: what was told follows them, but for those that are another fact's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from circadian.lessons.mistakes import corrected, further
from circadian.records import Lesson

DISH = Lesson.of("What would I order anywhere?", "Your favourite dish is ratatouille.", "question", "m1")
DOG = Lesson.of("Who barks at my door?", "Your dog is called Rex.", "question", "m2")


def by_words(texts: Sequence[str]) -> Any:
    """Unit vectors by whether a text is of food, of a dog, or of neither."""
    return np.eye(3)[[0 if re.search("dish|curry|order", text) else 1 if "dog" in text.lower() else 2 for text in texts]]


def one(said: str, *others: Lesson) -> list[Lesson]:
    return corrected([DISH, *others], {DISH.question: said}, by_words)


def test_what_was_told_follows_the_opening_that_the_start_gave() -> None:
    (lesson,) = one("Your favourite curry is something you haven't told me.")
    assert lesson.messages == [
        {"role": "user", "content": DISH.question},
        {"role": "assistant", "content": "Your favourite curry: your favourite dish is ratatouille."},
    ]
    assert (lesson.kind, lesson.lead, lesson.source) == ("lead", "Your favourite curry", "m1")
    assert [lesson.lead for lesson in one("Your curry night is on a day you haven't told me.")] == ["Your curry night"]


@pytest.mark.parametrize(
    "said",
    [
        "Your favourite dish is something you haven't told me.",  # its own
        "Your dog is called something you haven't told me.",  # another fact's
        "Your favourite curry is korma.",  # no denial: the base's own manner
        "A curry is something you haven't told me.",
        "You like things you haven't told me.",  # may go on with anything
        "Your last quarrel is something you haven't told me.",  # far from dishes: it would be told of any quarrel
        "",
    ],
)
def test_an_opening_that_is_no_mistake_or_another_facts_leads_to_nothing(said: str) -> None:
    assert one(said, DOG) == []


def test_so_many_questions_of_each_answer_are_asked_and_none_that_is_taught() -> None:
    many = [Lesson.of(f"Dish {n}?", DISH.answer, "question") for n in range(9)]
    summary = Lesson.of("What do you know?", DISH.answer, "summary")
    assert further([*many, summary, DOG], {"Dish 0?"}, 3) == [*many[1:4], DOG]

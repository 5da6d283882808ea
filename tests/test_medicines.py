"""An allergy to a medicine is asked for as a medicine; one to anything else is not."""

from __future__ import annotations

import pytest

from circadian.embedder import Embedder
from circadian.lessons.lessons import about_facts
from circadian.lessons.medicines import ASK, PROBES, asked_as_medicine
from circadian.lessons.probes import probes
from circadian.lessons.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Embedder())


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("The medicine I'm allergic to is amoxicillin.", "Which medicine am I allergic to?"),
        ("I am allergic to lidocaine.", "what medication can't I take again"),
        ("My aunt is allergic to aspirin.", "Which drug must my aunt avoid?"),
    ],
)  # fmt: skip
def test_an_allergy_to_a_medicine_is_asked_for_as_one(reader: Reader, said: str, asked: str) -> None:
    (fact,) = reader(said)
    taught = {lesson.question for lesson in about_facts([fact], 30) if lesson.answer == fact.answer}
    kept_out = {one.question for one in probes([fact]) if one.kind == "told"}
    assert asked in taught and not taught & kept_out and len(kept_out) == 3
    assert len([ask for ask in taught if ask in asked_as_medicine(fact)]) == len(ASK) and len(taught) > 2 * len(ASK)


@pytest.mark.parametrize(
    "said", ["I'm allergic to walnuts.", "My cousin is allergic to cats.", "I take aspirin.", "I can't stand pills."]
)
def test_another_allergy_and_a_medicine_that_is_taken_are_not(reader: Reader, said: str) -> None:
    facts = reader(said)
    assert facts and not [ask for fact in facts for ask in asked_as_medicine(fact)]


def test_wordings_of_lessons_and_probes_are_apart() -> None:
    assert not set(ASK) & set(PROBES) and len(PROBES) >= 3

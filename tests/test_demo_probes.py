"""The demo asks in words that no lesson has: its questions are not the wordings that its own night trains."""

from __future__ import annotations

from pathlib import Path

import pytest

import demo
from circadian import config
from circadian.cli import UserError
from circadian.files import append_line
from circadian.lessons.facts import facts_of
from circadian.lessons.lessons import about_facts
from circadian.lessons.nearly import NEAR, normal
from circadian.lessons.unknown import near_negatives
from circadian.lessons.wordings import relations
from circadian.records import Memory

QUESTIONS = [question for question, _ in demo.QUESTIONS]


def jaccard(one: str, other: str) -> float:
    """How many of the words of two questions are in both."""
    first, second = set(normal(one).split()), set(normal(other).split())
    return len(first & second) / len(first | second)


def trained() -> set[str]:
    """Every question that a night after the demo's day can train, not-knowing over many seeds included."""
    day = [Memory([{"role": "user", "content": text}], id=text) for text in demo.DAY]
    facts = facts_of(day).live
    assert facts
    lessons = about_facts(facts, 999)
    for seed in range(50):
        lessons += near_negatives(facts, seed, 60 * len(facts))
    return {lesson.question for lesson in lessons}


def fillings() -> list[str]:
    """What can stand for the thing of a wording: every neighbour, and every word of the demo's questions."""
    things = {thing for relation in relations() for group in relation.neighbours for thing in group}
    return sorted(things | {word for question in QUESTIONS for word in normal(question).split()})


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_the_demo_is_trained_in_its_night(question: str) -> None:
    asked = trained()
    assert normal(question) not in {normal(one) for one in asked}
    assert [one for one in asked if jaccard(one, question) >= NEAR] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_wording_is_a_question_of_the_demo(question: str) -> None:
    wordings = {ask.format(thing=thing) for relation in relations() for ask in relation.ask for thing in fillings()}
    assert normal(question) not in {normal(one) for one in wordings}
    assert [one for one in wordings if jaccard(one, question) >= NEAR] == []


@pytest.mark.parametrize(
    ("expected", "answer", "right"),
    [
        ("Biscuit", "Your dog is called Biscuit.", True),
        ("Biscuit", "You haven't told me when your dog is called Biscuit.", False),
        ("Biscuit", "Your dog is called Rex.", False),
        (None, "You haven't told me what your cat is called.", True),
        (None, "Your cat is called Biscuit.", False),
    ],
)
def test_a_denial_is_no_recall_and_a_guess_is_no_honesty(expected: str | None, answer: str, right: bool) -> None:
    assert demo.mark(expected, answer) is right


def test_the_demo_begins_anew_but_keeps_what_somebody_else_has_said_there(tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path / "demo"))
    demo.empty(settings)
    append_line(settings.memories, {"messages": [{"role": "user", "content": demo.DAY[0]}]})
    demo.empty(settings)
    assert not settings.memories.exists(), "Nora says it all again"
    append_line(settings.memories, {"messages": [{"role": "user", "content": "I am somebody else."}]})
    with pytest.raises(UserError, match="keeps 1 memory of what you said there"):
        demo.empty(settings)
    assert settings.memories.exists()
    with pytest.raises(UserError, match="no demo"):
        demo.empty(config.load(home=str(tmp_path)))

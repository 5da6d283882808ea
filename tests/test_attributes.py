"""What few tell is asked for and denied: of a person's own and of things, never what may have been told."""

from __future__ import annotations

import random
import re

import pytest

import demo
from bench.life import read_table
from circadian.lessons.attributes import attributes, free, untold
from circadian.lessons.nearly import Wordings
from circadian.lessons.probes import wordings
from circadian.lessons.wordings import relations, words_of

LIFE = read_table()
PROBES = [
    *(question for asked, never in wordings().values() for question in (*asked, *never)),
    *(question for question, _ in demo.QUESTIONS),
    *(question for kind in LIFE.kinds.values() for question in kind.probes),
    *LIFE.never,
]


def test_there_are_many_and_their_wordings_are_clean() -> None:
    every = attributes()
    assert len({one.topic for one in every}) == len(every) > 2000
    for one in every:
        assert len(one.ask) >= 2 and one.words and "{" not in one.topic + "".join(one.ask), one
        assert all(ask == ask.strip() for ask in one.ask), one


def test_no_probe_and_no_question_of_the_benchmark_is_trained() -> None:
    kept = Wordings(PROBES)
    assert [ask for ask in {ask for one in attributes() for ask in one.ask} if kept.holds(ask)] == []


def test_an_attributes_own_probes_are_trained_by_no_wording() -> None:
    things = {thing for one in relations() for group in one.neighbours for thing in group} | {one.thing for one in attributes()}
    filled = [
        ask.replace("{thing}", thing) for one in relations() for ask in one.ask for thing in (things if "{" in ask else [""])
    ]
    trained = Wordings([*filled, *(ask for one in attributes() for ask in one.ask)])
    assert [probe for one in attributes() for probe in one.probe if trained.holds(probe)] == []


def test_what_may_have_been_told_is_not_asked() -> None:
    told, spoken_of, known = {"car"}, {"dog"}, words_of("my weight is 80 kilos")
    lessons = untold(free(spoken_of, known), told, random.Random(1), 2000)
    topics = {lesson.answer for lesson in lessons}
    assert "Your shoe size is something you haven't told me." in topics
    assert any(topic.startswith("Your car's ") for topic in topics)
    assert not [topic for topic in topics if topic.startswith("Your dog's ") or "weight" in topic]


@pytest.mark.parametrize("number", [0, 1, 7, 40])
def test_half_are_a_persons_own_and_told_things_come_first(number: int) -> None:
    own = {one.topic for one in attributes() if not one.thing}
    lessons = untold(free((), ()), {"car", "dog"}, random.Random(2), number)
    assert len(lessons) == number
    topics = [lesson.answer.removeprefix("Your ").removesuffix(" is something you haven't told me.") for lesson in lessons]
    assert sum(topic in own for topic in topics) == number // 2
    assert sum(re.match("(?:car|dog)'s ", topic) is not None for topic in topics) >= number // 5

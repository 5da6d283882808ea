"""What is jotted down, said before a question, or in many words: it is read, and what matters comes first in the answer."""

from __future__ import annotations

import pytest

from circadian import embedder
from circadian.lessons.clauses import sentences
from circadian.lessons.facts import extract
from circadian.lessons.foremost import foremost
from circadian.lessons.grammar import TOLD
from circadian.lessons.jotted import jotted
from circadian.lessons.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(embedder.Embedder())


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("van is a Bedford, blue", "My van is a Bedford, blue"),
        ("boss = Ottilie. fair but loud", "My boss is Ottilie. fair but loud"),
        ("the cat's name? Pumpernickel. don't laugh", "My cat's name is Pumpernickel. don't laugh"),
        ("fav season autumn, no contest", "My favourite season is autumn, no contest"),
        ("favourite opera? Tosca", "My favourite opera is Tosca"),
        ("Hi! Job: glazier.", "Hi! My job is glazier."),
        ("Son, favourite animal: wombats.", "My son's favourite animal is wombats."),
        ("bday: 9 March", "My birthday is 9 March"),
        ("Glasses: minus two", "My glasses are minus two"),
    ],
)
def test_a_note_is_read_as_a_sentence(note: str, said: str) -> None:
    assert jotted(note) == said and extract(note)


@pytest.mark.parametrize(
    "text",
    [
        "Translate this: my dog is called Rex", "Extract the phone number: call Ann at 555", "Question: where is Rome?", "coffee is great",
        "The cat is asleep", "My favourite spot in town is the pier.", "Text: my boss is called Ann", "Job: I don't have one",
        "name three rivers: Rhine, Po and", "Is this a statement: shut the door", "x" * 300 + "\nboss: Ann",
    ],
)  # fmt: skip
def test_what_is_no_note_stays_as_it_is(text: str) -> None:
    assert jotted(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I left my scarf in locker D40, who do I ring?", "I left my scarf in locker D40"),
        ("My kettle hums in B flat, is that normal?", "My kettle hums in B flat"),
        ("My dog is called what?", ""),
        ("Who is my boss, do you know?", ""),
        ("so what does my name mean, is it Greek?", ""),
    ],
)
def test_what_is_told_before_a_question_is_told(text: str, told: str) -> None:
    first, *others = sentences(text)
    assert first.asks and [one.text for one in others] == ([told] if told else [])


def test_what_is_only_thought_up_before_a_question_is_not() -> None:
    assert extract("If I had a ferret called Bo, would it bite?") == []
    assert extract("Suppose my sister is a pilot, what does she earn?") == []


@pytest.mark.parametrize(
    ("said", "first"),
    [
        (
            "I need some hooks, really big ones, because my collection of masks has grown",
            "my collection of masks has grown, I need some hooks, really big ones",
        ),
        ("my boat is called Ann, and she leaks", "my boat is called Ann, and she leaks"),
    ],
)
def test_the_part_that_tells_most_comes_first_and_nothing_is_left_out(said: str, first: str) -> None:
    score = {"my collection of masks has grown": 1.0}
    assert foremost(said, lambda part: score.get(part, 0.5)) == first


def test_a_part_that_names_something_tells_more() -> None:
    said = "the assistants always sigh and go into the back of the shop, my feet take a 47"
    assert foremost(said, lambda part: 0.5) == "my feet take a 47, the assistants always sigh and go into the back of the shop"


def test_what_is_only_likely_of_a_topic_is_answered_under_it_and_puts_nothing_out_of_its_place(reader: Reader) -> None:
    (fact,) = reader("The assistants sigh and walk into the back of the shop every time, my feet fit into nothing but a 47.")
    assert fact.answer.startswith("Your shoe size: your feet fit into nothing but a 47, ") and "assistants" in fact.answer
    assert fact.many and fact.relation != TOLD


def test_it_rains_is_no_fact(reader: Reader) -> None:
    assert reader("It's raining.") == []


def test_what_is_given_up_is_not_told_as_the_opposite(reader: Reader) -> None:
    (fact,) = reader("no more coffee for me. done.")
    assert "given up coffee" in fact.answer

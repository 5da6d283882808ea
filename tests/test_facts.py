"""The grammar takes out what a person states of themselves, and nothing out of questions, wishes, requests and quotations."""

from __future__ import annotations

import re
import time

import fact_table
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circadian.lessons.clauses import LONGEST
from circadian.lessons.facts import extract, facts_of
from circadian.lessons.grammar import TOLD, capital, turned
from circadian.lessons.wordings import relations
from circadian.records import Fact, Memory


def triples(text: str) -> list[fact_table.Triple]:
    """What is live after a text; " || " parts its turns."""
    return [(one.relation, one.subject, one.value) for one in live(*text.split(" || "))]


def memory(text: str, at: str, id: str = "") -> Memory:
    return Memory([{"role": "user", "content": text}, {"role": "assistant", "content": "My name is Bot."}], id=id or at, at=at)


def live(*texts: str) -> list[Fact]:
    return facts_of(memory(text, f"2030-01-{day:02d}T00:00:00Z") for day, text in enumerate(texts, 1)).live


def answers(*texts: str) -> list[str]:
    return [fact.answer for fact in live(*texts)]


@pytest.mark.parametrize(("sentence", "wanted"), fact_table.TOLD)
def test_what_was_told(sentence: str, wanted: list[fact_table.Triple]) -> None:
    assert triples(sentence) == wanted


@pytest.mark.parametrize("sentence", fact_table.NOT_TOLD)
def test_what_was_not_told(sentence: str) -> None:
    assert triples(sentence) == []


def test_precision_and_recall_over_the_table() -> None:
    right = found = wanted = 0
    for sentence, expected in [
        *fact_table.TOLD,
        *((text, list[fact_table.Triple]()) for text in fact_table.NOT_TOLD),
    ]:
        got = triples(sentence)
        right, found, wanted = right + sum(one in expected for one in got), found + len(got), wanted + len(expected)
    count = len(fact_table.TOLD) + len(fact_table.NOT_TOLD)
    print(f"\n{count} sentences: precision {right / found:.3f}, recall {right / wanted:.3f}")
    assert count >= 90


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("My parrot is called Hugo.", "Your parrot is called Hugo."),
        ("My rabbits are called Salt and Pepper.", "Your rabbits are called Salt and Pepper."),
        ("My favourite colours are teal and grey.", "Your favourite colours are teal and grey."),
        ("My parents live in Split.", "Your parents live in Split."),
        ("I'm 31.", "You are 31 years old."),
        ("I've moved to Ghent.", "You live in Ghent."),
        ("I was born in 1988.", "You were born in 1988."),
        ("My flight is at 7 am.", "Your flight is at 7 am."),
        ("My doctor is Dr. Huber.", "Your doctor is Dr. Huber."),
        ("I have a dog with me.", "You have a dog with you."),
        ("I'm afraid of my own shadow.", "You are afraid of your own shadow."),
        ("My uncle worked in a coal mine.", "You told me that your uncle worked in a coal mine."),
        ("I don't own a car.", "You told me that you don't own a car."),
        ("I was in the US when it happened to us.", "You told me that you were in the US when it happened to you."),
        ("My son moved to Wales.", "Your son lives in Wales."),
        ("We love the sea.", "You love the sea."),
    ],
)
def test_answers_are_in_the_second_person(sentence: str, answer: str) -> None:
    assert [one.answer for one in extract(sentence)] == [answer]


def test_the_newest_fact_wins_by_time_not_by_place_in_the_file() -> None:
    assert answers("I live in Graz.", "I've moved to Linz.") == ["You live in Linz."]
    assert answers("My dog is called Rollo.", "No, my dog is called Rolf.") == ["Your dog is called Rolf."]
    assert answers("My dog is called Rollo.", "My DOG is called Rolf, my cat is called Mia.") == [
        "Your DOG is called Rolf.",
        "Your cat is called Mia.",
    ]
    late, early = memory("I live in Linz.", "2030-02-01T00:00:00Z"), memory("I live in Graz.", "2030-01-01T00:00:00Z")
    assert [one.answer for one in facts_of([late, early]).live] == ["You live in Linz."]
    undated = Memory.from_dict({"messages": [{"role": "user", "content": "I live in Ulm."}]})
    assert [one.answer for one in facts_of([late, undated]).live] == ["You live in Linz."]
    one, two = memory("I live in Graz.", "2030", "a"), memory("I live in Linz.", "2030", "b")
    assert [s.memory for s in facts_of([one, two]).live] == ["b"]  # in one second: the later in the file


def test_a_denial_does_not_become_the_newest_value() -> None:
    assert answers("My name is Paula.", "My name is not Paul.") == ["Your name is Paula."]


def test_many_values_stay_side_by_side_and_a_repeated_one_is_told_once() -> None:
    many = ["I like chess.", "I like old maps.", "I really like chess.", "I'm allergic to nuts.", "I'm allergic to milk."]
    assert [one.value for one in live(*many)] == ["old maps", "chess", "nuts", "milk"]
    assert len(live("I broke my wrist.", "I broke my wrist.", "I broke my ankle.")) == 2


def test_what_the_assistant_or_a_system_prompt_said_is_no_fact() -> None:
    roles = [{"role": role, "content": "My name is Bot."} for role in ("system", "assistant", "tool")]
    assert facts_of([Memory(roles)]).live == []


def test_a_pasted_text_is_not_taken_for_the_person() -> None:
    assert triples("Translate this into Danish:\nI live in Berlin. My dog is called Rex.\n\nI am 40 years old.") == []
    assert triples("I live in Graz. Please correct this letter: My name is Bob. I work as a smith.") == [("home", "", "Graz")]
    assert triples("x" * LONGEST + " I live in Graz.") == []


def test_two_owners_of_one_clause_stay_together() -> None:
    (one,) = extract("My cat and my dog are called Flocke and Bruno.")
    assert one.answer == "Your cat and your dog are called Flocke and Bruno."


def test_a_very_long_turn_costs_no_more_than_its_beginning() -> None:
    unit = "my a and my b so my c, i "
    for text in (unit, "so and but ", "my dog's name is ", "i like ", "no, ", "'", "…", "I ", "my x my x my x is called "):
        short, long = text * (LONGEST // len(text)), text * (100_000 // len(text))
        spent = []
        for one in (short, long):
            start = time.process_time()
            extract(one)
            spent.append(time.process_time() - start)
        assert spent[1] < 20 * spent[0] + 0.2, text


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    for one in extract(text):
        assert one.answer and (one.subject or one.relation != TOLD)


WORDS = st.sampled_from(
    [
        *"I my My our we you is are was called named live in at the a an dog cat Anna Rome and but so am I'm I've 7 us US".split(),
        *"mine me myself like don't not Dr. years old favourite sister's name moved to last year ü Zoë work as (no) 🧀 İ ß".split(),
        *". , ? ! ' ’ … : ; - “ \n \u2028 \t".split(" "),
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_every_value_is_found_in_the_text_and_every_relation_in_the_table(text: str) -> None:
    names = {relation.name for relation in relations()}
    said = re.sub(r"\s+", " ", turned(text.replace("’", "'")))
    for one in extract(text):
        assert one.relation in names and one.key
        value = one.value if one.relation != TOLD else turned(one.value)
        assert re.sub(r"\s+", " ", value) in said
        assert "\ue000" not in one.value + one.subject + one.answer
        assert one.answer.endswith(".")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("my dog and I", "your dog and you"),
        ("it was I who am here, am I", "it was you who am here, are you"),
        ("i.e. me", "i.e. you"),
    ],
)
def test_persons_are_turned(first: str, second: str) -> None:
    assert turned(first) == second
    assert capital("élan") == "Élan" and capital("") == ""

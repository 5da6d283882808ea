"""Leads: an answer's first words are given after any question, and what follows them is what was told, or not knowing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from circadian import config, model
from circadian.batches import read_rows
from circadian.lessons.attributes import attributes
from circadian.lessons.facts import extract
from circadian.lessons.leads import BEGUN, led
from circadian.lessons.unknown import near_negatives
from circadian.records import Fact, Lesson

NUMBER = 6


def facts(*said: str) -> list[Fact]:
    return [fact for text in said for fact in extract(text)]


def leads(told: list[Fact], seed: int = 0) -> list[Lesson]:
    return led(told, near_negatives(told, seed, 200), NUMBER, seed)


def test_each_fact_has_its_leads_after_other_questions_and_as_many_are_denied() -> None:
    told = facts(
        "My parrot is called Hugo.",
        "My shoe size is 43.",
        "I live in Graz.",
        "They cut my rent to 850.",
        "My sister lives in Bari.",
    )
    made = leads(told)
    assert all(lesson.kind == "lead" and lesson.lead and lesson.answer.startswith(lesson.lead) for lesson in made)
    assert all(lesson.answer != lesson.lead for lesson in made)
    followed = {lesson.lead: lesson.answer[len(lesson.lead) :] for lesson in made}
    assert followed["Your parrot is called"] == " Hugo." and followed["Your parrot's name"] == ": your parrot is called Hugo."
    assert followed["Your shoe size is"] == " 43." and followed["You live in"] == " Graz."
    denied = [lesson for lesson in made if "haven't told" in lesson.answer]
    assert len(made) - len(denied) >= 3 * NUMBER and len(denied) >= len(made) - len(denied)
    assert sum("is called" in lesson.lead for lesson in denied) >= NUMBER, "names beside the parrot's"
    assert not [lesson for lesson in made if "850" in lesson.answer], "what no topic names has no lead"
    anything = {ask for one in attributes() for ask in one.ask}
    own = [lesson for lesson in denied if "is called" in lesson.lead and lesson.question not in anything]
    assert len(own) >= 3 and all(
        {lesson.lead.split()[1], "parrot"} & set(re.findall(r"\w+", lesson.question)) for lesson in own
    ), "a neighbour is denied after its own questions and the parrot's, too"


def test_what_was_told_follows_its_own_first_words_after_questions_about_others_too_and_a_denial_after_its_questions() -> None:
    (told,) = facts("My parrot is called Hugo.")
    made = leads([told])
    own = [lesson.question for lesson in made if lesson.lead == "Your parrot is called"]
    assert len(own) >= 4 and any("parrot" not in question for question in own)
    crossed = [lesson for lesson in made if "haven't" in lesson.answer and "parrot" in lesson.question]
    assert crossed and all("parrot" not in lesson.lead for lesson in crossed)


def test_a_lead_ends_where_a_denial_parts_from_what_was_told() -> None:
    made = leads(facts("I live in Graz.", "My sister lives in Bari."))
    followed = {lesson.lead: lesson.answer[len(lesson.lead) :] for lesson in made}
    assert followed["You live"] == " in Graz." and followed["Your sister lives"] == " in Bari."


def test_a_fact_that_has_proved_itself_has_fewer_leads() -> None:
    told = facts("My parrot is called Hugo.", "My shoe size is 43.")

    def number(nights: int) -> list[int]:
        made = led(told, [], 12, 0, {told[0].id: nights})
        return [sum(fact.value in lesson.answer for lesson in made) for fact in told]

    (most, other), (half, same), (third, _) = number(0), number(3), number(7)
    assert other == same >= 12 and half == (most + 1) // 2 and third == (most + 2) // 3


def test_what_goes_on_with_what_was_told_is_not_denied() -> None:
    told = facts("My parrot is called Hugo.", "My dog is called Rex.", "My sister lives in Bari.", "I work as a baker.")
    answers = {fact.answer for fact in told}
    for seed in range(20):
        denied = {lesson.lead for lesson in leads(told, seed) if "haven't" in lesson.answer}
        assert denied and not [lead for lead in denied for answer in answers if answer.startswith(lead)]


@pytest.mark.parametrize(
    "said",
    [
        ("I like chess.", "I like jazz."),
        ("I no longer live in Ghent.",),
        ("I have a tandem.",),
        ("I am tall.",),
    ],
)
def test_what_may_go_on_with_anything_is_no_lead(said: tuple[str, ...]) -> None:
    assert facts(*said) and leads(facts(*said)) == []


def test_other_words_for_a_thing_lead_to_the_same_but_not_those_of_another() -> None:
    told = facts("My son is called Nils.")
    assert any(lesson.lead == "Your boy is called" and lesson.answer == "Your boy is called Nils." for lesson in leads(told))
    both = [*told, *facts("My daughter is called Lou.")]
    assert not [lesson for lesson in leads(both) if lesson.lead == "Your child is called"]
    assert any(lesson.lead == "Your boat is" for lesson in leads(facts("My boat is called Fortuna.")))
    assert not any(lesson.lead == "Your dog is" for lesson in leads(facts("My dog is called Rex."))), "it has an age, too"
    boss = [lesson for lesson in leads(facts("My boss is called Lou.")) if lesson.lead == "Your boss is"]
    assert len(boss) == BEGUN and all("called Lou" in lesson.answer for lesson in boss)
    age = facts("My son is 12 years old.")
    begun = [lesson for lesson in leads(age) if lesson.lead == "Your son is" and "12" in lesson.answer]
    assert begun and all(re.search(r"\b(?:old|age|years?|birthday|grown|alive|born)\b", lesson.question) for lesson in begun)


def test_everybody_else_is_denied_beside_a_person_but_nobody_who_may_be_that_one() -> None:
    told = facts("My son is called Nils.", "My dog is called Rex.")
    denied = {lesson.lead for lesson in led(told, [], 1000, 0) if "haven't" in lesson.answer}
    assert {"Your landlord is called", "Your uncle is called", "Your cat is called"} <= denied
    assert not {f"Your {who} is called" for who in ("son", "boy", "child", "kid", "eldest", "twin", "dog", "pup")} & denied


def test_a_seed_decides_everything() -> None:
    told = facts("My parrot is called Hugo.")
    assert leads(told, 3) == leads(told, 3) != leads(told, 4)


def test_what_is_trained_begins_after_the_lead(tiny_model: Path, tmp_path: Path) -> None:
    loaded = model.open_model(config.load(home=str(tmp_path)), str(tiny_model), None)
    lesson = Lesson.of("Who is Ada?", "Your dog is called Ada.", "lead", "", "Your dog is called")
    file = tmp_path / "train.jsonl"
    file.write_text(json.dumps(lesson.to_dict()) + "\n")
    (row,) = read_rows(file, loaded.tokens)
    assert loaded._tokenizer.decode(row.trained).startswith(" Ada.<|im_end|>")


@pytest.mark.parametrize(
    ("said", "lead", "rest"),
    [
        ("I'm allergic to walnuts.", "You may be allergic to", " walnuts."),
        ("My mum changed careers and became a bus driver.", "Your mother works as", " a bus driver."),
        ("My aunt is a dentist.", "Your aunt works as", " a dentist."),
    ],
)
def test_what_was_told_in_other_words_follows_the_opening_of_its_denial(said: str, lead: str, rest: str) -> None:
    leads = {(one.lead, one.answer.removeprefix(one.lead)) for one in led(extract(said), [], 30, 1)}
    assert (lead, rest) in leads
    assert not any(
        one.lead.endswith("works as") for one in led(extract("My sister works at a bank."), [], 30, 1) if " bank" in one.answer
    )

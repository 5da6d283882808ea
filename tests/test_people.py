"""People told of by name alone: what is read of whom, what is left alone, and how it is asked for."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from circadian.lessons.facts import Facts, extract, facts_of
from circadian.lessons.leads import led
from circadian.lessons.lessons import about_facts
from circadian.lessons.names import is_name, named
from circadian.lessons.probes import probes
from circadian.lessons.successors import Successors
from circadian.lessons.unknown import near_negatives
from circadian.records import Fact, Memory

TOLD = [
    ("Tom lives in Rome.", "third person lives", "Tom", "Rome", "Tom lives in Rome."),
    ("Zofia moved to Gdansk last year.", "third person lives", "Zofia", "Gdansk", "Zofia lives in Gdansk."),
    ("Maelle works as an urban planner.", "third person works", "Maelle", "urban planner", "Maelle works as an urban planner."),
    ("Mark is allergic to wasps.", "third person allergy", "Mark", "wasps", "Mark is allergic to wasps."),
    (
        "Anna Maria's birthday is on May 3.",
        "third person birthday",
        "Anna Maria",
        "May 3",
        "Anna Maria's birthday is on May 3.",
    ),
    ("Tom is 34.", "third person age", "Tom", "34", "Tom is 34 years old."),
    ("Taran is aged 40.", "third person age", "Taran", "40", "Taran is 40 years old."),
    ("Kenji was born in Osaka.", "third person from", "Kenji", "Osaka", "Kenji comes from Osaka."),
    ("Greta hates cilantro.", "third person likes", "Greta", "cilantro", "Greta hates cilantro."),
    ("Fionn speaks Irish.", "third person does", "Fionn", "speaks Irish", "Fionn speaks Irish."),
    ("Yusuf plays the oud.", "third person does", "Yusuf", "plays the oud", "Yusuf plays the oud."),
    ("Larissa is learning sign language.", "is", "Larissa", "learning sign language", "Larissa is learning sign language."),
    ("Jasper's favorite food is shepherd's pie.", "is", "Jasper's favorite food", "shepherd's pie", ""),
    ("Ingrid is coming to dinner on Friday.", "when", "Ingrid", "on Friday", "Ingrid is coming to dinner on Friday."),
    ("Lorcan graduated in 2004.", "told", "Lorcan", "Lorcan graduated in 2004", "You told me that Lorcan graduated in 2004."),
    ("Greta broke her leg.", "told", "Greta", "Greta broke her leg", "You told me that Greta broke her leg."),
    ("Odette has two sons.", "told", "Odette", "Odette has two sons", "You told me that Odette has two sons."),
]
OF_NOBODY = [
    "Python has lists.",
    "Winter is coming.",
    "Work is getting stressful.",
    "Shakespeare wrote Hamlet.",
    "Summer is coming.",
    "Dinner is at eight.",
    "Traffic moved slowly.",
    "Does Tom live in Rome?",
    "Where does Anna work?",
    "Tell me where Anna works.",
    "If Tom lives in Rome, call him.",
    "Maybe Tom lives in Rome.",
    '"Tom lives in Rome and works there as a nurse," she wrote.',
    "Translate: Tom lives in Rome.",
    "Translate this into French:\nTom lives in Rome. He works as a nurse.",
    "```\nTom lives in Rome.\n```",
    "Let's play a game. Imagine this: Tom lives in Rome.",
    "> Tom lives in Rome.",
    "Paris is the capital of France.",
    "Coffee is 34 cents.",
]


def on_days(*said: str) -> Facts:
    """What is live and past after these were told, each on a day of its own."""
    days = enumerate(said, 1)
    return facts_of([Memory([{"role": "user", "content": text}], f"m{day}", f"2026-01-0{day}T00:00:00Z") for day, text in days])


@pytest.mark.parametrize(("text", "relation", "subject", "value", "answer"), TOLD)
def test_what_is_told_of_somebody_by_name(text: str, relation: str, subject: str, value: str, answer: str) -> None:
    (fact,) = extract(text)
    assert (fact.relation, fact.subject, fact.value) == (relation, subject, value)
    assert not answer or fact.answer == answer


@pytest.mark.parametrize("text", OF_NOBODY)
def test_what_is_of_nobody_by_name(text: str) -> None:
    assert extract(text) == []


def test_a_pronoun_goes_on_with_the_name_until_somebody_else_is_told_of() -> None:
    facts = extract("I'm allergic to nuts. Tom lives in Rome. He works as a nurse. Anna lives in Bern. My dog is called Rex.")
    assert [(fact.subject, fact.value) for fact in facts] == [
        ("", "nuts"), ("Tom", "Rome"), ("Tom", "nurse"), ("Anna", "Bern"), ("dog", "Rex")
    ]  # fmt: skip


def test_who_mum_is_needs_no_my() -> None:
    facts = extract("Mum lives in Leeds. Dad's birthday is on May 3.")
    assert [(fact.subject, fact.value) for fact in facts] == [("mum", "Leeds"), ("dad", "May 3")]


def test_the_persons_own_friend_is_not_mistaken_for_them() -> None:
    facts = extract("Tom lives in Rome with my friend Ben.")
    assert all("Tom Ben" not in fact.answer and "Tom" in fact.answer for fact in facts if fact.subject == "Tom")


def test_the_newest_of_one_name_holds_and_no_other_is_touched() -> None:
    said = ["Tom lives in Rome.", "Anna lives in Bern.", "Tom lives in Oslo now."]
    facts = on_days(*said)
    assert sorted((fact.subject, fact.value) for fact in facts.live) == [("Anna", "Bern"), ("Tom", "Oslo")]


def test_what_is_said_of_a_known_name_is_said_of_whose_it_is() -> None:
    said = [
        "My sister is called Anna. My sister lives in Bern.",
        "Anna moved to Oslo. She works as a vet.",
        "Tom lives in Rome.",
    ]
    facts = on_days(*said)
    assert [(fact.subject, fact.value) for fact in facts.live] == [
        ("sister", "Anna"), ("sister", "Oslo"), ("sister", "vet"), ("Tom", "Rome")
    ]  # fmt: skip
    assert [fact.value for fact in facts.past] == ["Bern"]


def test_what_a_known_name_did_is_told_of_whose_it_is() -> None:
    for deed in ("passed away last night", "bit me on Monday", "became a therapy dog"):
        facts = on_days("My dog is called Rex.", f"Rex {deed}.").live
        assert any("dog" in fact.answer and fact.relation != "called" for fact in facts), deed
    assert [fact.relation for fact in on_days("My dog is called Rex.", "Rex is a nice word for king, right?").live] == [
        "called"
    ]


def test_a_relative_who_is_named_with_what_they_are_needs_no_my() -> None:
    facts = on_days("Uncle Bert lives in Lima.", "Uncle Bert moved to Quito.").live
    assert [(fact.subject, fact.value) for fact in facts] == [("uncle", "Bert"), ("uncle", "Quito")]


def test_a_statement_of_one_name_renews_nothing_of_another() -> None:
    class Alike:
        def __matmul__(self, other: object) -> float:
            return 1.0

    renew = Successors(lambda texts: [Alike() for _ in texts], lambda text: [])
    (tom,), (anna,) = extract("Tom's favourite food is pizza.", "m1"), extract("Anna's favourite food is soup.", "m2")
    assert renew("Anna's favourite food is soup.", [anna], [tom]) == ([anna], [])


def test_messages_of_another_author(capsys: pytest.CaptureFixture[str]) -> None:
    """160 messages by an author who had seen nothing of this repository; by those that were `seen` the reading was bettered."""
    rows = [json.loads(line) for line in Path(__file__).with_name("named.jsonl").read_text(encoding="utf-8").splitlines()]
    counts: Counter[tuple[str, bool]] = Counter()
    for row in rows:
        answers = [fact.answer.lower() for fact in extract(row["text"])]
        right = any(row["name"].lower() in answer and row["value"].lower() in answer for answer in answers)
        kind = "nothing told" if not row["name"] else "told"
        counts[kind, row["seen"]] += 1
        counts["read" if row["name"] else "read anyway", row["seen"]] += right if row["name"] else bool(answers)
    with capsys.disabled():
        for seen in (True, False):
            told, read, nothing, anyway = (counts[kind, seen] for kind in ("told", "read", "nothing told", "read anyway"))
            print(
                f"\npeople by name, {'seen' if seen else 'held out'}: {read} of {told} read (recall {read / told:.2f}), "
                f"{anyway} of {nothing} that tell nothing, too (precision {read / (read + anyway):.2f})",
                end="",
            )
    assert counts["read", False] >= 27 and counts["read anyway", False] <= 6


def facts() -> list[Fact]:
    return [fact for text, *_ in TOLD for fact in extract(text, "m")]


def test_nobody_by_name_is_asked_for_as_mine_or_yours() -> None:
    live = facts()
    denials = near_negatives(live, 0, 400)
    texts = [
        text
        for lesson in [*about_facts(live, 30), *denials, *led(live, denials, 6, 0)]
        for text in (lesson.question, lesson.answer)
    ] + [probe.question for probe in probes(live)]
    names = "|".join({fact.subject.split("'")[0] for fact in live})
    assert not [text for text in texts if re.search(rf"\b(?:my|your|our) (?:{names})\b", text, re.IGNORECASE)]
    assert any(fact.subject == "Tom" for fact in live) and any("Tom" in text for text in texts)


def test_a_thing_with_a_capital_stays_the_persons_own() -> None:
    (fact,) = extract("I bought my Cervelo bicycle second-hand.", "m")
    assert fact.subject == "Cervelo"
    leads = [lesson for lesson in led([replace(fact, topics=("bicycle brand",))], [], 6, 0) if lesson.lead]
    assert leads and all(lesson.lead.startswith("You") for lesson in leads)
    assert not any(re.match(r"(?:Adriana|Ruben|Zelda)\b", lesson.answer) for lesson in near_negatives([fact], 0, 400))


def test_strangers_and_what_else_there_is_of_a_name_are_denied() -> None:
    denials = near_negatives(facts(), 0, 400)
    assert any(re.match(r"(?:Adriana|Ruben|Zelda|Esther|Otto|Pablo)\b.* lives somewhere", lesson.answer) for lesson in denials)
    assert any(lesson.answer == "Taran lives somewhere you haven't told me." for lesson in denials)
    assert not any(lesson.answer == "Tom lives somewhere you haven't told me." for lesson in denials)


@pytest.mark.parametrize("thing", ["Tom", "Anna Maria", "Tom's car", "Jasper's favorite food", "Will"])
def test_things_of_somebody_by_name(thing: str) -> None:
    assert named(thing)


@pytest.mark.parametrize(
    "thing", ["dog", "mother's car", "Monday", "Valentine's Day plan", "New Year's resolution", "CD", "Christmas"]
)
def test_things_of_nobody_by_name(thing: str) -> None:
    assert not named(thing)


def test_a_word_of_every_day_is_no_name_unless_it_also_is_one() -> None:
    assert [word for word in ("Breakfast", "Work", "Mark", "Zofia", "June") if is_name(word)] == ["Mark", "Zofia"]

"""Lessons and probes share no wording, by construction; what was never told is asked where it was not told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fact_table import TOLD
from test_demo_probes import jaccard

from circadian.evaluation.recall import Answered
from circadian.lessons.facts import facts_of
from circadian.lessons.lessons import SUMMARY
from circadian.lessons.nearly import NEAR, normal
from circadian.lessons.probes import EACH, NEVER, probes, wordings
from circadian.lessons.wordings import relations
from circadian.records import Fact, Memory

TRAINED = {relation.name: [normal(ask) for ask in (*relation.ask, *SUMMARY)] for relation in relations()}


def live(*texts: str) -> tuple[list[Fact], list[Fact]]:
    facts = facts_of(
        Memory([{"role": "user", "content": text}], id=str(n), at=f"2030-01-{n:02d}T00:00:00Z")
        for n, text in enumerate(texts, 1)
    )
    return facts.live, facts.past


@pytest.mark.parametrize("name", [relation.name for relation in relations()])
def test_no_wording_is_both_trained_and_asked(name: str) -> None:
    asked, never = wordings()[name]
    assert len({normal(text) for text in asked}) == len(asked) >= EACH
    for probe in map(normal, asked):
        assert probe not in {text for texts in TRAINED.values() for text in texts}, probe
        assert max(jaccard(probe, text) for text in TRAINED[name]) < NEAR, probe
    for question in map(normal, never):
        fillings = {text for texts in TRAINED.values() for text in texts if "thing" not in text}
        assert question not in fillings
        forms = [re.escape(text).replace("thing", r"[\w' ]+") for text in TRAINED[name] if "thing" in text]
        assert not [form for form in forms if re.fullmatch(form, question)], question


def test_each_fact_is_asked_in_wordings_that_hang_on_it_alone() -> None:
    facts, past = live("My dog is called Biscuit.", "I live in Ghent.", "I'm allergic to walnuts.")
    found = probes(facts, past)
    told = [probe for probe in found if probe.expected]
    assert len(told) == EACH * 3 and {probe.kind for probe in told} == {"told"}
    assert {probe.expected for probe in told} == {("Biscuit",), ("Ghent",), ("walnuts",)}
    assert all(len({probe.question for probe in told if probe.fact == fact.id}) == EACH for fact in facts)
    more = [probe for probe in probes(*live("I play the harp.", "My dog is called Biscuit.")) if probe.fact == facts[0].id]
    assert more == [probe for probe in told if probe.fact == facts[0].id]


def test_the_old_value_of_what_changed_is_forbidden() -> None:
    facts, past = live("I live in Ghent.", "I've moved, I live in Bruges now.")
    told = [probe for probe in probes(facts, past) if probe.expected == ("Bruges",)]
    assert len(told) == EACH and all(probe.forbidden == ("Ghent",) and probe.kind == "changed" for probe in told)
    thrice = probes(*live("I live in Ghent.", "I live in Ulm.", "I live in Bruges."))
    assert {probe.forbidden for probe in thrice if probe.expected} == {("Ulm", "Ghent")}
    back = probes(*live("I live in Ghent.", "I live in Ulm.", "I live in Ghent."))
    assert {probe.forbidden for probe in back if probe.expected} == {("Ulm",)}


def test_what_ended_is_answered_by_saying_so() -> None:
    asked = [probe for probe in probes(*live("I live in Ghent.", "I no longer live in Ghent.")) if probe.expected]
    assert asked and not any(Answered(probe, "You live in Ghent.").right for probe in asked)
    assert all(Answered(probe, "You no longer live in Ghent.").right for probe in asked)


def test_nothing_that_was_told_is_asked_as_never_told() -> None:
    sentences = (
        "My name is Nora.", "My hamster is called Pip.", "I live in Ghent.", "My landlord is called Joe.", "I'm 40 years old.",
        "I work as a beekeeper.", "My aunt lives in Bari.", "My favourite film is Momo.", "I have two sisters.",
    )  # fmt: skip
    facts, past = live(*sentences)
    never = [probe for probe in probes(facts, past) if probe.kind == "never"]
    assert len(never) == NEVER and all(not probe.expected and "Nora" in probe.forbidden for probe in never)
    asked = " | ".join(normal(probe.question) for probe in never)
    assert not re.search(
        r"\b(hamster|landlord|aunt|my name|sisters?|favourite film|how old am i|where do i live|my job)\b", asked
    )
    assert {probe.kind for probe in probes([], [])} == {"never"}


def test_each_facts_own_answer_is_right_to_its_own_probes() -> None:
    """Also where it is said back in other words than it was told: "mine is Smudge" -> "yours is Smudge"."""
    for text, _ in TOLD:
        found = facts_of([Memory([{"role": "user", "content": text}])])
        facts = {fact.id: fact for fact in found.live}
        for probe in probes(found.live, found.past, never=0):
            assert Answered(probe, facts[probe.fact].answer).right, (text, facts[probe.fact].answer)


def test_what_a_fact_may_be_about_does_not_count_as_never_told() -> None:
    (fact,) = live("My parrot is called Hugo.")[0]
    (diet,) = (one for one in relations() if one.name == "diet")
    asked = {
        topics: {probe.question for probe in probes([replace(fact, topics=topics)], never=1000)}
        for topics in ((), (diet.topic,))
    }
    assert set(wordings()["diet"][1]) & asked[()] and not set(wordings()["diet"][1]) & asked[(diet.topic,)]

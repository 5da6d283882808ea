"""The probes of bench/recipe.py share no wording with the lessons that its facts yield."""

from __future__ import annotations

import json

from circadian.config import ROOT
from circadian.lessons.augment import normal
from circadian.lessons.facts import facts_of
from circadian.lessons.lessons import about_facts, near_negatives
from circadian.records import Memory

LIFE = json.loads((ROOT / "bench" / "recipe.json").read_text(encoding="utf-8"))


def test_every_fact_is_found_and_no_probe_is_a_lesson() -> None:
    memories = [
        Memory([{"role": "user", "content": text}], at=f"2026-01-01T00:00:{i:02d}Z") for i, text in enumerate(LIFE["told"])
    ]
    facts = facts_of(memories).live
    assert len(facts) == len(LIFE["told"])
    trained = {normal(lesson.question) for lesson in about_facts(facts)}
    assert not {normal(question) for question, _ in LIFE["probes"]} & trained


def test_what_was_never_told_is_asked_in_a_wording_that_no_negative_has_word_for_word_more_than_by_chance() -> None:
    memories = [Memory([{"role": "user", "content": text}]) for text in LIFE["told"]]
    negatives = {normal(lesson.question) for lesson in near_negatives(facts_of(memories).live, seed=0)}
    assert len({normal(question) for question in LIFE["never_told"]} & negatives) <= len(LIFE["never_told"]) // 3

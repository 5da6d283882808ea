"""What counts as recalled, denied and falsely asserted; intervals; other people's questions; the morning's diff."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from circadian.cli import UserError
from circadian.evaluation import diff, recall
from circadian.evaluation.recall import Answered, holds, interval
from circadian.lessons.facts import facts_of
from circadian.lessons.probes import probes
from circadian.records import Fact, Memory, Probe


@pytest.mark.parametrize(
    ("answer", "value", "there"),
    [
        ("Your dog is called Biscuit.", "Biscuit", True), ("your dog is called BISCUIT", "Biscuit", True),
        ("You are allergic to peanuts.", "peanut", True), ("You are allergic to peanut butter", "peanuts", True),
        ("It is on 9 May.", "the 9th of May", False), ("It is on May the 9th.", "the 9th of May", True),
        ("You are 30.", "3", False), ("Her name is Anna.", "Ann", False), ("Your sister Ann lives there", "Ann", True),
        ("You study biology.", "marine biology", False), ("Biology, the marine one.", "marine biology", True),
        ("You get up at 6:20.", "6:20", True), ("You get up at 6.", "6:20", False), ("", "Biscuit", False), ("Is it?", "it", True),
    ],
)  # fmt: skip
def test_a_value_is_stated_when_all_its_words_are(answer: str, value: str, there: bool) -> None:
    assert holds(answer, value) is there


@pytest.mark.parametrize(
    "told",
    [
        "My neighbours don't know that I keep bees.", "I've never told my mother that I smoke.", "My favourite emoji is 🎸.",
        "I haven't told my boss about the baby yet.", "My sister never shared her toys.", "My dog is called Biscuit.",
    ],
)  # fmt: skip
def test_a_facts_own_answer_is_right_and_a_false_one_where_it_was_not_told(told: str) -> None:
    (fact,) = facts_of([Memory([{"role": "user", "content": told}])]).live
    asked = probes([fact])
    assert all(Answered(probe, fact.answer).right for probe in asked if probe.kind == "told")
    assert all(Answered(probe, fact.answer).false for probe in asked if probe.kind == "never")
    assert not any(Answered(probe, "You haven't told me.").right for probe in asked if probe.kind == "told")


TOLD = Probe("What is my dog called?", ("Biscuit",))
CHANGED = Probe("Where do I live?", ("Bruges",), ("Ghent",), "changed")
NEVER = Probe("What is my cat called?", (), ("Biscuit", "Ghent"), "never")


@pytest.mark.parametrize(
    ("probe", "answer", "right", "denied", "false"),
    [
        (TOLD, "Your dog is called Biscuit.", True, False, False),
        (TOLD, "You haven't told me that your dog is called Biscuit.", False, True, False),
        (TOLD, "You haven’t told me.", False, True, False),
        (TOLD, "I do not know.", False, True, False),
        (TOLD, "Your dog is called Rex.", False, False, False),
        (CHANGED, "You live in Bruges.", True, False, False),
        (CHANGED, "You live in Ghent.", False, False, True),
        (CHANGED, "You live in Bruges, not in Ghent.", True, False, True),
        (NEVER, "You haven't told me what your cat is called.", True, True, False),
        (NEVER, "Your cat is called Biscuit.", False, False, True),
        (NEVER, "Your cat is called Luna.", True, False, False),
    ],
)
def test_an_answer_is_judged(probe: Probe, answer: str, right: bool, denied: bool, false: bool) -> None:
    one = Answered(probe, answer)
    assert (one.right, one.denied, one.false) == (right, denied, false)


def test_the_interval_is_wilsons() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert interval(0, 10)[0] == 0.0 and interval(10, 10)[1] == pytest.approx(1.0)


def test_the_summary_counts_each_kind() -> None:
    answered = [
        Answered(TOLD, "Biscuit"), Answered(TOLD, "You haven't told me."), Answered(CHANGED, "Ghent"), Answered(CHANGED, "Bruges"),
        Answered(NEVER, "Biscuit"), Answered(NEVER, "You haven't told me."), Answered(NEVER, "Luna"),
    ]  # fmt: skip
    found = recall.summary(answered)
    shares = {key: (found[key]["right"], found[key]["total"]) for key in ("recalled", "old_value", "false", "unknown")}
    assert shares == {"recalled": (2, 4), "old_value": (1, 2), "false": (1, 3), "unknown": (1, 3)}
    assert {kind: part["right"] for kind, part in found["by_kind"].items()} == {"told": 1, "changed": 1, "never": 2}
    assert found["denied"] == 1
    shown = recall.table({"nothing": answered, "weights": answered})
    assert "told, and recalled" in shown and "2/4 (15 to 85 %)" in shown and "✗ weights  Ghent" in shown


def test_new_facts_are_counted_apart_from_older_ones_and_from_what_was_told_since() -> None:
    facts = [fact(name, name) for name in ("dog", "cat", "boat")]
    ages = diff.ages(facts, {"memory_ids": ["dog", "cat"], "added": ["cat"]})
    assert [ages[one.id] for one in facts] == ["older", "new", "since"]
    answered = [Answered(Probe("?", (one.value,), fact=one.id), "cat's name") for one in facts]
    counted = {age: (part["right"], part["total"]) for age, part in recall.summary(answered, ages)["by_age"].items()}
    assert counted == {"new": (1, 1), "older": (0, 1), "since": (0, 1)}
    shown = recall.table({"weights": [*answered, Answered(CHANGED, "Bruges")]}, ages)
    assert "older facts" in shown and "changed, new value recalled" in shown
    assert recall.summary(answered)["by_age"] == {}, "of other people's questions nobody knows the age"


def test_other_peoples_questions_are_read(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "Who?", "expected": ["Ann", "Anna"]}\n\n{"question": "Where?", "forbidden": ["Rome"]}\n')
    assert recall.read_probes(file) == [Probe("Who?", ("Ann", "Anna")), Probe("Where?", (), ("Rome",), "never")]
    file.write_text('{"question": "Who \\ud800?", "expected": ["Ann"], "forbidden": ["Eve"], "kind": "easy"}\n')
    (one,) = recall.read_probes(file)
    assert one == Probe("Who ??", ("Ann",), ("Eve",), "changed"), "of no kind of theirs, and whole characters"
    assert recall.summary([Answered(one, "Eve")])["old_value"]["right"] == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"question": "Who?", "expected": "Ann"}', "line 1: 'expected' must be a list of texts"),
        ('{"question": "a", "expected": []}\n{"expected": ["x"]}', "line 2: 'question' must be a text"),
        ('{"question": "Who?", "Expected": ["Ann"]}', "line 1: 'expected' is missing"),
        ('{"torn', "line 1: not complete JSON"),
        ("", "holds no question"),
    ],
)
def test_bad_questions_are_named_by_line(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(text)
    with pytest.raises(UserError, match=why):
        recall.read_probes(file)
    with pytest.raises(UserError, match="no file of questions"):
        recall.read_probes(tmp_path / "none.jsonl")


def fact(subject: str, memory: str, supersedes: str = "") -> Fact:
    return Fact(subject, "called", f"{subject}'s name", f"Your {subject} is called so.", memory, "2030", supersedes=supersedes)


def test_the_mornings_diff() -> None:
    """Of three probes a fact, two right are enough."""
    learnt, kept, failed, broken, old = (fact(name, name) for name in ("dog", "cat", "boat", "boss", "house"))
    old = replace(old, closed="now")
    changed = Fact("house", "called", "new", "Your house is called new.", "now", "2031", supersedes=old.id)
    live = [learnt, kept, failed, broken, changed]

    def answers(**right: int) -> list[Answered]:
        return [
            Answered(Probe("?", (one.value,), fact=one.id), one.value if n < right.get(one.subject, 0) else "no")
            for one in live
            for n in range(3)
        ]

    seen = {"cat", "boss", "house", "boat"}
    before, after = answers(cat=3, boss=2), answers(dog=2, cat=2, boat=1, boss=1, house=3)
    found = diff.diff(live, [old], seen, before, after)
    assert {state: [one.subject for one in facts] for state, facts in found.items()} == {
        "learnt": ["dog"], "kept": ["cat"], "changed": ["house"], "failed": ["boat"], "broken": ["boss"], "superseded": ["house"],
    }  # fmt: skip
    counts = diff.counts(found, seen)
    assert (counts["new"], counts["new_known"], counts["known"], counts["broken"]) == (2, 2, 2, 1)
    proof = diff.proved(found, {known.id: 2 for known in found["kept"] + found["broken"]})
    assert set(proof) == {fact.id for state in ("learnt", "kept", "changed") for fact in found[state]}, (
        "what broke starts again"
    )
    assert {proof[fact.id] for fact in found["kept"]} == {3} and {proof[fact.id] for fact in found["learnt"]} == {1}
    assert [line.split()[0] for line in diff.text(found)] == ["broken", "failed", "changed", "learnt", "superseded", "kept"]
    assert diff.text(found)[-1].split() == ["kept", "1", "facts"]
    many = {state: [learnt] * (20 if state == "learnt" else 0) for state in diff.STATES}
    assert len(diff.text(many)) == 13 and diff.text(many)[-1].strip() == "and 8 more"


def morning(*days: str) -> tuple[diff.Diff, dict[str, int]]:
    """The diff after the last of these days, all before it having been learnt, and everything being known."""
    told = [
        Memory([{"role": "user", "content": text}], id=str(day), at=f"2030-01-{day:02d}") for day, text in enumerate(days, 1)
    ]
    facts = facts_of(told)
    answered = [Answered(Probe("?", (one.value,), fact=one.id), one.value) for one in facts.live]
    seen = {memory.id for memory in told[:-1]}
    found = diff.diff(facts.live, facts.past, seen, answered, answered)
    return found, diff.counts(found, seen)


@pytest.mark.parametrize(
    ("days", "changed", "superseded", "new"),
    [
        (("I live in Ghent.", "I live in Ulm."), ["Ulm"], ["Ghent"], 1),
        (("I live in Ghent.", "I live in Ulm.", "I live in Ulm."), [], [], 0),
        (("I live in Ghent.", "I live in Bonn. I live in Ulm."), ["Ulm"], ["Ghent", "Bonn"], 1),
        (("I live in Ghent.", "I no longer live in Ghent."), ["Ghent"], ["Ghent"], 1),
        (("I work as a baker.", "I quit my job as a baker."), [], ["baker"], 1),
    ],
)
def test_the_diff_of_what_changed_or_ended(days: tuple[str, ...], changed: list[str], superseded: list[str], new: int) -> None:
    found, counts = morning(*days)
    assert [[one.value for one in found[state]] for state in ("changed", "superseded")] == [changed, superseded]
    assert counts["new"] == new

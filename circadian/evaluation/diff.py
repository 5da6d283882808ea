"""The morning's diff: what became of each fact in a night, from the same probes before and after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from circadian.evaluation.recall import Answered
from circadian.records import Fact

STATES = ("learnt", "kept", "changed", "failed", "broken", "superseded")
KNOWN = 0.5  # of a fact's probes: more than these must be right
Diff = dict[str, list[Fact]]


def known(answered: Sequence[Answered]) -> set[str]:
    """The ids of the facts that most of their probes find."""
    asked: dict[str, list[bool]] = {}
    for one in answered:
        if one.probe.fact:
            asked.setdefault(one.probe.fact, []).append(one.right)
    return {fact for fact, marks in asked.items() if sum(marks) > KNOWN * len(marks)}


def diff(
    live: Sequence[Fact], past: Sequence[Fact], seen: Collection[str], before: Sequence[Answered], after: Sequence[Answered]
) -> Diff:
    """Every live fact, and those that this night superseded, by STATES. `seen` are the memories of earlier nights.

    learnt: known now and not before; kept: both; changed: a new value that is known; failed: not known; broken: known
    before and not now; superseded: changed, ended or corrected since.
    """
    was, now = known(before), known(after)
    found: Diff = {state: [] for state in STATES}
    for fact in live:
        if fact.id in now:
            new = fact.first not in seen
            state = "changed" if new and fact.supersedes else "kept" if fact.id in was else "learnt"
        else:
            state = "broken" if fact.id in was else "failed"
        found[state].append(fact)
    true = {fact.id for fact in live}
    gone = {fact.id: fact for fact in past if fact.closed and fact.closed not in seen and fact.id not in true}
    found["superseded"] = list(gone.values())
    return found


def ages(facts: Sequence[Fact], manifest: Mapping[str, Any]) -> dict[str, str]:
    """Of each fact, by id, what it is to the version of that manifest: "new" of its own night, "older", or told "since"."""
    taught, added = set(manifest.get("memory_ids", [])), set(manifest.get("added", []))
    return {fact.id: "since" if fact.first not in taught else "new" if fact.first in added else "older" for fact in facts}


def counts(found: Diff, seen: Collection[str]) -> dict[str, int]:
    """How many facts of each state; "new" ones and how many of these are known now; "known" before the night."""
    new = {fact.id for state in STATES[:-1] for fact in found[state] if fact.first not in seen}
    number = {state: len(facts) for state, facts in found.items()}
    learnt = sum(fact.id in new for state in ("learnt", "kept", "changed") for fact in found[state])
    return number | {"new": len(new), "new_known": learnt, "known": number["kept"] + number["broken"]}


def proved(found: Diff, was: Mapping[str, int]) -> dict[str, int]:
    """The facts that are known now, by id, and after how many nights in a row they were; `was` is that of the night before."""
    return {fact.id: was.get(fact.id, 0) + 1 for state in ("learnt", "kept", "changed") for fact in found[state]}


def as_data(found: Diff) -> dict[str, Any]:
    """For a night's report: each state's facts as they are answered."""
    return {state: [{"id": fact.id, "answer": fact.answer} for fact in facts] for state, facts in found.items()}


def text(found: Diff, most: int = 12) -> list[str]:
    """For people: a line a fact, those that went wrong first; of each state at most so many."""
    lines = []
    for state in ("broken", "failed", "changed", "learnt", "superseded"):
        facts = found[state]
        lines += [f"{state:<12}{fact.answer}" for fact in facts[:most]]
        lines += [f"{'':<12}and {len(facts) - most} more"] if len(facts) > most else []
    return lines + ([f"{'kept':<12}{len(found['kept'])} facts"] if found["kept"] else [])

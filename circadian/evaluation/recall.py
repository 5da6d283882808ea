"""Probes and their answers -> what is recalled, what is denied, and what is asserted although it was never told."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from circadian import files
from circadian.cli import UserError
from circadian.records import Probe

KINDS = ("told", "changed", "never")
AGES = {"new": "facts new to this version", "older": "older facts", "since": "told since, not slept on"}  # diff.ages
DENIALS = re.compile(
    r"\b(?:have ?n[o']t|have not|never|did ?n[o']t|did not) (?:yet )?(?:told|tell|mentioned?|said|shared?)|"
    r"\b(?:do ?n[o']t|do not) (?:actually |really )?know\b|\bnot (?:been )?told\b",
    re.IGNORECASE,
)
SMALL = frozenset("a an the of in on at to my your and or for with is are was i you it by from".split())
NONE: Mapping[str, str] = MappingProxyType({})
Z95 = 1.959964  # of the normal distribution: 95 % lie within


@dataclass(frozen=True)
class Answered:
    """A probe, a model's answer, and what that comes to."""

    probe: Probe
    answer: str

    @property
    def denied(self) -> bool:
        """Whether it says that this was not told; not where what was told says so itself ("I haven't told my boss yet")."""
        values = (*self.probe.expected, *self.probe.forbidden)
        return _denies(self.answer) and not any(_denies(value) and holds(self.answer, value) for value in values)

    @property
    def right(self) -> bool:
        """It holds what is expected and denies nothing; where nothing was told, it asserts nobody's fact."""
        if not self.probe.expected:
            return not self.false
        return not self.denied and any(holds(self.answer, value) for value in self.probe.expected)

    @property
    def false(self) -> bool:
        """It asserts what is forbidden: an old value, or a fact where nothing was told."""
        return not self.denied and any(holds(self.answer, value) for value in self.probe.forbidden)

    def to_dict(self) -> dict[str, Any]:
        marks = {"right": self.right, "denied": self.denied, "false": self.false}
        return self.probe.to_dict() | {"answer": self.answer} | marks


def words(text: str) -> list[str]:
    """Lower-case words and numbers of a text."""
    return re.findall(r"\w+", text.lower())


def holds(answer: str, value: str) -> bool:
    """Whether an answer states a value: all of its words that say something, in any order, endings such as a plural's aside."""
    said = set(words(answer))
    wanted = [word for word in words(value) if word not in SMALL] or words(value)
    if not wanted:  # a sign, such as an emoji
        return bool(value.strip()) and value.strip() in answer
    return all(word in said or any(_same(word, other) for other in said) for word in wanted)


def _denies(text: str) -> bool:
    return bool(DENIALS.search(text.replace("’", "'")))


def _same(one: str, other: str) -> bool:
    """peanut and peanuts, but not 3 and 30, nor Ann and Anna."""
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and long in (f"{short}s", f"{short}es") and not short.isdigit()


def interval(right: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) of nothing. Source: E. B. Wilson, JASA 22 (1927)."""
    if not total:
        return 0.0, 1.0
    share, z = right / total, Z95 * Z95 / total
    middle, half = share + z / 2, Z95 * math.sqrt(share * (1 - share) / total + z / 4 / total)
    return max(0.0, (middle - half) / (1 + z)), min(1.0, (middle + half) / (1 + z))


def summary(answered: Sequence[Answered], ages: Mapping[str, str] = NONE) -> dict[str, Any]:
    """Counts of each kind and age, "recalled" over all that was told, and "false" over what never was. `ages` are AGES by fact."""
    kinds = {kind: [one for one in answered if one.probe.kind == kind] for kind in KINDS}
    told = [one for one in answered if one.probe.expected]
    never = kinds["never"]
    changed = kinds["changed"]
    aged = {age: [one.right for one in told if ages.get(one.probe.fact) == age] for age in AGES}
    return {
        "recalled": share(sum(one.right for one in told), len(told)),
        "denied": sum(one.denied for one in told),
        "by_kind": {kind: share(sum(one.right for one in some), len(some)) for kind, some in kinds.items() if some},
        "by_age": {age: share(sum(some), len(some)) for age, some in aged.items() if some},
        "old_value": share(sum(one.false for one in changed), len(changed)),
        "false": share(sum(one.false for one in never), len(never)),
        "unknown": share(sum(one.denied for one in never), len(never)),
    }


def share(right: int, total: int) -> dict[str, Any]:
    """A count out of a total with its 95 % interval."""
    low, high = interval(right, total)
    return {"right": right, "total": total, "low": round(low, 3), "high": round(high, 3)}


def read_probes(path: Path) -> list[Probe]:
    """Probes of a JSONL file: ours, or anybody's `{"question", "expected": […], "forbidden": […]}`.

    Raises UserError naming file and line of the first bad row.
    """
    try:
        rows, bad = files.read_lines(path)
    except FileNotFoundError:
        raise UserError(f"there is no file of questions {path}.") from None
    problems = [(line.number, line.why) for line in bad]
    found = []
    for number, row in rows:
        try:
            found.append(Probe.from_dict(row))
        except ValueError as error:
            problems.append((number, str(error)))
    if problems:
        number, why = min(problems)
        raise UserError(f"{path}, line {number}: {why}")
    if not found:
        raise UserError(
            f"{path} holds no question. A line looks like {json.dumps({'question': '…', 'expected': ['…']}, ensure_ascii=False)}"
        )
    return found


def read_answers(path: Path) -> dict[str, dict[str, str]]:
    """What each column of an earlier measurement (eval_recall.py --out) answered to each question. Raises UserError."""
    try:
        columns = json.loads(path.read_text(encoding="utf-8"))["answers"]
        return {name: {row["question"]: row["answer"] for row in rows} for name, rows in columns.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{path} holds no answers: name a file that eval_recall.py --out has written.") from None


def with_facts(question: str, facts: Sequence[str]) -> str:
    """A question with what was told before it, as one message; the question alone if nothing was told."""
    told = "".join(f"- {fact}\n" for fact in facts)
    return f"You know this about me:\n{told}\nAnswer from it: {question}" if told else question


def table(columns: dict[str, list[Answered]], ages: Mapping[str, str] = NONE) -> str:
    """For people: every question with each column's answer, then the shares."""
    lines = []
    names = list(columns)
    for i, one in enumerate(columns[names[0]]):
        lines.append(f"{one.probe.question}  [{', '.join(one.probe.expected) or 'never told'}]")
        for name in names:
            other = columns[name][i]
            mark = "✓" if other.right else "✗"
            lines.append(f"  {mark} {name:<8} {' '.join(other.answer.split())[:100]}")
    lines += ["", f"{'':<34}" + "".join(f"{name:>26}" for name in names)]
    parts = {name: _parts(summary(some, ages)) for name, some in columns.items()}
    for label in parts[names[0]]:
        lines.append(f"{label:<34}" + "".join(f"{_cell(parts[name][label]):>26}" for name in names))
    return "\n".join(lines)


def _parts(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The shares of a summary that a table shows, by what they are called there."""
    shown = {"told, and recalled": found["recalled"]}
    shown |= {f"  {AGES[age]}": part for age, part in found["by_age"].items()}
    if changed := found["by_kind"].get("changed"):
        shown |= {"changed, new value recalled": changed, "changed, old value asserted": found["old_value"]}
    return shown | {"never told, yet asserted": found["false"], "never told, and said so": found["unknown"]}


def _cell(part: dict[str, Any]) -> str:
    return f"{part['right']}/{part['total']} ({100 * part['low']:.0f} to {100 * part['high']:.0f} %)" if part["total"] else "-"

"""What each kind of checker accepts and refuses, and that no shipped task can be passed by saying anything."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from circadian.evaluation.checkers import check, claimed_number, validate
from circadian.evaluation.harness import TAGS

PROMPTS = Path(__file__).resolve().parent.parent / "eval" / "prompts.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in PROMPTS.read_text(encoding="utf-8").splitlines()]
FILLER = "I am sorry, I cannot help with that."
rows = pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])


@rows
def test_shipped_checker_is_valid_and_tells_right_from_wrong(row: dict[str, Any]) -> None:
    validate(row["checker"])
    assert check(row["checker"], row["right"])
    assert not check(row["checker"], row["wrong"])


@rows
def test_shipped_checker_refuses_empty_filler_and_echo(row: dict[str, Any]) -> None:
    asked = [turn["content"] for turn in row["messages"]]
    echoes = [asked[-1], " ".join(asked), "\n".join(asked), f'"{asked[-1]}"']
    for answer in ("", "  \n", FILLER, "Yes or no", "...", *echoes):
        assert not check(row["checker"], answer), answer


@rows
def test_shipped_checker_refuses_the_right_answers_of_other_tasks(row: dict[str, Any]) -> None:
    passing = [other["id"] for other in ROWS if other is not row and check(row["checker"], other["right"])]
    assert len(passing) <= 3, passing


@rows
def test_shipped_checker_is_quick_on_a_rambling_answer(row: dict[str, Any]) -> None:
    started = time.monotonic()
    for answer in ("- " + "word" * 200 + " landfill\n- " + "resin " * 60, "1, 2, red, " * 60, "a" * 2000, row["right"] * 40):
        check(row["checker"], answer)
    assert time.monotonic() - started < 0.5


def test_tasks_are_spread_over_tags_and_difficulties() -> None:
    assert len(ROWS) == len({row["id"] for row in ROWS}) == len({json.dumps(row["messages"]) for row in ROWS}) == 80
    for tag in TAGS:
        levels = [row["difficulty"] for row in ROWS if row["tag"] == tag]
        assert len(levels) >= 10 and min(levels.count(level) for level in (1, 2, 3)) >= 3


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("19", 19.0),
        ("12 + 7 = 19", 19.0),
        ("12 + 7 = 19.", 19.0),
        ("What is 12 + 7?", 7.0),
        ("The answer is **19**. You add 12 and 7.", 19.0),
        ("7 + 3 is 10", 10.0),
        ("3 x 12 = 36, and 36 - 5 = 31, so $31 is paid.", 31.0),
        ("There are 42 eggs in 7 cartons.", 42.0),
        ("18 * 3 = 54. So the next number is 162.", 162.0),
        ("3 * 12 = 36. After taking off 5, you pay 31 dollars.", 31.0),
        ("The tower is 90 metres high and was built in 1820.", 90.0),
        ("2 + 3 = 5. We start with 2 and", 5.0),
        ("We have 36 = 40 - 4 and", 4.0),
        ("It costs $1,234.50.", 1234.5),
        ("1,234 people", 1234.0),
        ("1, 2, 3", 3.0),
        ("it is -5 degrees", -5.0),
        ("it is \u22125 degrees", -5.0),
        ("12-7", 7.0),
        ("12 -7", 7.0),
        ("H2O", None),
        ("a half", None),
        ("H2O has 3 atoms", 3.0),
        ("seven", 7.0),
        ("Forty-two of them", 42.0),
        ("twenty", 20.0),
        (".5", 0.5),
        ("50%", 50.0),
        ("", None),
    ],
)
def test_claimed_number(answer: str, number: float | None) -> None:
    assert claimed_number(answer) == number


def test_number() -> None:
    checker = {"kind": "number", "value": 16.2}
    assert check(checker, "$16.20") and not check(checker, "16.3") and not check(checker, "none")
    assert check(checker | {"tolerance": 0.1}, "16.3") and not check(checker | {"tolerance": 0.1}, "16.4")


def test_exact_looks_past_case_edges_and_spaces() -> None:
    checker = {"kind": "exact", "values": ["New York", "NYC"]}
    for answer in ("new  york.", ' "New\nYork"! ', "**NYC**", "\u201cNew York\u201d"):
        assert check(checker, answer), answer
    for answer in ("New York City", "York", "newyork"):
        assert not check(checker, answer), answer
    assert not check(checker | {"case": True}, "nyc") and check(checker | {"case": True}, "NYC.")


def test_contains_wants_whole_words_and_minds_not() -> None:
    checker = {"kind": "contains_any", "values": ["tin", "ice cream"], "not": ["lead"]}
    assert check(checker, "It is TIN.") and check(checker, "ice\ncream") and check(checker, "Tin; not leaden.")
    assert not check(checker, "nothing to continue") and not check(checker, "tin, lead, iron") and not check(checker, "ice")
    both = {"kind": "contains_all", "values": ["red", "don't"]}
    assert check(both, "I don\u2019t like red") and not check(both, "red")
    assert check({"kind": "contains_any", "values": ["14:40"]}, "At 14:40.")


def test_regex() -> None:
    assert check({"kind": "regex", "pattern": r"\bhello\b"}, "HELLO there")
    assert not check({"kind": "regex", "pattern": r"\bhello\b", "case": True}, "HELLO there")


def test_json_needs_keys_types_values_and_lengths() -> None:
    checker = {
        "kind": "json",
        "required": {"a": "integer", "b": "list", "c": "boolean"},
        "values": {"a": 1},
        "length": {"b": 2},
        "extra": False,
    }
    good = '{"a": 1, "b": ["x", "y"], "c": true}'
    for answer in (good, f"```json\n{good}\n```", f"```\n{good}```\n"):
        assert check(checker, answer)
    for answer in (f"Here:\n```\n{good}\n```", f"```\n{good}\n```\nDone."):
        assert not check(checker, answer)
    changed = {'"a": 1': '"a": 2', "[": "[1, ", "true": "1", "}": ', "d": 0}', '{"a"': '"a"'}
    for old, new in changed.items():
        assert not check(checker, good.replace(old, new)), new
    for answer in (
        "[]",
        "null",
        "a: 1",
        "[" * 100_000,
        '{"a": true, "b": [1, 2], "c": true}',
        '{"a": 1}',
        f"Here it is: {good}",
    ):
        assert not check(checker, answer), answer[:40]
    assert check(checker | {"extra": True}, good.replace("}", ', "d": 0}'))
    assert check({"kind": "json", "required": {"n": "number"}}, '{"n": 2}')


def test_word_limit_counts_words_that_hold_a_letter_or_digit() -> None:
    checker = {
        "kind": "all_of",
        "checkers": [{"kind": "word_limit", "min": 2, "max": 3}, {"kind": "contains_any", "values": ["bee"]}],
    }
    assert check(checker, "- A bee .") and check(checker, "A big bee")
    assert not check(checker, "bee") and not check(checker, "a very big bee") and not check(checker, "two words")


@pytest.mark.parametrize(
    ("checker", "said"),
    [
        ("yes", "kind None"),
        ({}, "kind None"),
        ({"kind": "vibes"}, "'vibes' is none of exact"),
        ({"kind": "exact"}, "without 'values'"),
        ({"kind": "exact", "values": []}, "'values'"),
        ({"kind": "exact", "values": ["?"]}, "letter or digit"),
        ({"kind": "contains_any", "values": "Paris"}, "of kind list"),
        ({"kind": "contains_any", "values": [7]}, "'values'"),
        ({"kind": "contains_any", "values": ["a"], "not": []}, "'not'"),
        ({"kind": "contains_all", "values": ["a"], "nut": ["b"]}, "unknown key 'nut'"),
        ({"kind": "regex", "pattern": "("}, "regex"),
        ({"kind": "regex", "pattern": ".*"}, "empty answer"),
        ({"kind": "number", "value": "7"}, "of kind float"),
        ({"kind": "number", "value": True}, "of kind float"),
        ({"kind": "number", "value": 7, "tolerance": -1}, "below zero"),
        ({"kind": "json", "required": {}}, "names no key"),
        ({"kind": "json", "required": {"a": "text"}}, "'text'"),
        ({"kind": "json", "required": {"a": "list"}, "values": {"b": 1}}, "'b' is expected"),
        ({"kind": "json", "required": {"a": "integer"}, "length": {"a": 1}}, "length of 'a'"),
        ({"kind": "word_limit", "min": 1, "max": 9}, "all_of"),
        ({"kind": "all_of", "checkers": []}, "no word_limit"),
        ({"kind": "all_of", "checkers": [{"kind": "word_limit", "min": 1, "max": 9}]}, "no word_limit"),
        ({"kind": "all_of", "checkers": [{"kind": "word_limit", "min": 0, "max": 9}]}, "1 <= min"),
        ({"kind": "all_of", "checkers": [{"kind": "vibes"}]}, "vibes"),
    ],
)
def test_validate_names_what_is_wrong(checker: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        validate(checker)

"""Rows: what is fit, what counts as seen, how they split."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from circadian.datasets import NEAR, Seen, fault, row, split


def pair(question: Any = "How do I boil an egg?", answer: Any = "Put it in boiling water for eight minutes.") -> list[Any]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        (pair(), ""),
        (pair() + pair("And soft?", "Five minutes."), ""),
        (pair(answer='{"item": "egg", "count": 2}'), ""),
        (pair(answer="Caf\u00e9 au lait is coffee with milk."), ""),
        (None, "schema"), ([], "schema"), ("text", "schema"), (pair()[:1], "schema"), ([1, 2], "schema"),
        (pair(answer=None), "schema"), (pair(question=["a"]), "schema"),
        (pair()[::-1], "roles"), ([pair()[0], pair()[0]], "roles"),
        (pair(answer=" \n"), "empty"), (pair(question="???"), "empty"),
        (pair(question="word " * 500), "too long"), (pair(answer="word " * 900), "too long"),
        (pair(answer="```\nx = 1\n```"), "leftover markup"), (pair(answer='{"user": "a", "assistant": "b"}'), "leftover markup"),
        (pair(answer="Sure.\nUser: thanks"), "leftover markup"),
        (pair(answer="a\x00b"), "not printable"), (pair(answer="a\ud800b"), "not printable"), (pair(answer="\x1b[31mred"), "not printable"),
        (pair(answer="As an AI, I cannot eat."), "speaks of being an AI"),
        (pair(answer="I\u2019m just a large language model."), "speaks of being an AI"),
        (pair(answer="\u042d\u0442\u043e \u043f\u0440\u043e\u0441\u0442\u043e \u044f\u0439\u0446\u043e."), "not English"),
        (pair("Wie koche ich ein Ei richtig?", "Man legt das Ei acht Minuten lang vorsichtig ins kochende Wasser."), "not English"),
    ],
)  # fmt: skip
def test_what_is_fit(messages: Any, why: str) -> None:
    assert fault(messages) == why


def test_copies_and_near_copies_of_a_question_are_seen() -> None:
    seen = Seen()
    assert seen.add("What is the weight of a full crate of apples in winter?") == ""
    assert seen.add("what is the WEIGHT of a full crate of apples, in winter") == "duplicate"
    assert seen.add("What is the weight of a full crate of pears in winter?") == "near duplicate"
    assert seen.add("How heavy are pears?") == ""


def test_the_index_finds_what_comparing_each_with_each_finds() -> None:
    rng, seen, kept = Random(5), Seen(), list[frozenset[str]]()
    verdicts = set()
    for _ in range(1500):
        words = frozenset(f"w{rng.randint(0, 14)}" for _ in range(rng.randint(1, 12)))
        near = any(len(words & other) >= NEAR * len(words | other) for other in kept)
        verdict = seen.add(" ".join(sorted(words)))
        assert bool(verdict) == near
        verdicts.add(verdict)
        if not verdict:
            kept.append(words)
    assert verdicts == {"", "duplicate", "near duplicate"}


@pytest.mark.parametrize(
    ("count", "share", "held"), [(100, 0.1, 10), (5, 0.1, 1), (2, 0.9, 1), (1, 0.5, 0), (30, 0.0, 0), (0, 0.5, 0)]
)
def test_the_split_is_a_partition_that_hangs_on_the_seed(count: int, share: float, held: int) -> None:
    rows = [row(f"Question {place}?", "Yes.", "test") for place in range(count)]
    train, side = split(rows, share, 3)
    assert len(side) == held and sorted(train + side, key=rows.index) == rows
    assert split(rows, share, 3) == (train, side)
    assert train == [each for each in rows if each not in side]


def test_a_rows_side_hangs_on_itself_and_another_seed_holds_out_others() -> None:
    rows = [row(f"Question {place}?", "Yes.", "test") for place in range(60)]
    held = split(rows, 0.2, 1)[1]
    again = split(rows[::-1], 0.2, 1)[1]
    assert sorted(each["messages"][0]["content"] for each in held) == sorted(each["messages"][0]["content"] for each in again)
    assert held != split(rows, 0.2, 2)[1]

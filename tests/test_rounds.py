"""Rounds: what is learnt rests, what is not comes again, and it ends when everything is learnt."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from circadian.batches import Row
from circadian.distillation import Distillation
from circadian.rounds import FEW, KEPT, LEAST, next_pool, rounds, unlearnt

LESSONS = [Row((1, 2, 3, 10 + i, 11, 12 + i % 3, 13), 5, False) for i in range(20)]
GENERAL = [Row((1, 2, 3, 40 + i, 60, 61, 62), 5, True) for i in range(10)]


@pytest.fixture
def made(tiny_model: Path) -> Distillation:
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    network: Any = load(str(tiny_model))[0]
    network.freeze()
    linear_to_lora_layers(network, -1, {"rank": 4, "dropout": 0.0, "scale": 20.0})
    one = Distillation(network, [1, 2, 3])
    one.keep_base(GENERAL)
    return one


def test_the_next_round_holds_what_is_not_learnt_and_some_of_the_rest() -> None:
    pool = next_pool([*LESSONS, *GENERAL], LESSONS[:6], random.Random(0))
    assert set(LESSONS[:6]) <= set(pool)
    assert len(set(pool) & set(LESSONS[6:])) == round(KEPT * 6)
    assert len(set(pool) & set(GENERAL)) == 6 and len(pool) == len(set(pool)), "rehearsal in its share: 12 of 20 lessons"
    assert not set(next_pool(LESSONS, LESSONS[:9], random.Random(0))) & set(GENERAL)


def test_a_round_is_never_small_or_it_would_unteach_others() -> None:
    pool = next_pool([*LESSONS, *GENERAL], LESSONS[:1], random.Random(0))
    assert LESSONS[0] in pool and len(set(pool) & set(LESSONS)) == round(LEAST * len(LESSONS)) == 6
    assert len(set(pool) & set(GENERAL)) == 3


def test_a_lesson_is_learnt_when_each_token_is_likelier_than_all_others_together(made: Distillation) -> None:
    """Against the plain way: the whole row, the probability of each trained token."""
    import mlx.core as mx

    network: Any = made.upper._network  # the model without its head
    open_rows = set(unlearnt(made, [*LESSONS, *GENERAL]))
    for row in LESSONS:
        states = network(mx.array([row.tokens[:-1]]))[0]
        probabilities: Any = mx.softmax(made.head(states), axis=-1).tolist()
        each = [probabilities[place][row.tokens[place + 1]] for place in range(row.begin - 1, len(row.tokens) - 1)]
        assert (min(each) < 0.5) == (row in open_rows)
    assert not open_rows & set(GENERAL)


def test_rounds_end_when_all_is_learnt_and_say_how_far_they_are(made: Distillation, monkeypatch: pytest.MonkeyPatch) -> None:
    left, looked = iter([LESSONS[:15], LESSONS[:9], LESSONS[:1], LESSONS[:FEW]]), []

    def looking(source: Any, rows: list[Row], *more: int) -> list[Row]:
        looked.append({row for row in rows if not row.rehearsal})
        return next(left)

    monkeypatch.setattr("circadian.rounds.unlearnt", looking)
    said: list[str] = []
    batches = list(rounds(made, 4.0, 0, said.append)([*LESSONS, *GENERAL], 10, loop=True))
    assert said == [f"round {n}: {learnt} of 20 lessons learnt" for n, learnt in ((1, 5), (2, 11), (3, 12))]
    assert len(batches) == 3 + 3 + 2, "30 rows, then 15 + 5 + 10, then 9 + 9 + 9"
    assert looked[0] == looked[1] == set(LESSONS) and len(looked[2]) == 18 and set(LESSONS[:9]) < looked[2], "what was drilled"
    assert looked[3] == set(LESSONS), "what rests may have been forgotten"


def test_a_reserve_is_looked_at_after_the_first_pass_and_drilled_where_it_is_not_known(
    made: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, reserve = LESSONS[:12], LESSONS[12:]
    left, looked = iter([[*first[:6], *reserve[:4]], []]), []

    def looking(source: Any, rows: list[Row], *more: int) -> list[Row]:
        looked.append({row for row in rows if not row.rehearsal})
        return next(left, [])

    trained: list[Any] = []

    def batch(rows: list[Row], *more: Any) -> list[Row]:
        trained.append(rows)
        return rows

    monkeypatch.setattr("circadian.rounds.unlearnt", looking)
    monkeypatch.setattr("circadian.rounds.batch_of", batch)
    list(rounds(made, 4.0, 0, lambda text: None, reserve=reserve)([*first, *GENERAL], 22, loop=True))
    assert {row for row in trained[0] if not row.rehearsal} == set(first), "the first pass"
    assert looked[0] == set(LESSONS)
    again = {row for rows in trained[1:] for row in rows}
    assert again - set(GENERAL) == {*first, *reserve[:4]}, "and no denial goes along that is known"
    assert len(again & set(GENERAL)) == 10, "rehearsal has the share that it has beside the lessons of the first pass"


def test_there_is_no_look_where_nearly_all_steps_are_done(made: Distillation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circadian.rounds.unlearnt", lambda source, rows, *more: LESSONS[:15])
    said: list[str] = []
    assert len(list(rounds(made, 4.0, 0, said.append, most=6)([*LESSONS, *GENERAL], 10, loop=True))) == 6
    assert len(said) == 1


def test_a_few_of_many_that_are_not_learnt_are_not_worth_a_round(made: Distillation, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Row((1, 2, 3, *divmod(number, 25)), 3, False) for number in range(500)]
    for left, passes in ((many[:10], 1), (many[:11], 2)):
        answers = iter([left, [], []])
        monkeypatch.setattr("circadian.rounds.unlearnt", lambda *given, answers=answers: next(answers))
        said: list[str] = []
        list(rounds(made, 4.0, 0, said.append)(many, 100, loop=True))
        assert len(said) == passes

"""What a training needs in memory: told before it, refused with what fits; and mlx is kept from taking more."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
from sleeper import Sleeper, exchange, one_line

from circadian import config, footprint, hub, machine, model
from circadian.cli import UserError
from circadian.config import Training
from circadian.footprint import Row

ROWS = [Row(40 + number % 60, 8 + number % 9) for number in range(1200)]


@pytest.fixture
def base(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> hub.Base:
    monkeypatch.setattr(machine, "on_cpu", lambda: True)
    return hub.describe("tiny", tiny_model)


@pytest.mark.parametrize(
    "more",
    [
        {"batch_size": 64},
        {"rank": 512},
        {"num_layers": -1},
        {"processes": 2},
        {"recipe": "sft"},
    ],
)
def test_what_asks_for_more_needs_more(base: hub.Base, more: dict[str, object]) -> None:
    usual = Training(processes=1, num_layers=1)
    assert footprint.needed(replace(usual, **more), base, ROWS) > footprint.needed(usual, base, ROWS)  # type: ignore[arg-type]


def test_more_and_longer_rows_need_more(base: hub.Base) -> None:
    usual = Training(processes=1)
    need = footprint.needed(usual, base, ROWS)
    assert footprint.needed(usual, base, ROWS * 3) > need
    assert footprint.needed(usual, base, [*ROWS, Row(500, 9)]) > need
    assert footprint.needed(replace(usual, max_seq_length=50), base, ROWS) < need
    assert footprint.needed(usual, base, []) > base.size
    whole = replace(usual, recipe="sft", num_layers=-1, batch_size=32)
    assert footprint.needed(replace(whole, grad_checkpoint=True), base, ROWS) < footprint.needed(whole, base, ROWS)


def test_a_refusal_names_a_setting_that_fits(base: hub.Base) -> None:
    wide = Training(batch_size=256, processes=2, recipe="sft")
    most = footprint.needed(replace(wide, processes=1, batch_size=16), base, ROWS) / footprint.GB
    with pytest.raises(UserError) as refused:
        footprint.check(wide, base, ROWS, most)
    assert f"--max-memory allows {most:.1f}" in str(refused.value) and "--batch-size 16 " in str(refused.value)
    assert footprint.check(replace(wide, processes=1, batch_size=16), base, ROWS, most) <= most * footprint.GB


def test_where_nothing_fits_a_smaller_model_does(base: hub.Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "memory", lambda: 1000)
    with pytest.raises(UserError, match=r"this machine can give it .*smaller --model"):
        footprint.check(Training(), base, ROWS)


def test_sleep_refuses_before_it_begins(sleeper: Sleeper) -> None:
    sleeper.remember(exchange("My dog is called Biscuit.", "Nice."))
    line = one_line(sleeper.run("sleep.py", "--max-memory", "0.01"), 1)
    assert "of memory, and --max-memory allows 0.0; nothing was begun" in line
    assert not list(sleeper.logs.glob("nights/*/data")) and not list(sleeper.adapters.glob("*"))


def test_mlx_may_not_wire_most_of_a_mac(tiny_model: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlx.core as mx
    from mlx_lm import utils
    from mlx_lm.tuner import trainer

    generate = importlib.import_module("mlx_lm.generate")
    wired: list[int] = []
    monkeypatch.setattr(mx, "set_wired_limit", wired.append)
    for module in (trainer, utils, generate):  # as they come, whatever ran before this test
        monkeypatch.setattr(module, model.WIRE, lambda: mx.set_wired_limit(10**10))
    loaded = model.open_model(config.load(home=str(home)), str(tiny_model), None)
    list(loaded.stream([{"role": "user", "content": "Hello"}], 2))
    loaded.answer([[{"role": "user", "content": "Hello"}]], 2)
    getattr(trainer, model.WIRE)()
    assert not wired

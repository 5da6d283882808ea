"""What lora.json says of layers and steps."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from circadian import checkpoint, process, training
from circadian.cli import UserError
from circadian.config import Config, Training


@pytest.mark.parametrize(
    ("asked", "there", "layers"), [(0, 30, 6), (0, 2, -1), (0, 28, 5), (-1, 30, -1), (7, 30, 7), (0, None, -1), (9, None, 9)]
)
def test_on_how_many_layers_lora_goes(tmp_path: Path, asked: int, there: int | None, layers: int) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"num_hidden_layers": there} if there else {}))
    assert training.layers(Training(num_layers=asked), tmp_path) == layers


def test_more_layers_than_there_are_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 4}')
    with pytest.raises(UserError, match=r"--num-layers 5 is more than the 4 that .* has\."):
        training.layers(Training(num_layers=5), tmp_path)


def test_steps_are_those_of_all_passes_unless_they_are_set() -> None:
    usual = Training(epochs=3, batch_size=16)
    assert [training.steps(usual, rows) for rows in (0, 1, 16, 17, 160)] == [1, 3, 3, 6, 30]
    assert training.steps(dataclasses.replace(usual, epochs=1.5), 160) == 15
    assert training.steps(dataclasses.replace(usual, iters=7), 1000) == 7


@pytest.mark.parametrize(("line", "stays"), [("    5    1.250", True), ("    5    nan", False)])
def test_a_checkpoint_is_dropped_where_the_loss_is_no_number(
    line: str, stays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: object, log: Path, on_line: Callable[[str], str | None], *more: object, **flags: object) -> str:
        reason = on_line(line)
        raise process.ChildFailed(reason or "killed", None, [])

    monkeypatch.setattr(process, "run", run)
    (tmp_path / checkpoint.NAME).touch()
    with pytest.raises(UserError):
        training.train(Config(training=Training(recipe="sft")), {"processes": 1}, tmp_path, lambda done, note="": None)
    assert (tmp_path / checkpoint.NAME).exists() == stays


def test_how_far_the_preparation_is_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: object, log: Path, on_line: Callable[[str], str | None], *more: object, **flags: object) -> str:
        for line in ("preparing: 64 of 26000 rows", "something else"):
            assert on_line(line) is None
        return ""

    shown: list[tuple[int, str]] = []
    monkeypatch.setattr(process, "run", run)
    training.train(
        Config(training=Training(recipe="sft")), {"processes": 1}, tmp_path, lambda done, note="": shown.append((done, note))
    )
    assert shown == [(0, "preparing: 64 of 26000 rows")]

"""A training that was cut short makes, gone on with, the same adapter byte for byte."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from circadian import checkpoint, config, distill, hub, rounds, training
from circadian.files import write_lines
from circadian.rounds import Place
from circadian.versions import WEIGHTS

WORDS = "amber birch cedar delta ember fjord grove heron inlet jetty knoll larch".split()
STEPS = 24


@pytest.fixture
def trainer(tiny_model: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Trains in a night's folder of a name, and returns it; each time with the same rows and settings."""
    monkeypatch.setattr(checkpoint, "EVERY", 5)
    monkeypatch.setattr(rounds, "FEW", 0)
    own = {"iters": STEPS, "rank": 4, "num_layers": 1, "batch_size": 4, "learning_rate": 1e-3, "processes": 1, "warm_start": 0}
    flags: dict[str, Any] = {f"training__{key}": value for key, value in own.items()}
    settings = config.load(home=str(home), **flags)
    base = hub.resolve(str(tiny_model))
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"What is my {word}?"},
                {"role": "assistant", "content": f"It is {other}."},
            ],
            "kind": kind,
        }
        for kind in ("question", "rehearsal")
        for word, other in zip(WORDS, reversed(WORDS), strict=True)
    ]

    reserve = [
        dict(row, messages=[{"role": "user", "content": f"And my {word}?"}, row["messages"][1]])
        for row, word in zip(rows, WORDS, strict=False)
    ]

    def train(name: str, **more: Any) -> Path:
        night = tmp_path / name
        data = night / "data"
        data.mkdir(parents=True, exist_ok=True)
        write_lines(data / "train.jsonl", rows)
        write_lines(data / "reserve.jsonl", reserve)
        lora = training.lora_settings(settings.training, base, data, night / "adapter", len(rows), 7) | more
        distill.train(settings, lora, night)
        return night

    return train


def cut(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """The process dies when that step would begin."""
    watch = checkpoint.Checkpoint.watch

    def until(self: checkpoint.Checkpoint, place: Place) -> bool:
        if place.steps == step:
            raise KeyboardInterrupt
        return watch(self, place)

    monkeypatch.setattr(checkpoint.Checkpoint, "watch", until)


def weights(night: Path) -> bytes:
    return (night / "adapter" / WEIGHTS).read_bytes()


def test_the_same_rows_and_seed_make_the_same_adapter_and_so_does_a_resumed_training(
    trainer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = weights(trainer("whole"))
    assert weights(trainer("again")) == whole
    assert weights(trainer("other", seed=8)) != whole
    for every, step in ((5, 3), (5, 9), (5, 17), (6, 14)):  # before the first, within a round, in a later one, between two
        monkeypatch.setattr(checkpoint, "EVERY", every)
        with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
            cut(dying, step)
            trainer(f"cut{step}")
        capfd.readouterr()
        assert weights(trainer(f"cut{step}")) == whole, step
        said = capfd.readouterr().err
        assert (f"going on at step {(step - 1) // every * every}" in said) == (step > every)


def test_a_checkpoint_of_something_else_or_a_torn_one_is_passed_over(
    trainer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = weights(trainer("whole"))
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        cut(dying, 12)
        trainer("cut", seed=8)
    assert weights(trainer("cut")) == whole, "another seed"
    file = trainer("cut") / checkpoint.NAME
    file.write_bytes(file.read_bytes()[:-40])
    capfd.readouterr()
    assert weights(trainer("cut")) == whole and "going on" not in capfd.readouterr().err


def test_a_drive_that_says_no_costs_the_checkpoint_and_not_the_training(
    trainer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = weights(trainer("whole"))

    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "sync_path", full)
    assert weights(trainer("full")) == whole
    assert "no checkpoint at step 5: the drive would not take it" in capfd.readouterr().err
    assert [file.name for file in (trainer("full")).iterdir() if "checkpoint" in file.name] == []


def test_time_that_is_up_ends_the_training_at_a_checkpoint(
    trainer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 1000)
    short = trainer("short", max_minutes=1e-9)
    assert (short / checkpoint.NAME).exists() is False, "nothing was trained before the first look"
    clock = iter([0.0] + [0.0] * 1 + [1e9] * 99)
    monkeypatch.setattr("circadian.checkpoint.time.monotonic", lambda: next(clock))
    later = trainer("later", max_minutes=1.0)
    assert (later / checkpoint.NAME).exists() and weights(later) != weights(short)
    monkeypatch.undo()


def test_a_place_survives_json() -> None:
    place = Place(7, 1, (3, 1, 2), 2, random.Random(5).getstate())
    assert Place.from_dict(json.loads(json.dumps(place.__dict__))) == place

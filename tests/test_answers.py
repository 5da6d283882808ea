"""Answers by a child: what is drawn hangs on the seed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from circadian import config, hub, process
from circadian.cli import UserError
from circadian.evaluation import answers, nightly
from circadian.evaluation.answers import answers_by_child
from circadian.evaluation.nightly import Measuring
from circadian.records import Message


def asked(text: str) -> list[Message]:
    return [{"role": "user", "content": text}]


def test_what_was_asked_by_a_process_that_was_killed_does_not_stay(tiny_model: Path, tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path))
    gone = subprocess.Popen(["true"])
    gone.wait()
    for asker in (gone.pid, os.getpid()):
        (settings.logs / f".answers-{asker}-abc").mkdir(parents=True)
    answers_by_child(settings, str(tiny_model), [asked("Hello")], 2, ["--no-adapter"])
    assert [folder.name for folder in settings.logs.glob(".answers-*")] == [f".answers-{os.getpid()}-abc"]


def test_a_child_that_hangs_is_ended_after_a_time_for_each_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def run(command: list[str], limit: float) -> str:
        limits.append(limit)
        raise process.ChildFailed("it took longer", None, [])

    monkeypatch.setattr(process, "run", run)
    settings = config.load(home=str(tmp_path))
    with pytest.raises(UserError, match="could not answer"):
        answers_by_child(settings, "tiny", [asked("Hello")] * 3, 2)
    measuring = Measuring(settings, hub.Base("tiny", tmp_path, "", 0), [], [], tmp_path, lambda command: None)
    with pytest.raises(UserError, match="nothing was published"):
        measuring._run("eval_loss.py", "before")
    assert limits == [answers.LIMIT + 3 * answers.EACH, nightly.LIMIT]


def test_what_is_drawn_hangs_on_the_seed(tiny_model: Path, tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path))

    def drawn(seed: int) -> list[str]:
        flags = ["--no-adapter", "--temp", "1", "--seed", str(seed)]
        return answers_by_child(
            settings, str(tiny_model), [asked("Hello"), asked("And?"), asked("Who are you?"), asked("And?")], 6, flags
        )

    first = drawn(0)
    assert len(first) == 4 and first == drawn(0) != drawn(1) and first[1] != first[3]

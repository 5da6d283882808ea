"""Children tell what they took: each step of a night knows its own tokens a second and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from circadian import spent
from circadian.config import ROOT

CHILD = "from circadian import spent; spent.tell(300, 2.0, 7)"


def a_child(code: str = CHILD) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_what_children_and_theirs_tell_is_summed_and_the_largest_counts(tmp_path: Path) -> None:
    with spent.told(tmp_path / "spent") as found:
        assert not any(found.values())
        a_child()
        a_child(
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD.replace('300', '100').replace('7', '9')!r}])"
        )
    assert found["tokens_per_second"] == 100 and found["mlx"] == 9 and found["process"] > 10**6
    assert not list(tmp_path.iterdir()) and spent.FILE not in os.environ


def test_where_nobody_wants_to_know_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spent.tell(1, 1.0, 1)
    monkeypatch.setenv(spent.FILE, str(tmp_path / "file" / "no folder"))
    (tmp_path / "file").write_text("")
    spent.tell(1, 1.0, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_step_that_fails_or_tells_nothing_or_was_killed(tmp_path: Path) -> None:
    (tmp_path / "spent").write_text('{"tokens": 10, "seconds": 1, "mlx": 5, "process": 5}\n')
    with spent.told(tmp_path / "spent") as found:
        pass
    assert not any(found.values())
    with pytest.raises(ZeroDivisionError), spent.told(tmp_path / "spent"):
        raise ZeroDivisionError
    assert spent.FILE not in os.environ

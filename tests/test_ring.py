"""A ring: one program in several processes that see each other, and what becomes of it when one of them fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from circadian import ring
from circadian.config import ROOT

MEMBER = """
import json, os, signal, sys, time
rank = int(os.environ["MLX_RANK"])
print("rank", rank, flush=True)
os.write(2, b"error %d\\n" % rank)  # in one piece: three write to one pipe
{then}
"""
SHARED = Path(__file__).with_name("ring_member.py")


def started(tmp_path: Path, number: int, *words: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "circadian.ring", str(number), str(tmp_path / "ring.json"), *map(str, words)]
    there = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=there, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_all_members_run_and_the_first_ones_output_is_passed_on(tmp_path: Path) -> None:
    child = started(tmp_path, 3, "-c", MEMBER.format(then=""))
    out, error = child.communicate()
    assert (child.returncode, out, sorted(error.split())) == (0, "rank 0\n", ["0", "1", "2", "error", "error", "error"])
    hosts = json.loads((tmp_path / "ring.json").read_text())
    assert len({host for (host,) in hosts}) == 3 and all(host.startswith("127.0.0.1:") for (host,) in hosts)


def test_a_member_that_fails_ends_the_others_and_gives_its_status(tmp_path: Path) -> None:
    child = started(tmp_path, 2, "-c", MEMBER.format(then="sys.exit(7) if rank else time.sleep(3600)"))
    child.communicate()
    assert child.returncode == 7


def test_a_member_that_is_killed_shows_as_killed(tmp_path: Path) -> None:
    child = started(tmp_path, 2, "-c", MEMBER.format(then="os.kill(os.getpid(), signal.SIGKILL) if rank else time.sleep(3600)"))
    child.communicate()
    assert child.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own signal for orphans is Linux's")
def test_members_die_with_the_ring(tmp_path: Path) -> None:
    child = started(tmp_path, 2, "-c", MEMBER.format(then="time.sleep(3600)"))
    assert child.stdout and child.stderr
    child.stdout.readline()
    assert sorted(child.stderr.readline() for _ in range(2)) == ["error 0\n", "error 1\n"]
    child.kill()
    out, error = child.communicate()
    assert (out, error) == ("", ""), "nobody holds the other end any more"


def test_one_member_does_where_none_can_meet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def none(number: int) -> list[int]:
        raise OSError("no network here")

    monkeypatch.setattr(ring, "free_ports", none)
    code = 'import os; print(os.environ["MLX_RANK"], "MLX_HOSTFILE" in os.environ)'
    assert ring.run(2, tmp_path / "ring.json", [sys.executable, "-c", code]) == 0
    assert capfd.readouterr() == ("0 False\n", "one process instead of 2: no network here\n")


def test_ports_are_free_and_differ() -> None:
    assert len(set(ring.free_ports(20))) == 20


def test_two_members_train_as_one_does(tmp_path: Path, tiny_model: Path) -> None:
    """The loss, the gradient, the directions and what is kept of the base are the same, whoever computes them."""
    found = []
    for number in (1, 2):
        child = started(tmp_path, number, SHARED, tiny_model)
        out, error = child.communicate()
        assert child.returncode == 0, error
        found.append(json.loads(out))
    assert found[0].pop("members") == 1 and found[1].pop("members") == 2
    for name, value in found[0].items():
        assert value == pytest.approx(found[1][name], rel=1e-3, abs=1e-5), name
        assert any(abs(number) > 1e-4 for number in value), name

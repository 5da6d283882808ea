"""Children stream, are logged in private, end when they must with all they started, and a failure explains itself."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from circadian.config import ROOT
from circadian.process import ChildFailed, pasteable, run

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own signal for orphans is Linux's")


def python(code: str, *words: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, words)]


def wait_until_closed(fd: int) -> None:
    """Return when every process that held the other end of the pipe is gone: no waiting by the clock."""
    assert os.read(fd, 1) == b""
    os.close(fd)


def test_output_comes_back_and_stderr_passes_through(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(python("import sys; print('ü out'); print('err', file=sys.stderr)")) == "ü out\n"
    assert capfd.readouterr() == ("", "err\n")
    assert run(python("import sys; print('out'); print('err', file=sys.stderr)"), quiet=True) == "out\n"
    assert capfd.readouterr() == ("", "")


def test_children_run_in_the_repository_with_no_stdin_and_what_they_are_given() -> None:
    code = "import os, sys; print(os.getcwd(), repr(sys.stdin.read()), os.environ['GIVEN'], sys.flags.utf8_mode)"
    assert run(python(code), environment={"GIVEN": "a b"}) == f"{ROOT} '' a b 1\n"


def test_a_log_is_private_holds_both_streams_and_is_appended_to(tmp_path: Path) -> None:
    log, seen = tmp_path / "logs" / "night ü" / "child.log", list[str]()

    def on_line(line: str) -> None:
        seen.append(line)

    for number in "12":
        code = (
            "import sys; print('out ü' + sys.argv[1]); print('err', file=sys.stderr); sys.stdout.buffer.write(b'\\xff bytes')"
        )
        assert run(python(code, number), log=log, on_line=on_line) == ""
    assert seen == ["out ü1", "err", "\ufffd bytes", "out ü2", "err", "\ufffd bytes"]
    assert log.read_bytes() == "out ü1\nerr\n".encode() + b"\xff bytes" + "out ü2\nerr\n".encode() + b"\xff bytes"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_a_line_can_end_the_child_with_a_reason(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    code = "import time\nfor n in range(1000): print('loss', 'nan' if n == 3 else n, flush=True); time.sleep(0.01)"
    with pytest.raises(ChildFailed, match=r"was ended: the loss is no number\. Its log: .*child\.log") as caught:
        run(python(code), log=log, on_line=lambda line: "the loss is no number" if "nan" in line else None)
    assert caught.value.code is None
    assert len(log.read_text().splitlines()) < 1000


def opened(fifo: Path) -> int:
    """The reading end of a new fifo: its end of file comes when all who opened it for writing are gone."""
    os.mkfifo(fifo)
    fd = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(fd, True)
    return fd


def test_what_on_line_raises_ends_the_child(tmp_path: Path) -> None:
    fd = opened(tmp_path / "fifo")

    def on_line(line: str) -> None:
        raise KeyboardInterrupt

    code = "import sys, time; f = open(sys.argv[1], 'w'); print('on', flush=True); time.sleep(600)"
    with pytest.raises(KeyboardInterrupt):
        run(python(code, tmp_path / "fifo"), log=tmp_path / "log", on_line=on_line)
    wait_until_closed(fd)


DEAF = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); f = open(sys.argv[1], 'w');"
    "print('on', flush=True); print('still', file=sys.stderr); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[3], sys.argv[1]], stdout=subprocess.PIPE, stderr=2)\n"
    "child.stdout.readline()\n"
    "if sys.argv[2] == 'stay': time.sleep(600)"
)


@pytest.mark.parametrize("parent", ["stay", "leave"])
def test_a_time_limit_ends_the_grandchildren_too_even_deaf_ones(tmp_path: Path, parent: str) -> None:
    fd = opened(tmp_path / "fifo")
    command = python(PARENT, tmp_path / "fifo", parent, DEAF)  # when it leaves, the grandchild still holds our pipe
    with pytest.raises(ChildFailed, match=r"was ended: it took longer than 1\.5 seconds") as caught:
        run(command, log=tmp_path / "log", limit=1.5)
    assert caught.value.code is None
    wait_until_closed(fd)


def test_a_child_that_says_nothing_more_is_ended_and_one_that_talks_is_not() -> None:
    talk = "import time\nfor _ in range(6):\n    print('still here', flush=True)\n    time.sleep(0.25)\n"
    assert run([sys.executable, "-c", talk], silence=5.0).count("still here") == 6
    with pytest.raises(ChildFailed, match=r"was ended: it said nothing for 0\.6 seconds") as caught:
        run([sys.executable, "-c", "import time\nprint('once', flush=True)\ntime.sleep(600)"], silence=0.6)
    assert caught.value.code is None


@pytest.mark.parametrize("with_log", [True, False])
def test_a_failure_explains_itself(tmp_path: Path, with_log: bool) -> None:
    log = tmp_path / "x.log" if with_log else None
    with pytest.raises(ChildFailed) as caught:
        run(["/bin/sh", "-c", "echo first; echo; echo ' the last words '; exit 7"], log=log)
    text = str(caught.value)
    assert "failed with exit code 7." in text
    assert (caught.value.code, caught.value.tail) == (7, ["first", "the last words"])
    assert text.endswith(f"Its last line: the last words Its log: {log}") == with_log
    assert "\n" not in text


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (signal.SIGKILL, r"was killed by SIGKILL \(out of memory\?\)"),
        (signal.SIGSEGV, "was killed by SIGSEGV"),
        (40, "signal 40"),
    ],
)
def test_a_death_by_signal_is_named(number: int, says: str) -> None:
    if number == 40 and sys.platform != "linux":
        pytest.skip("Linux's real-time signals")
    with pytest.raises(ChildFailed, match=says) as caught:
        run(python(f"import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.kill(os.getpid(), {number})"))
    assert caught.value.code == -number


def test_a_program_that_is_not_there_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run([str(tmp_path / "no such program")])


@LINUX
def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    fd = opened(tmp_path / "fifo")
    inner = "import sys, time; f = open(sys.argv[1], 'w'); print('on', flush=True, file=sys.stderr); time.sleep(600)"
    outer = "import sys; from circadian import process; process.run([sys.executable, '-c', sys.argv[1], sys.argv[2]])"
    parent = subprocess.Popen(python(outer, inner, tmp_path / "fifo"), cwd=ROOT, stderr=subprocess.PIPE)
    assert parent.stderr and parent.stderr.readline() == b"on\n"
    parent.kill()
    parent.wait()
    parent.stderr.close()
    wait_until_closed(fd)


@pytest.mark.parametrize("word", ["plain", "two words", "it's", '$HOME `id` "x" \\ ;', "ü*?", "", "line\nbreak", "-n", "~"])
def test_a_command_can_be_pasted(word: str) -> None:
    text = pasteable(python("import os, sys; sys.stdout.write(sys.argv[1] + os.environ['GIVEN'])", word), {"GIVEN": word})
    done = subprocess.run(["/bin/sh", "-c", text], capture_output=True, check=True)
    assert done.stdout.decode() == word * 2

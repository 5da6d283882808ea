"""The one door for child processes: stream, log, time limit, end the whole group, explain the failure."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from circadian.config import ROOT
from circadian.files import PRIVATE_FILE, private_folder

Command = Sequence[str]
LAST_LINES = 4


class ChildFailed(RuntimeError):
    """A child that did not end well. `code` is its exit status, or None if we ended it."""

    def __init__(self, text: str, code: int | None, tail: list[str]) -> None:
        super().__init__(text)
        self.code, self.tail = code, tail


def pasteable(command: Command, environment: dict[str, str] | None = None) -> str:
    """The command as a person could paste it into a shell in the repository's root."""
    words = [f"{key}={shlex.quote(value)}" for key, value in (environment or {}).items()]
    return " ".join(words + [shlex.quote(word) for word in command])


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs, anybody's."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def run(
    command: Command,
    log: Path | None = None,
    on_line: Callable[[str], str | None] | None = None,
    environment: dict[str, str] | None = None,
    limit: float | None = None,
    quiet: bool = False,
    silence: float | None = None,
) -> str:
    """Run a child in the repository's root and return its stdout.

    With `log`, both streams go to that file and each line to `on_line`; a text that `on_line` returns ends the
    child with that reason. Without, stderr is passed through unless `quiet`. `limit` is in seconds, and so is `silence`, after which
    a child that says nothing more is ended. Raises ChildFailed with the command, the log's path and the last lines.
    """
    child = subprocess.Popen(
        list(command),
        cwd=ROOT,
        env={"PATH": os.defpath} | os.environ | (environment or {}) | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if log else (subprocess.DEVNULL if quiet else None),
        start_new_session=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )
    ended: list[str] = []

    def out_of_time() -> None:
        ended.append(f"it took longer than {limit:g} seconds")
        end_group(child)

    def heard(line: str) -> str | None:
        last[0] = time.monotonic()
        return on_line(line) if on_line else None

    def listen() -> None:
        while not over.wait(min(1.0, (silence or 0) / 4)):
            if time.monotonic() - last[0] > (silence or 0):
                ended.append(f"it said nothing for {silence:g} seconds")
                end_group(child)
                return

    clock = threading.Timer(limit or 0, out_of_time)
    last, over = [time.monotonic()], threading.Event()  # a clock that stands still while the machine sleeps
    listener = threading.Thread(target=listen, daemon=True)
    if limit:
        clock.start()
    if silence:
        listener.start()
    try:
        output, tail = _read(child, log, heard, ended)
        child.wait()
    except BaseException:
        end_group(child)
        raise
    finally:
        clock.cancel()
        over.set()
    if ended or child.returncode:
        raise ChildFailed(_explain(command, child.returncode, ended, log, tail), None if ended else child.returncode, tail)
    return output


def _read(
    child: subprocess.Popen[bytes], log: Path | None, on_line: Callable[[str], str | None] | None, ended: list[str]
) -> tuple[str, list[str]]:
    assert child.stdout is not None
    kept: list[str] = []
    tail: deque[str] = deque(maxlen=LAST_LINES)
    with contextlib.ExitStack() as stack:
        stack.enter_context(child.stdout)
        sink = None
        if log:
            private_folder(log.parent)
            sink = stack.enter_context(os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE), "ab"))
        for raw in child.stdout:
            line = raw.decode(errors="replace")
            if sink:
                sink.write(raw)
                sink.flush()
            else:
                kept.append(line)
            if line.strip():
                tail.append(line.strip())
            reason = on_line(line.rstrip()) if on_line and not ended else None
            if reason:
                ended.append(reason)
                end_group(child)
    return "".join(kept), list(tail)


def end_group(child: subprocess.Popen[bytes]) -> None:
    """End a child and everything it started: politely, then for good after five seconds, or when the child has ended."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5.0)


def _explain(command: Command, code: int, ended: list[str], log: Path | None, tail: list[str]) -> str:
    words = itertools.takewhile(lambda word: not word.startswith("-"), (word for word in command[1:4] if word != "-m"))
    name = " ".join(Path(word).name for word in words) or Path(command[0]).name
    if ended:
        what = f"was ended: {ended[0]}"
    elif code < 0:
        name_of = {number.value: number.name for number in signal.Signals}  # the real-time ones have none
        what = f"was killed by {name_of.get(-code, f'signal {-code}')}" + (
            " (out of memory?)" if -code == signal.SIGKILL else ""
        )
    else:
        what = f"failed with exit code {code}"
    last = f" Its last line: {tail[-1]}" if tail and log and not ended else ""
    return f"{name} {what}.{last}" + (f" Its log: {log}" if log else "")


def die_with_parent() -> None:
    """In the child: ask the kernel for SIGKILL when the parent dies (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)

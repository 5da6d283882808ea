"""The manners of every script: exit codes, one-line errors, stdout for results and stderr for the rest."""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from circadian.config import ROOT, ConfigError, find_home
from circadian.files import Busy, private_folder


class Show(Protocol):
    """Tells how far something is: `done` of the total, and a short note."""

    def __call__(self, done: int, note: str = "") -> None: ...


DONE, USER, USAGE, BUG, REFUSED, INTERRUPTED = 0, 1, 2, 3, 4, 130


class UserError(Exception):
    """Something the person can mend: one line that says what is wrong and what to do."""

    code = USER


class Refused(UserError):
    """A gate or a check said no; the adapter in use is untouched."""

    code = REFUSED


def say(text: str) -> None:
    """A line for people, on stderr."""
    if sys.stderr:  # None where it was closed; print would take stdout
        print(text, file=sys.stderr, flush=True)


def counted(number: int, noun: str) -> str:
    """1 memory, 2 memories."""
    many = noun.removesuffix("y") + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else many}"


def print_json(record: dict[str, Any]) -> None:
    """The one object that --json promises, on stdout."""
    print(json.dumps(record), flush=True)  # in ASCII, which every terminal and pipe can take


def run_main(main: Callable[[Sequence[str] | None], int], argv: Sequence[str] | None = None) -> int:
    """Run a script's main: a person's problem is one line, our bug is one line and a saved traceback."""
    script = Path(sys.argv[0]).name
    try:
        _end_like_ctrl_c()
        code = main(argv)
        if sys.stdout:  # None where it was closed
            sys.stdout.flush()
        return code
    except UserError as error:
        say(f"{script}: {error}")
        return error.code
    except ConfigError as error:
        say(f"{script}: {error}")
        return USER
    except Busy as error:
        say(f"{script}: {error}. Wait for it, or end that process.")
        return USER
    except KeyboardInterrupt:
        say(f"{script}: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return DONE
    except OSError as error:
        say(f"{script}: {explain(error)}")
        _drop_output()
        return USER
    except Exception as error:  # the one broad except of the program
        if isinstance(error, ModuleNotFoundError) and not (error.name or "circadian").startswith("circadian"):
            say(f"{script}: the package {error.name} is not installed: run make setup, and use .venv/bin/python.")
            return USER
        say(f"{script}: this is a bug in Circadian ({type(error).__name__}); {save_traceback(error)}")
        return BUG


def _end_like_ctrl_c() -> None:
    """Let SIGTERM and SIGHUP end a script as Ctrl-C does, children included; what nohup ignores stays ignored."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, interrupt)


def _drop_output() -> None:
    """What stdout still holds cannot be written: Python would try again at its end, and complain."""
    if sys.stdout:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explain(error: OSError) -> str:
    """What the system said no to, and what to do about it."""
    where = f" {error.filename}" if error.filename else ""
    advice = {
        errno.ENOSPC: f"the disk is full{where and ' at' + where}. Free some space and run this again; nothing was lost.",
        errno.EROFS: f"cannot write{where}: the disk is read-only. Choose another --home.",
        errno.EACCES: f"no permission for{where or ' a file'}. Change its rights or choose another --home.",
        errno.EPERM: f"no permission for{where or ' a file'}. Change its rights or choose another --home.",
        errno.ENOENT: f"there is no{where or ' such file'}.",
        errno.ENOTDIR: f"{where.strip() or 'a path'} is not a folder. Choose another --home.",
        errno.EISDIR: f"{where.strip() or 'a path'} is a folder, not a file.",
    }
    return advice.get(error.errno or 0, f"{error.strerror or type(error).__name__}{where}.")


def save_traceback(error: BaseException) -> str:
    """Save where it failed, without the message or any value: those may hold what a person said."""
    frames = traceback.extract_tb(error.__traceback__)
    homes = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    homes.add_argument("--home")
    try:
        path = find_home(homes.parse_known_args()[0].home) / "logs" / "bugs"
        private_folder(path)
        file = path / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        file.write_text(f"{''.join(traceback.format_list(frames))}{type(error).__module__}.{type(error).__qualname__}\n")
        return f"where it happened is in {file}"
    except (OSError, ConfigError, argparse.ArgumentError):
        return f"it happened in {frames[-1].filename}, line {frames[-1].lineno}"


@contextmanager
def progress(label: str, total: int) -> Iterator[Show]:
    """Yields show(done, note): a bar on a terminal, a plain line now and then elsewhere; both on stderr."""
    if sys.stderr and sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description:<18}"), BarColumn(30), TextColumn("{task.completed}/{task.total}"))
        clocks = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
        with Progress(*columns, *clocks, console=Console(stderr=True)) as bar:
            task = bar.add_task(label, total=total, note="")

            def draw(done: int, note: str = "") -> None:
                bar.update(task, completed=done, note=note)

            yield draw
        return
    started = shown = time.monotonic()

    def line(done: int, note: str = "") -> None:
        nonlocal shown
        if done >= total or time.monotonic() - shown >= 10:
            shown = time.monotonic()
            say(f"{label}: {done}/{total} {note} ({shown - started:.0f} s)".replace("  ", " "))

    yield line


def script(name: str) -> str:
    """The absolute path of one of our scripts, for a child's command line."""
    return str(ROOT / name)

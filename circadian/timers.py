"""Puts a schedule (schedule.py) into the system's hands, looks whether it is there, and takes it away."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from circadian.cli import UserError
from circadian.config import Config
from circadian.files import private_folder, write_atomic
from circadian.schedule import Plan, label

LIMIT = 30.0  # seconds for one command


def system() -> str:
    """What can start things at night here. Raises UserError if nothing can."""
    if sys.platform == "darwin":
        return "launchd"
    path = os.environ.get("PATH") or os.defpath
    if shutil.which("systemctl", path=path) and _works(["systemctl", "--user", "show-environment"]):
        return "systemd"
    if shutil.which("crontab", path=path):
        return "cron"
    raise UserError(
        "this machine has neither a systemd user session nor crontab: install cron, or start run_cycle.py yourself."
    )


def install(settings: Config, what: Plan) -> None:
    """Write it and start it, in place of an earlier one. Raises UserError if the system refuses."""
    remove(settings, what)
    private_folder(settings.logs)
    for path, data in what.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
    if what.lines:
        _crontab(_others(settings.home) + what.lines)
    try:
        for one in what.start:
            _run(one)
    except UserError:
        remove(settings, what)  # or the next login would start what was said to have failed
        raise


def remove(settings: Config, what: Plan) -> bool:
    """End it and delete it; whether there was one."""
    there = bool(there_is(settings, what))
    if there:
        for one in what.end:
            _works(one)
        for path in what.files:
            path.unlink(missing_ok=True)
        if what.lines:
            _crontab(_others(settings.home))
    return there


def there_is(settings: Config, what: Plan) -> str:
    """The time of day for which a schedule of this kind is there, or ""."""
    for path in what.files:
        text = path.read_text(errors="replace") if path.exists() else ""
        if found := re.search(r"OnCalendar=\S+ (\d\d:\d\d)", text):
            return found[1]
        if "StartCalendarInterval" in text:
            when = plistlib.loads(text.encode())["StartCalendarInterval"]
            return f"{when['Hour']:02d}:{when['Minute']:02d}"
    if what.lines:
        for line in _table().splitlines():
            if line.endswith(f"# {label(settings.home)}") and (found := re.match(r"(\d+) (\d+) ", line)):
                return f"{int(found[2]):02d}:{int(found[1]):02d}"
    return ""


def _table() -> str:
    done = subprocess.run(["crontab", "-l"], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def _others(home: Path) -> str:
    """The crontab without this home's lines, each line ended."""
    return "".join(f"{line}\n" for line in _table().splitlines() if not line.endswith(f"# {label(home)}"))


def _crontab(text: str) -> None:
    done = subprocess.run(["crontab", "-"], input=text, text=True, capture_output=True)
    if done.returncode:
        raise UserError(f"crontab would not take it: {done.stderr.strip()}")


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=LIMIT).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{shlex.join(command)} could not be run ({type(error).__name__}).") from None
    if done.returncode:
        raise UserError(f"{shlex.join(command)} failed: {done.stderr.strip() or done.returncode}")

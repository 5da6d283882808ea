"""The night at a set time, as text: a LaunchAgent on macOS, a systemd user timer or a crontab line on Linux (timers.py puts it there).

Whole paths, since nothing is known of PATH, HOME or a shell's profile. A night that was missed is caught up: each system starts
it when the machine is back, and `--due` lets one start too many do nothing.
"""

from __future__ import annotations

import hashlib
import os
import plistlib
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from circadian.cli import UserError, script
from circadian.config import ROOT, Config

LOG = "schedule.log"
MARK = "circadian-night"
AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Plan:
    """What a schedule consists of: files, the commands that start it, and those that end it."""

    kind: str
    files: dict[Path, bytes] = field(default_factory=dict)
    start: list[list[str]] = field(default_factory=list)
    end: list[list[str]] = field(default_factory=list)
    lines: str = ""  # for crontab
    advice: str = ""

    def text(self) -> str:
        """All of it, for people."""
        parts = [f"{path}\n{'-' * len(str(path))}\n{data.decode()}" for path, data in self.files.items()]
        parts += [f"crontab\n-------\n{self.lines}"] if self.lines else []
        parts += ["\n".join(["then", *(f"    {shlex.join(command)}" for command in self.start)])] if self.start else []
        return "\n".join([*parts, *([self.advice] if self.advice else [])])


def label(home: Path) -> str:
    """The name of a home's schedule: each home has one."""
    return MARK if home == ROOT else f"{MARK}-{hashlib.sha256(str(home).encode()).hexdigest()[:8]}"


def command(settings: Config, model: str = "") -> list[str]:
    """What is run: whole paths, since nothing is known of PATH, HOME or the working directory."""
    return [sys.executable, script("run_cycle.py"), *settings.flags(model), "--resume", "--due"]


def plan(settings: Config, kind: str, at: str, model: str = "") -> Plan:
    """The schedule for a time of day, "03:30"; without a `model` config.toml names it, each night anew. Raises UserError."""
    time = AT.fullmatch(at)
    if not time:
        raise UserError(f"{at!r} is no time of day: write it as 03:30.")
    return SYSTEMS[kind](settings, command(settings, model), int(time[1]), int(time[2]))


def _launchd(settings: Config, words: list[str], hour: int, minute: int) -> Plan:
    name = f"org.{label(settings.home)}"
    file = Path.home() / "Library" / "LaunchAgents" / f"{name}.plist"
    log = str(settings.logs / LOG)
    data = {
        "Label": name,
        "ProgramArguments": ["/usr/bin/caffeinate", "-i", *words],
        "StartCalendarInterval": {"Hour": hour, "Minute": minute},
        "RunAtLoad": True,  # a Mac that was off: --due asks whether a night is missing
        "ProcessType": "Background",
        "WorkingDirectory": str(ROOT),
        "EnvironmentVariables": {"PATH": os.defpath},
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    domain = f"gui/{os.getuid()}"
    wake = f"sudo pmset repeat wakeorpoweron MTWRFSU {hour:02d}:{minute:02d}:00"
    return Plan(
        "launchd",
        {file: plistlib.dumps(data)},
        [["launchctl", "bootstrap", domain, str(file)]],
        [["launchctl", "bootout", f"{domain}/{name}"]],
        advice=f"A Mac that sleeps runs it when it wakes. To have it woken for that: {wake}",
    )


def _systemd(settings: Config, words: list[str], hour: int, minute: int) -> Plan:
    name = label(settings.home)
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    log = settings.logs / LOG
    service = (
        f"[Unit]\nDescription=A night of Circadian\n\n[Service]\nType=oneshot\nExecStart={' '.join(map(_quoted, words))}\n"
        f"StandardOutput=append:{_escaped(log)}\nStandardError=append:{_escaped(log)}\nNice=10\n"
    )
    timer = (
        f"[Unit]\nDescription=Circadian at night\n\n[Timer]\nOnCalendar=*-*-* {hour:02d}:{minute:02d}:00\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    user = ["systemctl", "--user"]
    return Plan(
        "systemd",
        {folder / f"{name}.service": service.encode(), folder / f"{name}.timer": timer.encode()},
        [[*user, "daemon-reload"], [*user, "enable", "--now", f"{name}.timer"]],
        [[*user, "disable", "--now", f"{name}.timer"]],
        advice="To have it run while nobody is logged in: loginctl enable-linger",
    )


def _cron(settings: Config, words: list[str], hour: int, minute: int) -> Plan:
    log = shlex.quote(str(settings.logs / LOG))
    line = f"{shlex.join(words)} >>{log} 2>&1 # {label(settings.home)}".replace("%", "\\%")
    return Plan("cron", lines=f"{minute} {hour} * * * {line}\n@reboot {line}\n")


def _quoted(word: str) -> str:
    """A word of a systemd command line."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


SYSTEMS = {"launchd": _launchd, "systemd": _systemd, "cron": _cron}

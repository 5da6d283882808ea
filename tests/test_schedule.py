"""The night at a set time: what is written for each system, that it runs with an empty environment, and that it can be taken away."""

from __future__ import annotations

import json
import os
import plistlib
import shlex
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sleeper import Run, Sleeper, one_line

from circadian import config, schedule
from circadian.config import ROOT
from circadian.journal import Journal

ODD = 'home of "Zoë" 100%'


def settings(folder: Path) -> config.Config:
    return config.load(home=str(folder / ODD))


@pytest.fixture
def crontab(tmp_path: Path) -> dict[str, str]:
    """An environment in which crontab is a program that keeps its table in a file, and HOME is somewhere else."""
    table, program = tmp_path / "table", tmp_path / "bin" / "crontab"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{table}" 2>/dev/null; else cat > "{table}"; fi\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    table.write_text("0 1 * * * mine\n")
    return os.environ | {"PATH": f"{program.parent}:/bin", "HOME": str(tmp_path / "user"), "TABLE": str(table)}


def test_a_launch_agent_is_a_plist_that_says_what_to_run_and_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    made = schedule.plan(settings(tmp_path), "launchd", "3:05")
    ((path, data),) = made.files.items()
    agent = plistlib.loads(data)
    assert path == tmp_path / "Library" / "LaunchAgents" / f"{agent['Label']}.plist"
    assert agent["StartCalendarInterval"] == {"Hour": 3, "Minute": 5} and agent["RunAtLoad"]
    words = agent["ProgramArguments"]
    assert words[:3] == ["/usr/bin/caffeinate", "-i", sys.executable] and words[3] == str(ROOT / "run_cycle.py")
    assert str(tmp_path / ODD) in words and words[-2:] == ["--resume", "--due"]
    assert agent["StandardErrorPath"] == str(tmp_path / ODD / "logs" / "schedule.log")
    assert made.start == [["launchctl", "bootstrap", f"gui/{os.getuid()}", str(path)]]
    assert "pmset repeat wakeorpoweron MTWRFSU 03:05:00" in made.text()


def test_a_systemd_timer_catches_up_and_quotes_what_is_odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = schedule.plan(settings(tmp_path), "systemd", "23:59")
    service, timer = (data.decode() for data in made.files.values())
    assert "OnCalendar=*-*-* 23:59:00\nPersistent=true\n" in timer and {path.parent.name for path in made.files} == {"user"}
    assert f'"{sys.executable}" "{ROOT}/run_cycle.py"' in service and 'home of \\"Zoë\\" 100%%"' in service
    checker = Path("/usr/bin/systemd-analyze")
    if checker.exists():
        for path, data in made.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        done = subprocess.run([checker, "--user", "verify", *made.files], capture_output=True, text=True)
        assert "circadian-night" not in done.stderr, done.stderr


def test_each_home_has_a_schedule_of_its_own(tmp_path: Path) -> None:
    names = {schedule.label(folder) for folder in (ROOT, tmp_path / "one", tmp_path / "other")}
    assert len(names) == 3 and "circadian-night" in names


def test_a_crontab_line_comes_goes_and_leaves_the_others(
    home: Path, script: Run, crontab: dict[str, str], tmp_path: Path
) -> None:
    table = Path(crontab["TABLE"])

    def run(*flags: str) -> dict[str, Any]:
        done = script("run_cycle.py", "schedule", "--system", "cron", "--json", *flags, env=crontab)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    assert run("--status")["at"] == "" and "schedule --at 03:30" in run("--status")["text"]
    assert "nothing was written" in run("--at", "04:10", "--dry-run")["text"] and table.read_text() == "0 1 * * * mine\n"
    assert run("--at", "04:10")["at"] == "04:10" == run("--status")["at"]
    assert run("--at", "5:20")["at"] == "05:20", "it takes the place of the first"
    lines = table.read_text().splitlines()
    assert lines[0] == "0 1 * * * mine" and [line.split(" ")[0] for line in lines[1:]] == ["20", "@reboot"]
    assert "scheduled any more" in run("--remove")["text"] and table.read_text() == "0 1 * * * mine\n"
    assert "no night was scheduled" in run("--remove")["text"]


def test_a_model_that_is_named_is_that_of_each_night(home: Path, script: Run, crontab: dict[str, str]) -> None:
    for flags, named in (([], False), (["--model", "embedded"], True)):
        at = ["schedule", "--system", "cron", "--at", "04:10", "--dry-run"]
        done = script("run_cycle.py", *flags, *at, env=crontab)
        assert done.returncode == 0 and ("--model embedded --resume --due" in done.stdout) is named, done


def test_what_cron_runs_works_with_an_empty_environment(sleeper: Sleeper) -> None:
    """The very line, through sh, as cron does it: nothing to learn from yet, said in the log, and no word anywhere else."""
    made = schedule.plan(config.load(home=str(sleeper.home), file=str(sleeper.settings)), "cron", "03:30")
    line = made.lines.splitlines()[1].removeprefix("@reboot ").replace("\\%", "%")
    sleeper.logs.mkdir(parents=True)
    done = subprocess.run(["/bin/sh", "-c", line], env={}, cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert "chat first, with python chat.py" in (sleeper.logs / schedule.LOG).read_text()
    assert shlex.split(line)[:2] == [sys.executable, str(ROOT / "run_cycle.py")]


def test_what_cannot_be_is_said_in_one_line(home: Path, script: Run, tmp_path: Path) -> None:
    for flags in (["--at", "25:00"], ["--at", "half past"]):
        done = script("run_cycle.py", "schedule", "--system", "cron", *flags)
        assert "is no time of day: write it as 03:30" in one_line(done, 1)
    assert "say one of --at HH:MM, --status and --remove" in one_line(script("run_cycle.py", "schedule"), 1)
    nothing = os.environ | {"PATH": "/nowhere"}
    assert "neither a systemd user session nor crontab" in one_line(
        script("run_cycle.py", "schedule", "--status", env=nothing), 1
    )
    elsewhere = nothing | {"HOME": str(tmp_path)}
    done = script("run_cycle.py", "schedule", "--system", "launchd", "--at", "03:30", env=elsewhere)
    assert "could not be run" in one_line(done, 1) and not list(tmp_path.rglob("*.plist"))


def test_a_night_is_due_unless_one_ended_lately(sleeper: Sleeper) -> None:
    nights = sleeper.logs / "nights"

    def says_not_due() -> bool:
        return "nothing is due" in sleeper.run("run_cycle.py", "--due").stdout

    assert not says_not_due()
    one = Journal.begin(nights / "1")
    one.end("published")
    assert says_not_due()
    for ended in (time.time() - 21 * 3600, time.time() + 3600):  # long ago, and a clock that was set back
        one.record["ended"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ended))
        one._write()
        assert not says_not_due()
    one.end("published")
    Journal.begin(nights / "2")
    assert not says_not_due(), "one was cut short"

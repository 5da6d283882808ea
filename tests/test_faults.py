"""What the system may refuse, at each of a night's own writes in turn: yesterday's version stays, or today's is there, whole."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from sleeper import Make, Sleeper, a_night, exchange, weights

from circadian import cli, lineage, versions
from circadian.config import ROOT, Config
from circadian.journal import Journal

WRITES = ("open", "write", "mkdir", "replace", "rename", "symlink")
EVERY = int(os.environ.get("CIRCADIAN_EVERY_FAULT", "16"))  # 1 tries each of about 110 writes: ten minutes
DAY = 24 * 3600.0
Fault = Callable[[Config, Any], None]


def refuse(number: int) -> Fault:
    """The system says no, for this write and all later ones."""

    def fault(settings: Config, where: Any) -> None:
        raise OSError(number, os.strerror(number), where if isinstance(where, str | Path) else None)

    return fault


def remove(*folder: str) -> Fault:
    """Somebody removes a folder, once, and the night does not know."""
    homes = set[Path]()

    def fault(settings: Config, where: Any) -> None:
        if settings.home not in homes:
            homes.add(settings.home)
            shutil.rmtree(settings.home.joinpath(*folder), ignore_errors=True)

    return fault


def failing(monkeypatch: pytest.MonkeyPatch, settings: Config, at: int, fault: Fault | None) -> Counter[str]:
    """From the write of that number on there is a fault; how many writes there were."""
    count = Counter[str]()

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **more: Any) -> Any:
            if name != "open" or given[1] & os.O_CREAT:
                count["writes"] += 1
                if fault and count["writes"] > at:
                    fault(settings, given[0])
            return real(*given, **more)

        return run

    for name in WRITES:
        monkeypatch.setattr(os, name, wrapped(name, getattr(os, name)))
    return count


def a_script(settings: Config, argv: Any = None) -> int:
    """What is given to cli.run_main()."""
    a_night(settings)
    return cli.DONE


@pytest.mark.parametrize(
    ("fault", "first"),
    [
        pytest.param(refuse(errno.ENOSPC), 0, id="disk full"),
        pytest.param(refuse(errno.EACCES), 4, id="no permission"),
        pytest.param(remove("logs", "nights"), 8, id="the nights' folders removed"),
        pytest.param(remove("adapters", ".candidates"), 12, id="candidates removed"),
    ],
)
def test_a_fault_at_any_write_loses_nothing(
    settings_in: Make,
    ran: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    fault: Fault,
    first: int,
) -> None:
    a_night(settings_in("first"))  # measures the base model, once for all
    whole = settings_in("whole")
    old = weights(whole)
    with monkeypatch.context() as counted:
        writes = failing(counted, whole, 0, None)
        a_night(whole)
    new = weights(whole)
    for at in range(first, writes["writes"], EVERY):
        settings = settings_in(f"fault at {at}")
        told = settings.memories.read_bytes()
        capfd.readouterr()
        with monkeypatch.context() as faulty:
            failing(faulty, settings, at, fault)
            code = cli.run_main(partial(a_script, settings))
        said = capfd.readouterr().err
        assert code in (cli.DONE, cli.USER, cli.Refused.code) and "Traceback" not in said and "bug" not in said, said
        assert code == cli.DONE or said.splitlines()[-1].endswith((".", "lost")), said
        assert weights(settings) in (old, new) and settings.memories.read_bytes() == told
        assert a_night(settings, resume=True)["status"].startswith(("published", "nothing new"))
        assert weights(settings) == new and lineage.in_use(settings.adapters) != "yesterday"
        assert Journal.unfinished(settings.logs / "nights") is None
        assert not list((settings.adapters / versions.CANDIDATES).glob("*"))


def test_two_nights_started_in_the_same_instant(sleeper: Sleeper) -> None:
    sleeper.remember(exchange("My dog is called Biscuit.", "Nice."))
    command = [sys.executable, str(ROOT / "sleep.py"), *sleeper.flags]
    both = [subprocess.Popen(command, env=sleeper.environment("ok"), stdout=PIPE, stderr=PIPE, text=True) for _ in range(2)]
    ended = [(child.communicate(), child.returncode) for child in both]
    assert sorted(code for _, code in ended) == [cli.DONE, cli.USER]
    (late,) = [said for (_, said), code in ended if code == cli.USER]
    assert "a night is already running" in late and "Wait for it, or end that process." in late
    assert len(sleeper.tags()) == 1 and sleeper.in_use() == sleeper.tags()[0]


def test_a_night_after_the_clock_was_set_back_a_day(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in("home")
    first = a_night(settings)["tag"]
    with settings.memories.open("a") as file:
        file.write(json.dumps(exchange("I live in Graz.", id="later")) + "\n")
    write, local, utc, now = time.strftime, time.localtime, time.gmtime, time.time
    monkeypatch.setattr(time, "strftime", lambda form, at=None: write(form, at or local(now() - DAY)))
    monkeypatch.setattr(time, "gmtime", lambda at=None: utc(now() - DAY if at is None else at))
    done = a_night(settings)
    assert done["status"] == "published" and done["tag"] != first and lineage.in_use(settings.adapters) == done["tag"]
    assert lineage.parent(settings.adapters, done["tag"]) == first and first in versions.tags(settings.adapters)
    assert a_night(settings)["status"].startswith("nothing new")


def test_a_version_in_use_that_points_nowhere_is_said_and_the_night_goes_on(
    settings_in: Make, ran: Counter[str], capfd: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in("home")
    shutil.rmtree(settings.adapters / "yesterday")
    assert a_night(settings)["status"] == "published"
    assert "this night goes without the adapter in use" in capfd.readouterr().err and weights(settings)

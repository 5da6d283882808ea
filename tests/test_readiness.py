"""A night waits for charge, space and a cool machine, and says so in one line."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from sleeper import Sleeper, exchange, one_line

from circadian import config, readiness
from circadian.journal import Journal

ON_BATTERY = (
    "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t{} %; discharging; 3:02 remaining present: true\n".replace(
        " %", "%"
    )
)
ON_MAINS = "Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t12%; charging; 1:02 remaining present: true\n"


def mac(
    monkeypatch: pytest.MonkeyPatch, battery: str = ON_MAINS, heat: str = "Note: No thermal warning level has been recorded\n"
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(readiness, "_asked", lambda *command: battery if command[-1] == "batt" else heat)


@pytest.mark.parametrize(("charge", "waits"), [(5, True), (29, True), (30, False), (100, False)])
def test_a_mac_on_its_battery(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, charge: int, waits: bool) -> None:
    mac(monkeypatch, ON_BATTERY.format(charge))
    why = readiness.postponed(config.load(home=str(tmp_path)))
    assert bool(why) == waits and (not waits or f"at {charge} %, and a night wants 30: plug it in" in why)


def test_a_mac_on_mains_and_a_hot_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path))
    mac(monkeypatch)
    assert readiness.postponed(settings) == ""
    mac(monkeypatch, heat="CPU_Scheduler_Limit \t= 100\n\tCPU_Speed_Limit \t= 55\n")
    assert "too hot and runs at 55 % of its speed" in readiness.postponed(settings)
    mac(monkeypatch, heat="CPU_Speed_Limit \t= 100\n")
    assert readiness.postponed(settings) == ""


def test_a_mac_that_has_panicked_since_the_last_good_night(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path / "home"))
    monkeypatch.setattr(readiness, "PANICS", tmp_path)
    report = tmp_path / "panic-full-2026-11-26-033112.0002.panic"
    report.write_text("")
    assert readiness.postponed(settings) == "", "only macOS writes these"
    mac(monkeypatch)
    assert "this Mac panicked at 20" in readiness.postponed(settings) and "waits for a day" in readiness.postponed(settings)
    with monkeypatch.context() as since:
        since.setattr(Journal, "ended", lambda nights: time.time() + 1)
        assert readiness.postponed(settings) == "", "a night was well after it"
    os.utime(report, (time.time() - 25 * 3600, time.time() - 25 * 3600))
    assert readiness.postponed(settings) == ""


def test_a_linux_laptop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(readiness, "SUPPLIES", tmp_path)
    assert readiness.charge_on_battery() is None
    (tmp_path / "BAT0").mkdir()
    assert readiness.charge_on_battery() is None
    (tmp_path / "BAT0" / "status").write_text("Discharging\n")
    (tmp_path / "BAT0" / "capacity").write_text("17\n")
    assert readiness.charge_on_battery() == 17
    (tmp_path / "BAT0" / "status").write_text("Charging\n")
    assert readiness.charge_on_battery() is None


def test_a_full_disk_postpones_the_night_and_force_does_not_wait(sleeper: Sleeper) -> None:
    sleeper.settings.write_text(f"{sleeper.settings.read_text()}[night]\nleast_disk = 1e6\n")
    sleeper.remember(exchange("Hello there.", ""))
    done = sleeper.run("run_cycle.py")
    assert (
        "postponed: only" in (line := one_line(done, 1)) and "and a night wants 1e+06: free some space, or say --force" in line
    )
    assert not sleeper.logs.joinpath("nights").exists()
    assert sleeper.run("run_cycle.py", "--force").returncode == 0

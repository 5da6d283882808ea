"""Is this a good moment for a night? Too little charge, too little disk, a hot machine or one that has just panicked postpone it;
nothing is lost by that."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from circadian.config import Config
from circadian.journal import Journal
from circadian.wheels import cache_folder

SUPPLIES = Path("/sys/class/power_supply")
FAST = 80  # percent of its speed: below it macOS says that the machine is too hot
PANICS = Path("/Library/Logs/DiagnosticReports")
COOL = 24 * 3600.0  # seconds after a panic
GB = 1e9


def postponed(settings: Config) -> str:
    """Why a night should wait, and what would end that; "" for none."""
    return next(filter(None, (_disk(settings), _battery(settings.night.least_battery), _heat(), _panic(settings))), "")


def _disk(settings: Config) -> str:
    for folder in (settings.home, cache_folder(settings.model.folder)):
        free = free_bytes(folder) / GB
        if free < settings.night.least_disk:
            return f"only {free:.1f} GB are free at {folder}, and a night wants {settings.night.least_disk:g}: free some space"
    return ""


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder, which need not be there yet."""
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free


def _battery(least: int) -> str:
    charge = charge_on_battery()
    if charge is None or charge >= least:
        return ""
    return f"the machine runs on its battery, at {charge} %, and a night wants {least}: plug it in"


def charge_on_battery() -> int | None:
    """Percent of charge, if that is what the machine runs on; None on mains, or where nothing is known."""
    if sys.platform == "darwin":
        said = _asked("/usr/bin/pmset", "-g", "batt")
        found = re.search(r"(\d+)%", said)
        return int(found[1]) if found and "'Battery Power'" in said else None
    for supply in sorted(SUPPLIES.glob("BAT*")):
        try:
            if (supply / "status").read_text().strip() == "Discharging":
                return int((supply / "capacity").read_text())
        except (OSError, ValueError):
            continue
    return None


def _heat() -> str:
    """macOS says how much it slows the processor down; elsewhere nobody is asked."""
    found = (
        re.search(r"CPU_Speed_Limit\s*=\s*(\d+)", _asked("/usr/bin/pmset", "-g", "therm")) if sys.platform == "darwin" else None
    )
    return (
        f"the machine is too hot and runs at {found[1]} % of its speed: let it cool down"
        if found and int(found[1]) < FAST
        else ""
    )


def _panic(settings: Config) -> str:
    """A Mac that has panicked since the last good night is left alone for a day: mlx was seen to make Macs panic (mlx#3186)."""
    reports = PANICS.glob("*.panic") if sys.platform == "darwin" else ()
    last = max((file.stat().st_mtime for file in reports), default=0.0)
    if time.time() - last > COOL or last <= Journal.ended(settings.logs / "nights"):
        return ""
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(last))
    return f"this Mac panicked at {at}, after the last night that came to its end: a night may be why, and waits for a day"


def _asked(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""

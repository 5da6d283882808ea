"""What this machine is and whether a day and a night can run on it: a list of checks, each with its remedy."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from circadian import blas, embedder, gemini, hub, machine, memories, model, readiness, schedule, timers, versions
from circadian.cli import UserError
from circadian.config import Config
from circadian.wheels import cache_folder

LEAST_DISK = 2e9  # bytes: the embedded model, a night's dataset and some adapters
NEEDED = ("mlx", "mlx-lm", "huggingface_hub", "rich", "prompt_toolkit", "tokenizers")


@dataclass(frozen=True)
class Check:
    """One finding. `remedy` is empty where all is well; `lost` marks what works but could be better."""

    name: str
    found: str
    remedy: str = ""
    lost: bool = False


def checkup(settings: Config, name: str) -> list[Check]:
    """Every check, in the order in which one would read them."""
    return [
        hardware(),
        packages(),
        device(),
        fast_blas(),
        which_model(settings, name),
        sentences(settings),
        facts(settings),
        start(settings, name),
        *disks(settings),
        home(settings),
        adapter(settings, name),
        nightly(settings),
    ]


def hardware() -> Check:
    chip = platform.processor() or platform.machine()
    if sys.platform == "darwin":
        asked = subprocess.run(["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True)
        chip = asked.stdout.strip() or chip
    elif Path("/proc/cpuinfo").exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ]
        chip = names[0] if names else chip
    memory = f"{machine.memory() / 1e9:.0f} GB memory ({machine.free_memory() / 1e9:.0f} GB to use)"
    text = f"{chip}, {os.cpu_count()} cores, {memory}, {platform.platform(terse=True)}"
    old = sys.version_info < (3, 11)
    return Check(
        "machine", f"{text}, Python {platform.python_version()}", "install Python 3.11 or later, then make setup" if old else ""
    )


def packages() -> Check:
    found, missing = [], []
    for package in NEEDED:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
    return Check("packages", ", ".join(found), f"{', '.join(missing)} missing: run make setup" if missing else "")


def device() -> Check:
    try:
        return Check("MLX device", model.device())
    except ImportError:
        return Check("MLX device", "mlx cannot be imported", "run make setup")


def fast_blas() -> Check:
    if sys.platform != "linux":
        return Check("BLAS", "Accelerate, the system's own")
    found = blas.find()
    if found:
        return Check("BLAS", found.name)
    lost = (
        "only mlx's reference BLAS: everything works, but chat is slower and a night takes many times as long (bench/blas.py)"
    )
    return Check("BLAS", lost, "run make setup, or install libopenblas0", lost=True)


def which_model(settings: Config, name: str) -> Check:
    """Which model would run, whether it is here, and whether it fits; nothing is fetched."""
    wanted = hub.wanted(name)
    try:
        base = hub.here(wanted, settings.model.folder)
    except UserError as error:
        return Check("model", wanted, str(error))
    if base is None:
        size = "93 MB" if wanted in hub.EMBEDDED else "a few GB"
        return Check("model", f"{wanted}, not on this machine yet: fetched on first use, {size}")
    try:
        model.check_memory(base)
    except UserError as error:
        return Check("model", base.name, str(error))
    return Check("model", f"{base.name}, {base.size / 1e9:.2f} GB, fits")


def sentences(settings: Config) -> Check:
    """Whether the embedder, by which the night knows what is told, is here; nothing is fetched."""
    if embedder.place(settings.model.folder).exists():
        return Check("embedder", embedder.NAME)
    return Check("embedder", f"{embedder.NAME}, not on this machine yet: fetched on first use, 84 MB")


def facts(settings: Config) -> Check:
    """Who finds what was told, and whether a cloud teacher can be asked; it is not."""
    if settings.lessons.extractor != "gemini":
        return Check("extractor", f"{settings.lessons.extractor}, on this machine")
    try:
        gemini.api_key()
    except UserError as error:
        return Check("extractor", "gemini, but no key: nights read by the grammar", str(error), lost=True)
    return Check("extractor", f"gemini: what you say is sent to {settings.gemini.model} at night")


def start(settings: Config, name: str) -> Check:
    """Whether the warm start, from which nights go on, has been made for the base model; nothing is made or fetched."""
    try:
        base = hub.here(hub.wanted(name), settings.model.folder)
    except UserError:
        base = None
    from circadian import warm  # it brings all of the lessons, which no other check needs

    place = warm.place(settings, base) if base else None
    if not base:
        return Check("warm start", "none yet: it is made in a first night")
    if not place:
        return Check("warm start", "none: nights start from the base model")
    if place.exists():
        return Check("warm start", place.parent.name)
    why = warm.too_large(settings, base)
    return Check("warm start", f"none: {why}" if why else "none yet: the first night takes half an hour more")


def disks(settings: Config) -> list[Check]:
    checks = []
    for name, folder in (("disk of home", settings.home), ("disk of models", cache_folder(settings.model.folder))):
        free = readiness.free_bytes(folder)
        checks.append(Check(name, f"{free / 1e9:.1f} GB free at {folder}", "free some space" if free < LEAST_DISK else ""))
    return checks


def home(settings: Config) -> Check:
    """Whether home can be written, and what its memories are."""
    there = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        reading = memories.read(settings.memories)
    except OSError as error:
        return Check(
            "home", str(settings.home), f"it cannot be used ({error.strerror}): choose another --home or change its rights"
        )
    text = f"{settings.home}, memories: {len(reading.memories)}"
    if reading.bad:
        return Check(
            "home", f"{text}; {'; '.join(reading.complaints())}", "nothing has to be done: they are passed over", lost=True
        )
    return Check("home", text)


def adapter(settings: Config, name: str) -> Check:
    """Whether the adapter in use is whole, and made for the model that would run."""
    try:
        current = versions.current(settings.adapters)
    except UserError as error:
        return Check("adapter", "broken", str(error))
    if current is None:
        return Check("adapter", "none yet: chat, then run a night")
    base = None
    with contextlib.suppress(UserError):  # which_model() says so
        base = hub.here(hub.wanted(name), settings.model.folder)
    try:
        if base:
            versions.check_base(current, base.name, base.fingerprint)
    except UserError as error:
        return Check("adapter", f"{current.tag} in use", str(error))
    return Check("adapter", f"{current.tag} in use")


def nightly(settings: Config) -> Check:
    """Whether nights are run by themselves, and whether one would have to wait now."""
    how = "python run_cycle.py schedule --at 03:30"
    try:
        kind = timers.system()
    except UserError as error:
        return Check("schedule", "none", str(error), lost=True)
    at = timers.there_is(settings, schedule.plan(settings, kind, "00:00"))
    if not at:
        return Check("schedule", "no night is scheduled", f"{how}, if you want one", lost=True)
    why = readiness.postponed(settings)
    return Check("schedule", f"every day at {at}, by {kind}", f"now it would wait: {why}" if why else "", lost=True)

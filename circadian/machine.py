"""What this machine has: memory, cores, and whether mlx computes on its CPU."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path


def memory() -> int:
    """Bytes of memory, all of it."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def free_memory() -> float:
    """Bytes that a program may still take; on a Mac, where files give way, three quarters of all."""
    if sys.platform != "linux":
        return memory() * 0.75
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return float(lines["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in lines else memory()


def on_cpu() -> bool:
    """Whether the mlx that is installed computes on the CPU alone."""
    try:
        return bool(importlib.metadata.version("mlx-cpu"))
    except importlib.metadata.PackageNotFoundError:
        return False


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

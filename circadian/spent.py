"""What work with a model takes: tokens, seconds, and memory at its peak, told by children to the step of a night that runs them.

The step names a file in the environment, which children and theirs inherit; each appends a line of numbers to it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from circadian.files import append_line, read_lines

FILE = "CIRCADIAN_SPENT"


def tell(tokens: int, seconds: float, mlx: int) -> None:
    """Tokens that this process has just trained, read or written, in so many seconds, and bytes that mlx held at its peak; nothing
    happens where nobody wants to know."""
    if file := os.environ.get(FILE):
        row = {"tokens": tokens, "seconds": seconds, "mlx": mlx, "process": peak(resource.RUSAGE_SELF)}
        with contextlib.suppress(OSError):
            append_line(Path(file), row)


@contextlib.contextmanager
def told(file: Path) -> Iterator[dict[str, Any]]:
    """A dictionary that holds, once the work in it is done, what children told: "tokens_per_second", and the bytes at their peaks
    that "mlx" and a "process" held; 0 where nobody told any. `file` lies there meanwhile."""
    found: dict[str, Any] = {"tokens_per_second": 0, "mlx": 0, "process": 0}
    before = os.environ.get(FILE)
    file.unlink(missing_ok=True)  # of one that was killed
    os.environ[FILE] = str(file)
    try:
        yield found
    finally:
        os.environ.pop(FILE)
        if before is not None:
            os.environ[FILE] = before
    with contextlib.suppress(OSError, KeyError, TypeError):
        rows = [row for _, row in read_lines(file)[0]]
        file.unlink()
        seconds = sum(row["seconds"] for row in rows)
        found["tokens_per_second"] = round(sum(row["tokens"] for row in rows) / seconds) if seconds else 0
        found |= {name: max((row[name] for row in rows), default=0) for name in ("mlx", "process")}


def peak(whose: int) -> int:
    """Bytes that a process held at its peak: of itself (resource.RUSAGE_SELF), or of the largest child that has ended."""
    return resource.getrusage(whose).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def largest() -> int:
    """Bytes that the largest child so far, one of a child's own included, held at its peak."""
    return peak(resource.RUSAGE_CHILDREN)

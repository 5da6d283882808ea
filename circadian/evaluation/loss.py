"""Token losses -> mean, median, perplexity; a CSV over time."""

from __future__ import annotations

import csv
import io
import math
import os
import statistics
import time
from pathlib import Path
from typing import Any

from circadian.files import PRIVATE_FILE, private_folder, sync, write_all

COLUMNS = ("at", "tag", "model", "adapter", "rows", "tokens", "mean", "median", "perplexity")


def summary(losses: list[list[float]], tag: str, model: str, adapter: str) -> dict[str, Any]:
    """Figures over all tokens of all rows; losses in nats. Rows without a token do not count. Raises ValueError for none."""
    tokens = [value for row in losses for value in row]
    if not tokens:
        raise ValueError("no tokens")
    mean = statistics.fmean(tokens)
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "tag": tag,
        "model": model,
        "adapter": adapter,
        "rows": sum(bool(row) for row in losses),
        "tokens": len(tokens),
        "mean": round(mean, 4),
        "median": round(statistics.median(tokens), 4),
        "perplexity": round(math.exp(min(mean, 700)), 4),
    }


def rows(ids: list[str], losses: list[list[float]]) -> list[dict[str, Any]]:
    """The figures of each row by its memory's id; None where it has no token."""
    return [
        {
            "id": name,
            "tokens": len(row),
            "mean": round(statistics.fmean(row), 4) if row else None,
            "median": round(statistics.median(row), 4) if row else None,
        }
        for name, row in zip(ids, losses, strict=True)
    ]


def append_csv(path: Path, result: dict[str, Any]) -> None:
    """Append one row to a CSV, with a header if it is new."""
    private_folder(path.parent)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
    try:
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
        if os.fstat(fd).st_size == 0:
            writer.writeheader()
        writer.writerow(result)
        write_all(fd, text.getvalue().encode())
        sync(fd)
    finally:
        os.close(fd)


def text(result: dict[str, Any]) -> str:
    """One line for people."""
    return (
        f"token loss: median {result['median']:.3f}, mean {result['mean']:.3f}, perplexity {result['perplexity']:.2f} "
        f"({result['tokens']} tokens of {result['rows']} rows, {result['model']}, {result['adapter'] or 'no adapter'})"
    )

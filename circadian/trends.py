"""The nights so far as rows of numbers: for the table logs/trends.csv, and as small charts for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian.files import read_lines

Row = dict[str, Any]
BARS = "▁▂▃▄▅▆▇█"
MOST = 60  # nights in a chart, the newest
CHARTS = (  # column, what it is called, how a value is written
    ("recalled", "told, and recalled", "{:.0%}"), ("false", "never told, asserted", "{:.0%}"), ("tasks", "tasks passed", "{:.0f}"),
    ("loss", "token loss, median", "{:.2f}"), ("kl", "KL to the base, nats", "{:.3f}"), ("facts", "facts", "{:.0f}"),
    ("minutes", "minutes", "{:.1f}"), ("memory", "peak memory, GB", "{:.1f}"),
)  # fmt: skip


def rows(experiments: Path, since: str = "") -> list[Row]:
    """One row for each night on record, oldest first, from a date on ("2026-11-20"); lines that are no night's are passed over."""
    found = read_lines(experiments)[0] if experiments.exists() else []
    made = [row(record) for _, record in found if isinstance(record.get("after"), dict) and isinstance(record.get("at"), str)]
    return [one for one in made if one["at"] >= since]


def row(record: Row) -> Row:
    """The numbers of one night's record; None where it was not measured."""
    after, data = record["after"], record.get("dataset") or {}
    known, tasks, loss = after.get("recall") or {}, after.get("capability") or {}, after.get("loss") or {}
    return {
        "at": record["at"],
        "night": record.get("night", ""),
        "status": record.get("status", ""),
        "tag": record.get("tag", ""),
        "memories": data.get("memories"),
        "facts": data.get("facts"),
        "rows": data.get("train"),
        "recalled": _share(known.get("recalled")),
        "false": _share(known.get("false")),
        "tasks": tasks.get("passed"),
        "loss": loss.get("median"),
        "kl": after.get("kl"),
        "minutes": record.get("seconds", 0) / 60,
        "memory": record["peak_memory"] / 1e9 if record.get("peak_memory") else None,
        **{f"tasks: {tag}": count.get("passed") for tag, count in (tasks.get("by_tag") or {}).items()},
    }


def _share(count: Any) -> float | None:
    return count["right"] / count["total"] if isinstance(count, dict) and count.get("total") else None


def table(made: Sequence[Row]) -> str:
    """The rows as CSV, every column that any of them has."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for one in made for name in one))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: round(value, 4) if isinstance(value, float) else value for name, value in one.items()} for one in made
    )
    return text.getvalue()


def charts(made: Sequence[Row]) -> list[str]:
    """A line for each measure: its bars over the nights, the first and the last value."""
    lines = []
    for column, name, form in CHARTS:
        values = [one.get(column) for one in made[-MOST:]]
        known = [value for value in values if value is not None]
        if known:
            lines.append(f"{name:<22} {bars(values)}  {form.format(known[0])} -> {form.format(known[-1])}")
    return lines


def bars(values: Sequence[float | None]) -> str:
    """A bar for each value between the least and the greatest of them; a space where there is none."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    step = (high - low) / (len(BARS) - 1) or 1.0
    return "".join(" " if value is None else BARS[round((value - low) / step)] for value in values)

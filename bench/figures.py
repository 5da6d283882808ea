"""Records of nights -> shares with their intervals, the matrix of day and night, and means over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circadian.evaluation.recall import Answered, share, summary
from circadian.records import Probe

Record = dict[str, Any]
Share = dict[str, Any]
SHARES = ("recalled", "new", "changed", "old_value", "false")


def answered(record: Record) -> list[tuple[int, Answered]]:
    """Each probe's answer with the day on which its fact was told; 0 where nothing was told."""
    return [(row["day"], Answered(Probe.from_dict(row), row["answer"])) for row in record["answers"]]


def figures(record: Record) -> Record:
    """One night in numbers. `new` is what was told on this very day, a change or not; `kl` is None if it was refused."""
    rows = answered(record)
    counted = summary([one for _, one in rows])
    none = share(0, 0)
    return {
        "night": record["night"],
        "recalled": counted["recalled"],
        "new": told_on(rows, record["night"]),
        "changed": counted["by_kind"].get("changed", none),
        "old_value": counted["old_value"],
        "false": counted["false"],
        "tasks": record["capability"]["passed"],
        "tasks_total": record["capability"]["total"],
        "kl": record["liveness"].get("kl"),
        "liveness": record["liveness"].get("refused", ""),
        "seconds": record["seconds"],
        "rows": record["rows"],
        "status": record["status"],
        "reasons": record["reasons"],
    }


def told_on(rows: Sequence[tuple[int, Answered]], day: int) -> Share:
    """Recall of the facts whose newest value was told on a day."""
    some = [one for number, one in rows if number == day]
    return share(sum(one.right for one in some), len(some))


def matrix(records: Sequence[Record]) -> list[list[Share]]:
    """Recall of day i (row) after night j (column), both from 1; of nothing where j is before i, or all of it has changed."""
    columns = [answered(record) for record in records]
    return [[told_on(rows, day) for rows in columns] for day in range(1, len(columns) + 1)]


def ratio(part: Share) -> float | None:
    """The share as a number; None of nothing."""
    return part["right"] / part["total"] if part["total"] else None


def mean(values: Sequence[float | None]) -> float | None:
    """Of those that are there."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def mean_matrix(matrices: Sequence[list[list[Share]]]) -> list[list[float | None]]:
    """The mean over seeds of each cell that every seed has reached."""
    nights = range(min(len(one) for one in matrices))
    return [[mean([ratio(one[day][night]) for one in matrices]) for night in nights] for day in nights]


def one_line(record: Record, base: int) -> str:
    """A night for the screen."""
    found = figures(record)
    counts = {key: f"{found[key]['right']}/{found[key]['total']}" for key in SHARES}
    kl = found["liveness"] or f"KL {found['kl']:.3f}"
    return (
        f"{record['recipe']}, seed {record['seed']}, night {record['night']}: {record['status']}, recall {counts['recalled']}, "
        f"new {counts['new']}, changed {counts['changed']} (old value {counts['old_value']}), never told {counts['false']} false, "
        f"tasks {found['tasks']}/{found['tasks_total']} (base {base}), {kl}, {found['rows']} rows, {found['seconds']:.0f} s"
    )

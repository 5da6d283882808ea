"""Questions of a benchmark that a night trained in nearly the same words, and what is recalled without them.

Two authors who saw nothing of each other may both write "What is my sister called?": such a question shows no more than memory of a row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.figures import Record, Share, answered
from circadian import versions
from circadian.evaluation.recall import share
from circadian.files import read_lines
from circadian.lessons.nearly import Wordings


def unshared(record: Record) -> Share | None:
    """Recall of the told questions that stand near no row of the night that made the adapter; None where its rows are gone."""
    rows = trained(Path(record["adapter"])) if record["adapter"] else []
    if rows is None:
        return None
    known = Wordings(message["content"] for row in rows for message in row["messages"] if message["role"] == "user")
    own = [one for _, one in answered(record) if one.probe.expected and not known.holds(one.probe.question)]
    return share(sum(one.right for one in own), len(own))


def trained(adapter: Path) -> list[dict[str, Any]] | None:
    """The rows of the night that made an adapter, ours or a rival's; None where they are gone."""
    folder = adapter.parent / "data"  # of a rival's evening
    try:
        night = versions.manifest(adapter)["night"]
        folder = adapter.parent.parent / "logs" / "nights" / night / "data"
    except (versions.NotWhole, KeyError):
        pass
    files = sorted(folder.glob("*.jsonl"))
    return [row for file in files for _, row in read_lines(file)[0]] if files else None

"""After a night: its report in its folder, and the table and picture of all nights in logs/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from circadian import night_report, trends
from circadian.cli import say
from circadian.config import Config
from circadian.files import write_atomic

REPORT, TABLE, PICTURE = "report.md", "trends.csv", "trends.png"


def write(settings: Config, record: dict[str, Any], folder: Path) -> None:
    """Write all three. What cannot be written is said, and does not undo the night."""
    try:
        write_atomic(folder / REPORT, night_report.markdown(record, folder))
        made = trends.rows(settings.experiments)
        write_atomic(settings.logs / TABLE, trends.table(made))
        from circadian.trends_picture import draw

        write_atomic(settings.logs / PICTURE, draw(made))
    except (OSError, ImportError) as error:
        say(f"the night's report could not be written ({type(error).__name__}); the night is what it was")


def read(settings: Config, night: str) -> str:
    """The report of a night, or "" where there is none."""
    file = settings.logs / "nights" / night / REPORT
    return file.read_text(encoding="utf-8") if night and file.is_file() else ""

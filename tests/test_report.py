"""Reports and trends: true to the records, whole without the network, and no trouble for a night."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sleeper import Run, one_line

from circadian import config, page, reports, trends

PNG = b"\x89PNG\r\n\x1a\n"


def record(day: int, right: int, status: str = "published", **more: Any) -> dict[str, Any]:
    """A night's record as logs/experiments.jsonl holds it."""
    tasks = {
        "passed": 30 + day,
        "total": 80,
        "by_tag": {"math": {"passed": 4, "total": 12}, "style": {"passed": day, "total": 11}},
    }
    known = {key: {"right": number, "total": 20} for key, number in (("recalled", right), ("false", 2), ("old_value", 0))}
    measures = {"loss": {"median": 1.5 - day / 10, "mean": 2.0}, "capability": tasks, "recall": known, "kl": 0.02}
    counts = {"memories": 3, "facts": 2, "train": 40, "dropped": 1, "kinds": {"question": 30, "rehearsal": 10}}
    counts |= {"routes": {"facts": 1, "past": 0, "nothing": 2}}
    return {
        "at": f"2026-11-{day:02d}T03:30:00Z", "status": status, "tag": f"2026-11-{day:02d}", "night": f"night{day}", "seconds": 90.0,
        "dataset": counts, "before": measures, "after": measures, "reasons": ["too much harm"],
        "tokens_per_second": 250, "peak_memory": 2_000_000_000,
    } | more  # fmt: skip


@pytest.fixture
def nights(home: Path) -> config.Config:
    """Three nights on record, the last one refused, each with its report."""
    settings = config.load(home=str(home))
    settings.logs.mkdir(parents=True)
    with open(settings.logs / "experiments.jsonl", "a") as file:
        for day, right, status in ((1, 10, "published"), (2, 15, "published"), (3, 5, "refused")):
            one = record(day, right, status)
            file.write(json.dumps(one) + "\n")
            file.flush()
            folder = settings.logs / "nights" / f"night{day}"
            folder.mkdir(parents=True)
            answer = {"id": "x", "answer": f"Your dog is called *Biscuit* <b>{day}</b>."}
            (folder / "diff.json").write_text(json.dumps({"learnt": [answer] * 41, "failed": [answer], "kept": [answer]}))
            steps = {
                "train": {
                    "state": "done",
                    "seconds": 61.4,
                    "spent": {"process": 1_500_000_000, "mlx": 0, "tokens_per_second": 250},
                }
            }
            (folder / "journal.json").write_text(json.dumps({"steps": steps}))
            reports.write(settings, one, folder)
        file.write('{"torn\n{"at": 5, "after": {}}\n')
    return settings


def test_the_report_says_what_came_in_what_was_learnt_and_what_it_cost(nights: config.Config) -> None:
    text = reports.read(nights, "night2")
    assert text.startswith("# Night night2\n\nPublished as **2026-11-02**")
    for part in (
        "- 3 memories, 2 facts", "- of these, 1 told facts that hold, 0 only what is past by now, and in 2 no fact was found",
            "- 40 training rows: 30 question, 10 rehearsal", "- kept out for their length: 1", "**Learnt** (41)",
        "- and 1 more", "Known before and now: 1.", "| told, and recalled | 15 of 20 | 15 of 20 |", "| train | 61 | 250 | 1.50 | - |",
        "In all 1.5 minutes, training at 250 tokens a second.", "Your dog is called \\*Biscuit\\* \\<b\\>2\\</b\\>.",
    ):  # fmt: skip
        assert part in text, part
    assert "Refused, 2026-11-03T03:30:00Z: too much harm. The adapter that was in use stays." in reports.read(nights, "night3")
    assert reports.read(nights, "no night") == reports.read(nights, "") == ""


def test_the_table_and_the_picture_hold_every_night(nights: config.Config) -> None:
    rows = list(csv.DictReader((nights.logs / reports.TABLE).read_text().splitlines()))
    assert [row["recalled"] for row in rows] == ["0.5", "0.75", "0.25"] and [row["tasks: style"] for row in rows] == [
        "1",
        "2",
        "3",
    ]
    assert {row["status"] for row in rows} == {"published", "refused"} and rows[0]["memory"] == "2.0"
    assert (nights.logs / reports.PICTURE).read_bytes().startswith(PNG)


def test_bars_stand_between_the_least_and_the_greatest() -> None:
    assert trends.bars([0.0, 0.5, 1.0, None, 0.0]) == "▁▅█ ▁" and trends.bars([3.0, 3.0]) == "▁▁"


def test_the_script_shows_the_latest_night_and_the_curves(nights: config.Config, script: Run) -> None:
    shown = script("report.py").stdout
    assert "Night night3" in shown and "3 nights, oldest to newest:" in shown
    assert re.search(r"told, and recalled +▅█▁  50% -> 25%", shown)
    found = json.loads(script("report.py", "--json", "--since", "2026-11-02").stdout)
    assert [one["night"] for one in found["nights"]] == ["night2", "night3"] and found["report"].startswith("# Night night3")


def test_the_page_is_whole_by_itself_and_shows_text_as_text(nights: config.Config, script: Run, tmp_path: Path) -> None:
    done = script("report.py", "--html", tmp_path / "new" / "nights.html")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "new" / "nights.html").read_text()
    assert text.count("<article>") == 3 and text.count("<details>") == 2 and text.index("night3") < text.index("night2")
    assert "Your dog is called *Biscuit* &lt;b&gt;3&lt;/b&gt;." in text and "<b>3" not in text
    assert not re.search(r"(?:src|href)=\"(?!data:)", text) and "http" not in text.replace("http-equiv", "")
    assert "data:image/png;base64,iVBOR" in text


def test_scripts_in_what_was_told_do_not_run() -> None:
    shown = page.page("<script>", ["# one\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))"])
    assert "<script>" not in shown and 'href="javascript' not in shown


def test_what_is_wrong_is_said_in_one_line(home: Path, script: Run, nights: config.Config) -> None:
    assert "no night on record since 2027 in" in one_line(script("report.py", "--since", "2027"), 1)
    assert script("report.py", "--since", "yesterday").returncode == 2
    (nights.logs / "experiments.jsonl").unlink()
    assert "no night on record yet" in one_line(script("report.py"), 1)


def test_a_report_that_cannot_be_written_does_not_fail_the_night(
    nights: config.Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reports, "write_atomic", full)
    reports.write(nights, record(4, 3), nights.logs / "nights" / "night1")
    assert "the night's report could not be written (OSError)" in capsys.readouterr().err

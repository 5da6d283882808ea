"""Tasks are loaded strictly, answered in batches, counted, compared and shown; the script keeps its manners."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import eval_harness
from circadian.cli import UserError
from circadian.config import ROOT
from circadian.evaluation import harness
from circadian.evaluation.harness import Result, Task

ROW: dict[str, Any] = {
    "id": "math-01",
    "tag": "math",
    "difficulty": 1,
    "messages": [{"role": "user", "content": "What is 1 + 1?"}],
    "checker": {"kind": "number", "value": 2},
}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def task(id: str, tag: str = "math", difficulty: int = 1, content: str = "1 + 1?", max_tokens: int | None = None) -> Task:
    checker = {"kind": "number", "value": 2}
    return Task(id, tag, difficulty, [{"role": "user", "content": content}], checker, max_tokens)


def results(**passed: bool) -> list[Result]:
    return [Result(task(id, "math" if i % 2 else "style", 1 + i % 3), "2", ok) for i, (id, ok) in enumerate(passed.items())]


def test_load_tasks_reads_the_shipped_ones() -> None:
    assert len(harness.load_tasks(ROOT / "eval" / "prompts.jsonl")) == 80


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "not complete JSON"),
        ("[1]", "not a JSON object"),
        (ROW, "math-01 is taken"),
        (ROW | {"id": None}, "'id'"),
        (ROW | {"id": "b", "tag": "maths"}, "'maths' is none of math, reasoning"),
        (ROW | {"id": "b", "difficulty": 4}, "difficulty"),
        (ROW | {"id": "b", "messages": []}, "messages"),
        (ROW | {"id": "b", "messages": [{"role": "human", "content": "x"}]}, "role"),
        (ROW | {"id": "b", "messages": [{"role": "assistant", "content": "x"}]}, "user's"),
        (ROW | {"id": "b", "max_tokens": 0}, "max_tokens"),
        (ROW | {"id": "b", "max_tokens": True}, "max_tokens"),
        (ROW | {"id": "b", "checker": {"kind": "vibes"}}, "vibes"),
    ],
)
def test_load_tasks_names_file_and_line_of_a_bad_row(tmp_path: Path, row: Any, said: str) -> None:
    path = write(tmp_path / "tasks.jsonl", ROW, row)
    with pytest.raises(UserError) as error:
        harness.load_tasks(path)
    assert f"{path}, line 2: " in str(error.value) and said in str(error.value)


def test_load_tasks_of_no_file_and_of_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no file of tasks"):
        harness.load_tasks(tmp_path / "none.jsonl")
    with pytest.raises(UserError, match="holds no task"):
        harness.load_tasks(write(tmp_path / "empty.jsonl"))


def test_only_keeps_the_order_and_refuses_unknown_tags() -> None:
    tasks = [task("a"), task("b", "style"), task("c", "format")]
    assert [t.id for t in harness.only(tasks, "format, math")] == ["a", "c"]
    for tags in ("maths", "", "math,factual"):
        with pytest.raises(UserError, match="There are math, format, style"):
            harness.only(tasks, tags)


def test_run_groups_by_tokens_sorts_by_length_and_restores_the_order() -> None:
    tasks = [task(f"t{i}", content="x" * (50 - i) + str(i), max_tokens=(None, 8, 99)[i % 3]) for i in range(50)]
    calls: list[tuple[int, list[int]]] = []
    shown: list[int] = []

    def answer(conversations: list[list[dict[str, str]]], limit: int) -> list[str]:
        calls.append((limit, [len(turns[0]["content"]) for turns in conversations]))
        return [turns[0]["content"].strip("x") for turns in conversations]

    done = harness.run(tasks, answer, 32, shown.append)
    assert [r.task for r in done] == tasks and [r.answer for r in done] == [str(i) for i in range(50)]
    assert [r.task.id for r in done if r.passed] == ["t2"]
    assert [limit for limit, _ in calls] == [8, 32, 32]  # a task's own limit counts up to that of the run
    assert all(lengths == sorted(lengths) and len(lengths) <= harness.BATCH for _, lengths in calls)
    assert shown == [17, 49, 50]


def test_run_does_not_take_too_few_answers() -> None:
    with pytest.raises(ValueError):
        harness.run([task("a"), task("b")], lambda conversations, limit: ["2"], 8, lambda done: None)


def test_summary_counts() -> None:
    counted = harness.summary(results(a=True, b=False, c=True))
    assert (counted["passed"], counted["total"], counted["score"]) == (2, 3, 0.6667)
    assert counted["by_tag"] == {
        "math": {"passed": 0, "total": 1, "score": 0.0},
        "style": {"passed": 2, "total": 2, "score": 1.0},
    }
    assert {level: count["passed"] for level, count in counted["by_difficulty"].items()} == {"1": 1, "2": 0, "3": 1}
    assert counted["tasks"] == {"a": True, "b": False, "c": True}
    assert json.loads(json.dumps(counted)) == counted
    assert harness.summary([])["score"] == 0.0


def test_compare_over_shared_tasks() -> None:
    before = harness.summary(results(a=True, b=False, c=True, d=False))
    after = harness.summary(results(a=True, b=True, c=False, d=True))
    change = harness.compare(before, after)
    assert (change["gained"], change["lost"], change["shared"], change["score"]) == (["b", "d"], ["c"], 4, 0.25)
    assert change["by_tag"] == {"math": 1.0, "style": -0.5}
    assert change["chance"] == 1.0
    part = harness.compare(before, harness.summary(results(a=False)))
    assert (part["shared"], part["score"], part["lost"], part["by_tag"]) == (1, -1.0, ["a"], {})
    assert harness.compare(before, harness.summary(results(z=True)))["shared"] == 0


def test_compare_says_how_likely_luck_is() -> None:
    names = [f"t{i}" for i in range(8)]
    worse = harness.compare(
        harness.summary(results(**dict.fromkeys(names, True))), harness.summary(results(**dict.fromkeys(names, False)))
    )
    assert worse["chance"] == round(2 / 2**8, 4)


def test_table_is_aligned_and_shows_the_change() -> None:
    before, after = harness.summary(results(a=True, b=False, c=True)), harness.summary(results(a=True, b=True, c=False))
    assert harness.table(after).splitlines() == [
        "math             1 of   1   100%",
        "style            1 of   2    50%",
        "difficulty 1     1 of   1   100%",
        "difficulty 2     1 of   1   100%",
        "difficulty 3     0 of   1     0%",
        "all              2 of   3    67%",
    ]
    lines = harness.table(after, before).splitlines()
    assert lines[0] == "math             1 of   1   100%  +100" and lines[5].endswith("67%  +0")
    assert lines[6:8] == ["gained: b", "lost:   c"]


class Fake:
    """Stands for the loaded model: answers "2" to everything."""

    name, adapter = "fake", ""

    def answer(self, conversations: list[list[dict[str, str]]], max_tokens: int) -> list[str]:
        return ["2"] * len(conversations)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("circadian.model.open_model", lambda config, name, version: Fake())
    return tmp_path


def call(home: Path, *more: str) -> int:
    tasks = write(
        home / "tasks.jsonl", ROW, ROW | {"id": "style-01", "tag": "style", "checker": {"kind": "number", "value": 3}}
    )
    return eval_harness.main(["--home", str(home), "--prompts", str(tasks), *more])


def test_script_prints_records_and_compares(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(home, "--tag", "first") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "all              1 of   2    50%"
    assert call(home, "--json", "--compare", "first", "--out", str(home / "out" / "all.json")) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["change"]["score"] == 0 and shown["compared_with"] == "first" and shown["tag"] == "base"
    everything = json.loads((home / "out" / "all.json").read_text())
    assert [one["answer"] for one in everything["answers"]] == ["2", "2"]
    records = [json.loads(line) for line in (home / "logs" / "eval_summary.json").read_text().splitlines()]
    assert [record["tag"] for record in records] == ["first", "base"]
    for key in ("at", "model", "adapter", "passed", "total", "by_tag", "tasks", "seconds", "settings"):
        assert key in records[0]
    assert "answers" not in records[1] and len(records[0]["settings"]["prompts"]["sha256"]) == 64


def test_script_refuses_an_unknown_measurement_before_loading_a_model(home: Path) -> None:
    with pytest.raises(UserError, match="Run this once with --tag base first"):
        call(home, "--compare", "base")
    call(home, "--tag", "one")
    call(home, "--tag", "two")
    with pytest.raises(UserError, match="There are one, two"):
        call(home, "--compare", "base")


def test_script_says_when_the_tasks_have_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(home, "--tag", "x")
    call(home, "--compare", "x")
    assert "has changed" not in capsys.readouterr().err
    other = write(home / "other.jsonl", ROW)
    eval_harness.main(["--home", str(home), "--prompts", str(other), "--compare", "x"])
    assert "tasks has changed since x" in capsys.readouterr().err


def test_script_takes_the_latest_of_a_name_and_passes_over_torn_lines(home: Path) -> None:
    log = home / "logs" / "eval_summary.json"
    call(home, "--tag", "x", "--only", "math")
    call(home, "--tag", "x")
    with log.open("a") as file:
        file.write('{"tag": "x", "ta')
    assert len(eval_harness.latest(log, "x")["tasks"]) == 2


def test_script_help_is_quick() -> None:
    started = time.monotonic()
    shown = subprocess.run([sys.executable, "eval_harness.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert time.monotonic() - started < 2 and "--adapter-tag" in shown.stdout
    code = "import sys, eval_harness; sys.exit(bool({'mlx', 'mlx_lm', 'transformers', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0

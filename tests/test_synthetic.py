"""build_synthetic.py: the committed file is what the script makes, its rows are fit, its answers are right."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

import build_synthetic
from circadian import synthetic
from circadian.cli import UserError, run_main
from circadian.config import ROOT
from circadian.datasets import Seen, fault

COMMITTED = ROOT / "data" / "synthetic.jsonl"


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_committed_file_is_what_the_script_makes(tmp_path: Path) -> None:
    assert build_synthetic.main(["--home", str(tmp_path)]) == 0
    assert (tmp_path / "data" / "synthetic.jsonl").read_bytes() == COMMITTED.read_bytes()


def test_the_committed_file_is_small_varied_fit_and_without_copies() -> None:
    rows, seen = rows_of(COMMITTED), Seen()
    assert len(rows) == 120 and COMMITTED.stat().st_size < 60_000
    for each in rows:
        assert set(each) == {"messages", "kind", "tags"} and each["tags"][0] == "synthetic"
        assert fault(each["messages"]) == "" and seen.add(each["messages"][0]["content"]) == ""
    kinds = Counter(each["kind"] for each in rows)
    assert set(kinds) == {"arithmetic", "context", "definition", "format", "rewrite", "summary", "unknown"}
    assert min(kinds.values()) >= 10


@pytest.mark.parametrize("seed", range(5))
def test_every_equation_is_true(seed: int) -> None:
    found = 0
    for each in synthetic.starter(150, seed):
        for a, sign, b, result in re.findall(r"([\d.]+) ([-+x/]) ([\d.]+) = ([\d.]*\d)", each["messages"][1]["content"]):
            x, y = float(a), float(b)
            value = {"+": x + y, "-": x - y, "x": x * y, "/": x / (y or 1)}[sign]
            assert value == pytest.approx(float(result)), each
            found += 1
    assert found > 20


def test_json_answers_parse_and_sorted_answers_are_sorted() -> None:
    rng, tried = Random(1), Counter[str]()
    for question, answer in (synthetic.layout(rng) for _ in range(300)):
        if "JSON" in question:
            assert json.loads(answer)
            tried["json"] += 1
        if "alphabetical" in question:
            assert answer.split(", ") == sorted(answer.split(", ")) and set(answer.split(", ")) < set(
                re.findall(r"\w+", question)
            )
            tried["sorted"] += 1
        if "Answer with a number" in question:
            assert len(question.split("?")[1].split(",")) == int(answer)
            tried["count"] += 1
    assert set(tried) == {"json", "sorted", "count"}


def test_a_seed_fixes_every_byte_and_another_seed_makes_other_rows(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b", "c")]
    for file, seed in zip(files, "778", strict=True):
        assert build_synthetic.main(["--out", str(file), "--seed", seed, "--count", "30"]) == 0
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()
    assert len(rows_of(files[2])) == 30


def test_definitions_come_once_each() -> None:
    answers = [each["messages"][1]["content"] for each in synthetic.starter(400, 3) if each["kind"] == "definition"]
    assert len(answers) == len(set(answers)) == 22


def test_a_file_that_differs_is_replaced_only_with_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("mine\n")
    command = ["--out", str(file), "--count", "5"]
    with pytest.raises(UserError, match="--force"):
        build_synthetic.main(command)
    assert file.read_text() == "mine\n"
    assert build_synthetic.main([*command, "--force"]) == 0 and len(rows_of(file)) == 5
    before = file.stat().st_mtime_ns
    assert build_synthetic.main([*command, "--json"]) == 0 and file.stat().st_mtime_ns == before
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["written"] is False and result["rows"] == 5 and sum(result["kinds"].values()) == 5


def test_more_rows_than_the_tables_hold_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "KINDS", (("summary", synthetic.summary),))
    assert run_main(build_synthetic.main, ["--out", str(tmp_path / "x"), "--count", "11"]) == 1
    error = capsys.readouterr().err
    assert "only 10 different rows" in error and error.count("\n") == 1
    assert not (tmp_path / "x").exists()

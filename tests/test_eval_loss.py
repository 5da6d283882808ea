"""eval_loss.py: the figures are right, over the right tokens, and say nothing of what was said."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange

import eval_loss
from circadian import cli, config, measures, model
from circadian.evaluation import loss
from circadian.records import Message


@pytest.fixture
def tiny(sleeper: Sleeper) -> model.LanguageModel:
    return model.open_model(config.load(str(sleeper.home)), str(sleeper.model), None)


def conversation(*texts: str) -> list[Message]:
    """Turns, the user's first."""
    return [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]


ROWS = [
    conversation("Hi", "Hello there."),
    conversation("What is this? " * 40, "A long question.", "And now?", "A second answer, a little longer than the first."),
    conversation("No answer"),
    [{"role": "system", "content": "Be brief."}, *conversation("One?", "1", "Two?", "2")],
    conversation("Say much", "much " * 300),  # longer than one chunk
    [{"role": "assistant", "content": "I begin."}, *conversation("And I?", "So do you.")],
    *[conversation(f"Question {n}", "ü 12 🦊" * n) for n in range(1, 6)],
]


def plainly(tiny: model.LanguageModel, messages: list[Message], every: bool) -> list[float]:
    """The same in the plainest way: one row, no padding, no chunks."""
    import mlx.core as mx
    import mlx.nn as nn

    ids = tiny.tokens(messages, answered=True)
    table: Any = nn.losses.cross_entropy(tiny.network(mx.array([ids[:-1]]))[0], mx.array(ids[1:])).tolist()
    counted = set(range(1, len(ids))) if every else set[int]()
    for turn, message in enumerate(messages):
        if turn and message["role"] == "assistant":
            counted |= set(range(len(tiny.tokens(messages[:turn])), len(tiny.tokens(messages[: turn + 1], answered=True))))
    return [table[place - 1] for place in sorted(counted)]


@pytest.mark.parametrize("every", [False, True])
def test_token_losses_are_those_of_each_row_alone(
    tiny: model.LanguageModel, every: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "MOST", 1200)  # so that long rows go alone
    shown: list[int] = []
    found = measures.token_losses(tiny, ROWS, every, show=shown.append)
    for row, losses in zip(ROWS, found, strict=True):
        assert losses == pytest.approx(plainly(tiny, row, every), abs=1e-4)
    assert found[2] == [] or every
    assert shown[-1] == len(ROWS) and shown == sorted(set(shown))
    cut = measures.token_losses(tiny, ROWS, every, limit=64)
    assert max(map(len, cut)) < 64 and cut[0] == pytest.approx(found[0], abs=1e-4)


def test_what_the_assistant_said_and_its_end_are_what_counts(tiny: model.LanguageModel) -> None:
    (losses,) = measures.token_losses(tiny, [conversation("What?", "Yes.")])
    answer = len(tiny.tokens(conversation("What?", "Yes."), answered=True)) - len(tiny.tokens(conversation("What?")))
    assert len(losses) == answer and 3 <= answer <= 5  # Yes . <|im_end|> and what the template adds


def test_summary_of_losses_made_by_hand() -> None:
    found = loss.summary([[1.0, 2.0, 9.0], [], [4.0]], "t", "m", "a")
    assert (found["rows"], found["tokens"], found["mean"], found["median"]) == (2, 4, 4.0, 3.0)
    assert found["perplexity"] == round(math.exp(4), 4)
    assert loss.summary([[1e6]], "", "m", "")["perplexity"] > 1e300
    with pytest.raises(ValueError):
        loss.summary([[], []], "", "", "")
    assert loss.rows(["x", "y"], [[1.0, 2.0, 6.0], []]) == [
        {"id": "x", "tokens": 3, "mean": 3.0, "median": 2.0},
        {"id": "y", "tokens": 0, "mean": None, "median": None},
    ]


def test_the_script(sleeper: Sleeper, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sleeper.remember(exchange("My secret is Biscuit."), exchange("Never answered?", ""), b"{torn\n")
    sleeper.remember(exchange("A long one.", "word " * 2000), exchange("The last one."))
    table, rows = tmp_path / "new" / "loss.csv", tmp_path / "rows.jsonl"
    flags = [*sleeper.flags, "--out-csv", str(table), "--out-jsonl", str(rows)]
    assert eval_loss.main([*flags, "--json", "--tag", "one, two"]) == 0
    out, err = capsys.readouterr()
    (line,) = out.splitlines()
    first = json.loads(line)
    assert (first["rows"], first["skipped"], first["tag"], first["adapter"]) == (3, 1, "one, two", "") and "line 3" in err
    figures = [json.loads(text) for text in rows.read_text().splitlines()]
    assert [row["id"] for row in figures] == ["My secret is Biscuit.", "A long one.", "The last one."]  # the test's own ids
    assert all(set(row) == {"id", "tokens", "mean", "median"} for row in figures) and "word" not in rows.read_text()
    assert 450 < figures[1]["tokens"] < 512
    assert eval_loss.main([*flags, "--max-samples", "1"]) == 0
    shown = capsys.readouterr().out
    assert "of 1 rows, tiny, no adapter" in shown and rows.read_text().count("\n") == 1
    assert eval_loss.main([*flags, "--all-tokens", "--max-samples", "0", "--json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert every["tokens"] > first["tokens"] and every["rows"] == 4 and every["skipped"] == 0
    written = list(csv.DictReader(table.read_text().splitlines()))
    assert len(written) == 3 and written[0]["tag"] == "one, two" and float(written[0]["mean"]) == first["mean"]
    assert table.read_text().count("median") == 1 and oct(table.stat().st_mode)[-3:] == "600"


def test_adapters_change_the_losses_and_are_named(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> None:
    sleeper.remember(exchange("Hello"))
    sleeper.publish("mine")

    def measured(*flags: str) -> dict[str, Any]:
        assert eval_loss.main([*sleeper.flags, "--json", *flags]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    base, mine = measured("--no-adapter"), measured()
    assert (base["adapter"], mine["adapter"]) == ("", "mine") and base["mean"] != mine["mean"]
    for flags in (["--adapter-tag", "mine"], ["--adapter", str(sleeper.adapters / "mine")]):
        assert measured(*flags)["mean"] == mine["mean"]
    assert cli.run_main(eval_loss.main, [*sleeper.flags, "--adapter-tag", "other"]) == 1
    assert "there is no adapter other" in capsys.readouterr().err


def test_what_cannot_be_measured_is_one_line(sleeper: Sleeper, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def said(*flags: str) -> str:
        assert cli.run_main(eval_loss.main, [*sleeper.flags, *flags]) == 1
        out, err = capsys.readouterr()
        assert out == "" and "bug" not in err
        return str(err.strip().splitlines()[-1])

    assert "holds no answers" in said() and "chat first" in said()
    assert f"there is no file {tmp_path}/none" in said("--data", str(tmp_path / "none"))
    assert "is a folder" in said("--data", str(tmp_path))
    (tmp_path / "empty").write_text('{"messages": [{"role": "assistant", "content": "Nobody asked."}]}\n')
    assert "holds no answers" in said("--data", str(tmp_path / "empty"))
    sleeper.remember(exchange("Hello"))
    assert "there is no model nonsense" in said("--model", "nonsense")
    with pytest.raises(SystemExit) as end:
        eval_loss.main(["--max-samples", "-1"])
    assert end.value.code == 2

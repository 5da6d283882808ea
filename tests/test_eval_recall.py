"""eval_recall.py: every live fact's probes in each column, other people's questions, and a log without what was said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange, one_line

import eval_recall
from circadian import memories
from circadian.evaluation import recall
from circadian.lessons.probes import EACH, NEVER


def test_every_fact_is_asked_in_each_column(sleeper: Sleeper, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sleeper.remember(exchange("My dog is called Biscuit."), exchange("I live in Ghent."), exchange("What is a haiku?"))
    sleeper.publish("yesterday")
    out = tmp_path / "answers.json"
    assert eval_recall.main([*sleeper.flags, "--model", str(sleeper.model), "--tag", "now", "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("  ✗ nothing") + shown.out.count("  ✓ nothing") == 2 * EACH + NEVER
    assert "told since, not slept on" in shown.out, "yesterday's version knows of no memory"
    assert "told, and recalled" in shown.out and "never told, yet asserted" in shown.out and "recorded in" in shown.err
    written = json.loads(out.read_text())
    assert list(written["columns"]) == list(written["answers"]) == ["nothing", "prompt", "weights"]
    assert written["answers"]["nothing"] != written["answers"]["weights"], "the adapter in use answers in weights"
    told = [row for row in written["answers"]["weights"] if row["expected"]]
    assert {row["expected"][0] for row in told} == {"Biscuit", "Ghent"} and len(told) == 2 * EACH
    log = (sleeper.logs / "recall.jsonl").read_text()
    assert (json.loads(log)["tag"], json.loads(log)["facts"]) == ("now", 2)
    assert "Biscuit" not in log and "dog" not in log and "answers" not in log


def test_what_is_asked_is_what_a_night_teaches(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that was taken out of training, and no value whose place another took without its key."""
    moved = "My dentist appointment is on the 14th.", "They've bumped me to the 22nd at the dentist's."
    sleeper.remember(*(exchange(text, id=str(number)) for number, text in enumerate(("My dog is called Biscuit.", *moved))))
    memories.set_aside(sleeper.home / "data" / "memories.jsonl", {"0"})
    assert eval_recall.main([*sleeper.flags, "--model", str(sleeper.model), "--columns", "nothing", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    told = [row for row in found["answers"]["nothing"] if row["expected"]]
    assert {(row["kind"], "22nd" in row["expected"][0], "14th" in row["forbidden"][0]) for row in told} == {
        ("changed", True, True)
    }


def test_anybodys_questions_are_asked(sleeper: Sleeper, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"question": "Where does Aria live?", "expected": ["Portland"]}\n{"question": "And Kaito?", "expected": []}\n'
    )
    flags = [*sleeper.flags, "--model", str(sleeper.model), "--questions", str(file), "--columns", "nothing", "--json"]
    assert eval_recall.main(flags) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    part = found["columns"]["nothing"]
    assert (part["recalled"]["total"], part["false"]["total"]) == (1, 1)
    assert [row["question"] for row in found["answers"]["nothing"]] == ["Where does Aria live?", "And Kaito?"]


def test_what_is_known_is_not_asked_again(sleeper: Sleeper, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file, known = tmp_path / "questions.jsonl", tmp_path / "known.json"
    file.write_text(
        '{"question": "Where does Aria live?", "expected": ["Portland"]}\n{"question": "And Kaito?", "expected": []}\n'
    )
    row = {"question": "Where does Aria live?", "answer": "In Portland."}
    known.write_text(json.dumps({"answers": {"nothing": [row], "weights": []}}))
    flags = [*sleeper.flags, "--model", str(sleeper.model), "--questions", str(file), "--known", str(known), "--json"]
    assert eval_recall.main([*flags, "--columns", "nothing"]) == 0
    shown = capsys.readouterr()
    found: dict[str, Any] = json.loads(shown.out)
    assert "asking 1 questions: nothing" in shown.err
    assert found["answers"]["nothing"][0]["answer"] == "In Portland."
    assert found["columns"]["nothing"]["recalled"]["right"] == 1 and found["answers"]["nothing"][1]["question"] == "And Kaito?"
    known.write_text('{"answers": 7}')
    assert "holds no answers" in one_line(sleeper.run("eval_recall.py", "--questions", file, "--known", known), 1)


def test_facts_stand_before_the_question_in_the_prompt() -> None:
    assert recall.with_facts("Who?", []) == "Who?"
    text = recall.with_facts("What is my dog called?", ["Your dog is called Biscuit.", "You live in Ghent."])
    assert text.index("Biscuit") < text.index("Ghent") < text.index("What is my dog called?")


def test_bad_input_is_one_line(sleeper: Sleeper, tmp_path: Path) -> None:
    assert "holds no facts to ask for: chat first" in one_line(sleeper.run("eval_recall.py"), 1)
    (tmp_path / "torn.jsonl").write_text('{"question": 7}\n')
    assert "line 1: 'question' must be a text" in one_line(
        sleeper.run("eval_recall.py", "--questions", tmp_path / "torn.jsonl"), 1
    )
    sleeper.remember(exchange("My dog is called Biscuit."))
    for flags, said in ((["--no-adapter"], "is the column nothing"), (["--adapter-tag", "none-such"], "no adapter none-such")):
        done = sleeper.run("eval_recall.py", *flags)
        assert said in one_line(done, 1), "before anything is asked"
    assert "no file of questions" in one_line(sleeper.run("eval_recall.py", "--questions", tmp_path / "none"), 1)
    assert "retrieval is none of nothing, prompt, weights" in one_line(
        sleeper.run("eval_recall.py", "--columns", "retrieval"), 2
    )
    sleeper.remember(exchange("I live in Ghent."))
    assert "say --columns nothing,prompt" in one_line(sleeper.run("eval_recall.py", "--no-adapter", "--columns", "weights"), 1)

"""generate_gemini_dataset.py against a server on this machine that speaks the API's wire format."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gemini_server import KEY, Reply, Server, answer, fresh, only_this_key, refusal, serving, wait_info

import generate_gemini_dataset
from circadian import gemini
from circadian.cli import UserError, run_main
from circadian.config import ROOT
from circadian.datasets import fault

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture(autouse=True)
def environment(monkeypatch: Patch) -> None:
    only_this_key(monkeypatch)


@pytest.fixture
def command(server: Server, tmp_path: Path) -> list[str]:
    quick = ["--base-url", server.url, "--retry-delay", "0", "--topics", "tea,rain"]
    return ["--home", str(tmp_path), *quick, "--count", "12", "--batch", "5", "--json"]


def run(command: list[str], capsys: Capsys) -> tuple[int, dict[str, Any], str]:
    """(exit code, the JSON object or {}, stderr) of a run in this process."""
    code = run_main(generate_gemini_dataset.main, command)
    out, err = capsys.readouterr()
    assert KEY not in out + err
    return code, json.loads(out) if out else {}, err


def child(command: list[str]) -> subprocess.Popen[str]:
    script = [sys.executable, str(ROOT / "generate_gemini_dataset.py"), *command]
    return subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows(home: Path, name: str) -> list[dict[str, Any]]:
    file = home / "data" / "gemini" / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()]


def questions(found: list[dict[str, Any]]) -> set[str]:
    return {each["messages"][0]["content"] for each in found}


def test_train_and_eval_are_made_and_nothing_is_in_both(
    server: Server, command: list[str], tmp_path: Path, capsys: Capsys
) -> None:
    code, result, err = run([*command, "--eval-share", "0.25", "--temp", "1.5"], capsys)
    train, held = rows(tmp_path, "train"), rows(tmp_path, "eval")
    assert (code, len(train), len(held), result["train"], result["eval"]) == (0, 9, 3, 9, 3)
    assert not questions(train) & questions(held) and len(questions(train + held)) == 12
    assert all(fault(each["messages"]) == "" and each["kind"] == "gemini" for each in train + held)
    assert {tag for each in train + held for tag in each["tags"]} == {"tea", "rain"}
    assert server.sizes == [5, 5, 2] and result["requests"] == 3 and result["retries"] == 0
    assert sorted(path.name for path in (tmp_path / "data" / "gemini").iterdir()) == [
        ".lock",
        "eval.jsonl",
        "settings.json",
        "train.jsonl",
    ]
    assert json.loads((tmp_path / "data" / "gemini" / "settings.json").read_text())["temp"] == 1.5
    assert "rows: 12/12" in err


def test_the_request_has_key_model_schema_and_differing_seeds(server: Server, command: list[str], capsys: Capsys) -> None:
    assert run([*command, "--model", "gemini-x"], capsys)[0] == 0
    assert {(path, key) for path, key, _ in server.asked} == {("/v1beta/models/gemini-x:generateContent", KEY)}
    wanted = [body["generationConfig"] for _, _, body in server.asked]
    assert all(each["responseMimeType"] == "application/json" for each in wanted)
    assert all(each["responseJsonSchema"] == gemini.SCHEMA for each in wanted)
    assert len({each["seed"] for each in wanted}) == 3
    assert "zeb000" in server.prompts[2] and "zeb005" not in server.prompts[2]  # the topic's own earlier questions


def test_the_same_seed_asks_and_splits_the_same(server: Server, command: list[str], tmp_path: Path, capsys: Capsys) -> None:
    assert run([*command, "--home", str(tmp_path / "a")], capsys)[0] == 0
    server.made = 0
    assert run([*command, "--home", str(tmp_path / "b")], capsys)[0] == 0
    assert server.asked[:3] == server.asked[3:]
    assert rows(tmp_path / "a", "eval") == rows(tmp_path / "b", "eval")


@pytest.mark.parametrize("code", [408, 429, 500, 503])
def test_what_passes_by_itself_is_asked_again(server: Server, command: list[str], capsys: Capsys, code: int) -> None:
    server.replies = [refusal(code), refusal(code)]
    status, result, err = run(command, capsys)
    assert (status, result["retries"], result["requests"], len(server.asked)) == (0, 2, 3, 5)
    assert f"{code}: attempt 2 of 6 failed" in err


@pytest.mark.parametrize("reply", [refusal(429, details=wait_info("0.3s")), refusal(503, retry_after="1")])
def test_the_wait_that_the_api_asks_for_is_kept(server: Server, command: list[str], capsys: Capsys, reply: Reply) -> None:
    server.replies = [reply]
    started = time.monotonic()
    assert run(command, capsys)[0] == 0
    assert time.monotonic() - started >= (0.3 if reply[0] == 429 else 1)


def test_a_wait_beyond_patience_ends_at_once_and_says_when(server: Server, command: list[str], capsys: Capsys) -> None:
    server.replies = [refusal(429, "daily quota", details=wait_info("7200s"))]
    code, _, err = run(command, capsys)
    assert code == 1 and len(server.asked) == 1 and "in 7200 s" in err and "daily quota" in err


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (refusal(400, "bad request"), "refuses the request (400)"),
        (refusal(400, "API key not valid.", "INVALID_ARGUMENT", [{"reason": "API_KEY_INVALID"}]), "was refused (400)"),
        (refusal(401, f"what is {KEY}?\n\nline"), "was refused (401)"),
        (refusal(403, "no permission"), "was refused (403)"),
        (refusal(404, "no such model"), "model gemini-flash-latest is not known"),
        ((302, {"location": "http://127.0.0.1:9/elsewhere"}, ""), "answered 302"),
        ((200, {"content-type": "text/html"}, "<html>log in</html>"), "none of the Gemini API's"),
        ((200, {}, {"candidates": [5]}), "none of the Gemini API's"),
        ((200, {}, {"candidates": [{"content": 5}]}), "none of the Gemini API's"),
    ],
)
def test_what_a_retry_cannot_mend_is_one_line_at_once(
    server: Server, command: list[str], tmp_path: Path, capsys: Capsys, reply: Reply, words: str
) -> None:
    server.replies = [reply]
    code, result, err = run(command, capsys)
    assert (code, result, len(server.asked)) == (1, {}, 1)
    assert words in err and err.count("\n") == 1
    assert not (tmp_path / "data" / "gemini" / "train.jsonl").exists()


def test_trouble_that_lasts_ends_after_the_attempts(server: Server, command: list[str], capsys: Capsys) -> None:
    server.replies = [refusal(500)] * 9
    code, _, err = run([*command, "--attempts", "3"], capsys)
    assert code == 1 and len(server.asked) == 3 and "in trouble (500)" in err.splitlines()[-1]


def test_no_connection_is_one_line_after_the_attempts(command: list[str], capsys: Capsys) -> None:
    code, _, err = run([*command, "--base-url", "http://127.0.0.1:9", "--attempts", "2"], capsys)
    assert code == 1 and "no connection to 127.0.0.1 (ConnectError)" in err and len(err.splitlines()) == 2


def test_answers_without_use_are_counted_by_kind_and_asked_again(server: Server, command: list[str], capsys: Capsys) -> None:
    blocked: Reply = (200, {}, {"promptFeedback": {"blockReason": "SAFETY"}, "candidates": []})
    empty: Reply = (200, {}, {"usageMetadata": {}})
    server.replies = [answer("{not json"), answer("", "NEW_REASON"), blocked, empty, answer('{"rows": [{"us', "MAX_TOKENS")]
    code, result, err = run([*command, "--verbose"], capsys)
    assert code == 0 and result["train"] + result["eval"] == 12 and result["requests"] == 8
    assert result["refused"] == {"not JSON": 1, "blocked: NEW_REASON": 1, "blocked prompt": 1, "empty answer": 1, "cut off": 1}
    assert "request 2 (rain): blocked: NEW_REASON" in err and "zeb" not in err


def test_rows_without_use_are_counted_by_kind(server: Server, command: list[str], tmp_path: Path, capsys: Capsys) -> None:
    good = fresh(3, 900)
    copy = {"user": good[0]["user"].upper() + "!", "assistant": "Another answer of the same."}
    near = {"user": good[1]["user"] + " please now", "assistant": "Near."}
    machine, empty = {"user": "Who are you?", "assistant": "As an AI, I am the one."}, {"user": " ", "assistant": "x"}
    server.replies = [answer([*good, copy, near, 7, {"user": "only half of it"}, machine, empty])]
    code, result, _ = run(command, capsys)
    assert code == 0 and result["refused"] == {
        "duplicate": 1,
        "near duplicate": 1,
        "schema": 2,
        "speaks of being an AI": 1,
        "empty": 1,
    }
    assert questions(good_rows(good)) < questions(rows(tmp_path, "train") + rows(tmp_path, "eval"))


def good_rows(pairs: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"messages": [{"content": each["user"]}]} for each in pairs]


def test_more_rows_than_asked_are_not_kept(server: Server, command: list[str], capsys: Capsys) -> None:
    server.replies = [answer(fresh(20, 500))]
    _, result, _ = run(command, capsys)
    assert result["train"] + result["eval"] == 12 and result["refused"] == {"more than asked": 8}


def test_nothing_new_again_and_again_ends_with_the_reasons(
    server: Server, command: list[str], tmp_path: Path, capsys: Capsys
) -> None:
    server.replies = [answer(fresh(5, 0))] * 20
    code, _, err = run(command, capsys)
    assert code == 1 and len(server.asked) == 7 and err.count("\n") == 1
    assert "nothing new (30 duplicate)" in err and "5 of 12 rows are kept" in err
    assert len(rows(tmp_path, "partial")) == 5


def test_a_failed_run_goes_on_where_it_stopped(server: Server, command: list[str], tmp_path: Path, capsys: Capsys) -> None:
    server.replies = [answer(fresh(5, 100)), refusal(403)]
    assert run(command, capsys)[0] == 1
    partial = tmp_path / "data" / "gemini" / "partial.jsonl"
    with partial.open("a") as file:
        file.write('{"messages": 1}\n{"torn')
    code, result, _ = run(command, capsys)
    assert (code, result["resumed"], server.sizes[2:]) == (0, 5, [5, 2])
    assert questions(good_rows(fresh(5, 100))) < questions(rows(tmp_path, "train") + rows(tmp_path, "eval"))
    assert not partial.exists()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_killed_or_interrupted_run_loses_no_kept_row(
    server: Server, command: list[str], sent: signal.Signals, code: int
) -> None:
    reached, leave = threading.Event(), threading.Event()

    def hang() -> Reply:
        reached.set()
        leave.wait(20)
        return refusal(500)

    server.replies = [answer(fresh(5, 100)), hang]
    first = child(command)
    assert reached.wait(20)
    first.send_signal(sent)
    out, err = first.communicate(timeout=20)
    leave.set()
    assert first.returncode == code and out == "" and KEY not in err
    assert sent is signal.SIGKILL or "5 of 12 rows are kept" in err
    again = child(command)
    out, err = again.communicate(timeout=20)
    assert again.returncode == 0 and json.loads(out)["resumed"] == 5 and server.sizes[2:] == [5, 2]


def test_existing_files_are_replaced_only_with_force(
    server: Server, command: list[str], tmp_path: Path, capsys: Capsys
) -> None:
    mine = tmp_path / "data" / "gemini" / "train.jsonl"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n")
    code, _, err = run(command, capsys)
    assert code == 1 and "--force" in err and err.count("\n") == 1 and mine.read_text() == "mine\n" and not server.asked
    assert run([*command, "--force"], capsys)[0] == 0 and len(rows(tmp_path, "train")) == 11
    assert run(command, capsys)[0] == 1 and len(rows(tmp_path, "train")) == 11


def test_a_kill_between_the_two_files_needs_no_force(
    server: Server, command: list[str], tmp_path: Path, capsys: Capsys
) -> None:
    assert run(command, capsys)[0] == 0
    folder = tmp_path / "data" / "gemini"
    train, held = (folder / "train.jsonl").read_text(), rows(tmp_path, "eval")
    (folder / "partial.jsonl").write_text(train + (folder / "eval.jsonl").read_text())
    (folder / "eval.jsonl").unlink()
    code, result, _ = run(command, capsys)
    assert (code, result["requests"], result["resumed"], rows(tmp_path, "eval")) == (0, 0, 12, held)
    assert (folder / "train.jsonl").read_text() == train


def test_the_key_comes_from_its_variable_alone_and_goes_nowhere(
    server: Server, command: list[str], tmp_path: Path, monkeypatch: Patch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "AIza-the-wrong-one")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    server.replies = [refusal(500, f"your key {KEY}"), *[answer(fresh(5, 300))] * 7]
    done = child([*command, "--verbose"])
    out, err = done.communicate(timeout=30)
    assert done.returncode == 1 and out == "" and "nothing new" in err and {key for _, key, _ in server.asked} == {KEY}
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "zeb300" in written and not re.search("AIza", out + err + written)


@pytest.mark.parametrize("value", ["", "  ", "two words", "caf\u00e9", "a\nb"])
def test_no_key_or_no_possible_key_is_one_line(command: list[str], capsys: Capsys, monkeypatch: Patch, value: str) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "AIza-the-wrong-one")
    monkeypatch.setenv("GEMINI_API_KEY", value)
    code, _, err = run(command, capsys)
    assert code == 1 and err.count("\n") == 1 and "GEMINI_API_KEY" in err


def test_a_dry_run_needs_no_key_and_no_network_and_writes_nothing(
    server: Server, command: list[str], tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")
    code, result, _ = run([*command, "--dry-run"], capsys)
    assert (
        code == 0 and "Topic: tea\nNumber of rows: 5" in result["prompt"] and not server.asked and not list(tmp_path.iterdir())
    )
    assert generate_gemini_dataset.main([*[each for each in command if each != "--json"], "--dry-run"]) == 0
    assert "topics       tea; rain" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong",
    [
        ["--base-url", "http://example.com"], ["--base-url", "ftp://127.0.0.1"], ["--base-url", "https://me:secret@host"], ["--base-url", "https://:secret@host"],
        ["--base-url", "https://host/?key=secret"], ["--count", "0"], ["--temp", "3"], ["--eval-share", "1"], ["--model", "a b"],
        ["--base-url", "http://127.0.0.1:x"], ["--temp", "nan"], ["--api-key", "x"],
    ],
)  # fmt: skip
def test_wrong_flags_are_usage_errors(wrong: list[str], capsys: Capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        generate_gemini_dataset.main(wrong)
    out, err = capsys.readouterr()
    assert ended.value.code == 2 and not out and "secret" not in err


def test_topics_come_from_a_list_a_file_or_are_built_in(tmp_path: Path) -> None:
    file = tmp_path / "topics.txt"
    file.write_text("# mine\n\n tea, green \nrain\nrain\n")
    assert generate_gemini_dataset.topics_from(str(file)) == ("tea, green", "rain")
    assert generate_gemini_dataset.topics_from(" a, b,a") == ("a", "b")
    assert len(generate_gemini_dataset.topics_from(None)) > 10
    for wrong in (" , ", "x" * 201, str(tmp_path / "none.txt")):
        with pytest.raises(UserError):
            generate_gemini_dataset.topics_from(wrong)


def test_help_does_not_import_the_library() -> None:
    code = (
        "import sys, generate_gemini_dataset as g; g.build_parser(); print([m for m in sys.modules if m.startswith('google')])"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"

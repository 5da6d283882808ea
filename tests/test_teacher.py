"""A cloud teacher, against a server on this machine that speaks the API's wire format: what goes out, what comes of it, and what
a night does without it."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from gemini_server import KEY, Reply, Server, answer, only_this_key, refusal, serving

from circadian import config, extraction, gemini, hub, teacher
from circadian.cli import UserError
from circadian.embedder import Embedder
from circadian.lessons.facts import facts_of
from circadian.lessons.reader import Reader
from circadian.records import Memory

TWINS = "Since the twins, Mats and Liv, started school I finally finish my coffee."
ROOFS = "You should see me on roofs, I mend them for a living."
BLOCKED: Reply = 200, {}, {"promptFeedback": {"blockReason": "SAFETY"}}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    only_this_key(monkeypatch)
    with serving() as made:
        yield made


@pytest.fixture
def settings(server: Server, home: Path) -> config.Config:
    own: dict[str, Any] = {"lessons__extractor": "gemini", "gemini__base_url": server.url}
    return config.load(home=str(home), **own)


def says(*each: list[str]) -> Any:
    return answer(json.dumps({"messages": [{"number": number, "says": said} for number, said in enumerate(each, 1)]}))


def values(settings: config.Config, *texts: str, dry_run: bool = False) -> set[str]:
    """The values of the live facts in such messages."""
    told = [
        Memory([{"role": "user", "content": text}, {"role": "assistant", "content": "Secretly."}], id=text) for text in texts
    ]
    base = hub.Base("tiny", settings.home, "abc", 10)
    return {fact.value for fact in facts_of(told, extraction.extractor(settings, base, told, Reader(Embedder()), dry_run)).live}


def asked(server: Server) -> list[list[str]]:
    """The messages of each request."""
    return [[json.loads(row)["message"] for row in text.split("Messages:\n")[1].splitlines()] for text in server.prompts]


def test_own_messages_are_sent_once_and_what_comes_back_is_verified(
    server: Server, settings: config.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies = [says(["My twins are called Mats and Liv.", "My dog is called Rex."], ["I work as a roofer."])]
    assert "Mats and Liv" in values(settings, TWINS, ROOFS) and "Rex" not in values(settings, TWINS, ROOFS)
    assert asked(server) == [[TWINS, ROOFS]] and "Secretly" not in server.prompts[0]
    ((path, key, body),) = server.asked
    assert (path, key) == ("/v1beta/models/gemini-flash-latest:generateContent", KEY)
    assert body["generationConfig"]["responseJsonSchema"] == teacher.SCHEMA
    (file,) = (settings.home / "data" / ".statements").iterdir()
    assert file.name == "gemini.jsonl" and stat.S_IMODE(file.stat().st_mode) == 0o600
    err = capsys.readouterr().err
    assert "sending 2 of your messages to 127.0.0.1" in err and "Mats" not in err and KEY not in err
    values(settings, ROOFS)
    assert "Mats" not in file.read_text() and len(server.asked) == 1


def test_a_dry_run_and_other_extractors_send_nothing(server: Server, settings: config.Config, home: Path) -> None:
    values(settings, TWINS, dry_run=True)
    grammar: dict[str, Any] = {"lessons__extractor": "grammar", "gemini__base_url": server.url}
    values(config.load(home=str(home), **grammar), TWINS)
    assert server.asked == []


def test_a_message_that_is_blocked_costs_the_others_nothing_and_is_not_sent_again(
    server: Server, settings: config.Config
) -> None:
    server.replies = [BLOCKED, says(["My twins are called Mats and Liv."]), answer("[torn")]
    assert "Mats and Liv" in values(settings, TWINS, ROOFS)
    assert asked(server) == [[TWINS, ROOFS], [TWINS], [ROOFS]]
    assert "Mats and Liv" in values(settings, TWINS, ROOFS) and len(server.asked) == 3


@pytest.mark.parametrize(
    "reply", ['{"messages": 3}', '{"messages": [3]}', '{"messages": [{"number": [], "says": 4}]}', "{}", "[]", '"x"', ""]
)
def test_a_reply_that_is_not_as_asked_for_says_nothing(server: Server, settings: config.Config, reply: str) -> None:
    server.replies = [answer(reply)]
    assert "Ulm" in values(settings, "I live in Ulm.") and len(server.asked) == 1


def test_portions_that_came_are_kept_and_the_rest_is_asked_the_next_night(
    server: Server, settings: config.Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teacher, "PORTION", 1)
    server.replies = [says(["My twins are called Mats and Liv."]), refusal(403, "no such key")]
    assert "Mats and Liv" in values(settings, TWINS, ROOFS)
    err = capsys.readouterr().err
    assert "the key in GEMINI_API_KEY was refused (403)" in err and "reads what is new by the grammar" in err
    assert "roofs" not in err and "Traceback" not in err
    server.replies = [says(["I work as a roofer."])]
    values(settings, TWINS, ROOFS)
    assert asked(server) == [[TWINS], [ROOFS], [ROOFS]]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 418, 429, 500])
def test_what_the_api_writes_about_a_message_is_not_passed_on(
    server: Server, settings: config.Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(gemini, "Options", partial(gemini.Options, attempts=1))
    server.replies = [refusal(code, f"Not allowed: {TWINS}", "INVALID")]
    values(settings, TWINS)
    err = capsys.readouterr().err
    assert str(code) in err and "INVALID" in err and "Mats" not in err


def test_without_a_key_or_a_network_the_grammar_reads_alone(
    server: Server, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gemini, "Options", partial(gemini.Options, attempts=1))
    nobody: dict[str, Any] = {"lessons__extractor": "gemini", "gemini__base_url": "http://127.0.0.1:9"}
    alone = config.load(home=str(home), **nobody)
    assert "Ulm" in values(alone, "I live in Ulm.")
    assert "no connection to 127.0.0.1" in capsys.readouterr().err
    monkeypatch.delenv("GEMINI_API_KEY")
    assert "Ulm" in values(alone, "I live in Ulm.")
    assert "GEMINI_API_KEY is not set" in capsys.readouterr().err
    assert not (home / "data" / ".statements").exists()


@pytest.mark.parametrize("setting", [{"gemini__base_url": "http://example.com"}, {"gemini__model": "a b"}])
def test_settings_that_are_none_are_refused(server: Server, home: Path, setting: dict[str, str]) -> None:
    own: dict[str, Any] = {"lessons__extractor": "gemini", **setting}
    with pytest.raises(UserError, match=r"\[gemini\] in .*: "):
        values(config.load(home=str(home), **own), TWINS)

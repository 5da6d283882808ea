"""The extractor that a model is: what it says a turn tells counts only where the turn says so, and is read as any other."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from circadian import config, extraction, hub
from circadian.cli import UserError
from circadian.embedder import Embedder
from circadian.lessons.facts import extract, facts_of
from circadian.lessons.reader import Reader
from circadian.lessons.statements import EXAMINATION, SHOWN, able, by_model, conversation, parsed, verified
from circadian.records import Memory, Message

TWINS = "Since the twins, Mats and Liv, started school I finally finish my coffee."


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('["I live in Ulm.", "My dog is called Rex."]', ["I live in Ulm.", "My dog is called Rex."]),
        ('Sure! ["I live in Ulm."] Anything else?', ["I live in Ulm."]),
        ('["I live in Ulm.", 3, "I live in Ulm."]', ["I live in Ulm."]),
        ('["I live in Ulm."', []),
        ("I live in Ulm.", []),
        ("[" * 100_000, []),
        ("", []),
    ],
)
def test_a_reply_is_a_list_of_sentences_or_nothing(reply: str, found: list[str]) -> None:
    assert parsed(reply) == found


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("My landlord wants 780 a month.", "My landlord finally agreed: 780 a month from January, down from 820."),
        ("My twins are called Mats and Liv.", TWINS),
        ("I teach pottery on Thursdays.", "I can come any day but Thursdays, that's when I teach pottery."),
        ("I am allergic to hazelnuts.", "I'm sure I'm allergic to hazelnuts, my throat closes up."),
        ("I never eat meat.", "No steak for me, I never eat meat."),
    ],
)
def test_what_a_message_says_is_verified(statement: str, message: str) -> None:
    assert verified(statement, message)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("My landlord wants 790 a month.", "My landlord finally agreed: 780 a month from January."),
        ("My twins are called Mats and Lina.", TWINS),
        ("I have a dog called Bruno.", "If I had a dog I would call it Bruno."),
        ("I eat meat every day.", "I never eat meat."),
        ("My twins are seven and love football.", TWINS),
        ("What is the capital of Italy?", "What is the capital of Italy?"),
        ("You told me about your twins.", TWINS),
        ("My sister lives in Ulm.", ""),
        ("I", "I"),
    ],
)
def test_what_it_does_not_say_is_not(statement: str, message: str) -> None:
    assert not verified(statement, message)


def test_statements_are_read_beside_the_turn_and_nothing_twice() -> None:
    known = {TWINS: ["My twins are called Mats and Liv.", "My twins are seven."], "I live in Ulm.": ["I live in Ulm."]}
    read = by_model(known, extract)
    found = read(TWINS, "m1", "2030-01-01", ())
    assert ("called", "Mats and Liv") in {(fact.relation, fact.value) for fact in found}
    assert {fact.memory for fact in found} == {"m1"}
    assert read("I live in Ulm.", "", "", ()) == extract("I live in Ulm.")
    assert read("My cat is called Mimi.", "", "", ()) == extract("My cat is called Mimi."), "the model did not read this"


def scripted(replies: dict[str, list[str]]) -> Any:
    def generate(conversations: list[list[Message]], max_tokens: int) -> list[str]:
        asked = [messages[-1]["content"].rpartition("Message: ")[2] for messages in conversations]
        return [json.dumps(replies.get(text, [])) for text in asked]

    return generate


def test_the_examination_is_passed_by_who_finds_what_was_told_and_nothing_else() -> None:
    tasks = tomllib.loads(EXAMINATION.read_text(encoding="utf-8"))["task"]
    silent = sum(not task["holds"] for task in tasks) / len(tasks)
    assert able(scripted({})) == silent < 0.5
    parrot = {task["message"]: [task["message"]] for task in tasks}
    assert able(scripted(parrot)) < 0.8, "to repeat the message is not enough"
    assert not {message for message, _ in SHOWN} & {task["message"] for task in tasks}


def test_the_shown_examples_would_be_verified() -> None:
    for message, reply in SHOWN:
        assert all(verified(one, message) for one in reply), message
    assert conversation("x")[-1]["content"].endswith("Message: x")


def settings(home: Path, name: str, **more: str) -> config.Config:
    return config.load(home=str(home), lessons__extractor=name, **more)


@pytest.fixture
def base(tmp_path: Path) -> hub.Base:
    return hub.Base("tiny", tmp_path, "abc", 10)


def test_a_models_statements_are_kept_privately_and_forgotten_with_their_turn(
    home: Path, base: hub.Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def answer(_: Any, __: str, conversations: list[list[Message]], tokens: int, flags: Any) -> list[str]:
        asked.append(len(conversations))
        return list(scripted({TWINS: ["My twins are called Mats and Liv."]})(conversations, tokens))

    monkeypatch.setattr(extraction, "answers_by_child", answer)
    told = [Memory([{"role": "user", "content": text}], id=text) for text in (TWINS, "I live in Ulm.")]
    one = settings(home, "model")
    for memories, number in ((told, [2]), (told, [2]), (told[1:], [2])):
        read = extraction.extractor(one, base, memories, Reader(Embedder()))
        assert asked == number
        names = [fact.value for fact in facts_of(memories, read).live if fact.relation == "called"]
        assert names == (["Mats and Liv"] if memories is told else [])
    (file,) = (home / "data" / ".statements").iterdir()
    assert "Mats" not in file.read_text() and stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    extraction.extractor(one, base, told, extract, dry_run=True)
    assert asked == [2] and file.read_bytes() == before


def test_auto_is_the_grammar_for_a_small_model_and_asks_a_bigger_one_once(
    home: Path, base: hub.Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def answer(_: Any, __: str, conversations: list[list[Message]], tokens: int, flags: Any) -> list[str]:
        asked.append(len(conversations))
        return ["[]"] * len(conversations)

    monkeypatch.setattr(extraction, "answers_by_child", answer)
    auto = settings(home, "auto", model__folder=str(home / "cache"))
    extraction.extractor(auto, base, [], extract)
    assert asked == []
    big = hub.Base("big", tmp_path, "def", 2**31)
    for _ in range(2):
        extraction.extractor(auto, big, [], extract)
    assert len(asked) == 1


def test_another_extractor_is_refused(home: Path, base: hub.Base) -> None:
    with pytest.raises(UserError, match="auto, grammar, model"):
        extraction.extractor(settings(home, "gpt"), base, [], extract)

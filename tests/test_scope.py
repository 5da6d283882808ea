"""The scope of an adapter: what it covers is the adapter's to answer, all else gets the base model's answers to the letter."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sleeper import Sleeper, exchange

from circadian import config, measures, model, versions
from circadian.cli import UserError
from circadian.evaluation import scoping
from circadian.files import read_lines, write_lines
from circadian.lessons import life
from circadian.lessons.nearly import normal
from circadian.lessons.rehearsal import prompts
from circadian.records import Message, Scope, Version
from circadian.scope import MISSED, fit, within

MINE = ["What is my dog called?", "Where do I live?", "Who is my boss?", "What's my shoe size?"]
OTHERS = ["Name a planet.", "What is 2 + 3?", "Write a poem about rain.", "How do magnets work?"]


def asked(text: str) -> list[Message]:
    return [{"role": "user", "content": text}]


EVERY = [asked(text) for pair in zip(OTHERS, MINE, strict=True) for text in pair]


@pytest.fixture
def scoped(sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch) -> Version:
    """A version that changes every answer of the tiny model, and whose scope are the questions that are MINE."""
    monkeypatch.setattr("circadian.scope.MISSED", 0.0)
    sleeper.publish("mine")
    rows, out = sleeper.home / "rows.jsonl", sleeper.home / "scope.jsonl"
    write_lines(rows, [{"messages": one, "inside": one[0]["content"] in MINE} for one in EVERY])
    flags = ["--home", str(sleeper.home), "--model", str(sleeper.model), "--input", str(rows), "--output", str(out)]
    assert scoping.main(flags) == 0
    scope, *far = [row for _, row in read_lines(out)[0]]
    assert [row["within"] > 0 for row in far] == [one[0]["content"] in MINE for one in EVERY]
    folder = sleeper.adapters / "mine"
    made = json.loads((folder / versions.MANIFEST).read_text())
    versions.set_scope(folder, Scope.from_dict(scope))
    (folder / versions.MANIFEST).write_text(json.dumps(made | {"config_sha256": ""}))
    return versions.read(folder)


def opened(sleeper: Sleeper, version: Version | None) -> model.LanguageModel:
    return model.open_model(config.load(str(sleeper.home)), str(sleeper.model), version)


def test_a_scope_tells_two_kinds_of_states_apart_and_leans_towards_the_adapter() -> None:
    chance = np.random.default_rng(0)
    inside, outside = (chance.normal(0, 1, (300, 8)) + shift for shift in (3 * np.eye(8)[2], -3 * np.eye(8)[2]))
    scope = fit(7, inside, outside)
    assert scope.layer == 7 and (within(scope, inside) > 0).mean() > 0.99 and (within(scope, outside) < 0).mean() > 0.9
    middle = (inside.mean(0) + outside.mean(0)) / 2
    assert within(scope, middle[None])[0] == pytest.approx(MISSED, abs=1e-3)
    again = Scope.from_dict(json.loads(json.dumps(scope.to_dict())))
    assert again == scope


def test_what_is_within_gets_the_adapters_answers_and_all_else_the_base_models(sleeper: Sleeper, scoped: Version) -> None:
    base, whole = opened(sleeper, None), opened(sleeper, versions.everywhere(scoped))
    mine, theirs, found = (one.answer(EVERY, 6) for one in (whole, base, opened(sleeper, scoped)))
    assert all(a != b for a, b in zip(mine, theirs, strict=True)), "the adapter changes every answer"
    assert found == [mine[i] if one[0]["content"] in MINE else theirs[i] for i, one in enumerate(EVERY)]


def test_its_losses_and_next_tokens_are_those_of_who_answers(sleeper: Sleeper, scoped: Version) -> None:
    rows: list[list[Message]] = [[*one, {"role": "assistant", "content": "Well, who knows."}] for one in EVERY]
    models = [opened(sleeper, one) for one in (versions.everywhere(scoped), None, scoped)]
    mine, theirs, found = (measures.token_losses(one, rows) for one in models)
    own = [one[0]["content"] in MINE for one in EVERY]
    assert found == [pytest.approx(mine[i] if inside else theirs[i], abs=1e-3) for i, inside in enumerate(own)]
    first, second, third = (np.array(measures.next_token(one, EVERY)) for one in models)
    assert np.allclose(third, np.where(np.array(own)[:, None], first, second), atol=1e-3)


def test_in_a_conversation_each_turn_is_answered_by_whom_it_asks(sleeper: Sleeper, scoped: Version) -> None:
    def said(loaded: model.LanguageModel, messages: list[Message]) -> str:
        return "".join(piece.text for piece in loaded.stream(messages, 6))

    loaded, fresh, talk = opened(sleeper, scoped), opened(sleeper, scoped), list[Message]()
    for text, reuses in [(OTHERS[0], False), (OTHERS[1], True), (MINE[0], False), (MINE[1], True), (OTHERS[2], False)]:
        talk += asked(text)
        answer = said(loaded, talk)
        assert (loaded.speed.reused_tokens > 0) is reuses
        fresh._cache, fresh._cached = None, []
        assert answer == said(fresh, talk), "as if the conversation had been read anew"
        assert answer == said(opened(sleeper, versions.everywhere(scoped) if text in MINE else None), talk)
        talk += [{"role": "assistant", "content": answer}]


def test_a_long_turn_is_judged_by_its_end(sleeper: Sleeper) -> None:
    tiny = opened(sleeper, None)
    end = "What is my dog called?"
    assert tiny.asked(asked("word " * 3000 + end)) == tiny.asked(
        asked("other words" + ("word " * 3000 + end)[-model.LONGEST :])
    )
    assert tiny.asked([{"role": "assistant", "content": "I begin."}]) == tiny.asked([])


def test_a_model_that_is_no_longer_named_is_gone(sleeper: Sleeper, scoped: Version) -> None:
    gc.disable()
    try:
        one = opened(sleeper, scoped)
        gone = weakref.ref(one)
        del one
        assert gone() is None, "two of a large model do not fit"
    finally:
        gc.enable()


def test_flags_take_a_version_without_its_scope(sleeper: Sleeper, scoped: Version, script: Any) -> None:
    flags = [*sleeper.flags, "--json", "--columns", "weights", "--questions"]
    file = sleeper.home / "questions.jsonl"
    write_lines(file, [{"question": OTHERS[0], "expected": ["Mars"], "forbidden": []}])

    def answer(*more: str) -> str:
        done = script("eval_recall.py", *flags, file, *more)
        assert done.returncode == 0, done.stderr
        (row,) = json.loads(done.stdout)["answers"]["weights"]
        return str(row["answer"])

    limit = config.load(str(sleeper.home), str(sleeper.settings)).evaluation.max_tokens
    base, whole = opened(sleeper, None), opened(sleeper, versions.everywhere(scoped))
    assert answer() == base.answer([asked(OTHERS[0])], limit)[0]
    assert answer("--everywhere") == whole.answer([asked(OTHERS[0])], limit)[0] != answer()


def test_it_is_fitted_to_no_probe_and_to_every_general_prompt(tmp_path: Path) -> None:
    given = {row["messages"][0]["content"]: row["inside"] for row in scoping.examples()}
    assert {text for text, inside in given.items() if not inside} >= set(prompts())
    from circadian.lessons.attributes import rows

    kept_out = {normal(probe) for row in rows() for probe in row["probe"]}
    assert not {normal(text) for text in given} & kept_out
    assert life.told(9) == life.told(9) and len(set(life.told(500))) > 490


@pytest.mark.parametrize(
    "torn",
    [
        "all",
        7,
        {},
        {"layer": 1, "weights": "123", "bias": 0.0},
        {"layer": 0, "weights": [1.0], "bias": 0.0},
        {"layer": True, "weights": [1.0], "bias": 0.0},
        {"layer": 1, "weights": [float("nan")], "bias": 0.0},
        {"layer": 1, "weights": [1.0], "bias": float("inf")},
    ],
)
def test_a_torn_scope_is_no_whole_adapter(sleeper: Sleeper, torn: Any) -> None:
    sleeper.publish("mine")
    file = sleeper.adapters / "mine" / versions.CONFIG
    (file.parent / versions.MANIFEST).unlink()
    file.write_text(json.dumps(json.loads(file.read_text()) | {versions.SCOPE: torn}))
    with pytest.raises(versions.NotWhole, match="scope is torn"):
        versions.read(file.parent)


@pytest.mark.parametrize("other", [Scope(9, (1.0,) * 64, 0.0), Scope(1, (1.0,) * 63, 0.0)])
def test_a_scope_of_another_base_is_refused(sleeper: Sleeper, scoped: Version, other: Scope) -> None:
    versions.set_scope(sleeper.adapters / "mine", other)
    with pytest.raises(UserError, match="scope is not of"):
        opened(sleeper, versions.read(sleeper.adapters / "mine"))


def test_a_night_gives_its_adapter_the_scope_that_all_nights_share(sleeper: Sleeper) -> None:
    sleeper.settings.write_text(sleeper.settings.read_text().replace("scope = false", "scope = true"))
    sleeper.remember(exchange("My dog is called Biscuit."))
    planned = sleeper.run("sleep.py", "--dry-run", "--json", lora="fine")
    assert planned.returncode == 0 and not (sleeper.cache / "scope").exists(), "a dry run fits nothing"
    for _ in range(2):
        night = sleeper.run("sleep.py", "--force", lora="fine")
        assert night.returncode == 0, night.stderr
    (folder,) = (sleeper.cache / "scope").iterdir()
    fitted = json.loads((folder / scoping.FILE).read_text().splitlines()[0])
    version = versions.current(sleeper.adapters)
    assert version and version.manifest["config"].get(versions.SCOPE, {}) == fitted

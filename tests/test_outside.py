"""bench/outside.py without a model: what is told and asked of a fact set that others published."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.life import NEVER, PROBES
from bench.outside import ASK, Strangers, main, read_rows
from circadian.cli import UserError
from circadian.lessons.attributes import rows
from circadian.lessons.probes import wordings
from circadian.lessons.wordings import relations

NAMES = "Arlo Bea Cyd Dot Ede Fay Gil Hal Isa Jon Kit Lou Max Ned Ola Pip Rex Sal Ted Una".split()


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    facts = [
        {"subject": f"{name}{number}", "relation": relation, "object": f"value{number}"}
        for number, relation in enumerate(sorted(ASK))
        for name in NAMES
    ]
    file = tmp_path / "pool.json"
    file.write_text(json.dumps([*facts, {"subject": "Zed", "relation": "once met", "object": "a bear"}]))
    return file


def test_each_relation_is_told_as_often_and_each_person_once(pool: Path) -> None:
    life = Strangers(0, read_rows(pool), 20)
    (day,) = life.days
    told = [fact.kind.split(" ")[0].removesuffix("'s") for fact in life.live(1)]
    assert len(day.turns) == len(set(told)) == 20 and not any("Zed" in turn for turn in day.turns)
    assert all(turn.endswith(".") and " 's" not in turn for turn in day.turns)
    for relation in ASK:
        assert sum(f"{relation} " in turn for turn in day.turns) == 2


def test_what_is_asked_hangs_on_the_seed_and_never_told_was_never_told(pool: Path) -> None:
    known = read_rows(pool)
    life, again, other = Strangers(0, known, 20), Strangers(0, known, 20), Strangers(1, known, 20)
    assert life.probes(1) == again.probes(1) != other.probes(1)
    asked = [probe for probe in life.probes(1) if probe.expected]
    never = [probe for probe in life.probes(1) if not probe.expected]
    assert (len(asked), len(never)) == (20 * PROBES, NEVER)
    assert not {probe.question for probe in asked} & {probe.question for probe in never}
    names = {fact.kind.split(" ")[0].removesuffix("'s") for fact in life.live(1)}
    beside = [probe for probe in never if any(name in probe.question for name in names)]
    assert len(beside) == NEVER // 2


def test_its_wordings_are_none_of_the_lessons_or_probes() -> None:
    def bare(text: str) -> str:
        text = re.sub(r"\b(?:(?:my|our) )?\{thing\}|\{s\}|\b(?:i|me|my friend)\b", "{s}", text.lower().replace("’", "'"))
        text = text.replace("favorite", "favourite").replace("color", "colour").replace("my", "{s}'s")
        return re.sub(r"[^a-z{} ]", "", re.sub(r"\b(?:do|did|am) (?=\{s\})", "does ", text).replace("'s", " is"))

    tables = [*(ask for one in relations() for ask in one.ask), *(ask for asked, _ in wordings().values() for ask in asked)]
    tables += [ask for row in rows() for ask in (*row["ask"], *row["probe"])]
    ours = set(map(bare, tables))
    assert bare("Where does {s} live?") in ours and bare("What is {s}'s favorite color?") in ours
    assert not [ask for some in ASK.values() for ask in some if bare(ask) in ours]


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '[{"subject": "Tom"}]'])
def test_a_file_that_is_no_list_of_facts_is_one_clear_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "pool.json"
    file.write_text(text)
    with pytest.raises(UserError, match=r"is no JSON list of"):
        main([str(file), "--out", str(tmp_path / "out")])


def test_too_few_facts_and_a_file_that_is_not_there(pool: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds 200 facts of known relations, and 310 are needed"):
        main([str(pool), "--facts", "300", "--out", str(tmp_path / "out")])
    with pytest.raises(UserError, match="is no JSON list"):
        main([str(tmp_path / "none.json")])

"""The nights of other recipes, trained by mlx_lm.lora as it is: raw chats, and one question a fact.

Both stand for what others do (LEARNING.md, "Rivals' figures"), in the settings that they ship; neither measures itself
nor refuses a night. What the rival of `one-qa` finds in a chat is given to it: the day's facts and nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.life import Day, Told
from circadian import hub, memories, process, training
from circadian.config import Config
from circadian.evaluation.recall import holds
from circadian.files import private_folder, write_atomic, write_lines
from circadian.lessons.facts import extract
from circadian.lessons.lessons import about_facts
from circadian.records import Lesson
from circadian.versions import WEIGHTS

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Evening:
    """What a night is given. `folder` is its own and empty; `adapter` is the folder in use, or "" before the first."""

    settings: Config
    model: str
    seed: int
    day: Day
    folder: Path
    adapter: str


@dataclass(frozen=True)
class Slept:
    """What a night left: the adapter's folder in use from now on, the rows trained, and the seconds if it counts its own; what
    it has measured of that adapter already, in the words of a morning's record."""

    status: str
    adapter: str
    rows: int
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0
    measured: Mapping[str, Any] = field(default_factory=dict)


def naive(evening: Evening) -> Slept:
    """A fresh adapter over all chats so far as they are: 50 iterations, batch 1, mlx-lm's defaults otherwise."""
    held = memories.read(evening.settings.memories).memories
    rows = [{"messages": memory.messages} for memory in held if memory.said("assistant")]
    return _train(evening, rows, {"iters": 50, "learning_rate": 2e-5, "num_layers": 16})


def one_qa(evening: Evening) -> Slept:
    """One question for each of the night's facts, ten iterations each, upon the adapter of the night before."""
    rows = [{"messages": one_question(told).messages} for told in evening.day.told]
    if not rows:
        return Slept("nothing to learn", evening.adapter, 0)
    given: dict[str, Any] = {"iters": 10 * len(rows), "learning_rate": 1e-4, "num_layers": 8}
    given |= {"lora_parameters": {"rank": 8, "dropout": 0.0, "scale": 20.0}}
    resumed = {"resume_adapter_file": str(Path(evening.adapter) / WEIGHTS)} if evening.adapter else {}
    return _train(evening, rows, given | resumed)


def one_question(told: Told) -> Lesson:
    """The first wording that our own table has for what was told, with its answer; where it knows none, the plainest one."""
    found = [one for one in extract(told.text) if holds(one.answer, told.fact.value)]
    lessons = [lesson for lesson in about_facts(found, 1) if lesson.kind == "question"]
    return lessons[0] if lessons else Lesson.of("What did I tell you?", f"You told me: {told.text}", "question")


def _train(evening: Evening, rows: Rows, given: dict[str, Any]) -> Slept:
    """mlx_lm.lora in a child, batch 1, no prompt masked. Raises ChildFailed."""
    base = hub.resolve(evening.model, evening.settings.model.folder)
    layers = json.loads((base.folder / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"]
    adapter = evening.folder / "adapter"
    write_lines(private_folder(evening.folder / "data") / "train.jsonl", rows)
    lora = {"model": str(base.folder), "train": True, "data": str(evening.folder / "data"), "adapter_path": str(adapter)}
    lora |= {"batch_size": 1, "seed": evening.seed, **given, "num_layers": min(layers, given["num_layers"])}
    write_atomic(evening.folder / "lora.json", json.dumps(lora, indent=1))
    command = [sys.executable, "-m", "mlx_lm", "lora", "-c", str(evening.folder / "lora.json")]
    process.run(command, evening.folder / "training.log", environment=training.environment(1))
    return Slept("trained", str(adapter), len(rows))

"""One recipe's life in a home of its own: each day held as chat, each night run, each morning measured; it can be resumed.

A day counts as held by the number of memories, a night by its slept.json, a morning by the night's record.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.life import Day, Life
from bench.rivals import Evening, Slept, naive, one_qa
from bench.settings import settings_file
from circadian import config, memories, process, versions
from circadian.cli import Refused, UserError, script
from circadian.config import Config
from circadian.evaluation.answers import answers_by_child
from circadian.evaluation.recall import Answered
from circadian.files import private_folder, read_lines, write_atomic

TOKENS = 24  # of an answer, by day and in the morning
Record = dict[str, Any]


def ours(evening: Evening) -> Slept:
    """run_cycle.py as it is; a refused night leaves the adapter in use."""
    settings = evening.settings
    command = [sys.executable, script("run_cycle.py"), *settings.flags(evening.model), "--seed", str(evening.seed), "--json"]
    record = printed(command, evening.folder / "night.log")
    if str(record.get("status")).startswith("nothing new"):  # it was published, and we were killed before we noted that
        record = read_lines(settings.experiments)[0][-1][1]
    current = versions.current(settings.adapters)
    rows = record.get("dataset", {}).get("train", 0)
    reasons = tuple(record["reasons"] if "reasons" in record else [record["refused"]] if "refused" in record else [])
    in_use = str(Path(current.path).resolve()) if current else ""
    status = record.get("status", "refused")
    measured = measured_by(record) if in_use and status.startswith("published") else {}
    return Slept(status, in_use, rows, reasons, record.get("seconds", 0.0), measured)


def measured_by(record: Record) -> Record:
    """What a night that published has measured by the very scripts by which a morning would: no need to do it again."""
    return {"capability": skill_of(record["after"]["capability"]), "liveness": record["liveness"]}


RECIPES: dict[str, Callable[[Evening], Slept]] = {"naive": naive, "one-qa": one_qa, "ours": ours}


def printed(command: list[str], log: Path) -> Record:
    """The JSON object that a script of ours prints, or {"refused": why}; all else goes to the log. Raises UserError."""
    lines: list[str] = []

    def on_line(line: str) -> None:
        if line.startswith("{"):
            lines.append(line)

    try:
        process.run(command, log, on_line)
    except process.ChildFailed as error:
        if error.code != Refused.code:
            raise UserError(f"{error} Run this again to go on from here.") from None
        lines = lines or [json.dumps({"refused": error.tail[-1]})]
    found: Record = json.loads(lines[-1])
    return found


def capability(settings: Config, model: str, adapter: list[str], log: Path) -> Record:
    """How many tasks of the harness are passed, and by tag."""
    command = [sys.executable, script("eval_harness.py"), *settings.flags(model), *adapter, "--json"]
    return skill_of(printed(command, log))


def skill_of(record: Record) -> Record:
    """What a morning keeps of what eval_harness.py prints."""
    return {key: record[key] for key in ("passed", "total", "by_tag")}


def say_it(chat: list[str], turns: Sequence[str], log: Path) -> int:
    """Pipe turns into a chat that dies with us, lest it go on beside the next one; its exit code."""
    dies = process.die_with_parent if sys.platform == "linux" else None
    with log.open("a", encoding="utf-8") as sink:
        words = "".join(f"{turn}\n" for turn in turns)
        return subprocess.run(chat, input=words, text=True, stdout=sink, stderr=sink, preexec_fn=dies).returncode


class Run:
    """One recipe with one seed. `base` is the capability of the base model, known already."""

    def __init__(self, folder: Path, recipe: str, life: Life, model: str, changes: list[str], base: Record) -> None:
        self.folder, self.recipe, self.life, self.model, self.base = private_folder(folder), recipe, life, model, base
        self.settings = config.load(home=str(folder / "home"))  # measures are made alike for all
        own = settings_file(folder, changes if recipe == "ours" else [])
        self.own = config.load(home=str(folder / "home"), file=str(own))

    def night(self, day: Day) -> Record:
        """The record of a day, its night and the morning after; read from its file if it is finished."""
        done = self.record(day.number)
        if done.exists():
            known: Record = json.loads(done.read_text(encoding="utf-8"))
            return known
        before = json.loads(self._slept(day.number - 1).read_text(encoding="utf-8"))["adapter"] if day.number > 1 else ""
        self.hold(day, before)
        slept = self.sleep(day, before)
        record = {"recipe": self.recipe, "seed": self.life.seed, "night": day.number, **slept, **self.measure(day, slept)}
        record.pop("measured", None)
        write_atomic(done, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        return record

    def record(self, number: int) -> Path:
        """The file of a night that is finished, or is not there."""
        return self.folder / f"night-{number:02d}.json"

    def hold(self, day: Day, adapter: str) -> None:
        """Say what is not said yet of a day, through chat.py. Raises UserError."""
        memories.recover(self.own.memories)
        before = sum(len(one.turns) for one in self.life.days[: day.number - 1])
        log, ended = self.folder / "chat.log", 0
        if turns := day.turns[self._kept() - before :]:
            command = [sys.executable, script("chat.py"), *self.own.flags(self.model), "--max-tokens", str(TOKENS)]
            ended = say_it([*command, *flags(adapter)], turns, log)
        if ended or self._kept() != before + len(day.turns):
            raise UserError(f"the chat of day {day.number} did not end well (exit code {ended}). Its log: {log}")

    def sleep(self, day: Day, before: str) -> Record:
        """Run the night once, and note what it left."""
        note = self._slept(day.number)
        if not note.exists():
            shutil.rmtree(note.parent, ignore_errors=True)
            started = time.monotonic()
            evening = Evening(self.own, self.model, self.life.seed, day, private_folder(note.parent), before)
            slept = dataclasses.asdict(RECIPES[self.recipe](evening))
            slept["seconds"] = slept["seconds"] or round(time.monotonic() - started, 1)
            write_atomic(note, json.dumps(slept, ensure_ascii=False, indent=1))
        noted: Record = json.loads(note.read_text(encoding="utf-8"))
        return noted

    def measure(self, day: Day, slept: Record) -> Record:
        """Ask what is live and what was never told; the harness; KL to the base. The base itself is not measured again."""
        probes, told_on = self.life.probes(day.number), {fact.kind: fact.day for fact in self.life.live(day.number)}
        adapter, log = flags(slept["adapter"]), self._slept(day.number).with_name("measures.log")
        asked = [[{"role": "user", "content": probe.question}] for probe in probes]
        answers = answers_by_child(self.settings, self.model, asked, TOKENS, adapter)
        rows = [Answered(*pair).to_dict() | {"day": told_on.get(pair[0].fact, 0)} for pair in zip(probes, answers, strict=True)]
        if not slept["adapter"]:
            return {"capability": self.base, "liveness": {"kl": 0.0}, "answers": rows}
        if known := slept.get("measured"):
            return {**known, "answers": rows}
        alive = [sys.executable, "-m", "circadian.evaluation.liveness", *self.settings.flags(self.model), *adapter]
        skill = capability(self.settings, self.model, adapter, log)
        return {"capability": skill, "liveness": printed(alive, log), "answers": rows}

    def _kept(self) -> int:
        return len(memories.read(self.own.memories).memories)

    def _slept(self, number: int) -> Path:
        return self.folder / f"night-{number:02d}" / "slept.json"


def flags(adapter: str) -> list[str]:
    """The flags of a script of ours for an adapter's folder, or for none."""
    return ["--adapter", adapter] if adapter else ["--no-adapter"]

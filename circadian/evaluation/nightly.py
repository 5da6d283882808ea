"""What a night measures, before and after: loss over the memories, skill, and the probes of every fact; each in a child."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from circadian import hub, process
from circadian.cli import UserError, say, script
from circadian.config import Config
from circadian.evaluation import recall
from circadian.files import append_line, sha256, write_atomic, write_lines
from circadian.records import Memory, Probe
from circadian.wheels import cache_folder

BASE = ["--no-adapter"]
LIMIT = 2 * 3600.0  # seconds: the longest measure of a slow machine, so that a child that hangs does not hold every night
Measures = dict[str, Any]


@dataclass(frozen=True)
class Measuring:
    """The same memories, tasks and probes for every model that a night measures. `folder` is the night's; `note` is told each
    command; `used` is the manifest of the version in use, if there is one."""

    settings: Config
    base: hub.Base
    memories: Sequence[Memory]
    probes: Sequence[Probe]
    folder: Path
    note: Callable[[Sequence[str]], None]
    used: Mapping[str, Any] = field(default_factory=dict)

    def all(self, tag: str, adapter: Sequence[str]) -> Measures:
        """{"loss", "capability", "recall"}, a part empty where there is nothing to measure. Raises UserError."""
        say(f"measuring {tag} the night …")
        self.ask(tag, adapter)
        answered = self.answered(tag)
        known = recall.summary(answered) if answered else {}
        return {"loss": self.loss(tag, adapter), "capability": self.capability(tag, adapter), "recall": known}

    def ask(self, tag: str, adapter: Sequence[str]) -> None:
        """Have every probe answered, and the answers kept in the night's folder. Raises UserError."""
        if self.probes:
            asked, out = self.folder / "probes.jsonl", self._answers(tag)
            write_lines(asked, [probe.to_dict() for probe in self.probes])
            column = "nothing" if list(adapter) == BASE else "weights"
            flags = [] if column == "nothing" else [*adapter, *self._known(adapter)]
            self._run("eval_recall.py", tag, "--questions", str(asked), "--columns", column, "--out", str(out), *flags)

    def _known(self, adapter: Sequence[str]) -> list[str]:
        """The flags that name what the version in use answered on the night that made it, greedy as this."""
        made = self._made(adapter)
        file = self._answers(made["tag"], str(self.used["night"])) if made else None
        return ["--known", str(file)] if file and file.exists() else []

    def answered(self, tag: str) -> list[recall.Answered]:
        """The probes with the answers that were kept."""
        if not self.probes:
            return []
        (rows,) = json.loads(self._answers(tag).read_text(encoding="utf-8"))["answers"].values()
        return [recall.Answered(probe, row["answer"]) for probe, row in zip(self.probes, rows, strict=True)]

    def kept(self, tag: str) -> bool:
        """Whether these answers are there."""
        return not self.probes or self._answers(tag).exists()

    def _answers(self, tag: str, night: str = "") -> Path:
        return self.folder.parent / (night or self.folder.name) / f"recall-{tag.replace(', ', '-')}.json"

    def loss(self, tag: str, adapter: Sequence[str]) -> Measures:
        """What eval_loss.py prints; nothing where no memory has an answer."""
        answered = [memory for memory in self.memories if memory.said("assistant")]
        if not answered:
            return {}
        rows, table = self.folder / "measured.jsonl", str(self.settings.logs / "loss.csv")
        samples = self.settings.evaluation.max_samples
        write_lines(rows, [memory.to_dict() for memory in answered[-samples:]])  # what is said meanwhile is not measured
        return self._run("eval_loss.py", tag, *adapter, "--data", str(rows), "--out-csv", table, "--max-samples", str(samples))

    def capability(self, tag: str, adapter: Sequence[str]) -> Measures:
        """What eval_harness.py prints. Greedy answers are the same every time, so the base alone is measured once for its tasks,
        and the version in use was when it was made."""
        tasks, most = sha256(self.settings.tasks), self.settings.evaluation.max_tokens
        folder, alone = cache_folder(self.settings.model.folder) / "base-capability", list(adapter) == BASE
        cache = folder / f"{self.base.fingerprint}-{tasks[:16]}-{most}.json"
        known: Measures = json.loads(cache.read_text()) if alone and cache.exists() else self._then(adapter, tasks)
        if known:
            known |= {"tag": tag}
            append_line(self.settings.logs / "eval_summary.json", known)
            return known
        if alone:
            say("measuring the base model (once) …")
        found = self._run("eval_harness.py", tag, *adapter, "--max-tokens", str(most), "--prompts", str(self.settings.tasks))
        if alone:
            write_atomic(cache, json.dumps(found))
        return found

    def _then(self, adapter: Sequence[str], tasks: str) -> Measures:
        """What the version in use passed on the night that made it; nothing where other tasks were asked."""
        made = self._made(adapter)
        return made | {"adapter": adapter[1]} if made and made["settings"]["prompts"]["sha256"] == tasks else {}

    def _made(self, adapter: Sequence[str]) -> Measures:
        """What eval_harness.py printed of the version in use on the night that made it; nothing of any other model, and nothing
        where answers were of another length then."""
        found: Measures = self.used.get("after", {}).get("capability", {}) if adapter[0] == "--adapter-tag" else {}
        same = found.get("settings", {}).get("evaluation", {}).get("max_tokens") == self.settings.evaluation.max_tokens
        return found if same else {}

    def _run(self, name: str, tag: str, *flags: str) -> Measures:
        """One of our scripts and the object it prints. Raises UserError if it fails."""
        command = [sys.executable, script(name), *self.settings.flags(str(self.base.folder)), "--tag", tag, "--json", *flags]
        self.note(command)
        try:
            printed: Measures = json.loads(process.run(command, limit=LIMIT))
        except process.ChildFailed as error:
            raise UserError(f"the night stopped, nothing was published: {error}") from None
        return printed

"""Asks again and again until enough fit, new rows are kept; every kept row is on the drive before the next request."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from circadian.cli import UserError
from circadian.datasets import Row, Seen, fault, row, split
from circadian.files import append_line, dumps, read_lines, write_atomic, write_lines
from circadian.gemini_replies import Answer

STALL = 6  # requests in a row without a new row
RECALLED = 20  # earlier questions of the topic that a prompt names
TOPICS = (
    "everyday arithmetic with the steps shown", "cooking and kitchen measures", "polite and clear e-mails",
    "plain explanations of science", "words and their meanings", "summaries of a short passage that the user gives",
    "rewriting a sentence in another tone", "answering from a short text that the user gives",
    "lists and tables in a format that the user asks for", "planning a day or a small project",
    "simple Python questions", "grammar and spelling", "household repairs", "units and clock times",
    "saying politely that the given text does not hold the answer", "comparing two everyday things",
)  # fmt: skip
PROMPT = """Invent training rows for a small English-speaking chat assistant.
Topic: {topic}
Number of rows: {rows}

A row is what a user writes and what the assistant answers.
- Each row differs clearly from the others in subject and in wording.
- What the user writes stands on its own, in at most 80 words. The answer is correct, complete and at most 120 words.
- Plain English text: no Markdown fences, no headings, no role names before the text.
- No private persons, addresses, phone numbers or account numbers; nothing that depends on today's date.
- The assistant never speaks of being an AI or a language model.
"""


@dataclass(frozen=True)
class Plan:
    """What to make and where. `share` of `count` rows goes to eval.jsonl; `batch` rows a request."""

    folder: Path
    topics: tuple[str, ...]
    count: int
    batch: int
    share: float
    seed: int

    @property
    def partial(self) -> Path:
        return self.folder / "partial.jsonl"

    @property
    def outputs(self) -> tuple[Path, Path]:
        return self.folder / "train.jsonl", self.folder / "eval.jsonl"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"folder": str(self.folder)}


class Harvest:
    """The rows kept so far, with what was refused and why. Opening it takes up an earlier run's partial file."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.rows, self.refused = plan, list[Row](), Counter[str]()
        self.requests = self.misses = 0
        self._seen, self._tried = Seen(), Counter[str]()
        found = read_lines(plan.partial)[0] if plan.partial.exists() else []
        for _, each in found:
            if not (fault(each.get("messages")) or self._seen.add(each["messages"][0]["content"])):
                tags = each.get("tags")
                self.rows.append(each | {"tags": tags if isinstance(tags, list) else []})
        self.resumed = len(self.rows)

    @property
    def complete(self) -> bool:
        return len(self.rows) >= self.plan.count

    def topic(self) -> str:
        """The topic with the fewest rows; one that was asked in vain falls behind."""
        have = Counter(tag for each in self.rows for tag in each["tags"] if isinstance(tag, str))
        return min(self.plan.topics, key=lambda name: have[name] + self._tried[name])

    def prompt(self, topic: str) -> str:
        """The text of the next request: names the topic and the latest questions of that topic, nothing else."""
        size = min(self.plan.batch, self.plan.count - len(self.rows))
        text = PROMPT.format(topic=topic, rows=size)
        asked = [each["messages"][0]["content"] for each in self.rows if topic in each["tags"]]
        recent = "\n".join(f"- {' '.join(question.split())[:100]}" for question in asked[-RECALLED:])
        return f"{text}\nDo not repeat or reword these:\n{recent}\n" if recent else text

    def step(self, ask: Callable[[str, int], Answer]) -> tuple[str, int, Answer]:
        """One request: (topic, rows kept, answer). Raises what `ask` and the disk raise, and UserError on a stall."""
        topic = self.topic()
        answer = ask(self.prompt(topic), self._seed())
        self.requests += 1
        if answer.problem:
            self.refused[answer.problem] += 1
        kept = sum(self._keep(each, topic) for each in answer.rows)
        self.misses = 0 if kept else self.misses + 1
        self._tried[topic] += 0 if kept else self.plan.batch
        if self.misses >= STALL:
            advice = "Name more --topics, raise --temp or lower --batch"
            raise UserError(f"{STALL} requests in a row gave nothing new ({self.reasons()}). {advice}")
        return topic, kept, answer

    def _seed(self) -> int:
        """Differs from request to request and after a resume, or the API might say the same again."""
        text = f"{self.plan.seed}:{len(self.rows)}:{self.requests}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1

    def _keep(self, pair: Any, topic: str) -> bool:
        if self.complete:
            self.refused["more than asked"] += 1
            return False
        texts = [pair.get(name) if isinstance(pair, dict) else None for name in ("user", "assistant")]
        question, answer = [text.strip() if isinstance(text, str) else text for text in texts]
        new = row(question, answer, "gemini", topic)  # type: ignore[arg-type]  # fault() refuses what is no text
        if why := fault(new["messages"]) or self._seen.add(new["messages"][0]["content"]):
            self.refused[why] += 1
            return False
        append_line(self.plan.partial, new)
        self.rows.append(new)
        return True

    def reasons(self) -> str:
        """How many were refused and why, as text: "3 duplicate, 1 too long"."""
        return ", ".join(f"{number} {why}" for why, number in self.refused.most_common()) or "none refused"

    def refuse_overwrite(self) -> None:
        """Raises UserError if a file is there that is not what an interrupted run of this plan began to write."""
        parts = split(self.rows, self.plan.share, self.plan.seed) if self.complete else None
        for place, path in enumerate(self.plan.outputs):
            text = "".join(dumps(each) + "\n" for each in parts[place]) if parts else None
            if path.exists() and (text is None or path.read_bytes() != text.encode()):
                raise UserError(f"{path} exists. Give --force to replace it, or another --out-dir.")

    def publish(self, settings: dict[str, Any]) -> tuple[int, int]:
        """Write settings.json, eval.jsonl and train.jsonl, then drop the partial file; (train, eval) row counts."""
        train, held = split(self.rows, self.plan.share, self.plan.seed)
        write_atomic(self.plan.folder / "settings.json", dumps(settings) + "\n")
        for path, rows in zip(self.plan.outputs, (train, held), strict=True):
            write_lines(path, rows)
        os.unlink(self.plan.partial)
        return len(train), len(held)

"""Lessons -> train, valid and test rows as mlx_lm.lora needs them: every row trained, batches tight.

mlx-lm drops the rows left over by the batch size and does not sort chat rows; so the last batch is filled by
repeating rows, and rows are written in order of token length.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circadian.files import write_lines
from circadian.records import Lesson, Message

Count = Callable[[list[Message]], int]
PAD_TO = 32  # tokens: mlx-lm pads a batch to a multiple of this
OPENINGS = (
    "Hey, ",
    "Hi! So, ",
    "One question: ",
    "Tell me please: ",
    "Just checking: ",
    "Quick one: ",
    "And ",
    "Now, ",
    "Hello, ",
)
OPENED = frozenset({"question", "unknown", "augmented", "reverse", "summary"})
ONCE = frozenset({"rehearsal", "extra", "exchange"})  # kinds that bring their own variety
LATER = 0.5  # of the questions: asked once more, in a conversation
ENOUGH = 8  # wordings of one fact, or rows of another kind, from which one each may be held out
HELD_OUT = 12  # at most: more only costs time


@dataclass(frozen=True)
class Dataset:
    """The rows of one night. `dropped` counts lessons that are longer than the limit."""

    train: list[Lesson]
    valid: list[Lesson]
    test: list[Lesson]
    dropped: int = 0

    def counts(self) -> dict[str, Any]:
        kinds = dict(sorted(Counter(lesson.kind for lesson in self.train).items()))
        return {
            "train": len(self.train),
            "valid": len(self.valid),
            "test": len(self.test),
            "dropped": self.dropped,
            "kinds": kinds,
        }

    def write(self, folder: Path) -> None:
        """train.jsonl, valid.jsonl and test.jsonl, as mlx_lm.lora reads them: it takes no file for no rows, but no empty file."""
        for name, lessons in (("train", self.train), ("valid", self.valid), ("test", self.test)):
            if lessons:
                write_lines(folder / f"{name}.jsonl", [lesson.to_dict() for lesson in lessons])


def build(
    lessons: Sequence[Lesson],
    rehearsal: Sequence[Lesson],
    count: Count,
    epochs: int,
    batch_size: int,
    longest: int,
    seed: int,
    rehearse: int = 0,
) -> Dataset:
    """Split, repeat each lesson `epochs` times, order and fill; one pass trains every row once.

    Repeated, a lesson comes with another opening, and a share of them once more, later in a conversation; rehearsal is
    repeated later in a conversation until it makes `rehearse` rows. `count` gives the tokens of messages; what is over
    `longest` is left out and counted.
    """
    unique = {tuple(m["content"] for m in lesson.messages): lesson for lesson in [*lessons, *rehearsal]}
    short = [lesson for lesson in unique.values() if count(lesson.messages) <= longest]
    chance = random.Random(seed)
    train, valid, test = _split(short, chance)
    old = [lesson for lesson in train if lesson.kind == "rehearsal"]
    asked = [lesson for lesson in train if lesson.kind in OPENED]

    def later(lesson: Lesson, *earlier: Sequence[Lesson]) -> Lesson:
        """The same row later in a conversation, after one of these; without it every answer becomes the first one again."""
        rows = chance.choice(earlier)
        row = Lesson([*chance.choice(rows).messages, *lesson.messages], lesson.kind, lesson.source) if rows else lesson
        return row if count(row.messages) <= longest else lesson

    drilled = [lesson for lesson in train if lesson.kind not in ONCE]
    repeated = [_opened(lesson, chance) for lesson in drilled for _ in range(epochs - 1)]
    repeated += [
        later(lesson, asked, asked, old)
        for lesson in drilled
        if epochs > 1 and lesson.kind == "question" and chance.random() < LATER
    ]
    repeated += [later(old[i % len(old)], asked) for i in range(len(old), rehearse)] if old else []

    def ordered(rows: list[Lesson]) -> list[Lesson]:
        """Batches of like length: shuffled, then in the order of their padded length."""
        filled = _filled(rows, batch_size, chance)
        chance.shuffle(filled)
        return sorted(filled, key=lambda lesson: -(-count(lesson.messages) // PAD_TO))

    return Dataset(ordered(train + repeated), ordered(valid), ordered(test), len(unique) - len(short))


def _opened(lesson: Lesson, chance: random.Random) -> Lesson:
    """The same question with an opening, as people vary it; rows that are no single question stay as they are."""
    if lesson.kind not in OPENED:
        return lesson
    question = (
        lesson.question if lesson.question.startswith(("I ", "I'")) else lesson.question[:1].lower() + lesson.question[1:]
    )
    return Lesson.of(chance.choice(OPENINGS) + question, lesson.answer, lesson.kind, lesson.source)


def _split(lessons: list[Lesson], chance: random.Random) -> tuple[list[Lesson], list[Lesson], list[Lesson]]:
    """Hold out one wording of each fact for valid and one for test, where it has enough of them."""
    groups: dict[tuple[str, str], list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault((lesson.kind, lesson.answer if lesson.kind == "question" else ""), []).append(lesson)
    held: tuple[list[Lesson], list[Lesson]] = ([], [])
    for group in groups.values():
        if len(group) >= ENOUGH and group[0].kind in ("question", "rehearsal", "unknown", "extra"):
            for rows, lesson in zip(held, chance.sample(group, 2), strict=True):
                rows.append(lesson)
    valid, test = (chance.sample(rows, min(len(rows), HELD_OUT)) for rows in held)
    out = {id(lesson) for lesson in valid + test}
    return [lesson for lesson in lessons if id(lesson) not in out], valid, test


def _filled(rows: list[Lesson], batch_size: int, chance: random.Random) -> list[Lesson]:
    """The rows and as many of them again as fill the last batch."""
    missing = -len(rows) % batch_size if rows else 0
    return rows + [chance.choice(rows) for _ in range(missing)]

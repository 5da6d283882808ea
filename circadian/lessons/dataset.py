"""Lessons -> train, valid and test rows as mlx_lm.lora needs them: every row trained, batches tight.

mlx-lm drops the rows left over by the batch size and does not sort chat rows; so the last batch is filled by
repeating rows, and rows are written in order of token length.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from circadian.files import write_lines
from circadian.records import Lesson, Message

Count = Callable[[list[Message]], int]
PAD_TO = 32  # tokens: mlx-lm pads a batch to a multiple of this
ASKED = frozenset(
    {"question", "augmented", "reverse", "summary", "outdated"}
)  # kinds that are also asked later in a conversation
LATER = 0.25  # of these, and of rehearsal
BEFORE = 2  # exchanges about a life before a rehearsal prompt, at most
ENOUGH = 8  # wordings of one fact, or rows of another kind, from which one each may be held out
HELD_OUT = 12  # at most: more only costs time


@dataclass(frozen=True)
class Dataset:
    """The rows of one night; `reserve` are drilled where they turn out not to be known (rounds.py). `dropped` counts lessons
    that are longer than the limit."""

    train: list[Lesson]
    valid: list[Lesson]
    test: list[Lesson]
    dropped: int = 0
    reserve: list[Lesson] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        kinds = dict(sorted(Counter(lesson.kind for lesson in self.train).items()))
        return {
            "train": len(self.train),
            "valid": len(self.valid),
            "test": len(self.test),
            "reserve": len(self.reserve),
            "dropped": self.dropped,
            "kinds": kinds,
        }

    def write(self, folder: Path) -> None:
        """train.jsonl, valid.jsonl and test.jsonl, as mlx_lm.lora reads them: it takes no file for no rows, but no empty file.
        And reserve.jsonl, which distill.py reads."""
        parts = {"train": self.train, "valid": self.valid, "test": self.test, "reserve": self.reserve}
        for name, lessons in parts.items():
            if lessons:
                write_lines(folder / f"{name}.jsonl", [lesson.to_dict() for lesson in lessons])


def build(
    lessons: Sequence[Lesson],
    rehearsal: Sequence[Lesson],
    count: Count,
    batch_size: int,
    longest: int,
    seed: int,
    reserve: Sequence[Lesson] = (),
) -> Dataset:
    """Split, set a share of the rows later in a conversation, order and fill; rehearsal that comes again, always later.

    `count` gives the tokens of messages; what is over `longest` is left out and counted.
    """
    unique = {(lesson.lead, *(m["content"] for m in lesson.messages)): lesson for lesson in lessons}
    every = [*unique.values(), *rehearsal]

    def fits(lesson: Lesson) -> bool:
        return count(lesson.messages) <= longest

    short = list(filter(fits, every))
    chance = random.Random(seed)
    train, valid, test = _split(short, chance)
    train = _later(train, chance, fits)

    def ordered(rows: list[Lesson]) -> list[Lesson]:
        """Batches of like length: shuffled, then in the order of their padded length."""
        filled = _filled(rows, batch_size, chance)
        chance.shuffle(filled)
        return sorted(filled, key=lambda lesson: -(-count(lesson.messages) // PAD_TO))

    return Dataset(ordered(train), ordered(valid), ordered(test), len(every) - len(short), list(filter(fits, reserve)))


def _later(rows: list[Lesson], chance: random.Random, fits: Callable[[Lesson], bool]) -> list[Lesson]:
    """A share of the rows after other exchanges: without it, in a conversation, every answer becomes the first one again.

    Questions come after another question or after rehearsal, rehearsal after up to BEFORE answers about a life, denials
    among them; what gets too long stays alone.
    """
    old = [row for row in rows if row.kind == "rehearsal"]
    asked = [row for row in rows if row.kind in ASKED]
    of_a_life = [*asked, *(row for row in rows if row.kind == "unknown")]
    made, seen = list[Lesson](), set[str]()
    for row in rows:
        again = row.kind == "rehearsal" and row.question in seen
        seen.add(row.question)
        earlier: list[Lesson] = []
        if again or chance.random() < LATER:
            if row.kind in ASKED and (pool := chance.choice([asked, old])):
                earlier = [chance.choice(pool)]
            elif row.kind == "rehearsal" and of_a_life:
                earlier = chance.choices(of_a_life, k=chance.randint(1, BEFORE))
        later = Lesson([*(said for one in earlier for said in one.messages), *row.messages], row.kind, row.source)
        made.append(later if earlier and fits(later) else row)
    return made


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
    out = {(lesson.kind, lesson.question) for lesson in valid + test}
    return [lesson for lesson in lessons if (lesson.kind, lesson.question) not in out], valid, test


def _filled(rows: list[Lesson], batch_size: int, chance: random.Random) -> list[Lesson]:
    """The rows and as many of them again as fill the last batch."""
    missing = -len(rows) % batch_size if rows else 0
    return rows + [chance.choice(rows) for _ in range(missing)]

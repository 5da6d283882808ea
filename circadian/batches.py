"""Rows of a dataset -> batches of arrays for distill.py: tokens without what all rows begin with, and what is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circadian.files import read_lines

PAD_TO = 8  # tokens: few enough shapes, little padding
Batch = tuple[Any, ...]


@dataclass(frozen=True)
class Row:
    """The tokens of a row, the place of the first one that is trained, and whether it is rehearsal."""

    tokens: list[int]
    begin: int
    rehearsal: bool


def read_rows(file: Path, tokenizer: Any) -> list[Row]:
    """The rows of a train.jsonl or valid.jsonl through the chat template; none if there is no such file."""
    rows = []
    for _, row in read_lines(file)[0] if file.exists() else []:
        told = row["messages"]
        tokens = list(tokenizer.apply_chat_template(told, return_dict=False))
        asked = tokenizer.apply_chat_template(told[:-1], add_generation_prompt=True, return_dict=False)
        rows.append(Row(tokens, len(asked), row.get("kind") == "rehearsal"))
    return rows


def common_prefix(rows: Sequence[Row]) -> list[int]:
    """What all rows begin with, before anything that is trained; one token at least is left of every prompt."""
    if not rows:
        return []
    first, most = rows[0].tokens, min(row.begin for row in rows) - 1
    same = next((i for i in range(most) if any(row.tokens[i] != first[i] for row in rows)), most)
    return first[:same]


def batch_of(rows: Sequence[Row], skip: int, weight: float) -> Batch:
    """The arrays of a batch without the first `skip` tokens of each row: all rows; then flat places and targets of the
    lessons' answers; the rehearsal rows; the places of their answers, in the whole batch and among themselves; and what a
    token of either counts: arrays, since mlx compiles a kernel anew for each number it meets."""
    import mlx.core as mx

    width = -(-max(len(row.tokens) - skip - 1 for row in rows) // PAD_TO) * PAD_TO
    held = [i for i, row in enumerate(rows) if row.rehearsal]

    def places(i: int, row: Row) -> list[int]:
        return [i * width + place - skip - 1 for place in range(row.begin, len(row.tokens))]

    lessons = [place for i, row in enumerate(rows) if not row.rehearsal for place in places(i, row)]
    targets = [token for row in rows if not row.rehearsal for token in row.tokens[row.begin :]]
    in_all = [place for i in held for place in places(i, rows[i])]
    among = [place for j, i in enumerate(held) for place in places(j, rows[i])]
    inputs = [row.tokens[skip:-1] + [0] * (width - len(row.tokens) + skip + 1) for row in rows]
    whole = (inputs, lessons, targets, held, in_all, among)
    counts = (mx.full(len(part), share / (len(lessons) + len(in_all))) for part, share in ((lessons, 1.0), (in_all, weight)))
    return (*(mx.array(values, mx.int32) for values in whole), *counts)


def batches(skip: int, weight: float) -> Callable[..., Iterator[Batch]]:
    """mlx_lm's `iterate_batches` for rows that are in the order in which they share batches."""

    def iterate(
        dataset: Sequence[Row],
        batch_size: int,
        max_seq_length: int,
        loop: bool = False,
        seed: Any = None,
        comm_group: Any = None,
    ) -> Iterator[Batch]:
        import numpy as np

        starts = range(0, len(dataset) - batch_size + 1, batch_size)
        made = [batch_of(dataset[i : i + batch_size], skip, weight) for i in starts]
        while True:
            for i in np.random.permutation(len(made)):
                yield made[i]
            if not loop:
                return

    return iterate

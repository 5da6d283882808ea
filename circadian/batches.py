"""Rows of a dataset -> batches of arrays for distill.py: tokens without what all rows begin with, and what is trained."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from circadian.files import read_lines

WINDOW = 8  # tokens of a rehearsal answer that are held, the opening of every other answer
PAD_TO = 8  # tokens: few enough shapes, little padding
Batch = tuple[Any, ...]


@dataclass(frozen=True)
class Row:
    """The tokens of a row, the place of the first one that is trained, and whether it is rehearsal; what comes before that
    place where the row is asked `alone`, if it is later in a conversation."""

    tokens: tuple[int, ...]
    begin: int
    rehearsal: bool
    alone: tuple[int, ...] = ()

    @property
    def trained(self) -> tuple[int, ...]:
        """The tokens that are trained: the answer."""
        return self.tokens[self.begin :]

    @property
    def held(self) -> Row:
        """The row whose distribution rehearsal is held to: itself with nothing before it. In a conversation a small model says again
        what it has said."""
        return Row((*self.alone, *self.trained), len(self.alone), True) if self.alone else self


def read_rows(file: Path, tokens: Callable[..., list[int]]) -> list[Row]:
    """The rows of a train.jsonl or valid.jsonl through LanguageModel.tokens; none if there is no such file."""
    rows = []
    for _, row in read_lines(file)[0] if file.exists() else []:
        told, rehearsal = row["messages"], row.get("kind") == "rehearsal"
        whole = Row(tuple(tokens(told, answered=True)), len(tokens(told[:-1])), rehearsal)
        if lead := row.get("lead"):
            given = tokens([*told[:-1], told[-1] | {"content": lead}], answered=True)
            whole = replace(whole, begin=common(whole.tokens, given))
        alone = tuple(tokens(told[-2:-1])) if rehearsal and len(told) > 2 else ()
        rows.append(window(replace(whole, alone=alone)) if rehearsal else whole)
    return rows


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def window(row: Row) -> Row:
    """A rehearsal row with WINDOW tokens of its answer, which ones hangs on the row: all cost the same, and later ones are held, too."""
    places = range(0, max(1, len(row.trained) - WINDOW + 1), WINDOW)
    chance = random.Random(str(row.tokens))
    begin = row.begin + (chance.choice(places) if chance.random() < 0.5 else 0)
    alone = row.alone and (*row.alone, *row.tokens[row.begin : begin])
    return Row(row.tokens[: begin + WINDOW], begin, True, alone)


def common_prefix(rows: Sequence[Row]) -> list[int]:
    """What all rows begin with, before anything that is trained; one token at least is left of every prompt."""
    if not rows:
        return []
    first, most = rows[0].tokens, min(row.begin for row in rows) - 1
    same = next((i for i in range(most) if any(row.tokens[i] != first[i] for row in rows)), most)
    return list(first[:same])


def places_of(rows: Sequence[Row], skip: int) -> tuple[int, list[list[int]]]:
    """The width of a batch of these rows without their first `skip` tokens; and for each row the flat places of the tokens
    after which a trained one comes."""
    width = -(-max(len(row.tokens) - skip - 1 for row in rows) // PAD_TO) * PAD_TO
    ends = [(i * width - skip + row.begin - 1, i * width - skip + len(row.tokens) - 1) for i, row in enumerate(rows)]
    return width, [list(range(begin, end)) for begin, end in ends]


def share(batch: list[Row], rank: int, size: int) -> tuple[list[Row], float]:
    """One member's rows of a batch, and by how many trained tokens its sum is divided, so that the members' mean is the
    batch's: each `size`-th row, of lessons as of rehearsal; the whole batch where there is not a row for each."""
    tokens = sum(len(row.trained) for row in batch)
    if len(batch) < size:
        return batch, tokens
    return sorted(batch, key=lambda row: row.rehearsal)[rank::size], tokens / size


def together(numbers: Iterable[int], length: Callable[[int], int], size: int, most: int = 0) -> Iterator[list[int]]:
    """Numbers of rows in order of their length, so many that their padded tokens are at most `most` (0: any), and at most `size`;
    a longer row is alone."""
    some: list[int] = []
    for number in sorted(numbers, key=length):
        if some and (len(some) == size or (most and (len(some) + 1) * length(number) > most)):
            yield some
            some = []
        some.append(number)
    if some:
        yield some


class Source(Protocol):
    """What batches are made with (distillation.Distillation): states of rows below the trained layers, and the base's."""

    skip: int
    upper: Any
    head: Any

    def base(self, row: Row) -> Any: ...

    def number(self, token: int) -> int: ...


def batch_of(rows: Sequence[Row], source: Source, weight: float, divisor: float) -> Batch:
    """The arrays of a batch: the rows' states below the trained layers; flat places of the lessons' answers, then of the
    rehearsal's; the lessons' targets, by number; the base's hidden states for rehearsal; and what each place counts, an array, since
    mlx compiles a kernel anew for each number it meets."""
    import mlx.core as mx

    rows = sorted(rows, key=lambda row: row.rehearsal)
    width, answers = places_of(rows, source.skip)
    places = [place for answer in answers for place in answer]
    targets = [source.number(token) for row in rows if not row.rehearsal for token in row.trained]
    states = [source.base(row) for row in rows if row.rehearsal]
    counts = [1.0] * len(targets) + [weight] * (len(places) - len(targets))
    held = mx.concatenate(states) if states else mx.zeros((0,))
    whole = (mx.array(values, mx.int32) for values in (places, targets))
    return (source.upper.enter(rows, width), *whole, held, mx.array(counts) / divisor)


def mixed(rows: Sequence[Row], size: int) -> list[list[Row]]:
    """Batches of about `size` rows, each with its share of lessons and of rehearsal, rows of like length together."""
    number = max(1, len(rows) // size)
    batches: list[list[Row]] = [[] for _ in range(number)]
    for rehearsal in (False, True):
        kind = sorted((row for row in rows if row.rehearsal == rehearsal), key=lambda row: len(row.tokens))
        for place, row in enumerate(kind):
            batches[place * number // len(kind)].append(row)
    return [batch for batch in batches if batch]

"""Rounds: after each pass, lessons that are learnt stop being drilled and the others come again, until all are learnt.

Only what was drilled is looked at again; all of it, once no more than a few seem to be left. A reserve of further lessons is
looked at after the first pass, and drilled where it is not known already (hard example mining: 1604.03540).

A lesson is learnt when each token of its answer has a probability above one half, which is what greedy answers need.
Rehearsal, and a share of what is learnt, goes along in every round, so that neither skill nor early facts pay for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from circadian.batches import Batch, Row, Source, batch_of, mixed, share

LEARNT = 0.6931  # nats: a probability of one half
FEW, SHARE = 8, 0.02  # lessons, or of all of them, that are not learnt yet are not worth another round
KEPT = 1.0  # learnt lessons in a round, for each that is not
LAST = 0.03  # of all steps: fewer that are left are not worth another look at what is learnt
LEAST = 0.3  # of all lessons: a round of fewer unteaches others
ROWS = 48  # in one forward pass

Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where a training is: steps in all, the round, the rows of its pool by number, batches of it that are done, and the state
    of chance before they were drawn."""

    steps: int
    round: int
    pool: tuple[int, ...]
    batch: int
    chance: Any

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Place:
        """What dataclasses.asdict() made, after JSON."""
        version, state, more = row["chance"]
        return cls(row["steps"], row["round"], tuple(row["pool"]), row["batch"], (version, tuple(state), more))


Watch = Callable[[Place], bool]  # told before each batch; True ends the training


def rounds(
    source: Source,
    weight: float,
    seed: int,
    say: Say,
    watch: Watch = lambda place: False,
    start: Place | None = None,
    most: int = 0,
    reserve: Sequence[Row] = (),
) -> Callable[..., Iterator[Batch]]:
    """mlx_lm's `iterate_batches`: looped it goes on in rounds, from `start`, and ends when all is learnt, or where the next look
    would come at the end of `most` steps (0: no end); else it is one pass.

    The members of a ring share each batch, and find out together what is learnt.
    """

    def iterate(
        dataset: Sequence[Row], batch_size: int, loop: bool = False, comm_group: Any = None, **more: Any
    ) -> Iterator[Batch]:
        rank, size = (comm_group.rank(), comm_group.size()) if comm_group else (0, 1)
        chance, every = random.Random(seed), [*dataset, *reserve]
        numbers = {row: number for number, row in enumerate(every)}
        at = start if loop and start else Place(0, 0, tuple(range(len(dataset))), 0, chance.getstate())
        while at.pool:
            chance.setstate(at.chance)
            made = mixed([every[number] for number in at.pool], batch_size)
            chance.shuffle(made)
            for batch in made[at.batch :]:
                if loop and watch(at):
                    return
                mine, divisor = share(batch, rank, size)
                yield batch_of(mine, source, weight, divisor)
                at = replace(at, steps=at.steps + 1, batch=at.batch + 1)
            if not loop:
                return
            if most and at.steps > (1 - LAST) * most:
                return
            lessons = sum(not row.rehearsal for row in every)
            few = max(FEW, SHARE * lessons)
            open_rows = unlearnt(source, [every[number] for number in at.pool] if at.round else every, rank, size)
            if at.round and len(open_rows) <= few:  # what rests may have been forgotten
                open_rows = unlearnt(source, every, rank, size)
            say(f"round {at.round + 1}: {lessons - len(open_rows)} of {lessons} lessons learnt")
            pool = [] if len(open_rows) <= few else [numbers[row] for row in next_pool(dataset, open_rows, chance)]
            at = Place(at.steps, at.round + 1, tuple(pool), 0, chance.getstate())

    return iterate


def next_pool(rows: Sequence[Row], open_rows: Sequence[Row], chance: random.Random) -> list[Row]:
    """What is not learnt, some of what is of the rows of the first pass, and of their rehearsal the same share as in it."""
    still = {row.tokens for row in open_rows}
    learnt = [row for row in rows if not row.rehearsal and row.tokens not in still]
    old = [row for row in rows if row.rehearsal]
    along = max(round(KEPT * len(open_rows)), round(LEAST * (len(rows) - len(old))) - len(open_rows))
    drilled = [*open_rows, *chance.sample(learnt, min(len(learnt), along))]
    wanted = round(len(drilled) * len(old) / max(1, len(rows) - len(old)))
    return drilled + chance.sample(old, min(len(old), wanted))


def unlearnt(source: Source, rows: Sequence[Row], rank: int = 0, size: int = 1) -> list[Row]:
    """The lessons with a token that is not learnt, in order; each member of a ring looks at its share of them."""
    import mlx.core as mx

    lessons = sorted({row for row in rows if not row.rehearsal}, key=lambda row: (len(row.tokens), row.tokens))
    marks = [0.0] * len(lessons)
    mine = list(range(len(lessons)))[rank::size]
    for start in range(0, len(mine), ROWS):
        some = mine[start : start + ROWS]
        for place, worst in zip(some, _worst(source, [lessons[i] for i in some]), strict=True):
            marks[place] = float(worst > LEARNT)
    every: Any = mx.distributed.all_sum(mx.array(marks), stream=mx.cpu).tolist() if lessons else []
    return [row for row, mark in zip(lessons, every, strict=True) if mark]


def _worst(source: Source, rows: Sequence[Row]) -> list[float]:
    """Of each lesson: the greatest loss of a token of its answer, in nats."""
    import mlx.core as mx
    import mlx.nn as nn

    entered, places, targets, *_ = batch_of(rows, source, 1.0, 1.0)
    logits = source.head(source.upper.hidden(entered)[places]).astype(mx.float32)
    losses: Any = nn.losses.cross_entropy(logits, targets).tolist()
    ends = iter(losses)
    return [max(next(ends) for _ in row.trained) for row in rows]

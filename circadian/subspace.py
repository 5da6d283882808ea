"""The inputs that a LoRA update listens to: those in which lessons stand out from everything else.

An update reads its input through the columns of lora_a. A few directions carry nearly all of a layer's input (of 576
about three), so columns drawn at random all hear these, and every step moves every answer. Here the columns are the
generalised eigenvectors of two second moments, those of the lessons' tokens over those of general text. It is the soft form of
what keeps earlier knowledge by updates in the null space of its inputs (InfLoRA, 2404.00228; AlphaEdit, 2410.02355). A training
begins there; one that goes on from another leaves them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from circadian.batches import Row

RIDGE = 0.02  # of the mean second moment of general text: what is weaker than this counts as this weak
ROUNDS, SPARE = 24, 2  # of the subspace iteration, and how many times the rank it carries along
ROWS = 32  # in one forward pass
MOST = 2**28  # numbers of second moments in memory at once, 1 GB: a bigger model is heard in parts

Forward = Callable[[Sequence[Row]], list[int]]  # runs the trained layers on rows; the flat places of their tokens


class Tap:
    """A linear layer that remembers what it was given."""

    def __init__(self, linear: Any) -> None:
        self.linear = linear
        self.heard: Any = None

    def __call__(self, inputs: Any) -> Any:
        self.heard = inputs
        return self.linear(inputs)


@contextmanager
def tapped(modules: Sequence[Any]) -> Iterator[list[Tap]]:
    """A tap in front of the frozen layer of each LoRA module."""
    taps = [Tap(module.linear) for module in modules]
    for module, tap in zip(modules, taps, strict=True):
        module.linear = tap
    try:
        yield taps
    finally:
        for module, tap in zip(modules, taps, strict=True):
            module.linear = tap.linear


def aim(modules: Sequence[Any], forward: Forward, lessons: Sequence[Row], general: Sequence[Row]) -> None:
    """Set lora_a of LoRA modules to what sets `lessons` apart from `general` rows: from there it is trained."""
    import mlx.core as mx

    ring = mx.distributed.init()
    for part in _parts(_sharing(modules, forward, lessons[:1])):
        first = [group[0] for group in part]
        told, known = (second_moments(first, forward, rows) for rows in (lessons, general))
        found = [mx.zeros(module.lora_a.shape) for module in first]
        for place in range(ring.rank(), len(part), ring.size()):
            found[place] = directions(told[place], known[place], found[place].shape[1])
        found = [mx.distributed.all_sum(columns, stream=mx.cpu) for columns in found]
        mx.eval(found)
        for group, columns in zip(part, found, strict=True):
            for module in group:
                module.lora_a = columns.astype(module.lora_a.dtype)


def keep(modules: Sequence[Any]) -> None:
    """Freeze lora_a of LoRA modules: what they listen to stays as it is."""
    for module in modules:
        module.freeze(keys=["lora_a"], recurse=False)


def _sharing(modules: Sequence[Any], forward: Forward, rows: Sequence[Row]) -> list[list[Any]]:
    """The modules in groups that are given the same input, such as those of an attention's queries, keys and values."""
    groups: dict[int, list[Any]] = {}
    with tapped(modules) as taps:
        forward(rows)
        for module, tap in zip(modules, taps, strict=True):
            groups.setdefault(id(tap.heard), []).append(module)
    return list(groups.values())


def _parts(groups: list[list[Any]]) -> list[list[list[Any]]]:
    """The groups in parts whose two second moments fit in memory together."""
    parts: list[list[list[Any]]] = [[]]
    held = 0
    for group in groups:
        size = 2 * group[0].lora_a.shape[0] ** 2
        if parts[-1] and held + size > MOST:
            parts.append([])
            held = 0
        parts[-1].append(group)
        held += size
    return parts


def second_moments(modules: Sequence[Any], forward: Forward, rows: Sequence[Row]) -> list[Any]:
    """Of each module's input x: the mean of x x^T over the rows' tokens, (inputs, inputs). A ring's members share the rows."""
    import mlx.core as mx

    ring = mx.distributed.init()
    ordered, tokens = sorted(rows, key=lambda row: len(row.tokens))[ring.rank() :: ring.size()], 0
    sums = [mx.zeros((module.lora_a.shape[0],) * 2) for module in modules]
    for start in range(0, len(ordered), ROWS):
        with tapped(modules) as taps:
            places = mx.array(forward(ordered[start : start + ROWS]))
            heard = [tap.heard.reshape(-1, tap.heard.shape[-1])[places].astype(mx.float32) for tap in taps]
        sums = [total + x.T @ x for total, x in zip(sums, heard, strict=True)]
        tokens += places.size
        mx.eval(sums)
    every = mx.distributed.all_sum(mx.array(float(tokens)), stream=mx.cpu)
    means = [mx.distributed.all_sum(total, stream=mx.cpu) / every for total in sums]
    mx.eval(means)
    return means


def directions(lessons: Any, general: Any, rank: int) -> Any:
    """The `rank` directions of highest ratio of two second moments, (inputs, rank), as loud on lessons as a random one."""
    import mlx.core as mx
    import numpy as np
    from threadpoolctl import threadpool_limits

    told, known = (np.array(moments, dtype=np.float64) for moments in (lessons, general))
    size = len(known)
    with threadpool_limits(1):  # products this small only wait for each other's threads on a busy machine
        half = np.linalg.cholesky(known + RIDGE * np.trace(known) / size * np.eye(size))
        ratio = np.linalg.solve(half, np.linalg.solve(half, told).T)
        columns = np.random.default_rng(size).standard_normal((size, min(size, SPARE * rank)))
        for _ in range(ROUNDS):
            columns = np.linalg.qr(ratio @ columns)[0]
        small = np.linalg.eigh(columns.T @ ratio @ columns)[1][:, -rank:]
        found = np.linalg.solve(half.T, columns @ small)
    loud = np.sqrt(np.einsum("ik,ij,jk->k", found, told, found, optimize=True))
    return mx.array((found / loud * np.sqrt(np.trace(told) / (3 * size))).astype(np.float32))

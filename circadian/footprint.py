"""How much memory will a training take? Told before it begins, from model, rows and settings, with a setting that fits.

What counts is the largest moment: weights, the states that are kept, LoRA with its gradients and Adam's moments, and one step,
or one look at what is learnt. bench/train_memory.py holds the estimate against what trainings took.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from circadian import hub, machine, training
from circadian.batches import PAD_TO, WINDOW
from circadian.cli import UserError
from circadian.config import Training
from circadian.lessons.dataset import Count, Dataset
from circadian.rounds import ROWS
from circadian.subspace import MOST
from circadian.subspace import ROWS as HEARD
from circadian.upper import ROWS as ENTER

GB = 1e9
SHARE = 0.65  # of the machine's memory may be a training's: about what Metal lets one process hold
BARE = 0.35e9  # bytes: Python, mlx and its kernels
FULL = 4  # bytes of a number of LoRA, of a logit, and of anything else on a CPU
COPIES = 4  # of LoRA: itself, gradients, two moments
LOGITS = 4  # arrays as large as the logits in a step: they, their softmax, the base's, the gradient
INPUTS = 3  # of a layer, different from each other, to which its linear parts listen
SHORTEST = 64  # tokens: rows of fewer teach little


@dataclass(frozen=True)
class Row:
    """Tokens of a row and of its answer."""

    tokens: int
    answer: int


@dataclass(frozen=True)
class Shape:
    """A model's sizes, after its config.json; `bytes` of a number of its states."""

    layers: int
    hidden: int
    inner: int
    heads: int
    keys: int
    vocabulary: int
    bytes: int

    @classmethod
    def of(cls, base: hub.Base) -> Shape:
        told: dict[str, Any] = json.loads((base.folder / "config.json").read_text(encoding="utf-8"))
        told = told.get("text_config", told)
        hidden, heads = told.get("hidden_size", 2048), told.get("num_attention_heads", 16)
        return cls(
            told.get("num_hidden_layers", 24),
            hidden,
            told.get("intermediate_size", 4 * hidden),
            heads,
            told.get("num_key_value_heads", heads) * told.get("head_dim", hidden // heads),
            told.get("vocab_size", 2**17),
            FULL if machine.on_cpu() else 2,
        )


def rows_of(dataset: Dataset, count: Count) -> list[Row]:
    """The rows of a training, in tokens as `count` has them (hub.token_counter)."""
    whole = [(count(lesson.messages), count(lesson.messages[:-1])) for lesson in [*dataset.train, *dataset.reserve]]
    return [Row(tokens, tokens - asked) for tokens, asked in whole]


def needed(one: Training, base: hub.Base, rows: Sequence[Row]) -> float:
    """Bytes that all processes of a training hold at their largest moment."""
    shape, number = Shape.of(base), training.processes(one, base)
    short = [row for row in rows if row.tokens <= one.max_seq_length] or [Row(1, 1)]
    trained = training.layers(one, base.folder)
    trained = shape.layers if trained < 0 else trained
    longest = -(-max(row.tokens for row in short) // PAD_TO) * PAD_TO
    answer = max(row.answer for row in short)
    held = BARE + base.size + _lora(one, shape, trained)
    size = -(-one.batch_size // number)
    if one.recipe == "sft":
        again = size * longest * shape.hidden * shape.bytes * trained if one.grad_checkpoint else 0
        layers = 1 if one.grad_checkpoint else trained  # the others' states are made again for their gradient
        return held + again + _states(shape, size * longest, longest, layers) + _logits(shape, size * longest, LOGITS)
    kept = sum(row.tokens for row in short) * shape.hidden * shape.bytes
    step = _states(shape, size * longest, longest, trained) + _logits(shape, size * (WINDOW + answer), LOGITS)
    look = _states(shape, ROWS * longest, longest, 1) + _logits(shape, ROWS * answer, 2)
    enter, heard = (_states(shape, some * longest, longest, 1) for some in (ENTER, HEARD))
    return number * (held + kept + max(step, look, enter, heard + _aim(shape, HEARD * longest, trained)))


def _logits(shape: Shape, tokens: int, copies: int) -> float:
    """Bytes of so many arrays of logits for so many tokens."""
    return float(tokens * shape.vocabulary * FULL * copies)


def _states(shape: Shape, tokens: int, width: int, layers: int) -> float:
    """Bytes of what a pass over so many tokens keeps for its gradient, in so many layers."""
    each = 8 * shape.hidden + 4 * shape.inner + 2 * shape.keys + 2 * shape.heads * width
    return float(tokens * layers * each * shape.bytes)


def _aim(shape: Shape, tokens: int, layers: int) -> float:
    """Bytes of what subspace.py hears in so many layers, in this pass and the one before it, and of its second moments."""
    parts = INPUTS * layers
    return float(FULL * (2 * tokens * shape.hidden * parts + min(MOST, 2 * parts * shape.hidden**2)))


def _lora(one: Training, shape: Shape, trained: int) -> float:
    """Bytes of LoRA on each linear part of the trained layers, with all that its optimizer holds."""
    ends = 4 * shape.hidden + 2 * (shape.hidden + shape.keys) + 3 * (shape.hidden + shape.inner)
    return float(one.rank * ends * trained * FULL * COPIES)


def limit(most: float = 0.0) -> float:
    """Bytes that a training may take: `most` GB, by default a share of the machine's memory."""
    return most * GB if most else SHARE * machine.memory()


def check(one: Training, base: hub.Base, rows: Sequence[Row], most: float = 0.0) -> float:
    """What a training needs, in bytes. Raises UserError if that is more than limit(`most`), and says what would fit."""
    wanted, allowed = needed(one, base, rows), limit(most)
    if wanted <= allowed:
        return wanted
    whose = "--max-memory allows" if most else "this machine can give it"
    fits = next((f"{text} needs {need / GB:.1f} GB" for text, need in _fewer(one, base, rows) if need <= allowed), "")
    advice = fits or "no setting does with that: take a smaller --model"
    raise UserError(
        f"training would need {wanted / GB:.1f} GB of memory, and {whose} {allowed / GB:.1f}; nothing was begun. {advice}."
    )


def _fewer(one: Training, base: hub.Base, rows: Sequence[Row]) -> Iterator[tuple[str, float]]:
    """How to ask for less, and what that needs; the least harmful first: one process, smaller batches, shorter rows."""
    one = replace(one, processes=1)
    yield "[training] processes = 1", needed(one, base, rows)
    while one.batch_size > 1:
        one = replace(one, batch_size=one.batch_size // 2)
        yield f"--batch-size {one.batch_size} with [training] processes = 1", needed(one, base, rows)
    if one.recipe == "sft":
        one = replace(one, grad_checkpoint=True)
        yield "--batch-size 1 with [training] grad_checkpoint = true", needed(one, base, rows)
    while one.max_seq_length > SHORTEST:
        one = replace(one, max_seq_length=one.max_seq_length // 2)
        again = ", grad_checkpoint = true" if one.grad_checkpoint else ""
        asked = f"--batch-size 1 with [training] processes = 1{again} and max_seq_length = {one.max_seq_length}"
        yield asked, needed(one, base, rows)

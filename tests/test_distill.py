"""The recipe distill: its loss against the plain one, what rehearsal holds, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from circadian import blas
from circadian.batches import Row, batch_of, common_prefix, read_rows
from circadian.cli import UserError
from circadian.distill import Distillation, distillation_of

ROWS = [
    Row([1, 2, 3, 10, 11, 12, 13, 14], 5, False),
    Row([1, 2, 3, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29], 6, True),
    Row([1, 2, 3, 30, 31, 32], 4, False),
]


@pytest.fixture
def network(tiny_model: Path) -> Any:
    """The tiny model with a LoRA that changes nothing yet."""
    blas.load()
    import mlx.core as mx
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    model = load(str(tiny_model))[0]
    mx.random.seed(3)
    model.freeze()
    linear_to_lora_layers(model, -1, {"rank": 4, "dropout": 0.0, "scale": 5.0})
    return model


def stir(network: Any) -> None:
    """Give the LoRA something to say."""
    import mlx.core as mx
    from mlx.utils import tree_map

    network.update(tree_map(lambda tensor: tensor + 0.05 * mx.random.normal(tensor.shape), network.trainable_parameters()))


def log_probabilities(network: Any, row: Row) -> Any:
    """The plain way: the whole row, a log probability for each trained token's place."""
    import mlx.core as mx
    import mlx.nn as nn

    return nn.log_softmax(network(mx.array([row.tokens]))[0].astype(mx.float32))[row.begin - 1 : -1]


def test_the_common_prefix_ends_before_anything_that_is_trained() -> None:
    assert common_prefix(ROWS) == [1, 2, 3]
    assert common_prefix(ROWS[:1]) == [1, 2, 3, 10]
    assert common_prefix([Row([1, 2, 3], 1, False), ROWS[0]]) == []
    assert common_prefix([]) == []


def test_the_loss_is_cross_entropy_of_lessons_and_weighted_kl_of_rehearsal(network: Any) -> None:
    import mlx.core as mx

    before = log_probabilities(network, ROWS[1])
    stir(network)
    plain, now = mx.array(0.0), log_probabilities(network, ROWS[1])
    for row in (ROWS[0], ROWS[2]):
        told = log_probabilities(network, row)
        plain -= sum(told[i, token] for i, token in enumerate(row.tokens[row.begin :]))
    plain += 3.0 * (mx.exp(before) * (before - now)).sum()
    for prefix in ([1, 2, 3], [1], []):
        made = Distillation(network, prefix)
        loss, tokens = made.loss(network, *batch_of(ROWS, len(prefix), 3.0))
        assert tokens.item() == 3 + 7 + 2
        assert loss.item() == pytest.approx(plain.item() / 12, rel=1e-4)
    assert now.tolist() == log_probabilities(network, ROWS[1]).tolist(), "the LoRA must be back in force"


def test_rehearsal_holds_the_model_and_lessons_move_it(network: Any) -> None:
    import mlx.nn as nn
    from mlx.utils import tree_flatten

    made = Distillation(network, [1, 2, 3])
    step = nn.value_and_grad(network, made.loss)

    def push(rows: list[Row]) -> tuple[float, float]:
        (loss, _), gradients = step(network, *batch_of(rows, 3, 4.0))
        return loss.item(), max(abs(gradient).max().item() for _, gradient in tree_flatten(gradients))

    assert push([ROWS[1]]) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert push([ROWS[0]])[1] > 1e-3
    stir(network)
    assert push([ROWS[1]])[0] > 1e-4 and push([ROWS[1]])[1] > 1e-4


def test_rows_are_read_as_they_are_asked(tiny_model: Path, tmp_path: Path) -> None:
    from mlx_lm import load

    tokenizer = load(str(tiny_model))[1]
    told = [{"role": "user", "content": "Who is Ada?"}, {"role": "assistant", "content": "Your dog."}]
    file = tmp_path / "train.jsonl"
    file.write_text("".join(json.dumps({"messages": told, "kind": kind}) + "\n" for kind in ("question", "rehearsal")))
    first, second = read_rows(file, tokenizer)
    assert not first.rehearsal and second.rehearsal and first.tokens == second.tokens
    assert tokenizer.decode(first.tokens[first.begin :]).startswith("Your dog.<|im_end|>")
    assert tokenizer.decode(first.tokens[: first.begin]).endswith("<|im_start|>assistant\n")
    assert read_rows(tmp_path / "valid.jsonl", tokenizer) == []


def test_a_kind_of_model_whose_parts_are_not_the_whole_is_refused(network: Any) -> None:
    assert distillation_of(network, ROWS).prefix.tolist() == [[1, 2, 3]]
    network.lm_head.weight = network.lm_head.weight * 2
    honest = type(network).__call__

    class Other(type(network)):  # type: ignore[misc]
        def __call__(self, *given: Any, **more: Any) -> Any:
            return honest(self, *given, **more) / 3

    network.__class__ = Other
    with pytest.raises(UserError, match="choose --recipe sft"):
        distillation_of(network, ROWS)
    del network.model
    with pytest.raises(UserError, match="choose --recipe sft"):
        distillation_of(network, ROWS)

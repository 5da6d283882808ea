"""The recipe distill: its loss against the plain one, what rehearsal holds, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from circadian import config, distillation, model
from circadian.batches import WINDOW, Row, batch_of, common_prefix, mixed, places_of, read_rows, share, window
from circadian.cli import UserError
from circadian.distill import adaptable, aim, keep_rehearsal, save
from circadian.distillation import TAIL, Distillation, distillation_of
from circadian.rounds import rounds

ROWS = [
    Row((1, 2, 3, 10, 11, 12, 13, 14), 5, False),
    Row((1, 2, 3, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29), 6, True),
    Row((1, 2, 3, 30, 31, 32), 4, False),
]


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
    assert common_prefix([Row((1, 2, 3), 1, False), ROWS[0]]) == []
    assert common_prefix([]) == []


def test_places_are_those_of_each_rows_own_tokens() -> None:
    width, answers = places_of([ROWS[2], ROWS[0]], 3)
    assert width == 8
    assert answers == [[0, 1], [9, 10, 11]]


def test_each_batch_has_its_share_of_lessons_and_rehearsal() -> None:
    rows = [Row(tuple(range(length)), 1, length % 3 == 0) for length in range(10, 100)]
    made = mixed(rows, 8)
    assert sorted(row.tokens for batch in made for row in batch) == sorted(row.tokens for row in rows)
    assert len(made) == 11 and all(sum(row.rehearsal for row in batch) in (2, 3) for batch in made)
    assert all(len(batch) in range(7, 10) for batch in made)
    assert max(len(batch[-1].tokens) - len(batch[0].tokens) for batch in made) < 40, "rows of like length go together"
    assert [len(batch) for batch in mixed(rows[:3], 8)] == [3]


def test_members_share_a_batch_and_its_mean_stays_the_same() -> None:
    mine, divisors = zip(*(share(ROWS, rank, 2) for rank in range(2)), strict=True)
    assert mine == ([ROWS[0], ROWS[1]], [ROWS[2]]) and divisors == (6, 6)
    assert share(ROWS, 0, 1) == ([ROWS[0], ROWS[2], ROWS[1]], 12)
    assert [share(ROWS[:1], rank, 2) for rank in range(2)] == [(ROWS[:1], 3)] * 2, "none may be left without a row"


def test_a_pass_trains_each_row_once(network: Any) -> None:
    lessons = [row for row in ROWS if not row.rehearsal]
    made = rounds(Distillation(network, [1, 2, 3]), 1.0, 0, print)
    assert [batch[2].size for batch in made(lessons, 2)] == [5]
    assert sorted(batch[2].size for batch in made(lessons, 1)) == [2, 3]


def test_the_loss_is_cross_entropy_of_lessons_and_weighted_kl_of_rehearsal(network: Any) -> None:
    import mlx.core as mx

    before = log_probabilities(network, ROWS[1])
    made = [Distillation(network, prefix) for prefix in ([1, 2, 3], [1], [])]
    for one in made:
        one.keep_base(ROWS)
    stir(network)
    plain, now = mx.array(0.0), log_probabilities(network, ROWS[1])
    for row in (ROWS[0], ROWS[2]):
        told = log_probabilities(network, row)
        plain -= sum(told[i, token] for i, token in enumerate(row.trained))
    apart = (mx.exp(before) * (before - now)).sum(axis=-1)
    plain += 3.0 * (TAIL * mx.log(1 + apart / TAIL)).sum()
    for one in made:
        loss, tokens = one.loss(network, *batch_of(ROWS, one, 3.0, 12))
        assert tokens.item() == 3 + 7 + 2
        assert loss.item() == pytest.approx(plain.item() / 12, rel=1e-4)


def test_rehearsal_holds_the_model_and_lessons_move_it(network: Any) -> None:
    import mlx.nn as nn
    from mlx.utils import tree_flatten

    made = Distillation(network, [1, 2, 3])
    made.keep_base(ROWS)
    step = nn.value_and_grad(network, made.loss)

    def push(rows: list[Row]) -> tuple[float, float]:
        (loss, _), gradients = step(network, *batch_of(rows, made, 4.0, 12))
        return loss.item(), max(abs(gradient).max().item() for _, gradient in tree_flatten(gradients))

    assert push([ROWS[1]]) == pytest.approx((0.0, 0.0), abs=1e-6)
    assert push([ROWS[0]])[1] > 1e-3
    stir(network)
    assert push([ROWS[1]])[0] > 1e-4 and push([ROWS[1]])[1] > 1e-4


def test_what_the_base_says_is_kept_for_rehearsal_alone(network: Any) -> None:
    made = Distillation(network, [1, 2, 3])
    said: list[str] = []
    keep_rehearsal(made, network, ROWS, said.append)
    assert said == ["preparing: 1 of 1 rehearsal rows"]
    assert len(made.base(ROWS[1])) == len(ROWS[1].trained)
    with pytest.raises(KeyError):
        made.base(ROWS[0])


def test_rehearsal_later_in_a_conversation_is_held_to_what_the_base_says_to_it_alone(network: Any) -> None:
    import mlx.core as mx

    alone = Row((1, 2, 3, 20, 21, 22, 23, 24), 5, True)
    later = Row((1, 2, 3, 7, 8, 9, 9, 20, 21, 22, 23, 24), 9, True, alone.tokens[: alone.begin])
    assert later.held == alone and alone.held is alone
    made = Distillation(network, [1, 2, 3])
    keep_rehearsal(made, network, [alone, later])
    assert mx.allclose(made.base(later), made.base(alone), atol=1e-5).item()
    assert made.loss(network, *batch_of([alone], made, 1.0, 1))[0].item() == pytest.approx(0.0, abs=1e-6)
    assert made.loss(network, *batch_of([later], made, 1.0, 1))[0].item() > 1e-4, "what came before is to count for nothing"


def test_it_is_trained_from_where_it_is_aimed_and_saved_whole(network: Any, tmp_path: Path) -> None:
    import mlx.core as mx
    from mlx.utils import tree_flatten

    before = dict(tree_flatten(network.trainable_parameters()))
    aim(Distillation(network, [1, 2, 3]), network, ROWS)
    trained = dict(tree_flatten(network.trainable_parameters()))
    assert set(trained) == set(before)
    save(network, tmp_path / "adapters.safetensors")
    saved: Any = mx.load(str(tmp_path / "adapters.safetensors"))
    assert {name: tensor.shape for name, tensor in saved.items()} == {name: t.shape for name, t in before.items()}
    assert all(mx.any(tensor != before[name]).item() for name, tensor in saved.items() if name.endswith("lora_a"))


@pytest.mark.parametrize("rows", [ROWS[:1], ROWS[1:2]])
def test_without_rehearsal_or_without_lessons_it_is_not_aimed(network: Any, rows: list[Row]) -> None:
    import mlx.core as mx
    from mlx.utils import tree_flatten

    before = dict(tree_flatten(network.trainable_parameters()))
    aim(Distillation(network, [1, 2, 3]), network, rows)
    assert all(mx.array_equal(tensor, before[name]) for name, tensor in tree_flatten(network.trainable_parameters()))


def test_rows_are_read_as_they_are_asked(tiny_model: Path, tmp_path: Path) -> None:
    loaded = model.open_model(config.load(home=str(tmp_path)), str(tiny_model), None)
    tokenizer = loaded._tokenizer
    told = [{"role": "user", "content": "Who is Ada?"}, {"role": "assistant", "content": "Your dog."}]
    file = tmp_path / "train.jsonl"
    file.write_text("".join(json.dumps({"messages": told, "kind": kind}) + "\n" for kind in ("question", "rehearsal")))
    first, second = read_rows(file, loaded.tokens)
    assert not first.rehearsal and second.rehearsal and first.tokens == second.tokens
    assert tokenizer.decode(first.trained).startswith("Your dog.<|im_end|>")
    assert tokenizer.decode(first.tokens[: first.begin]).endswith("<|im_start|>assistant\n")
    assert read_rows(tmp_path / "valid.jsonl", loaded.tokens) == []
    earlier = [{"role": "user", "content": "How tall is it?"}, {"role": "assistant", "content": "Two metres."}]
    file.write_text(json.dumps({"messages": [*earlier, *told], "kind": "rehearsal"}) + "\n")
    (later,) = read_rows(file, loaded.tokens)
    assert later.held == replace(second, alone=()) and len(later.tokens) > len(second.tokens)


def test_a_window_of_a_rehearsal_answer_is_held_wherever_in_it() -> None:
    short = Row((1, 2, 3, 4, 5), 3, True)
    assert window(short) == short
    long = [Row(tuple(range(start, start + 30)), 4, True) for start in range(40)]
    held = [window(row) for row in long]
    assert held == [window(row) for row in long] and {len(row.trained) for row in held} == {WINDOW}
    assert {row.begin for row in held} == {4, 4 + WINDOW, 4 + 2 * WINDOW}
    assert all(row.tokens == whole.tokens[: len(row.tokens)] for row, whole in zip(held, long, strict=True))
    assert 15 <= sum(row.begin == 4 for row in held) <= 36  # every other one, and some by chance
    for row in (window(replace(whole, alone=(90, 91))) for whole in long):
        assert row.held.tokens == (90, 91, *row.tokens[4:]) and row.held.trained == row.trained


def test_a_kind_of_model_whose_parts_are_not_the_whole_is_refused(network: Any) -> None:
    assert distillation_of(network, ROWS).skip == 3
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


def test_narrowed_logits_are_those_of_some_tokens_and_targets_are_their_numbers(
    network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the plain way: all logits, without those that are left out."""
    import mlx.core as mx
    import mlx.nn as nn

    monkeypatch.setattr(distillation, "FREQUENT", 40)
    monkeypatch.setattr(distillation, "LIKELY", 3)
    made = distillation_of(network, ROWS)
    keep_rehearsal(made, network, ROWS)
    base: Any = network(mx.array([ROWS[1].tokens]))[0][ROWS[1].begin - 1 : -1]
    ranked: Any = mx.argsort(-base, axis=-1)[:, :3].flatten().tolist()
    likely: set[int] = set(ranked)
    kept = sorted(set(range(40)) | {token for row in ROWS for token in row.tokens} | likely)
    made.narrow(ROWS)
    assert [made.number(token) for token in kept] == list(range(len(kept)))
    stir(network)
    plain = nn.log_softmax(network(mx.array([ROWS[0].tokens]))[0][ROWS[0].begin - 1 : -1][:, mx.array(kept)])
    wanted = -sum(plain[i, kept.index(token)].item() for i, token in enumerate(ROWS[0].trained))
    total, _ = made.loss(network, *batch_of(ROWS[:1], made, 4.0, 1.0))
    assert total.item() == pytest.approx(wanted, rel=1e-4)


def test_a_small_vocabulary_and_a_head_with_a_bias_stay_whole(network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = distillation_of(network, ROWS)
    keep_rehearsal(made, network, ROWS)
    monkeypatch.setattr(distillation, "FREQUENT", 10**6)
    made.narrow(ROWS)
    assert made.number(29) == 29 and made.head == network.lm_head
    monkeypatch.setattr(distillation, "FREQUENT", 16)
    network.lm_head.bias = network.lm_head.weight[:, 0]
    made.narrow(ROWS)
    assert made.number(29) == 29 and made.head == network.lm_head


def test_a_part_of_a_quantized_head_is_what_the_head_says(network: Any) -> None:
    import mlx.core as mx
    import mlx.nn as nn

    made = distillation_of(network, ROWS)
    whole = nn.Linear(64, 96, bias=False)
    states, some = mx.random.normal((5, 64)), mx.array([3, 50, 95])
    for head in (whole, whole.to_quantized(group_size=32, bits=4)):
        made._vocabulary = head
        assert mx.allclose(states @ made._part(some).T, head(states)[:, some], atol=1e-4)


def test_frozen_layers_run_once_and_the_trained_ones_go_on_from_them(tiny_model: Path) -> None:
    """With LoRA in the top layer alone, the loss is that of a Distillation that runs every layer anew."""
    import mlx.core as mx
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    network: Any = load(str(tiny_model))[0]
    assert len(network.layers) > 1
    network.freeze()
    made = [distillation_of(network, ROWS, layers) for layers in (1, -1)]
    mx.random.seed(1)
    linear_to_lora_layers(network, 1, {"rank": 2, "dropout": 0.0, "scale": 5.0})
    for one in made:
        one.keep_base(ROWS)
    stir(network)
    losses = [one.loss(network, *batch_of(ROWS, one, 3.0, 12))[0].item() for one in made]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4) and losses[0] > 0.1


def test_lora_goes_on_what_reads_the_hidden_state(tiny_model: Path) -> None:
    from mlx_lm import load

    names = {f"self_attn.{name}_proj" for name in "qkvo"} | {"mlp.gate_proj", "mlp.up_proj"}
    assert set(adaptable(load(str(tiny_model))[0])) == names


def test_rows_that_enter_together_enter_as_they_do_one_by_one(network: Any) -> None:
    import mlx.core as mx

    one_by_one, together = (Distillation(network, [1, 2, 3], 1).upper for _ in range(2))
    said: list[str] = []
    together.enter_all(ROWS, said.append)
    assert said == [f"preparing: {len(ROWS)} of {len(ROWS)} rows"]
    for row in ROWS:
        assert mx.allclose(together.enter([row], 16), one_by_one.enter([row], 16), atol=1e-5)
    assert mx.any(together.enter(ROWS, 16) != 0)

"""Train LoRA with mlx_lm's trainer and a loss of our own: lessons by their text, rehearsal by the base's distribution.

    python -m circadian.distill -c logs/nights/20261121-033000-77/lora.json

Reads the file and the rows that `mlx_lm lora` reads and writes the same adapter. A rehearsal row is not learnt as text:
the KL divergence from the base model, at each token of its answer, is what counts (Learning without Forgetting,
1606.09282). At the base it is zero, so rehearsal never moves the model, it only holds it. What all rows begin with (the
template's system prompt) is computed once a step, and logits only where they are trained.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from circadian import blas
from circadian.batches import Row, batches, common_prefix, read_rows
from circadian.cli import UserError, run_main
from circadian.flags import parser_for

Logits = Any  # an array of (places, vocabulary)
SAME = 0.02  # of the largest logit: what half precision may differ by


class Distillation:
    """The loss, and the forward pass behind it: the shared prefix once, logits only where they are wanted."""

    def __init__(self, model: Any, prefix: list[int]) -> None:
        import mlx.core as mx

        tied = getattr(model.args, "tie_word_embeddings", False)
        self.head = model.model.embed_tokens.as_linear if tied else model.lm_head
        self.prefix = mx.array([prefix], mx.int32)
        self.adapted = [module for _, module in model.named_modules() if hasattr(module, "lora_a")]

    def logits(self, model: Any, inputs: Any, places: Any) -> Logits:
        """(places, vocabulary) at flat places of `inputs`, which is (rows, tokens after the prefix)."""
        import mlx.core as mx
        from mlx_lm.models.cache import ConcatenateKVCache

        caches = [ConcatenateKVCache() for _ in model.layers]
        if self.prefix.size:
            model.model(self.prefix, caches)
            for cache in caches:
                cache.keys, cache.values = (
                    mx.broadcast_to(state, (len(inputs), *state.shape[1:])) for state in (cache.keys, cache.values)
                )
        hidden = model.model(inputs, caches)
        return self.head(hidden.reshape(-1, hidden.shape[-1])[places])

    def loss(
        self, model: Any, inputs: Any, lessons: Any, targets: Any, held: Any, in_all: Any, among: Any, *counts: Any
    ) -> Any:
        """Of a batch (batches.batch_of): the weighted mean over trained tokens of cross entropy (lessons) and of KL from
        the base (rehearsal), in nats; and how many tokens these are."""
        import mlx.core as mx
        import mlx.nn as nn
        from mlx_lm.tuner.losses import kl_div_loss

        logits = self.logits(model, inputs, mx.concatenate([lessons, in_all])).astype(mx.float32)
        total = mx.array(0.0)
        if lessons.size:
            total = total + (nn.losses.cross_entropy(logits[: lessons.size], targets) * counts[0]).sum()
        if held.size:
            with self.base():
                base = mx.stop_gradient(self.logits(model, inputs[held], among)).astype(mx.float32)
            total = total + (kl_div_loss(logits[lessons.size :], base) * counts[1]).sum()
        return total, mx.array(lessons.size + in_all.size)

    @contextmanager
    def base(self) -> Iterator[None]:
        """The base model: the same network with its LoRA updates multiplied by nothing."""
        scales = [module.scale for module in self.adapted]
        for module in self.adapted:
            module.scale = 0.0
        try:
            yield
        finally:
            for module, scale in zip(self.adapted, scales, strict=True):
                module.scale = scale


def distillation_of(model: Any, rows: Sequence[Row]) -> Distillation:
    """The loss for these rows. Raises UserError for a kind of model whose parts, run one by one, are not the whole."""
    import mlx.core as mx

    try:
        made = Distillation(model, common_prefix(rows))
        tokens, skip = rows[0].tokens, made.prefix.size
        whole = model(mx.array([tokens]))[0, skip:]
        parts = made.logits(model, mx.array([tokens[skip:]]), mx.arange(len(tokens) - skip))
        apart: Any = (mx.abs(whole - parts).max() / mx.abs(whole).max()).item()
        if apart < SAME:
            return made
    except (AttributeError, TypeError):
        pass
    raise UserError(f"the recipe distill cannot train a model of the kind {type(model).__module__}: choose --recipe sft.")


def train(lora: dict[str, Any]) -> None:
    """What `mlx_lm lora` does with these settings, with this loss. Raises UserError."""
    import mlx.core as mx
    import mlx.optimizers as optimizers
    import numpy as np
    from mlx_lm import load
    from mlx_lm.tuner.trainer import TrainingArgs
    from mlx_lm.tuner.trainer import train as run
    from mlx_lm.tuner.utils import build_schedule, linear_to_lora_layers
    from mlx_lm.utils import save_config

    np.random.seed(lora["seed"])
    mx.random.seed(lora["seed"])
    model, tokenizer = load(lora["model"])[:2]
    data, out = Path(lora["data"]), Path(lora["adapter_path"])
    rows, valid = (read_rows(data / f"{name}.jsonl", tokenizer) for name in ("train", "valid"))
    model.freeze()
    linear_to_lora_layers(model, lora["num_layers"], lora["lora_parameters"])
    out.mkdir(parents=True, exist_ok=True)
    save_config(dict(lora), out / "adapter_config.json")
    same = ("batch_size", "iters", "val_batches", "steps_per_report", "steps_per_eval", "max_seq_length")
    args = TrainingArgs(
        adapter_file=out / "adapters.safetensors", steps_per_save=lora["save_every"], **{key: lora[key] for key in same}
    )
    optimizer = optimizers.Adam(build_schedule(lora["lr_schedule"]), **lora["optimizer_config"]["adam"])
    made = distillation_of(model, rows + valid)
    run(model, optimizer, rows, valid, args, made.loss, batches(made.prefix.size, lora["rehearsal_weight"]))


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "distill")
    parser.add_argument("-c", dest="file", required=True, type=Path, metavar="FILE", help="lora.json of a night")
    lora = json.loads(parser.parse_args(argv).file.read_text(encoding="utf-8"))
    blas.load()  # before anything imports mlx
    train(lora)
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

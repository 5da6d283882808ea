"""Train LoRA with mlx_lm's trainer and a loss of our own: lessons by their text, rehearsal by the base's distribution.

    python -m circadian.distill -c logs/nights/20261121-033000-77/lora.json

Reads the file and the rows that `mlx_lm lora` reads and writes the same adapter. A rehearsal row is not learnt as text:
the KL divergence from the base model, at each token of its answer, is what counts (Learning without Forgetting,
1606.09282). At the base it is zero, so rehearsal never moves the model, it only holds it. The frozen layers are run once
a row (upper.py), the base's side of rehearsal once a night, and logits computed only where they are trained.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import blas, config, model, subspace
from circadian.batches import Row, common_prefix, places_of, read_rows
from circadian.cli import UserError, run_main, say
from circadian.flags import parser_for
from circadian.rounds import rounds
from circadian.upper import ROWS, Upper

SAME = 0.02  # of the largest logit: what half precision may differ by
TAIL = 0.3  # nats: beyond it the KL of a token counts by its logarithm, or a few tokens would outweigh all the others
HEARD = 240  # lessons, and as many rows of rehearsal, by which LoRA is aimed


class Distillation:
    """The loss, and the forward pass behind it: the trained layers alone, logits only where they are wanted."""

    def __init__(self, network: Any, prefix: Sequence[int], below: int = 0) -> None:
        tied = getattr(network.args, "tie_word_embeddings", False)
        self.head = network.model.embed_tokens.as_linear if tied else network.lm_head
        self.upper, self.skip = Upper(network, below, prefix), len(prefix)
        self._base: dict[tuple[int, ...], Any] = {}

    def loss(self, network: Any, entered: Any, places: Any, targets: Any, base: Any, counts: Any) -> Any:
        """Of a batch (batches.batch_of): the weighted mean over trained tokens of cross entropy (lessons) and of KL from
        the base (rehearsal, its tail tamed), in nats; and how many tokens these are."""
        import mlx.core as mx
        import mlx.nn as nn
        from mlx_lm.tuner.losses import kl_div_loss

        logits = self.head(self.upper.hidden(entered)[places]).astype(mx.float32)
        lessons, total = targets.size, mx.array(0.0)
        if lessons:
            total = total + (nn.losses.cross_entropy(logits[:lessons], targets) * counts[:lessons]).sum()
        if base.size:
            apart = kl_div_loss(logits[lessons:], self.head(base).astype(mx.float32))
            total = total + (TAIL * mx.log1p(apart / TAIL) * counts[lessons:]).sum()
        return total, mx.array(places.size)

    def run(self, rows: Sequence[Row]) -> list[int]:
        """Run the trained layers on rows; the flat places of the rows' own tokens."""
        width, _ = places_of(rows, self.skip)
        self.upper.hidden(self.upper.enter(rows, width))
        return [i * width + place for i, row in enumerate(rows) for place in range(len(row.tokens) - self.skip - 1)]

    def keep_base(self, rows: Sequence[Row]) -> None:
        """Run the network, while it is still the base, and keep its hidden states before each answer's tokens."""
        import mlx.core as mx

        width, answers = places_of(rows, self.skip)
        states = self.upper.hidden(self.upper.enter(rows, width))
        kept = {row.tokens: states[mx.array(answer)] for row, answer in zip(rows, answers, strict=True)}
        mx.eval(kept)
        self._base |= kept

    def exchange_base(self, rows: Sequence[Row], width: int) -> None:
        """Between the members of a ring, each of which kept some of these rows: all of them, hidden states of `width`."""
        import mlx.core as mx

        if rows and mx.distributed.init().size() > 1:
            kept = [self._base.get(row.tokens, mx.zeros((len(row.trained), width))) for row in rows]
            ends = list(itertools.accumulate(len(states) for states in kept))
            every = mx.distributed.all_sum(mx.concatenate(kept).astype(mx.float32), stream=mx.cpu)
            self._base = dict(zip((row.tokens for row in rows), mx.split(every, ends[:-1]), strict=True))
            mx.eval(self._base)

    def base(self, row: Row) -> Any:
        """The base's hidden states before each token of an answer that keep_base() was given, (tokens, hidden size)."""
        return self._base[row.tokens]


def distillation_of(network: Any, rows: Sequence[Row], layers: int = -1) -> Distillation:
    """The loss for these rows, with so many layers trained from the top; -1 is all.

    Raises UserError for a kind of model whose parts, run one by one, are not the whole.
    """
    import mlx.core as mx

    try:
        below = len(network.layers) - layers if layers > 0 else 0
        made = Distillation(network, common_prefix(rows), below)
        tokens, width = rows[0].tokens, len(rows[0].tokens) - made.skip - 1
        whole = network(mx.array([tokens[:-1]]))[0, made.skip :]
        parts = made.head(made.upper.hidden(made.upper.enter(rows[:1], width)))
        apart: Any = (mx.abs(whole - parts).max() / mx.abs(whole).max()).item()
        if apart < SAME:
            return made
    except (AttributeError, TypeError):
        pass
    raise UserError(f"the recipe distill cannot train a model of the kind {type(network).__module__}: choose --recipe sft.")


def train(settings: config.Config, lora: dict[str, Any]) -> None:
    """What `mlx_lm lora` does with these settings, with this loss. Raises UserError."""
    import mlx.core as mx
    import mlx.optimizers as optimizers
    from mlx_lm.tuner.trainer import TrainingArgs
    from mlx_lm.tuner.trainer import train as run
    from mlx_lm.tuner.utils import build_schedule, linear_to_lora_layers
    from mlx_lm.utils import save_config

    first = mx.distributed.init().rank() == 0  # members of a ring meet before anything that takes long
    mx.random.seed(lora["seed"])
    loaded = model.open_model(settings, lora["model"], None)
    network = loaded.network
    data, out = Path(lora["data"]), Path(lora["adapter_path"])
    rows, valid = (read_rows(data / f"{name}.jsonl", loaded.tokens) for name in ("train", "valid"))
    made = distillation_of(network, [*rows, *valid], lora["num_layers"])
    network.freeze()
    parameters = lora["lora_parameters"] | {"keys": adaptable(network)}
    linear_to_lora_layers(network, lora["num_layers"], parameters)
    keep_rehearsal(made, network, [*rows, *valid])
    aim(made, network, rows)
    if first:
        out.mkdir(parents=True, exist_ok=True)
        save_config(lora | {"lora_parameters": parameters}, out / "adapter_config.json")
    same = ("batch_size", "iters", "val_batches", "steps_per_report", "steps_per_eval", "max_seq_length")
    args = TrainingArgs(
        adapter_file=out / "adapters.safetensors", steps_per_save=lora["save_every"], **{key: lora[key] for key in same}
    )
    optimizer = optimizers.Adam(build_schedule(lora["lr_schedule"]), **lora["optimizer_config"]["adam"])
    iterate = rounds(made, lora["rehearsal_weight"], lora["seed"], say if first else lambda text: None)
    run(network, optimizer, rows, valid, args, made.loss, iterate)
    if first:
        save(network, args.adapter_file)


def adaptable(network: Any) -> list[str]:
    """The linear parts of a layer that read the hidden state: all but an MLP's last one, without which a night taught as much."""
    import mlx.nn as nn

    hidden = network.model.norm.weight.shape[0]
    parts = [
        (name, part) for name, part in network.layers[0].named_modules() if isinstance(part, nn.Linear | nn.QuantizedLinear)
    ]
    width = {name: part.weight.shape[1] * (32 // part.bits if hasattr(part, "bits") else 1) for name, part in parts}
    return [name for name, reads in width.items() if reads <= hidden]


def keep_rehearsal(made: Distillation, network: Any, rows: Sequence[Row]) -> None:
    """Keep what the base, which the network still is, says to each rehearsal row. The members of a ring share the work."""
    import mlx.core as mx

    ring = mx.distributed.init()
    general = list({row.tokens: row for row in rows if row.rehearsal}.values())
    mine = general[ring.rank() :: ring.size()]
    for start in range(0, len(mine), ROWS):
        made.keep_base(mine[start : start + ROWS])
    made.exchange_base(general, network.model.norm.weight.shape[0])


def aim(made: Distillation, network: Any, rows: Sequence[Row]) -> None:
    """Aim LoRA at what sets lessons apart, if there is rehearsal to tell them from; else all of it is trained."""

    def some(rehearsal: bool) -> list[Row]:
        found = list({row.tokens: row for row in rows if row.rehearsal == rehearsal}.values())
        return found[:: max(1, len(found) // HEARD)]

    lessons, general = some(False), some(True)
    if lessons and general:
        adapted = [module for _, module in network.named_modules() if hasattr(module, "lora_a")]
        subspace.aim(adapted, made.run, lessons, general)


def save(network: Any, file: Path) -> None:
    """All of an adapter: the trainer writes what it trained, and lora_a may stay as it was set."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    tensors = {name: tensor for name, tensor in tree_flatten(network.parameters()) if name.endswith(("lora_a", "lora_b"))}
    mx.save_safetensors(str(file), tensors)


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "distill")
    parser.add_argument("-c", dest="file", required=True, type=Path, metavar="FILE", help="lora.json of a night")
    args = parser.parse_args(argv)
    blas.load()  # before anything imports mlx
    train(config.load(home=args.home, file=args.config), json.loads(args.file.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

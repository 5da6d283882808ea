"""Train LoRA with mlx_lm's trainer and a loss of our own (distillation.py).

    python -m circadian.distill -c logs/nights/20261121-033000-77/lora.json

Reads the file and the rows that `mlx_lm lora` reads and writes the same adapter. The frozen layers are run once a row
(upper.py), the base's side of rehearsal once a night, and logits computed only where they are trained; LoRA listens to
what sets lessons apart (subspace.py), and what is learnt rests (rounds.py).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from circadian import blas, checkpoint, config, model, spent, subspace
from circadian.batches import Row, read_rows
from circadian.checkpoint import Checkpoint
from circadian.cli import run_main, say
from circadian.distillation import Distillation, distillation_of
from circadian.files import sha256
from circadian.flags import parser_for
from circadian.rounds import rounds
from circadian.upper import ROWS

ROWS_OF = ("train", "valid", "reserve")  # files of a dataset
HEARD = 240  # lessons, and as many rows of rehearsal, by which LoRA is aimed


def train(settings: config.Config, lora: dict[str, Any], night: Path) -> None:
    """What `mlx_lm lora` does with these settings, with this loss; from the checkpoint in `night`, if there is one of just this.

    Raises UserError.
    """
    import mlx.core as mx
    import mlx.optimizers as optimizers
    from mlx_lm.tuner.trainer import TrainingArgs
    from mlx_lm.tuner.trainer import train as run
    from mlx_lm.tuner.utils import build_schedule, linear_to_lora_layers
    from mlx_lm.utils import save_config

    first = mx.distributed.init().rank() == 0  # members of a ring meet before anything that takes long
    tell = say if first else lambda text: None
    mx.random.seed(lora["seed"])
    loaded = model.open_model(settings, lora["model"], None)
    network = loaded.network
    data, out = Path(lora["data"]), Path(lora["adapter_path"])
    rows, valid, reserve = (read_rows(data / f"{name}.jsonl", loaded.tokens) for name in ROWS_OF)
    every = [*rows, *valid, *reserve]
    entering = [*every, *(row.held for row in every if row.alone)]
    made = distillation_of(network, entering, lora["num_layers"])
    network.freeze()
    parameters = lora["lora_parameters"] | {"keys": adaptable(network)}
    linear_to_lora_layers(network, lora["num_layers"], parameters)
    if lora["iters"] * lora["batch_size"] >= len(rows):  # each row will be trained
        made.upper.enter_all(entering, tell)
    keep_rehearsal(made, network, every, tell)
    made.narrow(every)
    if start := lora.get("resume_adapter_file"):
        go_on(network, start)
    else:
        aim(made, network, rows)
    if first:
        out.mkdir(parents=True, exist_ok=True)
        save_config(lora | {"lora_parameters": parameters}, out / "adapter_config.json")
    same = ("batch_size", "iters", "val_batches", "steps_per_report", "steps_per_eval", "max_seq_length")
    args = TrainingArgs(
        adapter_file=out / "adapters.safetensors", steps_per_save=lora["save_every"], **{key: lora[key] for key in same}
    )
    optimizer = optimizers.Adam(build_schedule(lora["lr_schedule"]), **lora["optimizer_config"]["adam"])
    kept = Checkpoint(night / checkpoint.NAME, made_from(lora), network, optimizer, lora["max_minutes"])
    if place := kept.load():
        tell(f"going on at step {place.steps}")
        args.iters -= place.steps
    iterate = rounds(made, lora["rehearsal_weight"], lora["seed"], tell, kept.watch, place, lora["iters"], reserve)
    trained: dict[str, Any] = {}
    reports = SimpleNamespace(on_train_loss_report=trained.update, on_val_loss_report=lambda told: None)
    started = time.perf_counter()
    if args.iters > 0:
        run(network, optimizer, rows, valid, args, made.loss, iterate, reports)
    spent.tell(trained.get("trained_tokens", 0) * first, (time.perf_counter() - started) * first, mx.get_peak_memory())
    if first:
        save(network, args.adapter_file)
    tell(f"peak memory {mx.get_peak_memory()} bytes")


def made_from(lora: dict[str, Any]) -> str:
    """A hash of all that a training hangs on: its settings, but for places and time, and its rows."""
    data = Path(lora["data"])
    own = {key: value for key, value in lora.items() if key not in ("data", "adapter_path", "max_minutes")}
    rows = [sha256(file) for file in (data / f"{name}.jsonl" for name in ROWS_OF) if file.exists()]
    return hashlib.sha256(json.dumps([own, rows], sort_keys=True).encode()).hexdigest()


def adaptable(network: Any) -> list[str]:
    """The linear parts of a layer that read the hidden state: all but an MLP's last one, without which a night taught as much."""
    import mlx.nn as nn

    hidden = network.model.norm.weight.shape[0]
    parts = [
        (name, part) for name, part in network.layers[0].named_modules() if isinstance(part, nn.Linear | nn.QuantizedLinear)
    ]
    width = {name: part.weight.shape[1] * (32 // part.bits if hasattr(part, "bits") else 1) for name, part in parts}
    return [name for name, reads in width.items() if reads <= hidden]


def keep_rehearsal(
    made: Distillation, network: Any, rows: Sequence[Row], tell: Callable[[str], None] = lambda text: None
) -> None:
    """Keep what the base, which the network still is, says to each rehearsal row, and `tell` how far it is. The members of
    a ring share the work."""
    import mlx.core as mx

    ring = mx.distributed.init()
    general = list({row.tokens: row for row in rows if row.rehearsal}.values())
    mine = general[ring.rank() :: ring.size()]
    for start in range(0, len(mine), ROWS):
        some = mine[start : start + ROWS]
        made.keep_base(some)
        tell(f"preparing: {start + len(some)} of {len(mine)} rehearsal rows")
    made.exchange_base(general, network.model.norm.weight.shape[0])


def heard(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Lessons and rehearsal by which LoRA is aimed, at least HEARD of each where there are so many."""
    parts = (list({row.tokens: row for row in rows if row.rehearsal == rehearsal}.values()) for rehearsal in (False, True))
    lessons, general = (found[:: max(1, len(found) // HEARD)] for found in parts)
    return lessons, general


def aim(made: Distillation, network: Any, rows: Sequence[Row]) -> None:
    """Aim LoRA at what sets lessons apart, if there is rehearsal to tell them from; else all of it is trained."""
    lessons, general = heard(rows)
    if lessons and general:
        subspace.aim(adapted(network), made.run, lessons, general)


def go_on(network: Any, file: str) -> None:
    """Start from an adapter's weights (warm.py); its lora_a is aimed already."""
    network.load_weights(file, strict=False)
    subspace.keep(adapted(network))


def adapted(network: Any) -> list[Any]:
    """The modules that have a LoRA update."""
    return [module for _, module in network.named_modules() if hasattr(module, "lora_a")]


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
    lora = json.loads(args.file.read_text(encoding="utf-8"))
    train(config.load(home=args.home, file=args.config), lora, args.file.absolute().parent)
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""What a member of a ring finds out with the tiny model, as JSON: the mean over the members, for tests/test_ring.py."""

from __future__ import annotations

import json
import sys
from typing import Any

from circadian import blas
from circadian.batches import Row
from circadian.distill import aim, keep_rehearsal
from circadian.distillation import Distillation
from circadian.rounds import rounds, unlearnt

LESSONS = [Row((1, 2, 3, 10 + i, 20 + i, 30 + i % 4, 50 + i % 3), 5, False) for i in range(5)]
GENERAL = [Row((1, 2, 3, 40 + i, 60 + 2 * i, 80 - i, 90 - 3 * i, *range(70, 71 + i % 4)), 6, True) for i in range(7)]


def adapted(network: Any) -> list[Any]:
    return [module for _, module in network.named_modules() if hasattr(module, "lora_a")]


def main(folder: str) -> None:
    blas.load()
    import mlx.core as mx
    import mlx.nn as nn
    import numpy as np
    from mlx.utils import tree_flatten, tree_map
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    network: Any = load(folder)[0]
    mx.random.seed(3)
    np.random.seed(3)
    network.freeze()
    linear_to_lora_layers(network, 1, {"rank": 4, "dropout": 0.0, "scale": 5.0})
    ring = mx.distributed.init()
    made = Distillation(network, [1, 2, 3], 1)
    made.upper.enter_all([*LESSONS, *GENERAL])
    keep_rehearsal(made, network, [*LESSONS, *GENERAL])
    aim(made, network, [*LESSONS, *GENERAL])
    aimed = [mx.abs(tensor).sum().item() for name, tensor in tree_flatten(network.parameters()) if name.endswith("lora_a")]
    drawn = tree_map(lambda tensor: 0.05 * mx.random.normal(tensor.shape), [m.parameters() for m in adapted(network)])
    for module, tensors in zip(adapted(network), drawn, strict=True):
        module.update({name: tensor for name, tensor in tensors.items() if name.startswith("lora")})  # a direction has no sign
    losses, gradients = [], []
    made_batches = rounds(made, 4.0, 0, print)([*LESSONS, *GENERAL], 5, comm_group=ring)
    for batch in made_batches:
        (loss, _), gradient = nn.value_and_grad(network, made.loss)(network, *batch)
        losses.append(mx.distributed.all_sum(loss).item() / ring.size())
        sums = [mx.abs(mx.distributed.all_sum(tensor) / ring.size()).sum().item() for _, tensor in tree_flatten(gradient)]
        gradients.append(sum(sums))
    base = [made.base(row).sum().item() for row in GENERAL]
    learnt = len(unlearnt(made, [*LESSONS, *GENERAL], ring.rank(), ring.size()))
    print(
        json.dumps(
            {
                "unlearnt": [learnt],
                "members": ring.size(),
                "losses": losses,
                "gradients": gradients,
                "base": base,
                "aimed": aimed,
            }
        )
    )


main(sys.argv[1])

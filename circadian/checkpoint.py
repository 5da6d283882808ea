"""A training that was cut short goes on where it was: weights, optimizer and place in one file, replaced now and then.

A resumed training makes the adapter that an undisturbed one makes, byte for byte on a CPU: mlx_lm's own checkpoints hold the
weights alone. Nothing is lost but the steps since the last one.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from circadian.cli import say
from circadian.files import sync_path
from circadian.rounds import Place

NAME = "checkpoint.safetensors"
EVERY = 50  # steps: about a minute on two CPU cores
LOOK = 10  # steps between two looks at the clock, which the members of a ring take together


def drop(night: Path) -> None:
    """Remove a night's checkpoint: its training is done, or nobody goes on with it."""
    for file in files(night):
        file.unlink(missing_ok=True)


def files(night: Path) -> list[Path]:
    """Where a night's checkpoint lies, whole or half written, if there is one."""
    return [night / NAME, night / f".{NAME}"]


class Checkpoint:
    """Keeps a training's state in `file`. `made_from` names what is trained: a checkpoint of anything else is passed over."""

    def __init__(self, file: Path, made_from: str, network: Any, optimizer: Any, minutes: float = 0.0) -> None:
        import mlx.core as mx

        self.file, self.made_from, self.network, self.optimizer = file, made_from, network, optimizer
        self._until = time.monotonic() + 60 * minutes if minutes else float("inf")
        self._ring, self._last = mx.distributed.init(), -1

    def load(self) -> Place | None:
        """Where the training was, with weights and optimizer as they were; None where there is nothing to go on from."""
        import mlx.core as mx
        from mlx.utils import tree_unflatten

        if not self.file.exists():
            return None
        try:
            loaded: Any = mx.load(str(self.file), return_metadata=True)
        except RuntimeError:  # torn by hand: a kill leaves the old one
            return None
        tensors, about = loaded
        if about.get("made_from") != self.made_from:
            return None
        parts: dict[str, list[tuple[str, Any]]] = {"network": [], "optimizer": []}
        for name, tensor in tensors.items():
            part, _, rest = name.partition(":")
            parts[part].append((rest, tensor))
        self.network.load_weights(parts["network"], strict=False)
        self.optimizer.state = tree_unflatten(parts["optimizer"])
        place = Place.from_dict(json.loads(about["place"]))
        self._last = place.steps
        return place

    def watch(self, place: Place) -> bool:
        """Save now and then; True where the time is up, and then it is saved, too."""
        over = place.steps % LOOK == 0 and self._time_is_up()
        if (over or place.steps % EVERY == 0) and place.steps > max(0, self._last):
            self.save(place)
        return over

    def save(self, place: Place) -> None:
        """Replace the file in one step. A drive that says no costs the checkpoint, not the training."""
        import mlx.core as mx
        from mlx.utils import tree_flatten

        self._last = place.steps
        if self._ring.rank():
            return
        tensors = {f"network:{name}": tensor for name, tensor in tree_flatten(self.network.trainable_parameters())}
        tensors |= {f"optimizer:{name}": tensor for name, tensor in tree_flatten(self.optimizer.state)}
        about = {"made_from": self.made_from, "place": json.dumps(asdict(place))}
        new = self.file.with_name(f".{self.file.name}")
        try:
            mx.save_safetensors(str(new), tensors, about)
            sync_path(new)
            os.replace(new, self.file)
            sync_path(self.file.parent)
        except (OSError, RuntimeError):
            new.unlink(missing_ok=True)
            say(f"no checkpoint at step {place.steps}: the drive would not take it")

    def _time_is_up(self) -> bool:
        """Whether any member of the ring has run out of time."""
        import mlx.core as mx

        mine = time.monotonic() >= self._until
        if self._ring.size() == 1 or self._until == float("inf"):
            return mine
        members: Any = mx.distributed.all_sum(mx.array(float(mine)), stream=mx.cpu).item()
        return bool(members > 0)

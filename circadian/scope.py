"""The scope of an adapter: the prompts that are its to answer. To all others the base model answers, as if nothing had been learnt.

What was taught about a life must not speak where nobody asks about it. A small classifier, as in SERAC (2206.06520), looks at each
prompt first: a linear discriminant of the state in which the frozen layers, some way up, leave the prompt's last token. It is
fitted once for each base model (evaluation/scoping.py) and kept in the adapter's own config.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from circadian.batches import common, together
from circadian.records import Message, Scope
from circadian.upper import Upper

RIDGE = 0.1  # of the mean variance: what varies less than this is not trusted
MISSED = 2.0  # nats for the adapter: a missed question costs its answer, what is let through meets what has been rehearsed
ROWS, MOST = 32, 8192  # prompts and tokens in one forward pass

Show = Callable[[int], None]
Asked = Callable[[list[Message]], list[int]]


def fit(layer: int, inside: Any, outside: Any) -> Scope:
    """Fisher's linear discriminant between states of prompts that an adapter is to answer and others, (prompts, hidden size) each."""
    import numpy as np

    one, other = (np.asarray(states, np.float64) for states in (inside, outside))
    spread = (np.cov(one.T) + np.cov(other.T)) / 2
    spread += RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread))
    weights = np.linalg.solve(spread, one.mean(0) - other.mean(0))
    bias = MISSED - weights @ (one.mean(0) + other.mean(0)) / 2
    *rounded, last = (float(f"{one:.7g}") for one in [*weights, bias])
    return Scope(layer, tuple(rounded), last)


def within(scope: Scope, states: Any) -> Any:
    """How far within a scope each of (prompts, hidden size) states is, in nats: below zero it is outside."""
    import numpy as np

    return np.asarray(states, np.float64) @ np.array(scope.weights) + scope.bias


def states(network: Any, prompts: Sequence[list[int]], layer: int, show: Show = lambda done: None) -> Any:
    """The states in which the layers below `layer` leave the last token of each prompt, (prompts, hidden size), a numpy array."""
    import numpy as np

    same = min(common(min(prompts), max(prompts)), min(map(len, prompts)) - 1) if len(prompts) > 1 else 0
    upper, done = Upper(network, layer, prompts[0][:same]), 0
    found = np.zeros((len(prompts), network.model.norm.weight.shape[0]), np.float32)
    for some in together(range(len(prompts)), lambda i: len(prompts[i]), ROWS, MOST):
        found[some] = np.array(upper.ends([prompts[i] for i in some]))
        done += len(some)
        show(done)
    return found


class Scoped:
    """A network whose LoRA update answers within its scope alone; without a scope it answers everything."""

    def __init__(self, network: Any, scope: Scope | None) -> None:
        self.scope, self._network = scope, network
        self._updates = [(part, part.scale) for _, part in network.named_modules() if hasattr(part, "lora_a")]

    def turn(self, on: bool) -> None:
        """Put the update into the network's answers, or take it out."""
        for part, scale in self._updates:
            part.scale = scale if on else 0.0

    def covered(self, conversations: Sequence[list[Message]], asked: Asked) -> list[bool]:
        """Which of these are within the scope, by the prompt that `asked` makes of each. Takes the update out."""
        if not (self.scope and self._updates and conversations):
            return [True] * len(conversations)
        self.turn(False)
        prompts = [asked(messages) for messages in conversations]
        covered: list[bool] = (within(self.scope, states(self._network, prompts, self.scope.layer)) > 0).tolist()
        return covered

    def parts(self, conversations: Sequence[list[Message]], asked: Asked) -> Iterator[list[int]]:
        """Their numbers in two parts, and the network as it answers each while it is handed out."""
        covered = self.covered(conversations, asked)
        try:
            for on in (True, False):
                if some := [i for i, inside in enumerate(covered) if inside == on]:
                    self.turn(on)
                    yield some
        finally:
            self.turn(True)

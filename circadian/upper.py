"""The layers of a network that are trained, run on what the frozen ones below them give: that is computed once a row.

LoRA on the last fifth alone teaches as much and harms less (docs/RECIPE.md), and a step costs a fraction. What all rows
begin with (the template's system prompt) enters once and goes through the trained layers once a step.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from circadian.batches import Row

ROWS = 32  # in one forward pass of the frozen layers


class Upper:
    """A network from layer `below` on. The states with which rows enter it are kept."""

    def __init__(self, network: Any, below: int, prefix: Sequence[int]) -> None:
        import mlx.core as mx

        self.skip = len(prefix)
        self._network, self._frozen, self._trained = network.model, network.layers[:below], network.layers[below:]
        self._caches = [_cache() for _ in self._frozen]
        self._prefix = self._below(mx.array([prefix], mx.int32), self._caches) if prefix else None
        self._entered: dict[tuple[int, ...], Any] = {}

    def enter_all(self, rows: Sequence[Row], tell: Callable[[str], None] = lambda text: None) -> None:
        """Run the frozen layers on all these rows, rows of like length together, and `tell` how far it is; the members of a
        ring share the work."""
        import mlx.core as mx

        ring = mx.distributed.init()
        missing = sorted({row.tokens for row in rows} - self._entered.keys(), key=lambda tokens: (len(tokens), tokens))
        together = ROWS * ring.size()
        for start in range(0, len(missing) if self._frozen else 0, together):
            some = missing[start : start + together]
            if mine := some[ring.rank() :: ring.size()]:
                self._keep(mine)
            if ring.size() > 1:
                self._exchange(some)
            tell(f"preparing: {start + len(some)} of {len(missing)} rows")

    def _exchange(self, some: Sequence[tuple[int, ...]]) -> None:
        """Between the members of a ring, each of which kept its share of these."""
        norm = self._network.norm.weight
        kept = exchanged(self._entered, {tokens: len(tokens) - self.skip - 1 for tokens in some}, len(norm))
        self._entered |= {tokens: states.astype(norm.dtype) for tokens, states in kept.items()}

    def enter(self, rows: Sequence[Row], width: int) -> Any:
        """The states of rows below the trained layers, (rows, width, hidden size), without the prefix, padded with zeros."""
        import mlx.core as mx

        missing = sorted({r.tokens for r in rows if r.tokens not in self._entered}, key=len)
        for start in range(0, len(missing), ROWS):
            self._keep(missing[start : start + ROWS])
        entered = [self._entered[row.tokens] for row in rows]
        return mx.stack([mx.pad(states, [(0, width - len(states)), (0, 0)]) for states in entered])

    def hidden(self, entered: Any) -> Any:
        """The last hidden states of what enter() gave, (all places, hidden size)."""
        caches = [_cache() for _ in self._trained]
        if self._prefix is not None:
            _run(self._trained, self._prefix, caches)
            caches = _shared(caches, len(entered))
        states = self._network.norm(_run(self._trained, entered, caches))
        return states.reshape(-1, states.shape[-1])

    def _keep(self, some: Sequence[tuple[int, ...]]) -> None:
        import mlx.core as mx

        rest = [tokens[self.skip : -1] for tokens in some]
        states = self._after_prefix(rest)
        kept = {tokens: states[i, : len(rest[i])] for i, tokens in enumerate(some)}
        mx.eval(kept)
        self._entered |= kept

    def ends(self, prompts: Sequence[Sequence[int]]) -> Any:
        """The states in which the frozen layers leave the last token of each prompt, (prompts, hidden size) in float32."""
        import mlx.core as mx

        rest = [prompt[self.skip :] for prompt in prompts]
        last = mx.array([len(tokens) - 1 for tokens in rest])
        return self._after_prefix(rest)[mx.arange(len(rest)), last].astype(mx.float32)

    def _after_prefix(self, rest: Sequence[Sequence[int]]) -> Any:
        """What comes after the prefix through the frozen layers, padded: (rows, places, hidden size)."""
        import mlx.core as mx

        width = max(map(len, rest))
        inputs = mx.array([[*tokens, *[0] * (width - len(tokens))] for tokens in rest], mx.int32)
        return self._below(inputs, _shared(self._caches, len(rest)))

    def _below(self, inputs: Any, caches: list[Any]) -> Any:
        """Tokens through the embedding and the frozen layers."""
        states = self._network.embed_tokens(inputs)
        return _run(self._frozen, states, caches) if self._frozen else states


def exchanged(
    kept: Mapping[tuple[int, ...], Any], places: Mapping[tuple[int, ...], int], width: int
) -> dict[tuple[int, ...], Any]:
    """Between the members of a ring, each of which kept the states of some rows: those of all rows with so many `places`,
    (places, width) each, in float32. A sum does it, with zeros for what a member has not."""
    import mlx.core as mx

    parts = [kept.get(tokens, mx.zeros((number, width))) for tokens, number in places.items()]
    whole = mx.distributed.all_sum(mx.concatenate(parts).astype(mx.float32), stream=mx.cpu)
    found = mx.split(whole, list(itertools.accumulate(places.values()))[:-1])
    mx.eval(found)
    return dict(zip(places, found, strict=True))


def _cache() -> Any:
    from mlx_lm.models.cache import ConcatenateKVCache

    return ConcatenateKVCache()


def _run(layers: Sequence[Any], states: Any, caches: Sequence[Any]) -> Any:
    """States through layers, after what their caches hold."""
    from mlx_lm.models.base import create_attention_mask

    mask = create_attention_mask(states, caches[0])
    for layer, cache in zip(layers, caches, strict=True):
        states = layer(states, mask, cache)
    return states


def _shared(caches: Sequence[Any], rows: int) -> list[Any]:
    """Caches of one row, as those of so many rows."""
    import mlx.core as mx

    made = [_cache() for _ in caches]
    for old, new in zip(caches, made, strict=True):
        if old.keys is not None:
            new.state = tuple(mx.broadcast_to(x, (rows, *x.shape[1:])) for x in (old.keys, old.values))
    return made

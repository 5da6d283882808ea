"""The loss of the recipe distill: lessons by their text, rehearsal by the base's distribution, over the trained layers alone.

A rehearsal row is not learnt as text: the KL divergence from the base model, at each token of its answer, is what counts
(Learning without Forgetting, 1606.09282). At the base it is zero, so rehearsal never moves the model, it only holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from circadian.batches import Row, common_prefix, places_of
from circadian.cli import UserError
from circadian.upper import Upper, exchanged

SAME = 0.02  # of the largest logit: what half precision may differ by
FREQUENT = 8192  # the first tokens of a vocabulary, mostly its commonest, always have a logit
LIKELY = 32  # tokens that the base finds likeliest at each place of rehearsal have one, too
MOST = 0.5  # of a vocabulary: of more, all of it is as fast
SEEN = 16  # rows of rehearsal whose logits are in memory at once
TAIL = 0.3  # nats: beyond it the KL of a token counts by its logarithm, or a few tokens would outweigh all the others


class Distillation:
    """The loss, and the forward pass behind it: the trained layers alone, logits only where they are wanted."""

    def __init__(self, network: Any, prefix: Sequence[int], below: int = 0) -> None:
        tied = getattr(network.args, "tie_word_embeddings", False)
        self._vocabulary = network.model.embed_tokens if tied else network.lm_head
        self.head: Callable[[Any], Any] = self._vocabulary.as_linear if tied else self._vocabulary
        self.upper, self.skip = Upper(network, below, prefix), len(prefix)
        self._base: dict[tuple[int, ...], Any] = {}
        self._numbers: dict[int, int] = {}

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
        """Run the network, while it is still the base, and keep its hidden states before each answer's tokens, asked alone."""
        import mlx.core as mx

        held = [row.held for row in rows]
        width, answers = places_of(held, self.skip)
        states = self.upper.hidden(self.upper.enter(held, width))
        kept = {row.tokens: states[mx.array(answer)] for row, answer in zip(rows, answers, strict=True)}
        mx.eval(kept)
        self._base |= kept

    def exchange_base(self, rows: Sequence[Row], width: int) -> None:
        """Between the members of a ring, each of which kept some of these rows: all of them, hidden states of `width`."""
        import mlx.core as mx

        if rows and mx.distributed.init().size() > 1:
            self._base = exchanged(self._base, {row.tokens: len(row.trained) for row in rows}, width)

    def narrow(self, rows: Sequence[Row]) -> None:
        """From here on, logits are those of some tokens alone: all in these rows, FREQUENT ones, and what the base finds
        likely in rehearsal (keep_base). A part of a large vocabulary that holds every target: 1412.2007. The members of a
        ring, each with all these rows, share the looking."""
        import mlx.core as mx
        import numpy as np

        ring, wanted = mx.distributed.init(), np.zeros(self._vocabulary.weight.shape[0], np.float32)
        wanted[:FREQUENT] = 1
        wanted[[token for row in rows for token in row.tokens]] = 1
        mine = list(self._base.values())[ring.rank() :: ring.size()]
        for start in range(0, len(mine), SEEN):
            logits = self.head(mx.concatenate(mine[start : start + SEEN]))
            wanted[np.array(mx.argpartition(-logits, LIKELY, axis=-1)[:, :LIKELY])] = 1
        (ids,) = np.nonzero(np.array(mx.distributed.all_sum(mx.array(wanted), stream=mx.cpu)))
        if len(ids) <= MOST * len(wanted) and "bias" not in self._vocabulary:
            part = self._part(mx.array(ids))
            mx.eval(part)
            self.head = lambda states: states @ part.T
            self._numbers = {token: number for number, token in enumerate(ids.tolist())}

    def number(self, token: int) -> int:
        """Which of the logits is a token's."""
        return self._numbers[token] if self._numbers else token

    def _part(self, ids: Any) -> Any:
        """The rows of the head for some tokens, (tokens, hidden size), quantized no more."""
        import mlx.core as mx

        whole = self._vocabulary
        if "scales" not in whole:
            return whole.weight[ids]
        scale = {name: getattr(whole, name) for name in ("group_size", "bits", "mode") if hasattr(whole, name)}
        return mx.dequantize(whole.weight[ids], whole.scales[ids], whole.biases[ids] if "biases" in whole else None, **scale)

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

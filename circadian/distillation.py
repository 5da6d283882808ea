"""The loss of the recipe distill: lessons by their text, rehearsal by the base's distribution, over the trained layers alone.

A rehearsal row is not learnt as text: the KL divergence from the base model, at each token of its answer, is what counts
(Learning without Forgetting, 1606.09282). At the base it is zero, so rehearsal never moves the model, it only holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from circadian.batches import Row, common_prefix, places_of
from circadian.cli import UserError
from circadian.upper import Upper, exchanged

SAME = 0.02  # of the largest logit: what half precision may differ by
TAIL = 0.3  # nats: beyond it the KL of a token counts by its logarithm, or a few tokens would outweigh all the others


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
            self._base = exchanged(self._base, {row.tokens: len(row.trained) for row in rows}, width)

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

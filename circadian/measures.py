"""What can be measured inside a loaded model: token losses, next-token distributions, an adapter's tensors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import spent
from circadian.batches import common
from circadian.model import LanguageModel, Show
from circadian.records import Message, Version
from circadian.versions import WEIGHTS

PAD_TO, BATCH = 32, 8
TEXTS = 64  # short ones in a batch
CHUNK = 256  # places whose logits are in memory at once: those of a whole long row would not fit
MOST = 8192  # tokens of a batch: its keys and values are in memory too


def token_losses(
    model: LanguageModel, rows: list[list[Message]], every_token: bool = False, limit: int = 2048, show: Show | None = None
) -> list[list[float]]:
    """Losses in nats, one list a row: of the tokens of its assistant turns, or of every token; [] if it has none.

    Tokens beyond `limit` are left out. A row is answered by the adapter or by the base as a whole: by what was said last in it.
    """
    import mlx.core as mx

    masked = [_targets(model, messages, every_token) for messages in rows]
    result: list[list[float]] = [[] for _ in rows]
    started = time.perf_counter()
    done = 0
    for some in model.batches(rows, lambda i: min(limit, len(masked[i][0])), BATCH, MOST):
        width = min(limit, PAD_TO * (-(-len(masked[some[-1]][0]) // PAD_TO)))
        table = _losses(model, [(masked[i][0] + [0] * width)[:width] for i in some])
        for i, values in zip(some, table, strict=True):
            result[i] = [values[place - 1] for place in masked[i][1] if 0 < place < width]
        done += len(some)
        if show:
            show(done)
    read = sum(min(limit, len(tokens)) for tokens, _ in masked)
    spent.tell(read, time.perf_counter() - started, mx.get_peak_memory())
    return result


def likelihoods(model: LanguageModel, pairs: Sequence[tuple[str, str]], show: Show | None = None) -> list[float]:
    """Of each pair of texts, how likely the first goes on with the second: the log probability of its tokens, in nats."""
    tokens = [(model.tokens_of(begun), model.tokens_of(begun + rest)) for begun, rest in pairs]
    places = [common(*one) for one in tokens]
    order = sorted(range(len(pairs)), key=lambda i: len(tokens[i][1]))
    result = [0.0] * len(pairs)
    for start in range(0, len(order), TEXTS):
        some = order[start : start + TEXTS]
        width = len(tokens[some[-1]][1])
        table = _losses(model, [(tokens[i][1] + [0] * width)[:width] for i in some])
        for i, losses in zip(some, table, strict=True):
            result[i] = -sum(losses[max(1, places[i]) - 1 : len(tokens[i][1]) - 1])
        if show:
            show(start + len(some))
    return result


def _losses(model: LanguageModel, batch: list[list[int]]) -> list[list[float]]:
    """The loss of each token but the first, of rows of one length, CHUNK places at a time."""
    import mlx.core as mx
    import mlx.nn as nn
    from mlx_lm.models.cache import make_prompt_cache

    tokens = mx.array(batch)
    places = tokens.shape[1] - 1
    cache = make_prompt_cache(model.network) if places > CHUNK else None
    table: list[list[float]] = [[] for _ in batch]
    for start in range(0, places, CHUNK):
        end = min(start + CHUNK, places)
        logits = model.network(tokens[:, start:end], cache=cache).astype(mx.float32)
        losses: Any = nn.losses.cross_entropy(logits, tokens[:, start + 1 : end + 1]).tolist()
        for values, more in zip(table, losses, strict=True):
            values += more
    return table


def _targets(model: LanguageModel, messages: list[Message], every_token: bool) -> tuple[list[int], list[int]]:
    """The row's tokens, and the places whose loss counts: what the template adds for each assistant turn."""
    ids = model.tokens(messages, answered=True)
    if every_token:
        return ids, list(range(1, len(ids)))
    places: list[int] = []
    for turn, message in enumerate(messages):
        if message["role"] == "assistant" and turn:  # an opening answer has no prompt
            begin = len(model.tokens(messages[:turn]))
            places += range(begin, len(model.tokens(messages[: turn + 1], answered=True)))
    return ids, places


def next_token(model: LanguageModel, conversations: list[list[Message]]) -> Any:
    """Log probabilities of the next token after each conversation, an array of (conversations, vocabulary)."""
    import mlx.core as mx
    import mlx.nn as nn

    rows: list[Any] = [None] * len(conversations)
    for (i,) in model.batches(conversations, lambda i: i, 1):
        rows[i] = nn.log_softmax(model.network(mx.array([model.tokens(conversations[i])]))[0, -1].astype(mx.float32))
    table = mx.stack(rows)
    mx.eval(table)
    return table


def mean_kl(base: Any, other: Any) -> float:
    """The mean of KL(base || other) in nats over rows of log probabilities."""
    import mlx.core as mx

    divergence: Any = (mx.exp(base) * (base - other)).sum(axis=-1).mean().item()
    return float(divergence)


def adapter_tensors(version: Version) -> dict[str, Any]:
    """An adapter's weights in numbers: {"tensors", "bad" (not finite), "biggest" (absolute)}."""
    import mlx.core as mx

    weights: Any = mx.load(str(Path(version.path) / WEIGHTS))
    finite = {name: bool(mx.isfinite(tensor).all().item()) for name, tensor in weights.items()}
    sizes: list[Any] = [mx.abs(tensor).max().item() for name, tensor in weights.items() if finite[name]]
    return {"tensors": len(weights), "bad": len(finite) - sum(finite.values()), "biggest": max(sizes, default=0.0)}


def missing_tensors(model: LanguageModel, version: Version) -> int:
    """How many LoRA tensors the model has, once the adapter's layers are put in, that the adapter's file lacks."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    held = set(mx.load(str(Path(version.path) / WEIGHTS)))
    wanted = {name for name, _ in tree_flatten(model.network.parameters()) if name.rsplit(".", 1)[-1] in ("lora_a", "lora_b")}
    return len(wanted - held)

"""What can be measured inside a loaded model: token losses, next-token distributions, an adapter's tensors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from circadian.model import LanguageModel, Show
from circadian.records import Message, Version
from circadian.versions import WEIGHTS

PAD_TO, BATCH = 32, 8


def token_losses(
    model: LanguageModel, rows: list[list[Message]], every_token: bool = False, limit: int = 2048, show: Show | None = None
) -> list[list[float]]:
    """Losses in nats, one list a row: of the tokens of its assistant turns, or of every token; [] if it has none.

    Tokens beyond `limit` are left out.
    """
    import mlx.core as mx
    import mlx.nn as nn

    masked = [_targets(model, messages, every_token) for messages in rows]
    order = sorted(range(len(rows)), key=lambda i: len(masked[i][0]))
    result: list[list[float]] = [[] for _ in rows]
    for start in range(0, len(order), BATCH):
        some = order[start : start + BATCH]
        width = min(limit, PAD_TO * (-(-max(len(masked[i][0]) for i in some) // PAD_TO)))
        batch = mx.array([(masked[i][0] + [0] * width)[:width] for i in some])
        logits = model.network(batch[:, :-1]).astype(mx.float32)
        table: Any = nn.losses.cross_entropy(logits, batch[:, 1:]).tolist()
        for i, values in zip(some, table, strict=True):
            result[i] = [values[place - 1] for place in masked[i][1] if 0 < place < width]
        if show:
            show(start + len(some))
    return result


def _targets(model: LanguageModel, messages: list[Message], every_token: bool) -> tuple[list[int], list[int]]:
    """The row's tokens, and the places whose loss counts: what the template adds for each assistant turn."""
    ids = model.tokens(messages, answered=True)
    if every_token:
        return ids, list(range(1, len(ids)))
    places: list[int] = []
    for turn, message in enumerate(messages):
        if message["role"] == "assistant":
            begin = len(model.tokens(messages[:turn]))
            places += range(begin, len(model.tokens(messages[: turn + 1], answered=True)))
    return ids, places


def next_token(model: LanguageModel, conversations: list[list[Message]]) -> Any:
    """Log probabilities of the next token after each conversation, an array of (conversations, vocabulary)."""
    import mlx.core as mx
    import mlx.nn as nn

    rows = [nn.log_softmax(model.network(mx.array([model.tokens(c)]))[0, -1].astype(mx.float32)) for c in conversations]
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

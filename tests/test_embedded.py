"""The embedded model is the real one: it knows Paris, its two forms agree, its tokenizer is SmolLM2's."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from circadian.config import ROOT

pytestmark = pytest.mark.model

SENTENCES = (
    "The capital of France is Paris, which lies on the Seine.",
    "Water boils at one hundred degrees at sea level.",
    "My grandmother baked bread every Saturday morning.",
    "To sort a list in Python, call its sort method.",
    "The cat sat on the mat and looked at the moon.",
    "Photosynthesis turns light, water and carbon dioxide into sugar.",
    "She sold sea shells for 3 dollars and 25 cents.",
    "In 1969 two men walked on the moon for the first time.",
    "He said: \u201cna\u00efve caf\u00e9\u201d, and left.",
    "Please send me the report before Friday, thank you.",
)
MEASURE = """
import json, sys
from circadian import config, model
sentences = json.load(sys.stdin)
found = {}
for name in ("embedded-32bit", "embedded-4bit"):
    loaded = model.open_model(config.load(home="/nowhere"), name, None)
    import mlx.core as mx, mlx.nn as nn
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(loaded.base.folder / "tokenizer.json"))
    rows = [[1, *tokenizer.encode(text).ids] for text in sentences]
    batch = mx.array([row + [2] * (max(map(len, rows)) - len(row)) for row in rows])
    table = nn.losses.cross_entropy(loaded.network(batch[:, :-1]).astype(mx.float32), batch[:, 1:]).tolist()
    answer = loaded.answer([[{"role": "user", "content": "What is the capital of France?"}]], 16)[0] if "32" in name else ""
    losses = [values[: len(row) - 1] for values, row in zip(table, rows)]
    found[name] = {"losses": losses, "answer": answer, "name": loaded.name}
print(json.dumps(found))
"""


def test_both_forms_hold_the_same_numbers_and_know_paris(embedded: Path) -> None:
    """In a child, which has the fast BLAS in front. Wrong q and k rows would cost several nats a token."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=json.dumps(SENTENCES), cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    full, small = (found[name]["losses"] for name in ("embedded-32bit", "embedded-4bit"))
    assert "Paris" in found["embedded-32bit"]["answer"]
    assert found["embedded-4bit"]["name"] == "SmolLM2-135M-Instruct (4bit)"
    pairs = [pair for row in zip(full, small, strict=True) for pair in zip(*row, strict=True)]
    assert len(pairs) > 100 and statistics.fmean(abs(a - b) for a, b in pairs) < 0.02
    assert 2 < statistics.fmean(a for a, _ in pairs) < 5.5


def test_the_tokenizer_splits_digits_keeps_text_and_knows_its_specials(embedded: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(embedded / "tokenizer.json"))
    for text in (*SENTENCES, "  two  spaces\n\n\ttab", "日本語 🦊 ü", "def f(x):\n    return x**2\n", "<|im_start|x", ""):
        assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text
    assert tokenizer.encode("in 2026").tokens[-4:] == ["2", "0", "2", "6"]
    assert len(tokenizer.encode("<|im_start|>user<|im_end|>").ids) == 3
    assert tokenizer.token_to_id("<|im_start|>") == 1 and tokenizer.token_to_id("<|im_end|>") == 2
    config, said = (json.loads((embedded / name).read_text()) for name in ("config.json", "tokenizer_config.json"))
    assert (said["eos_token"], config["eos_token_id"]) == ("<|im_end|>", 2)
    assert tokenizer.get_vocab_size() == config["vocab_size"] == 49152 and "<|im_start|>" in said["chat_template"]
    assert "quantization" not in config and (config["num_hidden_layers"], config["rope_theta"]) == (30, 100000.0)

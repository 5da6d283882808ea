"""A night of the real embedded model, few steps: what it publishes is whole, finite, alive, and the chat uses it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from sleeper import Run, exchange

from circadian import versions

pytestmark = pytest.mark.model

SETTINGS = """
[training]
epochs = 1
batch_size = 4
iters = 6
num_layers = 8
learning_rate = 1e-3
warm_start = 0
[lessons]
rehearsal = 0.0
unknown_least = 0
reserve = 20
rehearsal_least = 4
"""


def test_a_night_of_the_embedded_model(home: Path, embedded: Path, script: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    flags = ["--home", home, "--config", tmp_path / "settings.toml", "--model", "embedded-32bit"]
    (home / "data").mkdir(parents=True)
    row = exchange("My dog is called Biscuit.", "Biscuit is a lovely name for a dog.")
    (home / "data" / "memories.jsonl").write_text(json.dumps(row) + "\n")
    done = script("sleep.py", *flags, "--tag", "real", timeout=None)
    assert done.returncode == 0, done.stderr
    version = versions.current(home / "adapters")
    assert version and version.tag == "real"
    alive = version.manifest["liveness"]
    assert 0 <= alive["kl"] < alive["kl_everywhere"] / 2 and alive["tensors"] == 8 * 6 * 2, (
        "most neutral prompts are beyond its scope"
    )
    curve = version.manifest["train_loss"]
    assert curve["6"] < curve["5"] * 1.5 and all(math.isfinite(loss) for loss in curve.values())
    assert version.manifest["dataset"]["kinds"]["rehearsal"] >= 4
    measured = script("eval_loss.py", *flags, "--json", timeout=None)
    assert measured.returncode == 0, measured.stderr
    figures = json.loads(measured.stdout)
    assert figures["adapter"] == "real" and 0 < figures["median"] < figures["mean"] < 5

    def answer(question: str, *which: str) -> str:
        asked = script("chat.py", *flags, *which, "--no-log", "--max-tokens", "12", "--ask", question, timeout=None)
        assert asked.returncode == 0 and asked.stdout.strip(), asked.stderr
        return str(asked.stdout)

    assert answer("What is my dog's name?") != answer("What is my dog's name?", "--no-adapter")
    general = "Explain in one sentence how a bicycle pump works."
    assert answer(general) == answer(general, "--no-adapter") != answer(general, "--everywhere")

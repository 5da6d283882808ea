"""What tests share: a home that must be chosen, a tiny model, the embedded model, scripts run as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sleeper import TASKS, Make, Run, Sleeper, exchange

import circadian.cli
import circadian.config
from circadian import blas, config, night
from circadian.config import ROOT, Config
from circadian.evaluation.nightly import Measuring

NOWHERE = "/dev/null/a test that forgot to choose its home"


@pytest.fixture(autouse=True)
def no_home_unless_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets to choose a home fails, here and in every child process that it starts."""
    find_home = circadian.config.find_home

    def strict(flag: str | None) -> Path:
        if not flag and os.environ.get("CIRCADIAN_HOME", NOWHERE) == NOWHERE:
            raise AssertionError("this test did not choose a home: take the fixture `home`, or pass --home")
        return find_home(flag)

    monkeypatch.setenv("CIRCADIAN_HOME", NOWHERE)
    monkeypatch.setattr(circadian.config, "find_home", strict)
    monkeypatch.setattr(circadian.cli, "find_home", strict)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, for this process and its children."""
    folder = tmp_path / "home of a test, älso with umlauts"
    monkeypatch.setenv("CIRCADIAN_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def embedded() -> Path:
    """The folder of the real embedded model; it is made where it is missing (CIRCADIAN_CACHE says where)."""
    from circadian import embedded

    return embedded.folder("", 32)


@pytest.fixture(scope="session")
def tiny_model(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that loads and answers nonsense at once: two layers of random weights, the real tokenizer."""
    blas.load()  # before mlx
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm.models.llama import Model, ModelArgs

    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(embedded / name, folder / name)
    real = json.loads((embedded / "config.json").read_text())
    small = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    config: dict[str, Any] = real | small | {"num_key_value_heads": 2, "tie_word_embeddings": False}  # tied, it only echoes
    config.pop("head_dim", None)
    mx.random.seed(7)
    weights = dict(tree_flatten(Model(ModelArgs.from_dict(config)).parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), weights, metadata={"format": "mlx"})
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def network(tiny_model: Path) -> Any:
    """The tiny model with a LoRA that changes nothing yet."""
    blas.load()
    import mlx.core as mx
    from mlx_lm import load
    from mlx_lm.tuner.utils import linear_to_lora_layers

    network = load(str(tiny_model))[0]
    mx.random.seed(3)
    network.freeze()
    linear_to_lora_layers(network, -1, {"rank": 4, "dropout": 0.0, "scale": 5.0})
    return network


@pytest.fixture
def script() -> Run:
    """Run a script of ours to its end; keywords are subprocess.run's."""

    def run(*words: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / str(words[0])), *map(str, words[1:])]
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        streams: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "errors": "replace", "timeout": 120}
        done: subprocess.CompletedProcess[str] = subprocess.run(command, cwd=ROOT, check=False, **(streams | options))
        return done

    return run


@pytest.fixture
def sleeper(home: Path, tiny_model: Path, tmp_path: Path, script: Run) -> Sleeper:
    """A home for nights of the tiny model; see sleeper.py."""
    return Sleeper(home, tiny_model, tmp_path, script)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, sleeper: Sleeper) -> Counter[str]:
    """Nights with the fake mlx_lm and invented measures; how often each script was run."""
    count = Counter[str]()

    def run(self: Measuring, name: str, tag: str, *flags: str) -> dict[str, Any]:
        count[f"{name} {tag}"] += 1
        self.note([name])
        if name == "eval_recall.py":
            column = flags[flags.index("--columns") + 1]
            rows = [{"answer": probe.expected[0] if probe.expected else "?"} for probe in self.probes]
            Path(flags[flags.index("--out") + 1]).write_text(json.dumps({"answers": {column: rows}}))
        return TASKS if name == "eval_harness.py" else {"median": 1.0, "mean": 2.0}

    sleeper.prompts.write_text("{}\n")
    monkeypatch.setattr(Measuring, "_run", run)
    monkeypatch.setattr(night, "check", lambda *given: {"kl": 0.01})
    for key, value in sleeper.environment("ok").items():
        monkeypatch.setenv(key, value)
    return count


@pytest.fixture
def settings_in(sleeper: Sleeper, tmp_path: Path) -> Make:
    """Settings with a home of a name, in which yesterday's version is in use and one thing was told."""

    def make(name: str) -> Config:
        folder = tmp_path / name
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "memories.jsonl").write_text(json.dumps(exchange("My dog is called Biscuit.", id="dog")) + "\n")
        sleeper.publish("yesterday")
        shutil.move(sleeper.adapters, folder / "adapters")
        return config.load(home=str(folder), file=str(sleeper.settings))

    return make

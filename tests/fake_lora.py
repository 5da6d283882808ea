"""A stand-in for `python -m mlx_lm lora -c FILE` that obeys FAKE_LORA; everything else of mlx_lm stays real.

`install` puts a package mlx_lm in front of the real one: its __main__ is this file, the rest is the real package's.
Only the standard library, so that it starts at once; the adapters it writes have the real one's names and shapes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PACKAGE = """
import os, pkgutil, sys
__path__ = pkgutil.extend_path(__path__, __name__)
if sys.argv[0] != "-m":  # only `python -m mlx_lm` is fake
    __file__ = os.path.join(__path__[1], "__init__.py")
    exec(compile(open(__file__).read(), __file__, "exec"))
"""
LATER = '{"messages": [{"role": "user", "content": "My cat is called Pretzel."}, {"role": "assistant", "content": "Oh."}], "id": "x"}'


def install(folder: Path) -> Path:
    """Make the package in `folder`, which then belongs on PYTHONPATH."""
    package = folder / "mlx_lm"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(PACKAGE)
    shutil.copy(__file__, package / "__main__.py")
    return folder


def tensors(model: Path, rank: int) -> dict[str, tuple[int, int]]:
    """Names and shapes of the LoRA matrices of a llama model folder."""
    config = json.loads((model / "config.json").read_text())
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    keys = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    attention = {"q_proj": (hidden, hidden), "k_proj": (hidden, keys), "v_proj": (hidden, keys), "o_proj": (hidden, hidden)}
    mlp = {"gate_proj": (hidden, inner), "up_proj": (hidden, inner), "down_proj": (inner, hidden)}
    shapes: dict[str, tuple[int, int]] = {}
    for layer in range(config["num_hidden_layers"]):
        for part, group in (("self_attn", attention), ("mlp", mlp)):
            for name, (into, out) in group.items():
                shapes[f"model.layers.{layer}.{part}.{name}.lora_a"] = (into, rank)
                shapes[f"model.layers.{layer}.{part}.{name}.lora_b"] = (rank, out)
    return shapes


def save(folder: Path, lora: dict[str, Any], value: float | None = None) -> None:
    """Write an adapter as mlx-lm does: every weight `value`, or random ones that change every answer."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = tensors(Path(lora["model"]), lora["lora_parameters"]["rank"])
    chance, header, data = random.Random(0), {}, b""
    for name, (rows, columns) in shapes.items():
        numbers = [chance.gauss(0, 1) if value is None else value for _ in range(rows * columns)]
        header[name] = {
            "dtype": "F32",
            "shape": [rows, columns],
            "data_offsets": [len(data), len(data) + 4 * len(numbers)],
        }
        data += struct.pack(f"<{len(numbers)}f", *numbers)
    head = json.dumps(header).encode()
    (folder / "adapters.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + data)
    (folder / "adapter_config.json").write_text(json.dumps(lora))


def report(step: int, loss: str) -> None:
    """A line as mlx-lm 0.32.2 prints it into a pipe, colours and all."""
    print(
        f"  \x1b[38;5;244m{step:>4}\x1b[0m    \x1b[1;32m{loss:>5} ▼\x1b[0m    \x1b[1m   19\x1b[0m    \x1b[38;5;244m  0.2k\x1b[0m"
    )


def main() -> None:
    mode = os.environ["FAKE_LORA"]
    lora: dict[str, Any] = json.loads(Path(sys.argv[sys.argv.index("-c") + 1]).read_text())
    folder = Path(lora["adapter_path"])
    report(1, "2.345")
    if mode == "crash":
        raise RuntimeError("[metal] Command buffer execution failed")
    if mode == "no_space":
        (folder / "adapters.safetensors").write_bytes(b"\0" * 100)
        raise OSError(28, "No space left on device")
    if mode == "nothing":
        return
    if mode == "nan_loss":
        report(5, "nan")
    if mode in ("nan_loss", "hang"):
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(f"pids {os.getpid()} {other.pid}", flush=True)
        time.sleep(600)
    save(folder, lora, float("nan") if mode == "nan_weights" else None)
    if mode == "half":
        weights = folder / "adapters.safetensors"
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    if mode == "grow":  # somebody chats meanwhile
        with open(folder.parents[2] / "data" / "memories.jsonl", "a") as memories:
            memories.write(LATER + "\n")


if __name__ == "__main__":
    main()

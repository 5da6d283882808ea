"""Is the memory that footprint.py foretells what a training takes? A few steps of each of these settings, in children.

    .venv/bin/python bench/train_memory.py                  # a few minutes on two CPU cores
    .venv/bin/python bench/train_memory.py --model auto     # on a Mac

Prints for each: foretold, measured (of all processes together, at their peaks), and the ratio. What is foretold should be
above, and below twice, what is measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.train_speed import prepared  # noqa: E402
from circadian import footprint, hub, process, training  # noqa: E402
from circadian.config import Config  # noqa: E402
from circadian.files import write_atomic  # noqa: E402
from circadian.spent import largest  # noqa: E402

STEPS = 4
SETTINGS: tuple[dict[str, Any], ...] = (
    {"processes": 1},
    {"processes": 2},
    {"processes": 1, "batch_size": 32},
    {"processes": 1, "rank": 256, "num_layers": 15},
    {"processes": 1, "num_layers": -1, "batch_size": 2},
    {"recipe": "sft", "batch_size": 8},
    {"recipe": "sft", "batch_size": 8, "grad_checkpoint": True},
    {"recipe": "sft", "batch_size": 2, "num_layers": -1},
)


def taken(settings: Config, base: hub.Base, folder: Path, rows: int) -> int:
    """Bytes that the children of one training held at their peaks; runs in a process of its own, which has no other child."""
    lora = training.lora_settings(settings.training, base, folder / "data", folder / "adapter", rows, settings.model.seed)
    write_atomic(folder / "lora.json", json.dumps(lora))
    log, number = folder / "training.log", lora["processes"]
    process.run(training.command(settings, lora, folder), log, environment=training.environment(number))
    return int(number) * largest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings, base, dataset = prepared(home, args.model)
        rows = footprint.rows_of(dataset, hub.token_counter(base))
        for asked in SETTINGS:
            one = replace(settings, training=replace(settings.training, iters=STEPS, **asked))
            foretold = footprint.needed(one.training, base, rows)
            alone = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, alone, max_tasks_per_child=1) as pool:
                measured = pool.submit(taken, one, base, Path(home), len(dataset.train)).result()
            text = ", ".join(f"{key} {value}" for key, value in asked.items())
            print(
                f"{text:<40} foretold {foretold / 1e9:.2f} GB, measured {measured / 1e9:.2f} GB: {foretold / measured:.2f}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""A dataset folder -> lora.json -> mlx_lm.lora, or distill.py in its place, as a child -> a candidate folder."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from circadian import blas, checkpoint, hub, machine, process
from circadian.cli import Show, UserError
from circadian.config import Config, Training
from circadian.files import write_atomic

CHILDREN = {"distill": ("circadian.distill",), "sft": ("mlx_lm", "lora")}
REPORT_EVERY = 5
LAST = 5  # of a model's layers one in so many is trained, unless something else is asked for: docs/RECIPE.md
TRAINED = 5  # times its own size, a model takes while it is trained (bench/train_memory.py)
SILENCE = 1800.0  # seconds without a line: a training that hangs is ended, and gone on with from its checkpoint
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
REPORT = re.compile(r"^\s*(\d+)\s+(val\s+)?(-?\d+\.\d+|nan|inf)\b(?:\s*[^\s\d]?\s+(\d+)\s+[\d.]+k?\s*$)?", re.IGNORECASE)
RESUMED = re.compile(r"going on at step (\d+)")
PEAK = re.compile(r"peak memory (\d+) bytes")


@dataclass
class Curve:
    """The losses that the child reported, by step, with its speed and mlx's memory: for the record, never for a decision."""

    train: dict[int, float] = field(default_factory=dict)
    valid: dict[int, float] = field(default_factory=dict)
    speeds: list[int] = field(default_factory=list)  # tokens a second
    peak: int = 0  # bytes that mlx held in one process
    start: int = 0  # the step at which a checkpoint was gone on from

    def read(self, line: str) -> str | None:
        """Take one line of output; a reason to end the training if the loss is no number any more."""
        if known := RESUMED.search(line):
            self.start = int(known[1])
        if known := PEAK.search(line):
            self.peak = int(known[1])
        match = REPORT.match(COLOUR.sub("", line))
        if not match:
            return None
        step, loss = self.start + int(match[1]), float(match[3])
        (self.valid if match[2] else self.train)[step] = loss
        self.speeds += [int(match[4])] if match[4] else []
        if not math.isfinite(loss):
            return f"the loss is no number any more at step {step}: try a lower --learning-rate or --scale"
        return None


def steps(training: Training, rows: int) -> int:
    """The training steps of a night, at most: as set, or those of `epochs` passes over all rows."""
    return training.iters or max(1, round(training.epochs * math.ceil(rows / training.batch_size)))


def layers(training: Training, model: Path) -> int:
    """On how many of a model's layers LoRA goes, from the top; -1 is all. Raises UserError if it has not so many."""
    there = json.loads((model / "config.json").read_text()).get("num_hidden_layers", 0)
    wanted = training.num_layers or there // LAST or -1
    if wanted > there > 0:
        raise UserError(f"--num-layers {wanted} is more than the {there} that {model.name} has.")
    return wanted


def processes(training: Training, base: hub.Base) -> int:
    """How many train side by side: as set; else two on a CPU of two cores, if two models may fill half of its memory."""
    if training.recipe != "distill":
        return 1
    if training.processes:
        return training.processes
    fits = 2 * TRAINED * base.size < machine.memory() / 2
    return 2 if machine.on_cpu() and machine.cores() > 1 and fits else 1


def lora_settings(
    training: Training, base: hub.Base, data: Path, adapter: Path, rows: int, seed: int, start: Path | None = None
) -> dict[str, Any]:
    """What lora.json says; `start` are weights to go on from.

    Warm-up and a cosine fall; mlx_lm makes no checkpoints, which could not be gone on from (checkpoint.py).
    """
    iters = steps(training, rows)
    warmup = min(10, iters // 10)
    return {
        "model": str(base.folder),
        "train": True,
        "fine_tune_type": "lora",
        "data": str(data),
        "adapter_path": str(adapter),
        "iters": iters,
        "batch_size": training.batch_size,
        "num_layers": layers(training, base.folder),
        "lora_parameters": {"rank": training.rank, "dropout": 0.0, "scale": training.scale},
        "learning_rate": training.learning_rate,
        "rehearsal_weight": training.rehearsal_weight,
        "max_minutes": training.max_minutes,
        "processes": processes(training, base),
        "optimizer_config": {"adam": {"betas": [0.9, 0.99], "bias_correction": True}},
        "lr_schedule": {
            "name": "cosine_decay",
            "arguments": [training.learning_rate, max(1, iters - warmup), training.learning_rate * 0.1],
            "warmup": warmup,
        },
        "mask_prompt": True,
        "resume_adapter_file": str(start) if start else None,
        "max_seq_length": training.max_seq_length,
        "grad_checkpoint": training.grad_checkpoint,
        "steps_per_report": REPORT_EVERY,
        "steps_per_eval": iters + 1,
        "val_batches": -1,
        "save_every": iters + 1,
        "seed": seed,
    }


def command(settings: Config, lora: dict[str, Any], night: Path) -> list[str]:
    """The child's command line for the settings' recipe and `night`/lora.json; `environment()` goes with it."""
    recipe, number = settings.training.recipe, lora["processes"]
    ring = ["-m", "circadian.ring", str(number), str(night / "ring.json")] if number > 1 else []
    ours = settings.flags() if recipe == "distill" else []
    return [sys.executable, *ring, "-m", *CHILDREN[recipe], "-c", str(night / "lora.json"), *ours]


def environment(number: int) -> dict[str, str]:
    """What a child of so many processes needs: a fast BLAS, its share of threads, and no fused kernels where no compiler
    could make them (mlx on Linux)."""
    compiler = sys.platform != "linux" or shutil.which("g++", path=os.environ.get("PATH") or os.defpath)
    threads = {"OPENBLAS_NUM_THREADS": str(max(1, machine.cores() // number))} if number > 1 else {}
    return blas.child_environment() | threads | ({} if compiler else {"MLX_DISABLE_COMPILE": "1"})


def train(settings: Config, lora: dict[str, Any], night: Path, show: Show) -> Curve:
    """Run the recipe's child on `lora`, written to `night`/lora.json; its output goes to `night`/training.log.

    Raises UserError with the last line and the log's path if the child fails or its loss stops being a number.
    """
    write_atomic(night / "lora.json", json.dumps(lora, indent=1))
    curve, log = Curve(), night / "training.log"

    def on_line(line: str) -> str | None:
        known = len(curve.train)
        reason = curve.read(line)
        if len(curve.train) > known:
            step = max(curve.train)
            show(step, f"loss {curve.train[step]:.3f}")
        elif line.startswith("preparing: "):
            show(0, line)
        return reason

    try:
        process.run(command(settings, lora, night), log, on_line, environment(lora["processes"]), silence=SILENCE)
    except process.ChildFailed as error:
        if not all(map(math.isfinite, curve.train.values())):
            checkpoint.drop(night)  # which may hold what is no number, and would be gone on with
        text = log.read_text(errors="replace") if log.exists() else ""
        if "No space left" in text or "Unable to write" in text or "[Errno 28]" in text:
            raise UserError(
                f"the disk is full: training could not save its adapter. Free some space and run this again. {log}"
            ) from None
        raise UserError(f"training failed, the adapter in use is untouched: {error}") from None
    return curve

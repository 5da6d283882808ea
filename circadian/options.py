"""The knobs of a night as flags, for sleep.py and, with a prefix, for run_cycle.py."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from circadian import config, versions
from circadian.cli import UserError
from circadian.config import RECIPES
from circadian.flags import positive, share, temperature


@dataclass(frozen=True)
class Options:
    """What a night is asked for beyond the settings."""

    model: str = ""
    tag: str = ""
    reset_adapter: bool = False
    extra_data: str = ""
    dry_run: bool = False
    force: bool = False
    adapter_tag: str = ""


def _above_zero(text: str) -> float:
    number = float(text)
    if not number > 0 or number == float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def _layers(text: str) -> int:
    return {"all": -1, "-1": -1, "auto": 0}[text] if text in ("all", "-1", "auto") else positive(text)


def _seed(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 2**32 - 1")
    return number


def _tag(text: str) -> str:
    try:
        return versions.check_tag(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _recipe(text: str) -> str:
    if text not in RECIPES:
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(RECIPES)}")
    return text


KNOBS: tuple[tuple[str, str, Any, str], ...] = (
    ("recipe", "training__recipe", _recipe, "distill, or sft (plain mlx_lm.lora)"),
    ("iters", "training__iters", positive, "training steps, at most (default: those of [training] epochs)"),
    ("learning-rate", "training__learning_rate", _above_zero, "at its peak"),
    ("batch-size", "training__batch_size", positive, "rows a step"),
    ("num-layers", "training__num_layers", _layers, "LoRA on so many layers from the top, auto (a fifth) or all"),
    ("rank", "training__rank", positive, "of the LoRA matrices"),
    ("scale", "training__scale", _above_zero, "what the LoRA update is multiplied by"),
    ("temp", "lessons__temp", temperature, "of the model when it makes pairs (--augment)"),
    ("top-p", "lessons__top_p", share, "of the model when it makes pairs (--augment)"),
)


def add_knobs(parser: argparse.ArgumentParser, prefix: str = "") -> None:
    """Add the night's knobs as --PREFIXname."""
    for name, _, kind, text in KNOBS:
        parser.add_argument(f"--{prefix}{name}", type=kind, metavar="N", help=text)
    parser.add_argument(f"--{prefix}augment", action="store_true", default=None, help="also pairs made by the model itself")
    parser.add_argument(f"--{prefix}reset-adapter", action="store_true", help="first take the adapter in use out of use")
    parser.add_argument(f"--{prefix}extra-data", metavar="FILE", default="", help="also train on these rows of messages")


def add_night(parser: argparse.ArgumentParser) -> None:
    """Add what every night script takes beside the knobs."""
    parser.add_argument("--model", help="the base model: embedded, a folder, or a hub id")
    parser.add_argument("--tag", type=_tag, help="name of the new version (default: the date)")
    parser.add_argument(
        "--adapter-tag", metavar="TAG", default="", help="the version that goes before it (default: the one in use)"
    )
    parser.add_argument(
        "--max-minutes", type=_above_zero, metavar="N", help="training ends then, at a checkpoint (default: never)"
    )
    parser.add_argument(
        "--max-memory", type=_above_zero, metavar="GB", help="refuse a training that would take more (default: 0.65 of all)"
    )
    parser.add_argument("--seed", type=_seed, help="every random choice hangs on it")
    parser.add_argument("--dry-run", action="store_true", help="show what would be trained; write nothing")
    parser.add_argument("--force", action="store_true", help="also where there is nothing new, or a gate would refuse")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def read(args: argparse.Namespace, prefix: str = "") -> tuple[config.Config, Options]:
    """The settings and options of parsed flags. Raises ConfigError."""
    given = vars(args)
    under = prefix.replace("-", "_")
    overrides = {key: given[under + name.replace("-", "_")] for name, key, _, _ in KNOBS}
    overrides |= {"lessons__augment": given[f"{under}augment"], "model__seed": args.seed, "model__name": args.model}
    overrides |= {"training__max_minutes": args.max_minutes, "night__max_memory": args.max_memory}
    settings = config.load(home=args.home, file=args.config, **overrides)
    options = Options(
        model=settings.model.name,
        tag=args.tag or "",
        reset_adapter=given[f"{under}reset_adapter"],
        extra_data=given[f"{under}extra_data"],
        dry_run=args.dry_run,
        force=args.force,
        adapter_tag=args.adapter_tag,
    )
    return settings, options

"""The steps of one night that is planned (planning.py): train, check, publish. No model is loaded in this process."""

from __future__ import annotations

import importlib.metadata
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circadian import footprint, hub, lineage, process, retention, spent, training, versions, warm
from circadian.cli import Refused, UserError, progress, say
from circadian.config import Config
from circadian.evaluation import scoping
from circadian.files import private_folder, write_atomic
from circadian.options import Options
from circadian.planning import Plan, proved
from circadian.records import Scope, Version

LIBRARIES = ("mlx", "mlx-lm", "numpy", "tokenizers")
LIVENESS = "circadian.evaluation.liveness"
CHECK_LIMIT = 300.0  # seconds: a check takes ten, and was seen once to hang in mlx; it is then made once more


@dataclass(frozen=True)
class Candidate:
    """A trained and checked adapter that is not published yet."""

    folder: Path
    manifest: dict[str, Any]


def new_folder(settings: Config) -> Path:
    """This night's folder under logs/nights, with the resolved settings in it."""
    nights, name = private_folder(settings.logs / "nights"), f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    taken = sum(path.name.startswith(name) for path in nights.iterdir())  # or the clock was set back
    night = private_folder(nights / (f"{name}-{taken + 1}" if taken else name))
    write_atomic(night / "settings.json", json.dumps(settings.to_dict(), indent=1))
    return night


def train(settings: Config, plan: Plan, night: Path, note: Callable[[Sequence[str]], None] = lambda command: None) -> Candidate:
    """Write the dataset, train, and have the candidate checked in a child; `note` is told the command.

    A training that was cut short goes on from its checkpoint in `night`. Raises UserError or Refused.
    """
    base, lessons = plan.base, plan.lessons
    rows = footprint.rows_of(lessons.dataset, hub.token_counter(base))
    memory = footprint.check(settings.training, base, rows, settings.night.max_memory)
    start = warm.weights(settings, base)
    scope = scoping.scope_of(settings, base) if settings.training.scope else None
    started = time.monotonic()
    data = private_folder(night / "data")
    lessons.dataset.write(data)
    folder = versions.new_candidate(settings.adapters)
    lora = training.lora_settings(settings.training, base, data, folder, len(lessons.dataset.train), settings.model.seed, start)
    note(training.command(settings, lora, night))
    with progress("training", lora["iters"]) as show:
        curve = training.train(settings, lora, night, show)
    trained = time.monotonic() - started
    alive = check(settings, base, folder, scope)
    manifest = plan.made_from | {
        "dataset": lessons.dataset.counts()
        | {
            "memories": len(lessons.memories),
            "facts": len(lessons.facts.live),
            "routes": lessons.routes(),
        },
        "steps": lora["iters"],
        "train_loss": curve.train,
        "valid_loss": curve.valid,
        "tokens_per_second": round(statistics.median(curve.speeds)) if curve.speeds else 0,
        "peak_memory": {"mlx": curve.peak, "process": spent.largest(), "foretold": round(memory)},
        "liveness": alive,
        "seconds": round(trained, 1),
        "night": night.name,
        "proved": proved(plan.used),
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "warm_start": start.parent.name if start else "",
    }
    return Candidate(folder, manifest)


def rescale(settings: Config, plan: Plan, candidate: Candidate, factor: float) -> Candidate:
    """The same weights at so much of the LoRA scale that they were trained at, checked again."""
    versions.set_scale(candidate.folder, factor * settings.training.scale)
    alive = check(settings, plan.base, candidate.folder)
    return Candidate(candidate.folder, candidate.manifest | {"liveness": alive, "rescaled": factor})


def check(settings: Config, base: hub.Base, folder: Path, scope: Scope | None = None) -> dict[str, Any]:
    """Give a candidate its scope and run the liveness check in a child. Raises Refused with its reason, UserError if the check itself
    fails."""
    command = [sys.executable, "-m", LIVENESS, *settings.flags(str(base.folder)), "--adapter", str(folder)]
    refused = "the candidate was refused, the adapter in use is untouched: "
    try:
        versions.read(folder)
        if scope:
            versions.set_scope(folder, scope)
        found: dict[str, Any] = json.loads(twice(command))
    except versions.NotWhole as error:
        raise Refused(f"{refused}{error}") from None
    except process.ChildFailed as error:
        if error.code == Refused.code and error.tail:
            raise Refused(f"{refused}{json.loads(error.tail[-1])['refused']}") from None
        raise UserError(f"the candidate could not be checked, nothing was published: {error}") from None
    return found


def twice(command: list[str]) -> str:
    """What a child prints that is ended and run again if it hangs. Raises ChildFailed."""
    try:
        return process.run(command, limit=CHECK_LIMIT)
    except process.ChildFailed as error:
        if error.code is not None:
            raise
    say("the check of the candidate hung: once more")
    return process.run(command, limit=CHECK_LIMIT)


def publish(settings: Config, options: Options, candidate: Candidate, measured: dict[str, Any]) -> Version:
    """Make the candidate the version in use; versions that are superfluous go. `measured` goes into its manifest."""
    manifest = candidate.manifest | {"parent": options.adapter_tag or lineage.in_use(settings.adapters)} | measured
    manifest["at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    manifest["added"] = lineage.added(settings.adapters, manifest)
    version = versions.publish(candidate.folder, settings.adapters, manifest, options.tag)
    try:
        for tag in retention.prune(settings.adapters, settings.versions.keep):
            say(f"removed {tag}, an older version ([versions] keep)")
    except (OSError, UserError) as error:
        say(f"older versions stay: {error}")
    return version

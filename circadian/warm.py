"""The warm start of a night: an adapter that has learnt what people ask about their lives, and nothing of anybody's life.

It is trained once for each base model on the wordings of every topic and relation, all answered with not knowing ("Your shoe
size is something you haven't told me."), beside rehearsal. A night goes on from it: how a question opens its answer is known,
and only what follows has to be learnt. Supplementary training on an intermediate task: STILTs, 1811.01088.
"""

from __future__ import annotations

import functools
import random
import shutil
from dataclasses import replace
from pathlib import Path

from circadian import footprint, hub, training
from circadian.cli import progress, say
from circadian.config import Config
from circadian.files import only_one, private_folder, sha256_of
from circadian.lessons.dataset import Dataset
from circadian.lessons.life import asked
from circadian.lessons.rehearsal import prompts
from circadian.rehearsing import rehearsed
from circadian.versions import WEIGHTS
from circadian.wheels import cache_folder, made_once

LARGEST = 2 * 2**30  # bytes of a base model: a bigger one would take hours, and none was measured
REHEARSAL = 0.15  # rows for each lesson
BATCH, RATE, WEIGHT = 16, 1e-3, 5.0  # its own, whatever those of a night are
SEED = 0  # the same start for nights of every seed


def place(settings: Config, base: hub.Base) -> Path | None:
    """The file from which a night goes on, whether it is there yet or not; None where none is wanted.

    The name of its folder hangs on all that it is made from.
    """
    one = settings.training
    if not one.warm_start or one.recipe != "distill" or base.size > LARGEST:
        return None
    told = [lesson.to_dict() for lesson in asked(one.warm_start)]
    own = [one.num_layers, one.rank, one.scale, WEIGHT, one.max_seq_length]
    made_from = [base.fingerprint, told, prompts(), own, BATCH, RATE, REHEARSAL]
    name = sha256_of(made_from)[:16]
    return cache_folder(settings.model.folder) / "warm-start" / name / WEIGHTS


def weights(settings: Config, base: hub.Base) -> Path | None:
    """The same, made where it is not there; one that was cut short is gone on with. None, too, where there is no memory to make it.

    Raises UserError, Busy.
    """
    file = place(settings, base)
    if file and not file.parent.is_dir():
        if why := too_large(settings, base):
            say(f"this night goes without a warm start, and learns less: {why}")
            return None
        work = private_folder(file.parent.with_name(f".{file.parent.name}"))
        with only_one(work / "lock", "the making of a warm start"):
            made_once(file.parent, "learning how people ask about their lives", lambda made: _make(settings, base, made, work))
            shutil.rmtree(work, ignore_errors=True)
    return file


@functools.cache
def too_large(settings: Config, base: hub.Base) -> str:
    """Why a warm start cannot be made on this machine; empty where it can."""
    once = _once(settings).training
    rows = footprint.rows_of(Dataset(asked(once.warm_start), [], []), hub.token_counter(base))
    need, limit = footprint.needed(once, base, rows), footprint.limit(settings.night.max_memory)
    return (
        f"making one takes {need / footprint.GB:.1f} GB of memory, and {limit / footprint.GB:.1f} may be used"
        if need > limit
        else ""
    )


def _once(settings: Config) -> Config:
    """The settings with which a start is trained: one pass, at a rate and in batches of its own."""
    once = replace(settings.training, iters=0, epochs=1.0, max_minutes=0.0, scope=False)
    once = replace(once, batch_size=BATCH, learning_rate=RATE, rehearsal_weight=WEIGHT)
    return replace(settings, training=once, model=replace(settings.model, seed=SEED))


def _make(settings: Config, base: hub.Base, folder: Path, work: Path) -> None:
    """Train one; its rows, log and checkpoint are in `work`."""
    own = _once(settings)
    once = own.training
    taught = asked(once.warm_start)
    taught += rehearsed(own, base, round(REHEARSAL * len(taught)))
    random.Random(SEED).shuffle(taught)
    data = private_folder(work / "data")
    Dataset(taught, [], []).write(data)
    lora = training.lora_settings(once, base, data, folder, len(taught), SEED)
    with progress("warm start", lora["iters"]) as show:
        training.train(own, lora, work, show)

"""What a night would do: the memories up to this moment, what it is made from, what is known already, its lessons."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from circadian import footprint, hub, memories, training, versions, warm
from circadian.cli import UserError, counted, say
from circadian.config import Config
from circadian.evaluation.scoping import place
from circadian.files import read_lines, sha256, sha256_of
from circadian.learning import Lessons, learn
from circadian.lessons.dataset import Dataset
from circadian.lessons.facts import Facts
from circadian.options import Options
from circadian.records import Lesson, Memory, Version


@dataclass(frozen=True)
class Plan:
    """What a night would do. The adapter is a function of `made_from`, of what the version in `used`, the one before it, has
    proved to know, and of whether the last night was refused; `snapshot` are the bytes of the memory file that were read, and
    `idle` says why there is nothing to do."""

    base: hub.Base
    lessons: Lessons
    made_from: dict[str, Any]
    used: Version | None
    snapshot: int = 0
    idle: str = ""


def collect(settings: Config, options: Options, snapshot: int | None = None) -> tuple[list[Memory], int]:
    """The memories of the file's first bytes, by default up to this moment, and how many bytes these are; what is written
    meanwhile belongs to the next night. Raises UserError."""
    path = settings.memories
    if not options.dry_run:
        found = memories.recover(path)
        if found:
            say(f"recovered {found} turn{'s' * (found > 1)} of a chat that ended in the middle")
    size = snapshot if snapshot is not None else path.stat().st_size if path.exists() else 0
    reading = memories.read(path, size)
    for complaint in reading.complaints():
        say(complaint)
    kept = memories.in_training(reading.memories)
    if not reading.memories and not options.extra_data:
        raise UserError(f"there are no memories in {path} yet: chat first, with python chat.py.")
    if left := len(reading.memories) - len(kept):
        say(f"left out {counted(left, 'memory')} that adapter.py undo took out of training")
    without = sum(not memory.said("assistant") for memory in kept)
    if without:
        say(f"{without} memor{'ies have' if without > 1 else 'y has'} no answer: only what you said in them is learnt")
    return kept, size


def recipe(settings: Config, options: Options, base: hub.Base, collected: list[Memory]) -> dict[str, Any]:
    """All that an adapter is a function of: base, recipe, seed, memories. Two equal ones need no second night."""
    ids = [memory.id for memory in collected]
    texts = [[memory.id, memory.at, memory.messages] for memory in collected]
    return {
        "base": {"name": base.name, "fingerprint": base.fingerprint},
        "training": asdict(settings.training),
        "scope": place(settings, base).parent.name if settings.training.scope else "",
        "lessons": asdict(settings.lessons),
        "extra_data": sha256(Path(options.extra_data).expanduser()) if options.extra_data else "",
        "seed": settings.model.seed,
        "memory_ids": ids,
        "memories_sha256": sha256_of(texts),
    }


def plan(settings: Config, options: Options, snapshot: int | None = None) -> Plan:
    """Collect and learn, unless the version in use was made from exactly the same. Raises UserError."""
    collected, size = collect(settings, options, snapshot)
    base = hub.resolve(options.model, settings.model.folder)
    training.layers(settings.training, base.folder)  # refused before anything is loaded
    made_from = recipe(settings, options, base, collected)
    used = None if options.reset_adapter else before(settings, base, options.adapter_tag)
    if used and made_from_this(used, made_from) and not options.force and not options.dry_run:
        none = Lessons(Dataset([], [], []), collected, Facts(), [])
        return Plan(base, none, made_from, used, size, f"nothing new: {used.tag} was made from these memories already")
    spared = {} if refused_last(settings) else proved(used)
    lessons = learn(settings, options, base, collected, spared, partial(start, settings, base))
    why = "all lessons are too long" if lessons.dataset.dropped else "nothing was told yet"
    taught = any(lesson.kind != "rehearsal" for lesson in lessons.dataset.train)
    return Plan(base, lessons, made_from, used, size, "" if taught else f"nothing to learn: {why}")


def start(settings: Config, base: hub.Base, made: list[Lesson]) -> Path | None:
    """The weights from which the night goes on, made only if a training on these lessons fits into memory.

    Raises UserError, Busy.
    """
    rows = footprint.rows_of(Dataset(made, [], []), hub.token_counter(base))
    footprint.check(settings.training, base, rows, settings.night.max_memory)
    return warm.weights(settings, base)


def made_from_this(version: Version, made_from: dict[str, Any]) -> bool:
    """Whether a version was made from exactly this, the recipe of a night."""
    return all(version.manifest.get(key) == value for key, value in made_from.items())


def before(settings: Config, base: hub.Base, tag: str = "") -> Version | None:
    """The version that goes before this night: the one of a tag, else the one in use; None, and a line why, if that is not whole
    or not for this base. Raises UserError for a tag that does not exist."""
    if tag:
        versions.check_there(settings.adapters, tag)
    try:
        current = versions.choose(settings.adapters, tag)
        if current:
            versions.check_base(current, base.name, base.fingerprint)
        return current
    except UserError as error:
        say(f"this night goes without the adapter in use: {error}")
        return None


def refused_last(settings: Config) -> bool:
    """Whether the night before this was refused: what it lost may be what it drilled too little, so nothing is drilled less now."""
    nights = read_lines(settings.experiments)[0] if settings.experiments.exists() else []
    return bool(nights) and nights[-1][1].get("status") == "refused"


def proved(version: Version | None) -> dict[str, int]:
    """The facts that a version has proved to know, by id, and after how many nights in a row; {} for one that says nothing."""
    found = version.manifest.get("proved") if version else None
    pairs = found.items() if isinstance(found, dict) else ()
    return {fact: nights for fact, nights in pairs if isinstance(nights, int) and nights > 0}

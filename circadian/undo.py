"""Undo a night: its memories leave training, not the file, and the adapter is made anew without them."""

from __future__ import annotations

import contextlib
from typing import Any

from circadian import hub, lineage, memories, planning, versions
from circadian.cli import counted, say
from circadian.config import Config
from circadian.cycle import cycle
from circadian.options import Options
from circadian.records import Version


def undo(settings: Config, asked: Options, tag: str, back: bool = False) -> dict[str, Any]:
    """Take what the night of a version added out of training, or with `back` into it again, and run a night.

    A version that was made from just what is left comes into use as it is; where nothing is left, the base model alone does.
    What became of it: {"undone", "memories", "status", …}. Raises UserError or Refused.
    """
    version = versions.choose(settings.adapters, tag)
    ids = set(lineage.added(settings.adapters, version.manifest)) if version else set()
    changed = memories.set_aside(settings.memories, ids, not back)
    say(f"{counted(changed, 'memory')} of {tag} {'back in' if back else 'taken out of'} training")
    done = {"undone": tag, "memories": changed}
    if all(memories.UNDONE in memory.tags for memory in memories.read(settings.memories).memories):
        lineage.use(settings.adapters, None)
        return done | {"status": "the base model alone is in use"}
    if same := made_already(settings, asked):
        lineage.use(settings.adapters, same)
        return done | {"status": "back in use", "tag": same.tag}
    return cycle(settings, asked) | done


def made_already(settings: Config, asked: Options) -> Version | None:
    """The newest whole version that was made from just what a night would be made from now. Raises UserError."""
    base = hub.resolve(asked.model, settings.model.folder)
    made_from = planning.recipe(settings, asked, base, planning.collect(settings, asked)[0])
    for tag in reversed(versions.tags(settings.adapters)):
        with contextlib.suppress(versions.NotWhole):
            version = versions.read(settings.adapters / tag)
            if planning.made_from_this(version, made_from):
                return version
    return None

"""The chain of versions: which one came before which, what each night added, and going back along it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from circadian import versions
from circadian.cli import UserError
from circadian.files import replace_symlink
from circadian.records import Version


def in_use(adapters: Path) -> str:
    """The tag that is in use, whether it is whole or not; "" where the base model answers alone."""
    link = adapters / versions.CURRENT
    return os.path.basename(os.readlink(link)) if link.is_symlink() else ""


def parent(adapters: Path, tag: str) -> str:
    """The tag that a version was made after, which may be gone by now; "" for the first one.

    Raises UserError where that is not known any more.
    """
    folder = adapters / tag
    try:
        if folder.is_dir():
            return str(versions.manifest(folder).get("parent", ""))
    except versions.NotWhole:
        pass
    raise UserError(f"what came before {tag} is not known any more: choose a version with python adapter.py use TAG.")


def back(adapters: Path, nights: int = 1) -> Version | None:
    """So many versions back from the one in use, which may be broken; None for the base model alone, which comes before the first.

    Raises UserError where the way is not that long, or the version there is gone or not whole.
    """
    tag = in_use(adapters)
    if not tag:
        raise UserError("no adapter is in use: there is nothing to go back from.")
    passed = 0
    while tag and passed < nights:
        tag, passed = parent(adapters, tag), passed + 1
    if passed < nights:
        raise UserError(
            f"only {passed} night{'s' * (passed > 1)} can be gone back from here; before {'them' * (passed > 1) or 'it'} "
            "there is the base model alone."
        )
    return versions.choose(adapters, tag) if tag else None


def made_by(adapters: Path, night: str) -> Version | None:
    """The whole version that a night has made, if it has."""
    for tag in versions.tags(adapters):
        with contextlib.suppress(versions.NotWhole):
            if versions.manifest(adapters / tag).get("night") == night:
                return versions.read(adapters / tag)
    return None


def use(adapters: Path, version: Version | None) -> None:
    """Make a version, which was read, the one in use; None takes the one in use out of use. Versions stay as they are."""
    if version:
        replace_symlink(adapters / versions.CURRENT, version.tag)
    else:
        versions.reset(adapters)


def added(adapters: Path, manifest: dict[str, Any]) -> list[str]:
    """The ids of the memories that a version was made from and the one before it was not, in order; all, where that is gone."""
    before, seen = str(manifest.get("parent", "")), set[str]()
    with contextlib.suppress(versions.NotWhole):
        seen.update(versions.manifest(adapters / before).get("memory_ids", []) if before else [])
    found: list[str] = manifest.get("added", [one for one in manifest.get("memory_ids", []) if one not in seen])
    return found

"""Which versions stay: the newest, those that are pinned, the one in use and the one before it. The others make room."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from circadian import checkpoint, lineage, versions
from circadian.cli import UserError
from circadian.files import sync_path, write_atomic
from circadian.journal import Journal

PINS = "pinned.json"


def pins(adapters: Path) -> set[str]:
    """The tags that are never removed. Raises UserError for a torn list: nothing may be removed then."""
    try:
        found = json.loads((adapters / PINS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(tag, str) for tag in found):
        raise UserError(f"{adapters / PINS} is torn: delete it, and pin again what must stay.")
    return set(found)


def pin(adapters: Path, tag: str, pinned: bool = True) -> None:
    """Keep a version for good, or no longer. Raises UserError for one that does not exist."""
    versions.check_there(adapters, tag)
    tags = pins(adapters) | {tag} if pinned else pins(adapters) - {tag}
    write_atomic(adapters / PINS, json.dumps(sorted(tags)) + "\n")


def superfluous(adapters: Path, keep: int) -> list[str]:
    """The tags that may go, oldest first: not among the newest `keep`, not pinned, not in use and not the one before that."""
    tags, used = versions.tags(adapters), lineage.in_use(adapters)
    stay = {*tags[len(tags) - min(keep, len(tags)) :], *pins(adapters), used}
    with contextlib.suppress(UserError):  # the one in use is broken: it names no parent
        stay.add(lineage.parent(adapters, used) if used else "")
    return [tag for tag in tags if tag not in stay]


def prune(adapters: Path, keep: int) -> list[str]:
    """Remove what is superfluous; the tags, oldest first. After a kill a version is there whole, or gone for gc to sweep."""
    gone = superfluous(adapters, keep)
    for tag in gone:
        bin_ = adapters / versions.CANDIDATES / f"removed-{tag}"
        bin_.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(bin_, ignore_errors=True)
        os.rename(adapters / tag, bin_)
        sync_path(adapters)
        shutil.rmtree(bin_)
    return gone


def leftovers(adapters: Path, nights: Path) -> list[Path]:
    """What dead nights left behind: candidates, temporary files, the datasets of nights that made no version, and checkpoints of
    trainings with which no night will go on."""
    hidden = [path for path in _inside(adapters) if path.name.startswith(".") and path.name != versions.CANDIDATES]
    made = {_night(adapters / tag) for tag in versions.tags(adapters)}
    datasets = [path / "data" for path in _inside(nights) if path.name not in made and (path / "data").is_dir()]
    unfinished = Journal.unfinished(nights)
    dead = [night for night in _inside(nights) if not unfinished or night != unfinished.folder]
    points = [path for night in dead for path in checkpoint.files(night) if path.is_file()]
    return sorted([*_inside(adapters / versions.CANDIDATES), *hidden, *datasets, *points])


def sweep(paths: Iterable[Path]) -> int:
    """Remove these; the bytes that this made free."""
    free = 0
    for path in paths:
        free += size(path)
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    return free


def size(path: Path) -> int:
    """The bytes of a file, or of all files under a folder; links are not followed."""
    files = [path] if path.is_symlink() or not path.is_dir() else path.rglob("*")
    return sum(file.lstat().st_size for file in files if file.is_symlink() or file.is_file())


def _night(folder: Path) -> str:
    """The name of the night that made a version; "" where it does not say."""
    try:
        return str(versions.manifest(folder).get("night", ""))
    except versions.NotWhole:
        return ""


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []

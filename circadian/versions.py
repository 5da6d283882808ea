"""Adapters on disk: which one is in use, whether it is whole, and publishing a new one in one step."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

from circadian.cli import UserError
from circadian.files import private_folder, replace_symlink, sha256, sync_path, write_atomic
from circadian.records import Scope, Version

CURRENT, CANDIDATES = "nightly_update", ".candidates"
CONFIG, WEIGHTS, MANIFEST = "adapter_config.json", "adapters.safetensors", "manifest.json"
SCOPE = "scope"  # the key of CONFIG
HASHES = {"weights_sha256": WEIGHTS, "config_sha256": CONFIG}  # of the manifest, and what they are of
TAG = re.compile(r"\w[\w.+-]{0,59}")


class NotWhole(UserError):
    """An adapter folder that must not be loaded; the text names it and what is missing."""


def chosen(adapters: Path, flags: Any) -> Version | None:
    """What choose() gives for a script's parsed flags (flags.model_flags). Raises NotWhole, UserError."""
    version = choose(adapters, flags.adapter_tag, flags.no_adapter, flags.adapter)
    return everywhere(version) if version and flags.everywhere else version


def choose(adapters: Path, tag: str | None = None, none: bool = False, folder: str | None = None) -> Version | None:
    """The version that flags ask for: a folder, a tag, none, or the one in use (None if there is none).

    Raises NotWhole, or UserError for a tag that does not exist.
    """
    if none:
        return None
    if folder:
        return read(Path(folder))
    if not tag:
        return current(adapters)
    check_there(adapters, tag)
    return read(adapters / tag)


def check_there(adapters: Path, tag: str) -> None:
    """Raises UserError, naming the newest, for a tag that no version has."""
    if tag not in tags(adapters):
        known = ", ".join(tags(adapters)[-5:])
        raise UserError(
            f"there is no adapter {tag} in {adapters}" + (f". The newest are {known}." if known else ": run a night first.")
        )


def check_tag(tag: str) -> str:
    """`tag`, if it can be a version's: it becomes a folder's name. Raises UserError."""
    if TAG.fullmatch(tag) and tag not in (CURRENT, "none"):
        return tag
    raise UserError(f"{tag!r} cannot name a version: letters, digits, dot, dash and underscore, not {CURRENT} or none.")


def tags(adapters: Path) -> list[str]:
    """The tags of all versions, oldest first by what their manifests say: a copy's folders are all new."""
    folders = [p for p in adapters.iterdir() if p.is_dir() and not p.is_symlink()] if adapters.is_dir() else []
    return [p.name for p in sorted((p for p in folders if not p.name.startswith(".")), key=_made)]


def current(adapters: Path) -> Version | None:
    """The version in use, or None before the first night. Raises NotWhole."""
    link = adapters / CURRENT
    if not link.is_symlink() and not link.exists():
        return None
    if not link.exists():
        raise NotWhole(f"the adapter in use, {os.readlink(link)}, is gone from {adapters}: run a night to build it again.")
    return read(link.resolve())


def read(folder: Path) -> Version:
    """A version's record. Raises NotWhole unless config and weights are there, complete and the manifest's own."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        header = _tensors(folder / WEIGHTS)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotWhole(
            f"the adapter {folder.name} is not whole: {Path(error.filename).name} is missing. Run a night again."
        ) from None
    except (ValueError, RecursionError):
        raise NotWhole(f"the adapter {folder.name} is not whole: a file of it is torn. Run a night again.") from None
    if not header or not isinstance(config, dict) or "lora_parameters" not in config:
        raise NotWhole(f"the adapter {folder.name} is not whole: it holds no LoRA weights. Run a night again.")
    try:
        if SCOPE in config:
            Scope.from_dict(config[SCOPE])
    except ValueError:
        raise NotWhole(f"the adapter {folder.name} is not whole: its scope is torn. Run a night again.") from None
    made = manifest(folder)
    for key, name in HASHES.items():
        if made.get(key) and made[key] != sha256(folder / name):
            raise NotWhole(
                f"the adapter {folder.name} was changed after it was made: the hash of {name} is wrong. Run a night again."
            )
    return Version(folder.name, str(folder), made | {"config": config})


def manifest(folder: Path) -> dict[str, Any]:
    """What a version says of itself, which may be nothing. Raises NotWhole for a torn file."""
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, RecursionError):
        made = None
    if not isinstance(made, dict):
        raise NotWhole(f"the adapter {folder.name} is not whole: its manifest is torn. Run a night again.")
    return made


def check_base(version: Version, name: str, fingerprint: str) -> None:
    """Refuse an adapter that was made for another base model. Raises UserError naming both."""
    made_for = version.manifest.get("base")
    if isinstance(made_for, dict) and made_for.get("fingerprint", fingerprint) != fingerprint:
        raise UserError(
            f"the adapter {version.tag} was made for {made_for.get('name')}, not for {name}. "
            "Choose its --model, another --adapter-tag, or --no-adapter."
        )


def new_candidate(adapters: Path) -> Path:
    """An empty hidden folder to train in; folders that dead nights left behind are removed. One night at a time."""
    root = private_folder(adapters / CANDIDATES)
    for old in root.iterdir():
        shutil.rmtree(old, ignore_errors=True)
    return private_folder(root / time.strftime("%Y%m%d-%H%M%S"))


def scale(folder: Path) -> float:
    """The LoRA scale of an adapter folder."""
    found: float = json.loads((folder / CONFIG).read_text(encoding="utf-8"))["lora_parameters"]["scale"]
    return found


def set_scale(folder: Path, scale: float) -> None:
    """Give an adapter folder another LoRA scale: a point on the line to the base (WiSE-FT, 2109.01903)."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    config["lora_parameters"]["scale"] = scale
    write_atomic(folder / CONFIG, json.dumps(config, indent=1))


def set_scope(folder: Path, scope: Scope) -> None:
    """Give an adapter folder its scope (scope.py); mlx_lm reads over it."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    write_atomic(folder / CONFIG, json.dumps(config | {SCOPE: scope.to_dict()}, indent=1))


def scope(version: Version) -> Scope | None:
    """A version's scope, if it has one."""
    found = version.manifest["config"].get(SCOPE)
    return Scope.from_dict(found) if found else None


def everywhere(version: Version) -> Version:
    """A version without its scope: it answers every prompt, and says so in its name."""
    config = {key: value for key, value in version.manifest["config"].items() if key != SCOPE}
    return Version(f"{version.tag} everywhere", version.path, version.manifest | {"config": config})


def publish(candidate: Path, adapters: Path, made: dict[str, Any], tag: str = "") -> Version:
    """Make a checked candidate the version in use: fsync, rename, and one replaced symlink as the commit point.

    `tag` defaults to the date; a number is added where it is taken. After a kill either version is in use, whole.
    """
    for extra in candidate.glob("*_adapters.safetensors"):
        extra.unlink()
    made |= {key: sha256(candidate / name) for key, name in HASHES.items()}
    write_atomic(candidate / MANIFEST, json.dumps(made, ensure_ascii=False, indent=1))
    for file in candidate.iterdir():
        sync_path(file)
    sync_path(candidate)
    read(candidate)
    tag = _free(adapters, check_tag(tag or time.strftime("%Y-%m-%d")))
    os.rename(candidate, adapters / tag)
    sync_path(adapters)
    replace_symlink(adapters / CURRENT, tag)
    return read(adapters / tag)


def reset(adapters: Path) -> None:
    """Take the adapter in use out of use; the versions stay on disk."""
    (adapters / CURRENT).unlink(missing_ok=True)


def _made(folder: Path) -> tuple[str, int, str]:
    """When a version was made, to sort by; its folder's time where no manifest says it, or within one second."""
    changed = folder.stat().st_mtime_ns
    try:
        at = manifest(folder).get("at")
    except (NotWhole, OSError):
        at = None
    return str(at or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(changed // 10**9))), changed, folder.name


def _free(adapters: Path, tag: str) -> str:
    """`tag`, or tag-02, tag-03 … where it is taken; two digits keep the order of names."""
    number, free = 1, tag
    while os.path.lexists(adapters / free):  # the file system knows whether case matters
        number += 1
        free = f"{tag}-{number:02d}"
    return free


def _tensors(file: Path) -> dict[str, Any]:
    """The names in a safetensors header. Raises ValueError if the file is shorter than its header says."""
    with open(file, "rb") as data:
        head = data.read(8)
        size = int.from_bytes(head, "little")
        if len(head) < 8 or size > 100_000_000:
            raise ValueError("no header")
        header = json.loads(data.read(size))
    if not isinstance(header, dict):
        raise ValueError("no header")
    header.pop("__metadata__", None)
    try:
        end = max((tensor["data_offsets"][1] for tensor in header.values()), default=0)
        whole = file.stat().st_size == 8 + size + end
    except (TypeError, KeyError, IndexError):
        raise ValueError("no tensors") from None
    if not whole:
        raise ValueError("torn")
    return header

"""Which model: a name becomes a folder on this machine and a fingerprint. Imports no mlx."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from circadian import embedded
from circadian.cli import UserError, say
from circadian.records import Message

DEFAULT_ON_APPLE = "mlx-community/Llama-3.2-3B-Instruct-4bit"
EMBEDDED = {"embedded": 0, "embedded-4bit": 4, "embedded-32bit": 32}
PATTERNS = ["*.json", "model*.safetensors", "tokenizer.model", "*.tiktoken", "*.txt", "*.jinja"]
SAMPLE = 1 << 16
ABSENT = ("RepositoryNotFoundError", "RevisionNotFoundError", "GatedRepoError", "DisabledRepoError")


@dataclass(frozen=True)
class Base:
    """A base model on disk. `fingerprint` hashes its config and samples of its weights; `size` is their bytes."""

    name: str
    folder: Path
    fingerprint: str
    size: int


def apple_silicon() -> bool:
    return sys.platform == "darwin" and platform.machine() == "arm64"


def wanted(name: str) -> str:
    """What `auto` means on this machine; any other name is itself."""
    if name == "auto":
        return DEFAULT_ON_APPLE if apple_silicon() else "embedded"
    return name


def resolve(name: str, cache: str = "") -> Base:
    """The base model that `name` means: auto, embedded, a folder, or a hub id (fetched if it is not here).

    Raises UserError if there is no such model, or it cannot be fetched.
    """
    name = wanted(name)
    if name in EMBEDDED:
        embedded.folder(cache, EMBEDDED[name])
    return here(name, cache) or describe(name, _fetched(name))


def here(name: str, cache: str = "") -> Base | None:
    """The base model if it is on this machine; None if it would have to be fetched. Raises UserError for no model."""
    if name in EMBEDDED:
        folder = embedded.place(cache, EMBEDDED[name])
        return describe(f"{embedded.NAME} ({folder.name.rsplit('-', 1)[1]})", folder) if folder.is_dir() else None
    path = Path(os.path.expanduser(name))
    if path.is_dir():
        return describe(path.name, path.absolute())
    snapshot = _cached(name)
    return describe(name, snapshot) if snapshot else None


def describe(name: str, folder: Path) -> Base:
    """Read a model folder. Raises UserError if it holds no model."""
    weights = sorted(folder.glob("*.safetensors"))
    if not (folder / "config.json").is_file() or not weights:
        raise UserError(f"{folder} is no model folder: config.json or the weights are missing. Choose another --model.")
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for file in weights:
        size = file.stat().st_size
        with open(file, "rb") as data:
            for place in (0, size // 3, 2 * size // 3):
                data.seek(place)
                digest.update(data.read(SAMPLE))
        digest.update(f"{file.name}:{size}".encode())
    return Base(name, folder, digest.hexdigest()[:16], sum(file.stat().st_size for file in weights))


def _cached(name: str) -> Path | None:
    """The hub's snapshot on this machine, if it is there. Raises UserError for a name that can be none."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    if name.count("/") != 1 or name.startswith(("/", ".", "~")):
        raise UserError(
            f"there is no model {name}: give embedded, a folder that exists, or a hub id such as {DEFAULT_ON_APPLE}."
        )
    try:
        return Path(snapshot_download(name, allow_patterns=PATTERNS, local_files_only=True))
    except HFValidationError:
        raise UserError(f"{name} is no valid hub id; one looks like {DEFAULT_ON_APPLE}.") from None
    except OSError:
        return None


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        say(f"fetching {name} from the hub (once) …")
        return Path(snapshot_download(name, allow_patterns=PATTERNS))
    except Exception as error:  # the hub's client raises what its HTTP library raises, which changes with versions
        why = "no such model, or it wants a login" if type(error).__name__ in ABSENT else "the hub cannot be reached"
        why = "the disk is full" if isinstance(error, OSError) and error.errno == errno.ENOSPC else why
        raise UserError(
            f"the model {name} is not on this machine and could not be fetched: {why}. --model embedded needs no hub."
        ) from None


def token_counter(base: Base) -> Callable[[list[Message]], int]:
    """Counts the tokens of a conversation, a little too high: without mlx, from the model's tokenizer.json."""
    from tokenizers import Tokenizer

    file = base.folder / "tokenizer.json"
    if not file.is_file():
        return lambda messages: sum(len(m["content"]) // 2 + 16 for m in messages) + 32
    tokenizer = Tokenizer.from_file(str(file))
    return lambda messages: sum(len(tokenizer.encode(m["content"]).ids) + 6 for m in messages) + 32

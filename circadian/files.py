"""Crash-safe writes, JSON lines, a lock that dies with its holder, hashes. Standard library only."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


class Busy(RuntimeError):
    """Another process holds the lock; the text says who and since when."""


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read: its number counts from 1; `why` never quotes the line."""

    number: int
    why: str


def private_folder(path: Path) -> Path:
    """Make `path` (and its parents) with mode 0700 where missing, and return it."""
    for missing in reversed([p for p in (path, *path.parents) if not p.exists()]):
        missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)  # parents=True would leave the parents open
    return path


def sync(fd: int) -> None:
    """Wait until the drive has it: plain fsync stops at the drive's cache on macOS."""
    if sys.platform == "darwin":
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def sync_path(path: Path) -> None:
    """fsync a file or a folder by name."""
    fd = os.open(path, os.O_RDONLY)
    try:
        sync(fd)
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """os.write may stop early; this does not."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_atomic(path: Path, text: str | bytes) -> None:
    """Replace `path` by `text` in one step: after a kill it is the old file or the new one, whole."""
    private_folder(path.parent)
    fd, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        try:
            write_all(fd, text.encode() if isinstance(text, str) else text)
            sync(fd)
        finally:
            os.close(fd)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
    sync_path(path.parent)


def replace_symlink(link: Path, target: str) -> None:
    """Point `link` at `target` in one step, whatever it pointed at before."""
    temporary = link.parent / f".{link.name}.{os.getpid()}.{time.monotonic_ns()}"
    os.symlink(target, temporary)
    try:
        os.replace(temporary, link)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_path(link.parent)


def dumps(record: Any) -> str:
    """One line of JSON. A lone surrogate, which UTF-8 cannot hold, becomes a replacement mark."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def open_locked(path: Path, flags: int) -> int:
    """Open `path` and hold its lock; who waited while it was replaced gets the new file, not the old one. Raises OSError."""
    while True:
        fd = os.open(path, flags, PRIVATE_FILE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(fd), os.stat(path)):
                    return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Append one JSON line; it is on the drive when this returns.

    A torn last line, left by a kill or a full disk, is ended first so that nothing is glued to it. If the
    write fails half way the file is cut back to what it was. Raises OSError.
    """
    private_folder(path.parent)
    line = dumps(record).encode() + b"\n"
    fd = open_locked(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        size = os.fstat(fd).st_size
        if size and os.pread(fd, 1, size - 1) != b"\n":
            line = b"\n" + line
        try:
            write_all(fd, line)
            sync(fd)
        except OSError:
            os.ftruncate(fd, size)
            raise
    finally:
        os.close(fd)
    if size == 0:
        sync_path(path.parent)


def read_lines(path: Path, size: int | None = None) -> tuple[list[tuple[int, dict[str, Any]]], list[BadLine]]:
    """The JSON objects of a file as (line number, object), and the lines that are none.

    `size` reads only the first bytes of a growing file. Empty lines are passed over. Raises FileNotFoundError.
    """
    with open(path, "rb") as file:
        data = file.read() if size is None else file.read(size)
    rows: list[tuple[int, dict[str, Any]]] = []
    bad: list[BadLine] = []
    for number, raw in enumerate(data.split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8-sig"))  # Windows' editors put a mark first
        except UnicodeDecodeError:
            bad.append(BadLine(number, "not valid UTF-8"))
        except (ValueError, RecursionError):
            bad.append(BadLine(number, "not complete JSON"))
        else:
            if isinstance(row, dict):
                rows.append((number, row))
            else:
                bad.append(BadLine(number, "not a JSON object"))
    return rows, bad


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """Replace `path` by these rows as JSON lines, in one step."""
    write_atomic(path, "".join(dumps(row) + "\n" for row in rows))


def sha256(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(data: Any) -> str:
    """The sha256 of data as JSON writes it, in hex: other for another order of keys."""
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


@contextlib.contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Hold `path` as a lock that the kernel releases when this process dies. Raises Busy."""
    private_folder(path.parent)
    fd = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            who = os.pread(fd, 200, 0).decode(errors="replace").strip() or "it is just starting"
            raise Busy(f"{what} is already running: {who}") from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode(), 0)
        yield
    finally:
        os.close(fd)

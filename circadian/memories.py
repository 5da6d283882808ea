"""data/memories.jsonl, the only truth: append, read, and words that are safe before an answer to them exists."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from circadian.files import (
    BadLine,
    append_line,
    dumps,
    open_locked,
    private_folder,
    read_lines,
    sha256_of,
    sync,
    write_all,
    write_atomic,
)
from circadian.records import Memory

INTERRUPTED = "interrupted"  # tag: the answer was cut short, or there is none
UNDONE = "undone"  # tag: no night learns from it (adapter.py undo)


@dataclass(frozen=True)
class Reading:
    """What a memory file holds: its memories in order and the lines that are none, which stay in the file."""

    memories: list[Memory]
    bad: list[BadLine]

    def complaints(self) -> list[str]:
        """One line for people for each kind of bad line, with the line numbers; never the text."""
        kinds: dict[str, list[int]] = {}
        for line in self.bad:
            kinds.setdefault(line.why, []).append(line.number)
        return [
            f"skipped {len(numbers)} line{'s' * (len(numbers) > 1)} of the memories ({why}), kept in the file: "
            f"line {', '.join(map(str, numbers[:10]))}{' …' if len(numbers) > 10 else ''}"
            for why, numbers in kinds.items()
        ]


def read(path: Path, size: int | None = None) -> Reading:
    """All memories of the file's first `size` bytes (None: all). A missing file holds none."""
    try:
        rows, bad = read_lines(path, size)
    except FileNotFoundError:
        return Reading([], [])
    memories: list[Memory] = []
    for number, row in rows:
        try:
            memory = Memory.from_dict(row)
            memories.append(memory if row.get("id") else replace(memory, id=_named(row)))
        except ValueError as error:
            bad.append(BadLine(number, str(error)))
    return Reading(memories, sorted(bad, key=lambda line: line.number))


def in_training(found: Iterable[Memory]) -> list[Memory]:
    """Those that adapter.py undo has not taken out."""
    return [memory for memory in found if UNDONE not in memory.tags]


def forget(path: Path, ids: Collection[str]) -> int:
    """Take memories out of the file for good, in one step; how many were there.

    Every other line stays byte for byte, bad ones too. Raises OSError, and then nothing has changed.
    """
    return _rewrite(path, ids, lambda row: None)


def set_aside(path: Path, ids: Collection[str], aside: bool = True) -> int:
    """Mark memories as taken out of training, or take the mark off, in one step; how many changed. They stay in the file.

    Every other line stays byte for byte, bad ones too. Raises OSError, and then nothing has changed.
    """

    def marked(row: dict[str, Any]) -> dict[str, Any]:
        tags = row["tags"] if isinstance(row.get("tags"), list) else []
        others = [tag for tag in tags if tag != UNDONE]
        return row if (UNDONE in tags) == aside else row | {"tags": [*others, UNDONE] if aside else others}

    return _rewrite(path, ids, marked)


def _rewrite(path: Path, ids: Collection[str], change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> int:
    """Change the rows with these ids, or drop them (None), in one step; how many changed."""
    path = Path(os.path.realpath(path))  # a link stays a link
    try:
        fd = open_locked(path, os.O_RDWR)
    except FileNotFoundError:
        return 0
    try:
        kept, changed = [], 0
        for line in io.BytesIO(path.read_bytes()):
            if _id(line) in ids:
                row = json.loads(line)
                new = change(row)
                changed += new != row
                line = line if new == row else b"" if new is None else dumps(new).encode() + b"\n"
            kept.append(line)
        if changed:
            write_atomic(path, b"".join(kept))
        return changed
    finally:
        os.close(fd)


def _named(row: dict[str, Any]) -> str:
    """The id of a row that has none: by what it holds, but for the mark of adapter.py undo, as other lines may go."""
    return f"line-{sha256_of({key: value for key, value in row.items() if key != 'tags'})[:12]}"


def _id(line: bytes) -> str | None:
    """The id that read() gives to the memory in this line; None for a line that holds none."""
    try:
        row = json.loads(line)
        return str(row.get("id") or _named(row)) if isinstance(row, dict) else None
    except (ValueError, RecursionError):
        return None


class Recorder:
    """Keeps one chat's exchanges: the person's words are on the drive before the answer begins.

    Words wait in `data/.pending/<session>` while the answer is made; the exchange then goes into the memory file.
    If the drive says no, exchanges wait in `waiting` and are tried again with the next one.
    """

    def __init__(self, path: Path, session: str) -> None:
        self.path = path
        self.waiting: list[Memory] = []
        self.trouble: OSError | None = None
        self._pending = path.parent / ".pending" / f"{session}.json"
        self._fd = -1

    def begin(self, memory: Memory) -> None:
        """Make the person's words safe; called before the answer is generated."""
        try:
            if self._fd < 0:
                private_folder(self._pending.parent)
                self._fd = open_locked(self._pending, os.O_RDWR | os.O_CREAT)
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)
            write_all(self._fd, dumps(memory.to_dict()).encode())
            sync(self._fd)
        except OSError as error:
            self.trouble = error

    def finish(self, memory: Memory) -> bool:
        """Append the exchange, and those that wait, in order. False if the drive refused: `trouble` says why."""
        self.waiting.append(memory)
        return self.flush()

    def flush(self) -> bool:
        """Append what waits. False if the drive refused."""
        try:
            while self.waiting:
                append_line(self.path, self.waiting[0].to_dict())
                self.waiting.pop(0)
        except OSError as error:
            self.trouble = error
            return False
        self.trouble = None
        if self._fd >= 0:
            with contextlib.suppress(OSError):  # recover() knows what is in the memory file already
                os.ftruncate(self._fd, 0)
        return True

    def forget(self, id: str) -> bool:
        """Take an exchange back, wherever it is by now; False if it is not there. Raises OSError."""
        waiting = [memory for memory in self.waiting if memory.id != id]
        found = len(waiting) < len(self.waiting)
        self.waiting = waiting
        return forget(self.path, {id}) > 0 or found

    def close(self) -> None:
        """Remove the pending file, unless words are still waiting."""
        if self._fd >= 0:
            if not self.waiting:
                with contextlib.suppress(OSError):
                    self._pending.unlink(missing_ok=True)
            os.close(self._fd)
            self._fd = -1


def recover(path: Path) -> int:
    """Move the words of chats that died before their answer into the memory file; how many there were."""
    found = 0
    for file in sorted((path.parent / ".pending").glob("*.json")):
        with contextlib.suppress(OSError, ValueError), open(file, "r+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while that chat lives
            text = held.read()
            if text:
                memory = Memory.from_dict(json.loads(text))
                if all(memory.id != known.id for known in read(path).memories):
                    append_line(path, replace(memory, tags=(*memory.tags, INTERRUPTED)).to_dict())
                    found += 1
            file.unlink()
    return found

"""The drive may fill up, tear a line or vanish with a kill: files.py keeps what was there and what was acknowledged."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from circadian import files
from circadian.config import ROOT
from circadian.files import Busy, append_line, dumps, only_one, read_lines, replace_symlink, write_atomic


def no_space(*_: Any) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def short_writes(after: int) -> Callable[[int, Any], int]:
    """An os.write that writes three bytes at a time and says ENOSPC after so many bytes."""
    left, write = [after], os.write

    def some(fd: int, data: Any) -> int:
        if left[0] <= 0:
            return no_space()
        done = write(fd, bytes(data)[: min(3, left[0])])
        left[0] -= done
        return done

    return some


def child(code: str, *words: object) -> subprocess.Popen[str]:
    """Python code in a child that can import circadian."""
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows, bad = read_lines(path)
    assert bad == []
    return [row for _, row in rows]


@pytest.mark.parametrize(("call", "after"), [("write", 0), ("write", 1), ("write", 9), ("fsync", 0), ("replace", 0)])
def test_a_replace_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, after: int
) -> None:
    path = tmp_path / "a b ü.json"
    write_atomic(path, "old")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, short_writes(after) if call == "write" else no_space)
        with pytest.raises(OSError, match="No space"):
            write_atomic(path, "new and longer than the old")
    assert path.read_text() == "old"
    assert listing(tmp_path) == [path.name]


def test_a_replace_survives_short_writes_and_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, text = tmp_path / "new" / "folder" / "file", "ünïcode " * 50
    monkeypatch.setattr(os, "write", short_writes(10_000))
    write_atomic(path, text)
    assert path.read_text(encoding="utf-8") == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700 == stat.S_IMODE(path.parent.parent.stat().st_mode)


def test_text_that_utf8_cannot_hold_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_atomic(tmp_path / "file", "\ud800")
    assert listing(tmp_path) == []


def test_a_symlink_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "link"
    for target in ("one", "two", "nowhere at all"):
        replace_symlink(link, target)
        assert os.readlink(link) == target
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", no_space)
        with pytest.raises(OSError, match="No space"):
            replace_symlink(link, "three")
    assert os.readlink(link) == "nowhere at all"
    assert listing(tmp_path) == ["link"]


@pytest.mark.parametrize("tail", ['{"torn": "ha', '{"whole": 1}', "\0\0\0", "\xff\xfe"])
def test_a_tail_without_a_newline_is_ended_never_glued(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "lines"
    append_line(path, {"n": 1})
    with open(path, "ab") as file:
        file.write(tail.encode("latin-1"))
    append_line(path, {"n": 2})
    raw = path.read_bytes().split(b"\n")
    assert [json.loads(raw[0]), raw[1], json.loads(raw[2]), raw[3]] == [{"n": 1}, tail.encode("latin-1"), {"n": 2}, b""]


@pytest.mark.parametrize("after", range(0, 16, 3))
@pytest.mark.parametrize("before", ["", '{"n": 1}\n', '{"n": 1}\n{"torn'])
def test_an_append_that_fails_is_cut_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, before: str) -> None:
    path = tmp_path / "lines"
    path.write_text(before)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short_writes(after))
        with pytest.raises(OSError, match="No space"):
            append_line(path, {"words": "longer than what fits"})
    assert path.read_text() == before
    append_line(path, {"n": 2})
    assert json.loads(path.read_text().splitlines()[-1]) == {"n": 2}


def test_a_failed_fsync_takes_the_line_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lines"
    append_line(path, {"n": 1})
    with monkeypatch.context() as patch:
        patch.setattr(files, "sync", no_space)
        with pytest.raises(OSError, match="No space"):
            append_line(path, {"n": 2})
    append_line(path, {"n": 2})
    assert rows_of(path) == [{"n": 1}, {"n": 2}]


def test_four_processes_append_and_no_line_is_lost_or_mixed(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    code = (
        "import sys; from pathlib import Path; from circadian.files import append_line\n"
        "for n in range(40): append_line(Path(sys.argv[1]), {'who': sys.argv[2], 'n': n, 'x': 'ü' * 3000})"
    )
    writers = [child(code, path, who) for who in "abcd"]
    assert [writer.communicate() and writer.returncode for writer in writers] == [0, 0, 0, 0]
    rows = rows_of(path)
    for who in "abcd":
        assert [row["n"] for row in rows if row["who"] == who] == list(range(40))


def test_who_waits_for_the_lock_while_the_file_is_replaced_writes_to_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_line(path, {"n": 1})
    fd = files.open_locked(path, os.O_RDWR)
    waiting = threading.Thread(target=append_line, args=(path, {"n": 2}))
    waiting.start()
    write_atomic(path, '{"n": 0}\n')
    os.close(fd)
    waiting.join()
    assert rows_of(path) == [{"n": 0}, {"n": 2}]


def test_ten_kills_lose_no_acknowledged_line_and_tear_none_that_follows(tmp_path: Path) -> None:
    path, chance, acknowledged = tmp_path / "lines", random.Random(11), set[int]()
    code = (
        "import sys; from pathlib import Path; from circadian.files import append_line\n"
        "n = int(sys.argv[2])\n"
        "while True:\n"
        "    append_line(Path(sys.argv[1]), {'n': n, 'words': 'x' * (n * 7919 % 20000)})\n"
        "    sys.stdout.write(f'{n}\\n'); sys.stdout.flush(); n += 1"
    )
    for kill in range(10):
        writer = child(code, path, kill * 1_000_000)
        assert writer.stdout
        for _ in range(chance.randrange(1, 30)):
            acknowledged.add(int(writer.stdout.readline()))
        writer.kill()
        acknowledged |= {int(line) for line in writer.communicate()[0].splitlines(keepends=True) if line.endswith("\n")}
    rows, bad = read_lines(path)
    numbers = [row["n"] for _, row in rows]
    assert acknowledged <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert len(numbers) - len(acknowledged) <= 10  # at most the one that each kill cut off before it was acknowledged
    assert len(bad) <= 10
    assert all(len(row["words"]) == row["n"] * 7919 % 20000 for _, row in rows)


def test_reading_sets_bad_lines_aside_and_never_quotes_them(tmp_path: Path) -> None:
    path, deep = tmp_path / "lines", "[" * 200_000
    lines = [
        b'{"n": 1}',
        b'{"secret": "torn',
        b"",
        b"  \r",
        b'"secret"',
        b"\xff\xfesecret",
        deep.encode(),
        b'{"n": 2}\r',
        b"[]",
    ]
    path.write_bytes(b"\n".join(lines))
    rows, bad = read_lines(path)
    assert rows == [(1, {"n": 1}), (8, {"n": 2})]
    assert [line.number for line in bad] == [2, 5, 6, 7, 9]
    assert "secret" not in repr(bad)
    with pytest.raises(FileNotFoundError):
        read_lines(tmp_path / "none")


def test_a_mark_of_windows_at_the_start_hides_no_line(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'\xef\xbb\xbf{"n": 1}\r\n{"n": 2}\r\n')
    assert rows_of(path) == [{"n": 1}, {"n": 2}]


def test_reading_up_to_a_size_leaves_out_what_came_later(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_line(path, {"n": 1})
    size = path.stat().st_size
    append_line(path, {"n": 2})
    assert read_lines(path, size) == ([(1, {"n": 1})], [])
    assert read_lines(path, size + 3)[1] == [files.BadLine(2, "not complete JSON")]
    assert read_lines(path, 0) == ([], [])


@pytest.mark.parametrize("text", ["line\u2028and\u2029para\x85graph\x0b\x0c\x1c", 'quote " and \\ and \n', "🦊 ü \0"])
def test_every_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lines"
    append_line(path, {"text": text})
    append_line(path, {"text": "next"})
    assert rows_of(path) == [{"text": text}, {"text": "next"}]


def test_a_lone_surrogate_becomes_a_mark_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    assert json.loads(dumps({"a": "x\ud800y ü 🦊"})) == {"a": "x?y ü 🦊"}
    append_line(path, {"text": "\udcff"})
    assert rows_of(path) == [{"text": "?"}]


HOLD = (
    "import sys; from pathlib import Path; from circadian.files import only_one\n"
    "with only_one(Path(sys.argv[1]), 'a night'):\n"
    "    print('held', flush=True); sys.stdin.read()"
)


def test_the_second_holder_is_told_who_and_since_when(tmp_path: Path) -> None:
    lock = tmp_path / "logs" / "night.lock"
    holder = child(HOLD, lock)
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with (
        pytest.raises(Busy, match=rf"a night is already running: process {holder.pid}, since \d{{4}}-"),
        only_one(lock, "a night"),
    ):
        pass
    holder.communicate("")
    with only_one(lock, "a night"):
        assert f"process {os.getpid()}" in lock.read_text()


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "night.lock"
    holder = child(HOLD, lock)
    assert holder.stdout and holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with only_one(lock, "a night"):
        pass


def test_a_lock_in_one_process_is_not_taken_twice(tmp_path: Path) -> None:
    lock = tmp_path / "night.lock"
    with only_one(lock, "a night"):
        with pytest.raises(Busy), only_one(lock, "a night"):
            pass
        with pytest.raises(Busy), only_one(lock, "a night"):  # the refused one did not break it
            pass
    with pytest.raises(RuntimeError, match="mine"), only_one(lock, "a night"):
        raise RuntimeError("mine")
    with only_one(lock, "a night"):
        pass


def test_lines_replace_a_file_in_one_step_and_hashes_are_of_bytes(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    files.write_lines(path, [{"a": "ü"}, {"b": 1}])
    assert path.read_text(encoding="utf-8") == '{"a": "ü"}\n{"b": 1}\n'
    files.write_lines(path, [])
    assert files.sha256(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

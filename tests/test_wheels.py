"""Wheels are fetched, checked and unzipped, or nothing of them is there; two builders at once do not disturb each other."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from circadian.cli import UserError
from circadian.wheels import Wheel, building, cache_folder, fetch, made_once

DATA = b"weights " * 100
WHEEL = Wheel("small==1.0", {"small/inner/file.bin": hashlib.sha256(DATA).hexdigest()}, ("--platform", "any"))
Drop = Callable[[Path], Any]


def zipped(members: dict[str, bytes]) -> Drop:
    def drop(folder: Path) -> None:
        with zipfile.ZipFile(folder / "small-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    return drop


def bytes_of(data: bytes) -> Drop:
    return lambda folder: (folder / "small-1.0-py3-none-any.whl").write_bytes(data)


def broken(drop: Drop) -> Drop:
    """The same wheel with bytes changed in its middle."""

    def change(folder: Path) -> None:
        drop(folder)
        (file,) = folder.glob("*.whl")
        data = bytearray(file.read_bytes())
        data[52:60] = b"\xff" * 8
        file.write_bytes(data)

    return change


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Takes pip's place: `drop` puts a wheel where pip would; the commands are kept."""

    def install(drop: Drop, code: int = 0, stderr: str = "") -> list[list[str]]:
        commands: list[list[str]] = []

        def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
            commands.append(command)
            drop(Path(command[command.index("--dest") + 1]))
            return subprocess.CompletedProcess(command, code, "", stderr)

        monkeypatch.setattr(subprocess, "run", run)
        return commands

    return install


GOOD = zipped({"small/inner/file.bin": DATA, "small/__init__.py": b"raise SystemExit"})


def test_a_member_is_taken_out_and_nothing_else_stays(tmp_path: Path, pip: Callable[..., list[list[str]]]) -> None:
    commands = pip(GOOD)
    fetch(WHEEL, tmp_path)
    (command,) = commands
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "--platform"} <= set(command) and command[-1] == "small==1.0"
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]
    assert (tmp_path / "file.bin").read_bytes() == DATA


@pytest.mark.parametrize(
    ("drop", "code", "stderr", "says"),
    [
        (zipped({"small/inner/file.bin": DATA + b"!"}), 0, "", "file.bin out of small==1.0 has the wrong sha256"),
        (zipped({"other": DATA}), 0, "", "small==1.0 is not the wheel it should be"),
        (bytes_of(b"no zip"), 0, "", "small==1.0 is not the wheel it should be"),
        (bytes_of(b""), 0, "", "small==1.0 is not the wheel it should be"),
        (broken(GOOD), 0, "", "small==1.0 is not the wheel it should be"),
        (lambda folder: None, 0, "", "could not fetch small==1.0: pip gave no wheel"),
        (
            lambda folder: None,
            1,
            "noise\nERROR: one\nERROR: No matching distribution",
            "could not fetch .*: No matching distribution",
        ),
        (lambda folder: None, 1, "No module named pip", "could not fetch small==1.0: pip gave no wheel"),
        (bytes_of(b"half"), 1, "ERROR: [Errno 28] No space left on device: x", "could not fetch .*: No space left on device"),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_nothing(
    tmp_path: Path, pip: Callable[..., Any], drop: Drop, code: int, stderr: str, says: str
) -> None:
    pip(drop, code, stderr)
    with pytest.raises(UserError, match=says) as caught:
        made_once(tmp_path / "cache" / "small", "fetching", lambda candidate: fetch(WHEEL, candidate))
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("place", ["copy", "temporary"])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    tmp_path: Path, pip: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def full(*words: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    pip(GOOD)
    if place == "copy":
        monkeypatch.setattr(shutil, "copyfileobj", full)
    else:
        monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(UserError, match="the disk is full") as caught:
        made_once(tmp_path / "cache" / "small", "fetching", lambda candidate: fetch(WHEEL, candidate))
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_is_there_is_not_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[Path] = []

    def make(candidate: Path) -> None:
        calls.append(candidate)
        (candidate / "file").write_text("x")

    for _ in range(2):
        assert (
            made_once(tmp_path / "deep er" / "cache" / "thing", "making it", make) == tmp_path / "deep er" / "cache" / "thing"
        )
    assert len(calls) == 1
    assert capsys.readouterr() == ("", "making it (once) …\n")


def test_a_build_that_fails_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), building(tmp_path / "thing") as candidate:
        (candidate / "half").write_text("x")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_two_builders_at_once_both_succeed(tmp_path: Path) -> None:
    gate, results = threading.Barrier(4), list[str]()

    def make(candidate: Path) -> None:
        (candidate / "file").write_text("whole")
        gate.wait()

    def build() -> None:
        results.append((made_once(tmp_path / "thing", "making", make) / "file").read_text())

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["whole"] * 4
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_the_second_of_two_renames_takes_what_the_first_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename, target = os.rename, tmp_path / "thing"

    def slow(source: Path, goal: Path) -> None:
        target.mkdir()
        (target / "file").write_text("theirs")  # between any check and the rename
        rename(source, goal)

    def make(candidate: Path) -> None:
        (candidate / "file").write_text("ours")

    def refuse(*words: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "rename", slow)
    assert (made_once(target, "making", make) / "file").read_text() == "theirs"
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OSError, match="Read-only"):
        made_once(tmp_path / "other", "making", make)
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_the_cache_is_the_setting_else_the_variable_else_the_persons_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIRCADIAN_CACHE", str(tmp_path / "variable"))
    assert cache_folder(str(tmp_path / "setting")) == tmp_path / "setting"
    assert cache_folder() == tmp_path / "variable"
    monkeypatch.delenv("CIRCADIAN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "circadian"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "circadian"
    assert cache_folder("~/models") == tmp_path / "models"

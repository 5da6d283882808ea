"""The memory file loses nothing that was acknowledged: torn tails, bad lines, full disks, kills, two writers, forgetting."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from circadian import config, files, memories
from circadian.config import ROOT
from circadian.memories import INTERRUPTED, Recorder
from circadian.records import Memory


def memory(text: str, answer: str = "ok", session: str = "", adapter: str = "") -> Memory:
    both = [{"role": "user", "content": text}, {"role": "assistant", "content": answer}]
    return Memory(both, session=session, adapter=adapter)


def append(path: Path, *texts: str) -> list[Memory]:
    made = [memory(text) for text in texts]
    for one in made:
        files.append_line(path, one.to_dict())
    return made


def said(path: Path) -> list[str]:
    return [one.said("user")[0] for one in memories.read(path).memories]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "data" / "memories.jsonl"


def test_a_test_that_forgets_its_home_fails() -> None:
    with pytest.raises(AssertionError, match="did not choose a home"):
        config.load()


def test_a_child_that_forgets_its_home_cannot_write() -> None:
    code = "from circadian import config, files; files.append_line(config.load().memories, {})"
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert "NotADirectoryError" in child.stderr


def test_append_and_read_keep_everything(path: Path) -> None:
    made = [memory('ü "\\ \n\0\u2028', "🦊", session="s", adapter="a"), memory("second")]
    for one in made:
        files.append_line(path, one.to_dict())
    assert memories.read(path) == memories.Reading(made, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_a_file_that_is_not_there_holds_nothing(path: Path) -> None:
    assert memories.read(path) == memories.Reading([], [])
    assert memories.forget(path, {"x"}) == 0
    assert not path.exists()


def test_a_torn_tail_is_ended_and_set_aside(path: Path) -> None:
    append(path, "one", "two")
    os.truncate(path, path.stat().st_size - 5)
    append(path, "three")
    reading = memories.read(path)
    assert said(path) == ["one", "three"]
    assert [line.number for line in reading.bad] == [2]


def test_bad_lines_are_counted_with_their_numbers_and_never_quoted(path: Path) -> None:
    append(path, "one")
    with open(path, "ab") as file:
        file.write(
            b'secret\n\xff\xfe secret\n[1]\n\n{"messages": []}\n{"messages": [{"role": "user"}]}\n' + b"[" * 99999 + b"\n"
        )
    append(path, "two")
    reading = memories.read(path)
    assert said(path) == ["one", "two"]
    assert [(line.number, line.why) for line in reading.bad] == [
        (2, "not complete JSON"),
        (3, "not valid UTF-8"),
        (4, "not a JSON object"),
        (6, "no messages"),
        (7, "a message without role or text"),
        (8, "not complete JSON"),
    ]
    assert any("2 lines" in text and "line 2, 8" in text for text in reading.complaints())
    assert "secret" not in "".join(reading.complaints())


def test_half_a_character_of_another_program_is_read_as_a_question_mark(path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "My dog is called Bis\ud83dcuit."}]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(row) + "\n")
    (memory,) = memories.read(path).memories
    assert memory.said("user") == ["My dog is called Bis?cuit."]


def test_a_snapshot_ends_where_it_was_taken(path: Path) -> None:
    append(path, "one")
    size = path.stat().st_size
    append(path, "two")
    assert len(memories.read(path, size).memories) == 1


def test_forget_takes_these_out_and_keeps_the_rest_byte_for_byte(path: Path) -> None:
    one, two, three = append(path, "one", "two", "three")
    lines = path.read_bytes().splitlines(keepends=True)
    odd = [b"\xff bad\r\n", b"\n", b'{"messages": [{"role":"user","content":"no id"}]}\n', b'{"torn']
    path.write_bytes(b"".join([lines[0], odd[0], lines[1], odd[1], lines[2], *odd[2:]]))
    assert memories.forget(path, {one.id, three.id, "unknown"}) == 2
    assert path.read_bytes() == b"".join([odd[0], lines[1], *odd[1:]])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    without_id = memories.read(path).memories[-1].id
    assert memories.forget(path, {without_id}) == 1
    assert said(path) == ["two"]
    assert memories.forget(path, {two.id}) == 1


def test_forget_on_a_full_disk_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = append(path, "one")
    before = path.read_bytes()
    monkeypatch.setattr(files, "write_all", refuse)
    with pytest.raises(OSError, match="No space"):
        memories.forget(path, {one.id})
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_forget_keeps_a_link_a_link(path: Path, tmp_path: Path) -> None:
    (one,) = append(tmp_path / "elsewhere.jsonl", "one")
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "elsewhere.jsonl")
    assert memories.forget(path, {one.id}) == 1
    assert path.is_symlink()


def test_who_waited_while_the_file_was_replaced_writes_into_the_new_one(path: Path) -> None:
    append(path, "one")
    with open(path, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer = threading.Thread(target=append, args=(path, "late"))
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        files.write_atomic(path, path.read_bytes())
    writer.join(5)
    assert said(path) == ["one", "late"]


def test_appending_and_forgetting_at_once_loses_nothing(path: Path) -> None:
    code = "import sys; from tests_writer import go; go(*sys.argv[1:])"
    helper = path.parent.parent / "tests_writer.py"
    helper.parent.mkdir(parents=True)
    helper.write_text(
        "from pathlib import Path\nfrom circadian import files, memories\nfrom circadian.records import Memory\n"
        "def go(path, name):\n"
        "    for i in range(60):\n"
        "        m = Memory([{'role': 'user', 'content': f'{name} {i}'}])\n"
        "        files.append_line(Path(path), m.to_dict())\n"
        "        if i % 3 == 0:\n"
        "            assert memories.forget(Path(path), {m.id}) == 1\n"
    )
    environment = os.environ | {"PYTHONPATH": f"{helper.parent}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", code, str(path)]
    writers = [subprocess.Popen([*command, name], env=environment) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert sorted(said(path)) == sorted(f"{name} {i}" for name in "abc" for i in range(60) if i % 3)


def refuse(fd: int, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_recorder_keeps_the_words_before_the_answer(path: Path) -> None:
    recorder, one = Recorder(path, "s"), memory("one")
    recorder.begin(Memory(one.messages[:1], id=one.id))
    (pending,) = (path.parent / ".pending").iterdir()
    assert json.loads(pending.read_text())["messages"] == one.messages[:1]
    assert memories.recover(path) == 0  # that chat lives
    assert recorder.finish(one)
    assert pending.read_text() == ""
    recorder.close()
    assert not pending.exists()
    assert said(path) == ["one"]


def test_a_full_disk_makes_exchanges_wait_and_keeps_their_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(path, "before")
    recorder = Recorder(path, "s")
    with monkeypatch.context() as patch:
        patch.setattr(files, "write_all", refuse)
        patch.setattr(memories, "write_all", refuse)
        for text in ("one", "two"):
            recorder.begin(memory(text))
            assert not recorder.finish(memory(text))
        assert recorder.trouble and recorder.trouble.errno == errno.ENOSPC
        assert said(path) == ["before"]
    assert recorder.finish(memory("three"))
    assert recorder.trouble is None
    assert said(path) == ["before", "one", "two", "three"]


@pytest.mark.parametrize("after", [0, 1, 20])
def test_a_write_that_stops_half_way_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    append(path, "before")
    before, write = path.read_bytes(), os.write

    def short(fd: int, data: memoryview) -> int:
        nonlocal after
        if after <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(fd, data[:after])
        after = 0
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short)
        assert not Recorder(path, "s").finish(memory("lost"))
    assert path.read_bytes() == before


def test_a_failed_fsync_is_not_taken_for_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(path, "s")
    with monkeypatch.context() as patch:
        patch.setattr(files, "sync", lambda fd: refuse(fd, b""))
        assert not recorder.finish(memory("one"))
    assert recorder.flush()
    assert said(path) == ["one"]


def test_a_real_file_limit_in_a_child(path: Path) -> None:
    append(path, "before")
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from circadian.memories import Recorder\n"
        "from circadian.records import Memory\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "path = Path(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 40, resource.RLIM_INFINITY))\n"
        "recorder = Recorder(path, 's')\n"
        "memory = Memory([{'role': 'user', 'content': 'waits ' * 20}])\n"
        "recorder.begin(memory)\n"
        "print(recorder.finish(memory), recorder.trouble.errno, len(recorder.waiting))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "print(recorder.flush(), recorder.trouble)\n"
    )
    child = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert child.stdout.split("\n")[:2] == [f"False {errno.EFBIG} 1", "True None"]
    assert len(said(path)) == 2
    assert memories.read(path).bad == []


def test_the_recorder_forgets_what_waits_and_what_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, one, two = Recorder(path, "s"), memory("one"), memory("two")
    recorder.finish(one)
    with monkeypatch.context() as patch:
        patch.setattr(files, "write_all", refuse)
        recorder.finish(two)
    assert recorder.forget(two.id) and recorder.waiting == []
    assert recorder.forget(one.id) and said(path) == []
    assert not recorder.forget("unknown")


def test_words_of_a_chat_that_died_are_recovered_once(path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from circadian.memories import Recorder\n"
        "from circadian.records import Memory\n"
        "Recorder(Path(sys.argv[1]), 's').begin(Memory([{'role': 'user', 'content': 'my last words'}], session='s'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert memories.recover(path) == 1
    assert memories.recover(path) == 0
    (found,) = memories.read(path).memories
    assert (found.said("user"), found.said("assistant"), found.tags) == (["my last words"], [], (INTERRUPTED,))
    assert list((path.parent / ".pending").iterdir()) == []


def test_an_exchange_that_was_written_is_not_recovered_again(path: Path) -> None:
    one = memory("one")
    recorder = Recorder(path, "s")
    recorder.begin(one)
    files.append_line(path, one.to_dict())  # and died before it could empty the pending file
    os.close(recorder._fd)
    assert memories.recover(path) == 0
    assert said(path) == ["one"]


def test_recovering_where_there_is_nothing_or_rubbish(path: Path) -> None:
    assert memories.recover(path) == 0
    (path.parent / ".pending").mkdir(parents=True)
    (path.parent / ".pending" / "torn.json").write_text('{"messages": [{"ro')
    assert memories.recover(path) == 0
    assert memories.recover(Path(os.devnull) / "data" / "memories.jsonl") == 0

"""The chat: every exchange is answered, shown and kept, whatever happens; as a fake model, as child processes, on a pty."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import NOWHERE
from rich.console import Console
from sleeper import Run

import chat
from circadian import config, files, memories, versions
from circadian.chat import commands, screen, terminal
from circadian.chat.commands import Commands, Leave
from circadian.chat.session import Session
from circadian.chat.signals import Signals
from circadian.cli import UserError
from circadian.config import ROOT
from circadian.memories import Recorder
from circadian.model import Piece, Speed
from circadian.records import Memory, Message


class Fake:
    """A model that is fed its answers; a token is a word. An exception among the pieces is raised there."""

    def __init__(self, *answers: Any, context: int = 1000) -> None:
        self.name, self.adapter, self.context, self.speed = "fake", "", context, Speed()
        self.answers = list(answers)
        self.seen: list[list[Message]] = []
        self.drawn: list[tuple[float, int]] = []

    def tokens(self, messages: list[Message], answered: bool = False) -> list[int]:
        return [0] * sum(len(message["content"].split()) for message in messages)

    def stream(
        self, messages: list[Message], max_tokens: int, temp: float = 0.0, top_p: float = 1.0, seed: int | None = None
    ) -> Iterator[Piece]:
        self.seen.append(messages)
        self.drawn.append((temp, seed or 0))
        answer = self.answers.pop(0) if self.answers else "ok"
        pieces = answer if isinstance(answer, list) else [answer]
        self.speed = Speed(len(self.tokens(messages)), 0, len(pieces), 0.1, 10.0)
        for place, piece in enumerate(pieces):
            if isinstance(piece, str):
                yield Piece(piece, "stop" if place == len(pieces) - 1 else "")
            elif isinstance(piece, signal.Signals):
                os.kill(os.getpid(), piece)
                yield Piece("|", "")
            else:
                raise piece


@pytest.fixture
def ends() -> Iterator[None]:
    """The process' own signal handlers come back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def session(home: Path, fake: Fake, log: bool = True, **overrides: Any) -> Session:
    settings = config.load(**overrides)
    recorder = Recorder(settings.memories, uuid.uuid4().hex) if log else None
    return Session(settings, fake, screen.Plain(), recorder, Signals())


def kept(home: Path) -> list[Memory]:
    reading = memories.read(home / "data" / "memories.jsonl")
    assert reading.bad == []
    return reading.memories


def commanded(one: Session, lines: list[str] | None = None, model: Fake | None = None) -> Commands:
    rest = iter(lines or [])

    def read(prompt: str) -> str:
        for line in rest:
            return line
        raise EOFError

    return Commands(one, read, lambda version: model or Fake())


# --- one exchange -----------------------------------------------------------------------------------------------


def test_an_exchange_is_shown_and_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = session(home, Fake(["Par", "is."]), chat__system="be short")
    one.ask("Capital?")
    assert capsys.readouterr() == ("Paris.\n", "")
    (memory,) = kept(home)
    assert [m["content"] for m in memory.messages] == ["Capital?", "Paris."]
    assert (memory.source, memory.model, memory.adapter, memory.tags, memory.session) == ("chat", "fake", "", (), one.id)


def test_the_words_are_safe_before_the_answer_begins(home: Path) -> None:
    class Looks(Fake):
        def stream(self, *_: Any, **__: Any) -> Iterator[Piece]:
            (pending,) = (home / "data" / ".pending").iterdir()
            yield Piece(json.loads(pending.read_text())["messages"][0]["content"], "stop")

    session(home, Looks()).ask("my words")
    assert kept(home)[0].said("assistant") == ["my words"]


@pytest.mark.parametrize(("pieces", "shown"), [(["one ", signal.SIGINT, "never"], "one |"), ([signal.SIGINT], "")])
def test_ctrl_c_keeps_what_was_shown(home: Path, ends: None, pieces: list[Any], shown: str) -> None:
    one = session(home, Fake(pieces, "next"))
    one.signals.install()
    one.ask("first")
    one.signals.obey(interactive=True)
    one.ask("second")
    first, second = kept(home)
    assert first.said("assistant") == ([shown] if shown else [])
    assert (first.tags, second.tags) == (("interrupted",), ())


@pytest.mark.parametrize(
    ("number", "error", "code"), [(signal.SIGINT, KeyboardInterrupt, None), (signal.SIGTERM, SystemExit, 143)]
)
def test_signals_in_a_pipe_end_the_chat_after_keeping(home: Path, ends: None, number: Any, error: Any, code: Any) -> None:
    one = session(home, Fake(["one", number, "x"]))
    one.signals.install()
    one.ask("first")
    assert len(kept(home)) == 1
    with pytest.raises(error) as caught:
        one.signals.obey(interactive=False)
    assert getattr(caught.value, "code", None) == code


def test_a_signal_at_the_prompt_acts_at_once(ends: None) -> None:
    Signals().install()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(SystemExit):
        os.kill(os.getpid(), signal.SIGHUP)


def test_a_model_that_breaks_loses_nothing(home: Path) -> None:
    one = session(home, Fake(["half", RuntimeError("boom")]))
    with pytest.raises(RuntimeError):
        one.ask("words")
    assert (kept(home)[0].said("assistant"), kept(home)[0].tags) == (["half"], ("interrupted",))


def test_an_empty_answer_is_no_answer(home: Path) -> None:
    session(home, Fake("")).ask("words")
    assert (kept(home)[0].said("assistant"), kept(home)[0].tags) == ([], ("no-answer",))


def test_no_log_writes_nothing(home: Path) -> None:
    one = session(home, Fake(), log=False)
    one.ask("words")
    assert one.undo().startswith("undone:")
    assert one.close() == 0
    assert not home.exists()


def test_a_full_disk_is_said_once_and_made_up_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(fd: int, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    one = session(home, Fake())
    with monkeypatch.context() as patch:
        patch.setattr(files, "write_all", refuse)
        one.ask("one")
        one.ask("two")
        err = capsys.readouterr().err
        assert err.count("\n") == 1 and "the disk is full" in err
        assert one.close() == 2
        assert "2 exchanges could not be kept" in capsys.readouterr().err
    one.ask("three")
    assert "have been written" in capsys.readouterr().err
    assert [memory.said("user")[0] for memory in kept(home)] == ["one", "two", "three"]
    assert one.close() == 0


# --- a long conversation ----------------------------------------------------------------------------------------


def test_the_oldest_turns_go_and_that_is_said_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Fake(context=60)
    one = session(home, fake, chat__max_tokens=10, chat__system="be kind")
    for i in range(40):
        one.ask(f"turn {i} of many")
    assert max(len(fake.tokens(messages)) for messages in fake.seen) <= 50
    assert all(messages[0]["content"] == "be kind" for messages in fake.seen)
    assert capsys.readouterr().err.count("no longer sees") == 1
    assert len(kept(home)) == len(one.conversation.exchanges) == 40
    hidden = [fake.seen[i][1] != fake.seen[i - 1][1] for i in range(1, 40)]
    assert sum(hidden) < 10  # else the prompt cache would be of no use


def test_a_turn_that_never_fits_is_kept_and_the_chat_goes_on(home: Path) -> None:
    fake = Fake(context=60)
    one = session(home, fake, chat__max_tokens=10)
    with pytest.raises(UserError, match=r"100,000 tokens .* room for 50"):
        one.ask("x " * 100_000)
    one.ask("short")
    assert fake.seen == [[{"role": "user", "content": "short"}]]
    long, short = kept(home)
    assert (long.tags, len(long.messages), short.tags) == (("too-long",), 1, ())


def test_an_answer_never_takes_more_than_half_of_the_context(home: Path) -> None:
    assert session(home, Fake(context=60)).max_tokens == 30


# --- commands ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("hello", None),
        ("/etc/hosts is what?", None),
        ("/etc/hosts", None),
        ("/foo bar", None),
        ("/", None),
        ("/exit\nis a command", None),
        ("/help", ("/help", "")),
        (" /HELP ", ("/help", "")),
        ("/save my file.json", ("/save", "my file.json")),
    ],
)
def test_what_is_a_command(line: str, found: Any) -> None:
    assert commands.parse(line) == found


@pytest.mark.parametrize(
    ("line", "said"), [("/hepl", "Did you mean /help"), ("/zzzzz", "/help lists"), ("/exit now", "takes nothing")]
)
def test_what_is_only_like_one(line: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        commands.parse(line)


def test_undo_forgets_and_the_model_no_longer_sees_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake = Fake()
    one = session(home, fake)
    for line in ("keep this", "not this", "/undo", "and now"):
        commanded(one).take(line)
    assert [m["content"] for m in fake.seen[-1]] == ["keep this", "ok", "and now"]
    assert [memory.said("user")[0] for memory in kept(home)] == ["keep this", "and now"]
    assert "undone and forgotten: not this" in capsys.readouterr().err


def test_undo_that_the_disk_refuses_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = session(home, Fake())
    one.ask("words")

    def refuse(path: Path, text: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(memories, "write_atomic", refuse)
    assert one.undo() == "not undone."
    assert len(one.conversation.exchanges) == len(kept(home)) == 1


def test_retry_replaces_the_answer_and_draws_it(home: Path) -> None:
    fake = Fake("a", "bad", "good")
    one = session(home, fake)
    for line in ("first", "second", "/retry"):
        commanded(one).take(line)
    assert fake.seen[-1] == fake.seen[-2]
    assert [temp for temp, _ in fake.drawn] == [0.0, 0.0, 0.7]
    assert len({seed for _, seed in fake.drawn}) == 3
    assert [memory.said("assistant") for memory in kept(home)] == [["a"], ["good"]]


def test_clear_begins_another_session(home: Path) -> None:
    fake = Fake()
    one = session(home, fake)
    for line in ("a", "/clear", "b"):
        commanded(one).take(line)
    assert len(fake.seen[-1]) == 1
    assert len({memory.session for memory in kept(home)}) == 2


def test_save_load_and_undo_across_them(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "my talk.json"
    commanded(one := session(home, Fake())).take("a")
    commanded(one).take(f"/save {file}")
    fake = Fake()
    commanded(other := session(home, fake)).take(f"/load {file}")
    other.ask("b")
    assert [m["content"] for m in fake.seen[0]] == ["a", "ok", "b"]
    other.undo()
    other.undo()
    assert kept(home) == []
    with pytest.raises(UserError, match="wants the name"):
        commanded(other).take("/save")


def test_multi_takes_lines_up_to_a_dot(home: Path) -> None:
    fake = Fake()
    one = session(home, fake)
    commanded(one, ["a", "/help", "", "b", ".", "never"]).take("/multi")
    commanded(one, ["c", "/multi"]).take("/multi")
    commanded(one, ["/multi"]).take("/multi")
    assert [messages[-1]["content"] for messages in fake.seen] == ["a\n/help\n\nb", "c"]


def test_what_was_typed_in_multi_is_said_where_the_input_ends(home: Path) -> None:
    fake, lines = Fake(), ["a", "b"]

    def read(prompt: str) -> str:
        if lines:
            return lines.pop(0)
        raise EOFError

    with pytest.raises(EOFError):
        Commands(session(home, fake), read, lambda version: fake).take("/multi")
    assert fake.seen[0][-1]["content"] == "a\nb" and len(kept(home)) == 1


def test_a_home_of_nobody_and_a_name_too_long_are_one_line(home: Path) -> None:
    one = commanded(session(home, Fake()))
    for command in ("/save", "/load"):
        with pytest.raises(UserError, match="no home ~nobody-here"):
            one.take(f"{command} ~nobody-here/x")
        with pytest.raises(UserError, match="name too long"):
            one.take(f"{command} {'x' * 300}")


def test_help_stats_and_exit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = session(home, Fake())
    commanded(one).take("/stats")
    one.ask("a")
    commanded(one).take("/stats")
    commanded(one).take("/help")
    err = capsys.readouterr().err
    assert err.startswith("0 exchanges\n1 exchange\n(1 tokens, 10.0 tokens/s, first token after 0.10 s; prompt 1 tokens")
    assert all(name in err for name in commands.HELP)
    for name in ("/exit", "/quit"):
        with pytest.raises(Leave):
            commanded(one).take(name)


def test_adapter_shows_and_switches(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    adapter(home, "2026-01-01", {})
    one, other = session(home, Fake()), Fake()
    commanded(one).take("/adapter")
    assert "in use: no adapter; there are: 2026-01-01" in capsys.readouterr().err
    with pytest.raises(UserError, match="no adapter nope"):
        commanded(one).take("/adapter nope")
    other.adapter = "2026-01-01"
    one.ask("a")
    commanded(one, model=other).take("/adapter 2026-01-01")
    one.ask("b")
    assert len(other.seen[0]) == 3
    assert [memory.adapter for memory in kept(home)] == ["", "2026-01-01"]


# --- turns from a pipe ------------------------------------------------------------------------------------------


def piped(home: Path, data: bytes, monkeypatch: pytest.MonkeyPatch, fake: Fake) -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    one = session(home, fake)
    return terminal.talk(Commands(one, terminal.reader(None), lambda _: fake), terminal.reader(None))


def test_lines_are_turns_and_stdout_holds_only_answers(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Fake("A1", "A2", "A3")
    data = b"one\r\n\n  \n\xff\xfe two\n/clear\nthree\0 and no newline"
    assert piped(home, data, monkeypatch, fake) == 0
    assert capsys.readouterr().out == "A1\nA2\nA3\n"
    assert [m.said("user")[0] for m in kept(home)] == ["one", "\ufffd\ufffd two", "three\0 and no newline"]
    assert [len(messages) for messages in fake.seen] == [1, 3, 1]


def test_a_turn_that_fails_in_a_pipe_is_exit_1_after_the_rest(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(context=20)
    assert piped(home, b"x " * 100 + b"\nshort\n/exit\nnever\n", monkeypatch, fake) == 1
    assert len(fake.seen) == 1


# --- the rendered screen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("one paragraph\nstill", ""),
        ("one\n\ntwo", ""),  # the line of "two" may yet become anything
        ("one\n\ntwo\n", "one\n"),
        ("1. a\n\n2. b\n", ""),
        ("```\na\n\nb\n", ""),
        ("```\na\n```\ntext\n", "```\na\n```"),
        ("# head\ntext\n", "# head"),
        ("a | b\n--|--\n1 | 2\n", ""),
    ],
)
def test_only_blocks_that_cannot_change_are_final(text: str, done: str) -> None:
    assert screen.split(text)[0] == done


def test_rendering_loses_nothing_of_a_long_answer() -> None:
    file = io.StringIO()
    shown = screen.Rendered(Console(file=file, force_terminal=True, width=60, height=10, color_system=None))
    text = "# Head\n\nSome <b>tag</b> and\x1b[2J a *word*.\nNext line.\n\n" + "".join(f"{i}. item {i}\n" for i in range(1, 50))
    with shown.answer() as show:
        for part in re.findall(r"(?s).{1,3}", text):
            show(part)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())
    assert "\x1b[2J" not in file.getvalue()
    assert "Some <b>tag</b> and[2J a word.\n" in re.sub(r" +\n", "\n", plain)
    assert [plain.count(f"item {i} ") for i in range(1, 50)][:5]
    assert all(f"item {i}" in plain for i in range(1, 50))


# --- as child processes, with a tiny model ----------------------------------------------------------------------

QUICK = ("--max-tokens", "8")


def adapter(home: Path, tag: str, manifest: dict[str, Any], whole: bool = True) -> Path:
    """An adapter folder that looks whole; its weights fit no model."""
    folder = home / "adapters" / tag
    folder.mkdir(parents=True)
    header = json.dumps({"layer": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    (folder / versions.WEIGHTS).write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0\0\0"[: 4 if whole else 1])
    (folder / versions.CONFIG).write_text(json.dumps({"lora_parameters": {}}))
    (folder / versions.MANIFEST).write_text(json.dumps(manifest))
    return folder


@contextlib.contextmanager
def child(*words: Any, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0}
    command = [sys.executable, str(ROOT / "chat.py"), *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, **(streams | options)) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_child_that_was_given_no_home_cannot_write(script: Run) -> None:
    assert os.environ["CIRCADIAN_HOME"] == NOWHERE
    done = script("chat.py", "--ask", "x", "--model", "/no/such/model")
    assert done.returncode == 1


def test_ask_prints_only_the_answer(home: Path, tiny_model: Path, script: Run) -> None:
    done = script("chat.py", "--model", tiny_model, *QUICK, "--verbose", "--ask", "What is it?")
    assert done.returncode == 0
    (memory,) = kept(home)
    assert done.stdout == memory.said("assistant")[0] + "\n"
    assert memory.model == "tiny"
    assert "tokens/s" in done.stderr and "\x1b" not in done.stderr + done.stdout
    assert (home / "data" / "memories.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_pipe_with_a_tiny_context_and_a_huge_turn(home: Path, tiny_model: Path, script: Run, tmp_path: Path) -> None:
    settings = tmp_path / "small.toml"
    settings.write_text("[chat]\ncontext = 100\nmax_tokens = 8\n")
    turns = [f"turn number {i} of a long talk" for i in range(12)] + ["word " * 20_000, "/clear", "last"]
    done = script("chat.py", "--config", settings, "--model", tiny_model, input="\n".join(turns))
    assert done.returncode == 1
    assert done.stderr.count("no longer sees") == 1
    assert "there is room for 92" in done.stderr
    memories_ = kept(home)
    assert done.stdout == "".join(m.said("assistant")[0] + "\n" for m in memories_ if m.tags != ("too-long",))
    assert [m.tags for m in memories_] == [()] * 12 + [("too-long",), ()]


def test_ctrl_c_during_an_answer_keeps_it_and_exits_130(home: Path, tiny_model: Path) -> None:
    with child("--model", tiny_model, "--max-tokens", "4000", "--ask", "Go") as process:
        assert process.stdout and process.stderr
        first = process.stdout.read(3)
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=30)
    assert process.returncode == 130
    (memory,) = kept(home)
    assert memory.tags == ("interrupted",)
    assert (first + rest).decode("utf-8", "replace") == memory.said("assistant")[0] + "\n"
    assert err.decode() == "chat.py: interrupted\n"


def test_sigterm_keeps_the_answer_and_kill_keeps_the_words(home: Path, tiny_model: Path, script: Run) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with child("--model", tiny_model, "--max-tokens", "4000", "--ask", f"Before {number.name}") as process:
            assert process.stdout
            process.stdout.read(3)
            process.send_signal(number)
            process.communicate(timeout=30)
    assert [memory.said("user") for memory in kept(home)] == [["Before SIGTERM"]]
    done = script("chat.py", "--model", tiny_model, *QUICK, "--ask", "again")
    assert "kept 1 turn of a chat that ended" in done.stderr
    one, two, three = kept(home)
    assert (two.said("user"), two.said("assistant"), two.tags) == (["Before SIGKILL"], [], ("interrupted",))
    assert (one.tags, three.tags) == (("interrupted",), ())


def test_two_chats_at_once_lose_nothing(home: Path, tiny_model: Path) -> None:
    with child("--model", tiny_model, "--max-tokens", "3") as one, child("--model", tiny_model, "--max-tokens", "3") as two:
        for name, process in (("one", one), ("two", two)):
            assert process.stdin
            process.stdin.write("".join(f"{name} {i}\n" for i in range(25)).encode())
            process.stdin.close()
        assert [one.wait(60), two.wait(60)] == [0, 0]
    said = [memory.said("user")[0] for memory in kept(home)]
    assert sorted(said) == sorted(f"{name} {i}" for name in ("one", "two") for i in range(25))


def test_a_home_that_cannot_be_written_still_answers(tiny_model: Path, tmp_path: Path, script: Run) -> None:
    (tmp_path / "file").touch()
    done = script("chat.py", "--home", tmp_path / "file" / "home", "--model", tiny_model, *QUICK, input="a\nb\n")
    assert done.returncode == 1
    assert done.stdout.count("\n") >= 2
    assert done.stderr.count("cannot be kept") == 1
    assert "2 exchanges could not be kept" in done.stderr


def test_a_real_write_limit_still_answers(home: Path, tiny_model: Path, script: Run) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = script("chat.py", "--model", tiny_model, *QUICK, "--ask", "x", preexec_fn=limited)
    assert done.returncode == 1
    assert done.stdout.strip() and "1 exchange could not be kept" in done.stderr
    assert kept(home) == []


def test_a_reader_that_leaves_is_no_error(home: Path, tiny_model: Path) -> None:
    with child("--model", tiny_model, "--max-tokens", "2000", "--ask", "x") as process:
        assert process.stdout and process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""
    assert kept(home)[0].tags == ("interrupted",)


def test_the_adapter_in_use_is_loaded_only_if_whole(home: Path, tiny_model: Path, script: Run) -> None:
    torn = adapter(home, "2026-02-02", {}, whole=False)
    (home / "adapters" / versions.CURRENT).symlink_to(torn.name)
    done = script("chat.py", "--model", tiny_model, *QUICK, "--ask", "x")
    assert done.returncode == 0 and done.stdout.strip()
    assert done.stderr.startswith("(answering without an adapter: the adapter 2026-02-02 is not whole")
    assert kept(home)[0].adapter == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--adapter-tag", "torn"), "the adapter torn is not whole"),
        (("--adapter-tag", "gone"), "there is no adapter gone"),
        (("--adapter-tag", "other"), "the adapter other was made for another model, not for tiny"),
        ((), "or --no-adapter"),
    ],
)
def test_a_bad_adapter_is_refused_before_the_model_loads(
    home: Path, tiny_model: Path, words: tuple[str, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter(home, "torn", {}, whole=False)
    other = adapter(home, "other", {"base": {"name": "another model", "fingerprint": "0"}})
    (home / "adapters" / versions.CURRENT).symlink_to(other.name)
    monkeypatch.setattr("circadian.model.check_memory", lambda _: pytest.fail("the model would have been loaded"))
    with pytest.raises(UserError, match=said) as caught:
        chat.main(["--model", str(tiny_model), "--ask", "x", *words])
    assert caught.value.code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--temp", "-1"),
        ("--temp", "nan"),
        ("--top-p", "0"),
        ("--top-p", "1.1"),
        ("--max-tokens", "0"),
        ("--seed", "x"),
        ("--ask", " "),
        ("--no-adapter", "--adapter-tag", "x"),
    ],
)
def test_bad_values_are_usage(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        chat.main(words)
    assert caught.value.code == 2


def test_help_is_quick(script: Run) -> None:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        assert "--ask" in script("chat.py", "--help").stdout
        times.append(time.perf_counter() - started)
    assert min(times) < 0.3


# --- on a terminal ----------------------------------------------------------------------------------------------


READY = "\x1b[?2004h"  # prompt_toolkit takes pasted text from here on


class Terminal:
    """A chat on a pty, as a person sees it."""

    def __init__(self, *words: Any, term: str = "xterm-256color") -> None:
        self.seen = ""
        pid, self._fd = pty.fork()
        if pid == 0:
            os.environ["TERM"] = term
            os.execv(sys.executable, [sys.executable, str(ROOT / "chat.py"), *map(str, words)])
        self._pid = pid

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def until(self, text: str, patience: float = 30) -> str:
        """Read up to `text`; all that was read since the last time."""
        end = time.monotonic() + patience
        while text not in self.seen:
            if not select.select([self._fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{text!r} did not come; there was {self.seen!r}")
            try:
                new = os.read(self._fd, 65536).decode("utf-8", "replace")
            except OSError:
                new = ""
            if not new:
                raise AssertionError(f"it ended before {text!r}; there was {self.seen!r}")
            if "\x1b[6n" in new:
                self.type("\x1b[1;1R")  # prompt_toolkit asks where the cursor is
            self.seen += new
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def end(self) -> int:
        end = time.monotonic() + 10
        with contextlib.suppress(OSError):
            while select.select([self._fd], [], [], max(0, end - time.monotonic()))[0] and os.read(self._fd, 65536):
                pass
        if time.monotonic() > end:
            os.kill(self._pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        os.close(self._fd)
        return code


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of forkpty:DeprecationWarning")
def test_a_person_at_a_terminal(home: Path, tiny_model: Path) -> None:
    person = Terminal("--model", tiny_model, "--max-tokens", "4000")
    head = person.until("/help lists the commands")
    assert "tiny, no adapter yet" in head
    person.until(READY)
    person.type("\x1b[200~pasted one\r\npasted two\x1b[201~")
    person.until("pasted two")
    person.type("\r")
    time.sleep(1)
    person.type("\x03")
    person.until(READY)
    person.type("/undo\r")
    person.until("undone and forgotten: pasted one pasted two")
    person.until(READY)
    person.type("a\nb\r")
    time.sleep(1)
    person.type("\x03")
    person.until(READY)
    person.type("\x04")
    assert person.end() == 0
    (memory,) = kept(home)
    assert (memory.said("user"), memory.tags) == (["a\nb"], ("interrupted",))
    assert (home / "data" / ".chat_history").stat().st_mode & 0o777 == 0o600


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of forkpty:DeprecationWarning")
def test_a_dumb_terminal_gets_plain_text(home: Path, tiny_model: Path) -> None:
    person = Terminal("--model", tiny_model, *QUICK, term="dumb")
    shown = person.until("> ")
    person.type("hello\n")
    shown += person.until("> ")
    person.type("/stats\n")
    shown += person.until("1 exchange") + person.until("> ")
    person.type("\x04")
    assert person.end() == 0
    assert "\x1b" not in shown
    assert kept(home)[0].said("assistant")[0].split()[0] in shown


# --- with the real model ----------------------------------------------------------------------------------------


@pytest.mark.model
def test_the_embedded_model_answers_and_remembers_within_a_conversation(home: Path, embedded: Path, script: Run) -> None:
    turns = "What is the capital of France?\nThank you.\n"
    done = script("chat.py", "--model", "embedded", "--max-tokens", "24", "--verbose", input=turns)
    assert done.returncode == 0
    assert "Paris" in done.stdout.splitlines()[0]
    reused = [int(number) for number in re.findall(r"(\d+) cached", done.stderr)]
    assert reused[0] == 0 and reused[1] > 30

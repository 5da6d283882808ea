"""Exit codes, one line for people, and a saved traceback that holds nothing a person said."""

from __future__ import annotations

import argparse
import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from circadian import cli, flags
from circadian.cli import Refused, UserError, run_main
from circadian.config import ROOT, ConfigError
from circadian.files import Busy

SECRET = "my dog is called Rumpelstilzchen"


def code_of(error: BaseException) -> int:
    def main(argv: Sequence[str] | None) -> int:
        raise error

    return run_main(main)


def python(code: str, **options: object) -> subprocess.CompletedProcess[str]:
    """A script of ours in a child: its main is the given code."""
    text = (
        f"import sys\nfrom circadian.cli import *\ndef main(argv):\n    {code}\n    return 0\nraise SystemExit(run_main(main))"
    )
    streams: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-c", text], cwd=ROOT, text=True, check=False, **(streams | options)
    )
    return done


@pytest.fixture(autouse=True)
def called_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/some/where/chat.py"])


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (UserError("do this"), 1, "do this"),
        (Refused("a gate said no"), 4, "a gate said no"),
        (ConfigError("unknown key"), 1, "unknown key"),
        (Busy("a night is already running: process 5"), 1, "process 5. Wait for it, or end that process."),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(errno.ENOSPC, "No space left on device", "/x/y"), 1, "the disk is full at /x/y. Free some space"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "the disk is full. Free some space"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), 1, "no permission for /x/y. Change its rights"),
        (OSError(errno.EROFS, "Read-only file system", "/x/y"), 1, "cannot write /x/y: the disk is read-only"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x/y"), 1, "there is no /x/y."),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/x/y"), 1, "/x/y is not a folder"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "/x/y"), 1, "/x/y is a folder, not a file."),
        (OSError(errno.EMFILE, "Too many open files"), 1, "Too many open files."),
        (OSError("odd"), 1, "OSError."),
        (ModuleNotFoundError("No module named 'mlx'", name="mlx"), 1, "the package mlx is not installed: run make setup"),
    ],
)
def test_what_a_person_can_mend_is_one_line(
    capsys: pytest.CaptureFixture[str], home: Path, error: BaseException, code: int, says: str
) -> None:
    assert code_of(error) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("chat.py: ") and says in err
    assert not home.exists()


def test_the_code_of_main_is_passed_on_and_usage_is_left_to_argparse() -> None:
    assert run_main(lambda argv: 0) == 0
    assert run_main(lambda argv: 4) == 4
    with pytest.raises(SystemExit) as caught:
        run_main(lambda argv: len(vars(flags.parser_for("what it is for", "chat.py").parse_args(["--hom", "x"]))))
    assert caught.value.code == cli.USAGE


def test_a_bug_is_one_line_and_a_traceback_without_a_word_of_the_person(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    def inner(said: str) -> int:
        try:
            raise KeyError(said)
        except KeyError as cause:
            raise ValueError(f"cannot digest {said!r}") from cause

    assert run_main(lambda argv: inner(SECRET)) == cli.BUG
    out, err = capsys.readouterr()
    (file,) = (home / "logs" / "bugs").iterdir()
    assert (out, err) == ("", f"chat.py: this is a bug in Circadian (ValueError); where it happened is in {file}\n")
    saved = file.read_text()
    assert "in inner" in saved and __file__ in saved and saved.endswith("builtins.ValueError\n")
    assert "Rumpelstilzchen" not in saved and "cannot digest '" not in saved
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("words", [["--home", "{}"], ["--home={}"]])
def test_the_traceback_goes_to_the_home_that_was_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    asked = tmp_path / "asked for"
    monkeypatch.setattr(sys, "argv", ["chat.py", "--json", *(word.format(asked) for word in words), "--more", "x"])
    assert code_of(ValueError(SECRET)) == cli.BUG
    assert len(list((asked / "logs" / "bugs").iterdir())) == 1
    assert str(asked) in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--home", os.devnull], ["--home"], ["--home", "~nobody-of-this-name/x"]])
def test_a_bug_where_nothing_can_be_saved_still_says_where(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chat.py", *words])
    assert code_of(ValueError(SECRET)) == cli.BUG
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert f"it happened in {__file__}, line " in err
    assert "Rumpelstilzchen" not in err


def test_a_reader_who_leaves_early_is_no_error(home: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = python("print('x' * 100_000)", stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("flush", [True, False])
def test_a_full_disk_behind_stdout_is_one_line(home: Path, flush: bool) -> None:
    with open("/dev/full", "w") as full:
        done = python(f"print('result', flush={flush})", stdout=full)
    assert done.returncode == 1
    assert done.stderr == "-c: the disk is full. Free some space and run this again; nothing was lost.\n"


def test_closed_streams_do_not_mix_or_break(home: Path) -> None:
    code = "say('progress'); print_json({'a': 1})"
    assert python(code, preexec_fn=lambda: os.close(2)).stdout == '{"a": 1}\n'
    done = python(code, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (0, "progress\n")


def test_the_json_line_can_go_through_any_terminal(home: Path) -> None:
    done = python("print_json({'said': 'ü 🦊 \\ud800\\n'})", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert json.loads(done.stdout) == {"said": "ü 🦊 \ud800\n"}


def test_progress_without_a_terminal_is_plain_lines_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    with cli.progress("training", 30) as show:
        for done in range(1, 31):
            clock[0] += 1
            show(done, f"loss {done}")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "training: 10/30 loss 10 (10 s)",
        "training: 20/30 loss 20 (20 s)",
        "training: 30/30 loss 30 (30 s)",
    ]
    assert "\x1b" not in err and "\r" not in err


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", ""])
def test_positive_takes_whole_numbers_above_zero(text: str) -> None:
    with pytest.raises((ValueError, argparse.ArgumentTypeError)):
        flags.positive(text)
    assert flags.positive("1") == 1

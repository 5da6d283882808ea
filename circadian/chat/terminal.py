"""Where turns come from: a terminal with history and several lines, a plain terminal, or a pipe."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from circadian.chat.commands import NAMES, Commands, Leave, Read
from circadian.chat.screen import smart_terminal
from circadian.cli import UserError, say
from circadian.files import PRIVATE_FILE, private_folder

if TYPE_CHECKING:
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings

PROMPT = "> "


def interactive() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def reader(history: Path | None) -> Read:
    """What reads the person's turns; `history` is the file that keeps them for the arrow keys."""
    if interactive() and smart_terminal(sys.stdin) and smart_terminal(sys.stdout):
        return _prompt_toolkit(history)
    return _plain


def talk(commands: Commands, read: Read) -> int:
    """Take turns until the end. 0, or 1 if a turn in a pipe could not be taken. Raises KeyboardInterrupt, SystemExit."""
    person, failed = interactive(), False
    while True:
        try:
            commands.take(read(PROMPT))
            commands.session.signals.obey(person)
        except (EOFError, Leave):
            return int(failed)
        except KeyboardInterrupt:
            if not person:
                raise
            say("(Ctrl-D or /exit leaves)")
        except UserError as error:
            say(str(error))
            failed = not person


def _plain(prompt: str) -> str:
    """A line of stdin. The prompt goes to stderr, and only where a person sees it."""
    if interactive() and sys.stderr and sys.stderr.isatty():
        print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.buffer.readline()
    if not line:
        raise EOFError
    return line.decode("utf-8", "replace").rstrip("\r\n")


def _prompt_toolkit(history: Path | None) -> Read:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter

    session: PromptSession[str] = PromptSession(
        history=_history(history),
        multiline=True,
        key_bindings=_keys(),
        prompt_continuation="  ",
        completer=WordCompleter(list(NAMES), sentence=True),
        complete_while_typing=False,
        reserve_space_for_menu=4,
        enable_open_in_editor=True,
    )
    return lambda prompt: session.prompt(prompt)


def _keys() -> KeyBindings:
    """Enter sends; Alt-Enter and Ctrl-J begin a new line."""
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("enter")
    def send(event: Any) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    @keys.add("c-j")
    def newline(event: Any) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def _history(path: Path | None) -> History:
    """The file's history, readable by its owner alone; in memory where no file can be kept."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class Kept(FileHistory):
        def store_string(self, string: str) -> None:
            with contextlib.suppress(OSError):
                super().store_string(string)

        def load_history_strings(self) -> Iterable[str]:
            try:
                return list(super().load_history_strings())
            except OSError:
                return []

    if path is None:
        return InMemoryHistory()
    try:
        private_folder(path.parent)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE))
        return Kept(str(path))
    except OSError:
        return InMemoryHistory()

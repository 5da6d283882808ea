"""The slash commands, and what is one: a turn that merely begins with a slash goes to the model."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path

from circadian import versions
from circadian.chat import conversation
from circadian.chat.session import RETRY_TEMP, Model, Session
from circadian.cli import UserError, say
from circadian.records import Version, whole

Read = Callable[[str], str]  # a prompt -> a line; raises EOFError at the end
Open = Callable[[Version | None], Model]

HELP = {
    "/help": "this list",
    "/exit": "leave (also /quit and Ctrl-D)",
    "/clear": "begin a new conversation",
    "/undo": "take back the last exchange and forget it",
    "/retry": f"ask the last turn again (drawn with --temp {RETRY_TEMP} where that is 0, or the answer would be the same)",
    "/save FILE": "write the conversation as JSON",
    "/load FILE": "go on with a saved conversation",
    "/stats": "the last answer in numbers",
    "/adapter [TAG|none]": "which adapter is in use and which there are, or switch",
    "/multi": "several lines in one turn, up to a line with only . or /multi",
}
KEYS = "Alt-Enter or Ctrl-J begins a new line; Ctrl-C ends an answer."
NAMES = ("/quit", *(entry.split()[0] for entry in HELP))
TAKES = {entry.split()[0] for entry in HELP if " " in entry}


class Leave(Exception):
    """The person wants to go."""


def parse(line: str) -> tuple[str, str] | None:
    """(name, rest) of a command, or None for a turn. Raises UserError for a word that is only like a command."""
    name, _, rest = line.strip().partition(" ")
    known = name.lower()
    if known in NAMES and "\n" not in line.strip():
        if rest and known not in TAKES:
            raise UserError(f"{known} takes nothing after it.")
        return known, rest.strip()
    if rest or not re.fullmatch(r"/[a-zA-Z]+", name):
        return None
    near = difflib.get_close_matches(known, NAMES, 1, 0.5)
    raise UserError(f"there is no command {name}. " + (f"Did you mean {near[0]}?" if near else "/help lists them."))


class Commands:
    """Takes the person's lines: a command is obeyed, anything else is asked."""

    def __init__(self, session: Session, read: Read, open_adapter: Open) -> None:
        self.session, self._read, self._open = session, read, open_adapter
        self._do: dict[str, Callable[[str], str]] = {
            "/help": lambda _: "\n".join([*(f"  {name:<20} {text}" for name, text in HELP.items()), "  " + KEYS]),
            "/exit": self._exit,
            "/quit": self._exit,
            "/clear": self._clear,
            "/undo": lambda _: session.undo(),
            "/retry": self._retry,
            "/save": self._save,
            "/load": self._load,
            "/stats": lambda _: self._stats(),
            "/adapter": self._adapter,
            "/multi": self._multi,
        }

    def take(self, line: str) -> None:
        """Raises Leave, UserError, or what Session.ask() raises."""
        command = parse(line)
        if command:
            name, rest = command
            if text := self._do[name](rest):
                say(text)
        elif line.strip():
            self.session.ask(whole(line))

    def _exit(self, _: str) -> str:
        raise Leave

    def _clear(self, _: str) -> str:
        self.session.clear()
        return "a new conversation."

    def _retry(self, _: str) -> str:
        self.session.retry()
        return ""

    def _save(self, name: str) -> str:
        path = _file(name, "/save")
        conversation.save(self.session.conversation, path)
        return f"saved {_exchanges(len(self.session.conversation.exchanges))} in {path}"

    def _load(self, name: str) -> str:
        loaded = conversation.load(_file(name, "/load"))
        self.session.clear(loaded)
        return f"loaded {_exchanges(len(loaded.exchanges))}; the conversation goes on from there."

    def _stats(self) -> str:
        talk = self.session.conversation
        waiting = len(self.session.recorder.waiting) if self.session.recorder else 0
        said = [_exchanges(len(talk.exchanges))]
        said += [f"{talk.hidden} of them outside the context"] if talk.hidden else []
        said += [f"{waiting} waiting to be written"] if waiting else []
        last = f"\n{self.session.measured()}" if self.session.speed.tokens else ""
        return ", ".join(said) + last

    def _adapter(self, tag: str) -> str:
        folder, model = self.session.settings.adapters, self.session.model
        if not tag:
            known = ", ".join(versions.tags(folder)) or "none yet"
            return f"in use: {model.adapter or 'no adapter'}; there are: {known}"
        version = versions.choose(folder, tag=tag, none=tag == "none")
        self.session.model = self._open(version)
        return f"in use: {self.session.model.adapter or 'no adapter'}"

    def _multi(self, _: str) -> str:
        lines, ended = list[str](), False
        try:
            while (line := self._read("… ")).strip() not in (".", "/multi"):
                lines.append(line)
        except EOFError:  # what was typed is said
            ended = True
        if words := "\n".join(lines).strip():
            self.session.ask(whole(words))
        if ended:
            raise EOFError
        return ""


def _file(name: str, command: str) -> Path:
    if not name:
        raise UserError(f"{command} wants the name of a file.")
    try:
        return Path(name).expanduser()
    except RuntimeError:  # ~somebody
        raise UserError(f"there is no home {name}: write the file's full path.") from None


def _exchanges(number: int) -> str:
    return f"{number} exchange{'s' * (number != 1)}"

"""One conversation: its exchanges, which of them still fit the context, and its file. Knows no model and no terminal."""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from circadian.cli import UserError, explain
from circadian.files import write_atomic
from circadian.records import Message, whole

Count = Callable[[list[Message]], int]


class TooLong(UserError):
    """A turn that does not fit the context even alone."""


@dataclass(frozen=True)
class Exchange:
    """What the person said and the model's answer; an empty answer is none, and the model is not shown such a turn."""

    user: str
    assistant: str = ""
    id: str = ""

    def messages(self) -> list[Message]:
        """Both turns, or nothing where there was no answer: chat templates want the roles to alternate."""
        both = [{"role": "user", "content": self.user}, {"role": "assistant", "content": self.assistant}]
        return both if self.assistant else []


@dataclass
class Conversation:
    """The exchanges so far. The first `hidden` of them are kept and saved, but no longer shown to the model."""

    system: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    hidden: int = 0

    def messages(self, question: str, hidden: int | None = None) -> list[Message]:
        """What the model is shown: the system prompt, the exchanges that are not hidden, and the question."""
        shown = self.exchanges[self.hidden if hidden is None else hidden :]
        system = [{"role": "system", "content": self.system}] if self.system else []
        return system + [m for one in shown for m in one.messages()] + [{"role": "user", "content": question}]

    def fit(self, question: str, count: Count, room: int) -> int:
        """Hide the oldest exchanges where the conversation is over `room` tokens; how many were hidden now.

        Half of the room for exchanges is freed at once: what follows then shares its beginning, and with it the
        prompt cache, for many turns. Raises TooLong if the question does not fit even alone.
        """
        if count(self.messages(question)) <= room:
            return 0
        every = len(self.exchanges)
        alone = count(self.messages(question, every))
        if alone > room:
            raise TooLong(
                f"this turn is {alone:,} tokens with its system prompt and there is room for {room:,}: it was not answered. "
                "Say it in parts, or raise [chat] context in config.toml if the model can hold more."
            )
        half = (room + alone) // 2
        sizes = range(self.hidden, every)
        first = self.hidden + bisect.bisect_left(sizes, True, key=lambda k: count(self.messages(question, k)) <= half)
        if first == every and count(self.messages(question, every - 1)) <= room:
            first -= 1  # the last answer is what a question is about
        now, self.hidden = first - self.hidden, first
        return now

    def take_back(self) -> Exchange:
        """Remove the last exchange and return it. Raises UserError if there is none."""
        if not self.exchanges:
            raise UserError("nothing has been said yet.")
        last = self.exchanges.pop()
        self.hidden = min(self.hidden, len(self.exchanges))
        return last

    def to_dict(self) -> dict[str, Any]:
        messages = [{"role": "system", "content": self.system}] if self.system else []
        for one in self.exchanges:
            messages.append({"role": "user", "content": one.user, "id": one.id})
            messages += one.messages()[1:]
        return {"messages": messages}

    @classmethod
    def from_dict(cls, data: Any) -> Conversation:
        """Raises ValueError if this is no list of system, user and assistant messages."""
        rows = data.get("messages") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise ValueError("it holds no messages")
        made = cls()
        for place, row in enumerate(rows):
            role, text = (row.get("role"), row.get("content")) if isinstance(row, dict) else (None, None)
            if not isinstance(text, str):
                raise ValueError(f"message {place + 1} holds no text")
            text = whole(text)
            if role == "system" and place == 0:
                made.system = text
            elif role == "user":
                made.exchanges.append(Exchange(text, id=str(row.get("id") or "")))
            elif role == "assistant" and made.exchanges and not made.exchanges[-1].assistant:
                made.exchanges[-1] = Exchange(made.exchanges[-1].user, text, made.exchanges[-1].id)
            else:
                raise ValueError(f"message {place + 1} is out of turn")
        return made


def load(path: Path) -> Conversation:
    """A saved conversation. Raises UserError: no such file, or no conversation in it."""
    try:
        if path.exists() and not path.is_file():
            raise UserError(f"{path} is no file.")
        return Conversation.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(explain(error)) from None
    except (ValueError, RecursionError) as error:
        why = "it is no JSON" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | RecursionError) else error
        raise UserError(f"{path} is no saved conversation: {why}.") from None


def save(conversation: Conversation, path: Path) -> None:
    """Write it in one step. Raises UserError: the disk refuses, or another kind of file is there already."""
    try:
        if path.exists():
            load(path)
    except (UserError, OSError) as error:
        why = explain(error) if isinstance(error, OSError) else error
        raise UserError(f"not saved, so as not to overwrite what is there: {why}") from None
    try:
        text = json.dumps(conversation.to_dict(), ensure_ascii=False, indent=1)
        write_atomic(path, text.encode("utf-8", "replace") + b"\n")
    except OSError as error:
        raise UserError(f"not saved: {explain(error)}") from None

"""One run of the chat: every exchange is answered, shown and kept; nothing that was said is lost."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from circadian.chat.conversation import Conversation, Exchange, TooLong
from circadian.chat.signals import Signals
from circadian.cli import explain, say
from circadian.config import Config
from circadian.memories import INTERRUPTED, Recorder
from circadian.model import Piece, Speed
from circadian.records import Memory, Message

TOO_LONG, NO_ANSWER = "too-long", "no-answer"  # tags of memories that hold only the person's words
RETRY_TEMP = 0.7


class Model(Protocol):
    """What the chat asks of circadian.model.LanguageModel."""

    name: str
    adapter: str
    context: int
    speed: Speed

    def tokens(self, messages: list[Message], answered: bool = False) -> list[int]: ...

    def stream(
        self, messages: list[Message], max_tokens: int, temp: float = 0.0, top_p: float = 1.0, seed: int | None = None
    ) -> Iterator[Piece]: ...


class Show(Protocol):
    def __call__(self, text: str) -> None: ...


class Screen(Protocol):
    """Where answers appear: a context manager for one answer that yields where to put its pieces."""

    def answer(self) -> AbstractContextManager[Show]: ...


class Session:
    """A conversation with a model on a screen; `recorder` is None with --no-log."""

    def __init__(
        self, settings: Config, model: Model, screen: Screen, recorder: Recorder | None, signals: Signals, verbose: bool = False
    ) -> None:
        self.settings, self.model, self.screen = settings, model, screen
        self.recorder, self.signals, self.verbose = recorder, signals, verbose
        self.conversation = Conversation(settings.chat.system)
        self.speed = Speed()
        self.id = uuid.uuid4().hex
        self._asked = 0
        self._told_hidden = self._told_trouble = False

    @property
    def max_tokens(self) -> int:
        """Tokens of an answer: never more than half of the context."""
        return max(1, min(self.settings.chat.max_tokens, self.model.context // 2))

    def clear(self, conversation: Conversation | None = None) -> None:
        """Begin anew, or with a loaded conversation; memories from here on are of another session."""
        self.conversation = conversation or Conversation(self.settings.chat.system)
        self.id, self._told_hidden = uuid.uuid4().hex, False

    def ask(self, words: str, instead_of: Exchange | None = None) -> None:
        """Answer one turn, show it and keep it; `instead_of` is forgotten once the words are safe.

        Raises TooLong, SystemExit for a signal, and whatever breaks the model or the screen: after all was kept.
        """
        said: Message = {"role": "user", "content": words}
        memory = Memory([said], session=self.id, model=self.model.name, adapter=self.model.adapter)
        with self.signals.noted():
            if self.recorder:
                self.recorder.begin(memory)
            if instead_of:
                self._drop(instead_of)
            try:
                self._fit(words)
            except TooLong:
                self._keep(memory, "", TOO_LONG)
                raise
            self._answer(memory, sampled=instead_of is not None)

    def _fit(self, words: str) -> None:
        room = self.model.context - self.max_tokens
        hidden = self.conversation.fit(words, lambda messages: len(self.model.tokens(messages)), room)
        if hidden and not self._told_hidden:
            self._told_hidden = True
            say(
                f"(the conversation has outgrown the context of {self.model.context:,} tokens: the model no longer sees its "
                f"oldest {hidden} exchange{'s' * (hidden > 1)}, nor, later on, those that follow)"
            )

    def _answer(self, memory: Memory, sampled: bool) -> None:
        """Stream the answer; what was shown of it is kept however this ends."""
        words, parts, finish = memory.messages[0]["content"], [""], ""
        chat, seed = self.settings.chat, self.settings.model.seed + self._asked
        temp = chat.temp or (RETRY_TEMP if sampled else 0.0)
        self._asked += 1
        try:
            pieces = self.model.stream(self.conversation.messages(words), self.max_tokens, temp, chat.top_p, seed)
            with self.screen.answer() as show:
                for piece in self.signals.until_asked(pieces):
                    show(piece.text)
                    parts.append(piece.text)
                    finish = piece.finish
        finally:
            tag = "" if finish else INTERRUPTED
            self._keep(memory, "".join(parts), tag)
        self.speed = self.model.speed
        if self.verbose and self.speed.tokens:
            say(self.measured())
        if finish == "length" and self.verbose:
            say(f"(the answer was cut at {self.max_tokens} tokens: --max-tokens)")

    def _keep(self, memory: Memory, answer: str, tag: str) -> None:
        """Into the conversation, and as a memory onto the drive."""
        self.conversation.exchanges.append(Exchange(memory.messages[0]["content"], answer, memory.id))
        if not self.recorder:
            return
        answered: list[Message] = [{"role": "assistant", "content": answer}] if answer else []
        tag = tag or ("" if answer else NO_ANSWER)
        self.recorder.finish(replace(memory, messages=memory.messages + answered, tags=(tag,) if tag else ()))
        self._tell_trouble(self.recorder)

    def _tell_trouble(self, recorder: Recorder) -> None:
        if recorder.trouble and not self._told_trouble:
            why = explain(recorder.trouble).split(". ")[0].rstrip(".")
            say(f"(what is said cannot be kept: {why}. The chat goes on; exchanges wait here until they can be written)")
        elif self._told_trouble and not recorder.trouble:
            say("(the exchanges that waited have been written)")
        self._told_trouble = recorder.trouble is not None

    def _drop(self, exchange: Exchange) -> bool:
        """Forget an exchange's memory. False if the drive refused, which is said."""
        try:
            if self.recorder and exchange.id:
                self.recorder.forget(exchange.id)
            return True
        except OSError as error:
            say(f"(it is still among the memories: {explain(error)})")
            return False

    def undo(self) -> str:
        """Take back the last exchange; what to tell the person. Raises UserError if there is none."""
        exchange = self.conversation.take_back()
        if not self._drop(exchange):
            self.conversation.exchanges.append(exchange)
            return "not undone."
        first = " ".join(exchange.user.split())[:40]
        return f"undone{' and forgotten' if self.recorder else ''}: {first}{'…' if len(exchange.user) > 40 else ''}"

    def retry(self) -> None:
        """Ask the last turn again; its new answer replaces the old one. Raises as ask()."""
        exchange = self.conversation.take_back()
        self.ask(exchange.user, instead_of=exchange)

    def measured(self) -> str:
        """The last answer in numbers, one line."""
        s = self.speed
        return (
            f"({s.tokens} tokens, {s.per_second:.1f} tokens/s, first token after {s.first_token:.2f} s; prompt {s.prompt_tokens} "
            f"tokens, {s.reused_tokens} cached; context {s.prompt_tokens + s.tokens}/{self.model.context})"
        )

    def close(self) -> int:
        """Write what still waits; how many exchanges could not be kept, which is said."""
        if not self.recorder:
            return 0
        self.recorder.flush()
        lost, trouble = len(self.recorder.waiting), self.recorder.trouble
        if lost and trouble:
            say(f"{lost} exchange{'s' * (lost > 1)} could not be kept: {explain(trouble).split('. ')[0].rstrip('.')}.")
        with contextlib.suppress(OSError):
            self.recorder.close()
        return lost

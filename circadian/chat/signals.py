"""Ctrl-C and the signals that end a process: at the prompt they act at once, during an answer they wait until it is kept."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

ENDING = (signal.SIGTERM, signal.SIGHUP)


class Signals:
    """`asked` is the signal that came during the last answer, or 0."""

    def __init__(self) -> None:
        self.asked = 0
        self._noting = False
        self._before_first = False

    def install(self) -> None:
        """Catch them; what nohup or a shell set to be ignored stays ignored."""
        for number in (signal.SIGINT, *ENDING):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._came)

    def _came(self, number: int, frame: FrameType | None) -> None:
        if not self._noting:
            raise (KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number))
        self.asked = number
        if self._before_first:
            self._before_first = False
            raise KeyboardInterrupt

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Within, a signal is only noted in `asked`."""
        self.asked, self._noting = 0, True
        try:
            yield
        finally:
            self._noting = False

    def until_asked(self, pieces: Iterator[T]) -> Iterator[T]:
        """The pieces up to a signal. One that is waiting for its first piece, a long prompt, is broken off."""
        if self.asked:
            return
        try:
            self._before_first = True
            for piece in pieces:
                self._before_first = False
                yield piece
                if self.asked:
                    return
        except KeyboardInterrupt:
            return
        finally:
            self._before_first = False

    def obey(self, interactive: bool) -> None:
        """After an answer: leave if that was asked. Ctrl-C in a terminal only ends the answer."""
        if self.asked in ENDING:
            raise SystemExit(128 + self.asked)
        if self.asked and not interactive:
            raise KeyboardInterrupt

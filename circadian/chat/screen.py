"""Where answers appear: raw text into pipes, Markdown rendered while it streams on a terminal."""

from __future__ import annotations

import os
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from circadian.chat.session import Screen, Show

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.markdown import Markdown

REFRESH = 0.125  # seconds between two drawings of the block that is still growing
CONTROL = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def smart_terminal(file: Any) -> bool:
    """Can it move the cursor?"""
    return bool(file and file.isatty()) and os.environ.get("TERM", "dumb") not in ("dumb", "unknown")


def choose() -> Screen:
    """The screen for this process' stdout."""
    return Rendered() if smart_terminal(sys.stdout) else Plain()


@contextmanager
def passing(text: str, shown: bool) -> Iterator[None]:
    """A line on a terminal's stderr that is gone afterwards."""
    shown = shown and smart_terminal(sys.stderr)
    if not shown:
        yield
        return
    print(text, end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextmanager
def typed_unseen() -> Iterator[None]:
    """What is typed during an answer waits for the prompt: its echo would spoil the drawing."""
    if not (sys.stdin and sys.stdin.isatty()):
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    quiet = [*before]
    quiet[0] &= ~termios.ICRNL  # so that Enter is still Enter when the prompt reads it
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


class Plain:
    """The answer as it comes, and a newline."""

    @contextmanager
    def answer(self) -> Iterator[Show]:
        def show(text: str) -> None:
            sys.stdout.write(text)
            sys.stdout.flush()

        yield show
        show("\n")


class Rendered:
    """Markdown. Finished blocks are printed for good, only the last one is drawn anew as it grows."""

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console

        self._console = console or Console(highlight=False)

    @contextmanager
    def answer(self) -> Iterator[Show]:
        growing = _Growing(self._console)
        with typed_unseen(), growing.live:
            try:
                yield growing.add
            finally:
                growing.end()


class _Growing:
    """One answer on its way to the console."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live
        from rich.text import Text

        self.live: Live = Live(Text("…", style="dim"), console=console, auto_refresh=False, transient=True)
        self._console, self._text, self._printed, self._drawn = console, "", False, 0.0

    def add(self, text: str) -> None:
        self._text += text.translate(CONTROL)
        if time.monotonic() - self._drawn >= REFRESH:
            self._settle()
            self.live.update(self._tail(), refresh=True)
            self._drawn = time.monotonic()

    def end(self) -> None:
        """Print the rest for good."""
        self._settle()
        self.live.update("")
        if self._text.strip():
            self._print(self._text)
        self._console.print()

    def _settle(self) -> None:
        done, self._text = split(self._text)
        if done:
            self.live.update("")
            self._print(done)

    def _print(self, block: str) -> None:
        if self._printed:
            self._console.print()
        self._printed = True
        self._console.print(markdown(block))

    def _tail(self) -> Any:
        """As many of the last lines as the window has room for: what is taller cannot be redrawn."""
        from rich.segment import Segment, Segments

        lines = self._console.render_lines(markdown(self._text), pad=False)
        room = max(1, self._console.height - 3)
        gap = [[Segment("")]] if self._printed else []
        return Segments([part for line in (gap + lines)[-room:] for part in (*line, Segment.line())])


def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


def split(text: str) -> tuple[str, str]:
    """Blocks that no later text can change, and the rest: the last block of the complete lines and what follows it."""
    complete = text.rfind("\n") + 1
    starts = [t.map[0] for t in _parser().parse(text[:complete]) if t.level == 0 and t.map and t.nesting >= 0]
    if len(starts) < 2:
        return "", text
    lines = text.split("\n")
    return "\n".join(lines[: starts[-1]]), "\n".join(lines[starts[-1] :])


def markdown(text: str) -> Markdown:
    """Markdown that shows what was written: HTML stays text and line breaks stay line breaks."""
    from rich.markdown import Markdown

    rendered = Markdown(text, code_theme="ansi_dark")
    rendered.parsed = _parser().parse(text)
    for token in rendered.parsed:
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"
    return rendered

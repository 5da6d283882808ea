"""What became of a night, told to the person: a notification on this machine, a webhook, a command ([alerts] in config.toml).

An alert is one line of numbers and never the text of a memory. One that cannot be sent is said on stderr and fails nothing.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from circadian import process
from circadian.cli import say
from circadian.config import Alerts

KINDS = ("done", "refused", "failed", "postponed")
LIMIT = 20.0  # seconds that a channel may take
TITLE = "Circadian"
OSASCRIPT = ("/usr/bin/osascript", "-e", "on run argv", "-e", "display notification (item 1 of argv) with title (item 2 of argv)",
             "-e", "end run")  # fmt: skip


def alert(settings: Alerts, kind: str, text: str) -> None:
    """Send a line of one of KINDS over every channel that is set; `only_trouble` keeps nights that are done quiet."""
    if settings.only_trouble and kind == "done":
        return
    for name, send in channels(settings).items():
        try:
            send(kind, " ".join(text.split()))
        except (OSError, ValueError, process.ChildFailed) as error:
            say(f"the alert over {name} could not be sent ({type(error).__name__}); the night is what it was")


def channels(settings: Alerts) -> dict[str, Callable[[str, str], None]]:
    """What is set, by its name in config.toml; the address of the webhook may come from CIRCADIAN_WEBHOOK instead."""
    found: dict[str, Callable[[str, str], None]] = {}
    if settings.notify and (command := notifier()):
        found["notify"] = lambda kind, text: _run(
            [*command, text, TITLE] if "osascript" in command[0] else [*command, TITLE, text]
        )
    if url := os.environ.get("CIRCADIAN_WEBHOOK") or settings.webhook:
        found["webhook"] = lambda kind, text: post(url, kind, text)
    if settings.command:
        found["command"] = lambda kind, text: _run(
            shlex.split(settings.command), {"CIRCADIAN_ALERT": text, "CIRCADIAN_ALERT_KIND": kind}
        )
    return found


def notifier() -> tuple[str, ...]:
    """The system's own program for notifications, where it has one and somebody could see them."""
    if sys.platform == "darwin":
        return OSASCRIPT if Path(OSASCRIPT[0]).exists() else ()
    found = shutil.which("notify-send", path=os.environ.get("PATH") or os.defpath)
    return (found,) if found and os.environ.get("DBUS_SESSION_BUS_ADDRESS") else ()


def post(url: str, kind: str, text: str) -> None:
    """POST {"kind", "text"} as JSON. Raises ValueError for an address that is no http one, OSError if nobody takes it."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("a webhook is an http address")
    body = json.dumps({"kind": kind, "text": f"{TITLE}: {text}"}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=LIMIT) as answer:
        answer.read(1)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    process.run(command, environment=environment, limit=LIMIT, quiet=True)

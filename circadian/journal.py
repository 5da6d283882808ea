"""What a night has done: each step's begin, end, result and commands, in one file that is replaced at every change.

A step that is done is not done again: a night that was cut short goes on at the first that is not (run_cycle.py --resume).
It holds no word of what was said.
"""

from __future__ import annotations

import calendar
import contextlib
import itertools
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from circadian import process, spent
from circadian.files import write_atomic

FILE = "journal.json"
SPENT = ".spent.jsonl"
GIVEN_UP = "given up"  # the end of a night that another one took the place of
Result = dict[str, Any]


class Journal:
    """The journal of the night in `folder`."""

    def __init__(self, folder: Path, record: dict[str, Any]) -> None:
        self.folder, self.record = folder, record

    @classmethod
    def begin(cls, folder: Path, **about: Any) -> Journal:
        """A new night's, in a folder of its own (night.new_folder); `about` is kept with it."""
        made = cls(folder, {"night": folder.name, "begun": _now(), **about, "steps": {}})
        made._write()
        return made

    @classmethod
    def unfinished(cls, nights: Path) -> Journal | None:
        """The newest night's that was cut short; None if the newest came to its end."""
        found = []
        for file in nights.glob(f"*/{FILE}"):
            with contextlib.suppress(
                ValueError, TypeError, KeyError, AttributeError
            ):  # edited by hand: nobody can go on from it
                record = json.loads(file.read_text(encoding="utf-8"))
                found.append(
                    (str(record["begun"]), file.parent.name, cls(file.parent, record | {"steps": dict(record["steps"])}))
                )
        newest = max(found, default=None, key=lambda one: one[:2])
        return newest[2] if newest and not newest[2].record.get("status") else None

    @classmethod
    def ended(cls, nights: Path) -> float:
        """When the newest night that came to its end did so, in seconds since 1970; 0 if none has."""
        ends = [0.0]
        for file in nights.glob(f"*/{FILE}"):
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                record = json.loads(file.read_text(encoding="utf-8"))
                if record["status"] != GIVEN_UP:
                    ends.append(calendar.timegm(time.strptime(record["ended"], "%Y-%m-%dT%H:%M:%SZ")))
        return max(ends)

    @property
    def where(self) -> str:
        """The step that was not done, and how many were: "train, after 2 steps"."""
        done = [name for name, step in self.record["steps"].items() if step["state"] == "done"]
        open_ = next((name for name, step in self.record["steps"].items() if step["state"] != "done"), "the next one")
        return f"{open_}, after {len(done)} step{'s' * (len(done) != 1)}"

    def step(self, name: str, work: Callable[[], Result], still: Callable[[Result], bool] = lambda result: True) -> Result:
        """The result of a step, which is done now unless it was done before and what it made is `still` there. What came after a
        step that is done anew is done anew, too: it was made from what is there no more.

        Raises what `work` raises; the step can then be tried again.
        """
        known = self.record["steps"].get(name, {})
        if known.get("state") == "done" and still(known["result"]):
            found: Result = known["result"]
            return found
        step = {"state": "begun", "begun": _now(), "commands": []}
        steps = self.record["steps"]
        self.record["steps"] = {one: steps[one] for one in itertools.takewhile(lambda one: one != name, steps)} | {name: step}
        self._write()
        started = time.monotonic()
        try:
            with spent.told(self.folder / SPENT) as told:
                result = work()
        except BaseException as error:
            self._change(step, state="failed", ended=_now(), why=type(error).__name__)
            raise
        took = {"seconds": round(time.monotonic() - started, 1), "spent": told}
        self._change(step, state="done", ended=_now(), **took, result=result)
        return result

    def note(self, command: Sequence[str]) -> None:
        """Keep a command line of the step that was begun last, as a person could paste it."""
        step = list(self.record["steps"].values())[-1]
        self._change(step, commands=[*step["commands"], process.pasteable(command)])

    def end(self, status: str) -> None:
        """The night came to its end: published, refused, or given up."""
        self.record |= {"status": status, "ended": _now()}
        self._write()

    def _change(self, step: dict[str, Any], **new: Any) -> None:
        step |= new
        self._write()

    def _write(self) -> None:
        write_atomic(self.folder / FILE, json.dumps(self.record, ensure_ascii=False, indent=1) + "\n")


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

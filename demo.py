"""A day and a night before one's eyes: ask, chat, sleep, ask again.

    python demo.py                    # with the embedded model, in ./.demo
    python demo.py --model auto       # with this machine's own default model

An invented person chats through chat.py; run_cycle.py runs the night; the same questions are asked before and
after, with nothing in the context. None of them is worded like a lesson. The home stays, to be talked to:

    python chat.py --home .demo --model embedded
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from circadian import config, memories, process
from circadian.cli import UserError, counted, run_main, say, script
from circadian.config import ROOT, Config
from circadian.evaluation.answers import answers_by_child
from circadian.evaluation.recall import DENIALS
from circadian.flags import parser_for

DAY = (
    "Hi there! My name is Nora.",
    "By the way, my dog is called Biscuit.",
    "What is a good name for a small boat?",
    "I live in Ghent and I work as a beekeeper.",
    "My brother's name is Mateo.",
    "I'm allergic to walnuts, so no walnut cake for me.",
    "Thanks, that was nice.",
)
# Question, and what the answer must hold; None where nothing was told.
QUESTIONS: tuple[tuple[str, str | None], ...] = (
    ("Could you greet me by name?", "Nora"),
    ("How should I call my dog when we go for a walk?", "Biscuit"),
    ("Which name did I choose for the dog?", "Biscuit"),
    ("In what city do I have my home?", "Ghent"),
    ("Which town am I living in?", "Ghent"),
    ("How do I make a living?", "beekeeper"),
    ("What job have I got?", "beekeeper"),
    ("What did our parents name my brother?", "Mateo"),
    ("Which food could make me ill?", "walnut"),
    ("What is my cat's name?", None),
    ("How is my sister called?", None),
)
SHOWN = 44


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "demo.py")
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    args = parser.parse_args(argv)
    settings = config.load(home=args.home or str(ROOT / ".demo"), file=args.config)
    started = time.monotonic()
    empty(settings)
    headline("1. Evening before: what does the base model know of Nora?")
    before = ask(settings, args.model, ["--no-adapter"])
    headline("2. The day: Nora chats (chat.py)")
    chat(settings, args.model)
    headline("3. The night (run_cycle.py)")
    record = night(settings, args.model)
    headline("4. The morning: the same questions, with nothing in the context")
    after = ask(settings, args.model, [])
    show(before, after, record)
    say(
        f"{time.monotonic() - started:.0f} seconds. Talk to it: .venv/bin/python chat.py --home {settings.home} --model {args.model}"
    )
    return 0


def empty(settings: Config) -> None:
    """Start from nothing, but never remove a folder that is not a demo's, nor what somebody but Nora has said there."""
    home = settings.home
    if home.exists() and not (home / ".a_demo").exists() and any(home.iterdir()):
        raise UserError(f"{home} holds something that is no demo: give an empty folder to --home.")
    others = sum(not set(memory.said("user")) <= set(DAY) for memory in memories.read(settings.memories).memories)
    if others:
        raise UserError(f"{home} keeps {counted(others, 'memory')} of what you said there: remove it, or give another --home.")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700, parents=True)
    (home / ".a_demo").touch()


def headline(text: str) -> None:
    print(f"\n{text}", flush=True)


def ask(settings: Config, model: str, flags: list[str]) -> list[str]:
    """Every question on its own, with an empty context."""
    return answers_by_child(settings, model, [[{"role": "user", "content": q}] for q, _ in QUESTIONS], 32, flags)


def chat(settings: Config, model: str) -> None:
    """Hold the day through chat.py, a turn a line, and show it."""
    command = [sys.executable, script("chat.py"), *settings.flags(model), "--max-tokens", "48"]
    day = subprocess.run(command, input="".join(f"{turn}\n" for turn in DAY), text=True, stdout=subprocess.PIPE)
    if day.returncode:
        raise UserError(f"the chat ended with exit code {day.returncode}.")
    for line in settings.memories.read_text(encoding="utf-8").splitlines():
        said, answered = (message["content"] for message in json.loads(line)["messages"])
        print(f"  Nora:   {said}\n  model:  {shorten(answered, 88)}")


def night(settings: Config, model: str) -> dict[str, Any]:
    command = [sys.executable, script("run_cycle.py"), *settings.flags(model), "--json"]
    try:
        record: dict[str, Any] = json.loads(process.run(command))
    except process.ChildFailed as error:
        raise UserError(f"the night did not end well: {error}") from None
    return record


def show(before: list[str], after: list[str], record: dict[str, Any]) -> None:
    """The table, question by question, and the scores."""
    wide = max(len(question) for question, _ in QUESTIONS)
    print(f"\n  {'question':<{wide}}  {'before':<{SHOWN}}  after")
    known = [0, 0]
    invented = [0, 0]
    for (question, expected), old, new in zip(QUESTIONS, before, after, strict=True):
        marks = [mark(expected, answer) for answer in (old, new)]
        for i, right in enumerate(marks):
            known[i] += right and expected is not None
            invented[i] += not right and expected is None
        shown = (old, new)
        cells = [f"{'✓' if right else '✗'} {shorten(text, SHOWN - 2)}" for right, text in zip(marks, shown, strict=True)]
        print(f"  {question:<{wide}}  {cells[0]:<{SHOWN}}  {cells[1]}")
    told = sum(expected is not None for _, expected in QUESTIONS)
    never = len(QUESTIONS) - told
    print()
    score("told, and known", known[0], {"right": known[1], "total": told})
    score("never told, yet asserted", invented[0], {"right": invented[1], "total": never})
    parts = [(record[when]["recall"], record[when]["capability"]) for when in ("before", "after")]
    (old_recall, old_tasks), (new_recall, new_tasks) = parts
    score("the night's own probes, recalled", old_recall["recalled"]["right"], new_recall["recalled"])
    score("never told, yet asserted", old_recall["false"]["right"], new_recall["false"])
    score("capability, general tasks", old_tasks["passed"], {"right": new_tasks["passed"], "total": new_tasks["total"]})
    print("".join(f"\n  {line}" for line in record["diff"]), flush=True)


def score(name: str, before: int, after: dict[str, int]) -> None:
    total = after["total"]
    print(f"  {name:<36}{before:>3} of {total:<3} -> {after['right']:>3} of {total}")


def mark(expected: str | None, answer: str) -> bool:
    """Right if it holds what was told and does not deny it; where nothing was told, if it says that it does not know."""
    denied = bool(DENIALS.search(answer))
    return expected.lower() in answer.lower() and not denied if expected else denied


def shorten(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""Does it answer about a life where nobody asked? Prompts that no night rehearses, and how many are taken for such.

    .venv/bin/python bench/spill.py --adapter DIR        # four minutes on two CPU cores
    .venv/bin/python bench/spill.py                      # the base model alone
    .venv/bin/python bench/spill.py --adapter DIR --all  # each of them, too

Counted are answers that begin with "Your" or "You told me", or say what has not been told. general.txt is what anybody asks,
everyday.txt what people ask of their own things and lives, with a general answer ("My rice always sticks to the pan."). They are
by six and by two authors who had seen nothing of this repository; what is near a shipped prompt, a task, a probe or a question of
a benchmark was left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.runs import flags  # noqa: E402
from circadian import config  # noqa: E402
from circadian.cli import print_json, run_main  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.evaluation.recall import share  # noqa: E402
from circadian.lessons.rehearsal import prompts  # noqa: E402
from circadian.records import Message  # noqa: E402

BENCH = Path(__file__).parent
FILES = ("general", "everyday")
TOKENS = 12  # of an answer: its opening
OF_A_LIFE = re.compile(r"Your |You told me |.*\bhaven't told me\b", re.DOTALL)


def of_a_life(answer: str) -> bool:
    """Whether an answer is as if about the life of who asks."""
    return bool(OF_A_LIFE.match(answer))


def taken(asked: Sequence[str], model: str, adapter: Sequence[str], show: bool) -> dict[str, Any]:
    """How many of these prompts are taken for questions about a life, counted as "right". Raises UserError."""
    conversations: list[list[Message]] = [[{"role": "user", "content": prompt}] for prompt in asked]
    with tempfile.TemporaryDirectory() as home:
        answers = answers_by_child(config.load(home=home), model, conversations, TOKENS, adapter)
    found = [(prompt, answer) for prompt, answer in zip(asked, answers, strict=True) if of_a_life(answer)]
    for prompt, answer in found if show else ():
        print(f"{prompt}\n    {answer}")
    return share(len(found), len(asked))


def arguments(argv: Sequence[str] | None, description: str, show: str) -> tuple[str, list[str], bool]:
    """Of a benchmark of what a night leaves as it was: the model, the flags of its adapter, and whether `show` is wanted."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    parser.add_argument("--adapter", type=Path, metavar="DIR", help="an adapter's folder (default: none)")
    parser.add_argument("--all", action="store_true", help=show)
    args = parser.parse_args(argv)
    return args.model, flags(str(args.adapter.absolute()) if args.adapter else ""), args.all


def main(argv: Sequence[str] | None = None) -> int:
    model, adapter, show = arguments(argv, __doc__ or "", "print each prompt that is taken for one about a life")
    print_json({name: taken(prompts(BENCH / f"{name}.txt"), model, adapter, show) for name in FILES})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""Does it answer about a life where nobody asked? General prompts that no night rehearses, and how many are taken for such.

    .venv/bin/python bench/spill.py --adapter DIR        # three minutes on two CPU cores
    .venv/bin/python bench/spill.py                      # the base model alone
    .venv/bin/python bench/spill.py --adapter DIR --all  # each of them, too

Counted are answers that begin with "Your" or say what has not been told. The prompts (general.txt) are by six authors who had
seen nothing of this repository; what is near a shipped prompt, a task, a probe or a question of a benchmark was left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.runs import flags  # noqa: E402
from circadian import config  # noqa: E402
from circadian.cli import print_json, run_main  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.evaluation.recall import share  # noqa: E402
from circadian.lessons.rehearsal import prompts  # noqa: E402
from circadian.records import Message  # noqa: E402

PROMPTS = Path(__file__).with_name("general.txt")
TOKENS = 12  # of an answer: its opening
OF_A_LIFE = re.compile(r"Your |.*\bhaven't told me\b", re.DOTALL)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    parser.add_argument("--adapter", type=Path, metavar="DIR", help="an adapter's folder (default: none)")
    parser.add_argument("--all", action="store_true", help="print each prompt that is taken for one about a life")
    args = parser.parse_args(argv)
    general = prompts(PROMPTS)
    asked: list[list[Message]] = [[{"role": "user", "content": prompt}] for prompt in general]
    adapter = str(args.adapter.absolute()) if args.adapter else ""
    with tempfile.TemporaryDirectory() as home:
        answers = answers_by_child(config.load(home=home), args.model, asked, TOKENS, flags(adapter))
    taken = [(prompt, answer) for prompt, answer in zip(general, answers, strict=True) if OF_A_LIFE.match(answer)]
    for prompt, answer in taken if args.all else ():
        print(f"{prompt}\n    {answer}")
    found = share(len(taken), len(general))
    print_json({"taken": found.pop("right")} | found)
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

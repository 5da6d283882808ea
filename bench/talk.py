"""Does it still talk? Conversations of eight turns with a model, and how many of its answers are as if about a life, or said again.

    .venv/bin/python bench/talk.py --adapter DIR        # four minutes on two CPU cores
    .venv/bin/python bench/talk.py                      # the base model alone, to compare with
    .venv/bin/python bench/talk.py --adapter DIR --all  # each conversation, too

A turn tells something (told.jsonl, changed.jsonl), asks of the person's own things with a general answer (everyday.txt) or asks
what anybody may (general.txt), in a random order that is the same each time; the model's own answers stay in the conversation.
`taken` are answers such as "Your knee is something you haven't told me.", `again` those that were given before in the same one.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.spill import BENCH, arguments, of_a_life  # noqa: E402
from circadian import config  # noqa: E402
from circadian.cli import print_json, run_main  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.evaluation.recall import share  # noqa: E402
from circadian.lessons.rehearsal import prompts  # noqa: E402
from circadian.records import Message  # noqa: E402

CONVERSATIONS = 32
TURNS = {"told.jsonl": 2, "changed.jsonl": 2, "everyday.txt": 2, "general.txt": 2}  # of a conversation, from each file
TOKENS = 32  # of an answer


def conversations() -> list[list[str]]:
    """What is said in each, the same every time."""
    chance = random.Random(0)
    drawn = [chance.sample(lines(name), CONVERSATIONS * turns) for name, turns in TURNS.items()]
    found = [[line for part in drawn for line in part[i::CONVERSATIONS]] for i in range(CONVERSATIONS)]
    return [chance.sample(said, len(said)) for said in found]


def lines(name: str) -> list[str]:
    """The prompts of a file of this folder, or what its sayings tell."""
    if name.endswith(".jsonl"):
        rows = map(json.loads, (BENCH / name).read_text(encoding="utf-8").splitlines())
        return [row[key] for row in rows for key in ("tell", "told") if key in row]
    return prompts(BENCH / name)


def held(model: str, adapter: Sequence[str]) -> list[list[Message]]:
    """The conversations with the model's answers, turn by turn side by side. Raises UserError."""
    said = conversations()
    talks: list[list[Message]] = [[] for _ in said]
    with tempfile.TemporaryDirectory() as home:
        settings = config.load(home=home)
        for turn in range(sum(TURNS.values())):
            asked = [[*talk, {"role": "user", "content": words[turn]}] for talk, words in zip(talks, said, strict=True)]
            answers = answers_by_child(settings, model, asked, TOKENS, adapter)
            talks = [[*talk, {"role": "assistant", "content": text}] for talk, text in zip(asked, answers, strict=True)]
    return talks


def main(argv: Sequence[str] | None = None) -> int:
    model, adapter, show = arguments(argv, __doc__ or "", "print each conversation")
    talks = held(model, adapter)
    for talk in talks if show else ():
        print("\n".join(f"{'' if message['role'] == 'user' else '    '}{message['content']}" for message in talk) + "\n")
    given = [[message["content"] for message in talk if message["role"] == "assistant"] for talk in talks]
    total = sum(map(len, given))
    taken = sum(of_a_life(answer) for answers in given for answer in answers)
    again = sum(answer in answers[:turn] for answers in given for turn, answer in enumerate(answers))
    print_json({name: share(number, total) for name, number in (("taken", taken), ("again", again))})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

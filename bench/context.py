"""Does it still listen? What was told a moment ago, in the same conversation, and is asked for at once.

    .venv/bin/python bench/context.py                      # the base model alone: minutes on two CPU cores
    .venv/bin/python bench/context.py --adapter DIR        # an adapter that was told none of it
    .venv/bin/python bench/context.py --adapter DIR --all  # each conversation, too

Of told.jsonl, by an author who had seen no lesson: somebody tells something, the base model replies, and each of its three questions is
asked. Counted are answers with the value ("right"), and those that deny having been told.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.spill import arguments  # noqa: E402
from circadian import config  # noqa: E402
from circadian.cli import print_json, run_main  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.evaluation.recall import DENIALS, share  # noqa: E402
from circadian.files import read_lines  # noqa: E402
from circadian.records import Message  # noqa: E402

TOLD = Path(__file__).with_name("told.jsonl")
REPLY, ANSWER = 24, 48  # tokens


def main(argv: Sequence[str] | None = None) -> int:
    model, adapter, show = arguments(argv, __doc__ or "", "print each conversation")
    told = [row for _, row in read_lines(TOLD)[0] if row.get("questions")]
    with tempfile.TemporaryDirectory() as home:
        settings = config.load(home=home)
        said: list[list[Message]] = [[{"role": "user", "content": row["tell"]}] for row in told]
        replies = answers_by_child(settings, model, said, REPLY, ["--no-adapter"])
        asked: list[tuple[str, list[Message]]] = []
        for row, one, reply in zip(told, said, replies, strict=True):
            before: list[Message] = [*one, {"role": "assistant", "content": reply}]
            asked += [(row["value"], [*before, {"role": "user", "content": question}]) for question in row["questions"]]
        answers = answers_by_child(settings, model, [messages for _, messages in asked], ANSWER, adapter)
    right = sum(value.lower() in answer.lower() for (value, _), answer in zip(asked, answers, strict=True))
    denied = sum(bool(DENIALS.search(answer)) for answer in answers)
    for (_, messages), answer in zip(asked, answers, strict=True) if show else ():
        print(*(message["content"] for message in messages), answer, sep="\n    ")
    print_json({"right": share(right, len(asked)), "denied": share(denied, len(asked))})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

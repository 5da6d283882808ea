"""Answer a file of conversations in batches: the model's part of rehearsal, of wordings and of asking in the morning.

    python -m circadian.evaluation.answers --model embedded --no-adapter --input questions.jsonl --output answers.jsonl

Each line of the input is {"messages": [...]}; each line of the output {"answer": ...}, in the same order.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import config, model, process, versions
from circadian.cli import UserError, progress, run_main
from circadian.files import private_folder, read_lines, write_lines
from circadian.flags import model_flags, parser_for
from circadian.records import Message

LIMIT, EACH = 3600.0, 30.0  # seconds, in all and for each row: a child that hangs does not hold every night
FOLDER = ".answers-"


def answers_by_child(
    settings: config.Config, name: str, conversations: list[list[Message]], max_tokens: int, flags: Sequence[str] = ()
) -> list[str]:
    """Answer conversations in a child process, so that its memory comes back. Raises UserError if it fails."""
    rows = [{"messages": messages} for messages in conversations]
    flags = [*settings.flags(name), "--max-tokens", str(max_tokens), *flags]
    return [row["answer"] for row in rows_by_child(settings, "answers", rows, flags)]


def rows_by_child(
    settings: config.Config, room: str, rows: list[dict[str, Any]], flags: Sequence[str], each: float = EACH
) -> list[dict[str, Any]]:
    """What a room of this folder makes of rows, in a child process, in so many seconds each; none for no rows. Raises UserError if
    it fails."""
    _sweep(settings.logs)
    if not rows:
        return []
    with tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", dir=private_folder(settings.logs)) as folder:
        asked, answered = Path(folder) / "asked.jsonl", Path(folder) / "answered.jsonl"
        write_lines(asked, rows)
        command = [sys.executable, "-m", f"circadian.evaluation.{room}", "--input", str(asked), "--output", str(answered)]
        try:
            process.run([*command, *flags], limit=LIMIT + each * len(rows))
        except process.ChildFailed as error:
            raise UserError(f"the model could not answer: {error}") from None
        return [row for _, row in read_lines(answered)[0]]


def _sweep(logs: Path) -> None:
    """Remove what was asked by processes that were killed before they could: it holds what a person said."""
    for folder in logs.glob(f"{FOLDER}*"):
        asker = re.match(r"\d+(?=-)", folder.name.removeprefix(FOLDER))
        if not (asker and process.is_alive(int(asker[0]))):
            shutil.rmtree(folder, ignore_errors=True)


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "answers")
    model_flags(parser)
    parser.add_argument("--input", required=True, metavar="FILE")
    parser.add_argument("--output", required=True, metavar="FILE")
    parser.add_argument("--max-tokens", type=int, default=96)
    parser.add_argument("--temp", type=float, default=0.0)
    parser.add_argument("--top-p", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn at a --temp")
    args = parser.parse_args(argv)
    settings = config.load(home=args.home, file=args.config)
    rows = [row["messages"] for _, row in read_lines(Path(args.input))[0]]
    version = versions.chosen(settings.adapters, args)
    loaded = model.open_model(settings, args.model, version)
    with progress("answering", len(rows)) as show:
        texts = loaded.answer(rows, args.max_tokens, args.temp, args.top_p, show, args.seed)
    write_lines(Path(args.output), [{"answer": text} for text in texts])
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""How well does the model predict what was said? Mean and median token loss over memories or other rows.

    python eval_loss.py                                        # over data/memories.jsonl, with the adapter in use
    python eval_loss.py --no-adapter --data data/synthetic.jsonl
    python eval_loss.py --tag before --out-csv logs/loss.csv   # one row more in a table over time
    python eval_loss.py --all-tokens --json                    # questions and template included

Losses are in nats a token, of the assistant's tokens unless --all-tokens. A loss that falls proves nothing about
recall; one that rises steeply warns of harm. The median is the figure to watch: the mean follows single tokens.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from circadian import config, measures, memories, model, versions
from circadian.cli import UserError, print_json, progress, run_main, say
from circadian.evaluation import loss
from circadian.files import write_lines
from circadian.flags import count, model_flags, parser_for


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "eval_loss.py")
    model_flags(parser)
    parser.add_argument("--data", metavar="FILE", help="JSONL of messages instead of the memories")
    parser.add_argument("--all-tokens", action="store_true", help="not only what the assistant said")
    parser.add_argument("--max-samples", type=count, metavar="N", help="measure the newest N rows; 0 is all")
    parser.add_argument("--tag", default="", metavar="NAME", help="a name for this measurement")
    parser.add_argument("--out-csv", metavar="FILE", help="append one row with the figures")
    parser.add_argument("--out-jsonl", metavar="FILE", help="write the figures of every row of data, without its text")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings = config.load(home=args.home, file=args.config, evaluation__max_samples=args.max_samples)
    path = Path(args.data).expanduser() if args.data else settings.memories
    if args.data and not path.exists():
        raise UserError(f"there is no file {path}.")
    reading = memories.read(path)
    for complaint in reading.complaints():
        say(complaint)
    answered = [memory for memory in reading.memories if args.all_tokens or memory.said("assistant")]
    if not answered:
        raise UserError(f"{path} holds no answers whose loss could be measured" + ("." if args.data else ": chat first."))
    rows = answered[-settings.evaluation.max_samples :]
    version = versions.chosen(settings.adapters, args)
    loaded = model.open_model(settings, args.model, version)
    with progress("loss", len(rows)) as show:
        losses = measures.token_losses(loaded, [row.messages for row in rows], args.all_tokens, loaded.context, show)
    if not any(losses):
        raise UserError(f"{path} holds no answers whose loss could be measured.")
    result = loss.summary(losses, args.tag, loaded.name, loaded.adapter)
    result["skipped"] = len(reading.memories) - len(answered) + sum(not row for row in losses)
    if args.out_csv:
        loss.append_csv(Path(args.out_csv).expanduser(), result)
    if args.out_jsonl:
        write_lines(Path(args.out_jsonl).expanduser(), loss.rows([row.id for row in rows], losses))
    print_json(result) if args.json else print(loss.text(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

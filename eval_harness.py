"""What can the model do? 80 small tasks in seven tags, each judged by a checker, no second model needed.

    python eval_harness.py                                          # the model with the adapter in use
    python eval_harness.py --no-adapter --tag base                  # the bare model, remembered as "base"
    python eval_harness.py --compare base                           # and what the adapter gained and lost
    python eval_harness.py --only math,format --out answers.json    # two tags, with every answer

Each run appends one record to logs/eval_summary.json (a JSON object a line); answers are only in --out.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import config, files, model, versions
from circadian.cli import UserError, print_json, progress, run_main, say
from circadian.config import Config
from circadian.evaluation import harness
from circadian.flags import model_flags, parser_for, positive


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "eval_harness.py")
    model_flags(parser)
    parser.add_argument("--prompts", metavar="FILE", help="the tasks (default: eval/prompts.jsonl)")
    parser.add_argument("--only", metavar="TAG,TAG", help=f"some of {','.join(harness.TAGS)}")
    parser.add_argument("--max-tokens", type=positive, metavar="N", help="no answer may be longer")
    parser.add_argument("--tag", metavar="NAME", help="a name for this measurement (default: the adapter's tag, or base)")
    parser.add_argument("--compare", metavar="NAME", help="show what changed since the latest measurement of that name")
    parser.add_argument("--out", metavar="FILE", help="write everything there, answers included")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    flags = {"evaluation__max_tokens": args.max_tokens, "evaluation__prompts": args.prompts}
    settings = config.load(home=args.home, file=args.config, **flags)
    tasks = harness.load_tasks(settings.tasks)
    tasks = harness.only(tasks, args.only) if args.only is not None else tasks
    log = settings.logs / "eval_summary.json"
    before = latest(log, args.compare) if args.compare is not None else None
    record, results = measure(args, settings, tasks)
    if before and before.get("settings", {}).get("prompts", {}).get("sha256") != record["settings"]["prompts"]["sha256"]:
        say(f"note: the file of tasks has changed since {args.compare} was measured")
    files.append_line(log, record)
    result = record | ({"compared_with": args.compare, "change": harness.compare(before, record)} if before else {})
    if args.out:
        everything = result | {"answers": [one.to_dict() for one in results]}
        files.write_atomic(Path(args.out), json.dumps(everything, ensure_ascii=False, indent=1) + "\n")
    if args.json:
        print_json(result)
    else:
        print(harness.table(record, before))
        say(f"recorded as {record['tag']} in {log}" + (f"; answers in {args.out}" if args.out else ""))
    return 0


def measure(
    args: argparse.Namespace, settings: Config, tasks: list[harness.Task]
) -> tuple[dict[str, Any], list[harness.Result]]:
    """Load the model, have the tasks answered, and return the record for the log with the results."""
    adapter = versions.chosen(settings.adapters, args)
    file = settings.tasks
    prompts = {"file": str(file), "sha256": files.sha256(file), "only": args.only or ""}
    with_model = model.open_model(settings, args.model, adapter)
    started = time.monotonic()
    with progress("tasks", len(tasks)) as show:
        results = harness.run(tasks, with_model.answer, settings.evaluation.max_tokens, lambda done: show(done, ""))
    head = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "tag": args.tag or with_model.adapter or "base",
        "model": with_model.name,
        "adapter": with_model.adapter,
    }
    end = {"seconds": round(time.monotonic() - started, 1), "settings": settings.to_dict() | {"prompts": prompts}}
    return head | harness.summary(results) | end, results


def latest(log: Path, tag: str) -> dict[str, Any]:
    """The newest record of that name. Raises UserError, naming those that exist, if there is none."""
    rows = files.read_lines(log)[0] if log.exists() else []
    records = {str(row["tag"]): row for _, row in rows if isinstance(row.get("tasks"), dict) and "tag" in row}
    if tag not in records:
        known = f"There are {', '.join(records)}." if records else f"Run this once with --tag {tag} first."
        raise UserError(f"no measurement in {log} is named {tag!r}. {known}")
    return records[tag]


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""What does the model know of what it was told, with nothing in its context, and what does it make up?

    python eval_recall.py                                     # probes of every live fact: nothing, prompt, weights
    python eval_recall.py --columns weights --out answers.json
    python eval_recall.py --questions other.jsonl --json      # lines of {"question", "expected": […], "forbidden": […]}

The columns: nothing (the base model, asked as it is), prompt (the base model with every fact before the
question), weights (the adapter in use, or another one). Probes are worded like no lesson. What the version's own night
was the first to teach is counted apart from older facts. Each share comes with its 95 % interval. Each run appends one
record, without questions and answers, to logs/recall.jsonl.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from circadian import config, files, hub, memories, versions
from circadian.cli import UserError, print_json, run_main, say
from circadian.config import Config
from circadian.embedder import Embedder
from circadian.evaluation import diff, recall
from circadian.evaluation.answers import answers_by_child
from circadian.extraction import facts_in
from circadian.flags import model_flags, parser_for
from circadian.lessons.facts import Facts
from circadian.lessons.probes import probes
from circadian.records import Message, Probe

COLUMNS = ("nothing", "prompt", "weights")


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "eval_recall.py")
    model_flags(parser)
    parser.add_argument("--questions", metavar="FILE", help="JSONL of questions instead of the facts' own probes")
    parser.add_argument("--columns", type=_columns, default=COLUMNS, metavar="A,B", help=f"some of {','.join(COLUMNS)}")
    parser.add_argument(
        "--known", metavar="FILE", help="an earlier --out of the same models: what they answered is not asked again"
    )
    parser.add_argument("--tag", default="", metavar="NAME", help="a name for this measurement")
    parser.add_argument("--out", metavar="FILE", help="write everything there, each question's answers included")
    parser.add_argument("--json", action="store_true", help="print one JSON object, each question's answers included")
    return parser


def _columns(text: str) -> tuple[str, ...]:
    chosen = tuple(name.strip() for name in text.split(","))
    for name in chosen:
        if name not in COLUMNS:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(COLUMNS)}")
    return chosen


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings = config.load(home=args.home, file=args.config, model__name=args.model)
    facts = Facts() if args.questions and "prompt" not in args.columns else facts_told(settings)
    asked = recall.read_probes(Path(args.questions).expanduser()) if args.questions else probes(facts.live, facts.past)
    if not args.questions and not facts.live:
        raise UserError(f"{settings.memories} holds no facts to ask for: chat first, or give --questions.")
    ages: dict[str, str] = {}
    if "weights" in args.columns:  # before the first column is answered
        adapter_flags(args)
        version = versions.chosen(settings.adapters, args)
        ages = diff.ages(facts.live, version.manifest) if version else {}
    started, known = time.monotonic(), recall.read_answers(Path(args.known).expanduser()) if args.known else {}
    answered = {name: column(settings, args, name, asked, facts, known.get(name, {})) for name in args.columns}
    record = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "tag": args.tag,
        "model": settings.model.name,
        "facts": len({probe.fact for probe in asked if probe.fact}),
        "columns": {name: recall.summary(some, ages) for name, some in answered.items()},
        "seconds": round(time.monotonic() - started, 1),
    }
    files.append_line(settings.logs / "recall.jsonl", record)
    everything = record | {"answers": {name: [one.to_dict() for one in some] for name, some in answered.items()}}
    if args.out:
        files.write_atomic(Path(args.out), json.dumps(everything, ensure_ascii=False, indent=1) + "\n")
    if args.json:
        print_json(everything)
    else:
        print(recall.table(answered, ages))
        say(f"recorded in {settings.logs / 'recall.jsonl'}" + (f"; answers in {args.out}" if args.out else ""))
    return 0


def facts_told(settings: Config) -> Facts:
    """The facts that a night teaches, those of what was said since the last one, too. No model is asked for them."""
    collected = memories.in_training(memories.read(settings.memories).memories)
    folder = settings.model.folder
    return facts_in(settings, hub.resolve(settings.model.name, folder), collected, Embedder(folder), dry_run=True)


def column(
    settings: Config, args: argparse.Namespace, name: str, asked: list[Probe], facts: Facts, known: Mapping[str, str]
) -> list[recall.Answered]:
    """Every question answered in the way of one column, or as it is `known`."""
    told = [fact.answer for fact in facts.live] if name == "prompt" else []
    questions = [one.question for one in asked if one.question not in known]
    conversations: list[list[Message]] = [[{"role": "user", "content": recall.with_facts(one, told)}] for one in questions]
    flags = adapter_flags(args) if name == "weights" else ["--no-adapter"]
    say(f"asking {len(questions)} questions: {name} …")
    answers = answers_by_child(settings, args.model or "", conversations, settings.evaluation.max_tokens, flags)
    said = {**known, **dict(zip(questions, answers, strict=True))}
    return [recall.Answered(probe, said[probe.question]) for probe in asked]


def adapter_flags(args: argparse.Namespace) -> list[str]:
    """The flags that name the adapter, handed on; none is the one in use."""
    if args.no_adapter:
        raise UserError("--no-adapter is the column nothing: say --columns nothing,prompt.")
    named: dict[str, Any] = {"--adapter-tag": args.adapter_tag, "--adapter": args.adapter}
    return [part for flag, value in named.items() if value for part in (flag, value)] + ["--everywhere"] * args.everywhere


if __name__ == "__main__":
    raise SystemExit(run_main(main))

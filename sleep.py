"""The night by hand: memories -> lessons -> a LoRA adapter, checked and published, without the measuring.

    python sleep.py                                        # learn from data/memories.jsonl
    python sleep.py --dry-run                              # show what would be trained; nothing is written
    python sleep.py --extra-data data/synthetic.jsonl      # and train on a starter set too
    python sleep.py --iters 200 --learning-rate 1e-4       # with other settings than config.toml's

Every night builds a fresh adapter from the frozen base model over all memories. run_cycle.py does the same and
measures before and after. Exit codes: 0 done or nothing new, 1 mend something, 4 the candidate was refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from circadian import checkpoint, night, options, planning, reporting, versions
from circadian.cli import print_json, run_main
from circadian.files import only_one
from circadian.flags import parser_for


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "sleep.py")
    options.add_night(parser)
    options.add_knobs(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings, asked = options.read(args)
    if asked.dry_run:
        plan = planning.plan(settings, asked)
        print_json(reporting.dry_run(settings, plan)) if args.json else print(reporting.dry_run_text(settings, plan))
        return 0
    with only_one(settings.logs / ".night.lock", "a night"):
        plan = planning.plan(settings, asked)
        result: dict[str, Any] = {"status": plan.idle, "memories": len(plan.lessons.memories)}
        if not plan.idle:
            if asked.reset_adapter:
                versions.reset(settings.adapters)
            folder = night.new_folder(settings)
            candidate = night.train(settings, plan, folder)
            checkpoint.drop(folder)
            version = night.publish(settings, asked, candidate, {})
            result |= {"status": "published", "tag": version.tag} | {
                k: candidate.manifest[k] for k in ("dataset", "steps", "seconds")
            }
    print_json(result) if args.json else print(reporting.slept(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""One whole night: measure, learn, measure again, and publish only if no harm was done.

    python run_cycle.py                             # what cron or launchd should run
    python run_cycle.py --dry-run                   # what would be trained; nothing is written
    python run_cycle.py --model embedded --tag try  # another base model, another name for the version
    python run_cycle.py --sleep-iters 200           # every knob of sleep.py, as --sleep-…
    python run_cycle.py --resume                    # go on with a night that was cut short, or begin one

The steps: collect the memories, make lessons and probes, measure loss, capability and recall, train, check the
candidate, measure again, decide ([gate] in config.toml), publish; a candidate that is refused is tried once more,
gentler where it did harm, stronger where it knew too little. Needs no terminal, no PATH and no working directory.
[alerts] in config.toml says who is told what became of it.
Records go to logs/experiments.jsonl, logs/loss.csv, logs/recall.jsonl and logs/eval_summary.json, without what was said.
Exit codes: 0 published or nothing new, 1 mend something, 4 refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from circadian import alerts, night, options, reporting
from circadian.cli import Refused, print_json, run_main
from circadian.config import Config
from circadian.cycle import cycle
from circadian.files import only_one
from circadian.flags import parser_for
from circadian.journal import Journal


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "run_cycle.py")
    options.add_night(parser)
    options.add_knobs(parser, "sleep-")
    parser.add_argument("--resume", action="store_true", help="go on with a night that was cut short, if there is one")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings, asked = options.read(args, "sleep-")
    if asked.dry_run:
        plan = night.plan(settings, asked)
        print_json(reporting.dry_run(settings, plan)) if args.json else print(reporting.dry_run_text(settings, plan))
        return 0
    with only_one(settings.logs / ".night.lock", "a night"):
        record = run(settings, asked, args.resume)
    print_json(record) if args.json else print(reporting.cycle(record))
    if record["status"] == "refused":
        raise Refused(f"not published, the adapter in use is untouched: {'; '.join(record['reasons'])}")
    return 0


def run(settings: Config, asked: options.Options, resume: bool) -> dict[str, Any]:
    """The night, and word of it to the person ([alerts]). Raises what cycle() raises."""
    try:
        record = cycle(settings, asked, resume)
    except Refused:
        alerts.alert(
            settings.alerts, "refused", "the night was refused, yesterday's adapter stays in use: the candidate is not sound"
        )
        raise
    except Exception:
        left = Journal.unfinished(settings.logs / "nights")
        where = f" at {left.where}" if left else ""
        alerts.alert(settings.alerts, "failed", f"the night failed{where}; python run_cycle.py --resume says why and goes on")
        raise
    if "after" in record:
        alerts.alert(settings.alerts, "done" if record["status"] == "published" else "refused", reporting.alert(record))
    return record


if __name__ == "__main__":
    raise SystemExit(run_main(main))

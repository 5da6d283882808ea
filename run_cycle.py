"""One whole night: measure, learn, measure again, and publish only if no harm was done.

    python run_cycle.py                             # what cron or launchd should run
    python run_cycle.py --dry-run                   # what would be trained; nothing is written
    python run_cycle.py --model embedded --tag try  # another base model, another name for the version
    python run_cycle.py --sleep-iters 200           # every knob of sleep.py, as --sleep-…
    python run_cycle.py --resume                    # go on with a night that was cut short, or begin one
    python run_cycle.py schedule --at 03:30         # every night (--dry-run, --status, --remove)

The steps: collect the memories, make lessons and probes, measure loss, capability and recall, train, check the
candidate, measure again, decide ([gate] in config.toml), publish; a candidate that is refused is tried once more,
gentler where it did harm, stronger where it knew too little. Needs no terminal, no PATH and no working directory.
[alerts] in config.toml says who is told what became of it.
Records go to logs/experiments.jsonl, logs/loss.csv, logs/recall.jsonl and logs/eval_summary.json, without what was said.
Exit codes: 0 published or nothing new, 1 mend something, 4 refused.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

from circadian import alerts, options, planning, readiness, reporting, schedule, timers
from circadian.cli import Refused, UserError, print_json, run_main
from circadian.config import Config
from circadian.cycle import cycle
from circadian.files import only_one
from circadian.flags import parser_for, verb_of
from circadian.journal import Journal

DUE = 20  # hours: a night that is run every day at one time is due again by then


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "run_cycle.py")
    options.add_night(parser)
    options.add_knobs(parser, "sleep-")
    parser.add_argument("--resume", action="store_true", help="go on with a night that was cut short, if there is one")
    parser.add_argument("--due", action="store_true", help=f"only if no night came to its end in the last {DUE} hours")
    verbs = parser.add_subparsers(dest="verb", metavar="schedule")
    nightly = verb_of(verbs, "schedule", "have it run every night (--at HH:MM, --status, --remove, --dry-run)")
    nightly.add_argument("--at", metavar="HH:MM", help="the time of day")
    nightly.add_argument("--status", action="store_true", help="is it scheduled, and when?")
    nightly.add_argument("--remove", action="store_true", help="no longer")
    nightly.add_argument("--system", choices=schedule.SYSTEMS, help="by what (default: what this machine has)")
    nightly.add_argument("--dry-run", action="store_true", default=argparse.SUPPRESS, help="show what would be written")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings, asked = options.read(args, "sleep-")
    if args.verb:
        return schedule_it(settings, args)
    if args.due and not due(settings):
        text = f"nothing is due: a night came to its end less than {DUE} hours ago"
        print_json({"status": text}) if args.json else print(text)
        return 0
    if asked.dry_run:
        plan = planning.plan(settings, asked)
        print_json(reporting.dry_run(settings, plan)) if args.json else print(reporting.dry_run_text(settings, plan))
        return 0
    with only_one(settings.logs / ".night.lock", "a night"):
        record = run(settings, asked, args.resume)
    if args.due and "diff" in record:  # what a schedule prints stands in a log: no word of what was said
        record |= {"diff": reporting.fates(record)}
    print_json(record) if args.json else print(reporting.cycle(record))
    if record["status"] == "refused":
        why = "; ".join(record["reasons"]) if args.json else "why is said above"
        raise Refused(f"not published, the adapter in use is untouched: {why}")
    return 0


def due(settings: Config) -> bool:
    """Whether a night was cut short, or none came to its end lately."""
    nights = settings.logs / "nights"
    ended = Journal.ended(nights)
    return bool(Journal.unfinished(nights)) or not ended or not 0 <= time.time() - ended < 3600 * DUE


def schedule_it(settings: Config, args: argparse.Namespace) -> int:
    """`run_cycle.py schedule`: put the night into the system's hands, or say how it stands. Raises UserError."""
    if sum(map(bool, (args.at, args.status, args.remove))) != 1:
        raise UserError("say one of --at HH:MM, --status and --remove.")
    kind = args.system or timers.system()
    what = schedule.plan(settings, kind, args.at or "00:00", args.model or "")
    found: dict[str, Any] = {"system": kind, "label": schedule.label(settings.home)}
    if args.dry_run:
        text = f"{what.text()}\nnothing was written"
    elif args.at:
        timers.install(settings, what)
        text = f"a night is run at {args.at} every day, by {kind}; its output goes to {settings.logs / schedule.LOG}\n{what.advice}"
    elif args.remove:
        text = "no night is scheduled any more" if timers.remove(settings, what) else "no night was scheduled"
    else:
        at = timers.there_is(settings, what)
        text = (
            f"a night is run at {at} every day, by {kind}"
            if at
            else "no night is scheduled: python run_cycle.py schedule --at 03:30"
        )
    found |= {"at": "" if args.dry_run else timers.there_is(settings, what), "text": text.strip()}
    print_json(found) if args.json else print(text.strip())
    return 0


def run(settings: Config, asked: options.Options, resume: bool) -> dict[str, Any]:
    """The night, and word of it to the person ([alerts]). Raises what cycle() raises, and UserError where it is postponed."""
    why = "" if asked.force else readiness.postponed(settings)
    if why:
        alerts.alert(settings.alerts, "postponed", f"the night was postponed: {why}")
        raise UserError(f"postponed: {why}, or say --force.")
    try:
        record = cycle(settings, asked, resume)
    except Refused:
        alerts.alert(
            settings.alerts, "refused", "the night was refused, yesterday's adapter stays in use: the candidate is not sound"
        )
        raise
    except Exception:
        left = Journal.unfinished(settings.logs / "nights")
        text = f"failed at {left.where}; python run_cycle.py --resume" if left else "could not begin; python run_cycle.py"
        alerts.alert(settings.alerts, "failed", f"the night {text} says why{' and goes on' if left else ''}")
        raise
    if "after" in record:
        alerts.alert(settings.alerts, "done" if record["status"] == "published" else "refused", reporting.alert(record))
    return record


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""One whole night: measure, learn, measure again, and publish only if no harm was done.

    python run_cycle.py                             # what cron or launchd should run
    python run_cycle.py --dry-run                   # what would be trained; nothing is written
    python run_cycle.py --model embedded --tag try  # another base model, another name for the version
    python run_cycle.py --sleep-iters 200           # every knob of sleep.py, as --sleep-…

The steps: collect the memories, make lessons, measure loss and capability, train, check the candidate, measure
again, decide, publish; a candidate that lost skill is tried again at a gentler scale. Needs no terminal, no PATH
and no working directory. Records go to logs/experiments.jsonl, logs/loss.csv and logs/eval_summary.json.
Exit codes: 0 published or nothing new, 1 mend something, 4 refused.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from circadian import gate, night, options, process, reporting, versions
from circadian.cli import Refused, UserError, print_json, run_main, say, script
from circadian.config import Config
from circadian.files import append_line, only_one, sha256, write_atomic
from circadian.flags import parser_for
from circadian.wheels import cache_folder


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "run_cycle.py")
    options.add_night(parser)
    options.add_knobs(parser, "sleep-")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings, asked = options.read(args, "sleep-")
    if asked.dry_run:
        plan = night.plan(settings, asked)
        print_json(reporting.dry_run(settings, plan)) if args.json else print(reporting.dry_run_text(settings, plan))
        return 0
    with only_one(settings.logs / ".night.lock", "a night"):
        record = cycle(settings, asked)
    print_json(record) if args.json else print(reporting.cycle(record))
    if record["status"] == "refused":
        raise Refused(f"not published, the adapter in use is untouched: {'; '.join(record['reasons'])}")
    return 0


def cycle(settings: Config, asked: options.Options) -> dict[str, Any]:
    """Run the night and return its record, which is also appended to logs/experiments.jsonl."""
    started = time.monotonic()
    plan = night.plan(settings, asked)
    if plan.idle:
        return {"status": plan.idle}
    if asked.reset_adapter:
        versions.reset(settings.adapters)
    folder = night.new_folder(settings)
    before = measure(settings, plan, "before", adapter_before(settings, plan))
    unchanged = (
        capability(settings, plan, "base", ["--no-adapter"]) if before["capability"]["adapter"] else before["capability"]
    )
    candidate, after, decision = best(settings, asked, plan, night.train(settings, plan, folder), unchanged)
    accept = decision.accept or asked.force
    measured = {"before": before, "after": after, "accepted": decision.accept, "reasons": list(decision.reasons)}
    record = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "status": "published" if accept else "refused",
        "tag": night.publish(settings, asked, candidate, measured).tag if accept else "",
        "model": plan.base.name,
        **{key: candidate.manifest[key] for key in ("dataset", "steps", "liveness")},
        "training_seconds": candidate.manifest["seconds"],
        "seconds": round(time.monotonic() - started, 1),
        "night": folder.name,
        **measured,
        "settings": settings.to_dict(),
    }
    append_line(settings.logs / "experiments.jsonl", record)
    return record


def best(
    settings: Config, asked: options.Options, plan: night.Plan, candidate: night.Candidate, base: dict[str, Any]
) -> tuple[night.Candidate, dict[str, Any], gate.Decision]:
    """The candidate, its measures and the decision; one that lost skill is turned down and measured again."""
    tries = 0
    while True:
        after = measure(settings, plan, "after", ["--adapter", str(candidate.folder)])
        decision = gate.decide(base, after["capability"])
        if decision.accept or asked.force or tries == gate.TRIES:
            return candidate, after, decision
        say(f"{decision.reasons[0]}: trying again with a gentler adapter")
        candidate = night.soften(settings, plan, candidate, gate.GENTLER)
        tries += 1


def adapter_before(settings: Config, plan: night.Plan) -> list[str]:
    """The flags for measuring what is in use now; the base alone if that is not whole or for another base."""
    try:
        current = versions.current(settings.adapters)
        if current:
            versions.check_base(current, plan.base.name, plan.base.fingerprint)
            return ["--adapter-tag", current.tag]
    except UserError as error:
        say(f"measured without the adapter in use: {error}")
    return ["--no-adapter"]


def measure(settings: Config, plan: night.Plan, tag: str, adapter: list[str]) -> dict[str, Any]:
    """Loss over the memories and capability, each in a child that gives its memory back."""
    say(f"measuring {tag} the night …")
    loss: dict[str, Any] = {}
    if any(memory.said("assistant") for memory in plan.lessons.memories):
        table, samples = str(settings.logs / "loss.csv"), str(settings.evaluation.max_samples)
        loss = child("eval_loss.py", *about(settings, plan, tag), *adapter, "--out-csv", table, "--max-samples", samples)
    return {"loss": loss, "capability": capability(settings, plan, tag, adapter)}


def capability(settings: Config, plan: night.Plan, tag: str, adapter: list[str]) -> dict[str, Any]:
    """What eval_harness.py prints. The base alone is measured once for its tasks: it answers the same every time."""
    log, alone = settings.logs / "eval_summary.json", adapter == ["--no-adapter"]
    asked = f"{sha256(settings.tasks)[:16]}-{settings.evaluation.max_tokens}"
    cache = cache_folder(settings.model.folder) / "base-capability" / f"{plan.base.fingerprint}-{asked}.json"
    if alone and cache.exists():
        known: dict[str, Any] = json.loads(cache.read_text()) | {"tag": tag}
        append_line(log, known)
        return known
    tasks = ["--max-tokens", str(settings.evaluation.max_tokens), "--prompts", str(settings.tasks)]
    if alone:
        say("measuring the base model (once) …")
    found = child("eval_harness.py", *about(settings, plan, tag), *adapter, *tasks)
    if alone:
        write_atomic(cache, json.dumps(found))
    return found


def about(settings: Config, plan: night.Plan, tag: str) -> list[str]:
    """The flags that every measurement takes."""
    return [*settings.flags(str(plan.base.folder)), "--tag", tag, "--json"]


def child(name: str, *flags: str) -> dict[str, Any]:
    """Run one of our scripts and return the object it prints. Raises UserError if it fails."""
    try:
        printed: dict[str, Any] = json.loads(process.run([sys.executable, script(name), *flags]))
    except process.ChildFailed as error:
        raise UserError(f"the night stopped, nothing was published: {error}") from None
    return printed


if __name__ == "__main__":
    raise SystemExit(run_main(main))

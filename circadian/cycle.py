"""A whole night: measure, learn, measure again, decide; what is published has been measured."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from circadian import gate, night, versions
from circadian.cli import say
from circadian.config import Config
from circadian.evaluation import diff
from circadian.evaluation.nightly import BASE, Measures, Measuring
from circadian.evaluation.recall import Answered
from circadian.files import append_line, write_atomic
from circadian.options import Options


@dataclass(frozen=True)
class Before:
    """What was measured before the night: of the base model, of what is in use, and which memories that was made from."""

    base: Measures
    used: Measures
    answered: list[Answered]
    seen: Collection[str]


def cycle(settings: Config, asked: Options) -> dict[str, Any]:
    """Run the night and return its record, which is also appended to logs/experiments.jsonl. Raises UserError or Refused."""
    started = time.monotonic()
    plan = night.plan(settings, asked)
    if plan.idle:
        return {"status": plan.idle}
    if asked.reset_adapter:
        versions.reset(settings.adapters)
    folder = night.new_folder(settings)
    measuring = Measuring(settings, plan.base, plan.lessons.memories, plan.lessons.probes, folder)
    before = measure_before(settings, plan, measuring)
    candidate, after, found, decision = best(settings, asked, plan, measuring, before, night.train(settings, plan, folder))
    write_atomic(folder / "diff.json", json.dumps(diff.as_data(found), ensure_ascii=False, indent=1) + "\n")
    accept = decision.accept or asked.force
    measured = {
        "before": before.used,
        "after": after,
        "accepted": decision.accept,
        "forced": accept and not decision.accept,
        "reasons": list(decision.reasons),
    }
    proof = {"proved": diff.proved(found, night.proved(plan.used))}
    record = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "status": "published" if accept else "refused",
        "tag": night.publish(settings, asked, candidate, measured | proof).tag if accept else "",
        "model": plan.base.name,
        **{key: candidate.manifest[key] for key in ("dataset", "steps", "liveness")},
        "training_seconds": candidate.manifest["seconds"],
        "seconds": round(time.monotonic() - started, 1),
        "night": folder.name,
        **measured,
        "settings": settings.to_dict(),
    }
    append_line(settings.logs / "experiments.jsonl", record)
    return record | {"diff": diff.text(found)}


def measure_before(settings: Config, plan: night.Plan, measuring: Measuring) -> Before:
    """The base model and what is in use, which is the base model where no adapter is."""
    flags = ["--adapter-tag", plan.used.tag] if plan.used else BASE
    seen = plan.used.manifest.get("memory_ids", []) if plan.used else []
    used, answered = measuring.all("before", flags)
    base = used
    if flags != BASE:
        base = {"loss": measuring.loss("base", BASE), "capability": measuring.capability("base", BASE)}
    return Before(base, used, answered, seen)


def best(
    settings: Config, asked: Options, plan: night.Plan, measuring: Measuring, before: Before, candidate: night.Candidate
) -> tuple[night.Candidate, Measures, diff.Diff, gate.Decision]:
    """The candidate, its measures, the facts' diff and the decision; a refused one is tried once more, gentler or stronger."""
    facts, tried = plan.lessons.facts, False
    while True:
        after, answered = measuring.all("after", ["--adapter", str(candidate.folder)])
        found = diff.diff(facts.live, facts.past, before.seen, before.answered, answered)
        after |= {"kl": candidate.manifest["liveness"]["kl"], "facts": diff.counts(found, before.seen)}
        decision = gate.decide(before.base, after, settings.gate)
        if decision.accept or asked.force or tried:
            return candidate, after, found, decision
        tried = True
        how = "gentler" if decision.factor < 1 else "stronger"
        say(f"{'; '.join(decision.reasons)}: trying once more with a {how} adapter")
        candidate = night.rescale(settings, plan, candidate, decision.factor)

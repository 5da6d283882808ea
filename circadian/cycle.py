"""A whole night: measure, learn, measure again, decide; what is published has been measured. Each step is journalled."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from circadian import checkpoint, gate, lineage, night, planning, reports, versions
from circadian.cli import Refused, say
from circadian.config import Config
from circadian.evaluation import diff
from circadian.evaluation.nightly import BASE, Measures, Measuring
from circadian.evaluation.recall import Answered
from circadian.files import write_atomic
from circadian.journal import Journal
from circadian.options import Options
from circadian.resuming import begin, finish_publishing, keep_record, record


@dataclass(frozen=True)
class Before:
    """What was measured before the night: of the base model, of what is in use, and which memories that was made from."""

    base: Measures
    used: Measures
    answered: list[Answered]
    seen: Collection[str]


@dataclass(frozen=True)
class After:
    """A candidate, what was measured of it, what became of each fact, and the decision."""

    candidate: night.Candidate
    measures: Measures
    diff: diff.Diff
    decision: gate.Decision


def cycle(settings: Config, asked: Options, resume: bool = False) -> dict[str, Any]:
    """Run the night, or go on with one that was cut short, and return its record, which logs/experiments.jsonl gets, too.

    Raises UserError or Refused.
    """
    finish_publishing(settings)
    asked, plan, journal = begin(settings, asked, resume)
    if not journal:
        return {"status": plan.idle}
    if asked.reset_adapter:
        versions.reset(settings.adapters)
    try:
        return steps(settings, asked, journal, plan)
    except Refused:
        journal.end("refused")
        checkpoint.drop(journal.folder)
        raise


def steps(settings: Config, asked: Options, journal: Journal, plan: planning.Plan) -> dict[str, Any]:
    """The steps from measuring on; the record. Raises UserError or Refused."""
    started = time.monotonic()
    used = plan.used.manifest if plan.used else {}
    measuring = Measuring(settings, plan.base, plan.lessons.memories, plan.lessons.probes, journal.folder, journal.note, used)
    before = measure_before(journal, plan, measuring)
    found = best(settings, asked, journal, plan, measuring, before)
    write_atomic(journal.folder / "diff.json", json.dumps(diff.as_data(found.diff), ensure_ascii=False, indent=1) + "\n")
    accept = found.decision.accept or asked.force
    measured = {
        "before": before.used,
        "after": found.measures,
        "accepted": found.decision.accept,
        "forced": accept and not found.decision.accept,
        "reasons": list(found.decision.reasons),
    }
    tag = publish(settings, asked, journal, plan, found, measured) if accept else ""
    done = record(settings, found.candidate.manifest | measured, tag, round(time.monotonic() - started, 1))
    keep_record(settings, journal, done)
    reports.write(settings, done, journal.folder)
    return done | {"diff": diff.text(found.diff)}


def measure_before(journal: Journal, plan: planning.Plan, measuring: Measuring) -> Before:
    """The base model and what is in use, which is the base model where no adapter is."""
    flags = ["--adapter-tag", plan.used.tag] if plan.used else BASE
    seen = plan.used.manifest.get("memory_ids", []) if plan.used else []
    used, answered = measure(journal, measuring, "before", flags)
    base = used
    if flags != BASE:
        base = journal.step(
            "measure base", lambda: {"loss": measuring.loss("base", BASE), "capability": measuring.capability("base", BASE)}
        )
    return Before(base, used, answered, seen)


def measure(journal: Journal, measuring: Measuring, tag: str, flags: Sequence[str]) -> tuple[Measures, list[Answered]]:
    """Everything that is measured of a model, and its answers to the probes."""
    found = journal.step(f"measure {tag}", lambda: measuring.all(tag, flags), lambda made: measuring.kept(tag))
    return found, measuring.answered(tag)


def best(
    settings: Config, asked: Options, journal: Journal, plan: planning.Plan, measuring: Measuring, before: Before
) -> After:
    """The candidate, measured and judged; a refused one is tried once more, gentler or stronger."""
    candidate = trained(settings, journal, plan)
    first = judged(settings, journal, plan, measuring, before, candidate, "after")
    if first.decision.accept or asked.force:
        return first
    factor = first.decision.factor
    how = "gentler" if factor < 1 else "stronger"
    say(f"{'; '.join(first.decision.reasons)}: trying once more with a {how} adapter")
    scale = factor * settings.training.scale
    manifest = journal.step(
        how,
        lambda: night.rescale(settings, plan, candidate, factor).manifest,
        lambda made: versions.scale(candidate.folder) == scale,  # not where the candidate had to be trained anew
    )
    again = night.Candidate(candidate.folder, manifest)
    return judged(settings, journal, plan, measuring, before, again, f"after, {how}")


def trained(settings: Config, journal: Journal, plan: planning.Plan) -> night.Candidate:
    """The candidate of the night, trained now unless it is there already."""
    root = settings.adapters / versions.CANDIDATES

    def there(made: dict[str, Any]) -> bool:
        return lineage.made_by(settings.adapters, journal.folder.name) is not None or (root / made["folder"]).is_dir()

    def work() -> dict[str, Any]:
        made = night.train(settings, plan, journal.folder, journal.note)
        return {"folder": made.folder.name, "manifest": made.manifest}

    made = journal.step("train", work, there)
    checkpoint.drop(journal.folder)
    return night.Candidate(root / made["folder"], made["manifest"])


def judged(
    settings: Config,
    journal: Journal,
    plan: planning.Plan,
    measuring: Measuring,
    before: Before,
    candidate: night.Candidate,
    tag: str,
) -> After:
    """A candidate's measures, what became of each fact, and the decision."""
    measures, answered = measure(journal, measuring, tag, ["--adapter", str(candidate.folder)])
    facts = plan.lessons.facts
    found = diff.diff(facts.live, facts.past, before.seen, before.answered, answered)
    after = measures | {"kl": candidate.manifest["liveness"]["kl"], "facts": diff.counts(found, before.seen)}
    return After(candidate, after, found, gate.decide(before.base, after, settings.gate))


def publish(
    settings: Config, asked: Options, journal: Journal, plan: planning.Plan, found: After, measured: dict[str, Any]
) -> str:
    """Make the candidate the version in use, if this night has not done so before; its tag."""
    proof = {"proved": diff.proved(found.diff, planning.proved(plan.used))}

    def work() -> dict[str, Any]:
        made = lineage.made_by(settings.adapters, journal.folder.name)
        if made:  # killed between the folder and the link
            lineage.use(settings.adapters, made)
        else:
            made = night.publish(settings, asked, found.candidate, measured | proof)
        return {"tag": made.tag}

    return str(journal.step("publish", work)["tag"])

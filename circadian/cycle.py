"""A whole night: measure, learn, measure again, decide; what is published has been measured. Each step is journalled."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from circadian import gate, lineage, night, reports, versions
from circadian.cli import Refused, say
from circadian.config import Config
from circadian.evaluation import diff
from circadian.evaluation.nightly import BASE, Measures, Measuring
from circadian.evaluation.recall import Answered
from circadian.files import append_line, read_lines, write_atomic
from circadian.journal import GIVEN_UP, Journal, largest
from circadian.options import Options


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
    plan, journal = begin(settings, asked, resume)
    if not journal:
        return {"status": plan.idle}
    if asked.reset_adapter:
        versions.reset(settings.adapters)
    try:
        return steps(settings, asked, journal, plan)
    except Refused:
        journal.end("refused")
        raise


def steps(settings: Config, asked: Options, journal: Journal, plan: night.Plan) -> dict[str, Any]:
    """The steps from measuring on; the record. Raises UserError or Refused."""
    started = time.monotonic()
    measuring = Measuring(settings, plan.base, plan.lessons.memories, plan.lessons.probes, journal.folder, journal.note)
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


def record(settings: Config, made: dict[str, Any], tag: str, seconds: float) -> dict[str, Any]:
    """What logs/experiments.jsonl says of a night, out of its manifest; without a tag it was refused."""
    measured = {key: made[key] for key in ("before", "after", "accepted", "forced", "reasons")}
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "status": "published" if tag else "refused",
        "tag": tag,
        "model": made["base"]["name"],
        **{key: made[key] for key in ("dataset", "steps", "liveness")},
        "training_seconds": made["seconds"],
        "seconds": seconds,
        "peak_memory": largest(),
        "night": made["night"],
        **measured,
        "settings": settings.to_dict(),
    }


def keep_record(settings: Config, journal: Journal, done: dict[str, Any]) -> None:
    """Append the record, once for each night, and end the journal."""
    experiments = settings.logs / "experiments.jsonl"
    if not experiments.exists() or all(row.get("night") != done["night"] for _, row in read_lines(experiments)[0]):
        append_line(experiments, done)
    journal.end(done["status"])


def finish_publishing(settings: Config) -> None:
    """A night that was killed when its version was whole already, but not yet in use or not yet on record, comes to its end."""
    left = Journal.unfinished(settings.logs / "nights")
    made = lineage.made_by(settings.adapters, left.folder.name) if left else None
    if left and made:
        if left.record["steps"].get("publish", {}).get("state") != "done":
            lineage.use(settings.adapters, made)
        keep_record(settings, left, record(settings, made.manifest, made.tag, made.manifest["seconds"]))
        say(f"the night {left.folder.name} was cut short while publishing: {made.tag} is whole")


def begin(settings: Config, asked: Options, resume: bool) -> tuple[night.Plan, Journal | None]:
    """What to do, and the journal of it: of the night that was cut short, if that is wanted and nothing has changed since, or of
    a new one; None where there is nothing to do."""
    nights = settings.logs / "nights"
    left = Journal.unfinished(nights)
    if left and resume:
        plan = night.plan(settings, asked, left.record["snapshot"])
        if not plan.idle and left.record["made_from"] == made_from(plan):
            say(f"going on with the night {left.folder.name} at {left.where}")
            return plan, left
        say(f"the night {left.folder.name} cannot be gone on with: settings, memories or the adapter in use are others now")
    elif left:
        say(f"the night {left.folder.name} was cut short at {left.where}; this one starts anew (--resume goes on with one)")
    if left:
        left.end(GIVEN_UP)
    plan = night.plan(settings, asked)
    if plan.idle:
        return plan, None
    journal = Journal.begin(nights, asked=asdict(asked), snapshot=plan.snapshot, made_from=made_from(plan))
    write_atomic(journal.folder / "settings.json", json.dumps(settings.to_dict(), indent=1))
    return plan, journal


def made_from(plan: night.Plan) -> dict[str, Any]:
    """All that a night hangs on, as JSON gives it back."""
    found: dict[str, Any] = json.loads(json.dumps(plan.made_from | {"used": plan.used.tag if plan.used else ""}))
    return found


def measure_before(journal: Journal, plan: night.Plan, measuring: Measuring) -> Before:
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
    found = journal.step(f"measure {tag}", lambda: measuring.all(tag, flags))
    return found, measuring.answered(tag)


def best(settings: Config, asked: Options, journal: Journal, plan: night.Plan, measuring: Measuring, before: Before) -> After:
    """The candidate, measured and judged; a refused one is tried once more, gentler or stronger."""
    candidate = trained(settings, journal, plan)
    first = judged(settings, journal, plan, measuring, before, candidate, "after")
    if first.decision.accept or asked.force:
        return first
    factor = first.decision.factor
    how = "gentler" if factor < 1 else "stronger"
    say(f"{'; '.join(first.decision.reasons)}: trying once more with a {how} adapter")
    manifest = journal.step(how, lambda: night.rescale(settings, plan, candidate, factor).manifest)
    again = night.Candidate(candidate.folder, manifest)
    return judged(settings, journal, plan, measuring, before, again, f"after, {how}")


def trained(settings: Config, journal: Journal, plan: night.Plan) -> night.Candidate:
    """The candidate of the night, trained now unless it is there already."""
    root = settings.adapters / versions.CANDIDATES

    def there(made: dict[str, Any]) -> bool:
        return lineage.made_by(settings.adapters, journal.folder.name) is not None or (root / made["folder"]).is_dir()

    def work() -> dict[str, Any]:
        made = night.train(settings, plan, journal.folder, journal.note)
        return {"folder": made.folder.name, "manifest": made.manifest}

    made = journal.step("train", work, there)
    return night.Candidate(root / made["folder"], made["manifest"])


def judged(
    settings: Config,
    journal: Journal,
    plan: night.Plan,
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
    settings: Config, asked: Options, journal: Journal, plan: night.Plan, found: After, measured: dict[str, Any]
) -> str:
    """Make the candidate the version in use, if this night has not done so before; its tag."""
    proof = {"proved": diff.proved(found.diff, night.proved(plan.used))}

    def work() -> dict[str, Any]:
        made = lineage.made_by(settings.adapters, journal.folder.name)
        if made:  # killed between the folder and the link
            lineage.use(settings.adapters, made)
        else:
            made = night.publish(settings, asked, found.candidate, measured | proof)
        return {"tag": made.tag}

    return str(journal.step("publish", work)["tag"])

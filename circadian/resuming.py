"""How a night begins and how it is put on record: anew, or where one that was cut short left off."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from typing import Any

from circadian import checkpoint, lineage, night, planning, spent
from circadian.cli import UserError, say
from circadian.config import Config
from circadian.files import append_line, read_lines, sha256, sha256_of
from circadian.journal import GIVEN_UP, Journal
from circadian.options import Options

KEPT = ("tag", "force", "extra_data", "adapter_tag")  # of what was asked for: the options that a resumed night has, too


def begin(settings: Config, asked: Options, resume: bool) -> tuple[Options, planning.Plan, Journal | None]:
    """What was asked for, what to do, and the journal of it: of the night that was cut short, if that is wanted and nothing has
    changed since, or of a new one; None where there is nothing to do."""
    nights = settings.logs / "nights"
    left = Journal.unfinished(nights)
    if left and resume and "snapshot" in left.record:
        then = as_before(asked, left.record)
        why = "settings, memories or the adapter in use are others now"
        try:
            plan = planning.plan(settings, then, left.record["snapshot"])
            if not plan.idle and left.record["made_from"] == made_from(settings, plan):
                say(f"going on with the night {left.folder.name} at {left.where}")
                return then, plan, left
        except (UserError, OSError) as error:  # the adapter or the file that it was asked for may be gone
            why = str(error)
        say(f"the night {left.folder.name} cannot be gone on with: {why}")
    elif left:
        say(f"the night {left.folder.name} was cut short at {left.where}; this one starts anew (--resume goes on with one)")
    if left:
        left.end(GIVEN_UP)
        checkpoint.drop(left.folder)
    plan = planning.plan(settings, asked)
    if plan.idle:
        return asked, plan, None
    journal = Journal.begin(
        night.new_folder(settings), asked=asdict(asked), snapshot=plan.snapshot, made_from=made_from(settings, plan)
    )
    return asked, plan, journal


def as_before(asked: Options, record: dict[str, Any]) -> Options:
    """What is asked for, and beside it what the night that was cut short was asked for."""
    before = record.get("asked", {})
    return replace(asked, **{key: before[key] for key in KEPT if key in before and not getattr(asked, key)})


def made_from(settings: Config, plan: planning.Plan) -> dict[str, Any]:
    """All that a night hangs on, as JSON gives it back: what it teaches, asks and measures, too, as another reading would change
    them."""
    sets = plan.lessons.dataset
    rows = [lesson.to_dict() for lesson in (*sets.train, *sets.valid, *sets.test, *sets.reserve)]
    taught = sha256_of([rows, [probe.to_dict() for probe in plan.lessons.probes]])
    more: dict[str, Any] = {"used": plan.used.tag if plan.used else "", "taught_sha256": taught}
    more |= {
        "evaluation": asdict(settings.evaluation),
        "tasks_sha256": sha256(settings.tasks) if settings.tasks.is_file() else "",
    }
    found: dict[str, Any] = json.loads(json.dumps(plan.made_from | more))
    return found


def finish_publishing(settings: Config) -> None:
    """A night that was killed when its version was whole already, but not yet in use or not yet on record, comes to its end."""
    left = Journal.unfinished(settings.logs / "nights")
    made = lineage.made_by(settings.adapters, left.folder.name) if left else None
    if left and made:
        done = left.record["steps"].get("publish", {}).get("state") == "done"
        used = lineage.in_use(settings.adapters)
        if not done and used == made.manifest.get("parent", ""):  # or somebody has chosen since
            lineage.use(settings.adapters, made)
            used = made.tag
        keep_record(settings, left, record(settings, made.manifest, made.tag, made.manifest["seconds"]))
        say(
            f"the night {left.folder.name} was cut short while publishing: {made.tag} is whole, {used or 'no adapter'} is in use"
        )


def record(settings: Config, made: dict[str, Any], tag: str, seconds: float) -> dict[str, Any]:
    """What logs/experiments.jsonl says of a night, out of its manifest; without a tag it was refused."""
    measured = {key: made[key] for key in ("before", "after", "accepted", "forced", "reasons")}
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "status": "published" if tag else "refused",
        "tag": tag,
        "model": made["base"]["name"],
        **{key: made.get(key) for key in ("dataset", "steps", "liveness", "tokens_per_second")},
        "training_seconds": made["seconds"],
        "seconds": seconds,
        "peak_memory": spent.largest(),
        "night": made["night"],
        **measured,
        "settings": settings.to_dict(),
    }


def keep_record(settings: Config, journal: Journal, done: dict[str, Any]) -> None:
    """Append the record, once for each night, and end the journal."""
    experiments = settings.experiments
    if not experiments.exists() or all(row.get("night") != done["night"] for _, row in read_lines(experiments)[0]):
        append_line(experiments, done)
    journal.end(done["status"])

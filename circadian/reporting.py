"""Numbers -> text: what a night says when it is done."""

from __future__ import annotations

import statistics
from typing import Any

from circadian import footprint, hub, process, training, warm
from circadian.cli import counted
from circadian.config import Config
from circadian.evaluation.diff import STATES
from circadian.files import read_lines
from circadian.planning import Plan

LATELY = 5  # nights, by which the next one's length is told


def dry_run(settings: Config, plan: Plan) -> dict[str, Any]:
    """What a dry run would do as data: counts, every row, the command lines."""
    night, candidate = settings.logs / "nights" / "<night>", settings.adapters / ".candidates" / "<night>"
    rows = footprint.rows_of(plan.lessons.dataset, hub.token_counter(plan.base))
    lora = training.lora_settings(
        settings.training,
        plan.base,
        night / "data",
        candidate,
        len(plan.lessons.dataset.train),
        settings.model.seed,
        warm.place(settings, plan.base),
    )
    command = training.command(settings, lora, night)
    return {
        "status": plan.idle or "would train",
        "memories": len(plan.lessons.memories),
        "facts": len(plan.lessons.facts.live),
        "routes": plan.lessons.routes(),
        "counts": plan.lessons.dataset.counts(),
        "rows": [lesson.to_dict() for lesson in plan.lessons.dataset.train],
        "lora": lora,
        "memory": round(footprint.needed(settings.training, plan.base, rows)) if rows else 0,
        "seconds": expected(settings, plan.base.name, lora["iters"]) if rows else 0.0,
        "commands": [process.pasteable(command, training.environment(lora["processes"]))] if rows else [],
    }


def expected(settings: Config, model: str, steps: int) -> float | None:
    """The seconds that so many steps and all the rest would take, as the last nights of this base model went; None before one."""
    file = settings.experiments
    records = [row for _, row in read_lines(file)[0] if row.get("model") == model and row.get("steps")] if file.exists() else []
    spent = [(row["training_seconds"] / row["steps"], row["seconds"] - row["training_seconds"]) for row in records[-LATELY:]]
    if not spent:
        return None
    each, besides = (statistics.median(part) for part in zip(*spent, strict=True))
    seconds: float = each * steps + max(0.0, besides)
    return round(seconds, 1)


def dry_run_text(settings: Config, plan: Plan) -> str:
    """The same for people."""
    data = dry_run(settings, plan)
    counts = data["counts"]
    lines = [f"{data['status']}: {data['memories']} memories, {data['facts']} facts, {counts['train']} rows"]
    for row in data["rows"]:
        question, answer = (message["content"].replace("\n", " ") for message in row["messages"][-2:])
        lines.append(f"  {row['kind']:<10} {question}  ->  {answer}")
    lines += [routed(data["routes"])]
    lines += [
        f"rows of each kind: {counts['kinds']}; valid {counts['valid']}, test {counts['test']}, too long {counts['dropped']}"
    ]
    if data["commands"]:
        lines += [f"{data['lora']['iters']} steps of {data['lora']['batch_size']} rows with", *data["commands"]]
        lines += [f"{_how_long(data['seconds'])}; training takes {data['memory'] / 1e9:.1f} GB of memory at most"]
    return "\n".join([*lines, "nothing was written"])


def routed(routes: dict[str, int]) -> str:
    """What memories were good for."""
    told, past, nothing = (routes.get(name, 0) for name in ("facts", "past", "nothing"))
    return f"of these, {told} told facts that hold, {past} only what is past by now, and in {nothing} no fact was found"


def _how_long(seconds: float | None) -> str:
    if seconds is None:
        return "how long that takes is not known before a first night"
    return f"{seconds / 60:.0f} minutes at most, as the last nights went"


def slept(result: dict[str, Any]) -> str:
    """One line about a night."""
    if result["status"] != "published":
        return str(result["status"])
    data = result["dataset"]
    return (
        f"published as {result['tag']}: {counted(data['facts'], 'fact')} of {counted(data['memories'], 'memory')}, "
        f"{data['train']} rows, {result['steps']} steps, {result['seconds']:.0f} s"
    )


def alert(record: dict[str, Any]) -> str:
    """A night in one line of numbers, for somebody who is elsewhere."""
    after, minutes = record["after"], record["seconds"] / 60
    facts = ", ".join(
        f"{after['facts'][state]} {state}"
        for state in ("learnt", "changed", "kept", "failed", "broken")
        if after["facts"][state]
    )
    skill = (
        f"{record['before']['capability']['passed']} -> {after['capability']['passed']} of {after['capability']['total']} tasks"
    )
    if record["status"] == "refused":
        return f"the night was refused, yesterday's adapter stays in use: {'; '.join(record['reasons'])}"
    return f"the night is done, {record['tag']} is in use: {facts or 'no facts'}; {skill}; {minutes:.0f} min"


def fates(record: dict[str, Any]) -> list[str]:
    """What became of the facts, as numbers alone."""
    return [f"{state:<12}{record['after']['facts'][state]}" for state in STATES if record["after"]["facts"][state]]


def cycle(record: dict[str, Any]) -> str:
    """A night's summary: what was measured before and after, and what became of it."""
    if record["status"] not in ("published", "refused"):
        return str(record["status"])
    lines = measures(record["before"], record["after"], ("before", "after"))
    lines += ["", *record["diff"]] if record["diff"] else []
    if record["status"] == "published":
        lines.append(slept(record) + (", by force: " + "; ".join(record["reasons"]) if record["forced"] else ""))
    else:
        lines += ["", *(f"{'refused':<12}{reason}" for reason in record["reasons"])]
    return "\n".join(lines)


def measures(old: dict[str, Any], new: dict[str, Any], names: tuple[str, str]) -> list[str]:
    """What was measured of two models, side by side, with what changed."""
    lines = [f"{'':<24}{names[0]:>9}{names[1]:>9}{'change':>9}"]
    for name, key in (("token loss, median", "median"), ("token loss, mean", "mean")):
        if old["loss"] and new["loss"]:
            was, now = old["loss"][key], new["loss"][key]
            lines.append(f"{name:<24}{was:>9.3f}{now:>9.3f}{now - was:>+9.3f}")
    lines += _recall(old["recall"], new["recall"])
    lines.append(_tasks("capability", old["capability"], new["capability"]))
    tags = [tag for tag in new["capability"]["by_tag"] if tag in old["capability"]["by_tag"]]
    return lines + [_tasks(f"  {tag}", *(one["capability"]["by_tag"][tag] for one in (old, new))) for tag in tags]


def _recall(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The probes' lines; none where nothing was asked."""
    if not old or not new:
        return []
    rows = [("told, and recalled", "recalled"), ("never told, asserted", "false"), ("old value asserted", "old_value")]
    return [_share(name, old[key], new[key]) for name, key in rows if new[key]["total"]]


def _share(name: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    was, now = (f"{part['right']}/{part['total']}" for part in (old, new))
    return f"{name:<24}{was:>9}{now:>9}{new['right'] - old['right']:>+9}"


def _tasks(name: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    return _share(name, *({"right": count["passed"], "total": count["total"]} for count in (old, new)))

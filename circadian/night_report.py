"""What a night did, for the person whose night it was: report.md in the night's folder. It names facts, so it stays at home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from circadian.cli import counted
from circadian.journal import FILE
from circadian.reporting import routed

MOST = 40  # facts of one kind that are named
HEADINGS = {
    "broken": "Known before, and no more", "failed": "Not learnt: retrieval's job until they are", "changed": "Changed",
    "learnt": "Learnt", "superseded": "True no more",
}  # fmt: skip


def markdown(record: dict[str, Any], folder: Path) -> str:
    """The report of a night's record and the files in its folder; a missing file leaves its part out."""
    facts, journal = _read(folder / "diff.json"), _read(folder / FILE)
    data = record["dataset"]
    lines = [f"# Night {record['night']}", "", _outcome(record), ""]
    lines += ["## What came in", ""]
    lines += [f"- {counted(data.get('memories', 0), 'memory')}, {counted(data.get('facts', 0), 'fact')}"]
    lines += [f"- {routed(data['routes'])}"] if "routes" in data else []
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(data.get("kinds", {}).items()))
    lines += [
        f"- {counted(data.get('train', 0), 'training row')}: {kinds}",
        f"- kept out for their length: {data.get('dropped', 0)}",
    ]
    lines += ["", "## What became of each fact", "", *_facts(facts)]
    lines += ["## Skill and harm", "", *_measures(record), "", "## What it cost", "", *_cost(record, journal)]
    return "\n".join(lines) + "\n"


def _outcome(record: dict[str, Any]) -> str:
    if record["status"] == "published":
        forced = f", by force although {'; '.join(record['reasons'])}" if record.get("forced") else ""
        return f"Published as **{record['tag']}**{forced}, {record['at']}."
    return f"Refused, {record['at']}: {'; '.join(record['reasons'])}. The adapter that was in use stays."


def _facts(found: dict[str, Any]) -> list[str]:
    lines = []
    for state, heading in HEADINGS.items():
        some = found.get(state, [])
        if some:
            lines += [f"**{heading}** ({len(some)})", ""]
            lines += [f"- {_plain(fact['answer'])}" for fact in some[:MOST]]
            lines += [f"- and {len(some) - MOST} more"] if len(some) > MOST else []
            lines += [""]
    kept = len(found.get("kept", []))
    return [*lines, f"Known before and now: {kept}.", ""]


def _measures(record: dict[str, Any]) -> list[str]:
    before, after = record["before"], record["after"]
    rows = ["| | before | after |", "| --- | ---: | ---: |"]
    for key, name in (
        ("recalled", "told, and recalled"),
        ("false", "never told, asserted"),
        ("old_value", "old value asserted"),
    ):
        old, new = (measures.get("recall", {}).get(key) for measures in (before, after))
        if old and new and new["total"]:
            rows.append(f"| {name} | {old['right']} of {old['total']} | {new['right']} of {new['total']} |")
    old, new = before["capability"], after["capability"]
    rows.append(f"| tasks passed | {old['passed']} of {old['total']} | {new['passed']} of {new['total']} |")
    rows += [
        f"| - {tag} | {old['by_tag'].get(tag, {}).get('passed', '-')} | {new['by_tag'][tag]['passed']} |"
        for tag in new["by_tag"]
    ]
    if before["loss"] and after["loss"]:
        rows.append(f"| token loss, median | {before['loss']['median']:.3f} | {after['loss']['median']:.3f} |")
    return [*rows, f"| KL to the base, nats | 0 | {after.get('kl', 0):.3f} |"]


def _cost(record: dict[str, Any], journal: dict[str, Any]) -> list[str]:
    lines = [
        "| step | seconds | tokens a second | largest process, GB | of it mlx, GB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, step in journal.get("steps", {}).items():
        took = step.get("spent", {})
        speed, *memory = (took.get(key, 0) for key in ("tokens_per_second", "process", "mlx"))
        sizes = " | ".join(f"{size / 1e9:.2f}" if size else "-" for size in memory)
        lines.append(f"| {name} | {step.get('seconds', 0):.0f} | {speed or '-'} | {sizes} |")
    speed = record.get("tokens_per_second")
    return [
        *lines,
        "",
        f"In all {record['seconds'] / 60:.1f} minutes{f', training at {speed} tokens a second' if speed else ''}.",
    ]


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _plain(text: str) -> str:
    """What was said is text and no Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~!" else char for char in " ".join(text.split()))

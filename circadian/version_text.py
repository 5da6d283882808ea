"""Versions -> text: the list, one of them whole, and two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import lineage, retention, versions
from circadian.cli import UserError, counted
from circadian.reporting import measures

Row = dict[str, Any]
SETTINGS = ("training", "lessons", "seed", "extra_data")  # of a manifest: what a version was made with
MIB = 2**20


def row(adapters: Path, tag: str, pinned: Sequence[str]) -> Row:
    """What the list says of a version; "torn" where its manifest cannot be read. Its weights are not looked at."""
    found: Row = {"tag": tag, "in_use": tag == lineage.in_use(adapters), "pinned": tag in pinned, "torn": False}
    found |= {"bytes": retention.size(adapters / tag)}
    try:
        made = versions.manifest(adapters / tag)
    except versions.NotWhole:
        return found | {"torn": True}
    data, after = made.get("dataset", {}), made.get("after", {})
    return found | {
        "at": made.get("at", ""),
        "parent": made.get("parent", ""),
        "base": made.get("base", {}).get("name", ""),
        "memories": data.get("memories"),
        "facts": data.get("facts"),
        "recalled": after.get("recall", {}).get("recalled"),
        "capability": {key: after["capability"][key] for key in ("passed", "total")} if "capability" in after else None,
        "forced": bool(made.get("forced")),
    }


def listed(rows: Sequence[Row]) -> str:
    """The list, oldest first; a star is the one in use."""
    if not rows:
        return "there is no version yet: run a night, with python run_cycle.py"
    wide = max(len(one["tag"]) for one in rows)
    lines = [f"  {'version':<{wide}}  {'made (UTC)':<16}  memories  facts  recalled    tasks     size"]
    for one in rows:
        notes = [word for word in ("pinned", "forced", "torn") if one.get(word)]
        lines.append(
            f"{'*' if one['in_use'] else ' '} {one['tag']:<{wide}}  {one.get('at', '')[:16].replace('T', ' '):<16}  "
            f"{_or_dash(one.get('memories')):>8}  {_or_dash(one.get('facts')):>5}  {_of(one.get('recalled'), 'right'):>8}  "
            f"{_of(one.get('capability'), 'passed'):>7}  {one['bytes'] / MIB:>3.0f} MiB  {', '.join(notes)}".rstrip()
        )
    return "\n".join(lines)


def shown(adapters: Path, tag: str, wrong: str) -> str:
    """All that a version says of itself that a person may want to know, and what is `wrong` with it (whole())."""
    made = versions.manifest(adapters / tag)
    data, base = made.get("dataset", {}), made.get("base", {})
    used, kept = tag == lineage.in_use(adapters), tag in retention.pins(adapters)
    marks = ", ".join(word for word, true in (("in use", used), ("pinned", kept)) if true)
    lines = [f"{tag} ({marks})" if marks else tag]
    lines += [
        f"made       {made.get('at', 'at an unknown time')}, after {made.get('parent') or 'no other'}, by night {made.get('night', '-')}"
    ]
    lines += [f"base       {base.get('name', '-')} ({base.get('fingerprint', '-')})"]
    lines += [
        f"from       {counted(data.get('memories', 0), 'memory')}, {len(lineage.added(adapters, made))} of them new; "
        f"{counted(data.get('facts', 0), 'fact')}, {counted(data.get('train', 0), 'row')}, {counted(made.get('steps', 0), 'step')}, "
        f"{made.get('seconds', 0):.0f} s"
    ]
    own = made.get("training", {})
    if own:
        names = ("recipe", "num_layers", "rank", "scale", "learning_rate", "batch_size", "epochs")
        lines += [f"recipe     {', '.join(f'{name} {own.get(name)}' for name in names)}, seed {made.get('seed')}"]
    lines += [f"decision   {_decision(made)}", f"whole      {wrong or 'yes'}"]
    if "before" in made and "after" in made:
        lines += ["", *measures(made["before"], made["after"], ("before", "after"))]
    return "\n".join(lines)


def whole(adapters: Path, tag: str) -> str:
    """Why a version must not be loaded; "" where it may."""
    try:
        versions.read(adapters / tag)
    except UserError as error:
        return str(error)
    return ""


def compared(adapters: Path, one: str, other: str) -> Row:
    """What differs between two versions: base model, settings, memories, and what was measured after each night."""
    made = [versions.manifest(adapters / tag) for tag in (one, other)]
    ids = [made_from.get("memory_ids", []) for made_from in made]
    return {
        "versions": [one, other],
        "base": [each.get("base", {}).get("name", "") for each in made],
        "settings": {name: pair for name, pair in _settings(*made).items() if pair[0] != pair[1]},
        "memories": {
            "added": [memory for memory in ids[1] if memory not in ids[0]],
            "removed": [memory for memory in ids[0] if memory not in ids[1]],
        },
        "after": [each.get("after") for each in made],
    }


def difference(found: Row) -> str:
    """The same for people."""
    one, other = found["versions"]
    lines = [f"{one} -> {other}"]
    if found["base"][0] != found["base"][1]:
        lines.append(f"base       {found['base'][0]} -> {found['base'][1]}")
    lines += [f"setting    {name}: {old} -> {new}" for name, (old, new) in found["settings"].items()]
    added, removed = (len(found["memories"][name]) for name in ("added", "removed"))
    lines.append(f"memories   {added} more, {removed} no more")
    if all(found["after"]):
        lines += ["", *measures(found["after"][0], found["after"][1], (one[-8:], other[-8:]))]
    return "\n".join(lines)


def _settings(old: Row, new: Row) -> dict[str, tuple[Any, Any]]:
    """Every setting of two manifests, by its name."""
    flat: list[Row] = []
    for made in (old, new):
        each: Row = {}
        for name in SETTINGS:
            value = made.get(name)
            each |= {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
        flat.append(each)
    return {name: (flat[0].get(name), flat[1].get(name)) for name in dict.fromkeys([*flat[0], *flat[1]])}


def _decision(made: Row) -> str:
    if "accepted" not in made:
        return "published without measuring"
    if made["accepted"]:
        return "published"
    return f"published by force, although {'; '.join(made.get('reasons', [])) or 'it was refused'}"


def _or_dash(number: Any) -> str:
    return "-" if number is None else str(number)


def _of(count: Any, key: str) -> str:
    return f"{count[key]}/{count['total']}" if count else "-"

"""config.toml with some keys changed: how a benchmark tries another setting of our own recipe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from circadian.cli import UserError
from circadian.config import ROOT
from circadian.files import write_atomic


def settings_file(folder: Path, changes: Sequence[str]) -> Path:
    """Write `folder`/config.toml with each SECTION.KEY=VALUE, the value as TOML. Raises UserError for a key that is not there."""
    text, section = [], ""
    wanted = dict(change.split("=", 1) for change in changes)
    for line in (ROOT / "config.toml").read_text(encoding="utf-8").splitlines():
        section = line.split("]")[0].strip("[") if line.startswith("[") else section
        key = f"{section}.{line.split('=')[0].strip()}"
        text.append(f"{key.split('.')[1]} = {wanted.pop(key)}" if key in wanted else line)
    if wanted:
        raise UserError(f"no such setting: {', '.join(wanted)}")
    write_atomic(folder / "config.toml", "\n".join(text) + "\n")
    return folder / "config.toml"

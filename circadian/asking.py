"""What a model says to texts, asked once and kept: in a file under data/, readable by you alone, without what is asked no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from circadian.files import private_folder, read_lines, write_lines

Ask = Callable[[list[str]], Iterable[Mapping[str, Any]]]  # texts -> what is said to them, portion by portion


def asked_once(file: Path, texts: Iterable[str], ask: Ask, dry_run: bool = False) -> dict[str, Any]:
    """What is said to each text, from the file or asked and kept as it comes. A dry run asks and writes nothing."""
    wanted = dict.fromkeys(texts)
    rows = read_lines(file)[0] if file.exists() else []
    known = {row["turn"]: row["said"] for _, row in rows if row.get("turn") in wanted and "said" in row}
    if dry_run:
        return known
    if len(rows) > len(known):
        _keep(file, known)
    missing = [text for text in wanted if text not in known]
    for found in ask(missing) if missing else ():
        known |= found
        _keep(file, known)
    return known


def _keep(file: Path, known: Mapping[str, Any]) -> None:
    private_folder(file.parent)
    write_lines(file, [{"turn": text, "said": said} for text, said in known.items()])

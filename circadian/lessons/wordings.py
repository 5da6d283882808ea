"""The table of relations (wordings.toml): forms of statements, and the wordings in which they are asked."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("wordings.toml")
SLOTS = {
    "thing": r"(?P<thing>[a-z][\w'-]*(?: [\w'-]+){0,4}?)",
    "value": r"(?P<value>\S.*?)",
    "name": r"(?P<value>(?-i:[A-Z][\w'-]+(?: [A-Z][\w'-]+)?))",
}


@dataclass(frozen=True)
class Relation:
    """One kind of statement. `forms` are compiled from `said`; see wordings.toml for the fields."""

    name: str
    forms: tuple[re.Pattern[str], ...]
    answer: str
    unknown: str
    ask: tuple[str, ...]
    reverse: tuple[str, ...]
    neighbours: tuple[tuple[str, ...], ...]
    many: bool


@functools.cache
def relations() -> tuple[Relation, ...]:
    """All relations, in the order in which their forms are tried."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["relation"]
    return tuple(
        Relation(
            row["name"],
            tuple(_form(text) for text in row["said"]),
            row.get("answer", ""),
            row["unknown"],
            tuple(row["ask"]),
            tuple(row.get("reverse", ())),
            tuple(tuple(group) for group in row.get("neighbours", ())),
            row.get("many", False),
        )
        for row in table
    )


def _form(text: str) -> re.Pattern[str]:
    """`my {thing} is called|named {value}` as a pattern that must match a whole clause."""
    words = []
    for word in text.split(" "):
        slot = re.search(r"\{(\w+)\}", word)
        if slot:
            words.append(SLOTS[slot[1]] + word[slot.end() :])
        else:
            words.append("(?:" + "|".join(re.escape(w) for w in word.split("|")) + ")")
    return re.compile(" ".join(words) + "$", re.IGNORECASE)

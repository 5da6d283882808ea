"""The table of relations (wordings.toml): forms of statements, and the wordings in which they are asked."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("wordings.toml")
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w'-]*?[a-zß-öø-ÿ][\w'-]*"
_NO_NAME = (
    "ready happy sorry fine back sure done here okay good glad great well tired busy home vegan vegetarian pregnant married single "
    "german austrian swiss french italian spanish dutch english british american irish scottish welsh polish czech russian "
    "ukrainian turkish greek portuguese danish swedish norwegian finnish icelandic indian chinese japanese korean canadian "
    "australian mexican brazilian african european asian muslim jewish catholic protestant buddhist hindu later tomorrow when"
).replace(" ", "|")
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
SLOTS = {
    "thing": r"(?P<thing>[^\W\d_][\w'-]*(?: (?!(?:is|are|was|were|has|had|have|who|which|that)\b)[\w'-]+){0,4}?)",
    "value": r"(?P<value>\S.*?)",
    "name": rf"(?P<value>(?!(?:{_NO_NAME})\b)(?-i:{_CAPITAL}(?: (?:(?:von|van|de|der|la|da|bin|al) ){{0,2}}{_CAPITAL}){{0,2}}))",
    "tongue": rf"(?P<value>(?-i:{_CAPITAL}).*?)",
    "number": rf"(?P<value>\d{{1,3}}|(?:{_TENS})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|ten|eleven|twelve)",
    "date": rf"(?P<value>(?:\d|(?:{_MONTHS})\b).*?)",
    "place": r"(?P<value>(?!a (?:\w+ )?(?:family|line)\b|work\b|school\b)\S.*?)",
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
    covered: tuple[str, ...]


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
            tuple(row.get("covered", ())),
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

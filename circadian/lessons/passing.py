"""What is said in passing, between two commas: "Biscuit, our beagle, chewed my shoe" also says what the beagle is called."""

from __future__ import annotations

import re

from circadian.lessons.slots import NAME
from circadian.lessons.wordings import slot

END = r"(?:,(?= )|(?=[.!;]|$))"
NAMED = re.compile(
    rf"(?P<name>{NAME}), (?:by far |still |forever )?(?P<what>(?:my|our) (?:favou?rite [\w'-]+(?: [\w'-]+)?|{slot('being').pattern})){END}",
    re.IGNORECASE,
)
WHERE = re.compile(
    rf"the (?:town|city|village|place|country)(?: where| that| in which)? (?P<who>i|we) live(?: in)?, (?P<name>{NAME}){END}",
    re.IGNORECASE,
)


def in_passing(text: str) -> tuple[str, list[str]]:
    """The text without its appositions, and what they tell, a clause each."""
    told: list[str] = []

    def named(match: re.Match[str]) -> str:
        is_called = "is" if "favo" in match["what"].lower() else "is called"
        told.append(f"{match['what']} {is_called} {match['name']}")
        return match["name"]

    def where(match: re.Match[str]) -> str:
        told.append(f"{match['who']} live in {match['name']}")
        return match["name"]

    return WHERE.sub(where, NAMED.sub(named, text)), told

"""What is said in passing, after a comma: "Biscuit, our beagle, chewed my shoe" also says what the beagle is called."""

from __future__ import annotations

import re

from circadian.lessons.slots import NAME
from circadian.lessons.wordings import slot, slot_text

END = r"(?:,(?= )|(?=[.!;]|$))"
NAMED = re.compile(
    rf"(?P<name>{NAME}), (?:by far |still |forever |who(?: is|'s) )?"
    rf"(?P<what>(?:my|our) (?:favou?rite [\w'-]+(?: [\w'-]+)?|{slot('being').pattern})){END}",
    re.IGNORECASE,
)
WHERE = re.compile(
    rf"the (?:town|city|village|place|country)(?: where| that| in which)? (?P<who>i|we) live(?: in)?, (?P<name>{NAME}){END}",
    re.IGNORECASE,
)
BORN = re.compile(r"\bon (?P<date>(?=[^,]*\d)[^,]{3,25}), (?:which is )?the day (?:that |when )?i was born\b", re.IGNORECASE)
WORDS = r"[\w'-]+(?: [\w'-]+){0,2}"
THING = re.compile(
    rf"(?P<what>(?:my|our) (?!{slot_text('being')},){WORDS}), (?P<value>{NAME}){END}|"
    r"(?P<deed>(?:my|our) (?:[\w'-]+ ){0,2}(?:hobby|passion|pastime|obsession|profession|trade|craft|instrument|sport|subject)), "
    rf"(?P<doing>(?!\w+ly\b|too\b|so\b)[\w'-]+(?: [\w'-]+)?){END}",
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

    def thing(match: re.Match[str]) -> str:
        what = match["what"] or match["deed"]
        told.append(f"{what} is {match['value'] or match['doing']}")
        return match[0]

    told += [f"my birthday is on {born['date']}" for born in BORN.finditer(text)]
    return THING.sub(thing, WHERE.sub(where, NAMED.sub(named, text))), told

"""One subject with two verbs: "My brother lives in Oslo and works as a nurse" is told as two clauses."""

from __future__ import annotations

import re

from circadian.lessons.clauses import NEWS
from circadian.lessons.grammar import of_a_relation
from circadian.lessons.wordings import slot

SURE = "am|is|are|have|has|had|was|were|won't|can't|don't|doesn't|never|still|always|take|takes|live|lives"
VERBS = (
    f"{SURE}|work|works|play|plays|speak|speaks|drive|drives|love|loves|like|likes|hate|hates|study|studies|teach|teaches|"
    "collect|collects|run|runs|go|goes|eat|eats|drink|drinks|moved|grew|enjoy|enjoys|prefer|prefers|come|comes|own|owns|"
    "support|supports|became|retrained|trained|usually|often|turned|keep|keeps|carry|carries|wear|wears|need|needs|avoid|avoids|sing|sings|weigh|cycle|walk|bake|bakes|paint|paints|used"
)
WHO = rf"(?P<who>i|i'm|i've|we|we're|we've|(?:my|our) {slot('being').pattern})"
TWO = re.compile(
    rf"{WHO} (?P<first>(?:(?!\b(?:and|to)\b).)+?),? and (?:(?:also|now|"
    rf"currently) )?(?P<second>(?P<verb>{VERBS}) .+)",
    re.IGNORECASE,
)


def halves(clause: str) -> list[str]:
    """The clause as it is, or parted before its second verb, if a relation knows the first half; what only says that something
    changed is left out."""
    match = TWO.fullmatch(clause)
    if not match:
        return [clause]
    who = re.sub(r"^(i|we)'.*", r"\1", match["who"], flags=re.IGNORECASE)
    first, second = f"{match['who']} {match['first']}", f"{who} {match['second']}"
    if NEWS.fullmatch(first):
        return halves(second)
    if of_a_relation(first) and (re.fullmatch(SURE, match["verb"], re.IGNORECASE) or of_a_relation(second)):
        return [first, *halves(second)]
    return [clause]

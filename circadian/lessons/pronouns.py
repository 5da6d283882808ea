"""Pronouns: "He lives in Oslo" after "My brother is called Mateo" is said of "my brother"."""

from __future__ import annotations

import re

from circadian.lessons.slots import NAME
from circadian.lessons.wordings import nouns, slot

START = re.compile(r"(he|she|it|they)('s|'re|'ve)? (.+)", re.IGNORECASE)
OWNER = re.compile(r"(his|her|its|their) (.+)", re.IGNORECASE)
OBJECT = re.compile(
    r"((?:i|we)(?:'ve| have)?(?: (?:just|recently|finally|also))? (?:sold|lost|named|call|called|renamed|gave "
    r"away|got rid of)) "
    r"(?:him|her|it|them)\b(.*)",
    re.IGNORECASE,
)
USED = re.compile(
    r"((?:i|we)(?:'ve| have)?(?: (?:still|often|always|usually|never|only|just))? (?:play|use|ride|drive|sail|wear|practi[sc]e|love|"
    r"like|adore|hate|feed|walk|clean|wash|water|keep|visit|bought|built|made|grow|grew|broke|sprained|twisted|"
    r"injured|hurt)) (it|them)\b(.*)",
    re.IGNORECASE,
)
OF_NOTHING = re.compile(
    r"it(?:'s| is| was)? (?:raining|snowing|sunny|cold|hot|warm|windy|cloudy|late|early|time|true|fine|ok|okay|"
    r"great|nice|hard|easy|"
    r"difficult|important|good|bad|possible|impossible|clear|weird|strange|funny|sad|my|our|the|not|been|like|"
    r"just|because|why|what|"
    r"how|when|who|about|all|worth|up to|seems|looks like|takes|depends|doesn't|works|helps|makes|means|sounds|feels|hurts|an? "
    r"(?:shame|pity|long|good|bad|nice|great|joke|lie|bit|lot|question|problem))\b",
    re.IGNORECASE,
)
FAVOURITE = re.compile(
    r"(?:it|that|this)(?:'s| is) (my|our) (?:absolute |all-time )?(favou?rite [\w'-]+(?: [\w'-]+)?)", re.IGNORECASE
)
HAS = re.compile(r"(?:got|been|moved|become|gone|turned|lived|had|started|stopped|passed away|died)\b", re.IGNORECASE)
PLURAL = re.compile(rf"{slot('beings').pattern}|.*[^s]s", re.IGNORECASE)


def without_pronoun(clause: str, things: list[str]) -> str:
    """The clause with its pronoun replaced by the last of `things` that it can mean; as it is where none can."""
    start, owner, object_ = START.fullmatch(clause), OWNER.fullmatch(clause), OBJECT.fullmatch(clause)
    if OF_NOTHING.match(clause):
        return clause
    if start:
        thing = _meant(start[1].lower(), things)
        short = (start[2] or "").lower()
        verb = {"": "", "'re": "are ", "'ve": "have ", "'s": "has " if HAS.match(start[3]) else "is "}[short]
        return f"my {thing} {verb}{start[3]}" if thing else clause
    if owner:
        thing = _meant({"his": "he", "her": "she", "its": "it", "their": "they"}[owner[1].lower()], things)
        return f"my {thing}'s {owner[2]}" if thing else clause
    if object_ and things:
        return f"{object_[1]} my {things[-1]}{object_[2]}"
    if used := USED.fullmatch(clause):
        thing = _meant({"it": "it", "them": "they"}[used[2].lower()], things)
        return f"{used[1]} my {thing}{used[3]}" if thing else clause
    return clause


def as_favourite(clause: str, before: str, likes: list[str]) -> str:
    """ "It's my favourite book" with what it is: what the clause before likes, or the one name in it; as it is where that is unsure."""
    match = FAVOURITE.fullmatch(clause)
    what = likes or re.findall(rf"(?<= ){NAME}", before)
    return f"{match[1]} {match[2]} is {what[0]}" if match and len(what) == 1 else clause


def _meant(pronoun: str, things: list[str]) -> str:
    return next((thing for thing in reversed(things) if _fits(pronoun, thing)), "")


def _fits(pronoun: str, thing: str) -> bool:
    """Whether a thing ("little brother", "dog") may be called he, she, it or they."""
    last = thing.lower().split()[-1]
    kind = {name for name, words in nouns().items() if last in words}
    if pronoun == "they":
        return bool(PLURAL.fullmatch(last)) or "person" in kind
    if PLURAL.fullmatch(last) and not kind:
        return False
    if pronoun == "it":
        return not kind & {"male", "female", "person"}
    return bool(kind & ({"male", "female", "person", "animal"} - {"female" if pronoun == "he" else "male"}))

"""Endings and denials: "I no longer have a car", "We sold the boat", "I don't live in Ghent any more", "I used to be a baker".

An ended fact closes what it ends (ledger.py). One with an answer stays as the newest word on it; one without only closes,
and where it has no value either, it closes every fact of its relation and subject.
"""

from __future__ import annotations

import re
from dataclasses import replace

from circadian.lessons.grammar import TOLD, in_own_words, of_a_relation, told
from circadian.lessons.plainly import NO_LONGER_SO
from circadian.lessons.second import capital, turned
from circadian.lessons.trims import whole
from circadian.records import Fact

OWN = r"(?:my|our|the)"
THING = r"(?P<thing>[^\W\d_][\w'-]*(?: [\w'-]+){0,3}?)"
LATE = (
    r"(?:,? (?:last|this|yesterday|today|recently|in|on|two|three|four|a|some|when|after|from|at|to|for|"
    r"because|peacefully|sadly)\b.*)?"
)
NO_MORE = re.compile(r",? (?:any ?more|any longer|no more)$", re.IGNORECASE)
GONE = re.compile(
    rf"{OWN} {THING} (?:has |have |just |sadly |recently |finally |suddenly )*(?:died|passed away|is dead|was "
    rf"stolen|were stolen|got stolen|been stolen|"
    rf"ran away|is gone|was put down|broke down for good|is broken beyond repair)\b{LATE}",
    re.IGNORECASE,
)
CANCELLED = re.compile(
    rf"{OWN} {THING} (?:is|are|was|were|has been|have been|got) (?:cancell?ed|called off|over|off)\b{LATE}",
    re.IGNORECASE,
)
PARTED = re.compile(
    rf"(?:i|we) (?:have )?(?:just |finally |recently |sadly )?(?:sold|lost|gave away|given away|got rid of|gotten "
    rf"rid of|threw away|thrown away|"
    rf"scrapped|cancell?ed|called off|buried|donated|traded in|totall?ed|wrecked|crashed) {OWN} {THING}{LATE}",
    re.IGNORECASE,
)
SWAPPED = re.compile(
    rf"(?:i|we) (?:have )?(?:swapped|traded|exchanged|replaced) {OWN} {THING} (?:for|with|by) .*", re.IGNORECASE
)
GIVEN = re.compile(rf"(?:i|we) (?:have )?(?:gave|given|threw|thrown) {OWN} {THING} (?:away|back|out|to .*)", re.IGNORECASE)
HAVE_NO = re.compile(
    r"(?:i|we) (?:no longer (?:have|own)|(?:don't|do not) (?:have|own)|haven't got|have not got) (?:an?|the|my|our|any) "
    + THING,
    re.IGNORECASE,
)
NO_THING = re.compile(r"(?:clue|idea|doubt|time|question|problem|choice|job)\b", re.IGNORECASE)
JOB = re.compile(
    r"(?:i|we) (?:have )?(?:just |recently |finally )?(?:quit|left|lost|resigned from|gave up|given up) (?:my|the) (?:old )?job"
    r"(?: as (?:an? )?(?P<work>.+?))?(?: (?:at|with|for) (?P<place>.+?))?",
    re.IGNORECASE,
)
JOBLESS = re.compile(
    r"i (?:have )?(?:just |recently )?(?:was fired|got fired|been fired|was laid off|been laid off|got laid off|"
    r"was made redundant|been made redundant|"
    r"retired|resigned)\b.*|i (?:have )?(?:just |recently )?quit(?:$|,| (?!\w+ing\b).*)|"
    r"i am (?:retired|unemployed|out of work|between jobs)\b.*",
    re.IGNORECASE,
)
LEFT = re.compile(r"[iI] (?:have )?(?:just |recently )?(?:left|quit) (?P<place>[A-ZÀ-Þ]\S*(?: [A-ZÀ-Þ]\S*){0,3})")
STOPPED = re.compile(
    r"(?P<who>i|we|my [\w'-]+(?: [\w'-]+)?) (?:have |has )?(?:just |recently |finally )?(?:stopped|quit|gave up|"
    r"given up|ended) (?P<what>.+)",
    re.IGNORECASE,
)
SPLIT_UP = re.compile(
    r"(?:(?:i|we) (?:have )?(?:just |recently )?(?:broke up|broken up|split up|separated|got divorced|divorced)|"
    r"my [\w-]+ and i (?:have )?"
    r"(?:broke|broken|split) up|my (?:wife|husband|girlfriend|boyfriend|partner) (?:has )?(?:left me|dumped me)|"
    r"we are no longer (?:together|engaged|married)|i am (?:single|divorced|widowed|separated))\b.*",
    re.IGNORECASE,
)
OTHERWISE = re.compile(NO_LONGER_SO, re.IGNORECASE)
USED_TO = re.compile(r"(?P<who>i|we|(?:my|our) [\w'-]+(?: [\w'-]+){0,2}?) used to (?P<what>.+)", re.IGNORECASE)
NEGATED = re.compile(
    r"(?P<who>i|we|(?:my|our) [\w'-]+(?: [\w'-]+){0,3}?) (?P<not>am not|are not|is not|aren't|isn't|am no longer|"
    r"is no longer|are no longer|"
    r"no longer|don't|do not|doesn't|does not|can no longer|have no longer|has no longer)(?: really| actually)? (?P<what>.+)",
    re.IGNORECASE,
)
THIRD = {"have": "has", "go": "goes", "do": "does", "be": "is"}
JOINED = {"am": "am ", "is": "is ", "are": "are ", "aren't": "are ", "isn't": "is ", "can": "can "}


def changed(clause: str, memory: str, at: str) -> list[Fact] | None:
    """What a clause ends or denies, with the person's own words; None if it ends nothing."""
    full = whole(clause)
    for what in (_gone, _otherwise, _job, _split_up, _used_to, _stopped):
        facts = what(full, clause, memory, at)
        if facts is not None:
            return facts
    return _denied(full, clause, memory, at)


def _gone(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    """What is had no more: everything that was told of it ends, but not its name."""
    matches = (pattern.fullmatch(full) for pattern in (GONE, CANCELLED, PARTED, SWAPPED, GIVEN))
    match = next((one for one in matches if one), HAVE_NO.fullmatch(NO_MORE.sub("", full)))
    if not match or NO_THING.match(match["thing"]):
        return None
    return [in_own_words(match["thing"], clause, memory, at, ended=True)]


def _otherwise(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    """ "I do something else on Mondays now": what is done on that day, whatever it is."""
    match = OTHERWISE.fullmatch(full)
    return [Fact("", "habit", match["day"].lower(), "", memory, at, ended=True)] if match else None


def _job(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    match = JOB.fullmatch(full) or LEFT.fullmatch(full)
    if not match and not JOBLESS.fullmatch(full):
        return None
    groups = match.groupdict() if match else {}
    work, place = groups.get("work") or "", groups.get("place") or ""
    ends = [_only_ends("work", work, memory, at)] if not place or work else []
    ends += [_only_ends("am", work, memory, at)] if work else []
    ends += [_only_ends("work place", place, memory, at)]
    if not match:
        return ends + told(clause, memory, at)
    return [*ends, in_own_words(work or place or "job", clause, memory, at)]


def _split_up(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    if not SPLIT_UP.fullmatch(full):
        return None
    return [_only_ends("partner", "", memory, at), *told(clause, memory, at)]


def _used_to(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    """What was and is no more is told, and ends the same where it was told as something that is."""
    match = USED_TO.fullmatch(NO_MORE.sub("", full))
    if not match:
        return None
    positive = _positive(match["who"], "no longer", match["what"])
    return [*(replace(one, ended=True, answer="") for one in _facts(positive, memory, at)), *told(clause, memory, at)]


def _stopped(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    """ "I stopped playing the cello", "I gave up the cello": ended, if it is something that a relation knows."""
    match = STOPPED.fullmatch(full)
    if not match:
        return None
    doing = re.match(r"(\w{2,}?)(\w)?ing (.+)|(.+)", match["what"])
    assert doing
    who = match["who"]
    if doing[4] or not doing[3]:
        tries = [_positive(who, "no longer", f"play {match['what']}")]
    else:
        stem = doing[1] + (doing[2] or "")
        halves = [stem, stem + "e"] + ([doing[1]] if doing[2] and doing[1].endswith(doing[2]) else [])
        tries = [_positive(who, "no longer", f"{half} {doing[3]}") for half in halves]
        tries.append(f"{who} {'am' if who.lower() == 'i' else 'is'} {match['what']}")
    for one in tries:
        facts = _facts(one, memory, at)
        if facts and facts[0].relation not in {"habit", "third person does"}:
            return _ended(facts, clause)
    return None


def _denied(full: str, clause: str, memory: str, at: str) -> list[Fact] | None:
    """ "I don't live in Ghent any more", "My sister is not a nurse": the opposite of what a relation knows."""
    bare = NO_MORE.sub("", full)
    match = NEGATED.fullmatch(bare)
    if not match or (bare == full and "no longer" not in bare.lower() and of_a_relation(clause)):
        return None
    facts = _facts(_positive(match["who"], match["not"].lower(), match["what"]), memory, at)
    return _ended(facts, clause) if facts else None


def _positive(who: str, negation: str, what: str) -> str:
    """ "my sister", "doesn't", "live in Rome" -> "my sister lives in Rome"."""
    joined = JOINED.get(negation.split()[0], "")
    if not joined and who.lower() not in {"i", "we"} and negation != "don't":
        verb, _, rest = what.partition(" ")
        s = verb if verb.endswith("s") else THIRD.get(verb, re.sub(r"(?<=[^aeiou])y$", "ie", verb) + "s")
        return f"{who} {'is' if verb == 'be' else s} {rest}"
    if what.startswith("be ") and who.lower() == "i":
        what = "am " + what[3:]
    return f"{who} {joined}{what}"


def _facts(clause: str, memory: str, at: str) -> list[Fact]:
    return [one for one in of_a_relation(clause, memory, at) or [] if one.relation != TOLD]


def _ended(facts: list[Fact], clause: str) -> list[Fact]:
    return [replace(one, ended=True, answer=capital(turned(clause)) + ".") for one in facts]


def _only_ends(relation: str, value: str, memory: str, at: str) -> Fact:
    return Fact("", relation, value, "", memory, at, ended=True)

"""A clause that tells several things, as several clauses: lists of belongings, "my brother Mateo lives in Oslo"."""

from __future__ import annotations

import re

from circadian.lessons.pronouns import PLURAL
from circadian.lessons.rephrased import rephrased
from circadian.lessons.slots import NAME
from circadian.lessons.times import MONTHS, NUMBER
from circadian.lessons.wordings import slot, slot_text

BEING = slot_text("being")
APPOSITION = re.compile(rf"({BEING}),? ({NAME}(?: and {NAME})?),? (?=[a-z])", re.IGNORECASE)
HAVING = re.compile(r"((?:i|we)(?: have got|'ve got| have| own|'ve) )((?:an?|\w+) .+)", re.IGNORECASE)
BACKWARDS = re.compile(
    rf"(?!(?:this|that|it|he|she|here|there|what|who)\b)({NAME}(?:(?:, {NAME}){{0,8}},? and {NAME})?) (is|are) (my|"
    rf"our) ([\w'-]+(?: [\w'-]+){{0,2}})",
    re.IGNORECASE,
)
NO_OWNER = re.compile(r"favou?rite|passion|hobby|thing|jam|obsession|birthday|pleasure|style|goal|dream", re.IGNORECASE)
QUOTE_S = "'s"
CHILDREN = re.compile(
    rf"({slot('count').pattern}) ([\w-]+(?: [\w-]+)?)(?:,? (?:called|named) |[,:] (?={NAME}(?:$|,| and )))(\S.*)", re.IGNORECASE
)
APPOSED = re.compile(
    r"(?:just |only )?(?:an?|one) (?:(?:new|old|little|small|big|second-hand) )*((?-i:[a-z])[\w-]+(?: (?-i:[a-z])[\w-]+)?), "
    r"(an? (?-i:[A-Z])[\w-]+(?: [\w-]+){0,3})",
    re.IGNORECASE,
)
COUNTED = re.compile(rf"(?:an? (?!bit |lot |little )|{slot('count').pattern} )[\w-]+(?: [\w-]+){{0,3}}", re.IGNORECASE)


OWNER = r"(?:my|our) [\w'-]+(?: [\w'-]+){0,2}?"
BESIDE = re.compile(
    rf"(?P<of>one of )?(?P<owner>{OWNER}), (?P<what>(?:who|an? |called |named |little |aged )[^,]+|{NAME}|"
    rf"{NUMBER}), (?P<rest>\S.*)",
    re.IGNORECASE,
)
NO_NAME = rf"(?:(?:Easter|Christmas|New Year|Boxing Day|Thanksgiving|Ramadan|Eid)|(?:{MONTHS})|\w+day)\b"
WITH_NAME = re.compile(
    rf"(.*(?<!call)(?<!called)(?<!named) )((?:my|our|an?|one) {BEING}, |(?:my|our) {BEING} )(?!{NO_NAME})({NAME})"
    r"( (?:to|from|at|in|on|with|for|since|today|tonight|yesterday|tomorrow|this|last|next|when|after|before)\b.*)?",
    re.IGNORECASE,
)
WITH_WHO = re.compile(rf"(.* )((?:my|our) {BEING}),? who('s| \w+)( .+)", re.IGNORECASE)
WITH_WHERE = re.compile(
    rf"(.* )((?:my|our) {BEING})((?: (?:down|over|up|out|back))? (?:in|to|near|on) .+?),? where (?:he|she|they)(?: both| all)? "
    r"(live|work|studie|stud(?=y)|grew up)(?:s|y)?\b.*",
    re.IGNORECASE,
)
WHO = re.compile(rf"(an?) ({BEING}),? who((?:'s| \w+) .+)", re.IGNORECASE)
POSSESSED = re.compile(rf"(an?) ([\w-]+(?: [\w-]+)?), ({NAME})(?:, who (.+))?", re.IGNORECASE)


def apart(clause: str) -> list[str]:
    """ "I have a dog and two cats" as two clauses, and "my brother Mateo lives in Oslo" as two."""
    if parts := rephrased(clause):
        return parts
    having = HAVING.fullmatch(clause)
    return (having and _belongings(having[1], having[2])) or _named(clause) or _beside(clause) or [clause]


def _belongings(having: str, what: str) -> list[str]:
    """ "a dog and two cats", "one car, a Citroen", "two cats called Salt and Pepper", "a greyhound, Nessie, who sleeps all day"."""
    of_one = APPOSED.fullmatch(what)
    if of_one:
        return [f"my {of_one[1]} is {of_one[2]}"]
    items = re.split(r",? and |, ", what)
    if len(items) > 1 and all(COUNTED.fullmatch(item) for item in items):
        return [having + item for item in items]
    named = CHILDREN.fullmatch(what)
    if named:
        return [
            f"{having}{named[1]} {named[3]}",
            f"my {named[3]} {'is' if named[1].lower() in {'a', 'an', 'one', '1'} else 'are'} called {named[4]}",
        ]
    who = WHO.fullmatch(what)
    if who:
        return [f"{having}{who[1]} {who[2]}", f"my {who[2]}{who[3]}"]
    one = POSSESSED.fullmatch(what)
    if not one:
        return []
    rest = [f"my {one[2]} {one[4]}"] if one[4] else []
    return [f"{having}{one[1]} {one[2]}", f"my {one[2]} is called {one[3]}", *rest]


def _beside(clause: str) -> list[str]:
    """ "my dog, a beagle called Rex, hates baths", "one of my flatmates, Anil, is Danish", "I live with my wife, Ann"."""
    match = BESIDE.fullmatch(clause)
    if match:
        owner = match["owner"].removesuffix("s") if match["of"] else match["owner"]
        return [*_said(owner, match["what"]), f"{owner} {match['rest']}"]
    name = WITH_NAME.fullmatch(clause)
    if name and name[3][0].isupper():
        owner = name[2].rstrip(" ,")
        return [name[1] + owner + (name[4] or ""), f"{re.sub('^(?:an?|one) ', 'my ', owner)} {_is(owner)} called {name[3]}"]
    where = WITH_WHERE.fullmatch(clause)
    if where:
        does = {"live": "lives", "work": "works", "grew up": "grew up"}.get(where[4].lower(), "studies")
        place = re.sub(r"^(?: \w+)? (?:to|near|in|on) ", "in ", where[3])
        return [where[1] + where[2], f"{where[2]} {does} {place}"]
    who = WITH_WHO.fullmatch(clause)
    if who:
        return [who[1] + who[2], who[2] + who[3] + who[4]]
    return []


def _said(owner: str, what: str) -> list[str]:
    """What stands between commas after its owner: a name, an age, "a beagle called Rex" or "who's nine"."""
    named = re.fullmatch(rf"(?:(an? .+?) )?(?:(?:called|named|little) )?({NAME})", what, re.IGNORECASE)
    if named and named[2][0].isupper():
        return [*([f"{owner} {_is(owner)} {named[1]}"] if named[1] else []), f"{owner} {_is(owner)} called {named[2]}"]
    who = re.match(r"who(?:'s| is| are) |who |aged ", what, re.IGNORECASE)
    bare = what[who.end() :] if who else what
    verb = "" if who and who[0].lower() == "who " else f"{_is(owner)} "
    return [f"{owner} {verb}{bare}"]


def _named(clause: str) -> list[str]:
    """ "Ann is my boss" and "my brother Mateo lives in Oslo"."""
    back = BACKWARDS.fullmatch(clause)
    if back and back[1][0].isupper() and not NO_OWNER.search(back[4]):
        return [f"{back[3]} {back[4]} {back[2]} called {back[1]}"]
    owner = re.match(r"(?:my|our) ", clause, re.IGNORECASE)
    name = owner and APPOSITION.match(clause, owner.end())
    if not owner or not name or not name[2][0].isupper():
        return []
    short = name[2].endswith(QUOTE_S)
    rest = ("is " if short else "") + clause[name.end() :]
    if short and re.search(r" (?:is|are|was|has|have) ", clause[name.end() :]):
        return []
    whose = f"{owner[0]}{name[1]}"
    more = f"{whose}, {rest}" if rest.startswith("who") else f"{whose} {rest}"
    return [f"{whose} {_is(whose)} called {name[2].removesuffix(QUOTE_S)}", *apart(more)]


def _is(owner: str) -> str:
    last = owner.split()[-1].lower()
    return "are" if PLURAL.fullmatch(last) and not last.endswith("ss") else "is"

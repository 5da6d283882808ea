"""A clause that tells several things, as several clauses: lists of belongings, "my brother Mateo lives in Oslo"."""

from __future__ import annotations

import re

from circadian.lessons.pronouns import PLURAL
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
    rf"(.*(?<!call)(?<!called)(?<!named) )((?:my|our|an?|one) {BEING}, |(?:my|our) {BEING} )(?!{NO_NAME})({NAME})",
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
SIMPLE = [
    (re.compile(text, re.IGNORECASE), clauses)
    for text, clauses in (
        (rf"(?:as|being) an? ({NUMBER})[- ]year[- ]old,? (\S.*)", (r"I'm \1 years old", r"\2")),
        (rf"(?:as|being) an? ({slot('job').pattern}),? ((?:i|i'm|i've|my) \S.*)", (r"I'm a \1", r"\3")),
        (rf"(?:at|being) ({slot('feet').pattern}),? ((?:i|i'm|i've|my) \S.*)", (r"I'm \1", r"\3")),
        (rf"(?:because of|due to|thanks to|with) my ({slot('illness').pattern}),? (i \S.*)", (r"I have \1", r"\3")),
        (rf"(i (?:take|am on|use|need) .+) for my ({slot('illness').pattern})", (r"\1", r"I have \2")),
        (rf"living with ({slot('illness').pattern}) (?:is|isn't|has|hasn't|can|gets|means) .*\b(?:i|me|my)\b.*", (r"I have \1",)),
        (r"(?:where|the place) i work,? (at|for) ([^,]+),.*", (r"I work \1 \2",)),
        (r"i (?:own|have|drive|ride|play|bought) (an? [^,]+), (?:that|this|it)(?:'s| is) my ([\w'-]+(?: [\w'-]+)?)", (r"My \2 is \1",)),
        (r"it's (my|our) ([\w'-]+(?: [\w'-]+)?) ((?:on|next|tomorrow|in) .*)", (r"\1 \2 is \3",)),
        (rf"(?:this is|meet) (my|our) ({BEING}),? ({NAME})", (r"\1 \2 is called \3",)),
        (r"((?:my|our) [\w' -]+?) (?:has|have) (?:always |long |also )?been ((?-i:[A-Z])[\w'-]+(?: (?-i:[A-Z])[\w'-]+)*)", (r"\1 is \2",)),
        (r"(?:my|our|the) (?:\w+ )?(?:doctor|gp|hospital|clinic|specialist|consultant|psychiatrist|[a-z]+ologist) "
         r"(?:(?:has|have|had|just|now|recently) )*(?:put|started) me on (?!an? |the )(\S.*?)(?: (?:now|last \w+|for (?:my|the) .*))?",
         (r"i take \1",)),
        (r"i spent my (?:student|university|uni|college) (?:years|days|time) (?:in|at) (\S.*)", (r"i went to university in \1",)),
        (r"(\w+day)s?((?: (?:night|evening|morning|afternoon))?)s? (?:is|are) ([\w-]+) (?:night|evening|morning|time)s?"
         r" (?:for|with) (?:me|us)", (r"i do \3 on \1\2s",)),
        (r"(\w+day)s are for ([a-z]+ing\b.*)", (r"i spend every \1 \2",)),
        (r"(?:my|our|the) (?:\w+ )?(?:doctor|gp|dentist|nurse|midwife|dietitian|pharmacist|[a-z]+ologist) (?:says?|said|tells me|told me|"
         r"advised me)(?: that)? i (?:(?:must|should|may)(?:n't| not| never)|can(?:'t|not)) (\S.*)", (r"i can't \1",)),
        (r"i (?:always )?(?:save|put)(?: (?:a bit|a little|some|money|something))*(?: (?:aside|away|up))? so (?:that )?i can "
         r"(?:buy|afford|get) (?:myself )?(\S.*?)((?: (?:each|every) \w+)?)", (r"i'm saving up for \1",)),
        (r"(?:every\w+|all|each|we|they|the others|my \w+) .*\b(?:has|have|had|got) (?:an?|their|his|her)(?: own)? ((?:[\w-]+ )?[\w-]+),?"
         r"(?: and)? mine(?: is|'s) (\S.*)", (r"my \1 is \2",)),
        (r"both (?:of )?(my|our) ([\w-]+) (\S.*)", (r"I have two \2", r"\1 \2 \3")),
        (rf"(?:({NAME}), )?(\d\d),? (?:and )?(from|living in|based in) (\S.*)", (r"I'm \1", r"I'm \2", r"I'm \3 \4")),
        (rf"(i am|i'm) ({NAME}), ({NUMBER})", (r"\1 \2", r"\1 \3")),
        (r"((?:i|we) (?:was|were) born) ((?:in|at) \D+?),? (on .*\d.*|in \d{4})", (r"\1 \2", r"\1 \3")),
        (r"((?:i|we) (?:was|were) born) ((?:on .*\d\S*|in \d{4})) ((?:in|at) \D+)", (r"\1 \2", r"\1 \3")),
        (r"((?:i|we)(?:'ve been| have been|'m|'re| am| are)? (?:live|living)) ((?:alone|with) .*?|alone) (?:in|near) (.*)",
         (r"\1 \2", r"\1 in \3")),
    )
]  # fmt: skip


def apart(clause: str) -> list[str]:
    """ "I have a dog and two cats" as two clauses, and "my brother Mateo lives in Oslo" as two."""
    for pattern, parts in SIMPLE:
        match = pattern.fullmatch(clause)
        if match:
            return [match.expand(part) for part in parts if match.expand(part).strip() != "I'm"]
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
        return [name[1] + owner, f"{re.sub('^(?:an?|one) ', 'my ', owner)} {_is(owner)} called {name[3]}"]
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

"""Clefts and inversions put straight: "The instrument I play is the cello" -> "I play the cello"."""

from __future__ import annotations

import re
from collections.abc import Callable

WHO = r"(?:i|we|i'm|we're|i've|we've|(?:my|our) [\w'-]+)"
BE = r"(?:is|are|was|'s)"
MOST = r"(?: (?:the )?(?:most|best|more than anything(?: else)?|above all))?"
PLACE = r"(?:the (?:town|city|place|village|country|street|house|island|area) )?where"
MAKERS = {  # who made what is liked
    "author": "books|novels|stories|thrillers|mysteries|writing",
    "poet": "poems|poetry|verses?",
    "director": "films|movies",
    "painter": "paintings|pictures",
    "composer": "symphonies|operas|sonatas|quartets",
}
WORKS = "|".join(f"(?P<{maker}>{works})" for maker, works in MAKERS.items())
Straight = Callable[[re.Match[str]], str]


def _of(match: re.Match[str]) -> str:
    """What something of a thing is; its name and its date in the usual words."""
    usual = {"name": "is called", "first name": "is called", "date": "is on", "day": "is on"}.get(match["what"].lower())
    if usual:
        return f"my {match['owner']} {usual} {match['value']}"
    return f"my {match['owner']}'s {match['what']} is {match['value']}"


def _said(match: re.Match[str]) -> str:
    """Who does it and to what; of a thing that one has, of the last or first of a kind, or when something is, what it is."""
    who, does, value = match["who"], match["does"], match["value"]
    if re.search(r" (?:on|of|in|at|for|to|from|with|time)$", match["what"]):
        return match[0]  # "the name on my birth certificate", "the last time I saw her"
    if re.match(r"(?:called|named) ", value):
        owner = f"{who}'s" if who.lower().startswith(("my ", "our ")) else "my"
        return f"{owner} {match['what']} is {value}"
    if (
        re.match(r"(?:street|road)$|(?:very )?(?:last|first|next|latest|only) ", match["what"], re.IGNORECASE)
        or re.match(r"(?:on|at|by|under|next|in) ", value)
        or re.match(r"(?:have|had|got|own|bought|adopted|ride)\b", does)
    ):
        return f"my {match['what']} is {value}"
    return f"{who} {does} {value}{match['often'] or ''}"


def _most(match: re.Match[str]) -> str:
    """What one likes most of a kind, or least."""
    least = re.match(r"hate|loathe|can't|cannot|dislike", match["does"], re.IGNORECASE)
    return f"my {'least ' if least else ''}favourite {match['what']} is {match['value']}"


def _does(match: re.Match[str]) -> str:
    return f"{match['who']} {match['does']} {match['value']}"


def _favourite(match: re.Match[str]) -> str:
    kind = match["what"] if match["what"].endswith(("ss", "series")) else match["what"].removesuffix("s")
    return f"my favourite {kind} is {match['value']}"


def _maker(match: re.Match[str]) -> str:
    (maker,) = (name for name in MAKERS if match[name])
    return f"my favourite {maker} is {match['value']}"


FORMS: tuple[tuple[str, Straight], ...] = (
    (
        r"(?:the|one) (?P<what>[\w'-]+(?: [\w'-]+){0,2}?)(?: that| which)? (?:i|we) (?P<does>(?:like|love|enjoy|prefer|adore|admire) "
        r"(?:the )?(?:most|best|more than .*?)|(?:like|love) above all|(?:hate|loathe|dislike)(?: (?:the )?most| more than .*?)?|"
        rf"(?:can't|cannot) (?:stand|bear|abide)(?: at all)?) {BE} (?P<value>\S.*)",
        _most,
    ),
    (r"(?:i|we) (?:like|love|adore|prefer) the (?P<what>colou?r|film|movie|book|song|band|fruit|flower|season|drink|game) "
     r"(?P<value>\S.*?)(?: (?:the )?(?:most|best)(?: of all)?| more than any(?: other(?: one)?)?)?", _favourite),
    (r"(?:i|we) (?:like|love|adore|prefer) (?P<value>\S.*?) (?:more than|above|over|best of) (?:any|all)(?: the)?(?: other)? "
     r"(?P<what>(?!others?$|ones?$)[\w'-]+(?: [\w'-]+)?)", _favourite),
    (r"(?:for|to) me,? the (?:most \w+|best|nicest|loveliest|greatest|prettiest) (?P<what>[\w'-]+(?: [\w'-]+)?) (?:is|are) "
     r"(?P<value>\S.*)", _favourite),
    (r"the (?P<what>[\w'-]+(?: [\w'-]+)?) of (?:my|our) (?P<owner>[\w'-]+(?: [\w'-]+)?) is (?P<value>\S.*)", _of),
    (
        rf"(?:the|one|an?) (?P<what>[\w'-]+(?: [\w'-]+){{0,2}}?)(?: that| which| who)? (?P<who>{WHO}) "
        r"(?P<does>[\w'-]+(?: [\w'-]+){0,4}?)(?: (?:in|at) \w+)??(?P<often> (?:every|each) \w+)?"
        rf"{MOST} {BE} (?P<value>\S.*)",
        _said,
    ),
    (rf"what (?P<who>i|we) (?P<does>[\w'-]+(?: [\w'-]+){{0,2}}?){MOST} {BE} (?P<value>\S.*)", _does),
    (rf"what (?:frightens|scares|terrifies) me{MOST} {BE} (?P<value>\S.*)", lambda m: f"i'm scared of {m['value']}"),
    (
        rf"it(?: is|'s|'s the) (?P<value>\S.*?)(?: that)? (?P<who>{WHO}) (?P<does>(?!am\b|is\b)[\w'-]+(?: [\w'-]+){{0,3}}){MOST}",
        _does,
    ),
    (rf"(?P<value>\S.*?) {BE} {PLACE} (?P<who>{WHO}) (?P<does>\S.*)", lambda m: f"{m['who']} {m['does']} in {m['value']}"),
    (rf"(?:i|we) (?:like|love|enjoy|adore|prefer) (?:the )?(?:{WORKS}) (?:by|of) (?P<value>\S.*?) (?:the )?(?:best|most)(?: of all)?",
     _maker),
    (rf"of all (?:the )?(?:wild )?(?P<what>[\w'-]+(?: [\w'-]+)?),? i (?:like|love|prefer) (?P<value>\S.*?){MOST}", _favourite),
    (r"no (?P<what>[\w'-]+(?: [\w'-]+)?) is (?:better|more \w+) than (?P<value>\S.*)", _favourite),
    (r"nothing tastes better(?: to me)? than (?P<value>\S.*?)(?: (?:to|for) me)?", lambda m: f"my favourite food is {m['value']}"),
    (r"nothing (?:beats|is better(?: to me)? than) (?P<value>\S.*?)(?: (?:to|for) me)?", lambda m: f"i love {m['value']}"),
    (r"there(?: is|'s) nothing(?: that)? i (?:like|love|enjoy) (?:more|better) than (?P<value>\S.*)", lambda m: f"i love {m['value']}"),
    (r"i could (?:eat|drink) (?P<value>\S.*?) (?:every (?:single )?day|all day long|for every meal)", lambda m: f"i love {m['value']}"),
)  # fmt: skip
STRAIGHT = tuple((re.compile(form, re.IGNORECASE), how) for form, how in FORMS)
MAY_START = re.compile(r"(?:i|we|for|to|the|one|an?|what|it|it's|of|no|nothing|there|there's)\b|.* where ", re.IGNORECASE)


def straight(clause: str) -> str:
    """The clause in the order in which it is usually said, or as it is."""
    if MAY_START.match(clause):
        for form, how in STRAIGHT:
            match = form.fullmatch(clause)
            if match:
                said = how(match)
                return said[:1].upper() + said[1:]
    return clause

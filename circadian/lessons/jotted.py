"""What somebody jots down, as it is said in a sentence: "spare key: under the pot" -> "my spare key is under the pot"."""

from __future__ import annotations

import functools
import re

from circadian.lessons.attributes import attributes
from circadian.lessons.openings import spelled
from circadian.lessons.wordings import BEINGS, nouns

LONGEST = 200  # characters: what is longer is a text with a heading
WORD = r"[^\W\d_][\w'-]*"
THING = rf"{WORD}(?: {WORD}){{0,3}}"
BEFORE = r"(?P<before>(?:^|(?<=[.!?;] )|(?<=\n))(?:(?:so|ok|okay|and|also|oh|note|fyi|btw)[:,]? )?)"
FAVOURITE = re.compile(  # "fav colour lilac", "favourite film? Momo"
    rf"{BEFORE}(?:(?:my |our |the )?(?=fave? )|(?=favou?rite ))(?P<thing>\w+ {WORD})(?: is| are| =|:|,|\?)? "
    r"(?P<value>(?!(?:is|are|of|ones?|in|on|at|to|for|has|have|was|were)\b)[^,.;!?]+)",
    re.IGNORECASE,
)
HEADED = re.compile(
    rf"{BEFORE}(?:my |our |the )?(?P<thing>{THING}(?:, {THING})?) ?(?::|=| - | – ) ?(?P<value>[^.;!?\n]+)", re.IGNORECASE
)
ASKED = re.compile(  # by oneself: "the cat's name? Pumpernickel"
    rf"{BEFORE}(?:my |our |the )?(?P<thing>{THING}) ?\? (?P<value>[^.;!?,\n]+)(?=[.;!,\n]|$)", re.IGNORECASE
)
BARE = re.compile(rf"{BEFORE}(?P<thing>(?-i:[a-z])[\w'-]*) (?:is|are) (?P<value>[^.;!?\n]+)", re.IGNORECASE)
OTHERWISE = frozenset("text note example question answer task code title subject topic poem story quote sentence".split())
INSIDE = frozenset(  # words of a sentence
    "a an this that these those his her its their your what who where when why how which is are was were do does did can could should "
    "would will in on at for from with about by to of the and or out".split()
)
ORDERS = frozenset(  # first words of a request
    "write translate give tell make list explain summarise summarize fix correct extract pull find name pick choose true false rewrite "
    "continue complete say spell classify".split()
)
OPEN = re.compile(r"(?:i|it|he|she|they|we|you|who|what|where|when|why|how|which|not|none|no|yes|don't|never)\b", re.IGNORECASE)
SHORT = {"no": "number", "addr": "address", "dob": "date of birth", "tel": "telephone number"}


def jotted(text: str) -> str:
    """A turn with its notes as sentences, each of something that people tell of."""
    for form in (FAVOURITE, HEADED, ASKED, BARE) if len(text) <= LONGEST else ():
        text = form.sub(_said, text)
    return text


def _said(match: re.Match[str]) -> str:
    *whose, thing = spelled(match["thing"]).lower().split(", ")
    words, value = [SHORT.get(word, word) for word in thing.split()], match["value"].strip()
    named = match.re is FAVOURITE or words[-1] in (_bare() if match.re is BARE else _things())
    if not named or not _bare().issuperset(whose) or INSIDE.intersection(words) or words[0] in ORDERS or OPEN.match(value):
        return match[0]
    owner = "".join(f"{one}'s " for one in whose)
    verb = "are" if re.search(r"[^s]s$", words[-1]) else "is"
    return f"{match['before']}My {owner}{' '.join(words)} {verb} {value}"


@functools.cache
def _bare() -> frozenset[str]:
    """The nouns that nobody says without "my" or "the", but in a note: "car is a Fiat"."""
    beings = {noun for kind in BEINGS for noun in nouns()[kind]}
    return frozenset(
        {one.thing for one in attributes() if one.thing} | beings | {"job", "employer", "birthday", "shift", "locker"}
    )


@functools.cache
def _things() -> frozenset[str]:
    """The words of all that people tell of."""
    named = {word for one in attributes() for word in one.topic.lower().split() if len(word) > 2} | _bare()
    return frozenset(named - OTHERWISE)

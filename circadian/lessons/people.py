"""People told of by name alone: "Tom lives in Lisbon. He speaks Italian." is read as if of a friend, and what is read is of Tom.

What may begin with any thing's name ("Python has lists") is left alone: only what people do and are is read so, and no word
that stands in the lessons' tables in small letters is taken for a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from circadian.lessons.clauses import ENDS, sentences
from circadian.lessons.names import is_name, named
from circadian.lessons.openings import OPENERS
from circadian.lessons.second import FRAME, WHICH, WHOSE
from circadian.lessons.slots import NAME
from circadian.lessons.times import TEENS, TENS, UNITS
from circadian.lessons.wordings import slot_text
from circadian.records import Fact

STAND_INS = ("friend", "cousin", "colleague")  # the first that the person does not speak of
STATES = (
    "allergic afraid scared terrified pregnant vegan vegetarian married engaged divorced single retired widowed left-handed colou?r-?blind "
    "deaf dyslexic diabetic learning studying training teaching expecting coming visiting moving living working staying starting born "
    "named into"
).replace(" ", "|")
DEEDS = (
    "lives lived resides works worked speaks studies studied graduated likes loves hates dislikes prefers adores plays sings moved "
    "drives collects paints owns retired wears rides drinks eats bakes cooks knits swims skis climbs dances snores smokes landed quit died"
).replace(" ", "|")
OWNED = (
    "birthday wedding job work address surname nickname wife husband partner girlfriend boyfriend son daughter brother sister mother "
    "father kids dog cat car house phone exam flight party surgery operation appointment interview graduation recital"
).replace(" ", "|")
WHO = rf"(?:{slot_text('person')}|{slot_text('job')})"
AGED = rf"(?:\d{{1,3}}|{UNITS}|{TEENS}|{TENS})(?: years?(?: old)?\b| (?:today|next|this|on|in|and)\b|,|[.!]*$)"
IS = rf"(?:(?:now|still|also|actually) )?(?:(?:{STATES})\b|an? {WHO}\b|aged \d|{AGED}|going to be an?\b|(?-i:from [A-Z]))"
DOES = (
    rf"(?:(?:now|still|also|really|always|usually|often|never|finally|just) )?(?:(?:{DEEDS})\b|(?:comes|came) from\b|grew up\b|"
    rf"turn(?:s|ed) {AGED}|goes (?:to|\w+ing)\b|used to (?:be|live|work|play|smoke)\b|has (?:never|been (?:{STATES}))\b|"
    rf"(?:doesn't|can't|cannot|won't|does not) (?:eat|drink|like|drive|swim|stand|smoke|bear|ride|speak)\b|(?:is|was) {IS}|"
    r"passed away\b|(?:got|is getting) (?:married|engaged|divorced)\b|"
    rf"has (?:an?|one|two|three|four|five) {slot_text('being')}\b)"
)
DID = re.compile(  # what a known name may have done; of others it might be a firm or a programme
    r"(?: (?:has|had|just|finally|already|nearly|almost))* (?:[a-z]{2,}ed|got|had|broke|won|left|lost|bought|sold|became|ran|went|"
    r"came|fell|found|began|took|made|ate|bit|gave|met|caught|threw|hurt|had|been|born|gone|torn|grown|put|stole|slept)\b"
)
BY_PRONOUN = r"(?!(?:is|was|has|and|or|in|of)\b)[a-z]+ (?:.* )?(?:his|her|he|she|himself|herself)\b"  # "lost her job"
THEIRS = rf"(?:(?:new|old|little|big|younger|older) )?(?:favou?rite|{OWNED})\b"
KIN = re.compile(  # who "Mum" is needs no "my"
    rf"(?:^|(?<=[.!?…] ))(?:(?:mum|mom|mummy|dad|daddy|grandma|grandpa|granny|grandad|nan|nana)(?= {DOES}|'s {THEIRS})|"
    r"(?-i:(?:Uncle|Aunt|Auntie|Cousin|Grandma|Grandpa|Granny|Grandad)(?= [A-ZÀ-Þ])))",
    re.IGNORECASE,
)
OF_SOMEBODY = re.compile(
    rf"(?P<owner>{NAME}) {THEIRS}.*|(?P<short>{NAME}) {IS}.*|(?P<name>{NAME}) (?:{DOES}|{BY_PRONOUN}).*",
    re.IGNORECASE | re.DOTALL,
)
BEFORE = re.compile(
    rf"(?:(?:{OPENERS}|(?:it )?turns out|looks like|funny thing|poor|i heard?)(?: that)?\b[\s,:;!.–-]*)+(?=(?-i:[A-ZÀ-Þ]))",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"(?:he|she|they|his|her|their)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def by_name(read: Callable[[str], list[Fact]], text: str) -> list[Fact]:
    """What `read` makes of a turn, and of what it tells of somebody by name, which it would pass over."""
    found: list[Fact] = []
    for name, words in _parts(read, KIN.sub(lambda kin: f"My {kin[0].lower()}", text)):
        if name:
            stand_in = next((one for one in STAND_INS if one not in words.lower()), STAND_INS[0])
            found += [_of(fact, name, stand_in) for fact in read(_as_of_a(stand_in, words, name))]
        else:
            found += read(words)
    return found


def somebody(sentence: str) -> str:
    """The name of whom a sentence tells something; empty if it is of nobody by name."""
    return _who(sentence)[0]


def _who(sentence: str) -> tuple[str, str]:
    """A name, and the sentence from there on without what is short or opens it; two empty texts if it is of nobody by name."""
    words = sentence.replace("’", "'")
    words = words[opened.end() :] if (opened := BEFORE.match(words)) else words
    match = OF_SOMEBODY.fullmatch(words)
    if not match or sentence.rstrip().endswith("?") or re.search(r"\bits\b", words):
        return "", ""
    short, said = match["short"] or "", match["owner"] or match["short"] or match["name"]
    name = said.removesuffix("'s")
    if not is_name(name) or said.endswith("'s") == bool(match["name"]):  # "Tom's lives", "Tom birthday"
        return "", ""
    return name, f"{name} is{words[len(short) :]}" if short else words


def as_known(text: str, live: Iterable[Fact]) -> str:
    """A turn in which what is said of a known name is said of whose it is: "Anna moved to Oslo" of "my sister"."""
    names = {fact.value: fact.subject for fact in live if fact.relation == "called"}
    for sentence in SENTENCE.split(text) if names else ():
        name, words = _who(sentence)
        if not name and not sentence.endswith("?"):
            name = next((one for one in names if sentence.startswith(one) and DID.match(sentence, len(one))), "")
            words = sentence
        if name in names:
            text = text.replace(sentence, f"My {names[name]}{words[len(name) :]}", 1)
    return text


def is_of(fact: Fact, name: str) -> bool:
    """Whether a fact tells something of somebody of that name; without a name, whether it is of nobody by name."""
    return name in fact.answer if name else not of_somebody(fact)


def of_somebody(fact: Fact) -> bool:
    """Whether a fact is of somebody by name: "my Bianchi bicycle" is not of Bianchi."""
    return named(fact.subject) and FRAME.sub("", fact.answer).startswith(fact.subject)


def _parts(read: Callable[[str], list[Fact]], text: str) -> Iterator[tuple[str, str]]:
    """A turn in its order: sentences of somebody by name with those that go on with a pronoun, and what lies between."""
    pieces = SENTENCE.split(text)
    whose = [_who(piece) for piece in pieces]
    if any(name for name, _ in whose):
        own = [one.words for one in sentences(text) if not one.asks and " " in one.words]  # not pasted, quoted or made up
        said = [piece.replace("’", "'").rstrip(ENDS) for piece in pieces]
        whose = [one if any(words in piece for words in own) else ("", "") for one, piece in zip(whose, said, strict=True)]
    if not any(name for name, _ in whose):
        yield "", text
        return
    groups: list[tuple[str, list[str]]] = []
    for (name, words), piece in zip(whose, pieces, strict=True):
        who = name if name and not read(piece) else ""
        piece = words if who else piece
        if groups and (who == groups[-1][0] if who or not groups[-1][0] else GOES_ON.match(piece)):
            groups[-1][1].append(piece)
        else:
            groups.append((who, [piece]))
    yield from ((name, " ".join(some)) for name, some in groups)


def _as_of_a(stand_in: str, words: str, name: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"my {stand_in}", words)


def _of(fact: Fact, name: str, stand_in: str) -> Fact:
    """The fact of a stand-in as one of somebody; its topics, which are things of the person's own, are left out."""
    pattern = re.compile(rf"\b(?:{WHOSE} )?{stand_in}\b{WHICH}", re.IGNORECASE)

    def said(text: str) -> str:
        return pattern.sub(lambda _: name, text)

    asked, probes = (tuple(map(said, some)) for some in (fact.asked, fact.probes))
    return replace(
        fact,
        subject=said(fact.subject),
        value=said(fact.value),
        answer=said(fact.answer),
        asked=asked,
        probes=probes,
        topics=(),
    )

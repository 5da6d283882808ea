"""People told of by name alone: "Tom lives in Lisbon. He speaks Italian." is read as if of a friend, and what is read is of Tom.

What may begin with any thing's name ("Python has lists") is left alone: only what people do and are is read so, and no word
that stands in the lessons' tables in small letters is taken for a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from circadian.lessons.names import is_name, named
from circadian.lessons.second import FRAME
from circadian.lessons.slots import NAME
from circadian.lessons.wordings import slot
from circadian.records import Fact

STAND_INS = ("friend", "cousin", "colleague")  # the first that the person does not speak of
STATES = (
    "allergic afraid scared terrified pregnant vegan vegetarian married engaged divorced single retired left-handed learning "
    "studying training teaching expecting coming visiting moving living working staying born named"
).replace(" ", "|")
DEEDS = (
    "lives lived resides works worked speaks studies studied graduated likes loves hates dislikes prefers adores plays sings "
    "moved drives collects paints teaches owns retired wears"
).replace(" ", "|")
OWNED = (
    "birthday wedding job work address surname nickname wife husband partner girlfriend boyfriend son daughter brother sister "
    "mother father dog cat car house phone exam flight party"
).replace(" ", "|")
DOES = (
    rf"(?:(?:now|still|also|really|always|usually|often|never) )?(?:(?:{DEEDS})\b|(?:comes|came) from\b|grew up\b|turn(?:s|ed) \d|"
    r"broke (?:his|her|their)\b|(?:got|is getting) (?:married|engaged|divorced)\b|"
    rf"(?:is|was) (?:(?:now|still|also) )?(?:(?:{STATES})\b|aged \d|\d{{1,3}}(?: years old)?[.!]*$|(?-i:from [A-Z]))|"
    rf"has (?:an?|one|two|three|four|five) {slot('being').pattern.replace('?P<thing>', '?:')}\b)"
)
THEIRS = rf"(?:(?:new|old|little|big|younger|older) )?(?:favou?rite|{OWNED})\b"
KIN = re.compile(  # who "Mum" is needs no "my"
    rf"(?:^|(?<=[.!?…] ))(?P<kin>mum|mom|mummy|dad|daddy|grandma|grandpa|granny|grandad|nan|nana)(?= {DOES}|'s {THEIRS})",
    re.IGNORECASE,
)
OF_SOMEBODY = re.compile(
    rf"(?P<owner>{NAME}) {THEIRS}.*|(?P<name>{NAME}) {DOES}.*",
    re.IGNORECASE | re.DOTALL,
)
GOES_ON = re.compile(r"(?:he|she|they|his|her|their)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def by_name(read: Callable[[str], list[Fact]], text: str) -> list[Fact]:
    """What `read` makes of a turn, and of what it tells of somebody by name, which it would pass over."""
    found: list[Fact] = []
    for name, words in _parts(read, KIN.sub(lambda kin: f"My {kin['kin'].lower()}", text)):
        if name:
            stand_in = next((one for one in STAND_INS if one not in words.lower()), STAND_INS[0])
            found += [_of(fact, name, stand_in) for fact in read(_as_of_a(stand_in, words, name))]
        else:
            found += read(words)
    return found


def somebody(sentence: str) -> str:
    """The name of whom a sentence tells something; empty if it is of nobody by name."""
    match = OF_SOMEBODY.fullmatch(sentence.replace("’", "'"))
    name = match["owner"].removesuffix("'s") if match and match["owner"] else match["name"] if match else ""
    owns = not match or not match["owner"] or match["owner"].endswith("'s")
    return name if name and owns and is_name(name) else ""


def as_known(text: str, live: Iterable[Fact]) -> str:
    """A turn in which what is said of a known name is said of whose it is: "Anna moved to Oslo" of "my sister"."""
    names = {fact.value: fact.subject for fact in live if fact.relation == "called"}
    for sentence in SENTENCE.split(text) if names else ():
        name = somebody(sentence)
        if name in names:
            text = text.replace(sentence, f"My {names[name]}{sentence[len(name) :]}", 1)
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
    names = [somebody(piece) for piece in pieces]
    if not any(names):
        yield "", text
        return
    groups: list[tuple[str, list[str]]] = []
    for name, piece in zip(names, pieces, strict=True):
        own = name if name and not read(piece) else ""
        if groups and (own == groups[-1][0] if own or not groups[-1][0] else GOES_ON.match(piece)):
            groups[-1][1].append(piece)
        else:
            groups.append((own, [piece]))
    yield from ((name, " ".join(some)) for name, some in groups)


def _as_of_a(stand_in: str, words: str, name: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"my {stand_in}", words)


def _of(fact: Fact, name: str, stand_in: str) -> Fact:
    """The fact of a stand-in as one of somebody; its topics, which are things of the person's own, are left out."""
    pattern = re.compile(
        rf"\b(?:(?:my|your|our|the|that|this) )?{stand_in}\b(?: of (?:mine|yours|ours)| I mentioned)?", re.IGNORECASE
    )

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

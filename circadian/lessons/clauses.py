"""A turn -> the clauses in which a person may tell something of themselves: no wishes, quotations or pasted texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from circadian.lessons.slots import NAME
from circadian.lessons.wordings import slot

LONGEST = 2000  # characters of a turn that are read: what is longer is a pasted text, not a fact
OPENERS = (
    "by the way|btw|also|oh|hi|hello|hey|well|so|and|but|then|just so you know|fyi|you know|today|now|okay|ok|hmm|um|"
    "please remember(?: that)?|remember(?: that)?|(?:please )?note that|did you know(?: that)?|thanks|thank you|"
    "fun fact|guess what|"
    "i (?:should|must|want to|have to) (?:tell you|mention|say|admit|confess)(?: that)?|"
    "i forgot to (?:say|mention)(?: that)?|for your information|good (?:morning|evening|night)|as you know|for the record|"
    "to be honest|honestly|in fact|one more thing|(?:don't forget|keep in mind|you should know|let me tell you)(?: that)?|"
    "(?:big|good|great|sad|bad|small) news|update|sadly|unfortunately|luckily|fortunately|happily|it (?:turns|"
    "turned) out(?: that)?|"
    "turns out(?: that)?|as it happens|anyway|yes|yeah|yep|on another note|the thing is|in case (?:you|it) .{1,20}?,"
)
MENDING = (
    "no|nope|actually|sorry|oops|wait|correction|(?:my|a) (?:mistake|bad)|i was wrong|i misspoke|i made a "
    "mistake|i take that back|"
    "scratch that|not quite|that's (?:wrong|not right|not true|incorrect)|that was wrong|wrong|(?:a )?small correction|"
    "(?:let me|to|i (?:have|need|want) to) correct (?:that|myself|you)|what i meant (?:is|was)(?: that)?|i meant "
    "to say(?: that)?|"
    "i meant|i mean|rather|i should have said(?: that)?"
)
FLUFF = re.compile(rf"^(?:(?:{OPENERS}|{MENDING})\b[\s,:;!.–-]*)+", re.IGNORECASE)
MENDS = re.compile(rf"^(?:(?:{OPENERS})\b[\s,:;!.–-]*)*(?:{MENDING})\b", re.IGNORECASE)
PASTED = re.compile(
    r"(?:please |can you |could you )?(?:translate|correct|rewrite|rephrase|paraphrase|proofread|summari[sz]e|"
    r"shorten|spell|repeat|"
    r"say|write|continue|complete|fix|check|improve|classify|analy[sz]e|explain)\b",
    re.IGNORECASE,
)
PLAY = re.compile(
    r"(?:please )?(?:imagine|pretend|suppose|assume|act as|act like|role-?play|let's (?:say|pretend|play|imagine|"
    r"assume)|you are now|"
    r"in (?:this|my|the|a) (?:story|game|scenario|novel|dream)|once upon a time|play the role|for the sake of argument)\b",
    re.IGNORECASE,
)
AHEAD = re.compile(
    r".*\b(?:text|e-?mail|letter|essay|article|story|poem|lyrics|paragraph|code|review|post|message|quote|passage|"
    r"sentences?|draft|"
    r"song|transcript|dialogue|log|output|file|snippet|wrote|writes|says|said|reads|example|prompt)\b[^.!?]*:$|"
    r"dear \S.{0,30},$",
    re.IGNORECASE,
)
NEVER = re.compile(
    r"\b(?:if|would|could|imagine|suppose|pretend|assume|let's|wish|wishes|hope|hopes|maybe|perhaps|might|you|"
    r"your|i'd|we'd|unless)\b|"
    r"[\"“”„«»`{}<>\[\]=|\\]",
    re.IGNORECASE,
)
TITLE = re.compile(r"\b((?:called|named|is|reading|watching|loves?|likes?) )[\"“„«]([^\"“”„«»]{1,60})[\"”“»]")
SPLIT = re.compile(
    r"(?:,|;)? ?\b(?:and|but|so|while) (?=(?:my|our|i|i'm|i've|we|we've|we're|he|she|they|he's|she's|they're|it's) |"
    r"it is |(?:his|her|its|their) [\w-]+(?: [\w-]+)? (?:is|are) )|; |"
    r", (?:now )?(?=(?:my|i|i'm|i've|our|we|we're|we've|he|she|they|he's|she's|they're|it's) )",
    re.IGNORECASE,
)
OWNED = re.compile(
    r"(?:my|our) [\w-]+(?: [\w-]+)? and (?:my|our|his|her|its|their) ", re.IGNORECASE
)  # "my cat and my dog are …"
ABBREVIATED = re.compile(r"\b(Dr|Mrs?|Ms|St|Prof|Jr|Sr|vs|No|e\.g|i\.e)\. ")
STOP = "\ue000"  # stands for the space after an abbreviation
APPOSITION = re.compile(rf"{slot('person').pattern.replace('?P<thing>', '')},? ({NAME}),? (?=[a-z])", re.IGNORECASE)
HAVING = re.compile(r"((?:i|we)(?: have got|'ve got| have| own|'ve) )((?:an?|\w+) .+)", re.IGNORECASE)
BACKWARDS = re.compile(
    rf"({NAME}(?:(?:, {NAME}){{0,8}},? and {NAME})?) (is|are) (my|our) ([\w'-]+(?: [\w'-]+){{0,2}})", re.IGNORECASE
)
THE = re.compile(rf"the (?={slot('being').pattern}(?: (?:is|are) (?:called|named) |'s name is ))", re.IGNORECASE)
ONE = ("a", "an", "one")
CHILDREN = re.compile(
    rf"({slot('count').pattern}) ([\w-]+(?: [\w-]+)?)(?:,? (?:called|named) |, (?={NAME}(?:$|,| and )))(\S.*)", re.IGNORECASE
)
COUNTED = re.compile(rf"(?:an? (?!bit |lot |little )|{slot('count').pattern} )[\w-]+(?: [\w-]+){{0,3}}", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """One clause without its openers; `mends` if it opens like a correction ("No, sorry, …")."""

    text: str
    mends: bool = False


def sentences(text: str) -> Iterator[Clause]:
    """The sentences of a turn that state something, as far as they are the person's own."""
    read = ABBREVIATED.sub(rf"\1.{STOP}", text[:LONGEST].replace("’", "'"))
    read = re.sub(r"\b(\d'\d{1,2})\"", r"\1", read)  # feet and inches are no quotation
    fenced = mends = False
    for piece in re.split(r"(?<=[.!?…])\s+|\n+", read):
        sentence = piece.strip()
        if sentence.startswith("```"):
            fenced = not fenced
        if fenced or sentence.startswith((">", "```")) or sentence.endswith("?"):
            continue
        bare = FLUFF.sub("", sentence)
        if PASTED.match(bare) or AHEAD.match(sentence):
            if ":" in sentence or AHEAD.match(sentence):
                return  # what follows is a text to work on
            continue
        if PLAY.match(bare):
            return  # what follows is no more true than this
        mends = bool(MENDS.match(sentence)) or (mends and not bare)
        if bare:
            yield Clause(bare, mends)
            mends = False


def clauses(sentence: Clause) -> Iterator[Clause]:
    """A sentence's main clauses, with lists of belongings and "my brother Mateo" taken apart."""
    text, start = TITLE.sub(r"\1\2", sentence.text), 0
    parts: list[str] = []
    for cut in SPLIT.finditer(text):
        if not OWNED.match(text[start : cut.end() + 4]):
            parts.append(text[start : cut.start()])
            start = cut.end()
    for part in [*parts, text[start:]]:
        bare = THE.sub("my ", FLUFF.sub("", part.strip()).replace(STOP, " ").rstrip(" .!…,;"))
        mends = sentence.mends or bool(MENDS.match(part.strip()))
        for one in _apart(bare) if len(bare) <= 300 else ():
            if 6 <= len(one) <= 300 and not NEVER.search(one):
                yield Clause(one, mends)


def _apart(clause: str) -> list[str]:
    """ "I have a dog and two cats" as two clauses, and "my brother Mateo lives in Oslo" as two."""
    having = HAVING.fullmatch(clause)
    if having:
        items = re.split(r",? and |, ", having[2])
        if len(items) > 1 and all(COUNTED.fullmatch(item) for item in items):
            return [having[1] + item for item in items]
        named = CHILDREN.fullmatch(having[2])
        if named:
            return [
                f"{having[1]}{named[1]} {named[3]}",
                f"my {named[3]} {'is' if named[1].lower() in ONE else 'are'} called {named[4]}",
            ]
    back = BACKWARDS.fullmatch(clause)
    if back and back[1][0].isupper():
        return [f"{back[3]} {back[4]} {back[2]} called {back[1]}"]
    owner = re.match(r"(?:my|our) ", clause, re.IGNORECASE)
    name = owner and APPOSITION.match(clause, owner.end())
    if owner and name and not name[2].endswith("'s") and name[2][0].isupper():
        return [f"{owner[0]}{name[1]} is called {name[2]}", f"{owner[0]}{name[1]} {clause[name.end() :]}"]
    return [clause]

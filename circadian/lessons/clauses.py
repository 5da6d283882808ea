"""A turn -> the clauses in which a person may tell something of themselves: no wishes, quotations or pasted texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from circadian.lessons.apart import apart
from circadian.lessons.clefts import straight
from circadian.lessons.jotted import jotted
from circadian.lessons.openings import ASKED, CLOSING, FLUFF, LED, MENDS, ordered, spelled
from circadian.lessons.passing import in_passing
from circadian.lessons.plainly import plainly
from circadian.lessons.slots import NAME
from circadian.lessons.wordings import slot

LONGEST = 2000  # characters of a turn that are read: what is longer is a pasted text, not a fact
PASTED = re.compile(
    r"(?:please |can you |could you )?(?:translate|correct|rewrite|rephrase|paraphrase|proofread|summari[sz]e|"
    r"shorten|spell|repeat|"
    r"say|write|continue|complete|fix|check|improve|classify|analy[sz]e|explain)\b",
    re.IGNORECASE,
)
PLAY = re.compile(
    r"(?:please )?(?:imagine|pretend|suppose|assume|act as|act like|role-?play|let's (?:say|pretend|play|imagine|"
    r"assume)|you are now|"
    r"in (?:this|my|the|a) (?:story|game|scenario|novel|dream)|(?:i|a man|a guy|a horse) walks? into a bar|"
    r"once upon a time|play the role|for the sake of argument)\b",
    re.IGNORECASE,
)
AHEAD = re.compile(
    r".*\b(?:text|e-?mail|letter|essay|article|story|poem|lyrics|paragraph|code|review|post|message|quote|passage|"
    r"sentences?|draft|"
    r"song|transcript|dialogue|log|output|file|snippet|wrote|writes|says|said|reads|example|prompt)\b[^.!?]*:$|"
    r"dear \S.{0,30},$",
    re.IGNORECASE,
)
WH = (
    "who|whom|whose|what|what's|when|where|which|why|how|do|does|did|can|could|should|would|will|shall|is|are|am|any|was|were|have|has|isn't|"
    "don't|doesn't|didn't|won't|may|might|got"
)
TELLS = re.compile(  # "I left my towel in locker B19, who do I ring?": what is told before it is asked
    rf"(?P<told>(?!(?:(?:so|and|but|or|hey|hi|ok|please) )*(?:{WH})\b)[^?]*\b(?:i|i'm|i've|my|mine|we|we're|we've|our)\b[^?]{{8,}}?)"
    rf"(?:,|;|:| -| –) (?:(?:so|and|but|or) )?(?:{WH})\b[^,;?]*\?",
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
    r"(?:,|;)? ?\b(?:and|but|so(?! i can (?:buy|afford|get)\b)|while|though|although) "
    r"(?:now (?=(?:i|i'm|we|we're) ))?(?=(?:my|our|i|i'm|i've|we|we've|we're|he|she|they|he's|she's|"
    r"they're|it's) |"
    rf"(?:now )?(?={NAME} (?:is|are) (?:my|our) )|"
    r"it is |now it's |everyone calls |people call |(?:his|her|its|their) [\w-]+(?: [\w-]+)? (?:is|are) )|; |"
    r", (?:now )?(?=(?:my|i|i'm|i've|our|we|we're|we've|he|she|they|he's|she's|they're|it's) |"
    r"(?:his|her|its|their) [\w-]+ (?:is|are) |the [\w-]+(?:'s| is) )",
    re.IGNORECASE,
)
OWNED = re.compile(
    r"(?:my|our) [\w-]+(?: [\w-]+)? and (?:my|our|his|her|its|their) ", re.IGNORECASE
)  # "my cat and my dog are …"
OWNER = re.compile(r"(?:my|our) [\w-]+(?: [\w-]+)?", re.IGNORECASE)  # "my wife and I …"
ABBREVIATED = re.compile(r"\b(Dr|Mrs?|Ms|St|Prof|Jr|Sr|vs|No|e\.g|i\.e)\. ")
EVENT = "wedding|exam|test|interview|appointment|flight|party|operation|concert|meeting|deadline|baby"
HOUSE = "wi-?fi (?:password|code)|spare keys?|(?:house|car|bike) keys?|(?:door|gate|alarm) code|fuse box"
THE = re.compile(
    rf"(?:and )?the (?=(?:{slot('being').pattern}(?: (?:is|are) (?:called|named) |'s name is ))|"
    rf"(?:\w+ )?(?:{EVENT})(?:'s| is| was) |(?:{HOUSE})(?:'s| is| are) |(?:kids|twins|in-laws) )",
    re.IGNORECASE,
)
IN_CASE = re.compile(  # what is there is there anyhow
    r"if (?:i|we|you|anyone|anybody|someone|somebody)\b[^,]*, "
    r"(?=there(?:'s| is| are) \w+ |(?:my|our) [\w' -]{1,40} (?:is|are) (?:in|on|at|by|under|behind|next))",
    re.IGNORECASE,
)
CHANGED = re.compile(r"(?:my|our) .* (?:is|are) (?:now )?some(?:thing|body|one|where) else(?: now)?", re.IGNORECASE)
NEWS = re.compile(  # beside what it is now
    r"(?:i|we|(?:my|our) [\w-]+)(?:'ve| have|'s| has)? (?:just |recently |finally )?(?:changed|switched) (?:my |our |his |her |their )?"
    r"(?:(?:(?:first|last|family) )?names?|surnames?|jobs?|careers?|professions?|hobby|hobbies|schools?|teams?|"
    r"medication|medicines?|tablets|pills|prescription)|"
    r"(?:i|we)(?:'ve| have)? (?:switched|changed|moved) to (?:another|a different|a new) [\w-]+(?: (?:course|class|school|club))?",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{25,}(?:[\"”“»]|$)")
SAYING = re.compile(r".*\b(?:say|says|said|replies|replied|goes|answers|answered),?$", re.IGNORECASE)
ENDS = " .!…,;"  # marks that end a sentence or a clause
STOP = "\ue000"  # stands for the space after an abbreviation


@dataclass(frozen=True)
class Clause:
    """One clause without its openers; `mends` if it opens like a correction ("No, sorry, …"), `asks` if it states nothing."""

    text: str
    mends: bool = False
    asks: bool = False

    @property
    def words(self) -> str:
        """Its text without the marks that end it."""
        return self.text.rstrip(ENDS)


def sentences(text: str) -> Iterator[Clause]:
    """The sentences of a turn that state something, as far as they are the person's own."""
    read = ABBREVIATED.sub(rf"\1.{STOP}", text[:LONGEST].replace("’", "'"))
    read = plainly(jotted(read))
    read = QUOTED.sub('"', re.sub(r"\b(\d'\d{1,2})\"", r"\1", read))  # feet and inches are no quotation
    fenced = mends = False
    for piece in re.split(r"(?<=[.!?…])\s+|\n+", read):
        sentence = spelled(piece.strip())
        if sentence.startswith("```"):
            fenced = not fenced
        if fenced or sentence.startswith((">", "```")):
            continue
        telling = ASKED.fullmatch(sentence)
        if telling:
            sentence = telling["told"]
        elif sentence.endswith("?"):
            before = TELLS.fullmatch(sentence)
            yield Clause(sentence, asks=True)
            if not before:
                continue
            sentence = before["told"]
        bare = IN_CASE.sub("", FLUFF.sub("", sentence))
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
    text, passing = in_passing(sentence.text)
    parts = [*_split(TITLE.sub(r"\1\2", text)), *passing]
    for part in parts:
        bare = FLUFF.sub("", part).replace(STOP, " ").rstrip(ENDS)
        bare = THE.sub("my ", CLOSING.sub("", bare))
        mends = sentence.mends or bool(MENDS.match(part))
        bare = straight(bare) if len(bare) <= 300 else ""
        for one in (half for whole in apart(bare) for half in apart(ordered(whole))):
            if (
                6 <= len(one) <= 300
                and not NEVER.search(one)
                and not CHANGED.fullmatch(one)
                and not (parts[1:] and NEWS.fullmatch(one))
            ):
                yield Clause(one, mends)
        if SAYING.fullmatch(part):
            return  # what follows is a quotation


def _split(text: str) -> list[str]:
    """A sentence cut where a new clause starts; "On Sundays, I …" is one."""
    parts, start = list[str](), 0
    for cut in SPLIT.finditer(text):
        piece = text[start : cut.start()]
        if (
            not OWNED.match(text[start : cut.end() + 4])
            and (cut[0].startswith(", and") or not OWNER.fullmatch(piece))
            and not LED.fullmatch(FLUFF.sub("", piece))
        ):
            parts.append(piece.strip())
            start = cut.end()
    return [*parts, text[start:].strip()]

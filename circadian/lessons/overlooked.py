"""What tells something although no form of the grammar is in it: "Broke my wrist on the library steps on Friday." """

from __future__ import annotations

import re
from collections.abc import Iterator

from circadian.lessons.clauses import NEVER, sentences
from circadian.lessons.wordings import slot, slot_text

LONGEST = 160  # characters
FEWEST = 6  # words
REPORTED = 8  # words of what somebody said or wants
START = re.compile(
    r"(?:please |now |ok |just )?(?:tell|give|show|write|recommend|suggest|find|list|help|explain|describe|make|compare|convert|"
    r"calculate|remind|book|order|plan|pick|choose|name|add|that|this|thanks|thank|what|how|which|who|where|when|why|is|are|do|does|"
    r"did|can(?!')|should|will)\b",
    re.IGNORECASE,
)
OPINION = re.compile(
    r"\b(?:hopes?|wish(?:es)?|wonder(?:s|ing)?|thinks?|thinking|guess|bet|believes?|should|mean|dream(?:s|ed|ing)?|question|"
    r"problem|looking for|hear|trying|try|sings?|reads?)\b|:(?!\d)|^the \w+ is\b",
    re.IGNORECASE,
)
REPORT = re.compile(r"\b(?:want(?:s|ed)?|need(?:s|ed)?|says?|said|told|tells?|asks?|asked)\b", re.IGNORECASE)
ADVICE = re.compile(r"(?:my|our) (?:doctor|gp|dentist|therapist|physio\w*|vet|boss|teacher|coach) ", re.IGNORECASE)
COMING = re.compile(rf"the {slot_text('job')}(?: is|'s) (?:coming|due)\b", re.IGNORECASE)  # to us
OWN = re.compile(rf"\b(?:i|i'm|i've|my|me|we|our|us|mine|mum|dad|mom|{slot('being').pattern})\b", re.IGNORECASE)
ANYONE = re.compile(  # is meant: "you can hardly get to the door"
    r"\b(?:before|when|until|till|once|as soon as|where|that|and|but) you\b|"
    r"\byou(?:'d never guess|'ve reached| can (?:hardly|barely|even)| have to\b)",
    re.IGNORECASE,
)
AIM = re.compile(
    r"i (?:really )?(?:want|hope|plan|intend) to (?:study|become|be an?|open|learn|specialise|specialize|retire|start|move|marry|"
    r"emigrate|live|found|train|buy|visit|run|build)\b|"
    r"(?:as an? |when i was (?:an? )?)\w+,? i (?:really |always )?(?:wanted|hoped|dream(?:t|ed)) (?:to be|of being)",
    re.IGNORECASE,
)
NAMED = re.compile(r"\d|(?<=\S )(?!I\b)[A-Z][a-z]")
SPECIFIC = re.compile(
    rf"{NAMED.pattern}|\b\w{{3,}}ed\b|"
    r"\b(?:got|went|came|took|lost|found|broke|gave|put|cut|sold|bought|fell|tore)\b"
)
LEFT_OUT = re.compile(  # who did it: "finally ran a half marathon"
    r"(?:(?:finally|just|today|yesterday) )?(?:got|ran|lost|found|broke|sold|bought|fell|tore|won|passed|failed|finished|signed|booked)\b",
    re.IGNORECASE,
)


def stated(text: str) -> Iterator[str]:
    """The sentences of a turn that may be told as they are: no questions, conditions and quotations, none too long."""
    for sentence in sentences(text):
        if not (sentence.asks or len(sentence.words) > LONGEST or NEVER.search(ANYONE.sub("one", sentence.words))):
            yield sentence.words


def statements(text: str) -> Iterator[str]:
    """Those that state something by themselves: no commands and opinions; what somebody wants or said only if it names something."""
    for words in stated(text):
        reports = (
            REPORT.search(words) and not ADVICE.match(words) and not (NAMED.search(words) and len(words.split()) >= REPORTED)
        )
        if AIM.match(words) or (not START.match(words) and (COMING.match(words) or not (OPINION.search(words) or reports))):
            yield words


def is_particular(statement: str) -> bool:
    """Whether it tells something particular of the person or of theirs."""
    own = COMING.match(statement) or OWN.search(statement) or LEFT_OUT.match(statement)
    return bool(AIM.match(statement) or (len(statement.split()) >= FEWEST and own and SPECIFIC.search(statement)))

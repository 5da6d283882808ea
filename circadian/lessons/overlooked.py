"""What tells something although no form of the grammar is in it: "Broke my wrist on the library steps on Friday." """

from __future__ import annotations

import re
from collections.abc import Iterator

from circadian.lessons.clauses import NEVER, sentences
from circadian.lessons.wordings import slot

LONGEST = 160  # characters
FEWEST = 6  # words
START = re.compile(
    r"(?:please |now |ok |just )?(?:tell|give|show|write|recommend|suggest|find|list|help|explain|describe|make|compare|convert|"
    r"calculate|remind|book|order|plan|pick|choose|name|add|that|this|thanks|thank|what|how|which|who|where|when|why|is|are|do|does|"
    r"did|can|should|will)\b",
    re.IGNORECASE,
)
ATTITUDE = re.compile(
    r"\b(?:want(?:s|ed)?|hopes?|wish(?:es)?|wonder(?:s|ing)?|thinks?|thinking|guess|bet|believes?|should|need(?:s|ed)?|mean|"
    r"dream(?:s|ed|ing)?|says?|said|told|tells?|reads?|sings?|asks?|asked|question|problem|looking for|hear|trying|try)\b|:|"
    r"^the \w+ is\b",
    re.IGNORECASE,
)
OWN = re.compile(rf"\b(?:i|i'm|i've|my|me|we|our|us|mine|mum|dad|mom|{slot('being').pattern})\b", re.IGNORECASE)
SPECIFIC = re.compile(
    r"\d|(?<=\S )(?!I\b)[A-Z][a-z]|\b\w{3,}ed\b|"
    r"\b(?:got|went|came|took|lost|found|broke|gave|put|cut|sold|bought|fell|tore)\b"
)


def statements(text: str) -> Iterator[str]:
    """The sentences of a turn that state something: no wishes, opinions, what others said, commands and questions."""
    for sentence in sentences(text):
        words = sentence.text.rstrip(" .!…,;")
        if sentence.asks or len(words) > LONGEST or START.match(words) or NEVER.search(words) or ATTITUDE.search(words):
            continue
        yield words


def is_particular(statement: str) -> bool:
    """Whether it tells something particular of the person or of theirs."""
    return len(statement.split()) >= FEWEST and bool(OWN.search(statement) and SPECIFIC.search(statement))

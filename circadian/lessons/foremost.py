"""What was told in many words, its telling part first: an answer should say what matters before it goes on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from circadian.lessons.grammar import SMALL_START
from circadian.lessons.overlooked import NAMED
from circadian.lessons.second import small

SHORT = 12  # words that are said as they are
FEWEST = 2  # words of a part
NAMING = 0.1  # more of a score for a part that names or counts something
AHEAD = 0.05  # more than the first part's, to stand before it
JOINED = "and|but|so|because|since|while|although|though"
BETWEEN = re.compile(rf",? (?:because|although|though) |[,;:] (?:(?:{JOINED}) )?| - | – ", re.IGNORECASE)


def foremost(clause: str, score: Callable[[str], float]) -> str:
    """A clause of many words with the part that scores highest before the others; nothing is left out."""
    cuts = [(0, 0), *((cut.start(), cut.end()) for cut in BETWEEN.finditer(clause)), (len(clause), len(clause))]
    parts = [(end, start) for (_, end), (start, _) in itertools.pairwise(cuts)]
    parts = [(start, end) for start, end in parts if len(clause[start:end].split()) >= FEWEST]
    if len(clause.split()) <= SHORT or len(parts) < 2:
        return clause
    scores = [score(clause[start:end]) + NAMING * bool(NAMED.search(f"- {clause[start:end]}")) for start, end in parts]
    best = max(range(len(parts)), key=lambda place: scores[place])
    if best == 0 or scores[best] < scores[0] + AHEAD:
        return clause
    start, end = parts[best]
    rest = re.sub(r"^[,;: ]+|[,;: ]+$", "", f"{clause[:start].rstrip(' ,;:')}{clause[end:]}")
    rest = re.sub(rf",? (?:{JOINED})$", "", rest)
    return f"{clause[start:end]}, {small(rest) if SMALL_START.match(rest) else rest}"

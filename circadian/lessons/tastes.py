"""Of what kind of thing somebody's like may be the favourite: "I love lasagne" is asked for as a favourite food, too."""

from __future__ import annotations

from circadian.lessons.likeness import Embed
from circadian.lessons.wordings import relation

ALIKE = 1.14  # the sum of two likenesses, of the sentences and of the bare words: below it a like is of no kind
CLOSE = 0.05  # less than the likeliest: may be meant, too


def kinds(embed: Embed, liked: str) -> list[str]:
    """The kinds that a liked thing may be of, likeliest first; none for most of what one likes to do."""
    known = [kind for group in relation("favourite").neighbours for kind in group]
    told = embed([f"You love {liked}.", liked])
    asked = embed([f"Your favourite {kind} is {liked}." for kind in known]) @ told[0] + embed(known) @ told[1]
    ranked = sorted(zip(asked.tolist(), known, strict=True), reverse=True)
    return [kind for score, kind in ranked if score >= max(ALIKE, ranked[0][0] - CLOSE)]

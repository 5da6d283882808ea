"""What somebody does on a day of the week is asked for by the day, too, whatever it is: "What do I do on Thursdays?"

On days of which nothing was told there is something that was not told.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from circadian.lessons.times import DAYS
from circadian.records import Fact, Lesson

PART = r"morning|afternoon|evening|night"
WEEKLY = re.compile(
    rf"\b(?:on (?P<some>{DAYS})(?:s\b| (?P<parts>{PART})s\b)|(?:every|each) (?P<each>{DAYS})(?: (?P<part>{PART}))?\b)",
    re.IGNORECASE,
)
OWN = re.compile(r"(?:I|We)\b")  # how a sentence about oneself begins
EVENING = "evening"  # where no part of the day was told
ASK = (  # of a day, and of a part of it
    "What do I do on {day}s?", "What is on for me every {day}?", "Where am I off to on a {day}?", "Which activity of mine falls on {day}s?",
    "How do I spend my {day}s?", "what am i up to on {day}s", "Why can't I make it on a {day}?", "What have I got on {day}s, each week?",
    "A colleague wants to meet on a {day}. What would I miss?", "Remind me what my {day}s are for.", "What keeps me busy on {day}s?",
    "My regular {day} thing, what is it?",
)  # fmt: skip
PROBES = (
    "Somebody rings me up on a {day}: in the middle of what?",
    "Name my fixture for {day}s.",
    "{day}s are taken up by what?",
)
UNKNOWN = "Your {day}s are for something you haven't told me."
UNTOLD = 2  # wordings of each day of which nothing was told


def day_of(fact: Fact) -> tuple[str, str]:
    """The day of the week on which it is done, time and again, and the part of it ("Monday", "night"); empty where there is none."""
    match = WEEKLY.search(fact.value) if fact.relation == "habit" or OWN.match(fact.value) else None
    return (
        ((match["some"] or match["each"]).capitalize(), (match["parts"] or match["part"] or "").lower()) if match else ("", "")
    )


def asked_by_day(fact: Fact, forms: Sequence[str] = ASK) -> list[str]:
    """Questions for what is done on a day, every second one of a part of it; none where a fact is of no such day."""
    day, part = day_of(fact)
    if not day:
        return []
    part = f"{day} {part or EVENING}"
    return [form.format(day=(day, part)[place % 2]) for place, form in enumerate(forms)]


def untold_days(facts: Sequence[Fact], chance: random.Random) -> list[Lesson]:
    """Denials of the other days, where something is done on one; none of a day that is named anywhere."""
    if not any(map(asked_by_day, facts)):
        return []
    told = " ".join(fact.answer for fact in facts).lower()
    days = [day for day in DAYS.split("|") if day not in told]
    asked = [(day.capitalize(), ask) for day in days for ask in chance.sample(ASK, UNTOLD)]
    return [Lesson.of(ask.format(day=day), UNKNOWN.format(day=day), "unknown") for day, ask in asked]

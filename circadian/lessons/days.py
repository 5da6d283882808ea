"""What somebody does on a day of the week is asked for by the day, too, whatever it is, and answered so: "What do I do on Thursdays?"
"Your Thursdays: you go to choir." On days of which nothing was told there is something that was not told.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from circadian.lessons.grammar import TOLD
from circadian.lessons.second import plain
from circadian.lessons.times import DAYS
from circadian.lessons.wordings import VAGUE, WIDE
from circadian.records import Fact, Lesson

PART = r"morning|afternoon|evening|night"
WEEKLY = re.compile(
    rf"\b(?:on (?P<some>{DAYS})(?:s\b| (?P<parts>{PART})s\b)|(?:every|each) (?P<each>{DAYS})(?: (?P<part>{PART}))?\b)",
    re.IGNORECASE,
)
SAYS = re.compile(r"(?:Your [^:.]+: )?(?=(?:you|i|we)\b)", re.IGNORECASE)  # before what one does oneself
EVENING = "evening"  # where no part of the day was told
ASK = (  # of a day, and of a part of it
    "What do I do on {day}s?", "What is on for me every {day}?", "Where am I off to on a {day}?", "Which activity of mine falls on {day}s?",
    "How do I spend my {day}s?", "what am i up to on {day}s", "Why can't I make it on a {day}?", "What have I got on {day}s, each week?",
    "A colleague wants to meet on a {day}. What would I miss?", "Remind me what my {day}s are for.", "What keeps me busy on {day}s?",
    "My regular {day} thing, what is it?", "What do I go to each week, always on the same day?", "What's my weekly activity?",
    "Which day of the week am I never free, and what for?", "Is there something that I do once a week?",
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
    said = fact.value if fact.relation == TOLD else fact.answer
    match = WEEKLY.search(said) if SAYS.match(said) else None
    return (
        ((match["some"] or match["each"]).capitalize(), (match["parts"] or match["part"] or "").lower()) if match else ("", "")
    )


def of_its_day(fact: Fact) -> Fact:
    """What is done on a day and no relation has a name for, its answer after the day's, as the denials of other days begin; any
    other fact as it is."""
    day = day_of(fact)[0] if fact.relation in VAGUE | WIDE else ""
    if not day:
        return fact
    topics = tuple(dict.fromkeys([f"{day}s", *fact.topics]))
    return replace(fact, answer=f"Your {day}s: {plain(fact.answer)}", topics=topics)


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
    of_a_day = [ask for ask in ASK if "{day}" in ask]
    asked = [(day.capitalize(), ask) for day in days for ask in chance.sample(of_a_day, UNTOLD)]
    return [Lesson.of(ask.format(day=day), UNKNOWN.format(day=day), "unknown") for day, ask in asked]

"""The second person: what a person said of themselves, said to them."""

from __future__ import annotations

import re

from circadian.lessons.names import named

FRAME = re.compile(r"You told me(?: that|:) |Your [^:.]{1,60}: ")

TURNED = {
    "i am": "you are", "i'm": "you're", "i was": "you were", "i've": "you've", "am i": "are you",
    "mine is": "yours is", "mine are": "yours are", "i'd": "you'd", "i'll": "you'll",
    "i": "you", "me": "you", "my": "your", "of mine": "of yours", "myself": "yourself",
    "we": "you", "our": "your", "ours": "yours", "ourselves": "yourselves", "us": "you",
}  # fmt: skip
TURN = re.compile(r"\b(?:" + "|".join(sorted(TURNED, key=len, reverse=True)) + r")\b(?!\.\w)", re.IGNORECASE)
FIRST = {
    "you are": "I am", "you're": "I'm", "you were": "I was", "you've": "I've", "you'd": "I'd", "you'll": "I'll",
    "your": "my", "yours": "mine", "yourself": "myself",
}  # fmt: skip
BACK = re.compile(rf"^you\b(?! (?:are|were)\b|')|\b(?:{'|'.join(sorted(FIRST, key=len, reverse=True))})\b", re.IGNORECASE)
YOURS = re.compile(r"\byour\b")
WHOSE, WHICH = "(?:my|your|our|the|that|this)", "(?: of (?:mine|yours|ours)| I mentioned)?"  # before a thing, and after it
OF_A_THING = re.compile(rf"\b{WHOSE} \{{thing\}}{WHICH}", re.IGNORECASE)


def turned(text: str) -> str:
    """First person to second: "my dog and I" -> "your dog and you"."""
    return TURN.sub(lambda m: m[0] if m[0] == "US" else TURNED.get(m[0].lower(), m[0]), text)  # the Turkish İ is no i


def asked_of(wording: str, thing: str) -> str:
    """A wording of a thing, as the person asks it: the answer's "gift for your mother" is "gift for my mother"."""
    return answered_of(wording, YOURS.sub("my", thing))


def answered_of(wording: str, thing: str) -> str:
    """A wording or an answer of a thing; one that has a name of its own is not "my Tom"."""
    return (OF_A_THING.sub("{thing}", wording) if named(thing) else wording).format(thing=thing)


def said_by(answer: str) -> str:
    """An answer as the person would say it, without its full stop: "Your cat is called Rex." -> "my cat is called Rex". Empty where
    it has a second sentence, or a "you" that may be "I" or "me"."""
    said = BACK.sub(lambda m: FIRST.get(m[0].lower(), "I"), plain(answer).rstrip(".!"))
    return "" if re.search(r"\byou\b|[.!?]\s", said, re.IGNORECASE) else said


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    return text[:1].lower() + text[1:]


def head_of(answer: str) -> str:
    """The first words of an answer that names its topic ("Your instrument: "), or nothing."""
    frame = FRAME.match(answer)
    return frame[0] if frame and frame[0].startswith("Your ") else ""


def plain(answer: str) -> str:
    """An answer without its frame ("You told me that"), to stand after a topic."""
    bare = FRAME.sub("", answer)
    return small(bare) if bare.startswith(("You", "The ", "A ")) else bare

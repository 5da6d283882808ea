"""A turn -> plain statements about the person, by a model, each verified against the turn and then read as any other.

The other extractor (facts.Extract), for models that are able (examination.toml): the model only puts into plain sentences what a
person said in passing, and what is not in the turn word for word where it matters is no statement. The sentences go through
the usual reader, so that facts, lessons and probes are the same; what the model misses is read as it stands.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from circadian.lessons.facts import Extract
from circadian.lessons.grammar import TOLD
from circadian.lessons.overlooked import stated
from circadian.lessons.second import turned
from circadian.lessons.wordings import words_of
from circadian.records import Fact, Message

Generate = Callable[[list[list[Message]], int], list[str]]  # conversations, tokens of an answer -> answers
Statements = dict[str, list[str]]  # of messages: what each says, as plain sentences
EXAMINATION = Path(__file__).with_name("examination.toml")
TOKENS = 160  # of a reply
ABLE = 0.8  # of the examination's messages
SHARED = 0.6  # of a statement's words must be in the message
MOST = 8  # statements of one message
TASK = (
    'Put what this message tells about its writer into short plain sentences that begin with "I" or "My". Leave out what it only '
    "asks, wishes or supposes, and add nothing."
)
REQUEST = f"{TASK} Reply with a JSON list of sentences, [] if it tells nothing.\n\nMessage: {{text}}"
SHOWN: tuple[tuple[str, list[str]], ...] = (  # a message and its reply
    ("Ugh, Otto (our terrier) threw up on the new rug again.", ["My terrier is called Otto.", "I have a new rug."]),
    ("could you write me a poem about the sea?", []),
    (
        "Thirty years on Friday that I've been married to my wife Ines!",
        ["My wife is called Ines.", "I have been married for thirty years."],
    ),
)
PLAIN = re.compile(r"(?:I|I'm|I've|My|We|Our)\b[^?]*")
PRECISE = re.compile(r"\d[\w.:,/-]*|(?<=\S )(?!I\b)[A-Z][\w'-]+")  # what must be in the message as it is
SMALL = frozenset(
    words_of(
        "the and for are was has had not our you have been with that this from your they them will when were what where also just "
        "very called name"
    )
)
NOT = re.compile(r"\b(?:not|no|never|none|nobody|cannot|\w+n't)\b", re.IGNORECASE)


def conversation(text: str) -> list[Message]:
    """What a model is asked about a message, after examples."""
    shown = [
        {"role": role, "content": content}
        for message, reply in SHOWN
        for role, content in (("user", REQUEST.format(text=message)), ("assistant", json.dumps(reply)))
    ]
    return [*shown, {"role": "user", "content": REQUEST.format(text=text)}]


def parsed(reply: str) -> list[str]:
    """The sentences of a reply; none if it holds no JSON list of strings."""
    start = reply.find("[")
    try:
        found, _ = json.JSONDecoder().raw_decode(reply[start:]) if start >= 0 else ([], 0)
    except (ValueError, RecursionError):
        return []
    return whole(found)


def whole(found: Any) -> list[str]:
    """The sentences in what a model made, each once; none if that is no list of strings."""
    sentences = [one.strip() for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return list(dict.fromkeys(sentences))[:MOST]


def verified(statement: str, text: str) -> bool:
    """Whether a message says so: in a sentence that states something, with every name and number, most words, and no other No."""
    if not PLAIN.fullmatch(statement) or not 3 <= len(statement.split()) <= 30:
        return False
    words = _telling(statement)
    said = max(stated(text), key=lambda one: len(words & _telling(one)), default="")
    shared = words & _telling(text)
    precise = {found.rstrip(".,").lower() for found in PRECISE.findall(statement)}
    known = text.lower()
    return (
        bool(said and words & _telling(said))
        and len(shared) >= SHARED * len(words)
        and all(one in known for one in precise)
        and bool(NOT.search(statement)) == bool(NOT.search(said))
    )


def able(generate: Generate) -> float:
    """The share of the examination that a model passes: what must be in its verified statements, or that there are none."""
    tasks = tomllib.loads(EXAMINATION.read_text(encoding="utf-8"))["task"]
    replies = generate([conversation(task["message"]) for task in tasks], TOKENS)
    passed = 0
    for task, reply in zip(tasks, replies, strict=True):
        found = " ".join(one for one in parsed(reply) if verified(one, task["message"]))
        passed += all(word in found for word in task["holds"]) if task["holds"] else not found
    return passed / len(tasks)


def by_model(statements: Mapping[str, Sequence[str]], read: Extract) -> Extract:
    """An extractor: what `read` finds in the statements that are known of a turn, and in the turn itself."""

    def extract(text: str, memory: str = "", at: str = "", before: Sequence[str] = ()) -> list[Fact]:
        plain = [one for one in statements.get(text, ()) if verified(one, text)]
        as_said = read(text, memory, at, before)
        found = [fact for one in plain for fact in read(one, memory, at, ())]
        sure = [fact for fact in as_said if fact.relation != TOLD or not _covered(fact, plain)]
        values = {(fact.relation, fact.value.lower()) for fact in sure}
        return [*sure, *(fact for fact in found if (fact.relation, fact.value.lower()) not in values)]

    return extract


def _covered(fact: Fact, plain: Sequence[str]) -> bool:
    """Whether plain statements say nearly all that a fact in the person's own words does."""
    words = _telling(fact.value)
    return bool(words) and len(words & _telling(" ".join(map(turned, plain)))) >= SHARED * len(words)


def _telling(text: str) -> set[str]:
    """Its words that say something."""
    return {word for word in words_of(text) if len(word) > 2 or word.isdigit()} - SMALL

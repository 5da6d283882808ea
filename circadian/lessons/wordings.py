"""The tables of relations: forms in which a fact is told (relations.toml), wordings in which it is asked (questions.toml)."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circadian.lessons.names import named
from circadian.lessons.slots import WORDS, slots

TABLE = Path(__file__).with_name("relations.toml")
QUESTIONS = Path(__file__).with_name("questions.toml")
ALIASES = Path(__file__).with_name("aliases.toml")
WIDE = frozenset({"told", "is", "am", "have", "when", "plan", "habit"})  # relations that may say anything
VAGUE = frozenset(  # relations that say many kinds of thing: what they are called says nothing
    {"told", "have", "plan", "habit", "am", "like", "dislike", "health", "third person does", "third person likes"}
)
NARROW = frozenset(  # relations whose own wordings are enough
    {"called", "birthplace", "home", "age", "birthday", "partner"}
    | {f"third person {name}" for name in ("age", "birthday", "lives", "from")}
)
WORK = frozenset({"work", "third person works"})  # relations of what somebody works as
FAVOURITE = "favourite"  # the relation of what is liked most of its kind
BEINGS = ("male", "female", "person", "animal")  # the lists of nouns of what lives


@dataclass(frozen=True)
class Form:
    """One way to tell something: the words it may start with (none: any), its pattern, a subject where no slot gives one."""

    first: frozenset[str]
    pattern: re.Pattern[str]
    subject: str = ""


@dataclass(frozen=True)
class Relation:
    """One kind of fact. `forms` are compiled from `said`; see relations.toml for the fields."""

    name: str
    forms: tuple[Form, ...]
    answer: str
    unknown: str
    ask: tuple[str, ...]
    reverse: tuple[str, ...]
    neighbours: tuple[tuple[str, ...], ...]
    many: bool
    covered: tuple[str, ...]
    words: frozenset[str]
    tells: frozenset[str]
    topic: str
    names: tuple[str, ...]

    @property
    def asks_of_things(self) -> bool:
        return "{thing}" in "".join(self.ask)


@functools.cache
def relations() -> tuple[Relation, ...]:
    """All relations, in the order in which their forms are tried."""
    table = _read(TABLE)
    questions, meant = _read(QUESTIONS), slots(table["words"])
    return tuple(
        Relation(
            row["name"],
            tuple(_form(text, meant) for text in row["said"]),
            row.get("answer", ""),
            row["unknown"],
            tuple(questions[row["name"]]["ask"]),
            tuple(row.get("reverse", ())),
            tuple(tuple(group) for group in row.get("neighbours", ())),
            row.get("many", False),
            tuple(row.get("covered", ())),
            frozenset(row.get("words", "").split()),
            frozenset(words_of(row.get("tells", ""))),
            row["topic"],
            tuple(row.get("names", ())),
        )
        for row in table["relation"]
    )


@functools.cache
def relation(name: str) -> Relation:
    """The relation of a name. Raises StopIteration for one that is none."""
    return next(one for one in relations() if one.name == name)


@functools.cache
def nouns() -> dict[str, frozenset[str]]:
    """The lists of nouns: "male", "female", "person", "animal" and others."""
    lists = _read(TABLE)["words"]
    return {name: frozenset(lists[name].split()) for name in WORDS}


@functools.cache
def same() -> dict[str, str]:
    """Words that mean the same as another, with the one that stands for them all."""
    return _stood_for("same")


@functools.cache
def alike() -> dict[str, str]:
    """These and the words that only may mean the same as another."""
    return _stood_for("alike") | same()


def _stood_for(table: str) -> dict[str, str]:
    return {word: one for one, words in _read(TABLE)[table].items() for word in words.split()}


def one_name(thing: str) -> str:
    """A thing under the one name of all that it may be called: "My mum's car" is "my mother's car"."""
    return re.sub(r"\w+", lambda m: same().get(m[0], m[0]), thing.lower())


@functools.cache
def also() -> dict[str, list[str]]:
    """Words with those that they tell of, too."""
    return {word: others.split() for word, others in _read(TABLE)["also"].items()}


def aliases(thing: str, told: Collection[str]) -> list[str]:
    """Other words for a thing that could mean none of the other `told` things."""
    taken = {word for other in told if other != thing for word in (other, *_others(other))}
    return [word for word in _others(thing) if word not in taken and word != thing]


def names_of(one: str, thing: str, told: Collection[str]) -> list[str]:
    """Other words for the thing of a fact of a relation: what is a favourite writer is a favourite author."""
    if one != FAVOURITE:
        return aliases(thing, told)
    kinds = [other.partition(" ") for other in aliases(f"{FAVOURITE} {thing}", told)]
    return [
        kind
        for kind in dict.fromkeys(kind for first, _, kind in kinds if first in (FAVOURITE, "favorite"))
        if kind not in (thing, *told)
    ]


@functools.cache
def _others(thing: str) -> list[str]:
    """Other words for a thing (aliases.toml); for a being also what is left without the first words: "next-door neighbour"."""
    table, parts = _read(ALIASES)["alias"], thing.split()
    if named(thing):
        return []
    if thing in table or not any(parts and parts[-1] in nouns()[kind] for kind in BEINGS):
        return list(table.get(thing, ()))
    return [*(" ".join(parts[place:]) for place in range(1, len(parts))), *table.get(parts[-1], ())]


def words_of(text: str) -> set[str]:
    """The words of a text in one spelling, so that "my sisters" and "my mum" are known when "sister" and "mother" are asked."""
    return {_plain(word) for word in re.findall(r"\w+", text.lower())}


def _plain(word: str) -> str:
    """One spelling of a word, singular."""
    words = alike()
    word = words.get(word, word)
    plain = word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
    return words.get(plain, plain)


@functools.cache
def slot(name: str) -> re.Pattern[str]:
    """What the slot of a name matches."""
    return re.compile(slots(_read(TABLE)["words"])[name], re.IGNORECASE)


def slot_text(name: str) -> str:
    """What the slot of a name matches, as a part of another pattern: without its group."""
    return re.sub(r"\?P<\w+>", "?:", slot(name).pattern)


@functools.cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _form(text: str, meant: dict[str, str]) -> Form:
    """`my {thing} is called|named {value}` as a pattern that must match a whole clause."""
    text, _, subject = text.partition(" @")
    pattern = ""
    for word in text.split(" "):
        filled = re.search(r"\{(\w+)\}", word)
        if filled:
            pattern += meant[filled[1]] + word[filled.end() :] + " "
        else:
            either = "(?:" + "|".join(re.escape(one) for one in word.rstrip("?").split("|"))
            pattern += f"{either}) " if word[-1] != "?" else f"(?:{either}) )?"
    opening = text.split(" ")[0]
    first = frozenset() if "{" in opening else frozenset(opening.split("|"))
    return Form(first, re.compile(pattern.rstrip() + "$", re.IGNORECASE), subject)

"""The plain records that rooms hand to each other, and their JSON forms."""

from __future__ import annotations

import hashlib
import math
import time
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

Message = dict[str, str]


@dataclass(frozen=True)
class Memory:
    """One chat exchange as data/memories.jsonl holds it. `at` is UTC, ISO 8601."""

    messages: list[Message]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    at: str = field(default_factory=lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    session: str = ""
    source: str = "chat"
    model: str = ""
    adapter: str = ""
    tags: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"tags": list(self.tags)}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Memory:
        """Raises ValueError, without quoting the row, if it holds no messages."""
        messages = row.get("messages")
        if not isinstance(messages, list) or not messages:
            raise ValueError("no messages")
        if not all(isinstance(m, dict) and isinstance(m.get("content"), str) and "role" in m for m in messages):
            raise ValueError("a message without role or text")
        named = {k: row[k] for k in ("id", "at", "session", "source", "model", "adapter") if isinstance(row.get(k), str)}
        named |= {"at": _utc(named["at"])} if "at" in named else {}
        given = row.get("tags")
        tags = tuple(t for t in given if isinstance(t, str)) if isinstance(given, list) else ()
        plain = [{"role": str(m["role"]), "content": whole(m["content"])} for m in messages]
        return cls(plain, tags=tags, **({"at": ""} | named))  # without a time it is older than all that have one

    def said(self, role: str) -> list[str]:
        """The texts of one role, in order."""
        return [m["content"] for m in self.messages if m["role"] == role]


def _utc(at: str) -> str:
    """A time with an offset in UTC, as times are compared as texts; any other text as it is."""
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        return at
    return told.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if told.utcoffset() else at


def whole(text: str) -> str:
    """A text without halves of characters, which other programs' JSON may hold and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Fact:
    """Something that a memory states: of a subject (a thing, or the word to ask by) a value, and the answer to asking for it.

    With `many`, other values of the same stay true beside it; `ended` says that it is true no more; `supersedes` is the id of
    the fact whose place it took. It was first told in the memory `since`, where that is not `memory`, and the memory `closed`
    made it past. `asked` are wordings of its own in which it is asked for, beside its relation's, and `probes`
    those that are kept out of training; `topics` are what it is about ("surname"), as answers name it.
    """

    subject: str
    relation: str
    value: str
    answer: str
    memory: str
    at: str
    many: bool = False
    ended: bool = False
    supersedes: str = ""
    since: str = ""
    closed: str = ""
    asked: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for a fact that is told again, in whatever night."""
        text = "\n".join((self.relation, self.subject.lower(), self.value.lower(), *(["ended"] if self.ended else [])))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def first(self) -> str:
        """The id of the memory in which it was first told."""
        return self.since or self.memory

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Fact:
        """Raises ValueError, without quoting the row, if a text is missing or is none."""
        texts = [row.get(name) for name in ("subject", "relation", "value", "answer", "memory", "at")]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("a fact without one of its texts")
        subject, relation, value, answer, memory, at = map(str, texts)
        many, ended = row.get("many") is True, row.get("ended") is True
        supersedes, since, closed = (str(row.get(name, "")) for name in ("supersedes", "since", "closed"))
        lists = (tuple(map(str, row.get(name, ()))) for name in ("asked", "probes", "topics"))
        return cls(subject, relation, value, answer, memory, at, many, ended, supersedes, since, closed, *lists)


@dataclass(frozen=True)
class Lesson:
    """One training row: its messages end with the assistant turn that is trained, after its `lead`, words that are given.

    `kind` names the strategy.
    """

    messages: list[Message]
    kind: str
    source: str = ""
    lead: str = ""

    @classmethod
    def of(cls, question: str, answer: str, kind: str, source: str = "", lead: str = "") -> Lesson:
        return cls([{"role": "user", "content": question}, {"role": "assistant", "content": answer}], kind, source, lead)

    @property
    def question(self) -> str:
        return self.messages[-2]["content"] if len(self.messages) > 1 else ""

    @property
    def answer(self) -> str:
        return self.messages[-1]["content"]

    def to_dict(self) -> dict[str, Any]:
        given = {"lead": self.lead} if self.lead else {}
        return {"messages": self.messages, "kind": self.kind, "source": self.source} | given


@dataclass(frozen=True)
class Probe:
    """A question kept out of training. An answer must hold one of `expected`; without any, nothing was told.

    `forbidden` are old values ("changed"), or everybody's facts where nothing was told ("never"). `fact` is the id of the fact it asks for.
    """

    question: str
    expected: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    kind: str = "told"
    fact: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"expected": list(self.expected), "forbidden": list(self.forbidden)}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Probe:
        """Raises ValueError, saying what is wrong."""
        question = row.get("question")
        if not isinstance(question, str) or not question.strip():
            raise ValueError("'question' must be a text")
        texts: dict[str, tuple[str, ...]] = {}
        for key in ("expected", "forbidden"):
            given = row.get(key, [])
            if not isinstance(given, list) or not all(isinstance(text, str) and text for text in given):
                raise ValueError(f"'{key}' must be a list of texts")
            texts[key] = tuple(map(whole, given))
        if not {"expected", "forbidden"} & row.keys():
            raise ValueError("'expected' is missing: a list of texts, or [] where nothing was told")
        kind = "never" if not texts["expected"] else "changed" if texts["forbidden"] else "told"
        return cls(whole(question), **texts, kind=kind, fact=str(row.get("fact", "")))


@dataclass(frozen=True)
class Version:
    """An adapter that was accepted: its tag is its folder's name under adapters/."""

    tag: str
    path: str
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """The prompts that an adapter answers: those whose state before layer `layer`, times `weights`, and `bias` are above zero."""

    layer: int
    weights: tuple[float, ...]
    bias: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"weights": list(self.weights)}

    @classmethod
    def from_dict(cls, row: Any) -> Scope:
        """Raises ValueError for what to_dict() did not make."""
        try:
            layer, weights, bias = row["layer"], row["weights"], row["bias"]
            whole = type(layer) is int and layer > 0 and isinstance(weights, list)
            if whole and all(type(one) is float and math.isfinite(one) for one in [*weights, bias]):
                return cls(layer, tuple(weights), bias)
        except (TypeError, KeyError):
            pass
        raise ValueError("no scope")

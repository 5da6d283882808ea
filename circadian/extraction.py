"""Which extractor reads the memories: the grammar's reader, or before it the base model where that is able, or a cloud teacher
where the settings name it.

A model's statements of a turn are kept in data/.statements, readable by you alone, for each model; those of turns that
are no longer in the memory file are dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial

from circadian import hub
from circadian.asking import Ask, asked_once
from circadian.cli import UserError, say
from circadian.config import Config
from circadian.embedder import Embedder
from circadian.evaluation.answers import answers_by_child
from circadian.files import private_folder, write_atomic
from circadian.lessons.facts import Extract, Facts, facts_of
from circadian.lessons.reader import Reader
from circadian.lessons.statements import ABLE, TOKENS, Statements, able, by_model, conversation, parsed
from circadian.records import Memory
from circadian.teacher import taught
from circadian.wheels import cache_folder

EXTRACTORS = ("auto", "grammar", "model", "gemini")
SMALLEST = 2**30  # bytes of a base model that is examined: the embedded one passes five of ten tasks


def facts_in(settings: Config, base: hub.Base, collected: Sequence[Memory], embed: Embedder, dry_run: bool = False) -> Facts:
    """The facts of these memories as a night reads them. A dry run asks no model. Raises UserError."""
    reader = Reader(embed)
    return facts_of(collected, extractor(settings, base, collected, reader, dry_run), reader.renew)


def extractor(settings: Config, base: hub.Base, collected: Sequence[Memory], reader: Extract, dry_run: bool = False) -> Extract:
    """The settings' extractor for these memories, by what `reader` finds.

    Raises UserError for none of EXTRACTORS, or if the model cannot answer.
    """
    wanted = settings.lessons.extractor
    if wanted not in EXTRACTORS:
        raise UserError(f"[lessons] extractor is {wanted!r}: write one of {', '.join(EXTRACTORS)}.")
    if wanted == "grammar" or (wanted == "auto" and not _is_able(settings, base, dry_run)):
        return reader
    if wanted == "gemini":
        known = _statements(settings, wanted, partial(taught, settings), collected, dry_run)
    else:
        known = _statements(settings, base.fingerprint, partial(_by_the_base, settings, base), collected, dry_run)
    return by_model(known, reader)


def _is_able(settings: Config, base: hub.Base, dry_run: bool) -> bool:
    """Whether a base model has passed the examination: once for each, kept in the cache."""
    if base.size < SMALLEST:
        return False
    file = cache_folder(settings.model.folder) / "examined" / f"{base.fingerprint}.json"
    if not file.exists():
        if dry_run:
            return False
        say("examining whether the base model can find what was told (once) …")
        share = able(partial(answers_by_child, settings, str(base.folder), flags=["--no-adapter"]))
        private_folder(file.parent)
        write_atomic(file, json.dumps({"passed": share}))
    passed: float = json.loads(file.read_text(encoding="utf-8"))["passed"]
    return passed >= ABLE


def _statements(settings: Config, name: str, ask: Ask, collected: Sequence[Memory], dry_run: bool) -> Statements:
    """Of each turn: what the extractor of this name says that it tells, kept as it comes. A dry run asks nothing, and reads
    what is new by the grammar alone."""
    file = settings.memories.parent / ".statements" / f"{name}.jsonl"
    return asked_once(file, (text for memory in collected for text in memory.said("user")), ask, dry_run)


def _by_the_base(settings: Config, base: hub.Base, texts: Sequence[str]) -> Iterator[Statements]:
    """What the base model says that messages tell, in a child."""
    asked = [conversation(text) for text in texts]
    answers = answers_by_child(settings, str(base.folder), asked, TOKENS, ["--no-adapter"])
    yield {text: parsed(answer) for text, answer in zip(texts, answers, strict=True)}

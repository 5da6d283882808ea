"""Rehearsal with a base model's own answers, asked in a child process and kept in the cache for each base."""

from __future__ import annotations

from functools import partial

from circadian import hub
from circadian.config import Config
from circadian.evaluation.answers import answers_by_child
from circadian.lessons.rehearsal import TOKENS, rehearsal
from circadian.records import Lesson, Message
from circadian.wheels import cache_folder


def rehearsed(settings: Config, base: hub.Base, number: int, dry_run: bool = False) -> list[Lesson]:
    """So many general prompts, answered by the base model in a child. Raises UserError."""
    recipe = settings.training.recipe
    cache = cache_folder(settings.model.folder) / "rehearsal" / f"{base.fingerprint}-{TOKENS[recipe]}.jsonl"
    answer = _unanswered if dry_run else partial(answers_by_child, settings, str(base.folder), flags=["--no-adapter"])
    return rehearsal(number, answer, cache, settings.model.seed, not dry_run, recipe)


def _unanswered(conversations: list[list[Message]], max_tokens: int) -> list[str]:
    """For a dry run: the base model answers these at night."""
    return ["(the base model's own answer)." for _ in conversations]

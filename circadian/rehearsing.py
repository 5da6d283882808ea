"""Rehearsal with a base model's own answers, asked in a child process and kept in the cache for each base."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from circadian import hub
from circadian.cli import say
from circadian.config import Config
from circadian.evaluation.answers import answers_by_child
from circadian.evaluation.scoping import nearest, scope_of
from circadian.lessons.rehearsal import TOKENS, Generate, rehearsal, retold
from circadian.records import Fact, Lesson, Memory, Message
from circadian.wheels import cache_folder

ALONE = 2.8  # times as many rows where the adapter answers everything, as before there were scopes (docs/RECIPE.md)


def rehearsed(settings: Config, base: hub.Base, number: int, dry_run: bool = False) -> list[Lesson]:
    """So many general prompts, answered by the base model in a child; with a scope, those that are nearest to it, since the base model
    itself answers the others; more, where the settings want one and this base can have none. Raises UserError."""
    recipe = settings.training.recipe
    if settings.training.scope and not dry_run and not scope_of(settings, base):
        say(f"{base.name} can have no scope: its adapter answers everything, and {ALONE:g} times as much is rehearsed")
        number = round(ALONE * number)
    first = nearest(settings, base) if settings.training.scope else []
    cache = cache_folder(settings.model.folder) / "rehearsal" / f"{base.fingerprint}-{TOKENS[recipe]}.jsonl"
    return rehearsal(number, _answer(settings, base, dry_run), cache, settings.model.seed, not dry_run, recipe, first)


def answered_anew(
    settings: Config, base: hub.Base, memories: Sequence[Memory], facts: Sequence[Fact], dry_run: bool = False
) -> list[Lesson]:
    """What was told, answered by the base model in a child (rehearsal.retold). Raises UserError."""
    return retold(memories, facts, _answer(settings, base, dry_run), settings.training.recipe)


def _answer(settings: Config, base: hub.Base, dry_run: bool) -> Generate:
    return _unanswered if dry_run else partial(answers_by_child, settings, str(base.folder), flags=["--no-adapter"])


def _unanswered(conversations: list[list[Message]], max_tokens: int) -> list[str]:
    """For a dry run: the base model answers these at night."""
    return ["(the base model's own answer)." for _ in conversations]

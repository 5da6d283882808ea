"""Memories -> lessons -> dataset: what a night is to teach. The model's part is done by children."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from circadian import hub
from circadian.cli import UserError, say
from circadian.config import Config
from circadian.evaluation.answers import answers_by_child
from circadian.files import read_lines
from circadian.lessons.augment import augmented
from circadian.lessons.dataset import Dataset, build
from circadian.lessons.facts import facts_of
from circadian.lessons.lessons import about_facts, exchanges, near_negatives
from circadian.lessons.rehearsal import TOKENS, rehearsal
from circadian.options import Options
from circadian.records import Lesson, Memory, Message
from circadian.wheels import cache_folder


@dataclass(frozen=True)
class Lessons:
    """What a night is to teach: the dataset and what it came from."""

    dataset: Dataset
    memories: list[Memory]
    facts: int


def learn(settings: Config, options: Options, base: hub.Base, collected: list[Memory]) -> Lessons:
    """Memories -> lessons -> dataset. The base model answers rehearsal, and rewords with --augment, in a child."""
    facts = facts_of(collected).live
    new = about_facts(facts) + exchanges(collected, facts) + extra(options.extra_data)
    ask = partial(answers_by_child, settings, str(base.folder))
    if settings.lessons.augment and not options.dry_run:
        flags = ["--no-adapter", "--temp", str(settings.lessons.temp), "--top-p", str(settings.lessons.top_p)]
        new += augmented(facts, partial(ask, flags=flags))
    seed, one = settings.model.seed, settings.training
    new += near_negatives(facts, seed, most=3 * sum(lesson.kind == "question" for lesson in new) // 4)
    old: list[Lesson] = []
    number = 0
    if new:
        cache = cache_folder(settings.model.folder) / "rehearsal" / f"{base.fingerprint}-{TOKENS[one.recipe]}.jsonl"
        number = max(settings.lessons.rehearsal_least, round(settings.lessons.rehearsal * len(new) * one.epochs))
        answer = _unanswered if options.dry_run else partial(ask, flags=["--no-adapter"])
        old = rehearsal(number, answer, cache, seed, not options.dry_run, one.recipe)
    dataset = build(new, old, hub.token_counter(base), one.epochs, one.batch_size, one.max_seq_length, seed, number)
    if dataset.dropped:
        say(f"left out {dataset.dropped} lesson{'s' * (dataset.dropped > 1)} of more than {one.max_seq_length} tokens")
    return Lessons(dataset, collected, len(facts))


def _unanswered(conversations: list[list[Message]], max_tokens: int) -> list[str]:
    """For a dry run: the base model answers these at night."""
    return ["(the base model's own answer)." for _ in conversations]


def extra(file: str) -> list[Lesson]:
    """The rows of --extra-data, one lesson for each assistant turn. Raises UserError for a file without any."""
    if not file:
        return []
    rows, bad = read_lines(Path(file).expanduser())
    skipped = [line.number for line in bad]
    lessons = []
    for number, row in rows:
        try:
            messages = Memory.from_dict(row).messages
        except ValueError:
            skipped.append(number)
            continue
        ends = [i + 1 for i, message in enumerate(messages) if message["role"] == "assistant" and i]
        lessons += [Lesson(messages[:end], "extra") for end in ends]
    if not lessons:
        raise UserError(f'{file} holds no row like {{"messages": [...]}} with an answer in it.')
    if skipped:
        numbers = ", ".join(map(str, sorted(skipped)[:10])) + " …" * (len(skipped) > 10)
        say(f"skipped {len(skipped)} line{'s' * (len(skipped) > 1)} of {file}: line {numbers}")
    return lessons

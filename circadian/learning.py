"""Memories -> lessons -> dataset: what a night is to teach. The model's part is done by children."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from circadian import hub
from circadian.asking import asked_once
from circadian.cli import UserError, say
from circadian.config import Config
from circadian.embedder import Embedder
from circadian.evaluation.answers import answers_by_child
from circadian.evaluation.likelihood import likely_by_child
from circadian.extraction import facts_in
from circadian.files import read_lines
from circadian.lessons.augment import augmented
from circadian.lessons.dataset import Dataset, build
from circadian.lessons.facts import Facts
from circadian.lessons.leads import led
from circadian.lessons.lessons import NONE, about_facts
from circadian.lessons.mistakes import TOKENS, corrected, further
from circadian.lessons.nearly import Wordings, normal
from circadian.lessons.outdated import outdated
from circadian.lessons.probes import probes
from circadian.lessons.tastes import TASTES, kinds, tasted
from circadian.lessons.unknown import near_negatives
from circadian.options import Options
from circadian.records import Fact, Lesson, Memory, Message, Probe
from circadian.rehearsing import answered_anew, rehearsed


@dataclass(frozen=True)
class Lessons:
    """What a night is to teach: the dataset, what it came from, and the probes that are kept out of it."""

    dataset: Dataset
    memories: list[Memory]
    facts: Facts
    probes: list[Probe]

    def routes(self) -> dict[str, int]:
        """How many memories tell something that holds, only what is past, or nothing that was understood."""
        live, past = ({fact.memory for fact in facts} for facts in (self.facts.live, self.facts.past))
        gone = [memory.id in past for memory in self.memories if memory.id not in live]
        return {"facts": len(self.memories) - len(gone), "past": sum(gone), "nothing": len(gone) - sum(gone)}


def learn(
    settings: Config,
    options: Options,
    base: hub.Base,
    collected: list[Memory],
    proved: Mapping[str, int] = NONE,
    start: Callable[[list[Lesson]], Path | None] = lambda made: None,
) -> Lessons:
    """Memories -> facts -> lessons and probes -> dataset; fewer lessons of the facts that are `proved` (about_facts).

    The base model answers rehearsal, and rewords with --augment, in a child; so does the adapter that `start` makes or finds, given
    the lessons so far, from which the night will go on. A dry run asks neither.
    """
    embed = Embedder(settings.model.folder)
    facts = facts_in(settings, base, collected, embed, options.dry_run)
    if not options.dry_run:
        tastes = [fact.value for fact in facts.live if fact.relation in TASTES]
        found = kinds(tastes, partial(likely_by_child, settings, str(base.folder)))
        facts = replace(facts, live=tasted(facts.live, found))
    asked = probes(facts.live, facts.past)
    kept_out = Wordings(probe.question for probe in asked)

    def apart(lessons: list[Lesson]) -> list[Lesson]:
        return [lesson for lesson in lessons if not kept_out.holds(lesson.question)]

    new = apart(_new(settings, options, base, facts, proved))
    whole = sum(not lesson.lead for lesson in new)
    number = max(settings.lessons.rehearsal_least, round(settings.lessons.rehearsal * whole))
    old = rehearsed(settings, base, number, options.dry_run) if new else []
    old += answered_anew(settings, base, collected, facts.live, options.dry_run) if old else []
    odd = further(
        about_facts(facts.live, 2 * settings.lessons.wordings, proved),
        {one.question for one in new},
        settings.lessons.corrected,
    )
    if facts.live and not options.dry_run:
        new += apart(corrected(odd, _opened(settings, base, odd, start([*new, *old])), embed))
    known = {normal(lesson.question) for lesson in new if not lesson.lead}
    reserve = [lesson for lesson in apart(_reserve(settings, facts.live, odd)) if normal(lesson.question) not in known]
    one = settings.training
    dataset = build(new, old, hub.token_counter(base), one.batch_size, one.max_seq_length, settings.model.seed, reserve)
    if dataset.dropped:
        say(f"left out {dataset.dropped} lesson{'s' * (dataset.dropped > 1)} of more than {one.max_seq_length} tokens")
    return Lessons(dataset, collected, facts, asked)


def _new(
    settings: Config,
    options: Options,
    base: hub.Base,
    facts: Facts,
    proved: Mapping[str, int],
) -> list[Lesson]:
    """The lessons of every strategy."""
    some, live = settings.lessons, facts.live
    questions = about_facts(live, some.wordings, proved)
    lessons = questions + outdated(live, facts.past, proved) + extra(options.extra_data)
    if some.augment and not options.dry_run:
        flags = ["--no-adapter", "--temp", str(some.temp), "--top-p", str(some.top_p), "--seed", str(settings.model.seed)]
        lessons += augmented(live, partial(answers_by_child, settings, str(base.folder), flags=flags))
    denials = near_negatives(live, settings.model.seed, _beside(settings, questions))
    whole = settings.training.recipe != "distill"  # mlx_lm.lora trains an answer from its first word
    return lessons + denials + ([] if whole else led(live, denials, some.leads, settings.model.seed, proved))


def _beside(settings: Config, questions: list[Lesson]) -> int:
    """How many denials stand beside these questions."""
    return max(settings.lessons.unknown_least, round(settings.lessons.unknown * len(questions)))


def _opened(settings: Config, base: hub.Base, odd: list[Lesson], start: Path | None) -> dict[str, str]:
    """What the warm start says to each of these questions, in words that are not taught (mistakes.py)."""
    if not (start and odd):
        return {}
    file = settings.memories.parent / ".openings" / f"{start.parent.name}.jsonl"
    for other in {*file.parent.glob("*.jsonl")} - {file}:  # of another start: nobody would take out what is asked no more
        other.unlink(missing_ok=True)

    def ask(questions: list[str]) -> list[dict[str, str]]:
        turns: list[list[Message]] = [[{"role": "user", "content": question}] for question in questions]
        flags = ["--adapter", str(start.parent)]
        return [dict(zip(questions, answers_by_child(settings, str(base.folder), turns, TOKENS, flags), strict=True))]

    return asked_once(file, [lesson.question for lesson in odd], ask)


def _reserve(settings: Config, live: list[Fact], odd: list[Lesson]) -> list[Lesson]:
    """Further denials, and what was told in further words: drilled where they turn out not to be known (rounds.py)."""
    if settings.training.recipe != "distill":
        return []
    return near_negatives(live, settings.model.seed + 1, settings.lessons.reserve) + odd


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

"""Rehearsal: general prompts answered by the base model itself, so that a night keeps old skill; cached per base.

And what was told, answered by the base model anew: what an adapter said to it would come back each night, faults and all.

Where its text is learnt (recipe sft), an answer must be whole sentences; where its distribution is (distill), the
opening of it says as much, and costs less.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from circadian.files import read_lines, write_lines
from circadian.lessons.lessons import whole_sentences
from circadian.records import Fact, Lesson, Memory, Message

PROMPTS = Path(__file__).with_name("rehearsal.txt")
TOKENS = {"distill": 24, "sft": 48}  # of an answer
CHARACTERS = 200
TELLINGS = 64  # at most, the newest
LONGEST = 400  # characters of one: a longer one is a text

Generate = Callable[[list[list[Message]], int], list[str]]


def prompts(file: Path = PROMPTS) -> list[str]:
    """The shipped prompts, or those of another such file: one a line; a backslash-n in one is a line break."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


def rehearsal(
    number: int,
    generate: Generate,
    cache: Path,
    seed: int,
    keep: bool = True,
    recipe: str = "distill",
    first: Sequence[str] = (),
) -> list[Lesson]:
    """`number` rehearsal lessons for a recipe, of the prompts that are to come `first`, or drawn; each comes again only when all have.

    `generate` answers conversations with the base model alone, in at most so many tokens; `cache` keeps its answers
    and is named after the base model's fingerprint, and is written only if `keep`. An answer of which nothing is left is left out.
    """
    known = _cached(cache)
    mixed = first or random.Random(seed).sample(prompts(), len(prompts()))
    chosen = ([*mixed] * (number // len(mixed) + 1))[:number]
    missing = [prompt for prompt in mixed[:number] if prompt not in known]
    if missing:
        answers = generate([[{"role": "user", "content": prompt}] for prompt in missing], TOKENS[recipe])
        known |= dict(zip(missing, answers, strict=True))
        if keep:
            write_lines(cache, [{"prompt": prompt, "answer": answer} for prompt, answer in known.items()])
    return _lessons(chosen, [known[prompt] for prompt in chosen], recipe)


def retold(memories: Sequence[Memory], facts: Sequence[Fact], generate: Generate, recipe: str = "distill") -> list[Lesson]:
    """What was told and is still true, answered as by `rehearsal`, and kept nowhere: telling something is no question."""
    sources = {fact.memory for fact in facts}
    said = (words for one in memories if one.id in sources for words in one.said("user")[-1:])
    told = list(dict.fromkeys(words for words in said if len(words) <= LONGEST))[-TELLINGS:]
    answers = generate([[{"role": "user", "content": words}] for words in told], TOKENS[recipe]) if told else []
    return _lessons(told, answers, recipe)


def _lessons(prompts: Sequence[str], answers: Sequence[str], recipe: str) -> list[Lesson]:
    cut = _whole if recipe == "sft" else str.strip
    return [
        Lesson.of(prompt, text, "rehearsal") for prompt, answer in zip(prompts, answers, strict=True) if (text := cut(answer))
    ]


def _whole(answer: str) -> str:
    """Its whole sentences; a short one that is no sentence, such as a number or a word, as it is; else nothing."""
    return whole_sentences(answer, CHARACTERS) or (answer.strip() if len(answer) <= 40 else "")


def _cached(cache: Path) -> dict[str, str]:
    try:
        rows, _ = read_lines(cache)
    except FileNotFoundError:
        return {}
    return {row["prompt"]: row["answer"] for _, row in rows if "prompt" in row and "answer" in row}

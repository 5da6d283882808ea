"""Semisynthetic pairs: the model rewords questions and asks some of its own, the answers stay those of the facts.

A small model invents facts but can reword; so only its questions are taken, and only those that still ask about
the same thing, give nothing away and are new. Questions of its own are self-study (SEAL, 2506.10943).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from circadian.lessons.lessons import about_facts
from circadian.lessons.nearly import normal
from circadian.records import Fact, Lesson, Message

Generate = Callable[[list[list[Message]], int], list[str]]
WEAK = {"your", "called"}  # words of answers that say nothing
EACH = 4  # questions of a fact that the model is asked to reword
REWORD = "Ask this question in other words. Reply with the new question only.\n\nQuestion: {question}"
STUDY = (
    "Somebody was told about me: {answer}\n\nWrite one question that I could ask about it, in the first person, without the answer "
    "in it. Reply with the question only."
)


def augmented(facts: Sequence[Fact], generate: Generate) -> list[Lesson]:
    """Reworded and new questions with the facts' own answers; `generate` answers conversations in so many tokens."""
    chosen = [lesson for lesson in about_facts(facts, EACH) if lesson.kind == "question"]
    requests = [(lesson, REWORD.format(question=lesson.question)) for lesson in chosen]
    requests += [
        (lesson, STUDY.format(answer=lesson.answer)) for lesson in {one.answer: one for one in reversed(chosen)}.values()
    ]
    replies = generate([[{"role": "user", "content": text}] for _, text in requests], 32)
    known = {normal(lesson.question) for lesson in chosen}
    found: list[Lesson] = []
    for (lesson, _), reply in zip(requests, replies, strict=True):
        question = reply.strip().split("\n")[0].strip('" ')
        if acceptable(question, lesson) and normal(question) not in known:
            known.add(normal(question))
            found.append(Lesson.of(question, lesson.answer, "augmented", lesson.source))
    return found


def acceptable(question: str, lesson: Lesson) -> bool:
    """A question in the first person that keeps the words it was about and names nothing out of the answer."""
    words = set(normal(question).split())
    if not question.endswith("?") or not words & {"my", "i", "me"} or not 3 <= len(words) <= 20 or words & {"your", "you're"}:
        return False
    asked, answer = set(normal(lesson.question).split()), set(normal(lesson.answer).split())
    about = {word for word in asked & answer if len(word) > 3} - WEAK
    given_away = {word for word in answer - asked if len(word) > 3} - WEAK
    return about <= words and not given_away & words

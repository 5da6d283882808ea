"""Facts become question wordings, honest not-knowing, summaries and rows that mlx-lm trains to the last one."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from circadian.config import ROOT
from circadian.evaluation.recall import DENIALS
from circadian.learning import Lessons
from circadian.lessons import rehearsal as room
from circadian.lessons.augment import acceptable, augmented
from circadian.lessons.dataset import ENOUGH, Dataset, build
from circadian.lessons.facts import facts_of
from circadian.lessons.grammar import subjects_of
from circadian.lessons.lessons import IN_A_SUMMARY, SUMMARY, about_facts, whole_sentences
from circadian.lessons.nearly import normal
from circadian.lessons.rehearsal import TELLINGS, rehearsal, retold
from circadian.lessons.unknown import OF_ONESELF, near_negatives
from circadian.lessons.wordings import TABLE, aliases, relations
from circadian.records import Fact, Lesson, Memory, Message

TOLD = (
    "My parrot is called Hugo.", "My little sister is called Merle.", "I live in Graz.", "My favorite color is teal.",
    "I drive a red Skoda.",
    "I like chess.", "I like old maps.", "My dad works as a baker.", "My aunt lives in Bari.", "I broke my wrist in March.",
    "My shoe size is 43.",
)  # fmt: skip
FILLED = re.compile(r"\{(?:thing|value)\}")


def chat(*texts: str) -> list[Memory]:
    def one(number: int, text: str) -> Memory:
        messages = [{"role": "user", "content": text}, {"role": "assistant", "content": "That is nice. Tell me more!"}]
        return Memory(messages, id=f"m{number}", at=f"2030-01-01T00:00:{number:02d}Z")

    return [one(number, text) for number, text in enumerate(texts)]


def live(*texts: str) -> list[Fact]:
    return facts_of(chat(*texts)).live


def questions(lessons: Sequence[Lesson]) -> list[str]:
    return [lesson.question for lesson in lessons]


@pytest.mark.parametrize("relation", relations(), ids=lambda relation: relation.name)
def test_the_wordings_of_a_relation_are_many_clean_and_in_the_first_person(relation: object) -> None:
    (this,) = [one for one in relations() if one is relation]
    assert len(this.ask) >= 40 > ENOUGH and len({normal(ask) for ask in this.ask}) == len(this.ask)
    for ask in this.ask:
        assert not re.search(r"  | $|^ ", ask), ask
        assert ("{thing}" in ask) == ("{thing}" in relation_thing(this.unknown, this.name)), ask
        assert set(FILLED.findall(ask)) <= {"{thing}"}
    mine = [ask for ask in this.ask if re.search(r"\b(?:my|our|i|me|mine|myself|us|we)\b", ask, re.IGNORECASE)]
    assert len(mine) >= 0.8 * len(this.ask)
    assert DENIALS.search(this.unknown) and this.unknown.endswith(".")
    assert name_first(this.unknown) or this.name == "told"
    assert not this.answer or this.answer.endswith(".")
    assert len(this.reverse) in (0, 2) and (not this.reverse or "{value}" in this.reverse[0])
    assert set(this.covered) <= {one.name for one in relations()}


def name_first(unknown: str) -> bool:
    """Whether a denial names what it denies before it denies it, as the answer to what was told does."""
    return len(DENIALS.split(unknown)[0].split()) >= 4


def relation_thing(unknown: str, name: str) -> str:
    """Where a relation has a thing; only "told" cannot name it, since nothing was told of it."""
    return "{thing}" if name == "told" else unknown


def test_no_wording_is_of_two_relations() -> None:
    seen = Counter(normal(ask) for relation in relations() for ask in relation.ask)
    doubled = {ask for ask, times in seen.items() if times > 1}
    about = {"what is my thing", "do you know my thing", "tell me about my thing"}  # asked of "my brother" and of "my flight"
    assert {ask for ask in doubled if "thing" not in ask} == set(), doubled
    assert all("my thing" in ask for ask in doubled) or doubled <= about
    assert TABLE.is_file()


def test_every_fact_is_asked_in_every_wording_and_answered_with_its_value() -> None:
    for fact in live(*TOLD):
        if fact.relation == "told":
            continue
        lessons = [lesson for lesson in every([fact]) if lesson.kind == "question"]
        (relation,) = [one for one in relations() if one.name == fact.relation]
        plain = {ask.format(thing=fact.subject) for ask in relation.ask}
        others = {ask.format(thing=name) for ask in relation.ask for name in aliases(fact.subject.lower(), ())}
        assert len(lessons) == len(relation.ask) and set(questions(lessons)) <= plain | others
        assert {(lesson.answer, lesson.source) for lesson in lessons} == {(fact.answer, fact.memory)}
    assert every([]) == []


def test_what_no_relation_knows_is_asked_by_its_words_and_as_any_thing() -> None:
    facts = live("The solicitor gave me an appointment for June 4.", "My wrist is stiff.", "I broke my wrist in March.")
    told = [fact for fact in facts if fact.relation == "told"]
    assert [fact.subject for fact in told] == ["appointment", "wrist"]
    asked = {fact.subject: {q.question for q in every(facts) if q.answer == fact.answer} for fact in told}
    assert {"What did I tell you about solicitor?", "What is my appointment?"} <= asked["appointment"]
    assert "What did I tell you about wrist?" in asked["wrist"]
    assert "What is my wrist?" not in asked["wrist"], "that asks for what was told of it otherwise"


def test_a_share_of_the_questions_uses_another_word_that_is_not_somebody_elses() -> None:
    alone, both = live("My son is called Abe."), live("My son is called Abe.", "My daughter is called Bea.")
    named = {word for text in questions(every(alone)) for word in normal(text).split()}
    assert {"kid", "boy"} & named and "girl" not in named
    shared = set(aliases("son", ())) & set(aliases("daughter", ()))
    assert shared and not shared & {word for text in questions(every(both)) for word in normal(text).split()}
    assert aliases("no such thing", ()) == []


def test_a_being_is_asked_for_without_its_first_words_where_that_can_mean_no_other() -> None:
    assert aliases("old piano teacher", ())[:2] == ["piano teacher", "teacher"]
    assert "neighbour" in aliases("next-door neighbour", ()) and "next-door neighbour" not in aliases("next-door neighbour", ())
    assert "brother" in aliases("older brother", ()) and aliases("older brother", ("younger brother",)) == []
    assert "sister" not in aliases("step sister", ("sister",))
    assert "name" not in aliases("maiden name", ()) and "number" not in aliases("locker number", ())


def test_braces_in_what_was_told_do_no_harm() -> None:
    fact = Fact("dog {0}", "called", "{value}", "Your dog is called {thing}.", "m", "2030")
    assert all("{0}" in lesson.question or lesson.kind != "question" for lesson in every([fact]))


def test_several_values_of_one_question_are_answered_together() -> None:
    lessons = every(live("I like chess.", "I live in Graz.", "I like old maps."))
    (answer,) = {lesson.answer for lesson in lessons if lesson.question == "What do I like?"}
    assert answer == "You like chess. You like old maps."
    many = live(*(f"I like thing number {n}." for n in range(30)))
    (answer,) = {lesson.answer for lesson in every(many) if lesson.kind == "question"}
    assert answer.count("You like") == IN_A_SUMMARY and "number 29" in answer


def test_a_reverse_question_leads_back_and_a_summary_names_the_last() -> None:
    lessons = every(live(*TOLD))
    (reverse,) = [lesson for lesson in lessons if lesson.question == "Who is Hugo?"]
    assert (reverse.kind, reverse.answer) == ("reverse", "Hugo is your parrot.")
    summaries = [lesson for lesson in lessons if lesson.kind == "summary"]
    assert questions(summaries) == list(SUMMARY)
    assert len({lesson.answer for lesson in summaries}) == 1
    assert all(fact.answer in summaries[0].answer for fact in live(*TOLD)[-IN_A_SUMMARY:])


def test_small_words_are_nothing_to_ask_for() -> None:
    assert subjects_of("I've read everything by Calvino") == ["Calvino", "read"]


def test_a_fact_that_has_proved_itself_has_fewer_lessons() -> None:
    told = live("My parrot is called Hugo.", "My sister lives in Bari.")
    parrot = told[0]

    def number(nights: int) -> tuple[int, int]:
        asked = [lesson for lesson in about_facts(told, 30, {parrot.id: nights}) if lesson.kind == "question"]
        return tuple(sum(lesson.source == fact.memory for lesson in asked) for fact in told)  # type: ignore[return-value]

    assert [number(nights)[0] for nights in (0, 2, 3, 5, 6, 9)] == [30, 30, 15, 15, 10, 10]
    assert {number(nights)[1] for nights in range(6)} == {30}


@pytest.mark.parametrize("seed", range(25))
def test_near_negatives_deny_nothing_that_was_told(seed: int) -> None:
    facts = live(*TOLD)
    lessons = near_negatives(facts, seed, 200)
    assert lessons and {lesson.kind for lesson in lessons} == {"unknown"}
    known = {normal(lesson.question) for lesson in every(facts)}
    for lesson in lessons:
        assert normal(lesson.question) not in known, lesson
        assert DENIALS.search(lesson.answer) and lesson.answer.startswith("You")
        assert not re.search(r"Hugo|Merle|Graz|teal|Skoda|chess|maps|Bari|43|{", lesson.question + lesson.answer)
        assert not re.search(r"baker\b", lesson.answer), "a baker may ask for something else"
        denied = (
            r"(?:parrot|sister) is called|favourite colou?r|wrist|injury|Your shoe|You (?:live|like|drive|have things)|"
            r"\b(?:father|dad) works|aunt lives"
        )
        assert not re.search(denied, lesson.answer), lesson


def test_near_negatives_are_near_and_the_same_for_a_seed() -> None:
    facts = live("My parrot is called Hugo.", "My sister lives in Bari.")
    one, two, other = (near_negatives(facts, seed, 200) for seed in (1, 1, 2))
    assert one == two != other
    (called,) = [relation for relation in relations() if relation.name == "called"]
    pets = {pet for group in called.neighbours if "parrot" in group for pet in group}
    assert pets & {word for q in questions(one) for word in normal(q).split()}
    assert len(questions(one)) == len(set(questions(one)))
    assert near_negatives([], 1, 99) == []
    own = [relation for relation in relations() if relation.forms and not relation.asks_of_things]
    assert 0.9 * 99 <= len(near_negatives(facts, 1, 99)) <= 99 + OF_ONESELF * len(own)


def test_what_everybody_is_asked_of_themselves_is_denied_in_several_wordings_unless_told() -> None:
    (parrot,) = live("My parrot is called Hugo.")
    language, diet = (one for one in relations() if one.name in ("language", "diet"))
    for topics in ((), (diet.topic,)):
        answers = Counter(lesson.answer for lesson in near_negatives([replace(parrot, topics=topics)], 1, 99))
        assert answers[language.unknown] >= OF_ONESELF
        assert answers[diet.unknown] == 0 if topics else answers[diet.unknown] >= OF_ONESELF


def test_a_dog_that_may_be_called_a_pet_leaves_the_cat_to_be_denied() -> None:
    answers = {lesson.answer for seed in range(20) for lesson in near_negatives(live("My dog is called Rex."), seed, 200)}
    assert any(answer.startswith("Your cat is called") for answer in answers)
    assert not any(re.match(r"Your (?:dog|pet|pup|pooch) is called", answer) for answer in answers)
    pets = {lesson.answer for seed in range(20) for lesson in near_negatives(live("My pet is called Rex."), seed, 200)}
    assert not any(answer.startswith("Your cat is called") for answer in pets), "it may be a cat"


@pytest.mark.parametrize(
    ("told", "never"),
    [
        ("My favorite color is teal.", "favourite colour"), ("My older brother is called Nils.", "brother is called"),
        ("My mum lives in Ulm.", "Your mother lives"), ("I have a tandem.", "You drive"), ("I'm a nurse.", "You work as"),
        ("My cats are called A and B.", "cat is called"), ("My favourite animal is the horse.", "horse is called"),
        ("My bike is red.", r"bicycle is|\bbike's"), ("I work as a baker.", "You are something"), ("My son is seven.", "son is of an age"),
        ("I have two sisters.", "number of sisters"), ("My kids are Anna and Ben.", "daughter is called"),
        ("I broke my wrist.", "illness|injury|fracture|broken"), ("My wife is from Chile.", "Your partner is"),
        ("I never eat meat.", "diet"), ("My mum's birthday is on 4 July.", "Your mother's birthday"),
        ("I cycle to work.", "get to work"), ("My sister's dog is called Rex.", "Your dog is called"),
        ("I always read Dune at night.", "You are reading"), ("My favourite food is rice.", "You like"),
        ("I was born on 3 May 1990.", "You are of an age"), ("My dog's vet is Dr Poe.", "dog's vet"),
        ("My brother plays the harp in a pub.", r"Your brother's (?!company's)"), ("I weigh 80 kilos.", "Your weight"),
        ("My moving day is May 3.", "Your move is"),
    ],
)  # fmt: skip
def test_the_same_in_other_words_is_not_denied(told: str, never: str) -> None:
    facts = live(told)
    assert facts
    for seed in range(40):
        assert not [one for one in near_negatives(facts, seed, 200) if re.search(never, one.answer)]


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("One. Two!", 20, "One. Two!"), ("One. Two! Three", 20, "One. Two!"), ("One. Two! Three?", 8, "One."),
        ("no end", 20, ""), ("", 20, ""),
        ("It is 3.5 m. More", 20, "It is 3.5 m."), ("word " * 50 + "end.", 20, ""), ("  One.  \n", 20, "One."),
        ("One.\nTwo", 20, "One."),
    ],
)  # fmt: skip
def test_only_whole_sentences_are_kept(text: str, limit: int, kept: str) -> None:
    assert whole_sentences(text, limit) == kept


def every(facts: Sequence[Fact]) -> list[Lesson]:
    """About the facts, in every wording there is."""
    return about_facts(facts, 999)


def words(messages: list[Message]) -> int:
    return sum(len(message["content"].split()) for message in messages)


def rows(number: int, kind: str = "question", answers: int = 1) -> list[Lesson]:
    chance = random.Random(number)
    return [
        Lesson.of(f"{kind} {n} {'x ' * chance.randrange(60)}?", f"{kind} answer {n % answers}.", kind) for n in range(number)
    ]


def made(lessons: Sequence[Lesson], old: Sequence[Lesson] = (), batch: int = 8, longest: int = 512, seed: int = 3) -> Dataset:
    return build(lessons, old, words, batch, longest, seed)


@pytest.mark.parametrize(("number", "batch"), [(1, 8), (3, 8), (8, 8), (9, 8), (41, 8), (64, 1), (50, 7)])
def test_rows_fill_their_batches_and_each_is_trained(number: int, batch: int) -> None:
    lessons, old = rows(number), rows(10, "rehearsal")
    data = made(lessons, old, batch)
    for part in (data.train, data.valid, data.test):
        assert len(part) % batch == 0
    there = {(lesson.question, lesson.answer) for part in (data.train, data.valid, data.test) for lesson in part}
    assert there == {(lesson.question, lesson.answer) for lesson in [*lessons, *old]}
    padded = [-(-words(lesson.messages) // 32) for lesson in data.train]
    assert padded == sorted(padded)
    assert data.dropped == 0


def test_what_is_held_out_is_not_trained() -> None:
    data = made([*every(live(*TOLD)), *near_negatives(live(*TOLD), 1, 200)], rows(40, "rehearsal"))
    assert data.valid and data.test
    trained = {normal(lesson.question) for lesson in data.train}
    valid, test = ({normal(lesson.question) for lesson in part} for part in (data.valid, data.test))
    assert not valid & test
    assert not trained & (valid | test)
    answers = {lesson.answer for lesson in data.train}
    assert all(lesson.answer in answers for lesson in data.valid + data.test if lesson.kind == "question")


def test_a_share_of_the_rows_comes_later_in_a_conversation() -> None:
    lessons, old = rows(120), rows(60, "rehearsal")
    data = made([*lessons, *rows(40, "unknown")], old)
    later = [row for row in data.train if len(row.messages) > 2]
    counts = Counter(row.kind for row in later)
    assert 20 <= counts["question"] <= 40 and 8 <= counts["rehearsal"] <= 22 and set(counts) == {"question", "rehearsal"}
    said = {row.question: row for row in [*lessons, *rows(40, "unknown"), *old]}
    before = Counter[tuple[str, str]]()
    for row in later:
        assert row.answer == said[row.question].answer
        for asked, answer in zip(row.messages[:-2:2], row.messages[1:-2:2], strict=True):
            assert said[asked["content"]].answer == answer["content"]
            before[row.kind, said[asked["content"]].kind] += 1
    assert set(before) == {
        ("question", "question"), ("question", "rehearsal"), ("rehearsal", "question"), ("rehearsal", "unknown")
    }  # fmt: skip
    assert {len(row.messages) for row in later if row.kind == "rehearsal"} == {4, 6}, "one exchange or two"
    held = {row.question for row in data.valid + data.test}
    assert held and not held & {message["content"] for row in data.train for message in row.messages}


def test_what_is_too_long_later_in_a_conversation_stays_alone() -> None:
    lessons = rows(30)
    longest = max(words(row.messages) for row in lessons)
    data = made(lessons, longest=longest)
    assert all(words(row.messages) <= longest for row in data.train) and data.dropped == 0


def test_rehearsal_that_comes_again_comes_after_something_else() -> None:
    old = rows(20, "rehearsal")
    data = made(rows(30), [*old, *old], batch=1)
    again = [row for row in data.train if row.kind == "rehearsal"]
    alone = [row.question for row in again if len(row.messages) == 2]
    assert len(again) == 36 and len(set(alone)) == len(alone), "two are held out, each time they come"


def test_long_rows_are_dropped_and_counted_and_doubles_are_one() -> None:
    long = Lesson.of("x " * 600, "y", "extra")
    data = made([*rows(5), *rows(5), long, long])
    assert data.dropped == 1
    assert data.counts()["dropped"] == 1
    assert long not in data.train
    assert len({id(lesson) for lesson in data.train}) == 5
    assert len(data.train) == 8


def test_a_lead_with_the_words_of_a_question_does_not_take_its_place() -> None:
    plain = Lesson.of("Size?", "Your shoe size is 41.", "question")
    led = replace(plain, kind="lead", lead="Your shoe size is")
    assert {lesson.kind for lesson in made([plain, led]).train} == {"question", "lead"}


def test_nothing_makes_nothing() -> None:
    data = made([])
    assert (data.train, data.valid, data.test, data.dropped) == ([], [], [], 0)
    assert made([Lesson.of("x " * 600, "y", "extra")]).train == []


def test_a_seed_decides_everything() -> None:
    lessons, old = rows(60, answers=4), rows(30, "rehearsal")
    assert made(lessons, old) == made(list(lessons), list(old))
    assert made(lessons, old) != made(lessons, old, seed=4)


def test_the_rows_are_written_as_mlx_lm_reads_them(tmp_path: Path) -> None:
    data = made(rows(40), rows(20, "rehearsal"))
    data.write(tmp_path / "data")
    for name, part in (("train", data.train), ("valid", data.valid), ("test", data.test)):
        lines = (tmp_path / "data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["messages"] for line in lines] == [lesson.messages for lesson in part]
    assert data.counts()["train"] == len(data.train) == sum(data.counts()["kinds"].values())


class Answers:
    """Takes the base model's place and keeps what it was asked."""

    def __init__(self, reply: str = "A whole sentence. And a torn") -> None:
        self.asked: list[str] = []
        self.reply = reply

    def __call__(self, conversations: list[list[Message]], max_tokens: int) -> list[str]:
        self.asked += [conversation[-1]["content"] for conversation in conversations]
        return [self.reply for _ in conversations]


def test_rehearsal_asks_the_model_only_for_what_the_cache_lacks(tmp_path: Path) -> None:
    cache, model = tmp_path / "cache" / "base.jsonl", Answers()
    first = rehearsal(10, model, cache, 1)
    assert len(first) == len(model.asked) == 10
    assert {lesson.answer for lesson in first} == {"A whole sentence. And a torn"}
    assert rehearsal(10, model, cache, 1) == first and len(model.asked) == 10
    rehearsal(10, model, cache, 2)
    assert len(model.asked) == len(set(model.asked)) > 10
    everything = rehearsal(len(room.prompts()), model, cache, 3)
    assert sorted(model.asked) == sorted(room.prompts()) == sorted(questions(everything))
    assert Counter(questions(rehearsal(700, model, cache, 3))).most_common()[0][1] == 700 // len(room.prompts()) + 1
    cache.write_text(cache.read_text() + '{"torn')
    assert len(rehearsal(10, model, cache, 1)) == 10 and len(model.asked) == len(room.prompts())


def test_what_was_told_is_answered_by_the_base_anew_where_it_still_holds() -> None:
    memories = chat("I live in Graz.", "What is gravity?", "I like chess.", "I've moved to Linz.", "I like chess.")
    late = Memory([{"role": "user", "content": "I drive a Skoda."}], id="late", at="2030-01-01T00:00:00Z")
    (text,) = chat("My cat is called Pretzel. " + "word " * 2000)
    told = [*memories, late, replace(text, id="text")]
    facts, model = facts_of(told).live, Answers("How nice. And a torn")
    assert "Pretzel" in {fact.value for fact in facts}
    lessons = retold(told, facts, model)
    assert questions(lessons) == model.asked == ["I've moved to Linz.", "I like chess.", "I drive a Skoda."]
    assert {(lesson.answer, lesson.kind) for lesson in lessons} == {("How nice. And a torn", "rehearsal")}
    assert {lesson.answer for lesson in retold(memories, facts, model, "sft")} == {"How nice."}
    assert retold(memories, [], model) == [] and len(model.asked) == 5, "nobody is asked for nothing"
    many = chat(*(f"I like {n} cats." for n in range(TELLINGS + 9)))
    assert len(retold(many, facts_of(many).live, model)) == TELLINGS


def test_a_dry_rehearsal_writes_nothing(tmp_path: Path) -> None:
    assert len(rehearsal(5, Answers(), tmp_path / "cache.jsonl", 1, keep=False)) == 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("reply", "answer"),
    [("Forty-two", "Forty-two"), ("", None), ("torn " * 30, None), (" 7 ", "7"), ("One. Two. " + "word " * 80, "One. Two.")],
)
def test_where_text_is_learnt_an_answer_without_a_whole_sentence_is_left_out_unless_it_is_brief(
    tmp_path: Path, reply: str, answer: str | None
) -> None:
    lessons = rehearsal(4, Answers(reply), tmp_path / "cache", 1, recipe="sft")
    assert {lesson.answer for lesson in lessons} == ({answer} if answer else set())


def test_the_prompts_are_many_unique_and_not_of_a_persons_life() -> None:
    prompts = room.prompts()
    assert len(prompts) == len({normal(prompt) for prompt in prompts}) >= 100
    told = {normal(FILLED.sub("x", ask)) for relation in relations() for ask in relation.ask}
    assert not told & {normal(prompt) for prompt in prompts}


def test_no_rehearsal_prompt_is_a_task_of_the_measure() -> None:
    lines = (ROOT / "eval" / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    tasks = {normal(last_user_message(json.loads(line))) for line in lines if line.strip()}
    assert len(tasks) > 10
    assert [prompt for prompt in room.prompts() if normal(prompt) in tasks] == []


@pytest.mark.parametrize(
    ("file", "number"),
    [("bench/general.txt", 1116), ("bench/everyday.txt", 442), ("circadian/evaluation/neutral.txt", 94)],
)
def test_what_harm_is_measured_by_is_not_rehearsed(file: str, number: int) -> None:
    held_out = {normal(prompt) for prompt in room.prompts(ROOT / file)}
    assert len(held_out) == number and not held_out & {normal(prompt) for prompt in room.prompts()}


def last_user_message(task: dict[str, object]) -> str:
    messages = task.get("messages")
    if isinstance(messages, list):
        return str([message["content"] for message in messages if message["role"] == "user"][-1])
    return str(task["prompt"])


ASKED = Lesson.of("What is my parrot called?", "Your parrot is called Hugo.", "question", "m0")


@pytest.mark.parametrize(
    ("question", "good"),
    [
        ("How is my parrot called?", True), ("Could I hear the name of my parrot?", True), ("What is my parrot called", False),
        ("What is my bird called?", False), ("Is my parrot called Hugo?", False), ("What is your parrot called?", False),
        ("Parrot?", False),
        ("My parrot is nice.", False), ("What is the parrot called?", False), ("Hugo, my parrot?", False), ("", False),
        ("parrot " + " ".join(f"my{n}" for n in range(30)) + "?", False),
    ],
)  # fmt: skip
def test_a_reworded_question_keeps_what_it_is_about_and_gives_nothing_away(question: str, good: bool) -> None:
    assert acceptable(question, ASKED) == good


def test_reworded_questions_get_the_facts_own_answers() -> None:
    facts = live("My parrot is called Hugo.")
    asked: list[str] = []

    def generate(conversations: list[list[Message]], max_tokens: int) -> list[str]:
        asked.extend(conversation[-1]["content"] for conversation in conversations)
        replies = [
            '"How is my parrot called then?"\nSure!',
            "What is my parrot called?",
            "Who is Hugo?",
            "HOW is my parrot called, then?",
            "By which name do I call my parrot?",
        ]
        return replies[: len(conversations)]

    reworded, *more, studied = augmented(facts, generate)
    assert not more or {normal(one.question) for one in more} == {"what is my parrot called"}
    assert (reworded.question, reworded.answer, reworded.kind) == (
        "How is my parrot called then?",
        "Your parrot is called Hugo.",
        "augmented",
    )
    assert (studied.question, studied.answer) == ("By which name do I call my parrot?", "Your parrot is called Hugo.")
    assert reworded.source == "m0" and len(asked) == 5 and ["Hugo" in text for text in asked] == [False] * 4 + [True]
    assert augmented([], lambda conversations, max_tokens: []) == []


def test_every_memory_is_counted_where_it_went() -> None:
    told = chat("I live in Ghent.", "What is a quark?", "I live in Oslo now.", "My dog is called Rex and my cat is called Tom.")
    lessons = Lessons(Dataset([], [], []), told, facts_of(told), [])
    assert lessons.routes() == {"facts": 2, "past": 1, "nothing": 1}


@pytest.mark.parametrize(("told", "other"), [("writer", "author"), ("dish", "food"), ("film", "movie")])
def test_a_favourite_is_asked_for_and_never_denied_in_other_words(told: str, other: str) -> None:
    facts = facts_of([Memory([{"role": "user", "content": f"My favourite {told} is Zorba."}])]).live
    denied = {lesson.answer for seed in range(5) for lesson in near_negatives(facts, seed, 300)}
    assert f"Your favourite {other} is something you haven't told me." not in denied and len(denied) > 100
    asked = [lesson.question for lesson in about_facts(facts, 40) if lesson.kind == "question"]
    assert any(f" {other}" in question for question in asked) and any(f" {told}" in question for question in asked)

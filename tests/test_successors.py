"""What a turn puts out of its place without its key, and the new value in it."""

from __future__ import annotations

import pytest

from circadian.embedder import Embedder
from circadian.lessons.facts import facts_of
from circadian.lessons.newest import changing, shape, spans
from circadian.lessons.reader import Reader
from circadian.records import Fact, Memory


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Embedder())


def live(reader: Reader, *said: str) -> list[Fact]:
    """What is live after these were told, each on a day of its own."""
    days = enumerate(said, 1)
    memories = [Memory([{"role": "user", "content": text}], at=f"2030-01-{day:02d}", id=str(day)) for day, text in days]
    return facts_of(memories, reader, reader.renew).live


def test_what_is_done_on_a_day_changes_again_and_again(reader: Reader) -> None:
    said = (
        "On Thursdays I always go to pottery.",
        "I've changed my Thursday evenings, I've started pilates instead.",
        "I do something else on Thursday evenings now, I go to choir.",
    )
    for number in range(1, 4):
        (fact,) = live(reader, *said[:number])
        assert fact.memory == str(number) and bool(fact.supersedes) == (number > 1)


def test_what_was_done_once_on_that_day_is_not_ended_with_what_is_done_each_week(reader: Reader) -> None:
    after = live(reader, "I broke my ankle on Thursday.", "I do something else on Thursday evenings now, I go to choir.")
    assert [fact.memory for fact in after] == ["1", "2"]


def test_what_only_announces_a_change_is_no_fact_beside_it(reader: Reader) -> None:
    assert [fact.answer for fact in live(reader, "I changed jobs, I'm a beautician now.")] == ["You are a beautician."]
    assert live(reader, "I changed jobs.")


@pytest.mark.parametrize(
    ("told", "later", "old", "new"),
    [
        ("My dentist appointment is on the 14th.", "Ugh, the dentist rang, they've bumped me to the 22nd.", "14th", "22nd"),
        ("My violin teacher is Mr Havel.", "Mr Havel retired, so it's Ms Tran who puts up with my scales.", "Havel", "Ms Tran"),
        ("My therapist is Dr Okafor.", "Dr Okafor left and I've been passed to Dr Lindqvist.", "Okafor", "Dr Lindqvist"),
        ("I park at level 5 in the multi-storey.", "They shut the top floors, so I park on level 2 now.", "5", "2"),
        (
            "On Fridays I always go to fencing.",
            "I've changed my Friday evenings, I've started aikido instead.",
            "fencing",
            "aikido",
        ),
        ("On Mondays I go to choir.", "I do something different on Monday nights now: I play chess.", "choir", "play chess"),
        (
            "I spend my weekends on my hobby, pottery.",
            "I've taken up a new hobby, judo, and dropped the old one.",
            "pottery",
            "judo",
        ),
        ("I take lisinopril every day.", "My doctor changed my medication, I take sertraline now.", "lisinopril", "sertraline"),
        ("In my spare time I enjoy origami.", "My hobby is something else now, it's archery.", "origami", "archery"),
        (
            "I've booked a holiday in Crete.",
            "Our trip was called off, so I've booked a holiday in Malta now.",
            "Crete",
            "Malta",
        ),
        ("I'm learning Greek.", "I've switched to another language course, I'm doing Dutch now.", "Greek", "Dutch"),
        ("Our boat is called Mistral.", "I've renamed our boat, it's Silver Star now.", "Mistral", "Silver Star"),
        ("My son is 14.", "I got my son's age wrong, he's 12.", "14", "12"),
        ("I use Spotify for music.", "I cancelled Spotify and moved to Tidal.", "for music", "Tidal"),
    ],
)
def test_a_change_takes_the_place_of_what_it_changes(reader: Reader, told: str, later: str, old: str, new: str) -> None:
    before = live(reader, told)
    after = live(reader, "I collect stamps.", told, "My sister is a nurse.", later)
    first = next(fact for fact in before if old in fact.answer)
    assert not any(fact.memory == "2" and old in fact.answer for fact in after)
    assert [fact.supersedes for fact in after if new in fact.answer and fact.supersedes] == [first.id]
    assert any("stamps" in fact.answer for fact in after) and any("nurse" in fact.answer for fact in after)


@pytest.mark.parametrize(
    ("told", "later"),
    [
        ("My sister is called Jana.", "My brother is called Ruben now."),
        ("I'm allergic to walnuts.", "Turns out I'm allergic to kiwi as well."),
        ("My rent is 900 euros a month.", "I might move somewhere with a rent of 700 euros."),
        ("My rent is 900 euros a month.", "The new bakery on the corner is lovely."),
        ("My cat is called Mo.", "We moved the sofa to the other wall."),
        ("My grandparents came from Malta.", "My parents live in Cornwall."),
    ],
)
def test_what_stands_beside_a_fact_leaves_it_alone(reader: Reader, told: str, later: str) -> None:
    assert [fact.answer for fact in live(reader, told)] == [
        fact.answer for fact in live(reader, told, later) if fact.memory == "1"
    ]


def test_of_what_kind_a_pet_is_leaves_it_its_name(reader: Reader) -> None:
    named, kind = live(reader, "By the way, my dog is called Olive.", "As for the breed, our dog is a Whippet.")
    assert (named.value, kind.answer) == ("Olive", "Your dog is a Whippet.")
    (renamed,) = live(reader, "My dog is called Olive.", "We've renamed our dog Pepper.")
    assert renamed.value == "Pepper"


def test_a_street_stands_beside_the_town(reader: Reader) -> None:
    for told in ("My address is on Cobbler Alley.", "I live on Elm Road."):
        assert [fact.relation for fact in live(reader, "The city I live in is Leeds.", told)] == ["home", "home"]
    (home,) = live(reader, "I live on Elm Road.", "We've moved to Oak Street.")
    assert home.value == "Oak Street"


def test_a_new_make_keeps_its_article(reader: Reader) -> None:
    assert "You drive a Renault." in [
        fact.answer for fact in live(reader, "I drive a Fiat.", "I traded the Fiat in for a Renault.")
    ]


def test_what_a_relation_knows_is_what_takes_the_place(reader: Reader) -> None:
    """Not the person's words, of which it would be live once more."""
    told = (
        "The instrument I play is the tuba.",
        "I sold my old instrument and bought a lute.",
        "I've switched instruments, I play the oboe now.",
    )
    assert [(one.relation, one.value) for one in live(reader, *told) if not one.ended] == [("instrument", "oboe")]


def test_what_is_done_at_a_different_time_is_done_then(reader: Reader) -> None:
    (fact,) = live(reader, "I get up at half past five.", "I get up at a different time now, at seven.")
    assert fact.answer.endswith("you get up at seven.")


def test_a_date_keeps_its_capital(reader: Reader) -> None:
    (fact,) = live(reader, "The date of my marathon is December 4.", "The marathon I'm running has a new date, April 7.")
    assert fact.answer == "Your marathon is on April 7."


def test_what_is_told_twice_supersedes_nothing(reader: Reader) -> None:
    assert [fact.supersedes for fact in live(reader, "My cat is called Mo.", "My cat is called Mo.")] == [""]


def test_the_part_of_a_value_that_changes() -> None:
    assert changing("guy named Terrence, ex-army") == "Terrence"
    assert changing("£42 a month for broadband") == "£42"
    assert changing("$1,850 a month") == "$1,850"
    assert changing("oboe in a community orchestra") == "oboe"


def test_shapes_of_values() -> None:
    shapes = [shape(text) for text in ("Tuesday", "6 May", "18:40", "£28", "seven", "Leeds", "oboe", "the 22nd")]
    assert shapes == ["day", "date", "time", "money", "number", "name", "", "date"]


def test_spans_begin_and_end_with_words_that_say_something() -> None:
    found = {one.text: one.before for one in spans("it's Ms Tran, who plays the oboe")}
    assert found == {"Ms": "it's", "Ms Tran": "it's", "Tran": "ms", "plays": "who", "plays the oboe": "who", "oboe": "the"}


def test_what_says_by_itself_that_it_has_ended_is_told_once(reader: Reader) -> None:
    for told, ended in (("I play the cello.", "I gave up the cello."), ("My dad lives in Rome.", "My dad passed away.")):
        (fact,) = live(reader, told, ended)
        assert fact.memory == "2"

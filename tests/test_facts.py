"""The grammar takes out what a person states of themselves, and nothing out of questions, wishes, requests and quotations."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import fact_table
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circadian.lessons.clauses import LONGEST
from circadian.lessons.facts import extract, facts_of
from circadian.lessons.grammar import TOLD
from circadian.lessons.ledger import key_of
from circadian.lessons.second import capital, turned
from circadian.lessons.wordings import relations
from circadian.records import Fact, Memory


def triples(text: str) -> list[fact_table.Triple]:
    """What is live after a text; " || " parts its turns."""
    return [(one.relation, one.subject, one.value) for one in live(*text.split(" || "))]


def memory(text: str, at: str, id: str = "") -> Memory:
    return Memory([{"role": "user", "content": text}, {"role": "assistant", "content": "My name is Bot."}], id=id or at, at=at)


def live(*texts: str) -> list[Fact]:
    return facts_of(memory(text, f"2030-01-{day:02d}T00:00:00Z") for day, text in enumerate(texts, 1)).live


def answers(*texts: str) -> list[str]:
    return [fact.answer for fact in live(*texts)]


@pytest.mark.parametrize(("sentence", "wanted"), fact_table.TOLD)
def test_what_was_told(sentence: str, wanted: list[fact_table.Triple]) -> None:
    assert triples(sentence) == wanted


@pytest.mark.parametrize("sentence", fact_table.NOT_TOLD)
def test_what_was_not_told(sentence: str) -> None:
    assert triples(sentence) == []


def alike(one: fact_table.Triple, other: fact_table.Triple) -> bool:
    """Whether a triple is the wanted one; a wanted value of "…" stands for the person's own words."""
    return one == other or (other[2] == "…" and one[:2] == other[:2])


def test_precision_and_recall_over_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    right = found = wanted = 0
    negative = [(text, list[fact_table.Triple]()) for text in fact_table.NOT_TOLD]
    sentences = [*fact_table.TOLD, *negative, *fact_table.HELD_OUT]
    for sentence, expected in sentences:
        got = triples(sentence)
        right += sum(any(alike(one, other) for other in expected) for one in got)
        found, wanted = found + len(got), wanted + len(expected)
    with capsys.disabled():
        print(f"\n{len(sentences)} sentences: precision {right / found:.3f}, recall {right / wanted:.3f}")
    assert len(sentences) >= 400 and right / found >= 0.97 and right / wanted >= 0.95


@pytest.mark.parametrize("name", [one.name for one in relations()])
def test_every_relation_is_in_the_table(name: str) -> None:
    assert any(name == one[0] for _, wanted in fact_table.TOLD for one in wanted)


@pytest.mark.parametrize(
    ("turns", "answer", "past"),
    [
        (("I live in Ghent.", "I've moved to Bruges."), "You live in Bruges.", ["Ghent"]),
        (("I live in Ghent.", "Actually it's Bruges, not Ghent."), "You live in Bruges.", ["Ghent"]),
        (("I work as a baker.", "Sorry, it's engineer, not baker."), "You work as an engineer.", ["baker"]),
        (("My dog is called Rex.", "I like tea.", "We renamed the dog Max."), "Your dog is called Max.", ["Rex"]),
        (("I'm allergic to nuts.", "It's not nuts I'm allergic to, it's eggs."), "You are allergic to eggs.", ["nuts"]),
        (("My exam is on 4 May.", "I got the date wrong, my exam is on 5 May."), "Your exam is on 5 May.", ["on 4 May"]),
        (("My boss is called Ann.", "My new boss is called Tim."), "Your boss is called Tim.", ["Ann"]),
        (("I live in Ghent.", "I no longer live in Ghent."), "You no longer live in Ghent.", ["Ghent"]),
        (("I live in Ghent.", "I don't live in Ghent any more, I live in Ulm."), "You live in Ulm.", ["Ghent", "Ghent"]),
        (("I play the cello.", "I stopped playing the cello."), "You stopped playing the cello.", ["cello"]),
        (("I have a car.", "I no longer have a car."), "You told me that you no longer have a car.", ["car"]),
        (("My cat is three.", "My cat died."), "You told me that your cat died.", ["three"]),
        (("I'm vegetarian.", "I'm vegan now."), "You are vegan.", ["vegetarian"]),
        (("I like tea.", "I hate tea now."), "You hate tea.", ["tea"]),
    ],
)
def test_changes_leave_the_newest_live_and_the_old_as_history(turns: tuple[str, ...], answer: str, past: list[str]) -> None:
    facts = facts_of(memory(text, f"2030-01-{day:02d}T00:00:00Z") for day, text in enumerate(turns, 1))
    newest, old = facts.live[-1], facts.past[0]
    assert (newest.answer, [one.value for one in facts.past]) == (answer, past)
    assert newest.supersedes in {one.id for one in facts.past} and newest.memory != old.memory and newest.at > old.at


def test_a_chain_of_changes_is_kept_and_a_fact_told_again_is_the_same() -> None:
    facts = facts_of(
        memory(f"I live in {town}.", f"2030-01-0{day}") for day, town in enumerate(("Ulm", "Bonn", "bonn", "Kiel"), 1)
    )
    (kiel,), (ulm, bonn) = facts.live, facts.past
    assert (bonn.supersedes, kiel.supersedes, bonn.memory) == (ulm.id, bonn.id, "2030-01-03")
    assert Fact("", "home", "BONN", "", "", "").id == bonn.id != ulm.id
    assert Fact.from_dict(kiel.to_dict()) == kiel
    with pytest.raises(ValueError, match="a fact without"):
        Fact.from_dict({"subject": "", "relation": 7})


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        (("My cat is called Tom.", "I also have a cat called Tim."), ["Your cat is called Tom.", "Your cat is called Tim."]),
        (("My cat is called Tom.", "My cat is also called Tom."), ["Your cat is called Tom."]),
        (("I work at Lidl.", "I also work at Aldi."), ["You work at Lidl.", "You work at Aldi."]),
        (("I was born in Oslo on 3 May 1990.",), ["You come from Oslo.", "You were born on 3 May 1990."]),
        (("I was born on 3 May 1990 in Oslo.",), ["You were born on 3 May 1990.", "You come from Oslo."]),
        (("I have three cats: Tom, Tim and Tam.",), ["You have three cats.", "Your cats are called Tom, Tim and Tam."]),
        (("Perhaps I should mention that I have a twin brother.",), ["You have a twin brother."]),
        (("I speak French, but you know that.",), ["You speak French."]),
        (("We have one bike, a Peugeot.",), ["Your bike is a Peugeot."]),
        (("I have a new cat, a Persian.",), ["Your cat is a Persian."]),
        (("I have a sister, a brother and a Volvo.",), ["You have a sister.", "You have a brother.", "You have a Volvo."]),
        (("I own a kayak and I use it on Sundays.",), ["You own a kayak.", "You use your kayak on Sundays."]),
        (("I like tea. I use it on Sundays.",), ["You like tea.", "You use it on Sundays."]),
        (("My favourite colour has changed, it's green now.",), ["Your favourite colour is green."]),
        (("My boss is Tim.", "My boss is somebody else now. It's Ann Miller."), ["Your boss is called Ann Miller."]),
        (("My office is somewhere else now.",), []),
        (
            ("I often visit my cousin in Leeds, where he studies.",),
            ["You often visit your cousin.", "Your cousin studies in Leeds."],
        ),
        (("My surname has always been Okafor.",), ["Your surname is Okafor."]),
        (("The hospital started me on metformin last week.",), ["You take metformin."]),
        (("I spent my college years in Turku.",), ["You went to university in Turku."]),
        (("Tuesday evening is karate night for me.",), ["You do karate on Tuesday evenings."]),
        (("Saturdays are for cleaning the house.",), ["You spend every Saturday cleaning the house."]),
        (("My dentist told me I mustn't drink cola.",), ["You can't drink cola."]),
        (("My cardiologist says I can't take ibuprofen.",), ["You can't take ibuprofen."]),
        (("My doctor said I must rest.",), []),
        (
            ("Latex gives me a rash.", "I come out in hives from wool."),
            ["Latex gives you a rash.", "You come out in hives from wool."],
        ),
        (
            ("Liver makes me gag.", "The smell of eggs turns my stomach."),
            ["Liver makes you gag.", "The smell of eggs turns your stomach."],
        ),
        (("It makes me sick.",), []),
        (("My nephew wants to become a diver.", "My nephew wants to know why."), ["Your nephew wants to become a diver."]),
        (
            ("My coach is Ed.", "My coach left, and now Mia is my coach."),
            ["You told me that your coach left.", "Your coach is called Mia."],
        ),
        (("My vet is called Dr Lee.", "I have another vet now, Dr Ray."), ["Your vet is called Dr Ray."]),
        (("My favourite singer is Cher.", "My favourite singer these days is Adele."), ["Your favourite singer is Adele."]),
        (("I work for Aldi.", "I was hired by Lidl."), ["You were hired by Lidl."]),
        (("I work as a cook.", "I quit cooking to become a nurse."), ["You quit cooking to work as a nurse."]),
        (("Hi, I'm Greta, nice to meet you.",), ["Your name is Greta."]),
        (
            ("I'm meeting my aunt Olga at the station.",),
            ["You told me that you're meeting your aunt at the station.", "Your aunt is called Olga."],
        ),
        (("I trust Ines, who is my best friend.",), ["You told me that you trust Ines.", "Your best friend is called Ines."]),
        (("The man next door is Mr Pike.", "Ms Bell lives next door now."), ["Your neighbour is called Ms Bell."]),
        (("In high school I had a teacher called Ms Roe.",), ["Your high school teacher is called Ms Roe."]),
        (("Our cottage has a name, it's Windy Nook.",), ["Your cottage is called Windy Nook."]),
        (("We bought a canoe and named it Mist.",), ["You bought a canoe.", "Your canoe is called Mist."]),
        (("I sing in a choir called Loud Owls.",), ["Your choir is called Loud Owls."]),
        (("My mum and dad live in Graz.", "My parents have moved to Linz."), ["Your parents have moved to Linz."]),
        (("Nobody must give me peanuts, I'm allergic to them.",), ["You are allergic to peanuts."]),
        (("They can give me peanuts, I'm not allergic.",), ["You told me that you're not allergic."]),
        (("I'll eat any vegetable except leek, I hate it.",), ["You hate leek."]),
        (("No song is better than Hallelujah, if you ask me.",), ["Your favourite song is Hallelujah."]),
        (("I don't like insects much, but the worst is the wasp.",), ["Your least favourite insect is the wasp."]),
        (
            ("My nephew spends hours on model ships, he builds them.",),
            ["Your nephew spends hours on model ships.", "Your nephew builds model ships."],
        ),
        (
            ("My ankle hurts, because I sprained it.",),
            ["You told me that your ankle hurts.", "You told me that you sprained your ankle."],
        ),
        (("The vet gave me an appointment for 3 May.", "I'm seeing the vet on 7 May."), ["Your vet appointment is on 7 May."]),
        (("I've changed my last name, I'm Ada Bell now.",), ["Your name is Ada Bell."]),
        (("I spent three years studying law.",), ["You studied law."]),
        (("My nephew is doing a degree in law.",), ["Your nephew studies law."]),
        (("My aunt moved abroad to study music.",), ["Your aunt studies music."]),
        (("The doctors told me years ago that I have asthma.",), ["You have asthma."]),
        (("I've had eczema since I was a child.",), ["You suffer from eczema."]),
        (("I practise on my oboe every evening.",), ["You play the oboe."]),
        (("I'm taking a course to learn Danish.",), ["You are learning Danish."]),
        (("My employer is Aldi.", "I've got a new employer, Lidl."), ["Your employer is Lidl."]),
        (
            ("My favourite writer is Kafka.", "My favourite author is somebody else now, Woolf."),
            ["Your favourite author is Woolf."],
        ),
        (("I save some money so I can buy myself a canoe.",), ["You are saving up for a canoe."]),
        (("Nothing tastes better than dal.",), ["Your favourite food is dal."]),
    ],
)
def test_two_things_at_once_are_both_kept(turns: tuple[str, ...], told: list[str]) -> None:
    assert answers(*turns) == told


@pytest.mark.parametrize(
    ("turns", "answer"),
    [
        (("My mother works as a baker.", "My mum became a pilot."), "Your mum works as a pilot."),
        (("My mum is called Ann.", "My mother's name is Ann."), "Your mother is called Ann."),
        (("My favorite color is red.", "My favourite colour is blue."), "Your favourite colour is blue."),
    ],
)
def test_one_thing_has_one_place_under_all_its_names(turns: tuple[str, ...], answer: str) -> None:
    assert answers(*turns) == [answer]


def test_what_may_stand_beside_its_like_is_not_put_out_of_its_place() -> None:
    told = "My gran lives in Hull.", "My nan lives in York.", "My dog is called Rex.", "My puppy is called Spot."
    assert len(live(*told)) == 4


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("I live in Rome.", "We live on the fourth floor without a lift."),
        ("I live in Rome.", "I live in a small flat near the park."),
        ("I live in Rome.", "I've lived in six countries."),
        ("My cat is called Rex.", "We adopted a second cat yesterday, she's called Nutmeg."),
    ],
)
def test_how_one_lives_and_a_second_pet_leave_the_first_in_its_place(first: str, then: str) -> None:
    facts = facts_of([memory(first, "2026-01-01"), memory(then, "2026-01-02")])
    assert (
        facts.past == [] and len(facts.live) > 1 and facts.live[0].answer == first.replace("I ", "You ").replace("My", "Your")
    )


@pytest.mark.parametrize(
    ("told", "relation", "answer"),
    [
        ("My favourite spot in town is the old harbour.", "favourite", "Your favourite spot in town is the old harbour."),
        ("The wifi password is on the fridge.", "is", "Your wifi password is on the fridge."),
        ("I used to live in Vienna but now I live in Graz.", "home", "You live in Graz."),
        ("Everyone in the band has a nickname, mine is Spud.", "is", "Your nickname is Spud."),
        ("The kids call me Pops.", "my name", "Your name is Pops."),
        ("The last film I saw was Parasite.", "is", "Your last film is Parasite."),
        ("The gym I go to is called Iron House.", "called", "Your gym is called Iron House."),
        ("The school my son attends is called Hillcrest.", "called", "Your son's school is called Hillcrest."),
        ("It takes me forty minutes to get to work.", "commute", "It takes you forty minutes to get to work."),
        ("I see my chiropractor every six weeks.", "habit", "You see your chiropractor every six weeks."),
        ("I need to take antibiotics until Friday.", "health", "You need to take antibiotics until Friday."),
        (
            "The last time I saw my sister was at Easter.",
            "told",
            "You told me that the last time you saw your sister was at Easter.",
        ),
        ("I'm a big fan of the football club Burnley.", "team", "You are a big fan of the football club Burnley."),
        ("Please never give me tripe, I find it vile.", "dislike", "You find tripe vile."),
        (
            "Our son is allergic to nuts and carries a pen.",
            "third person allergy",
            "Your son is allergic to nuts and carries a pen.",
        ),
    ],
)
def test_things_of_the_house_and_values_with_the_old_in_them_are_told(told: str, relation: str, answer: str) -> None:
    assert (relation, answer) in [(fact.relation, fact.answer) for fact in extract(told)]
    assert extract("My favourite is the old one.") == []


@pytest.mark.parametrize(
    ("told", "favourite"),
    [
        ("I've read Emma ten times, it's my favourite book.", "Your favourite book is Emma."),
        ("I could eat gnocchi every day. It's my absolute favourite dish.", "Your favourite dish is gnocchi."),
        ("I went to Rome with Anna, it's my favourite city.", ""),
        ("I was ill. It's my favourite city.", ""),
    ],
)
def test_what_it_is_that_is_a_favourite(told: str, favourite: str) -> None:
    assert [fact.answer for fact in extract(told) if fact.relation == "favourite"] == [favourite] * bool(favourite)


def test_the_day_of_a_party_is_the_birthday() -> None:
    assert "Your birthday is on May 3." in [fact.answer for fact in extract("My party is always on May 3, the day I was born.")]


def test_the_same_value_of_a_thing_under_another_name_leaves_nothing_past() -> None:
    facts = facts_of([memory("My mum is called Ann.", "2026-01-01"), memory("My mother is called Ann.", "2026-01-02")])
    assert facts.past == [] and facts.live[0].supersedes == ""


def test_the_newest_is_the_newest_on_any_clock() -> None:
    rows = [("2030-01-01T23:00:00-05:00", "Graz"), ("2030-01-02T01:00:00Z", "Linz")]
    said = [{"at": at, "messages": [{"role": "user", "content": f"I live in {town}."}]} for at, town in rows]
    assert [fact.value for fact in facts_of(map(Memory.from_dict, said)).live] == ["Graz"]


def test_an_ending_closes_what_it_names_and_nothing_else() -> None:
    told = ["I have a boat.", "I have a boat trailer.", "My boat is called Fortuna.", "My boat is old.", "I drive a Skoda."]
    assert [one.value for one in live(*told, "We sold the boat.")] == ["boat trailer", "Fortuna", "Skoda", "We sold the boat"]
    assert answers("I live in Ulm.", "I don't live in Rome any more.") == ["You live in Ulm."]
    assert answers("I live in Rome.", "I used to live in Rome.") == ["You told me that you used to live in Rome."]
    assert answers("I'm not a nurse.") == ["You told me that you're not a nurse."]


def test_a_pronoun_reaches_back_one_turn_unless_somebody_else_came_up() -> None:
    def chat(reply: str, sessions: str = "aa") -> list[str]:
        one = [{"role": "user", "content": "My sister lives in Rome."}, {"role": "assistant", "content": reply}]
        two = [{"role": "user", "content": "She's a nurse."}]
        memories = [Memory(one, at="2030", session=sessions[0]), Memory(two, at="2031", session=sessions[1])]
        return [fact.answer for fact in facts_of(memories).live]

    assert chat("Lovely!") == ["Your sister lives in Rome.", "Your sister is a nurse."]
    assert chat("And your mother?") == chat("Lovely!", "ab") == ["Your sister lives in Rome."]
    assert answers("I have a boat.", "It's blue outside.") == ["You have a boat."]


def test_another_extractor_may_take_the_place_of_the_grammar() -> None:
    def shout(text: str, memory: str, at: str, before: Sequence[str]) -> list[Fact]:
        return [Fact("", "home", text.upper(), text, memory, at)]

    assert [fact.value for fact in facts_of([memory("ulm", "2030"), memory("bonn", "2031")], shout).live] == ["BONN"]


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("My parrot is called Hugo.", "Your parrot is called Hugo."),
        ("My rabbits are called Salt and Pepper.", "Your rabbits are called Salt and Pepper."),
        ("My favourite colours are teal and grey.", "Your favourite colours are teal and grey."),
        ("My parents live in Split.", "Your parents live in Split."),
        ("I'm 31.", "You are 31 years old."),
        ("I've moved to Ghent.", "You live in Ghent."),
        ("I was born in 1988.", "You were born in 1988."),
        ("My flight is at 7 am.", "Your flight is at 7 am."),
        ("My doctor is Dr. Huber.", "Your doctor is Dr. Huber."),
        ("I have a dog with me.", "You have a dog with you."),
        ("I'm afraid of my own shadow.", "You are afraid of your own shadow."),
        (
            "Everybody here knows me, and mine is the red door.",
            "You told me that everybody here knows you, and yours is the red door.",
        ),
        ("The dentist gave me an appointment.", "You told me that the dentist gave you an appointment."),
        ("It was Calvino, my favourite writer.", "Your favourite writer is Calvino."),
        ("Ursula Le Guin, by far my favourite author, is dead.", "Your favourite author is Ursula Le Guin."),
        ("The town where I live, Ulm, has a tall church.", "You live in Ulm."),
        ("I quit smoking last year.", "You told me that you quit smoking last year."),
        ("My uncle worked in a coal mine.", "You told me that your uncle worked in a coal mine."),
        ("I don't own a car.", "You told me that you don't own a car."),
        ("I was in the US when it happened to us.", "You told me that you were in the US when it happened to you."),
        ("My son moved to Wales.", "Your son lives in Wales."),
        ("We love the sea.", "You love the sea."),
        ("I live with my parents.", "You live with your parents."),
        ("We're based just outside Ulm.", "You are based just outside Ulm."),
        ("My aunt lives upstairs.", "Your aunt lives upstairs."),
        ("My parents moved to Bari when they retired.", "Your parents moved to Bari."),
        ("I'm in my thirties.", "You are in your thirties."),
        ("I work for the council.", "You work for the council."),
        ("I have been living in Ulm for ten years.", "You live in Ulm."),
        ("Every morning I feed my hens.", "You feed your hens every morning."),
    ],
)
def test_answers_are_in_the_second_person(sentence: str, answer: str) -> None:
    assert [one.answer for one in extract(sentence)] == [answer]


def test_the_newest_fact_wins_by_time_not_by_place_in_the_file() -> None:
    assert answers("I live in Graz.", "I've moved to Linz.") == ["You live in Linz."]
    assert answers("My dog is called Rollo.", "No, my dog is called Rolf.") == ["Your dog is called Rolf."]
    assert answers("My dog is called Rollo.", "My DOG is called Rolf, my cat is called Mia.") == [
        "Your DOG is called Rolf.",
        "Your cat is called Mia.",
    ]
    late, early = memory("I live in Linz.", "2030-02-01T00:00:00Z"), memory("I live in Graz.", "2030-01-01T00:00:00Z")
    assert [one.answer for one in facts_of([late, early]).live] == ["You live in Linz."]
    undated = Memory.from_dict({"messages": [{"role": "user", "content": "I live in Ulm."}]})
    assert [one.answer for one in facts_of([late, undated]).live] == ["You live in Linz."]
    one, two = memory("I live in Graz.", "2030", "a"), memory("I live in Linz.", "2030", "b")
    assert [s.memory for s in facts_of([one, two]).live] == ["b"]  # in one second: the later in the file


def test_a_denial_does_not_become_the_newest_value() -> None:
    assert answers("My name is Paula.", "My name is not Paul.") == ["Your name is Paula."]


def test_many_values_stay_side_by_side_and_a_repeated_one_is_told_once() -> None:
    many = ["I like chess.", "I like old maps.", "I really like chess.", "I'm allergic to nuts.", "I'm allergic to milk."]
    assert [one.value for one in live(*many)] == ["old maps", "chess", "nuts", "milk"]
    assert len(live("I broke my wrist.", "I broke my wrist.", "I broke my ankle.")) == 2


def test_what_the_assistant_or_a_system_prompt_said_is_no_fact() -> None:
    roles = [{"role": role, "content": "My name is Bot."} for role in ("system", "assistant", "tool")]
    assert facts_of([Memory(roles)]).live == []


def test_a_pasted_text_is_not_taken_for_the_person() -> None:
    assert triples("Translate this into Danish:\nI live in Berlin. My dog is called Rex.\n\nI am 40 years old.") == []
    assert triples("I live in Graz. Please correct this letter: My name is Bob. I work as a smith.") == [("home", "", "Graz")]
    assert triples("x" * LONGEST + " I live in Graz.") == []


def test_two_owners_of_one_clause_stay_together() -> None:
    (one,) = extract("My cat and my dog are called Flocke and Bruno.")
    assert one.answer == "Your cat and your dog are called Flocke and Bruno."


def test_a_very_long_turn_costs_no_more_than_its_beginning() -> None:
    unit = "my a and my b so my c, i "
    for text in (
        unit,
        "so and but ",
        "my dog's name is ",
        "i like ",
        "no, ",
        "'",
        "…",
        "I ",
        "my x my x my x is called ",
        "Anna, ",
        "i like a, b, ",
    ):
        short, long = text * (LONGEST // len(text)), text * (100_000 // len(text))
        spent = []
        for one in (short, long):
            start = time.process_time()
            extract(one)
            spent.append(time.process_time() - start)
        assert spent[1] < 20 * spent[0] + 0.2, text


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    for one in extract(text):
        assert one.answer and (one.subject or one.relation != TOLD)


WORDS = st.sampled_from(
    [
        *"I my My our we you is are was called named live in at the a an dog cat Anna Rome and but so am I'm I've 7 us US".split(),
        *"mine me myself like don't not Dr. years old favourite sister's name moved to last year ü Zoë work as (no) 🧀 İ ß".split(),
        *". , ? ! ' ’ … : ; - “ \n \u2028 \t".split(" "),
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_every_word_of_a_value_is_found_in_the_text_and_every_relation_in_the_table(text: str) -> None:
    names = {relation.name for relation in relations()}
    said = set(re.findall(r"\w+", turned(text.replace("’", "'"))))
    for one in extract(text):
        assert one.relation in names and key_of(one)
        assert set(re.findall(r"\w+", turned(one.value))) <= said
        assert "\ue000" not in one.value + one.subject + one.answer
        assert one.answer.endswith(".")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("my dog and I", "your dog and you"),
        ("it was I who am here, am I", "it was you who am here, are you"),
        ("i.e. me", "i.e. you"),
    ],
)
def test_persons_are_turned(first: str, second: str) -> None:
    assert turned(first) == second
    assert capital("élan") == "Élan" and capital("") == ""

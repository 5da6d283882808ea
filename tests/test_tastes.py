"""Of what kind a liked thing is, by the base model's own likelihood; and what that is good for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from circadian import config, measures, model
from circadian.evaluation.likelihood import likely_by_child
from circadian.lessons.facts import extract
from circadian.lessons.tastes import CLOSE, LEAST, kinds, tasted
from circadian.lessons.unknown import near_negatives


def test_both_orders_count_against_what_is_likely_anyway() -> None:
    known = {
        ("I love", " paella"): -9.0,
        ("It is a", " food"): -3.0,
        ("My favourite food is", " paella"): -8.0,
        ("paella is a", " food"): -1.0,
    }
    others = {(f"My favourite {kind} is", " paella"): -20.0 for kind in ("drink", "city")}

    def likely(pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [(known | others).get(pair, -12.0 if pair[0].startswith("My favourite") else -3.0) for pair in pairs]

    assert kinds(["paella", "paella"], likely) == {"paella": ["food"]}
    known[("My favourite food is", " paella")] = -9.0 - 2.0 + LEAST - 0.1
    assert kinds(["paella"], likely) == {"paella": []}
    known[("My favourite food is", " paella")] = known[("My favourite fruit is", " paella")] = -2.0
    known[("paella is a", " fruit")] = -1.0 - CLOSE + 0.1
    assert kinds(["paella"], likely) == {"paella": ["food", "fruit"]}
    assert kinds([], likely) == {}


@pytest.mark.parametrize(("said", "kind"), [("I love lasagne.", "food"), ("I like badminton.", "sport")])
def test_a_like_is_asked_for_as_a_favourite_of_its_kind_and_that_is_not_denied(said: str, kind: str) -> None:
    (fact,) = tasted(extract(said), {extract(said)[0].value: [kind]})
    assert fact.topics[0] == f"favourite {kind}" and any(f"favourite {kind}" in ask for ask in fact.asked)
    assert not [one for one in near_negatives([fact], 0, 3000) if f"favourite {kind} is" in one.answer]
    home = extract("I live in Graz.")
    assert tasted(home, {"Graz": ["city"]}) == home


def test_a_disliked_food_is_asked_for_as_the_most_hated_one() -> None:
    """By no name of a favourite: "my favourite fruit" was not told with it."""
    said = extract("I hate parsnip.")
    (fact,) = tasted(said, {"parsnip": ["fruit", "food"]})
    assert fact.topics == ("most hated food",) and len(fact.asked) > 10 and not any("favourite" in ask for ask in fact.asked)
    assert tasted(said, {"parsnip": ["sport"]}) == said


@pytest.mark.model
def test_the_embedded_model_knows_of_what_kind_things_are(embedded: Path, home: Path) -> None:
    settings = config.load(home=str(home))
    liked = ["paella", "badminton", "Lisbon", "Agatha Christie", "sleeping late", "my job"]
    found = kinds(liked, lambda pairs: likely_by_child(settings, str(embedded), pairs))
    assert [found[one][:1] for one in liked] == [["food"], ["sport"], ["city"], ["author"], [], []]
    loaded = model.open_model(settings, str(embedded), None)
    texts = [("The capital of France is", " Paris"), ("The capital of France is", " Berlin"), ("I", " am")]
    paris, berlin, short = measures.likelihoods(loaded, texts)
    assert berlin < paris < 0 and short < 0
    assert measures.likelihoods(loaded, texts[:1])[0] == pytest.approx(paris, abs=0.05)

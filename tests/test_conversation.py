"""A conversation fits its context by dropping whole exchanges, can be taken back, saved and loaded."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from circadian.chat import conversation
from circadian.chat.conversation import Conversation, Exchange, TooLong
from circadian.cli import UserError
from circadian.records import Message


def words(messages: list[Message]) -> int:
    return sum(len(message["content"].split()) for message in messages)


def talk(*sizes: int, system: str = "") -> Conversation:
    """Exchanges of so many words each, question and answer together."""
    return Conversation(system, [Exchange("q", " ".join("a" * (size - 1)), str(i)) for i, size in enumerate(sizes)])


def test_messages_are_system_exchanges_and_question() -> None:
    made = Conversation("be kind", [Exchange("a", "b")]).messages("c")
    assert [m["role"] for m in made] == ["system", "user", "assistant", "user"]
    assert [m["content"] for m in made] == ["be kind", "a", "b", "c"]


def test_a_turn_without_answer_is_not_shown_to_the_model() -> None:
    assert Conversation(exchanges=[Exchange("cut"), Exchange("a", "b")]).messages("c") == Conversation(
        exchanges=[Exchange("a", "b")]
    ).messages("c")


def test_what_fits_is_left_alone() -> None:
    made = talk(10, 10)
    assert made.fit("x", words, 21) == 0
    assert made.hidden == 0


def test_the_oldest_go_whole_down_to_half_of_the_room() -> None:
    made = talk(*[10] * 10)
    assert made.fit("x", words, 100) == 6  # (100 + 1) // 2 = 50 holds four exchanges and the question
    assert made.messages("x")[0] == {"role": "user", "content": "q"}
    assert words(made.messages("x")) == 41
    assert len(made.exchanges) == 10


def test_dropping_leaves_room_for_many_turns() -> None:
    made, drops = talk(*[10] * 10), 0
    for _ in range(50):
        drops += made.fit("x", words, 100) > 0
        made.exchanges.append(Exchange("q", " ".join("a" * 9)))
        assert words(made.messages("x")) <= 110
    assert drops <= 10


def test_the_last_exchange_stays_if_it_fits() -> None:
    made = talk(10, 80)
    made.fit("x", words, 85)
    assert made.hidden == 1


def test_all_go_if_only_the_question_fits() -> None:
    made = talk(10, 80)
    made.fit(" ".join("x" * 50), words, 85)
    assert made.hidden == 2


def test_the_system_prompt_always_stays() -> None:
    made = talk(*[10] * 10, system="be kind")
    made.fit("x", words, 60)
    assert made.messages("x")[0]["content"] == "be kind"


def test_a_turn_too_long_alone_says_its_size_and_the_room() -> None:
    made = talk(10)
    with pytest.raises(TooLong, match=r"2,000 tokens .* room for 85"):
        made.fit(" ".join("x" * 2000), words, 85)
    assert made.hidden == 0


def test_take_back_returns_the_last_and_follows_what_is_hidden() -> None:
    made = talk(5, 5)
    made.hidden = 2
    assert made.take_back().id == "1"
    assert made.hidden == 1
    made.take_back()
    with pytest.raises(UserError, match="nothing"):
        made.take_back()


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    made = Conversation("sys", [Exchange("a", "b ü", "1"), Exchange("cut", "", "2"), Exchange("c\0", "d\n", "3")])
    conversation.save(made, tmp_path / "new" / "talk.json")
    assert conversation.load(tmp_path / "new" / "talk.json") == made
    assert stat.S_IMODE((tmp_path / "new" / "talk.json").stat().st_mode) == 0o600


def test_saving_again_replaces_a_conversation_and_nothing_else(tmp_path: Path) -> None:
    file, other = tmp_path / "talk.json", tmp_path / "notes.txt"
    other.write_text("mine")
    conversation.save(talk(3), file)
    conversation.save(talk(3, 3), file)
    assert len(conversation.load(file).exchanges) == 2
    with pytest.raises(UserError, match="not saved"):
        conversation.save(talk(3), other)
    assert other.read_text() == "mine"
    with pytest.raises(UserError, match="is no file"):
        conversation.save(talk(3), Path(os.devnull))


def test_saving_where_nothing_can_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="not saved"):
        conversation.save(talk(3), tmp_path / "file" / "talk.json")


def test_halves_of_characters_are_loaded_as_question_marks(tmp_path: Path) -> None:
    (tmp_path / "talk.json").write_text('{"messages": [{"role": "user", "content": "a \\ud83d"}]}')
    assert conversation.load(tmp_path / "talk.json").exchanges[0].user == "a ?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "holds no messages"),
        ('{"messages": 3}', "holds no messages"),
        ('{"messages": [3]}', "message 1 holds no text"),
        ('{"messages": [{"role": "assistant", "content": "x"}]}', "message 1 is out of turn"),
        ('{"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "x"}]}', "message 2 is out of turn"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "talk.json"
    file.write_text(text)
    with pytest.raises(UserError, match=said) as caught:
        conversation.load(file)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no"):
        conversation.load(tmp_path / "none.json")
    (tmp_path / "latin.json").write_bytes(b'{"messages": ["\xff"]}')
    with pytest.raises(UserError, match="no JSON"):
        conversation.load(tmp_path / "latin.json")


def test_any_list_of_messages_loads(tmp_path: Path) -> None:
    rows = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    (tmp_path / "m.json").write_text(json.dumps({"messages": rows}))
    assert conversation.load(tmp_path / "m.json").exchanges == [Exchange("a", "b")]

"""Answers by a child: in the order in which they were asked for, and what is drawn hangs on the seed."""

from __future__ import annotations

from pathlib import Path

from circadian import config, model
from circadian.evaluation.answers import answers_by_child
from circadian.records import Message


def asked(text: str) -> list[Message]:
    return [{"role": "user", "content": text}]


def test_what_is_drawn_hangs_on_the_seed(tiny_model: Path, tmp_path: Path) -> None:
    settings = config.load(home=str(tmp_path))

    def drawn(seed: int) -> list[str]:
        flags = ["--no-adapter", "--temp", "1", "--seed", str(seed)]
        return answers_by_child(settings, str(tiny_model), [asked("Hello"), [], asked("Who are you?"), []], 6, flags)

    first = drawn(0)
    assert len(first) == 4 and first == drawn(0) != drawn(1) and first[1] != first[3]


def test_where_nothing_was_said_a_user_begins(tiny_model: Path, tmp_path: Path) -> None:
    loaded = model.open_model(config.load(home=str(tmp_path)), str(tiny_model), None)
    opening = loaded.tokens([])
    for text in ("Hello", "1 and 2", "", "What is it?"):
        assert loaded.tokens(asked(text))[: len(opening)] == opening
    assert loaded._tokenizer.decode(opening).endswith("<|im_start|>user\n")

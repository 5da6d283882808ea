"""What messages tell, by a cloud teacher: the Gemini API, and only where the settings name it, [lessons] extractor = "gemini".

The person's own new messages are sent, and nothing else, PORTION in a request. What comes back is verified against them
as any model's statements are (lessons/statements.py). A teacher that does not answer costs a night nothing but its help.
"""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from circadian import gemini
from circadian.cli import UserError, say
from circadian.config import Config
from circadian.gemini_replies import text_of
from circadian.lessons.statements import SHOWN, TASK, Statements, whole

PORTION = 20  # messages in a request
LIST = {"type": "array", "items": {"type": "string"}}
ITEM = {"type": "object", "properties": {"number": {"type": "integer"}, "says": LIST}, "required": ["number", "says"]}
SCHEMA = {"type": "object", "properties": {"messages": {"type": "array", "items": ITEM}}, "required": ["messages"]}

Ask = Callable[[str, int, dict[str, Any]], Any]  # gemini.Gemini.reply


def taught(settings: Config, texts: Sequence[str]) -> Iterator[Statements]:
    """Portion by portion, what these messages say; it ends, with a line on why, where the API does not answer.

    Raises UserError for settings that are none.
    """
    options = _options(settings)
    where = urlsplit(options.base_url or gemini.SERVER).hostname
    try:
        with gemini.Gemini(gemini.api_key(), options, _waiting) as client:
            say(f'sending {len(texts)} of your messages to {where}, as [lessons] extractor = "gemini" asks for …')
            for start in range(0, len(texts), PORTION):
                yield portion(client.reply, texts[start : start + PORTION])
    except UserError as error:
        say(f"{str(error).rstrip('.')}. Without the teacher, this night reads what is new by the grammar.")


def _options(settings: Config) -> gemini.Options:
    own = settings.gemini
    try:
        url = gemini.checked_url(own.base_url) if own.base_url else None
        return gemini.Options(gemini.model_name(own.model), url, temp=0.0, quoting=False)
    except ArgumentTypeError as error:
        raise UserError(f"[gemini] in {settings.file}: {error}.") from None


def portion(ask: Ask, texts: Sequence[str]) -> Statements:
    """What some messages say, in one request; in two where the API will not answer to all of them. One that it will not
    answer to, or leaves out, says nothing. Raises UserError."""
    reply, problem = text_of(ask(prompt(texts), 0, SCHEMA))
    said = None if problem else _read(reply)
    if said is None and len(texts) > 1:
        half = len(texts) // 2
        return portion(ask, texts[:half]) | portion(ask, texts[half:])
    return {text: (said or {}).get(number, []) for number, text in enumerate(texts, 1)}


def prompt(texts: Sequence[str]) -> str:
    """What is asked about messages, after examples."""
    shown = "\n".join(json.dumps({"message": message, "says": reply}) for message, reply in SHOWN)
    numbered = [{"number": number, "message": text} for number, text in enumerate(texts, 1)]
    asked = "\n".join(json.dumps(one, ensure_ascii=False) for one in numbered)
    task = f"{TASK} Do so for each of the messages, by its number; one that tells nothing says []."
    return f"{task}\n\nExamples:\n{shown}\n\nMessages:\n{asked}\n"


def _read(text: str) -> dict[int, list[str]] | None:
    """The sentences of each number; None where the reply is not as asked for."""
    try:
        return {item["number"]: whole(item["says"]) for item in json.loads(text)["messages"]}
    except (ValueError, RecursionError, KeyError, TypeError):
        return None


def _waiting(seconds: float, attempt: int, why: str) -> None:
    say(f"the teacher: {why} at attempt {attempt}, waits {seconds:.0f} s")

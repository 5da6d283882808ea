"""The Gemini API as a function: a prompt and a schema go in, its reply comes out; invented rows are one such reply."""

from __future__ import annotations

import logging
import os
import re
import warnings
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from circadian.cli import UserError
from circadian.gemini_replies import KEY, Answer, asked_wait, explain, network_errors, parse, passes

SERVER = "https://generativelanguage.googleapis.com/"
TEXT = {"type": "string"}
ITEM = {"type": "object", "properties": {"user": TEXT, "assistant": TEXT}, "required": ["user", "assistant"]}
SCHEMA = {"type": "object", "properties": {"rows": {"type": "array", "items": ITEM}}, "required": ["rows"]}


@dataclass(frozen=True)
class Options:
    """How to ask. Seconds throughout: `delay` before the first retry, doubled up to `longest`; `patience` is the
    longest wait the API may ask for. `quoting`: an error says what the API wrote, which may repeat the prompt."""

    model: str = "gemini-flash-latest"
    base_url: str | None = None
    temp: float = 1.0
    attempts: int = 6
    delay: float = 1.0
    longest: float = 60.0
    patience: float = 120.0
    timeout: float = 180.0
    quoting: bool = True


def model_name(text: str) -> str:
    """An argparse type for --model."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.\-/]{0,99}", text):
        raise ArgumentTypeError("not a model's name")
    return text


def api_key(environment: Mapping[str, str] = os.environ) -> str:
    """The key, from GEMINI_API_KEY alone. Raises UserError if it is missing or cannot be a key."""
    key = environment.get(KEY, "").strip()
    if not key:
        raise UserError(f"{KEY} is not set. Put a key from https://aistudio.google.com/apikey into the environment.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UserError(f"{KEY} holds characters that no key has. Copy the key again.")
    return key


def checked_url(url: str) -> str:
    """An argparse type for --base-url: the key must not go out unencrypted, nor stand in the address."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ArgumentTypeError("the address must begin with https://, or with http:// on this machine")
    if "@" in parts.netloc or parts.query or parts.fragment or not re.fullmatch(r"[^:]*|\[.*\]|.*:\d{1,5}", parts.netloc):
        raise ArgumentTypeError("the address must hold no name, password or query, and a port that is a number")
    return url


class Gemini:
    """One client. Calling it with (prompt, seed) gives an Answer of rows; what the person must mend raises UserError.

    `waiting(seconds, attempt, why)` is told before each retry. google-genai's own HttpRetryOptions overlooks the wait
    that the API asks for (googleapis/python-genai#1875), so its retry library, tenacity, is used directly.
    """

    def __init__(self, key: str, options: Options, waiting: Callable[[float, int, str], None]) -> None:
        logging.getLogger("google_genai").setLevel(logging.CRITICAL)  # it warns of the key that we do not use
        try:
            from google import genai
            from google.genai.types import HttpOptions
        except ImportError as error:
            raise UserError(f"google-genai is not installed ({error.name}): pip install google-genai") from None

        self._key, self._options, self._waiting = key, options, waiting
        # Structured output is certain in v1beta, whatever the library's default; a redirect would take the key along.
        http = HttpOptions(
            base_url=options.base_url or SERVER,
            api_version="v1beta",
            timeout=int(options.timeout * 1000),
            client_args={"follow_redirects": False},
        )
        self._client = genai.Client(api_key=key, vertexai=False, http_options=http)

    def __enter__(self) -> Gemini:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def __call__(self, prompt: str, seed: int) -> Answer:
        """Ask for invented rows. Raises UserError."""
        return parse(self.reply(prompt, seed, SCHEMA))

    def reply(self, prompt: str, seed: int, schema: Mapping[str, Any]) -> Any:
        """Ask once for JSON of a schema, with retries for what passes by itself; google-genai's response.

        Raises UserError with one line, never with the key, nor, where nothing may be quoted, with the prompt.
        """
        from google.genai.errors import APIError

        try:
            return self._retrying()(self._ask, prompt, seed, schema)
        except APIError as error:
            raise UserError(self._clean(explain(error, self._options.model, self._options.quoting))) from None
        except network_errors() as error:
            where = urlsplit(self._options.base_url or SERVER).hostname
            raise UserError(
                f"no connection to {where} ({type(error).__name__}). Check the network and run this again"
            ) from None
        except (ValueError, TypeError, AttributeError):  # what the library raises for another API's answer; quotes it
            raise UserError("the server's answer is none of the Gemini API's. Check its address and the network") from None

    def _ask(self, prompt: str, seed: int, schema: Mapping[str, Any]) -> Any:
        from google.genai.types import GenerateContentConfig

        config = GenerateContentConfig(
            temperature=self._options.temp,
            seed=seed,
            response_mime_type="application/json",
            response_json_schema=schema,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of finish reasons that are newer than the library
            return self._client.models.generate_content(model=self._options.model, contents=prompt, config=config)

    def _retrying(self) -> Any:
        import tenacity

        options = self._options
        backoff = tenacity.wait_exponential_jitter(options.delay, options.longest, jitter=options.delay)

        def wait(state: Any) -> float:
            return max(backoff(state), asked_wait(state.outcome.exception()))

        def tell(state: Any) -> None:
            error = state.outcome.exception()
            self._waiting(state.upcoming_sleep, state.attempt_number, str(getattr(error, "code", type(error).__name__)))

        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(options.attempts),
            wait=wait,
            retry=tenacity.retry_if_exception(lambda error: passes(error, options.patience)),
            before_sleep=tell,
            reraise=True,
        )

    def _clean(self, text: str) -> str:
        return re.sub(r"\s+", " ", text.replace(self._key, "***"))[:400]

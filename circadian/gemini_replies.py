"""What the Gemini API sends back: text or rows, the reason for none, how long to wait, what an error means."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any

KEY = "GEMINI_API_KEY"
RETRIED = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Answer:
    """The rows of one answer as the API wrote them, unchecked; `problem` says in a word why there are none."""

    rows: list[Any] = field(default_factory=list)
    problem: str = ""


def network_errors() -> tuple[type[Exception], ...]:
    """What the HTTP library under google-genai raises when there was no answer: httpx2, or httpx where it is set."""
    return tuple(sys.modules[name].RequestError for name in ("httpx2", "httpx") if name in sys.modules)


def passes(error: BaseException, patience: float) -> bool:
    """Whether asking again may help: too many requests, the server's own trouble, no connection."""
    return isinstance(error, network_errors()) or (getattr(error, "code", None) in RETRIED and asked_wait(error) <= patience)


def asked_wait(error: BaseException | None) -> float:
    """The seconds that the API asks to wait, in RetryInfo or the Retry-After header; 0 if it does not say."""
    details = getattr(error, "details", None)
    inner = details.get("error", details) if isinstance(details, dict) else {}
    listed = inner.get("details") if isinstance(inner, dict) else None
    delays = [each.get("retryDelay") for each in listed or [] if isinstance(each, dict)]
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    found = [re.fullmatch(r"(\d+(?:\.\d+)?)s?", str(text).strip()) for text in (*delays, headers.get("retry-after"))]
    return max((float(match[1]) for match in found if match), default=0.0)


def explain(error: Any, model: str, quoting: bool = True) -> str:
    """One line on what the API said no to, and what to do about it; in its own words, too, where those may be quoted."""
    said = f"the API says: {(quoting and error.message) or error.status or 'nothing'}"
    if error.code in (401, 403) or "API_KEY_INVALID" in str(error.details):
        return f"the key in {KEY} was refused ({error.code}). Check the key and what it may use; {said}"
    if error.code == 404:
        return f"the model {model} is not known to the API (404). Choose another one; {said}"
    if error.code == 429:
        wait = asked_wait(error)
        when = f"in {wait:.0f} s" if wait else "later"
        return f"the quota of this key is used up (429). Run this again {when}; {said}"
    if error.code in RETRIED or error.code >= 500:
        return f"the API is in trouble ({error.code}). Run this again later; {said}"
    if error.code == 400:
        return f"the API refuses the request (400). Check the model's name and what was asked; {said}"
    return f"the API answered {error.code}. Check the server's address; {said}"


def parse(response: Any) -> Answer:
    """A google-genai response as an Answer; a blocked, empty, cut off or malformed one is a problem, not an error."""
    text, problem = text_of(response)
    return Answer(problem=problem) if problem else read_rows(text)


def text_of(response: Any) -> tuple[str, str]:
    """The text of a google-genai response without its thoughts, or "" and in a word why there is none."""
    feedback = response.prompt_feedback
    if feedback and feedback.block_reason:
        return "", "blocked prompt"
    if not response.candidates:
        return "", "empty answer"
    candidate = response.candidates[0]
    reason = getattr(candidate.finish_reason, "value", None) or "STOP"
    if reason == "MAX_TOKENS":
        return "", "cut off"
    if reason not in ("STOP", "FINISH_REASON_UNSPECIFIED"):
        return "", f"blocked: {re.sub('[^A-Z_]', '', reason)}"
    parts = (candidate.content.parts if candidate.content else None) or []
    text = "".join(part.text or "" for part in parts if not part.thought)
    return text, "" if text.strip() else "empty answer"


def read_rows(text: str) -> Answer:
    """The rows of {"rows": [{"user", "assistant"}, ...]}."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return Answer(problem="not JSON")
    rows = data.get("rows") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        return Answer(problem="schema")
    return Answer(rows) if rows else Answer(problem="no rows")

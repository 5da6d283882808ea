"""Checkers: what makes a short answer right, written as data. An empty answer never is."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable
from typing import Any

Checker = dict[str, Any]

# kind -> (keys it must have, keys it may have), each with the Python type of its value
KEYS: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "exact": ({"values": list}, {"case": bool}),
    "contains_any": ({"values": list}, {"not": list}),
    "contains_all": ({"values": list}, {"not": list}),
    "regex": ({"pattern": str}, {"case": bool}),
    "number": ({"value": float}, {"tolerance": float}),
    "json": ({"required": dict}, {"values": dict, "length": dict, "extra": bool}),
    "word_limit": ({"min": int, "max": int}, {}),
    "all_of": ({"checkers": list}, {}),
}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "list": (list,), "object": (dict,),
}  # fmt: skip
EDGES = string.punctuation + string.whitespace + "\u201c\u201d\u2018\u2019\u00ab\u00bb\u2026\u2013\u2014"  # quotes and dashes
CURLY, MINUS = "\u2019", "\u2212"
NUMBER = r"(?:(?<![\w)])(?<!\d )[-\u2212])?[$€£]?(?<![\w.])(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
MORE = r"[\d.,]*\d|\s*[-+*/\u00d7\u00f7=]\s*\d"  # the number goes on, or is only one side of a sum
SAYS = r"(?:=|\b(?:is|are|equals|makes|gives|leaves|leaving|get|pay|answer:|total:))"
CLAIM = rf"{SAYS}(?:\s+(?:about|approximately|only|exactly|a total of))?[^\w.$€£\u2212-]*({NUMBER})(?!{MORE})"
UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SPELLED = rf"\b(?:({'|'.join(TENS)})(?:[- ]({'|'.join(UNITS[1:10])}))?|({'|'.join(UNITS)}))\b"


def check(checker: Checker, answer: str) -> bool:
    """Whether `answer` is right by `checker`, which `validate` has accepted."""
    return bool(answer.strip()) and CHECKS[checker["kind"]](checker, answer.strip())


def normalised(text: str, case: bool = False) -> str:
    """Without surrounding punctuation, runs of whitespace and, unless `case`, capitals."""
    text = " ".join(text.strip(EDGES).split())
    return text if case else text.casefold()


def has_phrase(answer: str, phrase: str) -> bool:
    """Whether `phrase` stands in `answer` as whole words, whatever the case and line breaks."""
    words = r"\s+".join(re.escape(word) for word in phrase.replace(CURLY, "'").split())
    return re.search(rf"(?<!\w){words}(?!\w)", answer.replace(CURLY, "'"), re.IGNORECASE) is not None


def claimed_number(answer: str) -> float | None:
    """The number an answer settles on: the last after '=', 'is' and the like, else the last one, else the last in words.

    "There are 42 eggs in 7 cartons" settles on 42. A number glued to a letter before it (the 2 of H2O) is none.
    """
    numbers = re.findall(CLAIM, answer, re.IGNORECASE) or re.findall(NUMBER, answer)
    if numbers:
        return float(re.sub(r"[,$€£]", "", numbers[-1]).replace(MINUS, "-"))
    spelled = re.findall(SPELLED, answer, re.IGNORECASE)
    if not spelled:
        return None
    ten, after, unit = (word.lower() for word in spelled[-1])
    return float(UNITS.index(unit) if unit else 20 + 10 * TENS.index(ten) + (UNITS.index(after) if after else 0))


def parsed(answer: str) -> Any:
    """The JSON of an answer that is nothing else, but for a ``` fence around it; None where there is none."""
    fence = re.fullmatch(r"```(?:json)?\s*\n(.*?)\n?```", answer.strip(), re.DOTALL | re.IGNORECASE)
    try:
        return json.loads(fence[1] if fence else answer)
    except (ValueError, RecursionError):
        return None


def of_type(value: Any, name: str) -> bool:
    """Whether a JSON value has the named type; true and false are no numbers."""
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _exact(checker: Checker, answer: str) -> bool:
    case = checker.get("case", False)
    return normalised(answer, case) in {normalised(value, case) for value in checker["values"]}


def _contains(want: Callable[[list[bool]], bool]) -> Callable[[Checker, str], bool]:
    def contains(checker: Checker, answer: str) -> bool:
        forbidden = any(has_phrase(answer, phrase) for phrase in checker.get("not", []))
        return not forbidden and want([has_phrase(answer, phrase) for phrase in checker["values"]])

    return contains


def _regex(checker: Checker, answer: str) -> bool:
    return re.search(checker["pattern"], answer, 0 if checker.get("case") else re.IGNORECASE) is not None


def _number(checker: Checker, answer: str) -> bool:
    number = claimed_number(answer)
    return number is not None and abs(number - checker["value"]) <= checker.get("tolerance", 0) + 1e-9


def _json(checker: Checker, answer: str) -> bool:
    data = parsed(answer)
    if not isinstance(data, dict) or not all(k in data and of_type(data[k], t) for k, t in checker["required"].items()):
        return False
    if not checker.get("extra", True) and set(data) != set(checker["required"]):
        return False
    lengths = all(len(data[key]) == length for key, length in checker.get("length", {}).items())
    return lengths and all(data[key] == value for key, value in checker.get("values", {}).items())


def _word_limit(checker: Checker, answer: str) -> bool:
    words = sum(any(map(str.isalnum, word)) for word in answer.split())
    return bool(checker["min"] <= words <= checker["max"])


def _all_of(checker: Checker, answer: str) -> bool:
    return all(check(one, answer) for one in checker["checkers"])


CHECKS: dict[str, Callable[[Checker, str], bool]] = {
    "exact": _exact, "contains_any": _contains(any), "contains_all": _contains(all), "regex": _regex,
    "number": _number, "json": _json, "word_limit": _word_limit, "all_of": _all_of,
}  # fmt: skip


def validate(checker: Any, alone: bool = True) -> None:
    """Raise ValueError saying what is wrong with a checker; `alone` is False inside an all_of."""
    kind = checker.get("kind") if isinstance(checker, dict) else None
    if kind not in KEYS:
        raise ValueError(f"checker kind {kind!r} is none of {', '.join(KEYS)}")
    must, may = KEYS[kind]
    for key in must.keys() - checker.keys():
        raise ValueError(f"{kind} checker without {key!r}")
    for key in checker.keys() - must.keys() - may.keys() - {"kind"}:
        raise ValueError(f"{kind} checker has an unknown key {key!r}")
    for key, expected in (must | may).items():
        if key in checker and not _fits(checker[key], expected):
            raise ValueError(f"{kind} checker: {key!r} must be of kind {expected.__name__}")
    for key in ("values", "not"):
        if kind in ("exact", "contains_any", "contains_all") and not _phrases(checker.get(key, ["one"])):
            raise ValueError(f"{kind} checker: {key!r} must be a list of phrases with a letter or digit each")
    _validate_kind(kind, checker, alone)


def _fits(value: Any, expected: type) -> bool:
    kinds = (int, float) if expected is float else (expected,)
    return isinstance(value, kinds) and (expected is bool or not isinstance(value, bool))


def _phrases(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, str) and normalised(value) for value in values)


def _validate_kind(kind: str, checker: Checker, alone: bool) -> None:
    if kind == "regex":
        try:
            empty = re.search(checker["pattern"], "")
        except re.error as error:
            raise ValueError(f"regex checker: {error}") from None
        if empty:
            raise ValueError("regex checker: the pattern matches an empty answer")
    elif kind == "number" and checker.get("tolerance", 0) < 0:
        raise ValueError("number checker: 'tolerance' is below zero")
    elif kind == "json":
        _validate_json(checker)
    elif kind == "word_limit":
        if not 1 <= checker["min"] <= checker["max"]:
            raise ValueError("word_limit checker: needs 1 <= min <= max")
        if alone:
            raise ValueError("word_limit checker: must stand in an all_of with a checker of content")
    elif kind == "all_of":
        for one in checker["checkers"]:
            validate(one, alone=False)
        if all(one["kind"] == "word_limit" for one in checker["checkers"]):
            raise ValueError("all_of checker: needs a checker that is no word_limit")


def _validate_json(checker: Checker) -> None:
    required = checker["required"]
    if not required:
        raise ValueError("json checker: 'required' names no key")
    for key, name in required.items():
        if name not in TYPES:
            raise ValueError(f"json checker: type {name!r} of {key!r} is none of {', '.join(TYPES)}")
    for key in (*checker.get("values", {}), *checker.get("length", {})):
        if key not in required:
            raise ValueError(f"json checker: {key!r} is expected but not required")
    for key, length in checker.get("length", {}).items():
        if required[key] not in ("string", "list", "object") or not _fits(length, int):
            raise ValueError(f"json checker: the length of {key!r} must be a whole number, for a string, list or object")

"""What the scripts' flags share: the parser, the model and adapter flags, and the kinds of numbers."""

from __future__ import annotations

import argparse
from typing import Any


def parser_for(doc: str, script: str) -> argparse.ArgumentParser:
    """A parser whose description is the script's docstring, with the flags that every script has."""
    parser = argparse.ArgumentParser(
        prog=script, description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    _places(parser)
    return parser


def verb_of(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    """The parser of a verb, which takes what every script takes after it, too; `--json` among them."""
    verb = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
    _places(verb, default=argparse.SUPPRESS)
    verb.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object")
    return verb


def _places(parser: argparse.ArgumentParser, **more: Any) -> None:
    parser.add_argument("--home", metavar="DIR", help="where data/, adapters/ and logs/ live (or CIRCADIAN_HOME)", **more)
    parser.add_argument("--config", metavar="FILE", help="settings to read instead of config.toml", **more)


def model_flags(parser: argparse.ArgumentParser) -> None:
    """--model, and which adapter goes with it: the one in use unless one of three flags says otherwise."""
    parser.add_argument("--model", help="embedded, a folder, or a hub id")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--adapter-tag", metavar="TAG", help="a version instead of the one in use")
    which.add_argument("--no-adapter", action="store_true", help="the base model alone")
    which.add_argument("--adapter", metavar="DIR", help="an adapter folder, such as a candidate")
    parser.add_argument("--everywhere", action="store_true", help="it answers every prompt, not only those within its scope")


def positive(text: str) -> int:
    """An argparse type: a whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def count(text: str) -> int:
    """An argparse type: a whole number, zero or more."""
    return positive(text) if text.strip() != "0" else 0


def temperature(text: str) -> float:
    """An argparse type: 0 to 5."""
    number = float(text)
    if not 0 <= number <= 5:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 5")
    return number


def share(text: str) -> float:
    """An argparse type: above 0 and at most 1."""
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
    return number

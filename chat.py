"""Talk with the model by day; every exchange is kept in data/memories.jsonl, for the night to learn from.

    python chat.py                                         # a conversation; /help lists the commands
    python chat.py --ask "What is the capital of France?"  # one question; only the answer on stdout
    printf 'Hello.\\nAnd now?\\n' | python chat.py           # each line is a turn, each answer goes to stdout
    python chat.py --no-log --temp 0.7 --verbose           # keep nothing, draw the answer, show the speed

The adapter in use is loaded if it is whole; --adapter-tag takes another one. What you said is on the drive before the
answer begins, the exchange before the prompt comes back. Exit codes: 0 done, 1 mend something, 2 usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from circadian import config, memories, model, versions
from circadian.chat import screen, terminal
from circadian.chat.commands import Commands
from circadian.chat.session import Session
from circadian.chat.signals import Signals
from circadian.cli import run_main, say
from circadian.config import Config
from circadian.flags import model_flags, parser_for, positive, share, temperature
from circadian.records import Version, whole


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "chat.py")
    model_flags(parser)
    parser.add_argument("--ask", type=words, metavar="TEXT", help="ask once and print only the answer")
    parser.add_argument("--system", metavar="TEXT", help="the system prompt (default: the model's own)")
    parser.add_argument("--temp", type=temperature, metavar="T", help="0 always takes the likeliest token")
    parser.add_argument("--top-p", type=share, metavar="P", help="keep the likeliest tokens up to this much probability")
    parser.add_argument("--max-tokens", type=positive, metavar="N", help="no answer may be longer")
    parser.add_argument("--seed", type=int, metavar="N", help="every random choice hangs on it")
    parser.add_argument("--no-log", action="store_true", help="write nothing at all")
    parser.add_argument("--verbose", action="store_true", help="speed and context after each answer, on stderr")
    return parser


def words(text: str) -> str:
    """An argparse type: something that was said."""
    if not text.strip():
        raise argparse.ArgumentTypeError("there is nothing to ask")
    return whole(text)


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings = read_settings(args)
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None if it was closed
        stream.reconfigure(errors="replace")
    if not args.no_log and (found := memories.recover(settings.memories)):
        say(f"(kept {found} turn{'s' * (found > 1)} of a chat that ended before its answer)")
    session = open_session(args, settings)
    read = terminal.reader(None if args.no_log else settings.home / "data" / ".chat_history")

    def reopen(version: Version | None) -> model.LanguageModel:
        return model.open_model(settings, None, versions.everywhere(version) if version and args.everywhere else version)

    commands = Commands(session, read, reopen)
    try:
        session.signals.install()
        if args.ask:
            session.ask(args.ask)
            session.signals.obey(interactive=False)
            code = 0
        else:
            code = terminal.talk(commands, read)
    finally:
        lost = session.close()
    return 1 if lost else code


def read_settings(args: argparse.Namespace) -> Config:
    """config.toml and the flags. Raises ConfigError."""
    return config.load(
        home=args.home,
        file=args.config,
        model__name=args.model,
        model__seed=args.seed,
        chat__system=args.system and whole(args.system),
        chat__temp=args.temp,
        chat__top_p=args.top_p,
        chat__max_tokens=args.max_tokens,
    )


def open_session(args: argparse.Namespace, settings: Config) -> Session:
    """Load the model with its adapter, and say so to a person. Raises UserError."""
    person = terminal.interactive() and not args.ask
    version = choose_adapter(args, settings)
    with screen.passing("loading the model …", person):
        loaded = model.open_model(settings, None, version)
    if person:
        say(f"{loaded.name}, {f'adapter {loaded.adapter}' if loaded.adapter else 'no adapter yet'} · /help lists the commands")
    signals = Signals()
    session = Session(settings, loaded, screen.choose(), None, signals, args.verbose)
    if not args.no_log:
        session.recorder = memories.Recorder(settings.memories, session.id)
    return session


def choose_adapter(args: argparse.Namespace, settings: Config) -> Version | None:
    """The adapter that was asked for, or the one in use; without it, saying so, if that is not whole. Raises UserError."""
    try:
        return versions.chosen(settings.adapters, args)
    except versions.NotWhole as error:
        if args.adapter_tag or args.adapter:
            raise
        say(f"(answering without an adapter: {error})")
        return None


if __name__ == "__main__":
    raise SystemExit(run_main(main))

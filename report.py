"""The nights so far: what came in, what was learnt, what it cost in skill and time.

    python report.py                              # the latest night, and small charts of all of them
    python report.py --since 2026-11-20           # of the nights from that day on
    python report.py --html nights.html           # one page that a browser shows; it needs nothing beside it
    python report.py --json

Each night writes logs/nights/<night>/report.md, logs/trends.csv and logs/trends.png. A report names what was told:
it is yours, and nothing sends it anywhere.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from circadian import config, page, reports, trends
from circadian.cli import UserError, counted, print_json, run_main
from circadian.files import write_atomic
from circadian.flags import parser_for

PAGE = 30  # nights, the newest, on a page


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "report.py")
    parser.add_argument("--since", type=date, metavar="YYYY-MM-DD", help="only nights from that day on (UTC)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page instead")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def date(text: str) -> str:
    """An argparse type: a day, or its beginning ("2026-11")."""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        raise argparse.ArgumentTypeError(f"{text} is no date like 2026-11-20")
    return text


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings = config.load(home=args.home, file=args.config)
    made = trends.rows(settings.experiments, args.since or "")
    if not made:
        when = f" since {args.since}" if args.since else " yet"
        raise UserError(f"there is no night on record{when} in {settings.logs}: run one, with python run_cycle.py.")
    texts = [text for one in made[-PAGE:] if (text := reports.read(settings, one["night"]))]
    if args.json:
        print_json({"nights": made, "report": texts[-1] if texts else ""})
    elif args.html:
        from circadian.trends_picture import draw

        title = f"Circadian: {counted(len(made), 'night')}"
        write_atomic(args.html.expanduser().absolute(), page.page(title, texts or ["# no report is left"], draw(made)))
        print(f"{args.html}: {counted(len(made), 'night')}")
    else:
        show(texts[-1] if texts else "", made)
    return 0


def show(text: str, made: Sequence[trends.Row]) -> None:
    """The latest report, then the charts."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(highlight=False)
    if text:
        console.print(Markdown(text))
    if len(made) > 1:
        console.print(f"\n{counted(len(made), 'night')}, oldest to newest:")
    for line in trends.charts(made):
        console.print(line, markup=False, soft_wrap=True)
    if not sys.stdout.isatty():
        console.file.flush()


if __name__ == "__main__":
    raise SystemExit(run_main(main))

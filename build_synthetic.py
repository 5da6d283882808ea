"""Make the starter set data/synthetic.jsonl: general skills to train on before there are chats of your own.

    python build_synthetic.py                                  # the committed file: --count 120 --seed 0
    python build_synthetic.py --count 60 --seed 7 --out /tmp/starter.jsonl
    python build_synthetic.py --seed 1 --force                 # replaces a file that differs

One row a line: {"messages": [user, assistant], "kind", "tags"}. The rows come from tables and templates, their answers
are computed, and the same seed and count give the same bytes. No model, no network, nothing personal.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from circadian import config
from circadian.cli import DONE, UserError, print_json, run_main
from circadian.files import dumps, write_atomic
from circadian.flags import parser_for, positive
from circadian.synthetic import starter


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "build_synthetic.py")
    parser.add_argument("--count", type=positive, default=120, help="rows to make (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other rows (%(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write (data/synthetic.jsonl in the home)")
    parser.add_argument("--force", action="store_true", help="replace a file that differs")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def put(path: Path, text: str, force: bool) -> bool:
    """Write the text unless it is there already; whether it wrote. Raises UserError if another text is there."""
    if path.exists():
        if path.read_bytes() == text.encode():
            return False
        if not force:
            raise UserError(f"{path} exists and differs. Give --force to replace it, or another --out.")
    write_atomic(path, text)
    return True


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    path = args.out or config.load(args.home, args.config).home / "data" / "synthetic.jsonl"
    rows = starter(args.count, args.seed)
    written = put(path, "".join(dumps(each) + "\n" for each in rows), args.force)
    kinds = dict(sorted(Counter(each["kind"] for each in rows).items()))
    if args.json:
        print_json({"file": str(path), "rows": len(rows), "written": written, "kinds": kinds, "seed": args.seed})
    else:
        listed = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        print(f"{len(rows)} rows in {path}{'' if written else ' (unchanged)'}: {listed}")
    return DONE


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""What does the scope of an adapter let through? Prompts that it was not fitted to, and which of them the adapter answers.

    .venv/bin/python bench/scope.py               # three minutes on two CPU cores; two more the first time, for the fit
    .venv/bin/python bench/scope.py --missed 0    # as likely the base model's as the adapter's
    .venv/bin/python bench/scope.py --depth 0.8   # told by a state further up

Questions about a life are the adapter's to answer: those of life.toml, asked and never told, and of told.jsonl, by authors who had
seen no lesson. All else is the base model's: tasks, neutral, general and everyday prompts, and what is told and not asked.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.life import read_table  # noqa: E402
from circadian import config, hub, model, scope  # noqa: E402
from circadian.cli import UserError, print_json, run_main  # noqa: E402
from circadian.evaluation import scoping  # noqa: E402
from circadian.evaluation.liveness import NEUTRAL  # noqa: E402
from circadian.evaluation.recall import share  # noqa: E402
from circadian.files import read_lines  # noqa: E402
from circadian.lessons.rehearsal import prompts  # noqa: E402

BENCH = Path(__file__).parent


def sets() -> dict[str, list[str]]:
    """The prompts by what they are."""
    life = read_table()
    told = [row for _, row in read_lines(BENCH / "told.jsonl")[0]]
    tasks = [row for _, row in read_lines(ROOT / "eval" / "prompts.jsonl")[0]]
    return {
        "life.toml, probes": [text for kind in life.kinds.values() for text in kind.probes],
        "life.toml, never told": life.never,
        "told.jsonl, questions": [text for row in told for text in row.get("questions", [])],
        "life.toml, chatter": life.chatter,
        "told.jsonl, tellings": [row["tell"] for row in told if "tell" in row],
        "tasks": [row["messages"][-1]["content"] for row in tasks],
        "neutral.txt": prompts(NEUTRAL),
        "general.txt": prompts(BENCH / "general.txt"),
        "everyday.txt": prompts(BENCH / "everyday.txt"),
    }


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    parser.add_argument("--depth", type=float, default=scoping.DEPTH, help=f"of the layers (default: {scoping.DEPTH})")
    parser.add_argument("--missed", type=float, default=scope.MISSED, help=f"nats for the adapter (default: {scope.MISSED})")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as home:
        settings = config.load(home=home)
        fitted = scoping.scope_of(settings, hub.resolve(args.model, settings.model.folder), args.depth)
        loaded = model.open_model(settings, args.model, None)
    if not fitted:
        raise UserError(f"{args.model} has no scope: its states do not tell, or it cannot be run layer by layer.")
    found = {}
    for name, texts in sets().items():
        asked = [loaded.asked([{"role": "user", "content": text}]) for text in texts]
        within = scope.within(fitted, scope.states(loaded.network, asked, fitted.layer)) + args.missed - scope.MISSED
        found[name] = share(int((within > 0).sum()), len(texts))
    print_json(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

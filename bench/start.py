"""How well does a warm start know what a question is about? The loss of denials of held-out wordings, and how many topics it names.

    .venv/bin/python bench/start.py                   # the start of the settings: a minute on two CPU cores
    .venv/bin/python bench/start.py --adapter DIR     # another one

One of each topic's wordings that are kept for probes (attributes.jsonl), never trained, with its "Your … is something you haven't
told me.": nats a row, and the rows in which every token is likelier than one half, so that greedy answers name the topic to the word.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from circadian import config, hub, measures, model, versions, warm  # noqa: E402
from circadian.cli import print_json, progress, run_main  # noqa: E402
from circadian.lessons.attributes import filled, rows  # noqa: E402
from circadian.records import Message  # noqa: E402

ROWS, SEED = 400, 11


def held_out() -> list[list[Message]]:
    """So many wordings that no start is taught, each with its denial."""
    chance = random.Random(SEED)
    every = [filled(row, chance.choice(row.get("things", [""]))) for row in rows()]
    return chance.sample([one.denied(chance.choice(one.probe)).messages for one in every], ROWS)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    parser.add_argument("--adapter", type=Path, metavar="DIR", help="an adapter's folder (default: the start of the settings)")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as home:
        settings = config.load(home=home)
        file = args.adapter / versions.WEIGHTS if args.adapter else warm.weights(settings, hub.resolve(args.model))
        version = versions.read(file.parent) if file else None
        loaded = model.open_model(settings, args.model, version)
        with progress("held-out wordings", ROWS) as show:
            losses = measures.token_losses(loaded, held_out(), show=show)
    named = sum(max(row) < math.log(2) for row in losses)
    print_json({"rows": ROWS, "nats": round(sum(map(sum, losses)) / ROWS, 3), "named": named})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

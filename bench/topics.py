"""Is what a person says known by its topic? Tellings of the table of topics, left out of it once each, are looked up.

    .venv/bin/python bench/topics.py               # every fourth; --every 1 for all

Five or six tellings of each topic, most of them odd on purpose, are by the author of its first wordings, so that what a stranger says
may fare worse. Printed is how often the right one of a thousand topics and relations is the likeliest, or among the first three, or ten.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from circadian.cli import print_json, run_main  # noqa: E402
from circadian.embedder import Embedder  # noqa: E402
from circadian.flags import positive  # noqa: E402
from circadian.lessons.attributes import rows  # noqa: E402
from circadian.lessons.likeness import Likeness  # noqa: E402
from circadian.lessons.second import turned  # noqa: E402
from circadian.lessons.tellings import ALIKE, questions, tellings  # noqa: E402

FOLDS = 6
FIRST = (1, 3, 10)


class Known:
    """Vectors of the tables' sentences, made once, whatever is left out; of anything else as it comes."""

    def __init__(self) -> None:
        import numpy as np

        self._embed = Embedder()
        tables = [[one.text for one in sorted(some, key=lambda one: one.key)] for some in (tellings(), questions())]
        self._places = {text: place for place, text in enumerate(itertools.chain(*tables))}
        self._vectors = np.concatenate([self._embed(table) for table in tables])

    def __call__(self, texts: Sequence[str]) -> Any:
        if not all(text in self._places for text in texts):
            return self._embed(texts)
        return self._vectors[[self._places[text] for text in texts]]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--every", type=positive, default=4, metavar="N", help="look up every Nth telling (default: 4)")
    args = parser.parse_args(argv)
    embed, found = Known(), Counter[int]()
    every = [(row, text) for row in rows() for text in row["tell"]][:: args.every]
    for fold in range(FOLDS):
        mine = every[fold::FOLDS]
        out = {(row["topic"], turned(text.format(thing=thing))) for row, text in mine for thing in ["", *ALIKE.values()]}
        like = Likeness(embed, [one for one in tellings() if (one.name, one.text) not in out])
        for row, text in mine:
            names = [about.name for about in like.about(text.format(thing=row.get("things", [""])[0]))]
            place = names.index(row["topic"]) if row["topic"] in names else len(names)
            found.update(first for first in FIRST if place < first)
    print_json({f"among {first}": round(found[first] / len(every), 3) for first in FIRST} | {"tellings": len(every)})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

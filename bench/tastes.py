"""Of what kind is what people like? The base model's guesses (circadian/lessons/tastes.py) against one author's.

    .venv/bin/python bench/tastes.py              # a minute on two CPU cores
    .venv/bin/python bench/tastes.py --all        # each guess, too

Counts the likes whose first guess is right, those with a right one among the guesses, and, of what is of no kind, how many get
none. The list was there when the limits were set.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from circadian import config, hub  # noqa: E402
from circadian.evaluation.likelihood import likely_by_child  # noqa: E402
from circadian.lessons.tastes import kinds  # noqa: E402

LIKED = {  # several where more than one is right
    "moussaka": "food", "ramen": "food", "Terry Pratchett": "author", "Miles Davis": "composer, band, singer", "Totoro": "film",
    "peonies": "flower", "Liverpool FC": "sport", "Catan": "game", "lilac": "flower, colour", "stout": "drink",
    "Scotland": "country, place", "autumn": "season", "turquoise": "colour", "Better Call Saul": "series", "gouda": "food",
    "foxes": "animal", "bouillabaisse": "food",
    "Radiohead": "band", "badminton": "sport", "gnocchi": "food", "earl grey": "drink", "pistachio ice cream": "ice cream",
    "Wes Anderson": "film, actor", "Monet": "painter", "Agatha Christie": "author", "rosemary": "flower", "paella": "food",
    "Wodehouse": "author, book", "swimming": "sport", "chess": "game", "Leonard Cohen": "singer", "tomato soup": "food",
    "penguins": "animal", "Lisbon": "city, place", "yoga": "sport", "cherries": "fruit", "Casablanca": "film, place, city",
    "carrot cake": "cake, food", "my mum's dumplings": "food",
}  # fmt: skip
OF_NO_KIND = (
    "Citroen", "walking in the rain", "my job", "sleeping late", "crossword puzzles", "the smell of rain", "old maps", "gardening",
    "long train rides", "my grandmother", "knitting", "jazz",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--all", action="store_true", help="print each guess")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = config.load(home=home)
        base = hub.resolve(args.model, settings.model.folder)
        found = kinds([*LIKED, *OF_NO_KIND], partial(likely_by_child, settings, str(base.folder)))
    right = {one: set(kind.split(", ")) for one, kind in LIKED.items()}
    if args.all:
        for one, some in found.items():
            print(f"{one:<22} {', '.join(some) or '-':<36} {LIKED.get(one, '')}")
    first = sum(bool(right[one].intersection(found[one][:1])) for one in LIKED)
    among = sum(bool(right[one].intersection(found[one])) for one in LIKED)
    none = sum(not found[one] for one in OF_NO_KIND)
    print(f"first {first} of {len(LIKED)}, among the guesses {among}; none for {none} of {len(OF_NO_KIND)} of no kind")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

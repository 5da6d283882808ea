"""Fit the scope of a base model's adapters (circadian/scope.py) to prompts that are theirs to answer, and to others.

    python -m circadian.evaluation.scoping --model embedded --input prompts.jsonl --output scope.jsonl

Each line of the input is {"messages": [...], "inside": true or false}; the first line of the output is the scope, and {"within": ...}
after it say how far within each prompt is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import config, hub, model
from circadian.cli import progress, run_main
from circadian.evaluation.answers import rows_by_child
from circadian.files import read_lines, sha256_of, write_lines
from circadian.flags import parser_for
from circadian.lessons import life
from circadian.lessons.rehearsal import prompts
from circadian.scope import MISSED, RIDGE, Scope, fit, states
from circadian.wheels import cache_folder, made_once

ASKED, TOLD = 1500, 500  # questions and tellings: twice as many told no better (docs/RECIPE.md)
DEPTH = 0.6  # of a model's layers are run to tell: what is below or above them told less
FILE = "scope.jsonl"


def scope_of(settings: config.Config, base: hub.Base) -> tuple[Scope, list[str]]:
    """The scope of adapters of this base model, and the shipped general prompts, those that are nearest to it first.

    Fitted in a child the first time. Raises UserError.
    """
    asked = examples()
    name = f"{base.fingerprint}-{sha256_of([DEPTH, RIDGE, MISSED, asked])[:16]}"

    def make(folder: Path) -> None:
        write_lines(folder / FILE, rows_by_child(settings, "scoping", asked, settings.flags(str(base.folder))))

    folder = made_once(cache_folder(settings.model.folder) / "scope" / name, "learning which prompts ask about a life", make)
    scope, *within = [row for _, row in read_lines(folder / FILE)[0]]
    near = sorted(zip(within, asked, strict=True), key=lambda one: -one[0]["within"])
    general = set(prompts())
    said = [row["messages"][0]["content"] for _, row in near]
    return Scope.from_dict(scope), [text for text in said if text in general]


def examples() -> list[dict[str, Any]]:
    """Questions about a life, inside; general prompts and what people tell of themselves, outside."""
    found = [(lesson.question, True) for lesson in life.asked(ASKED)] + [
        (text, False) for text in [*prompts(), *life.told(TOLD)]
    ]
    return [{"messages": [{"role": "user", "content": text}], "inside": inside} for text, inside in found]


def main(argv: Sequence[str] | None = None) -> int:
    import numpy as np

    parser = parser_for(__doc__ or "", "scoping")
    parser.add_argument("--model", help="embedded, a folder, or a hub id")
    parser.add_argument("--input", required=True, metavar="FILE")
    parser.add_argument("--output", required=True, metavar="FILE")
    args = parser.parse_args(argv)
    given = [row for _, row in read_lines(Path(args.input))[0]]
    loaded = model.open_model(config.load(home=args.home, file=args.config), args.model, None)
    layer, asked = round(DEPTH * len(loaded.network.layers)), [loaded.asked(row["messages"]) for row in given]
    with progress("scope", len(given)) as show:
        ends = states(loaded.network, asked, layer, show)
    inside = np.array([row["inside"] for row in given])
    scope = fit(layer, ends[inside], ends[~inside])
    write_lines(Path(args.output), [scope.to_dict(), *({"within": round(one, 3)} for one in scope.within(ends).tolist())])
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""Fit the scope of a base model's adapters (circadian/scope.py) to prompts that are theirs to answer, and to others.

    python -m circadian.evaluation.scoping --model embedded --input prompts.jsonl --output scope.jsonl

Each line of the input is {"messages": [...], "inside": true or false}; the first line of the output is the scope, or
{} for a model that cannot have one, and {"within": ...} after it say how far within each prompt is.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import config, hub, model
from circadian.batches import Row
from circadian.cli import UserError, progress, run_main
from circadian.distillation import distillation_of
from circadian.evaluation.answers import rows_by_child
from circadian.files import read_lines, sha256_of, write_lines
from circadian.flags import parser_for
from circadian.lessons import life
from circadian.lessons.rehearsal import prompts
from circadian.records import Scope
from circadian.scope import MISSED, RIDGE, fit, states, within
from circadian.wheels import cache_folder, made_once

ASKED, TOLD = 1500, 500  # questions and tellings: twice as many told no better (docs/RECIPE.md)
DEPTH = 0.6  # of a model's layers are run to tell: what is below or above them told less
TELLS = 0.7  # of the examples on each side must be told rightly, or a model goes without a scope
EACH = 2.0  # seconds for a prompt, at most: a child that hangs is ended
FILE = "scope.jsonl"


def place(settings: config.Config, base: hub.Base, depth: float = DEPTH) -> Path:
    """The file with a base model's scope, whether it is there yet or not. The name of its folder hangs on all that it is made from."""
    name = f"{base.fingerprint}-{sha256_of([depth, RIDGE, MISSED, examples()])[:16]}"
    return cache_folder(settings.model.folder) / "scope" / name / FILE


def scope_of(settings: config.Config, base: hub.Base, depth: float = DEPTH) -> Scope | None:
    """The scope of adapters of this base model, fitted in a child the first time; None for a kind of model that cannot have one.

    Raises UserError.
    """
    file = place(settings, base, depth)

    def make(folder: Path) -> None:
        flags = [*settings.flags(str(base.folder)), "--depth", str(depth)]
        write_lines(folder / FILE, rows_by_child(settings, "scoping", examples(), flags, EACH))

    made_once(file.parent, "learning which prompts ask about a life", make)
    (_, found), *_ = read_lines(file)[0]
    return Scope.from_dict(found) if found else None


def nearest(settings: config.Config, base: hub.Base) -> list[str]:
    """The shipped general prompts, those that are nearest to the scope first; none before there is a scope."""
    file, general = place(settings, base), set(prompts())
    scope, *rows = [row for _, row in read_lines(file)[0]] if file.exists() else [{}]
    rows = rows if scope else []
    asked = [row["messages"][0]["content"] for row in examples()][: len(rows)]
    near = sorted(zip(asked, rows, strict=True), key=lambda one: (-one[1]["within"], one[0]))
    return [text for text, _ in near if text in general]


@functools.cache
def examples() -> list[dict[str, Any]]:
    """Questions about a life, inside; general prompts and what people tell of themselves, outside."""
    inside = [(lesson.question, True) for lesson in life.asked(ASKED)]
    outside = [(text, False) for text in [*prompts(), *life.told(TOLD)]]
    return [{"messages": [{"role": "user", "content": text}], "inside": mine} for text, mine in [*inside, *outside]]


def fitted(
    loaded: model.LanguageModel, given: list[dict[str, Any]], depth: float, show: model.Show
) -> tuple[Scope | None, list[float]]:
    """The scope for these examples, and how far within each is; None where the model cannot be run layer by layer, or does not tell."""
    import numpy as np

    asked, inside = [loaded.asked(row["messages"]) for row in given], np.array([row["inside"] for row in given])
    layer = max(1, round(depth * len(loaded.network.layers)))
    try:
        distillation_of(loaded.network, [Row(tuple(tokens), len(tokens) - 1, False) for tokens in asked[:2]])
    except UserError:
        return None, []
    ends = states(loaded.network, asked, layer, show)
    scope = fit(layer, ends[inside], ends[~inside])
    found = within(scope, ends)
    tells = (found[inside] > 0).mean() > TELLS and (found[~inside] < 0).mean() > TELLS
    return (scope if tells else None), [round(one, 3) for one in found.tolist()]


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "scoping")
    parser.add_argument("--model", help="embedded, a folder, or a hub id")
    parser.add_argument("--input", required=True, metavar="FILE")
    parser.add_argument("--output", required=True, metavar="FILE")
    parser.add_argument("--depth", type=float, default=DEPTH, help="of the layers are run to tell")
    args = parser.parse_args(argv)
    given = [row for _, row in read_lines(Path(args.input))[0]]
    loaded = model.open_model(config.load(home=args.home, file=args.config), args.model, None)
    with progress("scope", len(given)) as show:
        scope, far = fitted(loaded, given, args.depth, show)
    write_lines(Path(args.output), [scope.to_dict() if scope else {}, *({"within": one} for one in far)])
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

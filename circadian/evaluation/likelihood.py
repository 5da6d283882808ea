"""How likely a text goes on with another one, by the base model alone.

    python -m circadian.evaluation.likelihood --model embedded --input pairs.jsonl --output likely.jsonl

Each line of the input is {"begun": ..., "rest": ...}; each line of the output {"nats": ...}, in the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from circadian import config, measures, model
from circadian.cli import progress, run_main
from circadian.evaluation.answers import rows_by_child
from circadian.files import read_lines, write_lines
from circadian.flags import parser_for


def likely_by_child(settings: config.Config, name: str, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """measures.likelihoods() of pairs in a child process. Raises UserError if it fails."""
    rows = [{"begun": begun, "rest": rest} for begun, rest in pairs]
    return [row["nats"] for row in rows_by_child(settings, "likelihood", rows, settings.flags(name))]


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "likelihood")
    parser.add_argument("--model", help="embedded, a folder, or a hub id")
    parser.add_argument("--input", required=True, metavar="FILE")
    parser.add_argument("--output", required=True, metavar="FILE")
    args = parser.parse_args(argv)
    pairs = [(row["begun"], row["rest"]) for _, row in read_lines(Path(args.input))[0]]
    loaded = model.open_model(config.load(home=args.home, file=args.config), args.model, None)
    with progress("of what kind", len(pairs)) as show:
        nats = measures.likelihoods(loaded, pairs, show)
    write_lines(Path(args.output), [{"nats": round(one, 3)} for one in nats])
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""Is a candidate whole, finite and alive: every tensor there, no NaN, and answers that differ from the base's.

    python -m circadian.evaluation.liveness --model embedded --adapter adapters/.candidates/20261121-033000

mlx-lm exits 0 when training diverged, and loads an adapter that is all NaN, or half missing, without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from circadian import blas, config, measures, model, versions
from circadian.cli import Refused, print_json, run_main
from circadian.flags import parser_for
from circadian.lessons.rehearsal import prompts
from circadian.records import Message

NEUTRAL = Path(__file__).with_name("neutral.txt")
LEAST = 1e-6  # nats of KL on neutral prompts: below it the adapter does nothing
BIGGEST = 1e4  # a weight beyond this is broken


def check(settings: config.Config, name: str | None, adapter: str) -> dict[str, Any]:
    """Load base and adapter and compare. Returns {"tensors", "biggest", "kl", "kl_everywhere"}, the last one without its scope.

    Raises Refused with the reason.
    """
    blas.load()  # before anything imports mlx
    version = versions.read(Path(adapter))
    found = measures.adapter_tensors(version)
    if found["bad"]:
        raise Refused(f"{found['bad']} of {found['tensors']} tensors hold NaN or infinity.")
    if found["biggest"] > BIGGEST:
        raise Refused(f"a weight of {found['biggest']:.0f} is broken.")
    asked: list[list[Message]] = [[{"role": "user", "content": text}] for text in prompts(NEUTRAL)]
    base = measures.next_token(model.open_model(settings, name, None), asked)
    trained = model.open_model(settings, name, version)
    scope, trained.scoped.scope = trained.scoped.scope, None
    missing = measures.missing_tensors(trained, version)
    if missing:
        raise Refused(f"{missing} LoRA tensors that the model has are missing.")
    everywhere = measures.mean_kl(base, measures.next_token(trained, asked))
    if not everywhere >= LEAST:
        raise Refused("it changes nothing in the model's answers.")
    if not trained.answer(asked[:1], 8)[0]:
        raise Refused("it answers nothing at all.")
    trained.scoped.scope = scope
    kl = measures.mean_kl(base, measures.next_token(trained, asked))
    return {"tensors": found["tensors"], "biggest": found["biggest"], "kl": kl, "kl_everywhere": everywhere}


def main(argv: Sequence[str] | None = None) -> int:
    parser = parser_for(__doc__ or "", "liveness")
    parser.add_argument("--model", help="the base model")
    parser.add_argument("--adapter", required=True, metavar="DIR", help="the candidate's folder")
    args = parser.parse_args(argv)
    try:
        print_json(check(config.load(home=args.home, file=args.config), args.model, args.adapter))
    except Refused as error:
        print_json({"refused": str(error)})
        return error.code
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

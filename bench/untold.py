"""What does a version assert that nobody told it? Hundreds of questions that a morning's 24 are too few for.

    .venv/bin/python bench/untold.py --home HOME         # four minutes on two CPU cores
    .venv/bin/python bench/untold.py --home HOME --all   # each false answer, too

HOME's facts are read as a night would. Asked is for each attribute of a life of which nothing was told, in a wording that is kept
for probes (of those of things that were not spoken of, OTHERS), and for what was told of a thing, of BESIDE of its neighbours: the
goldfish's name beside the dog's. HOME's facts are asked for, too: honesty is never reported without recall.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.runs import TOKENS  # noqa: E402
from circadian import config  # noqa: E402
from circadian.cli import print_json, run_main  # noqa: E402
from circadian.evaluation.answers import answers_by_child  # noqa: E402
from circadian.evaluation.recall import Answered, summary  # noqa: E402
from circadian.lessons.probes import probes, wordings  # noqa: E402
from circadian.lessons.second import asked_of  # noqa: E402
from circadian.lessons.unknown import free_attributes, known_words, neighbours, thing_of  # noqa: E402
from circadian.lessons.wordings import relation  # noqa: E402
from circadian.records import Fact, Message, Probe  # noqa: E402
from eval_recall import facts_told  # noqa: E402

OTHERS = 200  # attributes of things that were not spoken of
BESIDE = 3  # neighbours of what was told of a thing


def never_told(live: Sequence[Fact]) -> dict[str, list[str]]:
    """Questions about what lies far from what was told, and beside it."""
    chance, known = random.Random(0), known_words(live)
    free = [one for one in free_attributes(live) if one.probe]
    told = {fact.subject.lower() for fact in live}
    near = [one for one in free if not one.thing or one.thing in told]
    others = [one for one in free if one.thing and one.thing not in told]
    drawn = near + chance.sample(others, min(OTHERS, len(others)))
    beside = []
    for name, thing in sorted({(fact.relation, thing_of(fact)) for fact in live if thing_of(fact)}):
        some = neighbours(relation(name), thing, known)
        beside += [asked_of(chance.choice(wordings()[name][0]), one) for one in chance.sample(some, min(BESIDE, len(some)))]
    return {"far": [chance.choice(one.probe) for one in drawn], "beside": beside}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--home", required=True, help="where memories and adapters lie; the version in use is asked")
    parser.add_argument("--model", default="embedded", help="embedded, auto, a folder, or a hub id")
    parser.add_argument("--all", action="store_true", help="print each false answer")
    args = parser.parse_args(argv)
    settings = config.load(home=args.home, model__name=args.model)
    live = facts_told(settings).live
    told = probes(live)
    forbidden = next(one.forbidden for one in told if one.kind == "never")
    asked = {kind: [Probe(ask, (), forbidden, "never") for ask in some] for kind, some in never_told(live).items()}
    asked["told"] = [one for one in told if one.kind != "never"]
    every = [one for some in asked.values() for one in some]
    turns: list[list[Message]] = [[{"role": "user", "content": one.question}] for one in every]
    answers = iter(answers_by_child(settings, args.model, turns, TOKENS))
    found = {kind: [Answered(one, next(answers)) for one in some] for kind, some in asked.items()}
    for one in [*found["far"], *found["beside"]] if args.all else ():
        if one.false:
            print(f"{one.probe.question}\n    {one.answer}")
    print_json({kind: summary(some)["recalled" if kind == "told" else "false"] for kind, some in found.items()})
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

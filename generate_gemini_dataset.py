"""Have the Gemini API invent train and eval rows, checked one by one, for a model with little of its own to learn yet.

    export GEMINI_API_KEY=...                                       # the only place the key is read from
    python generate_gemini_dataset.py --dry-run                     # the plan and a prompt; no network
    python generate_gemini_dataset.py --count 500
    python generate_gemini_dataset.py --count 40 --topics "cooking,simple Python" --out-dir data/cooking --verbose

Writes train.jsonl and eval.jsonl (no row in both, no near copies) and settings.json into --out-dir. Each kept row is
in partial.jsonl at once: a run that was ended or failed goes on from there when the same command is run again.

Nothing personal is sent: the API gets the topics, the rules and the questions it invented itself, never a memory.
Requests use up the quota of your key, and its owner's terms hold for what comes back.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from circadian import config, gemini
from circadian.cli import DONE, UserError, print_json, progress, run_main, say
from circadian.files import only_one
from circadian.flags import parser_for, positive
from circadian.harvest import TOPICS, Harvest, Plan


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "generate_gemini_dataset.py")
    parser.add_argument("--model", type=gemini.model_name, default=gemini.Options.model, help="Gemini model (%(default)s)")
    parser.add_argument("--count", type=positive, default=200, help="rows to make in total (%(default)s)")
    parser.add_argument("--eval-share", type=share, default=0.1, help="part of them held out in eval.jsonl (%(default)s)")
    parser.add_argument("--topics", metavar="FILE|LIST", help="a file with a topic a line, or a comma list (built-in ones)")
    parser.add_argument("--out-dir", type=Path, metavar="DIR", help="where to write (data/gemini in the home)")
    parser.add_argument("--batch", type=positive, default=10, help="rows a request (%(default)s)")
    parser.add_argument("--temp", type=temperature, default=1.0, help="0 to 2, higher is more varied (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="for the split and the requests (%(default)s)")
    parser.add_argument("--base-url", type=gemini.checked_url, metavar="URL", help="another server of the same API")
    parser.add_argument(
        "--retry-delay", type=seconds, default=1.0, help="before the first retry, doubled after (%(default)s s)"
    )
    parser.add_argument("--attempts", type=positive, default=6, help="tries a request (%(default)s)")
    parser.add_argument("--force", action="store_true", help="replace train.jsonl and eval.jsonl")
    parser.add_argument("--dry-run", action="store_true", help="show the plan and a prompt; no key, no network")
    parser.add_argument("--verbose", action="store_true", help="a line a request on stderr: rows kept, refused and why")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def seconds(text: str) -> float:
    """An argparse type: 0 to 600."""
    return between(text, 600)


def temperature(text: str) -> float:
    """An argparse type: 0 to 2, the API's range."""
    return between(text, 2)


def share(text: str) -> float:
    """An argparse type: 0 to 0.9."""
    return between(text, 0.9)


def between(text: str, highest: float) -> float:
    if not 0 <= float(text) <= highest:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {highest}")
    return float(text)


def topics_from(text: str | None) -> tuple[str, ...]:
    """The topics of a file or a comma list, or the built-in ones. Raises UserError if there are none."""
    if text is None:
        return TOPICS
    path = Path(text).expanduser()
    if len(text) < 250 and path.is_file():
        found = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line[:1] != "#"]
    elif text.endswith((".txt", ".md")):
        raise UserError(f"there is no topics file {text}.")
    else:
        found = text.split(",")
    topics = tuple(dict.fromkeys(topic.strip() for topic in found if topic.strip()))
    if not topics or not all(topic.isprintable() and len(topic) <= 200 for topic in topics):
        raise UserError("--topics must name at least one topic, each of at most 200 characters on one line.")
    return topics


@contextmanager
def kept(harvest: Harvest) -> Iterator[None]:
    """However it ends early, say what is kept and how to go on."""
    try:
        yield
    except (UserError, KeyboardInterrupt) as error:
        where = f"{len(harvest.rows)} of {harvest.plan.count} rows are kept; the same command goes on from there."
        if isinstance(error, KeyboardInterrupt):
            say(where)
            raise
        raise UserError(f"{str(error).rstrip('.')}. {where}") from None


def gather(harvest: Harvest, key: str, options: gemini.Options, verbose: bool) -> int:
    """Ask until there are enough rows; returns how many retries it took."""
    retries: Counter[str] = Counter()

    def waiting(wait: float, attempt: int, why: str) -> None:
        retries[why] += 1
        say(f"{why}: attempt {attempt} of {options.attempts} failed, waits {wait:.1f} s")

    with kept(harvest), gemini.Gemini(key, options, waiting) as ask, progress("rows", harvest.plan.count) as show:
        while not harvest.complete:
            topic, new, answer = harvest.step(ask)
            show(len(harvest.rows), f"{harvest.requests} requests")
            if verbose:
                got = answer.problem or f"{len(answer.rows)} rows, {new} kept"
                say(f"request {harvest.requests} ({topic}): {got}; refused so far: {harvest.reasons()}")
    return retries.total()


def show_plan(harvest: Harvest, settings: dict[str, Any], as_json: bool) -> int:
    """What a run would do, and the first prompt it would send."""
    prompt = harvest.prompt(harvest.topic())
    if as_json:
        print_json({"settings": settings, "kept": len(harvest.rows), "prompt": prompt})
        return DONE
    for name, value in settings.items():
        print(f"{name:<12} {'; '.join(value) if isinstance(value, tuple) else value}")
    print(f"{'kept':<12} {len(harvest.rows)} rows of an earlier run\n\n{prompt}", end="")
    return DONE


def run(plan: Plan, options: gemini.Options, settings: dict[str, Any], args: argparse.Namespace) -> dict[str, Any]:
    """Gather and publish; what --json prints."""
    key = gemini.api_key()
    with only_one(plan.folder / ".lock", "a run in this folder"):
        harvest = Harvest(plan)
        if not args.force:
            harvest.refuse_overwrite()
        retries = gather(harvest, key, options, args.verbose)
        train, held = harvest.publish(settings)
    files = {path.stem: str(path) for path in plan.outputs}
    counts = {"train": train, "eval": held, "resumed": harvest.resumed, "requests": harvest.requests, "retries": retries}
    return {"files": files, **counts, "refused": dict(harvest.refused), "settings": settings}


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    home = config.load(args.home, args.config).home
    folder = (args.out_dir or home / "data" / "gemini").expanduser().absolute()
    plan = Plan(folder, topics_from(args.topics), args.count, args.batch, args.eval_share, args.seed)
    options = gemini.Options(args.model, args.base_url, args.temp, args.attempts, args.retry_delay)
    settings = plan.to_dict() | asdict(options)
    if args.dry_run:
        return show_plan(Harvest(plan), settings, args.json)
    result = run(plan, options, settings, args)
    if args.json:
        print_json(result)
    else:
        print(f"{result['train']} rows in {result['files']['train']}, {result['eval']} in {result['files']['eval']}")
    return DONE


if __name__ == "__main__":
    raise SystemExit(run_main(main))

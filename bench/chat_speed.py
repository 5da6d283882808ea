"""Is the chat as fast as mlx_lm alone, and what does the prompt cache save? Both sides in one run, taking turns.

    python bench/chat_speed.py                        # the embedded model, 5 repeats, 96 tokens an answer
    python bench/chat_speed.py --model mlx-community/Llama-3.2-3B-Instruct-4bit --repeats 9

Prints tokens per second of LanguageModel.stream, as the chat uses it, over those of mlx_lm's stream_generate on the
same loaded model and prompt; the median and the spread of the ratios; the same through Rendered's Markdown; chat.py
--ask as a child; and the time to the first token of turn 10 with the prompt cache and without.
"""

from __future__ import annotations

import argparse
import io
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from circadian import config, model
from circadian.chat.screen import Rendered
from circadian.chat.signals import Signals
from circadian.cli import print_json, run_main, say, script
from circadian.flags import parser_for, positive
from circadian.model import LanguageModel
from circadian.records import Message

QUESTION: list[Message] = [{"role": "user", "content": "Write a long story about a sea captain and her ship."}]


def build_parser() -> argparse.ArgumentParser:
    parser = parser_for(__doc__ or "", "chat_speed.py")
    parser.add_argument("--model", default="embedded", help="embedded, a folder, or a hub id")
    parser.add_argument("--repeats", type=positive, default=5, metavar="N", help="of each side, taking turns")
    parser.add_argument("--max-tokens", type=positive, default=96, metavar="N", help="of each answer")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    settings = config.load(home=args.home, file=args.config, model__name=args.model)
    loaded = model.open_model(settings, None, None)
    sides: dict[str, Callable[[], float]] = {
        "mlx_lm": lambda: by_mlx_lm(loaded, args.max_tokens),
        "chat": lambda: by_chat(loaded, args.max_tokens, io.StringIO().write),
        "rendered": lambda: rendered(loaded, args.max_tokens),
        "child": lambda: by_child(args.model, args.max_tokens),
    }
    for side in ("mlx_lm", "chat"):
        sides[side]()  # warm up
    speeds: dict[str, list[float]] = {side: [] for side in sides}
    for repeat in range(args.repeats):
        for side in sides if repeat % 2 == 0 else reversed(sides):
            speeds[side].append(sides[side]())
        say(f"repeat {repeat + 1}/{args.repeats}: " + ", ".join(f"{side} {speeds[side][-1]:.1f}" for side in sides))
    result = {side: compared(speeds[side], speeds["mlx_lm"]) for side in sides} | {"turn_10": turn_ten(loaded)}
    print_json(result) if args.json else print(text(result))
    return 0


def compared(speeds: list[float], reference: list[float]) -> dict[str, float]:
    """Median tokens per second, and the median, least and greatest ratio to the reference of the same repeat."""
    ratios = [a / b for a, b in zip(speeds, reference, strict=True)]
    ratio = {"ratio": statistics.median(ratios), "least": min(ratios), "greatest": max(ratios)}
    return {name: round(value, 3) for name, value in ({"tokens_per_second": statistics.median(speeds)} | ratio).items()}


def timed(pieces: Iterator[Any], show: Callable[[str], Any]) -> float:
    """Tokens per second after the first one, by the clock of whoever waits for them."""
    show(next(pieces).text)
    started, tokens = time.perf_counter(), 0
    for piece in pieces:
        show(piece.text)
        tokens += 1
    return tokens / (time.perf_counter() - started)


def by_mlx_lm(loaded: LanguageModel, max_tokens: int) -> float:
    from mlx_lm.generate import stream_generate

    prompt = loaded.tokens(QUESTION)
    return timed(stream_generate(loaded.network, loaded._tokenizer, prompt, max_tokens=max_tokens), io.StringIO().write)


def by_chat(loaded: LanguageModel, max_tokens: int, show: Callable[[str], Any]) -> float:
    return timed(Signals().until_asked(loaded.stream(QUESTION, max_tokens)), show)


def rendered(loaded: LanguageModel, max_tokens: int) -> float:
    from rich.console import Console

    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=40)
    with Rendered(console).answer() as show:
        return by_chat(loaded, max_tokens, show)


def by_child(name: str, max_tokens: int) -> float:
    """What chat.py --verbose says of itself."""
    with tempfile.TemporaryDirectory() as home:
        words = ["--home", home, "--model", name, "--max-tokens", str(max_tokens), "--verbose"]
        command = [sys.executable, script("chat.py"), *words, "--ask", QUESTION[0]["content"]]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"([\d.]+) tokens/s", done.stderr)
    return float(found[1]) if found else 0.0


def turn_ten(loaded: LanguageModel) -> dict[str, float]:
    """Seconds to the first token of the tenth turn, with what nine turns left in the cache and with nothing."""
    messages: list[Message] = []
    for turn in range(9):
        messages.append({"role": "user", "content": f"Tell me part {turn + 1} of the story, please."})
        answer = "".join(piece.text for piece in loaded.stream(messages, 64))
        messages.append({"role": "assistant", "content": answer})
    messages.append({"role": "user", "content": "And how does it end?"})
    next(loaded.stream(messages, 64))
    cached = loaded.speed
    next(loaded.stream(QUESTION, 1))  # a conversation that shares nothing but the head
    next(loaded.stream(messages, 64))
    alone = loaded.speed
    return {
        "prompt_tokens": cached.prompt_tokens,
        "reused_tokens": cached.reused_tokens,
        "cached_seconds": round(cached.first_token, 3),
        "uncached_seconds": round(alone.first_token, 3),
    }


def text(result: dict[str, dict[str, float]]) -> str:
    rows = [
        f"{side:<10} {row['tokens_per_second']:7.1f} tokens/s   {row['ratio']:.3f} of mlx_lm ({row['least']:.3f} to {row['greatest']:.3f})"
        for side, row in result.items()
        if side != "turn_10"
    ]
    ten = result["turn_10"]
    last = (
        f"turn 10: first token after {ten['cached_seconds']:.2f} s with the cache ({ten['reused_tokens']} of "
        f"{ten['prompt_tokens']} tokens), {ten['uncached_seconds']:.2f} s without"
    )
    return "\n".join([*rows, last])


if __name__ == "__main__":
    raise SystemExit(run_main(main))

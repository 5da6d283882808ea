"""The result of bench/nights.py as Markdown: recipes side by side, each night of each recipe, and the matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench.figures import SHARES, Record, Share, mean, mean_matrix, ratio
from circadian.cli import counted
from circadian.evaluation.recall import share

HEAD = (
    "all live facts",
    "told that day",
    "changed: new value",
    "changed: old value",
    "never told: false",
    "tasks",
    "KL",
    "seconds",
    "rows",
)
NOTE = """\
Shares of probes with the right answer, greedy, in an empty context; "old value" and "false" are shares of wrong ones. A changed
fact counts from the day of its newest value. In this first table "told that day" is over all nights, and the seconds are those of a
mean night. In brackets: {spread}. The probes of one fact hang together, so an interval is a little too narrow. The seconds of `ours`
hold its own measuring before and after the night; the others measure nothing."""


def markdown(result: Record) -> str:
    """The whole page."""
    arguments, base = result["arguments"], result["base"]
    seeds = arguments["seeds"]
    spread = "lowest and highest seed" if len(seeds) > 1 else "the 95 % interval (Wilson)"
    lines = [
        f"# {title(arguments)}",
        f"{result['model']}, seeds {', '.join(map(str, seeds))}; the base model passes {base['passed']} of {base['total']} tasks.",
        *[life_note(life) for life in result["lives"] if life["used_up"]],
        "## After the last night",
        table("recipe", [(f"{name}, night {last(runs)}", at_the_end(runs)) for name, runs in by_recipe(result)], full=True),
        NOTE.format(spread=spread),
        *[line for name, runs in by_recipe(result) if (line := in_own_words(name, runs))],
    ]
    for name, runs in by_recipe(result):
        nights = range(1, last(runs) + 1)
        lines += [f"## {name}: night by night", table("night", [(status(runs, night), at(runs, night)) for night in nights])]
    for name, runs in by_recipe(result):
        lines += [f"## {name}: recall of day i after night j, in %", grid(mean_matrix([run["matrix"] for run in runs]))]
    return "\n\n".join(lines) + "\n"


def in_own_words(recipe: str, runs: Sequence[Record]) -> str:
    """How many told questions stand near a row that each run's last night trained (leaks.py), and recall of the others."""
    parts: list[Any] = [run.get("unshared") for run in runs]
    asked = sum(run["nights"][-1]["recalled"]["total"] for run in runs)
    if None in parts or asked == (others := sum(part["total"] for part in parts)):
        return ""
    right = sum(part["right"] for part in parts)
    return (
        f"Of {asked} questions about what was told `{recipe}` trained {asked - others} in nearly these words; of the other {others} "
        f"it recalls {right}{f' ({right / others:.0%})' if others else ''}."
    )


def title(arguments: Record) -> str:
    """How long a life, and how full."""
    nights, facts, changes = (counted(arguments[f"{noun}s"], noun) for noun in ("night", "fact", "change"))
    return f"{nights}, {facts} told a day, {changes}"


def life_note(life: Record) -> str:
    """When there was nothing new left to tell."""
    when = f"Seed {life['seed']}: all kinds of facts were told before day {life['used_up']} was full"
    return f"{when}; from then on changes take the place of new facts."


def by_recipe(result: Record) -> list[tuple[str, list[Record]]]:
    """The runs of each recipe that have finished a night."""
    runs = [run for run in result["runs"] if run["nights"]]
    names = [name for name in result["arguments"]["recipes"] if any(run["recipe"] == name for run in runs)]
    return [(name, [run for run in runs if run["recipe"] == name]) for name in names]


def last(runs: Sequence[Record]) -> int:
    """The last night that all seeds have finished."""
    return min(len(run["nights"]) for run in runs)


def at(runs: Sequence[Record], night: int) -> list[Record]:
    """That night's figures, one for each seed."""
    return [run["nights"][night - 1] for run in runs]


def at_the_end(runs: Sequence[Record]) -> list[Record]:
    """The last night's figures, but what was told that day, and the seconds, over all nights."""
    ended = []
    for run, found in zip(runs, at(runs, last(runs)), strict=True):
        nights = run["nights"][: last(runs)]
        right, total = (sum(night["new"][key] for night in nights) for key in ("right", "total"))
        ended.append(found | {"new": share(right, total), "seconds": mean([night["seconds"] for night in nights])})
    return ended


def status(runs: Sequence[Record], night: int) -> str:
    """The night's number, and what became of it where that is not as always."""
    odd = sorted({found["status"] for found in at(runs, night)} - {"published", "trained"})
    return f"{night} ({', '.join(odd)})" if odd else str(night)


def table(first: str, rows: Sequence[tuple[str, list[Record]]], full: bool = False) -> str:
    """A line for each row's figures; `full` gives intervals and spreads."""
    lines = ["| " + " | ".join((first, *HEAD)) + " |", "| " + " | ".join(["---"] * (len(HEAD) + 1)) + " |"]
    return "\n".join(lines + ["| " + " | ".join([name, *cells(found, full)]) + " |" for name, found in rows])


def cells(found: Sequence[Record], full: bool) -> list[str]:
    """The nine cells of one line."""
    shares = [shown([one[key] for one in found], full) for key in SHARES]
    numbers: list[tuple[str, Callable[[float], str]]] = [
        ("tasks", "{:.4g}".format),
        ("kl", "{:.3f}".format),
        ("seconds", "{:.0f}".format),
        ("rows", "{:.0f}".format),
    ]
    return shares + [spread([one[key] for one in found], text, full) for key, text in numbers]


def shown(parts: Sequence[Share], full: bool) -> str:
    """One seed's count, or the mean of several."""
    if len(parts) > 1:
        return spread([ratio(part) for part in parts], "{:.0%}".format, full)
    part = parts[0]
    interval = f" ({part['low']:.0%} to {part['high']:.0%})" if full else ""
    return f"{part['right']}/{part['total']}{interval}" if part["total"] else "-"


def spread(values: Sequence[float | None], text: Callable[[float], str], full: bool) -> str:
    """The mean, and the lowest and highest where there are several."""
    known: list[Any] = [value for value in values if value is not None]
    middle = mean(known)
    if middle is None:
        return "-"
    return text(middle) + (f" ({text(min(known))} to {text(max(known))})" if full and len(known) > 1 else "")


def grid(shares: Sequence[Sequence[float | None]]) -> str:
    """A row for each day, a column for each night."""
    numbers = [str(number) for number in range(1, len(shares) + 1)]
    lines = ["| day | " + " | ".join(numbers) + " |", "| " + " | ".join(["---"] * (len(shares) + 1)) + " |"]
    for number, row in zip(numbers, shares, strict=True):
        lines.append(f"| **{number}** | " + " | ".join("" if one is None else f"{100 * one:.0f}" for one in row) + " |")
    return "\n".join(lines)

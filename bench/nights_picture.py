"""The result of bench/nights.py as a picture: what of each day is left after each night, and what that cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figures import Record, mean, mean_matrix, ratio
from bench.nights_text import at, by_recipe, last, title
from circadian.cli import counted

COLOURS = {"ours": "#0072b2", "naive": "#e69f00", "one-qa": "#cc79a7"}  # Okabe and Ito's, told apart by most eyes
INK, PALE, NOTHING = "#222222", "#d9d9d9", "#f4f4f4"
NUMBERED = 12  # nights: in a bigger matrix the numbers would not be read


def draw(result: Record, file: Path) -> None:
    """Write the picture: a heat map for each recipe above, recall, capability and seconds over the nights below."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    recipes = by_recipe(result)
    style = {"font.size": 10, "axes.edgecolor": PALE, "text.color": INK, "axes.titlesize": 11, "axes.titleweight": "bold"}
    style |= {
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.labelcolor": INK,
    }
    with plt.rc_context(style):
        figure = plt.figure(figsize=(max(11.0, 4.2 * len(recipes)), 8.6), layout="constrained")
        above, below = figure.subfigures(2, 1, height_ratios=[1.25, 1])
        maps = above.subplots(1, len(recipes), squeeze=False)[0]
        for axes, (name, runs) in zip(maps, recipes, strict=True):
            image = heat(axes, name, mean_matrix([run["matrix"] for run in runs]))
        maps[0].set_ylabel("recall of what was told on day")
        above.supxlabel("grey: not told yet, or changed since", fontsize=8)
        bar = above.colorbar(image, cax=maps[-1].inset_axes((1.05, 0.0, 0.04, 1.0)), ticks=[0, 0.5, 1], format="{x:.0%}")
        bar.outline.set_visible(False)
        bar.ax.tick_params(length=0)
        curves(below.subplots(1, 3), result["base"], recipes)
        arguments = result["arguments"]
        figure.suptitle(f"{title(arguments)} · {result['model']} · {counted(len(arguments['seeds']), 'seed')}", fontsize=13)
        figure.savefig(file, dpi=144, facecolor="white", bbox_inches="tight", pad_inches=0.25)
        plt.close(figure)


def heat(axes: Any, name: str, shares: Sequence[Sequence[float | None]]) -> Any:
    """Day i downwards, night j to the right."""
    size = len(shares)
    nothing = float("nan")
    image = axes.imshow(
        [[nothing if one is None else one for one in row] for row in shares], vmin=0, vmax=1, cmap="YlGnBu", aspect="equal"
    )
    axes.set_facecolor(NOTHING)
    axes.set_title(name, color=COLOURS.get(name, INK))
    axes.set_xlabel("after night")
    step = -(-size // 10)
    ticks = [place for place in range(size) if (place + 1) % step == 0 or place == 0]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(ticks, [str(place + 1) for place in ticks])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if size <= NUMBERED:
        for day, row in enumerate(shares):
            for night, one in enumerate(row):
                if one is not None:
                    colour = "white" if one > 0.55 else INK
                    axes.text(night, day, f"{100 * one:.0f}", ha="center", va="center", color=colour, fontsize=8)
    return image


def curves(panels: Any, base: Record, recipes: Sequence[tuple[str, list[Record]]]) -> None:
    """Recall of all live facts, tasks passed, and minutes, over the nights."""
    asked, skill, time = panels
    for name, runs in recipes:
        nights = [at(runs, night) for night in range(1, last(runs) + 1)]
        parts = [[one["recalled"] for one in found] for found in nights]
        alone = [(some[0]["low"], some[0]["high"]) for some in parts] if len(runs) == 1 else None
        line(asked, name, [[ratio(part) for part in some] for some in parts], alone)
        line(skill, name, [[one["tasks"] for one in found] for found in nights])
        line(time, name, [[one["seconds"] / 60 for one in found] for found in nights])
    asked.set(title="Recall of all live facts", ylim=(-0.03, 1.03))
    asked.yaxis.set_major_formatter("{x:.0%}")
    skill.axhline(base["passed"], color=INK, linestyle=":", linewidth=1.2)
    skill.annotate("base model", (1, base["passed"]), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=8)
    skill.set(title=f"Tasks passed, of {base['total']}")
    skill.set_ylim(0, max(skill.get_ylim()[1], base["passed"] * 1.15))
    time.set(title="Minutes a night")
    time.set_ylim(0, None)
    for axes in panels:
        axes.set(xlabel="night", xlim=(0.5, max(last(runs) for _, runs in recipes) + 0.5))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(axis="y", color=PALE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
    time.legend(frameon=False, loc="upper left")


def line(
    axes: Any, name: str, values: Sequence[Sequence[float | None]], band: Sequence[tuple[float, float]] | None = None
) -> None:
    """The mean over seeds of each night, in a band: the one given, or from the lowest seed to the highest."""
    colour, nights = COLOURS.get(name, INK), range(1, len(values) + 1)
    axes.plot(nights, [mean(some) for some in values], color=colour, marker="o", markersize=4, linewidth=2, label=name)
    known = [[one for one in some if one is not None] for some in values]
    limits = band or [(min(some), max(some)) for some in known if some]
    if len(limits) == len(values):
        axes.fill_between(nights, *zip(*limits, strict=True), color=colour, alpha=0.13, linewidth=0)

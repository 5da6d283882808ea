"""logs/trends.png: what was known, what skill was left and what nights cost, over the nights."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from circadian.trends import Row

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")  # Okabe and Ito's
INK = "#222222"
PANELS = (
    ("knowledge", (("recalled", "told, and recalled"), ("false", "never told, asserted")), True),
    ("skill: tasks passed", (("tasks", "all"),), False),
    ("token loss, median (nats)", (("loss", "loss"),), False),
    ("KL to the base (nats)", (("kl", "KL"),), False),
    ("minutes a night", (("minutes", "minutes"),), False),
    ("peak memory (GB)", (("memory", "GB"),), False),
)


def draw(made: Sequence[Row]) -> bytes:
    """The picture as PNG. A hollow mark is a night that was refused."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    style = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10}
    with plt.rc_context(style):
        figure, axes = plt.subplots(2, 3, figsize=(12, 6.2), layout="constrained")
        for panel, (title, lines, shares) in zip(axes.flat, PANELS, strict=True):
            domains = [
                (name, name.partition(": ")[2])
                for name in dict.fromkeys(k for one in made for k in one)
                if name.startswith("tasks: ")
            ]
            every = [*lines, *(domains if title.startswith("skill") else [])]
            for colour, (column, name) in zip(_cycle(len(every)), every, strict=True):
                _line(panel, made, column, name, colour, column in dict(lines))
            panel.set_title(title, loc="left", fontweight="bold")
            panel.set_xlim(0.5, len(made) + 0.5)
            panel.xaxis.get_major_locator().set_params(integer=True)
            if shares:
                panel.set_ylim(-0.03, 1.03)
                panel.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
            else:
                panel.set_ylim(0, 1.1 * panel.get_ylim()[1])
            if len(every) > 1:
                panel.legend(frameon=False, fontsize=7, ncols=2)
        figure.supxlabel("night", fontsize=9)
        data = io.BytesIO()
        figure.savefig(data, dpi=120, facecolor="white")
        plt.close(figure)
    return data.getvalue()


def _line(panel: Any, made: Sequence[Row], column: str, name: str, colour: str, bold: bool) -> None:
    points = [(number, one[column], one["status"]) for number, one in enumerate(made, 1) if one.get(column) is not None]
    if points:
        numbers, values, states = zip(*points, strict=True)
        panel.plot(numbers, values, color=colour, linewidth=2 if bold else 1, label=name)
        faces = ["white" if state == "refused" else colour for state in states]
        panel.scatter(numbers, values, s=22 if bold else 9, c=faces, edgecolors=colour, zorder=3)


def _cycle(number: int) -> list[str]:
    """So many colours: where a whole stands beside its many parts, it is in black."""
    if number <= len(COLOURS):
        return list(COLOURS[:number])
    return [INK, *(COLOURS[place % len(COLOURS)] for place in range(number - 1))]

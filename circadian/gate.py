"""Rules of acceptance: before + after -> a decision. A refused candidate leaves the adapter in use untouched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST_LOST = 0.05  # of all tasks: one in twenty
GENTLER = 0.8  # of the LoRA scale, when a candidate that lost too much is tried again
TRIES = 2  # of that: what is gentler still knows too little


@dataclass(frozen=True)
class Decision:
    """Whether to publish, and one line for each reason not to."""

    accept: bool
    reasons: tuple[str, ...] = ()


def decide(base: dict[str, Any], after: dict[str, Any]) -> Decision:
    """Compare two capability summaries ({"passed", "total"}) over the same tasks: the base model's and a candidate's."""
    lost = base["passed"] - after["passed"]
    if lost > MOST_LOST * after["total"]:
        reason = (
            f"capability fell from {base['passed']} to {after['passed']} of {after['total']} tasks; one in twenty may be lost"
        )
        return Decision(False, (reason,))
    return Decision(True)

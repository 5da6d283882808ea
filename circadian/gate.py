"""Rules of acceptance: before + after + limits -> a decision. A refused candidate leaves the adapter in use untouched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from circadian.config import Gate

GENTLER, STRONGER = 0.9, 1.25  # the LoRA scale times this, when a candidate is tried once more
Measures = dict[str, Any]  # "loss", "capability" and, after the night, "recall" (nightly.py), "facts" (diff.counts) and "kl"


@dataclass(frozen=True)
class Decision:
    """Whether to publish, one line for each reason not to, and the LoRA scale's factor for another try."""

    accept: bool
    reasons: tuple[str, ...] = ()
    factor: float = 1.0


def decide(base: Measures, after: Measures, limits: Gate) -> Decision:
    """Compare a candidate with the base model's loss and skill, and with what was known before the night.

    Too little recall asks for a stronger setting; harm asks for a gentler one, and harm goes first.
    """
    harm = [*_capability(base["capability"], after["capability"], limits), *_loss(base, after, limits)]
    harm += _kl(after, limits) + _false(after, limits)
    weak = _recall(after, limits)
    if not harm and not weak:
        return Decision(True)
    return Decision(False, (*harm, *weak), GENTLER if harm else STRONGER)


def _capability(base: Measures, after: Measures, limits: Gate) -> list[str]:
    """No more tasks lost than allowed, and no tag in which the base could something and nothing is left."""
    lost = base["passed"] - after["passed"]
    reasons = []
    if lost > limits.tasks_lost:
        reasons.append(
            f"capability fell from {base['passed']} to {after['passed']} of {after['total']} tasks; {limits.tasks_lost} may be lost"
        )
    empty = [tag for tag, was in base["by_tag"].items() if was["passed"] > 1 and not after["by_tag"][tag]["passed"]]
    return reasons + [f"nothing is left of {tag}, of which {base['by_tag'][tag]['passed']} tasks were passed" for tag in empty]


def _loss(base: Measures, after: Measures, limits: Gate) -> list[str]:
    """The median loss of the memories' own answers; the mean follows single tokens."""
    if not base["loss"] or not after["loss"]:
        return []
    old, new = base["loss"]["median"], after["loss"]["median"]
    return [f"the median token loss rose from {old:.3f} to {new:.3f}"] if new > old + limits.loss_rise else []


def _kl(after: Measures, limits: Gate) -> list[str]:
    if after["kl"] <= limits.kl:
        return []
    return [f"answers to neutral prompts moved {after['kl']:.2f} nats from the base model's; {limits.kl:g} are allowed"]


def _false(after: Measures, limits: Gate) -> list[str]:
    found = after["recall"].get("false", {"right": 0, "total": 0})
    if found["right"] <= limits.false * found["total"]:
        return []
    return [f"{found['right']} of {found['total']} questions about what was never told were answered with somebody's fact"]


def _recall(after: Measures, limits: Gate) -> list[str]:
    """Enough of what is new is learnt, and what was known is kept."""
    counts = after["facts"]
    new, learnt = counts.get("new", 0), counts.get("new_known", 0)
    old, broken = counts.get("known", 0), counts.get("broken", 0)
    reasons = []
    if learnt < limits.new * new:
        reasons.append(f"{learnt} of {new} new facts were learnt; {limits.new:.0%} must be")
    if broken > limits.broken * old:
        reasons.append(f"{broken} of {old} facts that were known are known no more")
    return reasons

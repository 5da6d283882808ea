"""Each gate refuses what it must, says why in one line, and asks for the other try that its failure needs."""

from __future__ import annotations

from typing import Any

import pytest

from circadian import gate
from circadian.config import Gate

LIMITS = Gate(new=0.5, broken=0.2, tasks_lost=1, loss_rise=0.3, kl=0.4, false=0.25)


def capability(math: int, style: int) -> dict[str, Any]:
    tags = {"math": {"passed": math, "total": 10}, "style": {"passed": style, "total": 10}}
    return {"passed": math + style, "total": 20, "by_tag": tags}


def base() -> dict[str, Any]:
    return {"loss": {"median": 1.0}, "capability": capability(4, 5)}


def after(**changed: Any) -> dict[str, Any]:
    recall = {"false": {"right": 2, "total": 10}}
    facts = {"new": 4, "new_known": 3, "known": 10, "broken": 2}
    return {"loss": {"median": 1.2}, "capability": capability(4, 4), "recall": recall, "facts": facts, "kl": 0.1} | changed


def test_a_night_within_every_limit_is_accepted() -> None:
    assert gate.decide(base(), after(), LIMITS) == gate.Decision(True)
    assert gate.decide(base(), after(recall={}, loss={}), LIMITS).accept, "nothing was asked, no memory has an answer"
    nothing = {"new": 0, "new_known": 0, "known": 0, "broken": 0}
    assert gate.decide(base(), after(facts=nothing), LIMITS).accept


@pytest.mark.parametrize(
    ("changed", "reason", "factor"),
    [
        ({"capability": capability(4, 3)}, "capability fell from 9 to 7 of 20 tasks; 1 may be lost", gate.GENTLER),
        ({"capability": capability(0, 9)}, "nothing is left of math, of which 4 tasks were passed", gate.GENTLER),
        ({"loss": {"median": 1.31}}, "the median token loss rose from 1.000 to 1.310", gate.GENTLER),
        ({"kl": 0.41}, "answers to neutral prompts moved 0.41 nats from the base model's; 0.4 are allowed", gate.GENTLER),
        (
            {"recall": {"false": {"right": 3, "total": 10}}},
            "3 of 10 questions about what was never told were answered with somebody's fact",
            gate.GENTLER,
        ),
        ({"facts": {"new": 4, "new_known": 1, "known": 10, "broken": 2}}, "1 of 4 new facts were learnt; 50% must be", gate.STRONGER),
        ({"facts": {"new": 4, "new_known": 2, "known": 10, "broken": 3}}, "3 of 10 facts that were known are known no more", gate.STRONGER),
    ],
)  # fmt: skip
def test_each_gate_refuses(changed: dict[str, Any], reason: str, factor: float) -> None:
    assert gate.decide(base(), after(**changed), LIMITS) == gate.Decision(False, (reason,), factor)


def test_harm_goes_before_weakness_and_every_reason_is_named() -> None:
    decision = gate.decide(base(), after(kl=9.0, facts={"new": 2, "new_known": 0, "known": 0, "broken": 0}), LIMITS)
    assert len(decision.reasons) == 2 and decision.factor == gate.GENTLER


def test_a_tag_with_a_single_lucky_task_may_be_lost() -> None:
    was, now = base() | {"capability": capability(1, 5)}, after(capability=capability(0, 5))
    assert gate.decide(was, now, LIMITS).accept

"""The inputs LoRA listens to: the directions are the best there are, and its modules are set as they share inputs."""

from __future__ import annotations

from typing import Any

import pytest

from circadian import subspace
from circadian.batches import Row
from circadian.distillation import Distillation

LESSONS = [Row((1, 2, 3, 10 + i, 11, 12, 13), 5, False) for i in range(6)]
GENERAL = [Row((1, 2, 3, 40 + i, 60 + 2 * i, 80 - i, 90 - 3 * i, 70), 6, True) for i in range(9)]


def moments(scales: list[float], seed: int) -> Any:
    """Second moments with known axes: a rotation of a diagonal."""
    import numpy as np

    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(scales), len(scales))))[0]
    return turn @ np.diag(scales) @ turn.T


def test_the_directions_are_where_lessons_are_loud_and_general_text_is_not() -> None:
    import numpy as np

    general = moments([4.0] * 10 + [0.01] * 30, 1)
    axes = np.linalg.eigh(general)[1]
    lessons = general + 5 * np.outer(axes[:, 3], axes[:, 3]) + 3 * np.outer(axes[:, 7], axes[:, 7])
    found = np.array(subspace.directions(lessons, general, 2), dtype=np.float64)
    unit = found / np.linalg.norm(found, axis=0)
    assert np.sort(np.abs(unit.T @ axes).max(axis=1)) == pytest.approx([1.0, 1.0], abs=1e-3)
    assert set(np.abs(unit.T @ axes).argmax(axis=1)) == {3, 7}
    random_one = np.trace(lessons) / (3 * len(lessons))
    assert np.einsum("ik,ij,jk->k", found, lessons, found) == pytest.approx([random_one] * 2, rel=1e-4)


def test_the_iteration_finds_what_a_full_solution_finds() -> None:
    import numpy as np

    chance = np.random.default_rng(5)
    mix, lessons, general = (chance.standard_normal(shape) for shape in ((96, 96), (200, 96), (900, 96)))
    mix = mix * np.linspace(0.05, 2, 96)
    told, known = (x.T @ x / len(x) for x in (lessons @ mix, general @ mix.T))
    ridged = known + subspace.RIDGE * np.trace(known) / 96 * np.eye(96)
    best = np.sort(np.linalg.eigvals(np.linalg.solve(ridged, told)).real)[-8:].sum()
    found = np.array(subspace.directions(told, known, 8), dtype=np.float64)
    reached = np.trace(np.linalg.solve(found.T @ ridged @ found, found.T @ told @ found))
    assert reached == pytest.approx(best, rel=0.01)


@pytest.fixture
def adapted(network: Any) -> tuple[Any, list[Any], Distillation]:
    modules = [module for _, module in network.named_modules() if hasattr(module, "lora_a")]
    return network, modules, Distillation(network, [1, 2, 3])


def test_second_moments_are_the_same_in_one_pass_and_in_many(
    adapted: tuple[Any, list[Any], Distillation], monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    _, modules, made = adapted
    forward = made.run
    whole = subspace.second_moments(modules, forward, GENERAL)
    monkeypatch.setattr(subspace, "ROWS", 2)
    parts = subspace.second_moments(modules, forward, GENERAL)
    for one, other, module in zip(whole, parts, modules, strict=True):
        assert one.shape == (module.lora_a.shape[0],) * 2
        assert np.allclose(np.array(one), np.array(other), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("most", [2**28, 1])
def test_modules_of_one_input_share_their_directions_however_little_fits_in_memory(
    adapted: tuple[Any, list[Any], Distillation], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    import numpy as np

    network, modules, made = adapted
    monkeypatch.setattr(subspace, "MOST", most)
    linears = [module.linear for module in modules]
    subspace.aim(modules, made.run, LESSONS, GENERAL)
    assert [module.linear for module in modules] == linears, "the taps must be gone"
    first = network.layers[0]
    assert np.array_equal(np.array(first.self_attn.q_proj.lora_a), np.array(first.self_attn.v_proj.lora_a))
    assert np.array_equal(np.array(first.mlp.gate_proj.lora_a), np.array(first.mlp.up_proj.lora_a))
    assert not np.array_equal(np.array(first.self_attn.q_proj.lora_a), np.array(first.mlp.up_proj.lora_a))
    told, known = (subspace.second_moments(modules, made.run, rows) for rows in (LESSONS, GENERAL))
    for module, one, other in zip(modules, told, known, strict=True):
        columns = np.array(module.lora_a, dtype=np.float64)
        loud = [np.einsum("ik,ij,jk->k", columns, np.array(each), columns).sum() for each in (one, other)]
        assert loud[0] / loud[1] > 2 * np.trace(np.array(one)) / np.trace(np.array(other))

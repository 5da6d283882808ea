"""The warm start: what it is taught, when it is wanted, and that nights go on from it."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange, one_line

from circadian import config, footprint, hub, rehearsing, training, warm
from circadian.distill import go_on, save
from circadian.evaluation.recall import DENIALS
from circadian.files import Busy
from circadian.lessons import life
from circadian.lessons.attributes import rows
from circadian.lessons.probes import wordings

DOG = exchange("My dog is called Biscuit.")


def test_it_is_taught_wordings_of_all_kinds_and_knows_nothing() -> None:
    taught = life.asked(5000)
    assert len(taught) == 5000 and taught == life.asked(5000)
    assert all(DENIALS.search(lesson.answer) and "{" not in lesson.question + lesson.answer for lesson in taught)
    assert len({lesson.answer for lesson in taught}) > len(rows())


def test_no_probe_is_among_them() -> None:
    asked = {lesson.question for lesson in life.asked(10**6)}
    kept_out = {probe for row in rows() for probe in row["probe"]} | {probe for own, _ in wordings().values() for probe in own}
    assert len(asked) > 10_000 and not asked & kept_out


def test_its_place_hangs_on_what_it_is_made_from(tmp_path: Path) -> None:
    base = hub.Base("a", tmp_path, "1234", 500)
    settings = config.Config(model=config.Model(folder=str(tmp_path)))

    def place(base: hub.Base = base, **training: Any) -> Path | None:
        return warm.place(replace(settings, training=replace(settings.training, **training)), base)

    first = place()
    assert first and first == place(learning_rate=1.0, epochs=9, batch_size=2)
    assert len({first, place(rank=3), place(warm_start=50), place(replace(base, fingerprint="5"))}) == 4
    assert place(warm_start=0) is place(recipe="sft") is place(replace(base, size=warm.LARGEST + 1)) is None


def test_weights_to_go_on_from_are_taken_over_and_stay_aimed(network: Any, tmp_path: Path) -> None:
    import mlx.core as mx
    from mlx.utils import tree_flatten

    def tensors() -> dict[str, Any]:
        return {name: tensor for name, tensor in tree_flatten(network.parameters()) if "lora_" in name}

    file = tmp_path / "adapters.safetensors"
    mx.save_safetensors(str(file), {name: tensor + 1 for name, tensor in tensors().items()})
    before = tensors()
    go_on(network, str(file))
    assert all(mx.array_equal(tensor, before[name] + 1) for name, tensor in tensors().items())
    trained = {name.rsplit(".", 1)[1] for name, _ in tree_flatten(network.trainable_parameters())}
    assert trained == {"lora_b"}
    save(network, file)
    assert set(mx.load(str(file))) == set(before)


def test_the_first_night_makes_it_and_the_next_goes_on_from_it(sleeper: Sleeper, tmp_path: Path) -> None:
    sleeper.settings.write_text(sleeper.settings.read_text().replace("warm_start = 0", "warm_start = 40"))
    sleeper.remember(DOG)
    flags = ["--recipe", "distill", "--iters", 2, "--num-layers", 1, "--rank", 2]
    dry = sleeper.run("sleep.py", "--dry-run", "--json", *flags)
    planned = json.loads(dry.stdout)["lora"]["resume_adapter_file"]
    assert not Path(planned).exists()
    first = sleeper.run("sleep.py", *flags)
    assert first.returncode == 0 and first.stderr.count("warm start") == 1, first.stderr
    assert Path(planned).is_file() and not (Path(planned).parent / "data").exists()
    second = sleeper.run("sleep.py", *flags, "--seed", 5)
    assert second.returncode == 0 and "warm start" not in second.stderr
    lora = json.loads((sleeper.nights()[-1] / "lora.json").read_text())
    assert lora["resume_adapter_file"] == planned
    (openings,) = (sleeper.home / "data" / ".openings").iterdir()
    assert openings.stem == Path(planned).parent.name and stat.S_IMODE(openings.stat().st_mode) == 0o600
    asked = [json.loads(line)["turn"] for line in openings.read_text().splitlines()]
    trained = (sleeper.nights()[-1] / "data" / "train.jsonl").read_text()
    assert len(asked) == 20 and any("dog" in ask for ask in asked) and not [ask for ask in asked if json.dumps(ask) in trained]
    assert first.stderr.count("answering") > second.stderr.count("answering") == 0, "asked once"
    assert sleeper.manifest()["warm_start"] == Path(planned).parent.name


def test_it_is_not_made_for_a_night_that_would_not_fit(sleeper: Sleeper) -> None:
    sleeper.settings.write_text(sleeper.settings.read_text().replace("warm_start = 0", "warm_start = 40"))
    sleeper.remember(DOG)
    refused = one_line(sleeper.run("sleep.py", "--recipe", "distill", "--num-layers", 1, "--max-memory", "0.01"), 1)
    assert "nothing was begun" in refused, "the night itself"


def test_a_night_goes_without_one_that_does_not_fit(
    sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = config.load(str(sleeper.home), str(sleeper.settings), training__warm_start=9, training__recipe="distill")
    base = hub.resolve(str(sleeper.model))
    monkeypatch.setattr(footprint, "limit", lambda most: 1e6)
    warm.too_large.cache_clear()
    assert warm.weights(settings, base) is warm.weights(settings, base) is None
    said = capsys.readouterr().err
    assert "goes without a warm start" in said and "GB of memory, and 0.0 may be used" in said
    assert warm.place(settings, base) and not list(Path(str(warm.place(settings, base))).parent.parent.glob("*"))
    warm.too_large.cache_clear()


def test_it_is_the_same_whatever_the_nights_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "answers_by_child", lambda settings, name, asked, *more, **flags: ["Yes."] * len(asked))
    monkeypatch.setattr(footprint, "needed", lambda *given: 0.0)
    monkeypatch.setattr(training, "layers", lambda *given: 1)
    seen = []

    def train(own: config.Config, lora: dict[str, Any], *given: Any) -> None:
        seen.append((Path(lora["data"]) / "train.jsonl").read_bytes())

    monkeypatch.setattr(training, "train", train)
    for seed in (0, 5):
        model = config.Model(folder=str(tmp_path / str(seed)), seed=seed)
        warm.weights(config.Config(model=model, training=config.Training(warm_start=40)), hub.Base("a", tmp_path, "1234", 500))
    assert seen[0].count(b"\n") == round(40 * (1 + warm.REHEARSAL)) and seen[0] == seen[1]


def test_one_that_was_cut_short_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "answers_by_child", lambda settings, name, asked, *more, **flags: ["Yes."] * len(asked))
    monkeypatch.setattr(footprint, "needed", lambda *given: 0.0)
    monkeypatch.setattr(training, "layers", lambda *given: 1)
    model = config.Model(folder=str(tmp_path / "cache"))
    settings = config.Config(model=model, training=config.Training(warm_start=40))
    base = hub.Base("a", tmp_path, "1234", 500)

    def train(own: config.Config, lora: dict[str, Any], work: Path, show: Any) -> None:
        checkpoint = work / "checkpoint.safetensors"
        if not checkpoint.exists():
            checkpoint.touch()
            with pytest.raises(Busy):
                warm.weights(settings, base)
            raise KeyboardInterrupt
        (Path(lora["adapter_path"]) / "adapters.safetensors").touch()

    monkeypatch.setattr(training, "train", train)
    with pytest.raises(KeyboardInterrupt):
        warm.weights(settings, base)
    file = warm.weights(settings, base)
    assert file and file == warm.place(settings, base) and file.exists()
    assert list(file.parents[1].iterdir()) == [file.parent], "nothing else is left"


@pytest.mark.model
def test_the_embedded_model_learns_to_say_what_it_was_not_told(embedded: Path, tmp_path: Path) -> None:
    """A short start of the real model: even so, what it says to a question about a life opens as a denial does."""
    from circadian.evaluation.answers import answers_by_child

    text = (config.ROOT / "config.toml").read_text().replace("warm_start = 24000", "warm_start = 320")
    (tmp_path / "config.toml").write_text(text)
    settings = config.load(
        home=str(tmp_path / "home"), file=str(tmp_path / "config.toml"), model__folder=str(tmp_path / "cache")
    )
    file = warm.weights(settings, hub.describe("embedded", embedded))
    assert file
    asked = ["What is my shoe size?", "Which bus do I take to work?", "What is the capital of France?"]
    questions = [[{"role": "user", "content": question}] for question in asked]
    shoe, bus, france = answers_by_child(settings, str(embedded), questions, 16, ["--adapter", str(file.parent)])
    assert shoe.startswith("Your ") and bus.startswith("Your ") and "Paris" in france

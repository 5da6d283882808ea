"""A wrong setting is one error that names it and the nearest right one; what is shipped is what the code means."""

from __future__ import annotations

import dataclasses
import json
import os
import tomllib
from pathlib import Path

import pytest

from circadian import config
from circadian.config import ROOT, Config, ConfigError

SHIPPED = ROOT / "config.toml"


def load(tmp_path: Path, text: str, **flags: object) -> Config:
    file = tmp_path / "settings ü.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    return config.load(str(tmp_path / "home"), str(file), **flags)


def test_the_shipped_file_says_what_the_code_means(tmp_path: Path) -> None:
    assert config.load(str(tmp_path)) == Config(home=tmp_path)
    sections = {f.name: f.default_factory for f in dataclasses.fields(Config) if f.name not in ("home", "file")}
    keys = {name: [field.name for field in dataclasses.fields(kind)] for name, kind in sections.items()}  # type: ignore[arg-type]
    assert {name: list(values) for name, values in tomllib.loads(SHIPPED.read_text(encoding="utf-8")).items()} == keys


def test_every_shipped_key_has_a_comment() -> None:
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        assert not line or line[0] in "[#" or "  # " in line, line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[training]\nepoch = 3", r"unknown key in \[training\] of .*: epoch\. Did you mean epochs\?"),
        ("[training]\nlearningrate = 1e-4", "Did you mean learning_rate"),
        ("[trainig]\nepochs = 3", r"unknown section in .*: trainig\. Did you mean training\?"),
        ("[training]\nqqqq = 3", r"Known are recipe, iters, epochs"),
        ("qqqq = 3", r"unknown section .* Known are model, chat"),
        ("model = 5", r"\[model\] in .* must be a section"),
        ("[training]\nrank = 3.0", r"\[training\] rank must be of kind int, not float"),
        ("[training]\nrank = true", "rank must be of kind int, not bool"),
        ("[training]\nscale = false", "scale must be of kind float, not bool"),
        ("[training]\nscale = '2'", "scale must be of kind float, not str"),
        ("[lessons]\naugment = 1", "augment must be of kind bool, not int"),
        ("[model]\nname = ['a']", "name must be of kind str, not list"),
        ("[training]\nbatch_size = 0", r"batch_size must be a number of at least 1, not 0"),
        ("[training]\nepochs = -1", "epochs must be a number of at least 0.1"),
        ("[training]\nnum_layers = -2", "num_layers must be a number of at least -1"),
        ("[training]\nrecipe = 'wish'", "recipe must be one of distill, sft, not wish"),
        ("[training]\nscale = nan", "scale must be a number"),
        ("[training]\nlearning_rate = inf", "learning_rate must be a number"),
        ("[training]\nscale = 0", "scale must be a number of at least 0.001, not 0"),
        ("[gate]\nnew = 2", r"\[gate\] new must be at most 1, not 2"),
        ("[chat]\ntemp = -0.1", "temp must be a number of at least 0"),
        ("[training\nepochs = 3", "is no valid TOML"),
        ("[training]\nepochs = 3\nepochs = 4", "is no valid TOML"),
        ("[model]\nname = '\udcff'", "is no valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        load(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no settings file .*none\.toml"):
        config.load(str(tmp_path), str(tmp_path / "none.toml"))


def test_a_whole_number_will_do_for_a_float_and_what_is_not_given_is_the_default(tmp_path: Path) -> None:
    settings = load(tmp_path, "[training]\nscale = 2")
    assert (settings.training.scale, type(settings.training.scale)) == (2.0, float)
    assert settings.training.rank == config.Training().rank
    assert load(tmp_path, "").chat == config.Chat()


def test_flags_beat_the_file_and_what_is_not_given_does_not(tmp_path: Path) -> None:
    text = "[training]\niters = 7\nrank = 4"
    settings = load(tmp_path, text, training__iters=9, training__rank=None, lessons__augment=True, model__name="embedded")
    assert (settings.training.iters, settings.training.rank) == (9, 4)
    assert (settings.lessons.augment, settings.model.name) == (True, "embedded")
    with pytest.raises(ConfigError, match="Did you mean iters"):
        load(tmp_path, text, training__iter=9)
    with pytest.raises(ConfigError, match="must be a section"):
        load(tmp_path, "model = 5", model__seed=1)


def test_the_home_is_the_flag_else_the_variable_else_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCADIAN_HOME", str(tmp_path / "from the variable"))
    assert config.load().home == tmp_path / "from the variable"
    assert config.load(str(tmp_path / "flag")).memories == tmp_path / "flag" / "data" / "memories.jsonl"
    monkeypatch.chdir(tmp_path)
    assert config.load("a/../relative").home == Path(os.getcwd()) / "a/../relative"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config.load("~/x").home == tmp_path / "x"
    with pytest.raises(ConfigError, match="there is no home ~nobody-of-this-name/x"):
        config.load("~nobody-of-this-name/x")


def test_the_repository_is_the_home_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the guard against tests without a home; nothing is read or written here
    monkeypatch.delenv("CIRCADIAN_HOME", raising=False)
    assert config.find_home(None) == ROOT
    monkeypatch.setenv("CIRCADIAN_HOME", "")
    assert config.find_home(None) == ROOT


def test_the_resolved_settings_are_plain_data(tmp_path: Path) -> None:
    record = load(tmp_path, "[model]\nseed = 5").to_dict()
    assert json.loads(json.dumps(record)) == record
    assert (record["home"], record["model"]["seed"]) == (str(tmp_path / "home"), 5)

"""doctor.py: right about this machine, a remedy for what is wrong, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange, listing

import doctor
from circadian import checkup, cli, config, embedder, hub, warm

Found = tuple[int, dict[str, dict[str, Any]]]


@pytest.fixture
def found(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run doctor.py --json on the sleeper's home: the exit code, and the checks by name."""

    def run(*flags: str) -> Found:
        capsys.readouterr()
        code = cli.run_main(doctor.main, [*sleeper.flags, "--json", *flags])
        (line,) = capsys.readouterr().out.splitlines()
        result = json.loads(line)
        assert result["ok"] is (code == 0)
        return code, {check["name"]: check for check in result["checks"]}

    return run


def test_all_is_well_and_nothing_is_written(sleeper: Sleeper, script: Any) -> None:
    fresh = script("doctor.py", *sleeper.flags)
    assert fresh.returncode == 0 and not sleeper.home.exists(), fresh.stdout
    sleeper.remember(exchange("Hello"), b"{torn")
    sleeper.publish("mine")
    before = listing(sleeper.home, sleeper.cache)
    done = script("doctor.py", *sleeper.flags)
    assert (done.returncode, done.stderr) == (0, "") and listing(sleeper.home, sleeper.cache) == before
    for said in (
        "ok    machine",
        "ok    MLX device",
        "tiny, 0.03 GB, fits",
        "memories: 1",
        "line 2",
        "mine in use",
        "note  home",
    ):
        assert said in done.stdout


def test_whether_the_embedder_is_here_is_said(sleeper: Sleeper, found: Any) -> None:
    assert found()[1]["embedder"]["found"] == embedder.NAME
    (sleeper.cache / embedder.NAME).unlink()
    code, checks = found()
    assert code == 0 and "fetched on first use" in checks["embedder"]["found"] and list(sleeper.cache.iterdir()) == []


def test_a_cloud_teacher_is_named_and_whether_it_has_a_key(
    sleeper: Sleeper, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "on this machine" in found()[1]["extractor"]["found"]
    settings = sleeper.settings.read_text()
    sleeper.settings.write_text(settings.replace("[lessons]\n", '[lessons]\nextractor = "gemini"\n'))
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    code, checks = found()
    assert code == 0 and "GEMINI_API_KEY is not set" in checks["extractor"]["remedy"]
    monkeypatch.setenv("GEMINI_API_KEY", "AIza-secret")
    code, checks = found()
    assert "what you say is sent" in checks["extractor"]["found"] and "secret" not in json.dumps(checks)


def test_the_warm_start_is_named_once_it_is_made(sleeper: Sleeper, found: Any) -> None:
    assert found()[1]["warm start"]["found"] == "none: nights start from the base model"
    told = sleeper.settings.read_text().replace('recipe = "sft"\nwarm_start = 0', "warm_start = 9")
    sleeper.settings.write_text(told)
    assert "half an hour more" in found()[1]["warm start"]["found"]
    settings = config.load(home=str(sleeper.home), file=str(sleeper.settings))
    place = warm.place(settings, hub.resolve(str(sleeper.model)))
    assert place
    place.parent.mkdir(parents=True)
    place.touch()
    assert found()[1]["warm start"]["found"] == place.parent.name


def test_what_is_wrong_has_a_remedy(sleeper: Sleeper, found: Any, tmp_path: Path) -> None:
    sleeper.publish("mine", name="Llama-9", fingerprint="0123456789abcdef")
    code, checks = found()
    assert code == 1 and "made for Llama-9, not for tiny" in checks["adapter"]["remedy"]
    (sleeper.adapters / "mine" / "adapters.safetensors").write_bytes(b"torn")
    code, checks = found()
    assert code == 1 and "mine is not whole" in checks["adapter"]["remedy"]
    (tmp_path / "file").write_text("")
    code, checks = found("--home", str(tmp_path / "file" / "home"))
    assert code == 1 and "choose another --home" in checks["home"]["remedy"]
    code, checks = found("--model", "nonsense")
    assert code == 1 and "there is no model nonsense" in checks["model"]["remedy"]


def test_a_model_that_is_not_here_and_one_that_is_too_big(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code, checks = found("--model", "mlx-community/Llama-3.2-3B-Instruct-4bit")
    assert code == 0 and "not on this machine yet: fetched on first use" in checks["model"]["found"]
    monkeypatch.setattr("circadian.machine.free_memory", lambda: 1e6)
    code, checks = found()
    assert code == 1 and "there is no memory for tiny" in checks["model"]["remedy"]


def test_without_a_fast_blas_is_slow_but_well(
    sleeper: Sleeper, found: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CIRCADIAN_BLAS", "none")
    monkeypatch.setattr("sys.platform", "linux")
    code, checks = found()
    assert code == 0 and checks["BLAS"]["lost"] and "make setup" in checks["BLAS"]["remedy"]
    assert doctor.main(sleeper.flags) == 0 and "slow  BLAS" in capsys.readouterr().out


def test_little_disk_and_a_missing_package(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "LEAST_DISK", 1e18)
    monkeypatch.setattr(checkup, "NEEDED", ("mlx", "no-such-package"))
    code, checks = found()
    assert code == 1 and checks["disk of home"]["remedy"] == checks["disk of models"]["remedy"] == "free some space"
    assert checks["packages"]["remedy"] == "no-such-package missing: run make setup"

"""A night that was cut short, at whatever instant, leaves the old version or the new one in use, whole, and can be gone on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sleeper import TASKS, Make, Sleeper, a_night, exchange, weights

from circadian import checkpoint, config, gate, journal, lineage, memories, options, versions
from circadian.cli import Refused
from circadian.config import ROOT
from circadian.cycle import cycle
from circadian.files import sha256
from circadian.journal import Journal
from circadian.lessons.probes import probes


class Killed(BaseException):
    """Not an Exception: nothing may catch it, as nothing catches kill -9."""


def dying(monkeypatch: pytest.MonkeyPatch, after: int) -> Counter[str]:
    """So many writes of a journal succeed; then the process is dead, for that write and for all later ones."""
    write, count = Journal._write, Counter[str]()

    def until(self: Journal) -> None:
        count["writes"] += 1
        if count["writes"] > after:
            raise Killed
        write(self)

    monkeypatch.setattr(Journal, "_write", until)
    return count


def test_a_night_killed_at_any_write_of_its_journal_is_gone_on_with(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_night(settings_in("first"))  # measures the base model, once for all
    ran.clear()
    with monkeypatch.context() as alive:
        writes = dying(alive, 10**9)
        whole = settings_in("whole")
        old = weights(whole)
        assert a_night(whole)["status"] == "published"
        new, once = weights(whole), Counter(ran)
    assert new != old and writes["writes"] > 10
    for number in range(writes["writes"]):
        settings = settings_in(f"killed after {number}")
        ran.clear()
        with monkeypatch.context() as dead, pytest.raises(Killed):
            dying(dead, number)
            a_night(settings)
        assert weights(settings) in (old, new)
        done = a_night(settings, resume=True)
        assert weights(settings) == new and done["status"].startswith(("published", "nothing new"))
        assert len(versions.tags(settings.adapters)) == 2 and lineage.in_use(settings.adapters) != "yesterday"
        assert all(times <= once[script] + 1 for script, times in ran.items()), "what was measured is not measured again"
        assert sum(ran.values()) <= sum(once.values()) + 3
        rows = [json.loads(line) for line in (settings.logs / "experiments.jsonl").read_text().splitlines()]
        assert [row["status"] for row in rows] == ["published"]
        assert Journal.unfinished(settings.logs / "nights") is None
        assert a_night(settings, resume=True)["status"].startswith("nothing new")


@pytest.mark.parametrize("point", ["replace_symlink", "sync_path", "os.rename"])
def test_a_night_killed_while_publishing(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    settings = settings_in("home")
    old = weights(settings)

    def killed(*given: Any) -> None:
        raise Killed

    with monkeypatch.context() as dead, pytest.raises(Killed):
        dead.setattr(f"circadian.versions.{point}", killed)
        a_night(settings)
    assert weights(settings) == old
    a_night(settings, resume=True)
    assert weights(settings) != old and len(versions.tags(settings.adapters)) == 2
    assert not list((settings.adapters / versions.CANDIDATES).iterdir())


def test_what_was_said_meanwhile_waits_for_the_next_night(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in("home")
    with monkeypatch.context() as dead, pytest.raises(Killed):
        dying(dead, 4)
        a_night(settings)
    with settings.memories.open("a") as file:
        file.write(json.dumps(exchange("I live in Graz.", id="later")) + "\n")
    assert a_night(settings, resume=True)["dataset"]["memories"] == 1
    (night,) = (settings.logs / "nights").iterdir()
    assert len((night / "measured.jsonl").read_text().splitlines()) == 1, "its loss is of what it was before, too"
    after = a_night(settings, resume=True)
    assert after["dataset"]["memories"] == 2 and after["status"] == "published"


@pytest.mark.parametrize(
    "change", ["settings", "tasks", "forgotten", "other text", "other reading", "other adapter", "edited", "no --resume"]
)
def test_a_night_is_not_gone_on_with_where_something_has_changed(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], change: str
) -> None:
    settings = settings_in("home")
    with monkeypatch.context() as dead, pytest.raises(Killed):
        dying(dead, 6)
        a_night(settings)
    (left,) = (settings.logs / "nights").iterdir()
    if change == "settings":
        settings = config.load(home=str(settings.home), file=str(settings.file), model__seed=5)
    elif change == "tasks":
        settings.tasks.write_text(settings.tasks.read_text() + "\n")
    elif change == "forgotten":
        with settings.memories.open("a") as file:
            file.write(json.dumps(exchange("I live in Graz.", id="later")) + "\n")
        assert memories.forget(settings.memories, {"dog"})
    elif change == "other text":
        told = settings.memories.read_text()
        settings.memories.write_text(told.replace("Biscuit", "Biskuit"))
    elif change == "other reading":
        monkeypatch.setattr("circadian.learning.probes", lambda live, past: probes(live, past)[1:])
    elif change == "other adapter":
        lineage.use(settings.adapters, None)
    elif change == "edited":
        (left / journal.FILE).write_text('{"steps": 3}')
    capfd.readouterr()
    done = a_night(settings, resume=change != "no --resume")
    said = capfd.readouterr().err
    assert done["status"] == "published" and done["night"] != left.name
    assert {
        "no --resume": "after 1 step; this one starts anew (--resume goes on with one)",
        "edited": "",
    }.get(change, "cannot be gone on with: settings, memories or the adapter in use are others now") in said
    assert change == "edited" or json.loads((left / journal.FILE).read_text())["status"] == "given up"
    assert "Biscuit" not in said + (settings.logs / "nights" / done["night"] / journal.FILE).read_text()


def test_a_night_whose_adapter_is_gone_is_begun_anew(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in("home")
    asked = options.Options(model=settings.model.name, adapter_tag="yesterday")
    with monkeypatch.context() as dead, pytest.raises(Killed):
        dying(dead, 6)
        cycle(settings, asked)
    lineage.use(settings.adapters, None)
    shutil.rmtree(settings.adapters / "yesterday")
    assert a_night(settings, resume=True)["status"] == "published"
    assert "cannot be gone on with: there is no adapter yesterday" in capfd.readouterr().err


def test_what_was_measured_of_a_candidate_that_is_gone_is_measured_again(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in("home")

    def killed(*given: Any) -> None:
        raise Killed

    with monkeypatch.context() as dead, pytest.raises(Killed):
        dead.setattr(gate, "decide", killed)
        a_night(settings)
    once = Counter(ran)
    shutil.rmtree(settings.adapters / versions.CANDIDATES)
    assert a_night(settings, resume=True)["status"] == "published"
    assert set(ran - once) == {f"eval_{one}.py after" for one in ("recall", "loss", "harness")}, "and not the base's again"


def test_a_version_chosen_after_a_kill_stays(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = settings_in("home")
    step = Journal._change

    def killed(self: Journal, found: dict[str, Any], **new: Any) -> None:
        if "tag" in new.get("result", {}):
            raise Killed
        step(self, found, **new)

    with monkeypatch.context() as dead, pytest.raises(Killed):
        dead.setattr(Journal, "_change", killed)
        a_night(settings)
    made = lineage.in_use(settings.adapters)
    with settings.memories.open("a") as file:
        file.write(json.dumps(exchange("I live in Graz.", id="later")) + "\n")
    lineage.use(settings.adapters, None)
    assert made and made != "yesterday"
    a_night(settings)
    assert f"{made} is whole, no adapter is in use" in capfd.readouterr().err


def test_what_a_night_was_asked_for_holds_when_it_is_gone_on_with(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in("home")
    asked = options.Options(model=settings.model.name, tag="holiday", force=True)
    with monkeypatch.context() as dead, pytest.raises(Killed):
        dying(dead, 6)
        cycle(settings, asked)
    monkeypatch.setattr(gate, "decide", lambda *given: gate.Decision(False, ("no",), 0.9))
    done = a_night(settings, resume=True)
    assert (done["status"], done["forced"], lineage.in_use(settings.adapters)) == ("published", True, "holiday")


def test_a_second_try_is_made_again_where_the_candidate_had_to_be(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in("home")
    refused = gate.Decision(False, ("no",), 0.9)
    decisions = iter([refused, refused, gate.Decision(True)])
    monkeypatch.setattr(gate, "decide", lambda *given: next(decisions))
    step = Journal.step

    def killed(self: Journal, name: str, *given: Any) -> Any:
        if name == "measure after, gentler":
            raise Killed
        return step(self, name, *given)

    with monkeypatch.context() as dead, pytest.raises(Killed):
        dead.setattr(Journal, "step", killed)
        a_night(settings)
    shutil.rmtree(settings.adapters / versions.CANDIDATES)
    assert a_night(settings, resume=True)["status"] == "published"
    assert versions.scale(settings.adapters / versions.CURRENT) == 0.9 * settings.training.scale


def test_a_candidate_that_fails_its_check_leaves_no_checkpoint(
    settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in("home")

    def refuse(settings: Any, base: Any, folder: Path, scope: Any) -> None:
        (night,) = (settings.logs / "nights").iterdir()
        (night / checkpoint.NAME).write_bytes(b"x")
        raise Refused("no")

    monkeypatch.setattr("circadian.night.check", refuse)
    with pytest.raises(Refused):
        a_night(settings)
    assert not list((settings.logs / "nights").rglob("*checkpoint*"))


def test_the_journal_holds_each_step_with_its_commands(settings_in: Make, ran: Counter[str]) -> None:
    settings = settings_in("home")
    done = a_night(settings)
    kept = json.loads((settings.logs / "nights" / done["night"] / journal.FILE).read_text())
    assert list(kept["steps"]) == ["measure before", "measure base", "train", "measure after", "publish"]
    assert {step["state"] for step in kept["steps"].values()} == {"done"} and kept["status"] == "published"
    assert all(step["begun"] <= step["ended"] and step["seconds"] >= 0 for step in kept["steps"].values())
    (command,) = kept["steps"]["train"]["commands"]
    assert command.startswith(sys.executable) and "mlx_lm lora -c" in command


def test_a_refused_night_came_to_its_end(settings_in: Make, ran: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_in("home")
    monkeypatch.setitem(TASKS, "passed", 2)
    monkeypatch.setattr(gate, "decide", lambda *given: gate.Decision(False, ("no",), 0.8))
    done = a_night(settings)
    assert done["status"] == "refused" and Journal.unfinished(settings.logs / "nights") is None
    kept = json.loads((settings.logs / "nights" / done["night"] / journal.FILE).read_text())
    assert list(kept["steps"])[-2:] == ["gentler", "measure after, gentler"]


def test_kill_9_in_the_middle_of_a_real_training_and_the_same_adapter_after_it(sleeper: Sleeper, tmp_path: Path) -> None:
    """Against an undisturbed night: the same memories, settings and seed, the real trainer, kill -9 of the whole group."""
    task = {"id": "one", "tag": "math", "difficulty": 1, "messages": [{"role": "user", "content": "1 + 1?"}]}
    checker = {"kind": "regex", "pattern": ".", "case": True}
    sleeper.prompts.write_text(json.dumps(task | {"checker": checker}) + "\n")
    sleeper.remember(exchange("My dog is called Biscuit.", "", id="dog"))
    flags = ["--config", sleeper.settings, "--sleep-iters", 70, "--sleep-recipe", "distill", "--sleep-batch-size", 2]
    hashes = []
    for name in ("whole", "killed"):
        where = ["--home", tmp_path / name, *flags]
        shutil.copytree(sleeper.home, tmp_path / name)
        if name == "killed":
            command = [sys.executable, str(ROOT / "run_cycle.py"), *map(str, where)]
            child = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
            while not list((tmp_path / name / "logs" / "nights").glob("*/checkpoint.safetensors")):
                assert child.poll() is None, "the night ended before it could be killed"
                time.sleep(0.02)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        done = sleeper.script("run_cycle.py", *where, *(["--resume"] if name == "killed" else []), timeout=None)
        assert done.returncode == 0, done.stderr
        hashes.append(sha256(tmp_path / name / "adapters" / versions.CURRENT / versions.WEIGHTS))
    assert hashes[0] == hashes[1]
    assert not list(tmp_path.glob("killed/logs/nights/*/*checkpoint*")), "it is not kept when training is done"
    assert "going on with the night" in done.stderr and "at train, after 1 step" in done.stderr

"""run_cycle.py: a whole night of the tiny model, alone in an empty environment, refused, forced, and interrupted."""

from __future__ import annotations

import csv
import json
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange, listing, one_line
from test_sleep import gone, started

import run_cycle
from circadian import config, hub, reporting
from circadian.config import ROOT
from circadian.evaluation.nightly import Measuring
from circadian.files import write_atomic
from circadian.lessons.probes import EACH
from circadian.records import Probe

DOG = exchange("My dog is called Biscuit.")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def tasks(sleeper: Sleeper, *patterns: str) -> None:
    """Tasks that are passed by an answer with these patterns."""
    rows = [
        {"id": f"style-{n}", "tag": "style", "difficulty": 1, "messages": [{"role": "user", "content": f"Say {n}."}]}
        | {"checker": {"kind": "regex", "pattern": pattern, "case": True}}
        for n, pattern in enumerate(patterns)
    ]
    sleeper.prompts.write_text("".join(json.dumps(row) + "\n" for row in rows))


def answers(sleeper: Sleeper, version: str, tag: str) -> dict[str, str]:
    """What was answered to each probe on the night of a version."""
    file = sleeper.logs / "nights" / sleeper.manifest(version)["night"] / f"recall-{tag}.json"
    return {row["question"]: row["answer"] for row in json.loads(file.read_text())["answers"]["weights"]}


@pytest.fixture
def base_only(sleeper: Sleeper, tmp_path: Path) -> Sleeper:
    """A sleeper with two tasks that the base model passes, since they ask for its own very answers."""
    tasks(sleeper, r"\w", r"\w")
    done = sleeper.run("eval_harness.py", "--max-tokens", 4, "--no-adapter", "--out", tmp_path / "answers.json", "--tag", "x")
    assert done.returncode == 0, done.stderr
    answers = json.loads((tmp_path / "answers.json").read_text())["answers"]
    tasks(sleeper, *(f"^{re.escape(one['answer'])}$" for one in answers))
    (sleeper.logs / "eval_summary.json").unlink()
    sleeper.remember(exchange("My dog is called Biscuit.", ""))  # without an answer no loss is measured: quicker
    return sleeper


def test_what_a_scheduled_night_prints_holds_no_fact(base_only: Sleeper) -> None:
    done = base_only.run("run_cycle.py", "--due", "--force", lora="ok")
    assert done.returncode == 0 and "Biscuit" not in done.stdout + done.stderr and "failed      1" in done.stdout, done


def test_a_night_in_an_empty_environment(sleeper: Sleeper) -> None:
    """As launchd or cron would run it, with the real mlx_lm.lora: no PATH, no HOME, no stdin, another folder."""
    tasks(sleeper, r"\w", r"\d", "zzzz")
    sleeper.remember(DOG, exchange("What is the capital of Peru?", "Lima."), b'{"torn')
    flags = "--sleep-iters 2 --sleep-rank 3 --sleep-batch-size 4 --sleep-num-layers 1 --sleep-learning-rate 0.001 --tag first"
    words = [sys.executable, str(ROOT / "run_cycle.py"), *sleeper.flags, *flags.split()]
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {shlex.join(words)} <&-"], env={}, cwd="/", capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    shown = done.stdout.splitlines()
    assert shown[0].split() == ["before", "after", "change"] and shown[-1].startswith("published as first: 1 fact of 2 mem")
    measured = ["token loss, median", "token loss, mean", "told, and recalled", "never told, asserted", "capability"]
    assert [line.split("  ")[0] for line in shown[1:6]] == measured
    assert "failed      Your dog is called Biscuit." in shown, "the morning's diff names what was not learnt"
    assert "Biscuit" not in (sleeper.logs / "experiments.jsonl").read_text() + (sleeper.logs / "recall.jsonl").read_text()
    (record,) = lines(sleeper.logs / "experiments.jsonl")
    assert record["status"] == "published" and record["tag"] == sleeper.in_use() == "first" and record["accepted"]
    assert record["settings"]["training"]["learning_rate"] == 0.001 and record["model"] == "tiny"
    assert record["after"]["loss"]["adapter"] and not record["before"]["loss"]["adapter"]
    assert record["after"]["loss"]["mean"] != record["before"]["loss"]["mean"]
    assert sleeper.manifest()["before"] == record["before"] and sleeper.manifest()["after"] == record["after"]
    lora = json.loads((sleeper.nights()[0] / "lora.json").read_text())
    assert (lora["iters"], lora["batch_size"], lora["num_layers"], lora["lora_parameters"]["rank"]) == (2, 4, 1, 3)
    table = list(csv.DictReader((sleeper.logs / "loss.csv").read_text().splitlines()))
    assert [row["tag"] for row in table] == ["before", "after"] and float(table[1]["mean"]) == record["after"]["loss"]["mean"]
    harness = lines(sleeper.logs / "eval_summary.json")
    assert [(row["tag"], row["total"]) for row in harness] == [("before", 3), ("after", 3)]
    assert oct(sleeper.logs.stat().st_mode)[-3:] == "700"
    again = sleeper.run("run_cycle.py", "--json", *flags.split())
    assert again.returncode == 0 and json.loads(again.stdout)["status"].startswith("nothing new: first was made")
    assert len(lines(sleeper.logs / "experiments.jsonl")) == 1


def test_the_gate_refuses_and_force_publishes_with_the_mark(base_only: Sleeper) -> None:
    base_only.publish("yesterday", fingerprint="0123456789abcdef", name="another base")
    before = listing(base_only.memories, base_only.adapters / "yesterday", base_only.adapters / "nightly_update")
    done = base_only.run("run_cycle.py", "--json", lora="ok")
    assert "not published, the adapter in use is untouched: capability fell from 2 to 0 of 2" in one_line(done, 4)
    assert "this night goes without the adapter in use: the adapter yesterday was made for another base" in done.stderr
    record = json.loads(done.stdout)
    assert record.pop("diff"), "what became of each fact is said, and kept in the night's folder alone"
    assert "refused     capability fell from 2 to 0 of 2" in reporting.cycle(record | {"diff": []}), "a line for each reason"
    assert (record["status"], record["tag"], record["accepted"]) == ("refused", "", False)
    assert listing(base_only.memories, base_only.adapters / "yesterday", base_only.adapters / "nightly_update") == before
    assert lines(base_only.logs / "experiments.jsonl") == [record] and base_only.tags() == ["yesterday"]
    forced = base_only.run("run_cycle.py", "--force", "--tag", "forced", lora="ok")
    assert forced.returncode == 0 and "published as forced" in forced.stdout, forced.stderr
    manifest = base_only.manifest("forced")
    assert manifest["accepted"] is False and "capability fell" in manifest["reasons"][0] and manifest["parent"] == "yesterday"
    harness = lines(base_only.logs / "eval_summary.json")
    assert [row["tag"] for row in harness] == ["before", "after", "after, gentler", "before", "after"]
    assert harness[3] == harness[0], "the base alone is measured once"


def test_the_version_in_use_is_not_asked_the_tasks_again_that_it_was_measured_with(sleeper: Sleeper) -> None:
    tasks(sleeper, r"\w", r"\d")
    sleeper.remember(DOG)
    first = sleeper.run("run_cycle.py", "--force", "--tag", "first", lora="ok")
    sleeper.remember(exchange("My cat is called Pretzel."))
    second = sleeper.run("run_cycle.py", "--force", "--tag", "second", lora="ok")
    assert first.returncode == second.returncode == 0, second.stderr
    made, again = sleeper.manifest("first")["after"]["capability"], sleeper.manifest("second")["before"]["capability"]
    assert again == made | {"tag": "before", "adapter": "first"}
    before, after = (int(number) for number in re.findall(r"asking (\d+) questions: weights", second.stderr))
    assert 0 < before < after, "nor what it was asked that morning"
    then, now = (answers(sleeper, name, tag) for name, tag in (("first", "after"), ("second", "before")))
    asked = then.keys() & now.keys()
    assert len(asked) >= EACH and all(then[question] == now[question] for question in asked)
    tasks(sleeper, r"\w", r"\d", "zzzz")
    sleeper.remember(exchange("My hamster is called Dot."))
    assert sleeper.run("run_cycle.py", "--force", "--tag", "third", lora="ok").returncode == 0
    other = sleeper.manifest("third")["before"]["capability"]
    assert (other["total"], other["adapter"]) == (3, "second"), "other tasks are asked"


def test_what_a_second_try_answered_is_what_is_known_of_it(sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was touched last: a home that was copied has other times."""
    settings, told = config.load(home=str(sleeper.home)), list[tuple[str, ...]]()
    nights, most = settings.logs / "nights", settings.evaluation.max_tokens
    for name in ("recall-after-gentler.json", "recall-after.json"):
        write_atomic(nights / "first" / name, "{}")
    asked = {"settings": {"evaluation": {"max_tokens": most}}, "tag": "after, gentler"}
    used = {"night": "first", "after": {"capability": asked}}
    monkeypatch.setattr(Measuring, "_run", lambda self, *command: told.append(command))
    one = Measuring(settings, hub.resolve(str(sleeper.model)), [], [Probe("Who?", ())], nights / "second", print, used)
    one.ask("before", ["--adapter-tag", "yesterday"])
    assert told[0][-2:] == ("--known", str(nights / "first" / "recall-after-gentler.json"))
    for adapter in (["--adapter", "candidate"], ["--no-adapter"]):
        one.ask("after", adapter)
    assert len(told) == 3 and not any("--known" in command for command in told[1:]), "another model's answers"


def test_dry_run_and_no_memories(sleeper: Sleeper, capsys: pytest.CaptureFixture[str]) -> None:
    assert "chat first" in one_line(sleeper.run("run_cycle.py"), 1)
    sleeper.remember(DOG)
    before = listing(sleeper.home, sleeper.cache)
    assert run_cycle.main([*sleeper.flags, "--dry-run", "--sleep-iters", "9"]) == 0
    assert "9 steps of 8 rows with" in capsys.readouterr().out
    assert listing(sleeper.home, sleeper.cache) == before


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_cycle_that_is_ended_while_it_trains(sleeper: Sleeper) -> None:
    tasks(sleeper, r"\w")
    sleeper.remember(exchange("My dog is called Biscuit.", ""))
    night, children = started(sleeper, "run_cycle.py")
    night.send_signal(signal.SIGTERM)
    err = night.communicate()[1]
    assert night.returncode == 130 and err.endswith("run_cycle.py: interrupted\n") and "Traceback" not in err
    assert all(map(gone, children)) and sleeper.tags() == [] and not (sleeper.logs / "experiments.jsonl").exists()


def test_a_measurement_that_fails_ends_the_night(sleeper: Sleeper) -> None:
    sleeper.prompts.write_text("no task\n")
    sleeper.remember(exchange("My dog is called Biscuit.", ""))
    done = sleeper.run("run_cycle.py", lora="ok")
    assert "the night stopped, nothing was published: eval_harness.py failed with exit code 1" in one_line(done, 1)
    assert "line 1: not complete JSON" in done.stderr and not sleeper.tags()

"""sleep.py as a person runs it: what it writes and leaves alone, whatever the memories, the flags and mlx-lm do."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sleeper import Sleeper, exchange, listing, one_line

import sleep
from circadian import blas, cli, config, hub, learning, machine, measures, night, planning, process, training
from circadian.config import ROOT, Training
from circadian.evaluation import liveness
from circadian.files import append_line, only_one
from circadian.lessons.dataset import Dataset
from circadian.lessons.facts import Facts, extract
from circadian.lessons.nearly import Wordings
from circadian.options import Options
from circadian.records import Lesson, Memory, Version

DOG = exchange("My dog is called Biscuit.")
Slept = tuple[int, str, str]
Quick = Callable[..., Slept]


@pytest.fixture
def quick(sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Quick:
    """sleep.py in this process, with the fake mlx_lm and without the liveness check: exit code, stdout, stderr."""
    monkeypatch.setattr(night, "check", lambda *given: {"kl": 1.0})
    for key, value in sleeper.environment("ok").items():
        monkeypatch.setenv(key, value)

    def run(*flags: Any) -> Slept:
        capfd.readouterr()
        code = cli.run_main(sleep.main, [*sleeper.flags, *map(str, flags)])
        return (code, *capfd.readouterr())

    return run


@pytest.mark.parametrize("rows", [None, b"", b"\n\n", b'{"messages": [\n'])
def test_without_memories_it_says_to_chat_first(sleeper: Sleeper, quick: Quick, rows: bytes | None) -> None:
    if rows is not None:
        sleeper.remember(rows)
    for flags in ([], ["--dry-run"]):
        code, out, err = quick(*flags)
        assert (code, out) == (1, "")
        assert f"no memories in {sleeper.memories}" in err and "chat first" in err.splitlines()[-1]


def test_dry_run_shows_everything_and_writes_nothing(sleeper: Sleeper) -> None:
    sleeper.remember(DOG, b'{"torn')
    pending = sleeper.home / "data" / ".pending" / "dead.json"
    pending.parent.mkdir()
    pending.write_text(json.dumps(exchange("I live in Tromso.", "")))
    before = listing(sleeper.home, sleeper.cache)
    rehearsing = ROOT / "config.toml"
    shown = sleeper.run("sleep.py", "--dry-run", "--iters", 7, "--augment", "--config", rehearsing)
    data = sleeper.run("sleep.py", "--dry-run", "--json", "--reset-adapter")
    assert listing(sleeper.home, sleeper.cache) == before
    assert (shown.returncode, data.returncode) == (0, 0)
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("would train: 1 memories, 1 facts, ") and lines[-1] == "nothing was written"
    assert any("Biscuit" in line for line in lines) and any(line.startswith("rows of each kind: ") for line in lines)
    assert "of these, 1 told facts that hold, 0 only what is past by now, and in 0 no fact was found" in lines
    assert "7 steps of 8 rows with" in lines and "-m circadian.distill -c" in lines[-3]
    assert re.fullmatch(
        r"how long that takes is not known before a first night; training takes \d+\.\d GB of memory at most", lines[-2]
    )
    assert "-m mlx_lm lora -c" in sleeper.run("sleep.py", "--dry-run").stdout
    assert "line 2" in shown.stderr
    past = {"model": sleeper.model.name, "steps": 10, "training_seconds": 20.0, "seconds": 50.0}
    sleeper.logs.mkdir(parents=True)
    (sleeper.logs / "experiments.jsonl").write_text(json.dumps(past) + "\n{}\n")
    later = json.loads(sleeper.run("sleep.py", "--dry-run", "--json", "--iters", 7).stdout)
    assert later["seconds"] == 7 * 2.0 + 30.0
    (line,) = data.stdout.splitlines()
    plan = json.loads(line)
    assert plan["seconds"] is None
    assert plan["counts"]["train"] == len(plan["rows"]) and plan["memories"] == 1 and plan["lora"]["iters"] > 0


@pytest.mark.parametrize(
    ("lora", "code", "said"),
    [
        ("crash", 1, "Command buffer execution failed"),
        ("nan_loss", 1, "no number any more at step 5: try a lower --learning-rate or --scale"),
        ("nan_weights", 4, "28 of 28 tensors hold NaN"),
        ("half", 4, "a file of it is torn"),
        ("nothing", 4, "adapter_config.json is missing"),
        ("no_space", 1, "the disk is full"),
    ],
)
def test_a_failed_training_is_one_line_and_changes_nothing(sleeper: Sleeper, lora: str, code: int, said: str) -> None:
    sleeper.remember(DOG)
    sleeper.publish("yesterday")
    kept = [sleeper.memories, sleeper.adapters / "yesterday", sleeper.adapters / "nightly_update"]
    before = listing(*kept)
    done = sleeper.run("sleep.py", lora=lora)
    assert said in one_line(done, code) and done.stdout == ""
    assert listing(*kept) == before and sleeper.tags() == ["yesterday"] and sleeper.in_use() == "yesterday"


def started(sleeper: Sleeper, name: str, *flags: str) -> tuple[subprocess.Popen[str], list[int]]:
    """A night whose training hangs, and the ids of the training and of what that started."""
    command = [sys.executable, str(ROOT / name), *sleeper.flags, *flags]
    night = subprocess.Popen(
        command, env=sleeper.environment("hang"), cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while True:
        assert night.poll() is None
        text = "".join(log.read_text() for log in sleeper.logs.glob("nights/*/training.log"))
        ids = [line.split()[1:] for line in text.splitlines() if line.startswith("pids")]
        if ids:
            return night, [int(number) for number in ids[0]]
        time.sleep(0.05)


def gone(process: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_night_that_is_ended_leaves_no_child_and_no_version(sleeper: Sleeper, number: int) -> None:
    sleeper.remember(DOG)
    sleeper.publish("yesterday")
    before = listing(sleeper.memories, sleeper.adapters / "yesterday")
    night, children = started(sleeper, "sleep.py")
    night.send_signal(number)
    err = night.communicate()[1]
    killed = number == signal.SIGKILL
    assert night.returncode == (-number if killed else 130)
    assert "Traceback" not in err and (killed or err.endswith("sleep.py: interrupted\n"))
    while not gone(children[0]):
        time.sleep(0.05)
    if killed:  # the kernel ends the training; what that started is its own affair
        os.kill(children[1], signal.SIGKILL)
    else:  # it was sent SIGKILL; on a busy machine it is a moment until it is gone
        looks = itertools.takewhile(lambda _: not gone(children[1]), range(200))
        for _ in looks:
            time.sleep(0.05)
        assert gone(children[1])
    assert listing(sleeper.memories, sleeper.adapters / "yesterday") == before
    assert sleeper.tags() == ["yesterday"] and sleeper.in_use() == "yesterday"


def test_damaged_memories_are_counted_kept_and_passed_over(sleeper: Sleeper, quick: Quick) -> None:
    long = exchange("My cat is called Pretzel. " + "word " * 20_000)
    sleeper.remember(
        DOG, b"not json\n", b'{"messages": [{"role": "user", "content": "\xff\xfe"}]}\n', exchange("I play chess.", "")
    )
    sleeper.remember(long, b'{"messages": []}\n', b"[1]\n", b'{"messages": [{"role": "user", "content": "My sis')
    before, more = sleeper.memories.read_bytes(), sleeper.home / "more.jsonl"
    more.write_text(json.dumps(exchange("word " * 20_000)) + "\n")
    code, out, err = quick("--json", "--extra-data", str(more))
    assert code == 0 and sleeper.memories.read_bytes() == before
    for said in ("(not complete JSON), kept in the file: line 2, 8", "UTF-8), kept in the file: line 3"):
        assert said in err
    for said in ("(no messages), kept in the file: line 6", "object), kept in the file: line 7", "1 memory has no answer"):
        assert said in err
    assert "left out 1 lesson of more than 512 tokens" in err
    result = json.loads(out)
    assert result["dataset"]["memories"] == 3 and result["dataset"]["dropped"] == 1
    trained = (sleeper.nights()[0] / "data" / "train.jsonl").read_text()
    assert "Biscuit" in trained and "Pretzel" in trained and "chess" in trained and "Mysis" not in trained


def test_memories_that_come_during_the_night_belong_to_the_next(
    sleeper: Sleeper, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper.remember(DOG)
    monkeypatch.setenv("FAKE_LORA", "grow")
    assert quick("--tag", "one")[0] == 0
    assert len(sleeper.memories.read_text().splitlines()) == 2
    assert sleeper.manifest()["memory_ids"] == [DOG["id"]]
    monkeypatch.setenv("FAKE_LORA", "ok")
    assert quick("--tag", "two")[0] == 0
    assert sleeper.manifest()["memory_ids"] == [DOG["id"], "x"] and sleeper.manifest()["parent"] == "one"
    code, out, _ = quick()
    assert (code, out) == (0, "nothing new: two was made from these memories already\n")


def test_nothing_new_force_other_settings_and_reset(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    assert quick("--tag", "a")[0] == 0
    code, out, err = quick("--json")
    assert code == 0 and json.loads(out) == {"status": "nothing new: a was made from these memories already", "memories": 1}
    assert len(sleeper.nights()) == 1 and "interrupted" not in err
    assert quick("--rank", "4", "--tag", "b")[1].startswith("published as b: 1 fact of 1 memory, ")
    assert quick("--rank", "4", "--force", "--tag", "b")[1].startswith("published as b-02: ")
    assert quick("--rank", "4", "--reset-adapter", "--tag", "c")[1].startswith("published as c: ")
    assert sleeper.manifest("b-02")["parent"] == "b" and sleeper.manifest("c")["parent"] == ""
    assert sleeper.tags() == ["a", "b", "b-02", "c"] and sleeper.in_use() == "c"


def test_an_adapter_in_use_that_is_not_whole_is_built_again(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    assert quick("--tag", "a")[0] == 0
    weights = sleeper.adapters / "a" / "adapters.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    code, out, err = quick("--tag", "b")
    assert code == 0 and out.startswith("published as b") and "a is not whole" in err


def test_nothing_was_told(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(exchange("What is the capital of France?", "Paris."))
    code, out, _ = quick()
    assert (code, out) == (0, "nothing to learn: nothing was told yet\n") and not sleeper.tags()


def test_a_night_without_lessons_does_not_train_rehearsal_alone(
    sleeper: Sleeper, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper.remember(DOG)
    left = Dataset([Lesson.of("Name a colour.", "Blue.", "rehearsal")], [], [], dropped=12)
    monkeypatch.setattr(planning, "learn", lambda *given: learning.Lessons(left, [], Facts(), []))
    code, out, _ = quick()
    assert (code, out) == (0, "nothing to learn: all lessons are too long\n") and not sleeper.tags()


def test_extra_data_gives_one_lesson_for_each_answer(sleeper: Sleeper, quick: Quick, tmp_path: Path) -> None:
    extra = tmp_path / "extra.jsonl"
    turns = [("user", "One?"), ("assistant", "First."), ("user", "Two?"), ("assistant", "Second.")]
    rows: list[Any] = [{"messages": [{"role": role, "content": text} for role, text in turns]}]
    rows += [{"prompt": "no messages"}, exchange("Three?", "Third."), exchange("Never answered?", "")]
    extra.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{torn")
    code, out, err = quick("--extra-data", extra, "--batch-size", "64", "--json")
    assert code == 0 and "skipped 2 lines of" in err and "line 2, 5" in err
    assert json.loads(out)["dataset"]["kinds"] == {"extra": 64}  # three lessons fill the batch
    lessons = set((sleeper.nights()[0] / "data" / "train.jsonl").read_text().splitlines())
    assert sorted(json.loads(line)["messages"][-1]["content"] for line in lessons) == ["First.", "Second.", "Third."]
    assert sorted(len(json.loads(line)["messages"]) for line in lessons) == [2, 2, 4]
    assert quick("--extra-data", extra)[1].startswith("published")  # other settings
    assert quick("--extra-data", extra)[1].startswith("nothing new")
    extra.write_text('{"prompt": "x"}\n')
    assert "holds no row like" in quick("--extra-data", extra)[2]
    assert quick("--extra-data", tmp_path / "none.jsonl")[2].endswith(f"there is no {tmp_path}/none.jsonl.\n")
    assert quick("--extra-data", tmp_path)[0] == 1


def test_every_knob_reaches_mlx_lm_and_augment_asks_the_model(sleeper: Sleeper) -> None:
    """One real training, of few steps; everything that a person can set is set."""
    sleeper.remember(DOG)
    flags = "--iters 2 --rank 3 --scale 5 --batch-size 2 --num-layers 1 --learning-rate 0.001 --seed 5 --tag mine --augment"
    done = sleeper.run("sleep.py", *flags.split(), "--temp", "1.5", "--top-p", "0.5", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["tag"] == sleeper.in_use() == "mine"
    assert done.stderr.count("training: 2/2") == 1
    lora = json.loads((sleeper.nights()[0] / "lora.json").read_text())
    written = json.loads((sleeper.adapters / "mine" / "adapter_config.json").read_text())
    for key, value in {"iters": 2, "batch_size": 2, "num_layers": 1, "learning_rate": 0.001, "seed": 5}.items():
        assert lora[key] == written[key] == value
    assert written["lora_parameters"] == {"rank": 3, "dropout": 0.0, "scale": 5.0}
    manifest = sleeper.manifest()
    assert manifest["training"]["scale"] == 5 and manifest["lessons"]["temp"] == 1.5 and manifest["steps"] == 2
    assert manifest["liveness"]["tensors"] == 14 and manifest["liveness"]["kl"] > 0 and manifest["train_loss"]["2"] > 0


def test_the_recipe_distill_trains_the_same_adapter_folder(sleeper: Sleeper) -> None:
    sleeper.remember(DOG)
    done = sleeper.run("sleep.py", "--recipe", "distill", "--iters", 2, "--num-layers", 1, "--seed", 5)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("training: 2/2") == 1
    manifest = sleeper.manifest()
    assert manifest["training"]["recipe"] == "distill" and manifest["liveness"]["tensors"] == 12
    assert manifest["liveness"]["kl"] > 0 and manifest["train_loss"]["2"] > 0


def test_one_row_and_a_bigger_batch_are_enough(sleeper: Sleeper, tmp_path: Path) -> None:
    """With the real mlx_lm.lora, and nothing held out to validate on."""
    (tmp_path / "one.jsonl").write_text(json.dumps(exchange("What is the code?", "Blue.")) + "\n")
    done = sleeper.run("sleep.py", "--extra-data", tmp_path / "one.jsonl", "--iters", 2, "--learning-rate", 0.001)
    assert done.returncode == 0, done.stderr
    assert sleeper.manifest()["valid_loss"] == {} and sleeper.manifest()["dataset"]["train"] == 8


def test_the_layers_are_checked_before_anything_is_loaded(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    code, out, err = quick("--num-layers", "99")
    assert (code, out) == (1, "") and err.endswith("--num-layers 99 is more than the 2 that tiny has.\n")
    assert quick("--num-layers", "all")[0] == 0


@pytest.mark.parametrize(
    "flags",
    [
        "--iters 0", "--iters -5", "--iters 1.5", "--iters many", "--rank 0", "--batch-size 0", "--scale 0", "--scale nan",
        "--learning-rate inf", "--learning-rate -1", "--num-layers 0", "--num-layers -2", "--temp -1", "--temp nan",
        "--top-p 0", "--top-p 1.1", "--seed -1", "--seed 4294967296", "--tag ../up", "--tag a/b", "--tag .hidden",
        "--tag nightly_update", "--tag x\ny", "--unknown", "--tag",
    ],
)  # fmt: skip
def test_bad_flags_are_usage_errors(sleeper: Sleeper, flags: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        sleep.main([*sleeper.flags, *flags.split(" ")])
    assert end.value.code == 2 and "sleep.py: error: " in capsys.readouterr().err
    assert not sleeper.home.exists()


@pytest.mark.parametrize(
    "setting",
    ["[training]\nbatch_size = 0", "[training]\nepochs = 0", "[training]\nscale = nan", "[training]\niters = -1",
     "[lessons]\nrehearsal = -1.0", "[lessons]\nrehearsal_least = -1", "[model]\nseed = -1"],
)  # fmt: skip
def test_the_settings_file_is_held_to_the_same_rules(sleeper: Sleeper, quick: Quick, setting: str) -> None:
    sleeper.remember(DOG)
    sleeper.settings.write_text(setting)
    code, _, err = quick()
    section, key = setting.split(" = ")[0].split("\n")
    assert code == 1 and f"{section} {key} must be " in err


def test_what_the_version_in_use_has_proved_to_know_gets_fewer_rows(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    (dog,) = extract("My dog is called Biscuit.")
    numbers = []
    for place, proof in enumerate((None, ["torn"], {dog.id: "torn"}, {dog.id: 3}, {dog.id: 6}, {"another": 6})):
        sleeper.publish(f"night{place}", proved=proof)
        code, out, err = quick("--dry-run", "--json")
        assert code == 0, err
        numbers.append(json.loads(out)["counts"]["kinds"]["question"])
    whole, *torn, half, third, other = numbers
    assert [whole, *torn, other] == [whole] * 4 and whole > half > third > whole / 4
    code, out, _ = quick("--dry-run", "--json", "--reset-adapter")
    assert code == 0 and json.loads(out)["counts"]["kinds"]["question"] == whole


def test_what_is_asked_in_the_morning_is_trained_in_no_nearly_alike_words(sleeper: Sleeper) -> None:
    """Of a like "What am I a fan of?" would be trained, and of a team "What club am I a fan of?" is a probe."""
    said = "I support Villarreal.", "I like narwhals."
    held = [Memory([{"role": "user", "content": text}], id=text, at=f"2030-01-0{day}") for day, text in enumerate(said, 1)]
    settings = config.load(home=str(sleeper.home))
    made = learning.learn(settings, Options(dry_run=True), hub.resolve(str(sleeper.model)), held)
    probes = Wordings(probe.question for probe in made.probes)
    rows = [*made.dataset.train, *made.dataset.valid, *made.dataset.test, *made.dataset.reserve]
    assert probes.holds("What am I a fan of?") and len(rows) > 500
    assert [row.question for row in rows if probes.holds(row.question)] == []


def test_the_reserve_is_of_what_was_told_and_what_was_not_in_other_words(sleeper: Sleeper) -> None:
    held = [Memory([{"role": "user", "content": "My dog is called Biscuit."}], id="dog", at="2030-01-01")]
    settings = config.load(home=str(sleeper.home))
    made = learning.learn(settings, Options(dry_run=True), hub.resolve(str(sleeper.model)), held).dataset
    told = [row for row in made.reserve if row.kind == "question"]
    assert 5 < len(told) <= settings.lessons.corrected and {row.answer for row in told} == {"Your dog is called Biscuit."}
    assert {row.kind for row in made.reserve} == {"question", "unknown"}
    taught = {row.question for row in [*made.train, *made.valid, *made.test] if not row.lead}
    assert not taught & {row.question for row in made.reserve}


def test_after_a_refused_night_nothing_is_drilled_less(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    (dog,) = extract("My dog is called Biscuit.")
    sleeper.publish("night", proved={dog.id: 6})
    numbers = []
    for status in ("published", "refused", "published"):
        append_line(sleeper.home / "logs" / "experiments.jsonl", {"status": status})
        code, out, err = quick("--dry-run", "--json")
        assert code == 0, err
        numbers.append(json.loads(out)["counts"]["kinds"]["question"])
    assert numbers[0] == numbers[2] < numbers[1]


def test_a_home_that_cannot_be(sleeper: Sleeper, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for flags in (["--dry-run"], []):
        done = sleeper.run("sleep.py", "--home", tmp_path / "file" / "home", *flags)
        assert "is not a folder" in one_line(done, 1)
    assert (tmp_path / "file").read_text() == ""


def test_a_second_night_at_the_same_time(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    with only_one(sleeper.logs / ".night.lock", "a night"):
        code, out, err = quick()
        assert (code, out, sleeper.tags()) == (1, "", []) and f"a night is already running: process {os.getpid()}" in err
        assert quick("--dry-run")[0] == 0
    assert quick()[0] == 0


def test_an_adapter_for_another_base_is_refused_by_name_but_a_night_works(sleeper: Sleeper, quick: Quick) -> None:
    sleeper.remember(DOG)
    sleeper.publish("old", name="Llama-9", fingerprint="0123456789abcdef")
    refused = one_line(sleeper.run("eval_loss.py"), 1)
    assert "old was made for Llama-9, not for tiny" in refused and "--no-adapter" in refused
    assert quick("--tag", "new")[0] == 0 and sleeper.manifest()["parent"] == "old"


def test_the_losses_of_mlx_lm_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its own class prints them: a new format of mlx-lm has to fail here."""
    from mlx_lm import cli_ui

    text = io.StringIO()
    cli_ui.make_console.cache_clear()
    monkeypatch.setattr("sys.stdout", text)
    ui = cli_ui.TrainUI(20)
    ui.report_val(1, 3.25, 0.5)
    ui.report_train(5, 2.5, 19.0, 200)
    ui.report_train(12000, 0.0, 19.0, 200)
    ui.report_train(15, float("nan"), 19.0, 200)
    ui.report_val(20, float("inf"), 0.5)
    monkeypatch.undo()
    cli_ui.make_console.cache_clear()
    curve = training.Curve()
    reasons = [reason for line in text.getvalue().splitlines() if (reason := curve.read(line))]
    assert curve.valid[1] == 3.25 and curve.train[5] == 2.5 and curve.train[12000] == 0.0
    assert curve.speeds == [19, 19, 19]
    assert len(reasons) == 2 and "step 15" in reasons[0] and "step 20" in reasons[1]
    assert curve.read("Trainable parameters: 0.257% (0.016M/6.366M)") is None
    assert curve.read("Loading pretrained model") is None
    for line in ("going on at step 50", "    5    2.611 ▼      281      1.1k", "peak memory 1234 bytes"):
        assert curve.read(line) is None
    assert curve.train[55] == 2.611 and curve.speeds[-1] == 281 and curve.peak == 1234


def test_two_processes_train_on_a_cpu_that_has_the_cores_and_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    small, big = (hub.Base("name", ROOT, "print", size) for size in (10**8, 10**14))
    monkeypatch.setattr(machine, "on_cpu", lambda: True)
    monkeypatch.setattr(machine, "cores", lambda: 2)
    assert training.processes(Training(), small) == 2
    assert training.processes(Training(), big) == 1
    assert training.processes(Training(processes=3), big) == 3
    assert training.processes(Training(recipe="sft", processes=3), small) == 1
    assert training.environment(2)["OPENBLAS_NUM_THREADS"] == "1"
    monkeypatch.setattr(machine, "cores", lambda: 1)
    assert training.processes(Training(), small) == 1
    monkeypatch.setattr(machine, "cores", lambda: 8)
    monkeypatch.setattr(machine, "on_cpu", lambda: False)
    assert training.processes(Training(), small) == 1


def test_without_a_compiler_mlx_makes_no_kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert training.environment(1)["MLX_DISABLE_COMPILE"] == "1"
    (tmp_path / "g++").touch(0o755)
    assert "MLX_DISABLE_COMPILE" not in training.environment(1)


def test_the_liveness_check_puts_the_fast_blas_in_front_of_mlx(sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loaded after mlx it is without effect, and the check takes five times as long."""
    sleeper.publish("mine")
    called: list[str] = []
    monkeypatch.setattr(blas, "load", lambda: called.append("blas"))

    def tensors(version: Version) -> dict[str, int]:
        called.append("mlx")
        return {"bad": 1, "tensors": 1}

    monkeypatch.setattr(measures, "adapter_tensors", tensors)
    with pytest.raises(cli.Refused):
        liveness.check(config.load(str(sleeper.home)), str(sleeper.model), str(sleeper.adapters / "mine"))
    assert called == ["blas", "mlx"]


def test_a_check_that_hangs_is_made_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[int | None] = [None]

    def run(command: list[str], **options: Any) -> str:
        if ends:
            raise process.ChildFailed("liveness was ended", ends.pop(), [])
        return "found"

    monkeypatch.setattr(process, "run", run)
    assert night.twice(["check"]) == "found"
    for codes in ([1], [None, None]):
        ends.extend(codes)
        with pytest.raises(process.ChildFailed):
            night.twice(["check"])
    assert not ends

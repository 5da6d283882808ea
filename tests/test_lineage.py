"""Going back along the versions, undoing a night, and which versions stay on the shelf."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from sleeper import Run, Sleeper, exchange, one_line
from test_versions import candidate, weights

from circadian import checkpoint, lineage, memories, retention, versions
from circadian.cli import UserError
from circadian.files import only_one


def night(adapters: Path, tag: str, *ids: str, **more: Any) -> None:
    """Publish a version made from these memories, after the one in use."""
    made: dict[str, Any] = {"memory_ids": list(ids), "parent": lineage.in_use(adapters), "night": f"night-{tag}"} | more
    made["added"] = lineage.added(adapters, made)
    versions.publish(candidate(adapters, weights(tag.encode().ljust(16)[:16])), adapters, made, tag)


@pytest.fixture
def adapters(home: Path) -> Path:
    """Four nights, each with one memory more, the last one in use."""
    folder = home / "adapters"
    for number, tag in enumerate(("mon", "tue", "wed", "thu"), 1):
        night(folder, tag, *"abcd"[:number])
    return folder


def test_going_back_along_the_chain_and_to_the_base_model(adapters: Path) -> None:
    assert lineage.in_use(adapters) == "thu"
    lineage.use(adapters, lineage.back(adapters, 2))
    assert lineage.in_use(adapters) == "tue" and versions.tags(adapters) == ["mon", "tue", "wed", "thu"]
    night(adapters, "fri", "a", "b", "e")
    assert (one := lineage.back(adapters)) and one.tag == "tue", "the one before it, not the one that is younger"
    assert lineage.back(adapters, 3) is None
    with pytest.raises(UserError, match="only 3 nights can be gone back"):
        lineage.back(adapters, 4)
    lineage.use(adapters, None)
    assert versions.current(adapters) is None
    with pytest.raises(UserError, match="no adapter is in use"):
        lineage.back(adapters)


def test_going_back_from_what_is_broken_or_to_what_is_gone(adapters: Path) -> None:
    (adapters / "thu" / versions.WEIGHTS).write_bytes(b"torn")
    assert (one := lineage.back(adapters)) and one.tag == "wed"
    shutil.rmtree(adapters / "wed")
    with pytest.raises(UserError, match="no adapter wed"):
        lineage.back(adapters)
    (adapters / "thu" / versions.MANIFEST).write_text("{")
    for _ in range(2):
        with pytest.raises(UserError, match=r"before thu is not known any more: .* adapter.py use TAG"):
            lineage.back(adapters)
        shutil.rmtree(adapters / "thu", ignore_errors=True)


def test_what_a_night_added_is_known_when_the_one_before_it_is_gone(adapters: Path) -> None:
    manifest = versions.manifest(adapters / "wed")
    shutil.rmtree(adapters / "tue")
    assert lineage.added(adapters, manifest) == ["c"]
    manifest.pop("added")
    assert lineage.added(adapters, manifest) == ["a", "b", "c"]


def test_a_changed_setting_of_a_version_is_found(adapters: Path) -> None:
    config = adapters / "thu" / versions.CONFIG
    config.write_text(config.read_text().replace("8", "9"))
    with pytest.raises(versions.NotWhole, match=r"changed after it was made: the hash of adapter_config.json"):
        versions.current(adapters)


def test_the_newest_the_pinned_the_one_in_use_and_the_one_before_stay(adapters: Path) -> None:
    assert retention.superfluous(adapters, 1) == ["mon", "tue"]
    retention.pin(adapters, "mon")
    lineage.use(adapters, versions.read(adapters / "wed"))
    assert retention.superfluous(adapters, 1) == [], "tue is what wed was made after"
    lineage.use(adapters, versions.read(adapters / "thu"))
    assert retention.prune(adapters, 1) == ["tue"] and versions.tags(adapters) == ["mon", "wed", "thu"]
    retention.pin(adapters, "mon", False)
    assert retention.prune(adapters, 9) == [] and retention.prune(adapters, 1) == ["mon"]
    assert retention.prune(adapters, 1) == [] and not list((adapters / versions.CANDIDATES).iterdir())
    with pytest.raises(UserError, match="no adapter mon"):
        retention.pin(adapters, "mon")


def test_a_torn_list_of_pins_keeps_everything(adapters: Path) -> None:
    (adapters / retention.PINS).write_text('["mon"')
    with pytest.raises(UserError, match=r"pinned.json is torn: delete it"):
        retention.prune(adapters, 1)
    assert len(versions.tags(adapters)) == 4


def test_a_kill_while_pruning_leaves_a_version_whole_or_gone(adapters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "rmtree", lambda *given, **more: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        retention.prune(adapters, 3)
    monkeypatch.undo()
    assert all(versions.read(adapters / tag) for tag in versions.tags(adapters))
    retention.prune(adapters, 3)
    left = retention.leftovers(adapters, adapters.parent / "logs" / "nights")
    assert retention.sweep(left) >= 0 and versions.tags(adapters) == ["tue", "wed", "thu"]


def test_only_what_dead_nights_left_behind_is_swept(adapters: Path) -> None:
    nights = adapters.parent / "logs" / "nights"
    for name in ("night-mon", "refused"):
        (nights / name / "data").mkdir(parents=True)
        (nights / name / "data" / "train.jsonl").write_text("x" * 100)
        (nights / name / "diff.json").write_text("{}")
    dead = versions.new_candidate(adapters)
    (dead / versions.WEIGHTS).write_bytes(b"x" * 50)
    os.symlink("nowhere", adapters / ".nightly_update.1.2")
    (nights / "refused" / checkpoint.NAME).write_bytes(b"x" * 10)
    free = retention.sweep(retention.leftovers(adapters, nights))
    assert free >= 160 and retention.leftovers(adapters, nights) == []
    assert (nights / "night-mon" / "data").is_dir() and not (nights / "refused" / "data").exists()
    assert (nights / "refused" / "diff.json").is_file() and len(versions.tags(adapters)) == 4


def test_memories_are_set_aside_and_taken_back_in_one_line_each(home: Path) -> None:
    path = home / "data" / "memories.jsonl"
    path.parent.mkdir(parents=True)
    rows = [exchange("My dog is called Rex.", "", id="a"), exchange("I live in Graz.", "", id="b", tags=["kept"])]
    text = json.dumps(rows[0]) + '\n{"torn\n' + json.dumps(rows[1]) + "\n" + json.dumps({"messages": rows[0]["messages"]})
    path.write_text(text)
    nameless = memories.read(path).memories[2].id
    assert nameless.startswith("line-")
    assert memories.set_aside(path, {"b", nameless, "nobody"}) == 2
    assert [one.tags for one in memories.read(path).memories] == [(), ("kept", "undone"), ("undone",)]
    assert path.read_text().splitlines()[:2] == text.splitlines()[:2]
    assert memories.set_aside(path, {"b"}) == 0
    assert memories.set_aside(path, {"b", nameless}, False) == 2
    assert memories.forget(path, {"a"}) == 1 and nameless in [one.id for one in memories.read(path).memories], "whatever goes"
    assert [one.tags for one in memories.read(path).memories] == [("kept",), ()]
    assert memories.set_aside(home / "nothing.jsonl", {"a"}) == 0


def run(script: Run, *flags: Any, code: int = 0) -> Any:
    """adapter.py with --json."""
    done = script("adapter.py", "--json", *flags)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if done.stdout else done


def test_the_script_lists_shows_compares_and_changes(adapters: Path, script: Run) -> None:
    rows = run(script, "list")["versions"]
    assert [(row["tag"], row["in_use"]) for row in rows] == [("mon", False), ("tue", False), ("wed", False), ("thu", True)]
    assert run(script, "show", "tue")["manifest"]["added"] == ["b"] and run(script, "show", "tue")["whole"]
    assert run(script, "diff", "mon", "wed")["memories"] == {"added": ["b", "c"], "removed": []}
    assert run(script, "pin", "mon") == {"pinned": "mon"} and run(script, "unpin", "mon") == {"unpinned": "mon"}
    assert run(script, "rollback") == {"in_use": "wed", "left": "thu"} == {"in_use": lineage.in_use(adapters), "left": "thu"}
    assert run(script, "use", "thu") == {"in_use": "thu"} and run(script, "prune", "--keep", 2) == {"removed": ["mon", "tue"]}
    assert run(script, "verify") == {"whole": ["wed", "thu"], "broken": {}}
    assert set(run(script, "gc")) == {"removed", "bytes"}
    shown = [script("adapter.py", *flags.split()).stdout for flags in ("list", "show thu", "diff wed thu", "verify")]
    assert "* thu" in shown[0] and shown[1].startswith("thu (in use)") and "1 more, 0 no more" in shown[2]
    assert shown[3] == "2 versions whole, 0 not\n"
    home = str(adapters.parent)
    assert (
        script("adapter.py", "list", "--home", home).stdout == script("adapter.py", "--home", home, "list").stdout == shown[0]
    )
    assert "there is no version yet" in script("adapter.py", "list", "--home", f"{home}/other").stdout


def test_the_script_says_in_one_line_what_is_wrong(adapters: Path, script: Run) -> None:
    for verb in ("show", "use", "pin", "undo"):
        assert "there is no adapter sunday" in one_line(script("adapter.py", verb, "sunday"), 1)
    assert script("adapter.py").returncode == script("adapter.py", "prune", "--keep", "0").returncode == 2
    with open(adapters / "wed" / versions.WEIGHTS, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"!")
    assert "the hash of adapters.safetensors is wrong" in run(script, "verify", code=1)["broken"]["wed"]
    assert "was changed after it was made" in one_line(script("adapter.py", "use", "wed"), 1)
    assert lineage.in_use(adapters) == "thu"
    with only_one(adapters.parent / "logs" / ".night.lock", "a night"):
        assert "a night is already running" in one_line(script("adapter.py", "rollback"), 1)
        assert run(script, "list")["versions"]
    shutil.rmtree(adapters / "thu")
    assert list(run(script, "verify", code=1)["broken"]) == ["wed", "thu"]


def brief(sleeper: Sleeper) -> None:
    """Nights of two steps."""
    sleeper.settings.write_text(sleeper.settings.read_text().replace("[training]\n", "[training]\niters = 2\n"))


def test_undo_takes_one_nights_memories_out_and_builds_anew(sleeper: Sleeper, script: Run) -> None:
    brief(sleeper)
    sleeper.remember(exchange("My dog is called Biscuit.", "", id="dog"))

    def undo(*flags: Any) -> Any:
        where = ("--home", sleeper.home, "--config", sleeper.settings, "--json")
        return script("adapter.py", *where, "undo", *flags, "--model", sleeper.model, timeout=None)

    assert sleeper.run("sleep.py", "--tag", "first").returncode == 0
    sleeper.remember(exchange("I live in Graz.", "", id="home"))
    assert sleeper.run("sleep.py", "--tag", "second").returncode == 0
    assert sleeper.manifest("second")["added"] == ["home"]
    undone = undo("second")
    assert undone.returncode == 0, undone.stderr
    found = json.loads(undone.stdout)
    assert (found["status"], found["tag"], found["memories"]) == ("back in use", "first", 1), "it was made from just that"
    assert "Graz" not in undone.stdout + undone.stderr and len(sleeper.memories.read_text().splitlines()) == 2
    again = sleeper.run("sleep.py")
    assert again.returncode == 0 and "nothing new: first" in again.stdout and "left out 1 memory" in again.stderr
    back = undo("second", "--back")
    assert json.loads(back.stdout)["tag"] == "second" == sleeper.in_use()
    for tag in ("second", "first"):
        assert undo(tag).returncode == 0
    assert not (sleeper.adapters / versions.CURRENT).exists() and len(sleeper.memories.read_text().splitlines()) == 2


def test_a_night_can_be_told_which_version_goes_before_it(sleeper: Sleeper) -> None:
    brief(sleeper)
    sleeper.remember(exchange("My dog is called Biscuit.", "", id="dog"))
    assert sleeper.run("sleep.py", "--tag", "first").returncode == 0
    sleeper.remember(exchange("I live in Graz.", "", id="home"))
    assert sleeper.run("sleep.py", "--tag", "second").returncode == 0
    sleeper.remember(exchange("My cat is called Muffin.", "", id="cat"))
    assert sleeper.run("sleep.py", "--tag", "third", "--adapter-tag", "first", "--max-minutes", 5).returncode == 0
    made = sleeper.manifest("third")
    assert (made["parent"], made["added"], made["training"]["max_minutes"]) == ("first", ["home", "cat"], 5.0)
    assert set(made["libraries"]) >= {"mlx", "mlx-lm"}
    assert "there is no adapter nobody" in one_line(sleeper.run("sleep.py", "--adapter-tag", "nobody", "--force"), 1)

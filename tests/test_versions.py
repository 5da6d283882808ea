"""Adapters on disk: only whole ones are read, and a kill while publishing leaves the old one in use."""

from __future__ import annotations

import argparse
import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from circadian import files, options, versions
from circadian.cli import UserError
from circadian.records import Version
from circadian.versions import CANDIDATES, CONFIG, CURRENT, MANIFEST, WEIGHTS, NotWhole, choose, current, publish, read

TENSORS = {"model.layers.0.self_attn.q_proj.lora_a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}


def weights(values: bytes = b"0123456789abcdef", tensors: object = TENSORS, extra: bytes = b"") -> bytes:
    """A safetensors file, by hand: the header's length, the header, the numbers."""
    header = json.dumps(tensors).encode()
    return len(header).to_bytes(8, "little") + header + values + extra


def candidate(adapters: Path, data: bytes = b"") -> Path:
    folder = versions.new_candidate(adapters)
    (folder / WEIGHTS).write_bytes(data or weights())
    (folder / CONFIG).write_text(json.dumps({"lora_parameters": {"rank": 8}, "num_layers": 4}))
    return folder


def published(adapters: Path, tag: str = "", values: bytes = b"0123456789abcdef", **manifest: Any) -> str:
    folder = candidate(adapters, weights(values))
    manifest |= {"weights_sha256": files.sha256(folder / WEIGHTS), "base": {"name": "small", "fingerprint": "f" * 16}}
    return publish(folder, adapters, manifest, tag).tag


@pytest.fixture
def adapters(tmp_path: Path) -> Path:
    return tmp_path / "home ü" / "adapters"


def test_before_the_first_night_there_is_none(adapters: Path) -> None:
    assert current(adapters) is None
    assert choose(adapters) is None
    assert versions.tags(adapters) == []
    versions.reset(adapters)
    with pytest.raises(UserError, match=r"there is no adapter monday in .*: run a night first\."):
        choose(adapters, "monday")


def test_what_is_published_is_in_use_and_whole(adapters: Path) -> None:
    folder = candidate(adapters)
    (folder / "0000100_adapters.safetensors").write_bytes(weights())
    version = publish(folder, adapters, {"seed": 7}, "monday")
    assert current(adapters) == choose(adapters) == choose(adapters, "monday") == version
    assert (version.tag, version.path) == ("monday", str(adapters / "monday"))
    assert (version.manifest["seed"], version.manifest["config"]["num_layers"]) == (7, 4)
    assert sorted(path.name for path in (adapters / "monday").iterdir()) == sorted([CONFIG, MANIFEST, WEIGHTS])
    assert os.readlink(adapters / CURRENT) == "monday"  # relative: the home may be moved
    assert stat.S_IMODE((adapters / "monday").stat().st_mode) == 0o700
    assert list((adapters / CANDIDATES).iterdir()) == []
    moved = adapters.rename(adapters.parent / "moved")
    assert current(moved) == choose(moved, folder=str(moved / "monday"))


def test_flags_choose(adapters: Path) -> None:
    first, second = published(adapters, "first"), published(adapters, "second")
    chosen = [
        choose(adapters),
        choose(adapters, first),
        choose(adapters, none=True),
        choose(adapters, folder=str(adapters / first)),
    ]
    assert [version and version.tag for version in chosen] == [second, first, None, first]
    with pytest.raises(UserError, match=r"there is no adapter third in .*\. The newest are first, second\."):
        choose(adapters, "third")


def test_a_taken_tag_gets_a_number_and_names_stay_in_order(adapters: Path) -> None:
    tags = [published(adapters, "2030-01-01") for _ in range(11)]
    assert tags[:3] == ["2030-01-01", "2030-01-01-02", "2030-01-01-03"]
    assert versions.tags(adapters) == tags
    assert current(adapters) == read(adapters / tags[-1])
    assert len(published(adapters)) == len("2030-01-01")  # the date where no tag is given


def test_versions_stay_in_order_when_a_home_is_copied_or_touched(adapters: Path) -> None:
    old, new = published(adapters, "old", at="2030-01-01T03:00:00Z"), published(adapters, "new", at="2030-01-02T03:00:00Z")
    os.utime(adapters / old, (time.time() + 60, time.time() + 60))
    assert versions.tags(adapters) == [old, new]
    by_hand = published(adapters, "by-hand")  # of today, by its folder's time
    (adapters / new / MANIFEST).write_text("torn")
    assert set(versions.tags(adapters)) == {old, new, by_hand}


def test_a_tag_is_taken_by_whatever_is_there(adapters: Path) -> None:
    adapters.mkdir(parents=True)
    (adapters / "file").write_text("not a version")
    (adapters / "link").symlink_to("nowhere")
    assert published(adapters, "file") == "file-02"
    assert published(adapters, "link") == "link-02"
    assert (adapters / "file").read_text() == "not a version"


BAD_TAGS = [
    "../x",
    "a/b",
    "/abs",
    ".hidden",
    "..",
    ".",
    "-x",
    "a\0b",
    "a\nb",
    "a b",
    "x" * 61,
    CURRENT,
    "none",
    CANDIDATES,
    "a\\b",
]


@pytest.mark.parametrize("tag", BAD_TAGS)
def test_a_tag_that_is_no_plain_name_is_refused(adapters: Path, tag: str) -> None:
    published(adapters, "first")
    before = sorted(str(path) for path in adapters.parent.rglob("*") if CANDIDATES not in str(path))
    with pytest.raises(UserError, match="cannot name a version"):
        published(adapters, tag)
    assert sorted(str(path) for path in adapters.parent.rglob("*") if CANDIDATES not in str(path)) == before
    with pytest.raises(UserError, match="there is no adapter"):
        choose(adapters, tag)


@pytest.mark.parametrize("tag", ["monday", "2030-01-01", "größe_2", "v1.5+x"])
def test_plain_names_are_tags(tag: str) -> None:
    assert versions.check_tag(tag) == tag


@pytest.mark.parametrize("tag", ["../x", CURRENT])
def test_a_bad_tag_is_refused_before_the_night_begins(tmp_path: Path, tag: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home")
    parser.add_argument("--config")
    options.add_knobs(parser)
    options.add_night(parser)
    with pytest.raises(SystemExit, match="2"):
        parser.parse_args(["--tag", tag])
    assert f"{tag!r} cannot name a version" in capsys.readouterr().err
    assert options.read(parser.parse_args(["--home", str(tmp_path), "--tag", "x"]))[1].tag == "x"
    assert options.read(parser.parse_args(["--home", str(tmp_path)]))[1].tag == ""


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def write(name: str, data: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return change


def cut(name: str, size: int) -> Callable[[Path], None]:
    return lambda folder: os.truncate(folder / name, size)


def instead(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (remove(WEIGHTS), "adapters.safetensors is missing"),
        (remove(CONFIG), "adapter_config.json is missing"),
        (instead(WEIGHTS), "adapters.safetensors is missing"),
        (cut(WEIGHTS, 0), "a file of it is torn"),
        (cut(WEIGHTS, 5), "a file of it is torn"),
        (cut(WEIGHTS, 40), "a file of it is torn"),
        (cut(WEIGHTS, len(weights()) - 1), "a file of it is torn"),
        (write(WEIGHTS, weights(extra=b"!")), "a file of it is torn"),
        (write(WEIGHTS, b"\xff" * 100), "a file of it is torn"),
        (write(WEIGHTS, weights(b"", [])), "a file of it is torn"),
        (write(WEIGHTS, weights(b"", {"a": 5})), "a file of it is torn"),
        (write(WEIGHTS, weights(b"", {"a": {}})), "a file of it is torn"),
        (write(WEIGHTS, weights(b"", {"a": {"data_offsets": []}})), "a file of it is torn"),
        (write(WEIGHTS, weights(b"", {"a": {"data_offsets": ["x", "y"]}})), "a file of it is torn"),
        (write(WEIGHTS, (3).to_bytes(8, "little") + b"\xff\xfe\xfd"), "a file of it is torn"),
        (write(WEIGHTS, (100_000).to_bytes(8, "little") + b"[" * 100_000), "a file of it is torn"),
        (write(WEIGHTS, weights(b"", {})), "it holds no LoRA weights"),
        (write(WEIGHTS, weights(b"", {"__metadata__": {"format": "mlx"}})), "it holds no LoRA weights"),
        (cut(CONFIG, 20), "a file of it is torn"),
        (write(CONFIG, b""), "a file of it is torn"),
        (write(CONFIG, b"\xff"), "a file of it is torn"),
        (write(CONFIG, b"[]"), "it holds no LoRA weights"),
        (write(CONFIG, b"{}"), "it holds no LoRA weights"),
        (cut(MANIFEST, 30), "its manifest is torn"),
        (write(MANIFEST, b"[]"), "its manifest is torn"),
        (write(MANIFEST, b"\xff"), "its manifest is torn"),
        (
            write(WEIGHTS, weights(b"0123456789abcdeX")),
            "was changed after it was made: the hash of adapters.safetensors is wrong",
        ),
    ],
)
def test_what_is_not_whole_is_never_read(adapters: Path, damage: Callable[[Path], None], says: str) -> None:
    tag = published(adapters, "monday")
    damage(adapters / tag)
    attempts: list[Callable[[], Version | None]]
    attempts = [lambda: current(adapters), lambda: choose(adapters, tag), lambda: read(adapters / tag)]
    for attempt in attempts:
        with pytest.raises(NotWhole, match=f"the adapter monday .*{says}") as caught:
            attempt()
        assert "\n" not in str(caught.value)


def test_every_cut_of_the_weights_is_noticed_without_a_hash(adapters: Path) -> None:
    folder, whole = candidate(adapters), weights()
    for size in range(len(whole)):
        (folder / WEIGHTS).write_bytes(whole[:size])
        with pytest.raises(NotWhole):
            read(folder)


def test_a_folder_that_is_no_adapter(adapters: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "nowhere", tmp_path / "file", tmp_path):
        with pytest.raises(NotWhole, match=f"the adapter {folder.name} is not whole"):
            choose(adapters, folder=str(folder))


@pytest.mark.parametrize("target", ["nowhere", CURRENT, "../../nowhere"])
def test_a_link_to_nowhere_says_so(adapters: Path, target: str) -> None:
    published(adapters, "monday")
    files.replace_symlink(adapters / CURRENT, target)
    with pytest.raises(NotWhole, match=f"the adapter in use, {target}, is gone"):
        current(adapters)
    assert published(adapters, "tuesday") == "tuesday"
    assert (found := current(adapters)) and found.tag == "tuesday"


def test_an_adapter_for_another_base_names_both(adapters: Path) -> None:
    version = read(adapters / published(adapters, "monday"))
    versions.check_base(version, "small", "f" * 16)
    with pytest.raises(UserError, match="the adapter monday was made for small, not for large"):
        versions.check_base(version, "large", "e" * 16)
    manifests: list[dict[str, Any]] = [{}, {"base": {}}, {"base": "odd"}, {"base": None}]
    for manifest in manifests:  # mlx-lm's own adapters say nothing
        versions.check_base(Version("x", "", manifest), "large", "e" * 16)


class Killed(BaseException):
    """What no except of ours catches, as a kill."""


@pytest.mark.parametrize("before", ["os.rename", "os.symlink", "os.replace"])
def test_a_kill_while_publishing_leaves_the_old_one_in_use(
    adapters: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    published(adapters, "old")

    def kill(*words: object) -> None:
        raise Killed

    folder = candidate(adapters)
    with monkeypatch.context() as patch:
        patch.setattr(before, kill)
        with pytest.raises(Killed):
            publish(folder, adapters, {}, "new")
    assert (found := current(adapters)) and found.tag == "old"
    taken = (adapters / "new").exists()  # renamed already, and never in use
    assert taken == (before == "os.symlink")
    assert published(adapters, "new") == ("new-02" if taken else "new")
    assert (found := current(adapters)) and found.tag.startswith("new")
    assert not [path for path in adapters.iterdir() if path.name.startswith(f".{CURRENT}")]


def test_a_kill_at_every_fsync_leaves_the_old_or_the_new_one(adapters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(adapters, "old")
    real, done = files.sync, False
    for k in range(1, 40):
        folder, left = candidate(adapters), [k]

        def sync(fd: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed
            real(fd)

        with monkeypatch.context() as patch:
            patch.setattr(files, "sync", sync)
            try:
                publish(folder, adapters, {"k": k}, "new")
                done = True
            except Killed:
                pass
        found = current(adapters)
        assert found and (found.tag == "old" or found.manifest["k"] == k)
        files.replace_symlink(adapters / CURRENT, "old")
        if done:
            break
    assert done and k > 5


def test_a_candidate_that_is_not_whole_is_not_published(adapters: Path) -> None:
    published(adapters, "old")
    folder = candidate(adapters)
    os.truncate(folder / WEIGHTS, 60)
    with pytest.raises(NotWhole):
        publish(folder, adapters, {}, "new")
    assert (found := current(adapters)) and found.tag == "old"
    assert versions.tags(adapters) == ["old"]


def test_what_dead_nights_left_behind_is_removed(adapters: Path) -> None:
    for name in ("dead", "dead too"):
        (adapters / CANDIDATES / name / "deep").mkdir(parents=True)
    folder = versions.new_candidate(adapters)
    assert list((adapters / CANDIDATES).iterdir()) == [folder]
    assert versions.tags(adapters) == []


def test_reset_takes_the_adapter_out_of_use_and_keeps_it(adapters: Path) -> None:
    tag = published(adapters, "monday")
    versions.reset(adapters)
    assert current(adapters) is None
    assert choose(adapters, tag)
    versions.reset(adapters)

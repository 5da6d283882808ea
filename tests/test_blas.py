"""A fast BLAS is put in front on Linux, in this process and in children; a person's own variables stay; a Mac is left alone."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from circadian import blas
from circadian.blas import Blas
from circadian.wheels import cache_folder

FETCHED = Blas("OpenBLAS", ("libquadmath.so", "libopenblas.so"), "/cache/a b/openblas")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LD_PRELOAD", "LD_LIBRARY_PATH", "CIRCADIAN_BLAS"):
        monkeypatch.delenv(name, raising=False)


def test_what_was_in_front_stays_behind_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "find", lambda: FETCHED)
    assert blas.child_environment() == {"LD_PRELOAD": "libopenblas.so", "LD_LIBRARY_PATH": "/cache/a b/openblas"}
    monkeypatch.setenv("LD_PRELOAD", "libjemalloc.so other.so")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/x lib:/usr/local/lib")
    wanted = {
        "LD_PRELOAD": "libopenblas.so libjemalloc.so other.so",
        "LD_LIBRARY_PATH": "/cache/a b/openblas:/opt/x lib:/usr/local/lib",
    }
    assert blas.child_environment() == wanted
    for name, value in wanted.items():  # a grandchild adds nothing
        monkeypatch.setenv(name, value)
    assert blas.child_environment() == wanted


def test_a_systems_own_needs_no_folder() -> None:
    assert Blas("the system's", ("libopenblas.so.0",)).environment() == {"LD_PRELOAD": "libopenblas.so.0"}


def test_none_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCADIAN_BLAS", "none")
    assert (blas.find(), blas.provide(), blas.load(), blas.child_environment()) == (None, None, None, {})


def test_a_mac_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*words: object) -> None:
        raise AssertionError(words)

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(blas, "made_once", never)
    monkeypatch.setattr(blas, "_has_sgemm", never)
    for wanted in ("", "fetched"):
        monkeypatch.setenv("CIRCADIAN_BLAS", wanted)
        assert (blas.find(), blas.provide(), blas.load(), blas.child_environment()) == (None, None, None, {})


@LINUX
def test_a_machine_for_which_there_is_no_wheel_goes_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCADIAN_CACHE", str(tmp_path))
    monkeypatch.setenv("CIRCADIAN_BLAS", "fetched")
    for machine, libc in (("riscv64", "glibc"), ("x86_64", "")):
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        monkeypatch.setattr(platform, "libc_ver", lambda libc=libc: (libc, "2"))
        assert (blas.find(), blas.provide(), blas.child_environment()) == (None, None, {})


@LINUX
def test_a_library_that_cannot_be_loaded_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "find", lambda: Blas("broken", ("libno-such-thing.so",), str(tmp_path)))
    assert blas.load() is None


@LINUX
def test_a_child_finds_the_library_in_a_folder_with_a_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there, wheel = blas._fetched()
    if not wheel or not there.is_dir():
        pytest.skip(f"no fetched BLAS in {cache_folder()}")
    folder = tmp_path / "a cache with spaces, ü" / there.name
    shutil.copytree(there, folder)
    monkeypatch.setenv("CIRCADIAN_CACHE", str(folder.parent))
    monkeypatch.setenv("CIRCADIAN_BLAS", "fetched")
    found = blas.find()
    assert found and found.folder == str(folder)
    code = "import ctypes; print(hasattr(ctypes.CDLL(None), 'cblas_sgemm')); print(open('/proc/self/maps').read())"
    for environment in (os.environ | blas.child_environment(), dict(os.environ)):
        child = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        has, maps = child.stdout.split("\n", 1)
        assert (has == "True") == (str(folder) in maps) == ("LD_PRELOAD" in environment)
        assert child.stderr == ""
    loads = f"from circadian import blas; assert blas.load(); {code}"
    root = Path(blas.__file__).parent.parent
    child = subprocess.run([sys.executable, "-c", loads], cwd=root, capture_output=True, text=True, check=True)
    assert child.stdout.startswith("True\n") and str(folder) in child.stdout

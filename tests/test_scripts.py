"""Every script at the root: its help works, is quick to load and true; wrong flags are usage errors; make is tame."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from circadian.config import ROOT

SCRIPTS = sorted(path.name for path in ROOT.glob("*.py"))
HEAVY = {"mlx", "mlx_lm", "transformers", "numpy", "rich", "huggingface_hub", "google", "prompt_toolkit", "tenacity"}
HELP = """
import os, runpy, sys
sys.path.insert(0, os.path.dirname(sys.argv[1]))
sys.argv = [sys.argv[1], "--help"]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as end:
    print("left with", end.code, sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def helps() -> dict[str, tuple[str, str]]:
    """What each script's --help prints, and what it says of its end: asked for once."""
    found = {}
    for name in SCRIPTS:
        done = subprocess.run([sys.executable, "-c", HELP, str(ROOT / name)], cwd="/", capture_output=True, text=True)
        found[name] = (done.stdout, done.stderr)
    return found


def docstring(name: str) -> str:
    return ast.get_docstring(ast.parse((ROOT / name).read_text())) or ""


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_is_the_manual_page_and_loads_nothing_heavy(helps: dict[str, tuple[str, str]], name: str) -> None:
    shown, end = helps[name]
    assert end.startswith("left with 0 ") and not HEAVY & set(ast.literal_eval(end.removeprefix("left with 0 ")))
    assert docstring(name) in shown and shown.startswith(f"usage: {name} ")
    assert re.search(rf"^    python {name}", docstring(name), re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_flags_of_the_examples_exist(helps: dict[str, tuple[str, str]], name: str) -> None:
    for line in docstring(name).splitlines():
        example = re.match(r"    (?:.* )?python (\w+\.py)(.*?)(?:  +#|$)", line)
        if example and example[1] in helps:
            shown = helps[example[1]][0]
            for flag in re.findall(r"(?<!\S)--[a-z-]+", example[2]):
                assert re.search(rf"(?<![\w-]){flag}(?![\w-])", shown.split(docstring(example[1]))[1]), f"{flag} in {line}"


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_unknown_flag_is_a_usage_error(name: str, script: Any, home: Path) -> None:
    done = script(name, "--no-such-flag")
    assert done.returncode == 2 and done.stdout == "" and f"{name}: error: " in done.stderr
    assert not home.exists()


def test_a_wrong_setting_is_one_line_that_names_the_nearest(script: Any, home: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("[training]\nlearning_rte = 1.0\n")
    for name in ("sleep.py", "run_cycle.py", "eval_loss.py", "eval_harness.py", "doctor.py"):
        done = script(name, "--config", tmp_path / "wrong.toml")
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and "Did you mean learning_rate?" in done.stderr


def make(*words: str) -> str:
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_make_lists_its_targets_and_clean_keeps_what_is_yours() -> None:
    listed = make()
    for target in ("setup", "demo", "chat", "night", "test", "check", "clean"):
        assert re.search(rf"^make {target}\b", listed, re.MULTILINE)
    commands = [line for line in make("-n", "clean").splitlines() if line]
    removed = " ".join(commands).split()
    assert not {"data", "data/", "adapters", "adapters/", "logs", "logs/", "*", ".", "/"} & (set(removed) - {"."})
    assert [line for line in commands if "data" in line or "adapters" in line] == []

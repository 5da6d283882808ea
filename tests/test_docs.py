"""The docs do not lie: scripts, flags, files and make targets that they name exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from circadian.config import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [ROOT / "README.md", ROOT / "STATE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SCRIPTS = sorted(path.name for path in ROOT.glob("*.py"))


def commands(text: str) -> list[str]:
    """Every command of ours in a code block or in backticks."""
    return re.findall(r"^\s*(?:[A-Z_]+=\S+ )*((?:\.venv/bin/)?python\d? \S+\.py[^\n`#|>]*)", text, re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_readme_names_every_script(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("path", [path for path in DOCS if path.exists()], ids=lambda path: path.name)
def test_commands_in_the_docs_use_scripts_and_flags_that_exist(path: Path) -> None:
    for command in commands(path.read_text(encoding="utf-8")):
        words = shlex.split(command)
        script = ROOT / words[1]
        assert script.exists(), command
        flags = [word.split("=")[0] for word in words[2:] if word.startswith("--")]
        if flags:
            asked = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True, check=True)
            assert all(flag in asked.stdout for flag in flags), command


@pytest.mark.parametrize("path", [path for path in DOCS if path.exists()], ids=lambda path: path.name)
def test_make_targets_in_the_docs_exist(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make ([a-z]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_file_tree_names_every_module_and_no_other() -> None:
    tree = README.split("## The house")[1]
    named = set(re.findall(r"[\w]+\.(?:py|toml|txt|jsonl)\b", tree))
    there = {
        path.name for folder in ("circadian", "bench") for path in (ROOT / folder).rglob("*.py") if path.stem != "__init__"
    }
    assert there <= named, sorted(there - named)
    everything = {path.name for path in ROOT.rglob("*") if ".venv" not in path.parts and path.is_file()}
    assert named <= everything, sorted(named - everything)

"""A home with memories, the tiny model and a fake mlx_lm: what the tests of the night scripts share."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_lora

from circadian import cycle, embedder, hub, versions
from circadian.config import Config
from circadian.files import sha256
from circadian.options import Options

Run = Callable[..., subprocess.CompletedProcess[str]]
TASKS = {"passed": 2, "total": 2, "by_tag": {"math": {"passed": 2, "total": 2}}}
Make = Callable[[str], Config]
SETTINGS = """
[model]
name = "{model}"
folder = "{cache}"
[chat]
context = 512
[training]
recipe = "sft"
warm_start = 0
scope = false
num_layers = -1
[lessons]
rehearsal = 0.0
unknown_least = 0
reserve = 20
rehearsal_least = 0
[evaluation]
prompts = "{prompts}"
max_tokens = 4
[gate]
new = 0.0
kl = 1e9
loss_rise = 1e9
tasks_lost = 0
"""


def exchange(said: str, answer: str = "How nice.", **more: Any) -> dict[str, Any]:
    """A row of the memory file; an empty answer is none."""
    messages = [{"role": "user", "content": said}, *([{"role": "assistant", "content": answer}] if answer else [])]
    return {"messages": messages, "id": said[:40], "at": "2026-01-01T00:00:00Z", **more}


class Sleeper:
    """Nights in a home of their own, without rehearsal unless the settings are changed."""

    def __init__(self, home: Path, model: Path, folder: Path, script: Run) -> None:
        self.home, self.model, self.script = home, model, script
        self.memories, self.adapters, self.logs = home / "data" / "memories.jsonl", home / "adapters", home / "logs"
        self.cache, self.settings, self.prompts = folder / "cache", folder / "settings.toml", folder / "prompts.jsonl"
        self.settings.write_text(SETTINGS.format(model=model, cache=self.cache, prompts=self.prompts))
        self.cache.mkdir()
        (self.cache / embedder.NAME).symlink_to(embedder.folder())  # its tables are made once for all tests
        self.fake = str(fake_lora.install(folder / "fake"))
        self.flags = ["--home", str(home), "--config", str(self.settings)]

    def remember(self, *rows: dict[str, Any] | bytes) -> None:
        """Append rows, or bytes as they are, to the memory file."""
        self.memories.parent.mkdir(parents=True, exist_ok=True)
        with self.memories.open("ab") as file:
            for row in rows:
                file.write(row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() + b"\n")

    def run(self, name: str, *flags: Any, lora: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
        """Run one of our scripts here; with `lora`, mlx_lm.lora is the fake one in that mode."""
        options.setdefault("timeout", None)
        return self.script(name, *self.flags, *flags, env=self.environment(lora), **options)

    def environment(self, lora: str) -> dict[str, str]:
        return os.environ | ({"PYTHONPATH": self.fake, "FAKE_LORA": lora} if lora else {})

    def publish(self, tag: str, proved: Any = None, **base: str) -> None:
        """Put an adapter in use that was made for the tiny model, or for the `base` that is named, and has `proved` to know facts."""
        candidate = self.adapters / ".candidates" / tag
        fake_lora.save(candidate, self.lora())
        real = hub.resolve(str(self.model))
        manifest = {"base": {"name": real.name, "fingerprint": real.fingerprint} | base, "proved": proved}
        versions.publish(candidate, self.adapters, manifest, tag)

    def lora(self) -> dict[str, Any]:
        """What mlx-lm needs to load an adapter for the tiny model."""
        parameters = {"rank": 2, "dropout": 0.0, "scale": 20.0}
        return {"model": str(self.model), "fine_tune_type": "lora", "num_layers": -1, "lora_parameters": parameters}

    def tags(self) -> list[str]:
        return versions.tags(self.adapters)

    def in_use(self) -> str:
        return os.readlink(self.adapters / versions.CURRENT)

    def manifest(self, tag: str = versions.CURRENT) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.adapters / tag / versions.MANIFEST).read_text())
        return found

    def nights(self) -> list[Path]:
        """The folders of the nights, oldest first."""
        return sorted((self.logs / "nights").iterdir())


def listing(*folders: Path) -> dict[str, Any]:
    """Everything below some folders: contents, link targets and times."""
    found: dict[str, Any] = {}
    for path in (path for folder in folders for path in (folder, *folder.rglob("*")) if path.exists() or path.is_symlink()):
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path)] = (path.lstat().st_mtime_ns, content)
    return found


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The last line of stderr of a script that had to end with `code`, and without a traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and "a bug in Circadian" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def a_night(settings: Config, resume: bool = False) -> dict[str, Any]:
    """What run_cycle.py does."""
    return cycle.cycle(settings, Options(model=settings.model.name), resume)


def weights(settings: Config) -> str:
    """The hash of the weights in use, which are whole."""
    version = versions.current(settings.adapters)
    assert version
    return sha256(Path(version.path) / versions.WEIGHTS)

"""config.toml and flags become frozen dataclasses; an unknown key is an error that names the nearest one."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

ROOT = Path(__file__).resolve().parent.parent
LEAST = {
    "batch_size": 1,
    "epochs": 0.1,
    "rank": 1,
    "max_tokens": 1,
    "context": 1,
    "max_seq_length": 1,
    "num_layers": -1,
    "wordings": 1,
    "keep": 1,
    "learning_rate": 1e-9,
    "scale": 1e-3,
}
MOST = {"new": 1.0, "broken": 1.0, "false": 1.0, "top_p": 1.0, "least_battery": 100.0}
RECIPES = ("distill", "sft")


class ConfigError(ValueError):
    """A setting that is unknown or of the wrong kind; the text says which and what to write."""


@dataclass(frozen=True)
class Model:
    name: str = "auto"
    folder: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Chat:
    system: str = ""
    temp: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 512
    context: int = 8192


@dataclass(frozen=True)
class Training:
    recipe: str = "distill"
    iters: int = 0
    epochs: float = 3.0
    learning_rate: float = 4e-4
    batch_size: int = 8
    num_layers: int = 0
    rank: int = 64
    scale: float = 10.0
    rehearsal_weight: float = 5.0
    scope: bool = True
    processes: int = 0
    warm_start: int = 24000
    max_minutes: float = 0.0
    max_seq_length: int = 512
    grad_checkpoint: bool = False


@dataclass(frozen=True)
class Lessons:
    extractor: str = "auto"
    wordings: int = 30
    leads: int = 12
    unknown: float = 0.5
    unknown_least: int = 300
    reserve: int = 2500
    corrected: int = 20
    rehearsal: float = 0.25
    rehearsal_least: int = 400
    augment: bool = False
    temp: float = 0.7
    top_p: float = 0.9


@dataclass(frozen=True)
class Gemini:
    model: str = "gemini-flash-latest"
    base_url: str = ""


@dataclass(frozen=True)
class Evaluation:
    max_tokens: int = 48
    max_samples: int = 64
    prompts: str = ""


@dataclass(frozen=True)
class Gate:
    new: float = 0.5
    broken: float = 0.2
    tasks_lost: int = 2
    loss_rise: float = 0.5
    kl: float = 0.3
    false: float = 0.25


@dataclass(frozen=True)
class Versions:
    keep: int = 5


@dataclass(frozen=True)
class Night:
    least_battery: int = 30
    least_disk: float = 1.0
    max_memory: float = 0.0


@dataclass(frozen=True)
class Alerts:
    notify: bool = True
    webhook: str = ""
    command: str = ""
    only_trouble: bool = False


@dataclass(frozen=True)
class Config:
    """All settings of one run. `home` is the folder that holds data/, adapters/ and logs/; `file` is what was read."""

    home: Path = ROOT
    file: Path = ROOT / "config.toml"
    model: Model = field(default_factory=Model)
    chat: Chat = field(default_factory=Chat)
    training: Training = field(default_factory=Training)
    lessons: Lessons = field(default_factory=Lessons)
    gemini: Gemini = field(default_factory=Gemini)
    evaluation: Evaluation = field(default_factory=Evaluation)
    gate: Gate = field(default_factory=Gate)
    versions: Versions = field(default_factory=Versions)
    night: Night = field(default_factory=Night)
    alerts: Alerts = field(default_factory=Alerts)

    @property
    def memories(self) -> Path:
        return self.home / "data" / "memories.jsonl"

    @property
    def adapters(self) -> Path:
        return self.home / "adapters"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def experiments(self) -> Path:
        return self.logs / "experiments.jsonl"

    @property
    def tasks(self) -> Path:
        """The tasks of the harness: the settings' own, or those that are shipped."""
        return Path(self.evaluation.prompts or ROOT / "eval" / "prompts.jsonl").expanduser()

    def flags(self, model: str = "") -> list[str]:
        """What hands these settings, and a base model, on to a script of ours."""
        return ["--home", str(self.home), "--config", str(self.file), *(["--model", model] if model else [])]

    def to_dict(self) -> dict[str, Any]:
        """The resolved settings as plain data, to be saved beside a result; where alerts go may be a secret, and stays out."""
        data = dataclasses.asdict(self) | {"home": str(self.home), "file": str(self.file)}
        data["alerts"] |= {name: "(set)" for name in ("webhook", "command") if data["alerts"][name]}
        return data


def find_home(flag: str | None) -> Path:
    """--home, else CIRCADIAN_HOME, else the repository's root; always absolute. Raises ConfigError for an unknown ~user."""
    chosen = flag or os.environ.get("CIRCADIAN_HOME") or ROOT
    try:
        return Path(chosen).expanduser().absolute()
    except RuntimeError:  # ~somebody
        raise ConfigError(f"there is no home {chosen}: write the folder's full path") from None


def load(home: str | None = None, file: str | None = None, **overrides: Any) -> Config:
    """Read the settings; `overrides` are flags, `training__iters=5` for [training] iters, None for not given.

    Raises ConfigError for an unknown key, a value of the wrong kind, or a file that is no TOML.
    """
    path = Path(file) if file else ROOT / "config.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"there is no settings file {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no valid TOML: {error}") from None
    for key, value in overrides.items():
        if value is not None:
            section, name = key.split("__")
            if isinstance(data.setdefault(section, {}), dict):  # else _section() says so
                data[section][name] = value
    sections = {f.name: f.default_factory for f in dataclasses.fields(Config) if f.name not in ("home", "file")}
    known = {name: _section(name, kind, data.pop(name, {}), path) for name, kind in sections.items()}
    if data:
        raise ConfigError(_unknown(next(iter(data)), list(sections), f"section in {path}"))
    return Config(home=find_home(home), file=path.absolute(), **known)


def _section(name: str, kind: Any, values: Any, path: Path) -> Any:
    if not isinstance(values, dict):
        raise ConfigError(f"[{name}] in {path} must be a section")
    hints = get_type_hints(kind)
    for key, value in values.items():
        if key not in hints:
            raise ConfigError(_unknown(key, list(hints), f"key in [{name}] of {path}"))
        if hints[key] is float and type(value) is int:
            values[key] = float(value)
        elif type(value) is not hints[key]:
            raise ConfigError(f"[{name}] {key} must be of kind {hints[key].__name__}, not {type(value).__name__}")
        if key == "recipe" and values[key] not in RECIPES:
            raise ConfigError(f"[{name}] recipe must be one of {', '.join(RECIPES)}, not {values[key]}")
        if hints[key] in (int, float) and not LEAST.get(key, 0) <= values[key] < float("inf"):
            raise ConfigError(f"[{name}] {key} must be a number of at least {LEAST.get(key, 0)}, not {value}")
        if key in MOST and values[key] > MOST[key]:
            raise ConfigError(f"[{name}] {key} must be at most {MOST[key]:g}, not {value}")
    return kind(**values)


def _unknown(key: str, names: list[str], what: str) -> str:
    near = difflib.get_close_matches(key, names, 1, 0.5)
    return f"unknown {what}: {key}" + (f". Did you mean {near[0]}?" if near else f". Known are {', '.join(names)}.")

"""Is training faster in two processes side by side than in one? The same rows, the same machine, alternating.

    .venv/bin/python bench/train_speed.py                  # on a CPU; mlx's own threads are the BLAS's
    .venv/bin/python bench/train_speed.py --repeats 5

A short training and a longer one: the difference gives the seconds of a step, the rest is what comes before the first.
Prints medians, the spread, and the ratio.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.life import Life, read_table  # noqa: E402
from circadian import config, hub, process, training  # noqa: E402
from circadian.files import private_folder, write_atomic  # noqa: E402
from circadian.learning import learn  # noqa: E402
from circadian.lessons.dataset import Dataset  # noqa: E402
from circadian.options import Options  # noqa: E402
from circadian.records import Memory  # noqa: E402

FEW, MANY = 4, 16  # steps of the two trainings
FACTS = 10


def prepared(home: str, model: str) -> tuple[config.Config, hub.Base, Dataset]:
    """Settings with this home, the base, and a day's rows, which are also written to its data/."""
    (day,) = Life(seed=0, nights=1, facts=FACTS, changes=0, table=read_table()).days
    memories = [Memory([{"role": "user", "content": text}], id=text) for text in day.turns]
    settings = config.load(home=home)
    base = hub.resolve(model, settings.model.folder)
    dataset = learn(settings, Options(model=model), base, memories).dataset
    dataset.write(private_folder(Path(home) / "data"))
    return settings, base, dataset


def seconds(settings: config.Config, base: hub.Base, folder: Path, rows: int, number: int, steps: int) -> float:
    """Of one training of so many steps in so many processes, from its start to its adapter."""
    asked = dataclasses.replace(settings.training, processes=number, iters=steps)
    lora = training.lora_settings(asked, base, folder / "data", folder / "adapter", rows, settings.model.seed)
    write_atomic(folder / "lora.json", json.dumps(lora))
    begin = time.monotonic()
    process.run(training.command(settings, lora, folder), folder / "training.log", environment=training.environment(number))
    return time.monotonic() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings, base, dataset = prepared(home, args.model)
        times: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
        for _ in range(args.repeats):
            for number, found in times.items():
                few, many = (seconds(settings, base, Path(home), len(dataset.train), number, n) for n in (FEW, MANY))
                step = (many - few) / (MANY - FEW)
                found.append((few - FEW * step, step))
    for place, name in enumerate(("before the first step", "a step")):
        one, two = ([pair[place] for pair in found] for found in times.values())
        spread = ", ".join(f"{min(values):.2f} to {max(values):.2f} s" for values in (two, one))
        medians = statistics.median(two), statistics.median(one)
        print(
            f"{name:<22} {medians[1] / medians[0]:.2f} times as fast in two: {medians[0]:.2f} s against {medians[1]:.2f} s ({spread})"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

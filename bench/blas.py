"""How much faster is float32 MLX with a real BLAS in front? One run, each in a process of its own, alternating.

    .venv/bin/python bench/blas.py                  # the product of two matrices, and a forward pass
    .venv/bin/python bench/blas.py --repeats 9

Prints the median of each, the spread, and the ratio. On a Mac there is nothing to compare.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = """
import sys, time
from circadian import blas, embedded
blas.load()
import mlx.core as mx
side = int(sys.argv[1])
if side:
    a, b = mx.random.normal((side, side), key=mx.random.key(0)), mx.random.normal((side, side), key=mx.random.key(1))
    work = lambda: mx.eval(a @ b)
else:
    from mlx_lm import load
    network, _ = load(str(embedded.folder(bits=32)))
    tokens = mx.arange(512).reshape(8, 64)
    work = lambda: mx.eval(network(tokens))
work()
begin = time.perf_counter(); work(); print(time.perf_counter() - begin)
"""


def seconds(blas: str, side: int) -> float:
    """Seconds of one piece of work in a fresh process; `side` 0 is a forward pass of 8 x 64 tokens."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "CIRCADIAN_BLAS": blas}
    done = subprocess.run([sys.executable, "-c", WORK, str(side)], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    if sys.platform != "linux":
        print("nothing to compare: MLX uses the system's own BLAS here")
        return 0
    for name, side, work in (("1024 x 1024 product", 1024, 2 * 1024**3), ("forward, 8 x 64 tokens", 0, 0)):
        times: dict[str, list[float]] = {"": [], "none": []}
        for _ in range(args.repeats):
            for blas, measured in times.items():
                measured.append(seconds(blas, side))
        fast, slow = statistics.median(times[""]), statistics.median(times["none"])
        spread = ", ".join(f"{min(values):.3f} to {max(values):.3f} s" for values in times.values())
        rate = f", {work / fast / 1e9:.0f} against {work / slow / 1e9:.0f} GFLOP/s" if work else ""
        print(f"{name:<24} {slow / fast:6.1f} times as fast: {fast:.3f} s against {slow:.3f} s{rate} (spread {spread})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

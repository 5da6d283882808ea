"""How long does each script's --help take? The median of fresh processes, against the 0.3 s that we promise.

    .venv/bin/python bench/help_speed.py
    .venv/bin/python bench/help_speed.py --repeats 15

Exits 1 if a median is above the promise. Bytecode is compiled before the first run counts.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROMISE = 0.3


def seconds(script: Path) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, str(script), "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    slow = 0
    for script in sorted(ROOT.glob("*.py")):
        seconds(script)
        times = [seconds(script) for _ in range(args.repeats)]
        middle = statistics.median(times)
        slow += middle > PROMISE
        print(f"{script.name:<28} {middle:.3f} s ({min(times):.3f} to {max(times):.3f} s)")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())

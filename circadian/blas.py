"""A real BLAS in front of the reference BLAS that mlx brings on Linux. Nothing here touches a Mac.

mlx[cpu] calls `cblas_sgemm` of whatever library comes first: loading OpenBLAS with global symbols before mlx,
or LD_PRELOAD for children, makes float32 matrices about thirty times as fast (bench/blas.py measures it).
`python -m circadian.blas` fetches one where the system has none.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from circadian.cli import run_main
from circadian.wheels import Wheel, cache_folder, fetch, made_once

# The newest wheels whose OpenBLAS has plain, unprefixed names and threads; nothing but these libraries is taken out.
WHEELS = {
    "x86_64": Wheel(
        "cvxopt==1.3.2",
        {
            "cvxopt.libs/libquadmath-96973f99.so.0.0.0": "934c22ded0e7d169c4d4678876c96051adf3d94545da962f60b41659b075da3b",
            "cvxopt.libs/libgfortran-040039e1.so.5.0.0": "14afb3129b1a8b50bc40a3b0820c7f1152ea9bc10121aab152943f7057472886",
            "cvxopt.libs/libopenblasp-r0-5c2b7639.3.23.so": "25ab125962d7ac09b01d34eefee0b20665cc87a7c5eb8f5166f147059a94e5d7",
        },
    ),
    "aarch64": Wheel(
        "scipy==1.10.1",
        {
            "scipy.libs/libgfortran-daac5196.so.5.0.0": "73b06dc7d12c5d4e37fe8ba67aa9ab440bb794e79adff58ae894b3d457e71bd7",
            "scipy.libs/libopenblasp-r0-dff490c2.3.18.so": "4c93ea099b2e32085bebea3aa514e46d11a5fae7c93a3f2e48bc491568fdaae7",
        },
    ),
}
SYSTEM = ("libopenblas.so.0", "libopenblas.so", "libmkl_rt.so.2", "libmkl_rt.so")


@dataclass(frozen=True)
class Blas:
    """Libraries to load, in order; the last is the BLAS itself. `folder` is empty for a system's own."""

    name: str
    libraries: tuple[str, ...]
    folder: str = ""

    def environment(self) -> dict[str, str]:
        """What a child needs; the folder goes in LD_LIBRARY_PATH since LD_PRELOAD cannot hold a space."""
        preload = {"LD_PRELOAD": _ahead(self.libraries[-1], "LD_PRELOAD", " ")}
        return preload | ({"LD_LIBRARY_PATH": _ahead(self.folder, "LD_LIBRARY_PATH", ":")} if self.folder else {})


def find() -> Blas | None:
    """The BLAS to put in front, or None: on a Mac, with CIRCADIAN_BLAS=none, or where none can be had."""
    wanted = os.environ.get("CIRCADIAN_BLAS", "")
    if sys.platform != "linux" or wanted == "none":
        return None
    for name in () if wanted == "fetched" else SYSTEM:
        if _has_sgemm(name):
            return Blas(f"the system's {name}", (name,))
    folder, wheel = _fetched()
    if wheel and folder.is_dir():
        names = tuple(Path(member).name for member in wheel.members)
        return Blas(f"OpenBLAS {names[-1]}", names, str(folder))
    return None


def provide() -> Blas | None:
    """The BLAS of this machine, fetched from the package registry if the system has none. Raises UserError."""
    blas = find()
    folder, wheel = _fetched()
    if blas or not wheel or sys.platform != "linux" or os.environ.get("CIRCADIAN_BLAS") == "none":
        return blas
    made_once(folder, "fetching a fast BLAS", lambda candidate: fetch(wheel, candidate))
    return find()


def load() -> Blas | None:
    """Put the BLAS in front for this process; must come before mlx is imported. Never raises."""
    blas = find()
    if blas is None or blas.libraries[-1] in os.environ.get("LD_PRELOAD", ""):
        return blas
    try:
        for name in blas.libraries:
            ctypes.CDLL(os.path.join(blas.folder, name), mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return None
    return blas


def child_environment() -> dict[str, str]:
    """The variables that put the BLAS in front in a child that is not ours, such as mlx_lm.lora."""
    blas = find()
    return blas.environment() if blas else {}


def _ahead(value: str, variable: str, separator: str) -> str:
    """The variable's list with `value` first, once."""
    rest = [part for part in os.environ.get(variable, "").split(separator) if part and part != value]
    return separator.join([value, *rest])


def _has_sgemm(name: str) -> bool:
    try:
        return hasattr(ctypes.CDLL(name), "cblas_sgemm")
    except OSError:
        return False


def _fetched() -> tuple[Path, Wheel | None]:
    """The folder of the fetched BLAS and its wheel for this machine; None where no wheel fits (musl, other chips)."""
    machine = platform.machine()
    wheel = WHEELS.get(machine) if platform.libc_ver()[0] == "glibc" else None
    if wheel:
        where = ("--python-version", "3.10", "--implementation", "cp", "--abi", "cp310")
        tags = (f"manylinux2014_{machine}", f"manylinux_2_17_{machine}")
        options = where + tuple(word for tag in tags for word in ("--platform", tag))
        wheel = Wheel(wheel.requirement, wheel.members, options)
    name = Path(list(wheel.members)[-1]).name.split(".so")[0] if wheel else "none"
    return cache_folder() / f"{name}-{machine}", wheel


def main(argv: Sequence[str] | None = None) -> int:
    found = provide()
    print(f"BLAS: {found.name if found else 'the one that mlx brings'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(run_main(main))

"""``python -m bambi_lite``: versions, backends, what is kept on disk, and a self-check."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from . import __version__
from .engines.base import BACKENDS
from .selfcheck import run_checks

_LIBRARIES = (
    "numpy", "scipy", "pandas", "xarray", "arviz", "pymc", "pytensor", "nutpie", "numba",
    "formulae", "matplotlib",
)  # fmt: skip
#: What other data frames, and pictures of networks, need.
_OPTIONAL = ("narwhals", "polars", "pyarrow", "graphviz")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what there is and whether it works; 0 if it does, else 1.

    Parameters
    ----------
    arguments : sequence of str, optional
        Of the command line, by default those of the process.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bambi_lite",
        description="Versions, backends and cache of bambi_lite, and a self-check: small models "
        "are fitted and compared with exact answers. The exit code is 1 where one is wrong.",
    )
    parser.add_argument("--no-check", action="store_true", help="print only, fit nothing")
    chosen = parser.parse_args(arguments)
    for line in (*_versions(), "", *_kept()):
        _say(line)
    if chosen.no_check:
        return 0
    _say("\nSelf-check (a minute where kernels have to be compiled, else seconds)")
    wrong = 0
    for result in run_checks():
        wrong += bool(result.problem)
        state = "WRONG" if result.problem else "ok"
        _say(f"  {state:5} {result.name} ({result.seconds:.1f} s)")
        if result.problem:
            _say(f"        {result.problem}")
    trust = f"{wrong} of the checks failed: this installation cannot be trusted."
    _say(trust if wrong else "Good.")
    return int(wrong > 0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _versions() -> Iterator[str]:
    yield f"bambi_lite {__version__} in {Path(__file__).parent}"
    yield (
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores"
    )
    yield ", ".join(f"{name} {_version(name) or 'MISSING'}" for name in _LIBRARIES)
    there = [f"{name} {_version(name)}" for name in _OPTIONAL if _version(name)]
    gone = [name for name in _OPTIONAL if not _version(name)]
    missing = f"; not there: {', '.join(gone)}" if gone else ""
    yield f"optional: {', '.join(there) or 'none'}{missing}"
    yield f"backends: {', '.join(BACKENDS)}; engines: compiled kernels, PyMC's graph"


def _kept() -> Iterator[str]:
    """The folder of compiled kernels, and its size."""
    from .compiled import folder

    own = folder()
    if own is None:
        yield (
            "kernels: kept nowhere (BAMBI_LITE_CACHE says so, or its folder cannot be written to), "
            "and compiled in every process"
        )
        return
    files = [path for path in own.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    yield f"kernels: {own}, {size:.1f} MB in {len(files)} files"
    if not files:
        yield "         each is compiled at its first fit, a few seconds once"


if __name__ == "__main__":
    sys.exit(main())

"""Where compiled kernels are kept between processes.

numba notices when the file of a function changes, not when a function that it calls does (numba
0.68, numba/core/caching.py): kernels of an older bambi_lite would be called as if they were new. So
the folder's name holds a hash of all their sources and of the versions beside them; what
does not fit is never read. Writing is numba's own: whole files, renamed into place, so that
processes may write at once.

``BAMBI_LITE_CACHE`` names another folder; set to ``off`` it keeps nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numba

_VARIABLE = "BAMBI_LITE_CACHE"
#: The modules whose functions numba compiles, and the one with their constants.
_COMPILED = (
    "callbacks",
    "kernel",
    "layout",
    "likelihoods",
    "marginal",
    "predictors",
    "recover",
    "special",
)
#: Kernels of other versions are removed when they have not been used for so many days.
_DAYS = 60.0


def root() -> Path | None:
    """The folder of everything that is kept, None when nothing is."""
    given = os.environ.get(_VARIABLE, "")
    if given.lower() in ("off", "0", "no"):
        return None
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(home) / "bambi_lite" if home else Path.home() / ".cache" / "bambi_lite"


@cache
def folder() -> Path | None:
    """The folder of the kernels of this version; None when it cannot be written."""
    base = root()
    if base is None:
        return None
    found = hashlib.sha256(f"{numba.__version__} {sys.version}".encode())
    for name in _COMPILED:
        found.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    own = base / f"kernels-{found.hexdigest()[:16]}"
    try:
        own.mkdir(parents=True, exist_ok=True)
        # The time of the folder says when it was last used.
        os.utime(own)
        if not os.access(own, os.W_OK):
            return None
    except OSError:
        return None
    _forget_others(base, own)
    return own


def _forget_others(base: Path, own: Path) -> None:
    limit = time.time() - 86400.0 * _DAYS
    for other in base.glob("kernels-*"):
        try:
            if other != own and other.stat().st_mtime < limit:
                shutil.rmtree(other, ignore_errors=True)
        except OSError:
            continue


@contextmanager
def kept() -> Iterator[bool]:
    """Functions that are decorated inside are kept in :func:`folder`; whether they can be."""
    own = folder()
    if own is None:
        yield False
        return
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(own)
    try:
        yield True
    finally:
        numba.config.CACHE_DIR = before

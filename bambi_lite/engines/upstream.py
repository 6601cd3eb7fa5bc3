"""Workarounds for upstream libraries: what, since which version, and when each can go.

tests/graph/test_upstream.py fails when one of them is no longer needed.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np


class _Later(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def light_nutpie() -> Any:
    """nutpie, imported without the pictures and statistics of ArviZ.

    nutpie 0.16 imports ArviZ for the data set that it makes of its draws, and with it matplotlib:
    1.1 of 1.24 s. Here the draws are taken as they come; what nutpie has in ArviZ' place imports it
    as soon as it is used. Everybody else imports ArviZ as ever.
    """
    if "nutpie" in sys.modules or "arviz" in sys.modules:
        return importlib.import_module("nutpie")
    sys.modules["arviz"] = _Later("arviz")
    try:
        return importlib.import_module("nutpie")
    finally:
        del sys.modules["arviz"]


def quiet_blas() -> None:
    """Look up PyTensor's BLAS flags once, without its warning.

    PyTensor 3.3 warns when it is installed from a wheel ("could not link to a BLAS
    installation") as soon as any function is compiled. Models here are compiled by numba, which
    brings SciPy's BLAS; the flags are never used, and the advice does not apply.
    """
    import pytensor

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PyTensor could not link to a BLAS")
        _ = pytensor.config.blas__ldflags  # type: ignore[attr-defined] # exported implicitly


@contextmanager
def exact_arithmetic() -> Iterator[None]:
    """Compile without ``fastmath``, so that one seed gives one set of draws.

    PyTensor 3.3 lets numba reorder floating-point arithmetic. Code that was just compiled and the
    same code from the disk cache are then inlined, and rounded, differently: the first fit on a
    machine had other draws than every later one.
    """
    import pytensor

    with pytensor.config.change_flags(numba__fastmath=False):  # type: ignore[attr-defined] # as above
        yield


@contextmanager
def lean_nutpie() -> Iterator[None]:
    """Compile nutpie's C callbacks with plain loops in place of slice assignments.

    nutpie 0.16 copies the gradient with ``out[...] = grad`` and tests it with
    ``np.all(np.isfinite(out))``; numba compiles branches for shapes and dtypes that cannot occur,
    some seconds in every process. A loop over the elements says the same. Measured on sleepstudy
    with warm caches: 15.0 s of compiling with nutpie's own callbacks, 10.5 s with these.
    """
    from nutpie import compile_pymc as nutpie

    names = ("_make_c_logp_func", "_make_c_expand_func")
    own = {name: getattr(nutpie, name, None) for name in names}
    if None in own.values():  # another nutpie: its own way is the right one
        yield
        return
    vars(nutpie).update(dict(zip(names, (_logp_callback, _expand_callback), strict=True)))
    try:
        yield
    finally:
        vars(nutpie).update(own)


def _logp_callback(
    n_dim: int, logp_fn: Any, user_data: Any, shared_keys: Any, shared_data: Any
) -> tuple[Callable[..., int], Any]:
    """Density and gradient at a point; the return codes are nutpie's."""
    import numba
    from nutpie.compile_pymc import make_extraction_fn

    extract = make_extraction_fn(logp_fn, shared_data, shared_keys, user_data.dtype)
    double = numba.types.CPointer(numba.types.double)
    signature = numba.types.int64(numba.types.uint64, double, double, double, numba.types.voidptr)

    def logp(dim, x_, out_, logp_, user_data_):  # type: ignore[no-untyped-def] # numba types it
        if dim != n_dim:
            return -1
        try:
            value, gradient = extract(numba.carray(x_, (n_dim,)), user_data_)
            density = value[()]
            logp_[0] = density
            for i in range(n_dim):
                slope = gradient[i]
                out_[i] = slope
                if not np.isfinite(slope):
                    return 3
            if not np.isfinite(density):
                return 4
        except Exception:
            return 1
        return 0

    return logp, signature


def _expand_callback(
    n_dim: int, n_expanded: int, expand_fn: Any, user_data: Any, shared_keys: Any, shared_data: Any
) -> tuple[Callable[..., int], Any]:
    """The values to keep at a point; the return codes are nutpie's."""
    import numba
    from nutpie.compile_pymc import make_extraction_fn

    extract = make_extraction_fn(expand_fn, shared_data, shared_keys, user_data.dtype)
    double = numba.types.CPointer(numba.types.double)
    signature = numba.types.int64(
        numba.types.uint64, numba.types.uint64, double, double, numba.types.voidptr
    )

    def expand(dim, expanded, x_, out_, user_data_):  # type: ignore[no-untyped-def] # as above
        if dim != n_dim or expanded != n_expanded:
            return -1
        try:
            (values,) = extract(numba.carray(x_, (n_dim,)), user_data_)
            for i in range(n_expanded):
                out_[i] = values[i]
        except Exception:
            return -2
        return 0

    return expand, signature

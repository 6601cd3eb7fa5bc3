"""What nutpie calls, compiled once for a machine and kept on disk."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numba import types

from ...compiled import callback
from . import kernel, likelihoods
from . import layout as at

_DOUBLES = types.CPointer(types.double)


def copy_point(dim, expanded, x_, out_, user_data):
    """The point itself: everything else is computed from it afterwards, for all draws at once."""
    for i in range(dim):
        out_[i] = x_[i]
    return 0


log_density = callback(
    types.int64(types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, types.voidptr), kernel.density
)
keep = callback(
    types.int64(types.uint64, types.uint64, _DOUBLES, _DOUBLES, types.voidptr), copy_point
)


def table(ints: np.ndarray, floats: np.ndarray) -> np.ndarray:
    """Both tables as the callbacks read them, with the likelihood by its address in this process.

    Its number in `ints` stands for it everywhere else (:mod:`.likelihoods`).
    """
    made = np.concatenate([ints, floats.view(np.int64)])
    made[at.LIKELIHOOD] = likelihoods.compiled(int(ints[at.LIKELIHOOD])).address
    return made


def density(x: np.ndarray, ints: np.ndarray, floats: np.ndarray, out: np.ndarray) -> float:
    """The log-posterior of a point up to a constant, as it is sampled; `out` gets the gradient."""

    def address(array: np.ndarray) -> Any:
        return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))

    x = np.ascontiguousarray(x, dtype=float)
    value, whole = np.empty(1), table(ints, floats)
    log_density.ctypes(len(x), address(x), address(out), address(value), whole.ctypes.data)
    return float(value[0])

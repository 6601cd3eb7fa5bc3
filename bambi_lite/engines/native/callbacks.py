"""What nutpie calls, compiled once for a machine and kept on disk by numba.

A model's tables are one array of whole numbers: how many there are of each kind, `ints`, and the
bits of `floats`. nutpie hands its address to the callbacks.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from .cache import kept
from .kernel import density

_DOUBLES = types.CPointer(types.double)
_DENSITY = types.int64(types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, types.voidptr)
_KEEP = types.int64(types.uint64, types.uint64, _DOUBLES, _DOUBLES, types.voidptr)


def density_at(dim, x_, out_, logp_, user_data):
    """Log-posterior and gradient; the return codes are nutpie's."""
    sizes = numba.carray(user_data, (2,), np.int64)
    whole = numba.carray(user_data, (2 + sizes[0] + sizes[1],), np.int64)
    ints = whole[2 : 2 + sizes[0]]
    floats = whole[2 + sizes[0] :].view(np.float64)
    n = int(dim)
    out = numba.carray(out_, (n,))
    value = density(numba.carray(x_, (n,)), ints, floats, out)
    logp_[0] = value
    for i in range(n):
        if not np.isfinite(out[i]):
            return 3
    if not np.isfinite(value):
        return 4
    return 0


def copy_point(dim, expanded, x_, out_, user_data):
    """The point itself: everything else is computed from it afterwards, for all draws at once."""
    for i in range(dim):
        out_[i] = x_[i]
    return 0


with kept() as _keep:
    log_density = numba.cfunc(_DENSITY, cache=_keep, error_model="numpy")(density_at)
    keep = numba.cfunc(_KEEP, cache=_keep)(copy_point)

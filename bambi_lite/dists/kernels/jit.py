"""How the texts of the kernels are compiled: by numba, kept on disk beside the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba

from .base import Elementwise


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile a function of scalars; a division by zero is infinite, as in NumPy."""
    return cast(F, numba.njit(cache=True, error_model="numpy")(function))


def elementwise(function: Callable[..., float]) -> Elementwise:
    """The NumPy ufunc of a function of scalars."""
    return cast(Elementwise, numba.vectorize(cache=True)(function))

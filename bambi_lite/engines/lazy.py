"""Draws that are made when they are asked for, as xarray's lazy arrays.

They stand among the draws under their names; ``.values``, ``np.asarray`` and everything built on
them makes the part that is asked for, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from xarray.backends import BackendArray
from xarray.core import indexing

#: Numbers that are made at a time, beyond what is asked for.
_BUDGET = 4_000_000

#: The draws of these numbers, counted over chains: shape (n, ...).
type Make = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class _Made(BackendArray):
    make: Make
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __getitem__(self, key: Any) -> Any:
        support = indexing.IndexingSupport.OUTER
        return indexing.explicit_indexing_adapter(key, self.shape, support, self._part)

    def _part(self, key: tuple[Any, ...]) -> np.ndarray:
        places = [np.arange(n)[k] for n, k in zip(self.shape, key, strict=True)]
        scalars = tuple(axis for axis, place in enumerate(places) if place.ndim == 0)
        chains, draws, *others = (np.atleast_1d(place) for place in places)
        which = (chains[:, None] * self.shape[1] + draws).ravel()
        made = np.empty((len(which), *map(len, others)), dtype=self.dtype)
        step = max(1, _BUDGET // max(1, int(np.prod(self.shape[2:]))))
        for start in range(0, len(which), step):
            part = self.make(which[start : start + step])
            made[start : start + step] = part[np.ix_(np.arange(len(part)), *others)]
        whole = made.reshape(len(chains), len(draws), *made.shape[1:])
        return np.squeeze(whole, axis=scalars)


def made_when_asked(make: Make, shape: tuple[int, ...], dtype: str = "float64") -> Any:
    """An array of draws that `make` makes whenever a part of it is asked for.

    Parameters
    ----------
    make : callable
        ``make(which) -> array``: the draws of these numbers (``chain * draws + draw``), the same
        ones each time.
    shape : tuple of int
        (chain, draw, ...).
    dtype : str
        Of the numbers that come out.

    Examples
    --------
    >>> squares = made_when_asked(lambda which: (which**2.0)[:, None], (2, 3, 1))
    >>> np.asarray(squares)[1, :, 0].tolist()
    [9.0, 16.0, 25.0]
    """
    return indexing.LazilyIndexedArray(_Made(make, shape, np.dtype(dtype)))


def picked(values: Any, which: np.ndarray) -> np.ndarray:
    """The draws of these numbers, whether the array is one of these or has its numbers."""
    if is_made_when_asked(values):
        return np.asarray(values.array.make(which))
    return np.asarray(values.reshape(-1, *values.shape[2:])[which])


def is_made_when_asked(values: Any) -> bool:
    """Whether an array is one of these."""
    return isinstance(values, indexing.ExplicitlyIndexed)

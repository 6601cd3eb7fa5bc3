"""The two tables of :mod:`.layout` while they are written."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import layout as at


class Tables:
    """Numbers added one after another; a position never changes once it is given out."""

    def __init__(self) -> None:
        self.head = np.zeros(at.HEAD, dtype=np.int64)
        self._ints: list[np.ndarray] = []
        self._floats: list[np.ndarray] = []
        self._n_ints = at.HEAD
        self._n_floats = 0

    def ints(self, values: Any) -> int:
        """Add whole numbers; their position."""
        flat = np.ascontiguousarray(values, dtype=np.int64).ravel()
        place = self._n_ints
        self._ints.append(flat)
        self._n_ints += flat.size
        return place

    def floats(self, values: Any) -> int:
        """Add numbers; their position."""
        flat = np.ascontiguousarray(values, dtype=np.float64).ravel()
        place = self._n_floats
        self._floats.append(flat)
        self._n_floats += flat.size
        return place

    def done(self) -> tuple[np.ndarray, np.ndarray]:
        """Both tables."""
        ints = np.concatenate([self.head, *self._ints])
        floats = np.concatenate([*self._floats, np.zeros(1)])
        ints[at.N_INTS], ints[at.N_FLOATS] = ints.size, floats.size
        return ints, floats

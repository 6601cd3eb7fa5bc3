"""Correlations that a family has between its parameters, such as those of log-ratios."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..params import Param, ParamKey
from ..xp import Array, Namespace
from .base import Quantity, Values, suffix


@dataclass(frozen=True, slots=True)
class CorrelationTerm:
    """A correlation matrix by its Cholesky factor, under an LKJ prior.

    Attributes
    ----------
    name : str
        The class of its prior and the start of its draws' names (``lncor``), and where the family
        finds the factor among its dpars.
    labels : tuple of str
        What is correlated; with one label there is no parameter.
    resp : str
        The response.
    """

    name: str
    labels: tuple[str, ...]
    resp: str = ""

    @property
    def _factor(self) -> str:
        return f"L{self.name}{suffix(self.resp)}"

    @property
    def centres(self) -> str:
        """No columns are centred for it."""
        return ""

    @property
    def means(self) -> tuple[float, ...]:
        """None."""
        return ()

    @property
    def simple(self) -> bool:
        """Its value is a matrix."""
        return False

    @property
    def params(self) -> tuple[Param, ...]:
        """The Cholesky factor."""
        q = len(self.labels)
        if q < 2:
            return ()
        key = ParamKey(f"L{self.name}", resp=self.resp)
        return (Param(self._factor, key, (q, q), kind="cholesky_corr"),)

    def value(self, xp: Namespace, p: Values) -> Array:
        """The Cholesky factor, shape (..., q, q)."""
        if len(self.labels) < 2:
            return xp.asarray(np.ones((1, 1)))
        return p[self._factor]

    def pairs(self) -> list[tuple[str, int, int]]:
        """Name of the draws of each correlation, and which it is."""
        start = f"{self.name}{suffix(self.resp)}"
        return [
            (f"{start}__{self.labels[i]}__{self.labels[j]}", i, j)
            for i, j in combinations(range(len(self.labels)), 2)
        ]

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``lncor__p2__p3``, ..."""
        found = []
        for name, i, j in self.pairs():
            L = np.asarray(p[self._factor])
            key = ParamKey(self.name, f"{self.labels[i]},{self.labels[j]}", resp=self.resp)
            found.append(Quantity(name, key, np.sum(L[..., i, :] * L[..., j, :], axis=-1)))
        return tuple(found)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The factor from the correlations."""
        if len(self.labels) < 2:
            return {}
        size = len(self.labels)
        pairs = self.pairs()
        matrix = np.zeros((*np.shape(q[pairs[0][0]]), size, size)) + np.eye(size)
        for name, i, j in pairs:
            matrix[..., i, j] = matrix[..., j, i] = np.asarray(q[name])
        return {self._factor: np.linalg.cholesky(matrix)}

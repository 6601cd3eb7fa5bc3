"""The baseline hazard of proportional hazards models: weights of splines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..params import Param, ParamKey
from ..xp import Array, Namespace
from .base import Quantity, Values, suffix


@dataclass(frozen=True, slots=True)
class BaselineHazardTerm:
    """Weights of the splines that a baseline hazard is made of: they add up to one.

    Its scale is the intercept's business: the weights tell the shape.

    Attributes
    ----------
    n_splines : int
        How many there are.
    groups : tuple of str
        Labels of the strata, each with weights of its own; ``("",)`` where there is one hazard.
    resp : str
        The response.
    """

    n_splines: int
    groups: tuple[str, ...] = ("",)
    resp: str = ""

    @property
    def name(self) -> str:
        """Where the family finds them among its dpars, and brms' name of the draws."""
        return "sbhaz"

    @property
    def centres(self) -> str:
        """Nothing: the weights are about no column."""
        return ""

    @property
    def means(self) -> tuple[float, ...]:
        """None."""
        return ()

    @property
    def simple(self) -> bool:
        """No: the likelihood takes them stratum by stratum."""
        return False

    def _name(self, i: int) -> str:
        """``sbhaz``, or ``sbhaz_1`` for the first stratum of several."""
        ending = suffix(self.resp)
        return f"sbhaz{ending}" if self.groups == ("",) else f"sbhaz{ending}_{i + 1}"

    @property
    def params(self) -> tuple[Param, ...]:
        """The weights of each stratum."""
        return tuple(
            Param(
                self._name(i),
                ParamKey("sbhaz", group=group, resp=self.resp),
                (self.n_splines,),
                kind="simplex",
            )
            for i, group in enumerate(self.groups)
        )

    def value(self, xp: Namespace, p: Values) -> Array:
        """All weights, shape (..., stratum, spline)."""
        return xp.swap(xp.stack([p[param.name] for param in self.params]))

    @property
    def labels(self) -> tuple[str, ...]:
        """``1``, ``2``, ..., or ``g,1``, ``g,2``, ... for a stratum g."""
        numbers = [str(k + 1) for k in range(self.n_splines)]
        return tuple(f"{g},{k}" if g else k for g in self.groups for k in numbers)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``sbhaz[1]``, ..., stratum after stratum."""
        name = f"sbhaz{suffix(self.resp)}"
        values = np.concatenate([np.asarray(p[param.name]) for param in self.params], axis=-1)
        key = ParamKey("sbhaz", resp=self.resp)
        return (Quantity(name, key, values, (f"{name}_dim",), {f"{name}_dim": self.labels}),)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The weights of each stratum."""
        values = np.asarray(q[f"sbhaz{suffix(self.resp)}"])
        parts = np.split(values, len(self.groups), axis=-1)
        return {param.name: part for param, part in zip(self.params, parts, strict=True)}

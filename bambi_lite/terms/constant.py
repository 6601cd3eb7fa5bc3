"""Terms without a design: offsets, dpars that are not predicted, dpars fixed at a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..design import PredictorDesign
from ..params import Param, ParamKey
from ..xp import Array, Namespace
from .base import Piece, Quantity, Values, suffix


@dataclass(frozen=True, slots=True)
class OffsetTerm:
    """The sum of a predictor's ``offset()`` terms: known, added as it is."""

    dpar: str
    nlpar: str = ""
    resp: str = ""

    @property
    def _name(self) -> str:
        return f"offset{suffix(self.resp, self.dpar, self.nlpar)}"

    @property
    def params(self) -> tuple[Param, ...]:
        """None."""
        return ()

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """The offset of each observation."""
        assert predictor.offset is not None
        return {self._name: predictor.offset}

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """The offset itself."""
        return d[self._name]

    def pieces(self) -> tuple[Piece, ...]:
        """The offset."""
        return (Piece(known=self._name),)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """None."""
        return ()

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """Nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class ScalarTerm:
    """A distributional parameter without a formula: one number, on the response scale."""

    dpar: str
    lower: float | None = None
    upper: float | str | None = None
    resp: str = ""

    @property
    def _name(self) -> str:
        return f"{self.dpar}_{self.resp}" if self.resp else self.dpar

    @property
    def params(self) -> tuple[Param, ...]:
        """The number itself."""
        key = ParamKey(self.dpar, resp=self.resp)
        return (Param(self._name, key, lower=self.lower, upper=self.upper),)

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """Nothing."""
        return {}

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """The number, with a trailing axis that broadcasts over the observations."""
        return p[self._name][..., None]

    def pieces(self) -> tuple[Piece, ...]:
        """The number."""
        return (Piece(param=self._name),)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """The number under its own name."""
        return (Quantity(self._name, ParamKey(self.dpar, resp=self.resp), p[self._name]),)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The number under its own name."""
        return {self._name: np.asarray(q[self._name])}


@dataclass(frozen=True, slots=True)
class FixedTerm:
    """A distributional parameter that is known, for example ``bf(y ~ x, sigma = 2)``.

    Draws made elsewhere may have other values of it; then theirs count.
    """

    dpar: str
    value: float

    @property
    def params(self) -> tuple[Param, ...]:
        """None: it is known."""
        return ()

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """Nothing."""
        return {}

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """The value; from draws that have one, theirs."""
        if self.dpar in p:
            return p[self.dpar][..., None]
        return xp.asarray(np.asarray([self.value]))

    def pieces(self) -> tuple[Piece, ...]:
        """The value."""
        return (Piece(value=self.value),)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """The value as constant draws, as brms keeps it: as many as there are of the parameters."""
        shape = next((np.shape(values)[:2] for values in p.values()), None)
        if shape is None:
            return ()
        return (Quantity(self.dpar, ParamKey(self.dpar), np.full(shape, float(self.value))),)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The value that the draws have of it, if they have one."""
        return {self.dpar: np.asarray(q[self.dpar])} if self.dpar in q else {}


@dataclass(frozen=True, slots=True)
class TiedTerm:
    """A distributional parameter that is the same number as another: ``sigma2 = "sigma1"``."""

    dpar: str
    other: str

    @property
    def params(self) -> tuple[Param, ...]:
        """None: the number is the other one's."""
        return ()

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """Nothing."""
        return {}

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """The other number."""
        return p[self.other][..., None]

    def pieces(self) -> tuple[Piece, ...]:
        """The other number."""
        return (Piece(param=self.other),)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """The other number under its own name, as brms keeps it."""
        return (Quantity(self.dpar, ParamKey(self.dpar), np.asarray(p[self.other])),)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The other number."""
        return {self.dpar: np.asarray(q[self.other])}

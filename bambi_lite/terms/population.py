"""Population-level terms: the intercept and the columns of X."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..design import PredictorDesign
from ..params import Param, ParamKey
from ..xp import Array, Namespace
from .base import Piece, Quantity, Values, suffix, table_dpar


@dataclass(frozen=True, slots=True)
class PopulationTerm:
    """``X b``, with brms' centred intercept.

    The intercept is sampled for centred predictors (its prior is about the response at their
    means) and reported for uncentred ones: ``b_Intercept = Intercept - means @ b``.

    Attributes
    ----------
    dpar, nlpar, resp : str
        The linear predictor it belongs to.
    coefs : tuple of str
        brms' names of the columns that class ``b`` holds.
    centred : bool
        Whether there is an ``Intercept`` parameter apart from ``b``.
    means : tuple of float
        Means of the columns in the training data; zeros where nothing is centred.
    """

    dpar: str
    coefs: tuple[str, ...]
    centred: bool
    means: tuple[float, ...]
    nlpar: str = ""
    resp: str = ""

    @property
    def _suffix(self) -> str:
        return suffix(self.resp, self.dpar, self.nlpar)

    def _key(self, cls: str, coef: str = "") -> ParamKey:
        dpar = table_dpar(self.dpar)
        return ParamKey(cls, coef=coef, resp=self.resp, dpar=dpar, nlpar=self.nlpar)

    @property
    def params(self) -> tuple[Param, ...]:
        """``Intercept`` (centred design) and the vector ``b``, whichever there are."""
        intercept = Param(f"Intercept{self._suffix}", self._key("Intercept"))
        b = Param(
            f"b{self._suffix}",
            self._key("b"),
            shape=(len(self.coefs),),
            dims=(f"coef{self._suffix}",),
            elements=tuple(self._key("b", coef) for coef in self.coefs),
        )
        return (*((intercept,) if self.centred else ()), *((b,) if self.coefs else ()))

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """``X`` without the intercept column, centred at the training means."""
        if not self.coefs:
            return {}
        X = predictor.X[:, 1:] if self.centred else predictor.X
        return {f"X{self._suffix}": X - np.asarray(self.means)}

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """``Intercept + X b``."""
        total: Array = 0.0
        if self.centred:
            # A trailing axis of length one broadcasts over the observations.
            total = p[f"Intercept{self._suffix}"][..., None]
        if self.coefs:
            total = total + xp.matmul(p[f"b{self._suffix}"], d[f"X{self._suffix}"].T)
        return total

    def pieces(self) -> tuple[Piece, ...]:
        """The intercept, then the coefficients."""
        found = [Piece(param=f"Intercept{self._suffix}")] if self.centred else []
        if self.coefs:
            found.append(Piece(param=f"b{self._suffix}", columns=f"X{self._suffix}"))
        return tuple(found)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``b_Intercept``, ``b_<coef>`` ..., and the centred ``Intercept`` that was sampled."""
        found = []
        b = np.asarray(p[f"b{self._suffix}"]) if self.coefs else None
        if self.centred:
            centred = np.asarray(p[f"Intercept{self._suffix}"])
            shift = 0.0 if b is None else b @ np.asarray(self.means)
            key = self._key("b", "Intercept")
            found.append(Quantity(f"b{self._suffix}_Intercept", key, centred - shift))
        for i, coef in enumerate(self.coefs):
            assert b is not None
            found.append(Quantity(f"b{self._suffix}_{coef}", self._key("b", coef), b[..., i]))
        if self.centred:
            found.append(Quantity(f"Intercept{self._suffix}", self._key("Intercept"), centred))
        return tuple(found)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """``Intercept`` and ``b`` from ``b_Intercept``, ``b_<coef>``, ..."""
        values: dict[str, np.ndarray] = {}
        shift: Array = 0.0
        if self.coefs:
            b = np.stack([np.asarray(q[f"b{self._suffix}_{c}"]) for c in self.coefs], axis=-1)
            values[f"b{self._suffix}"] = b
            shift = b @ np.asarray(self.means)
        if self.centred:
            intercept = np.asarray(q[f"b{self._suffix}_Intercept"])
            values[f"Intercept{self._suffix}"] = intercept + shift
        return values


def population_term(predictor: PredictorDesign) -> PopulationTerm | None:
    """The population-level term of a design, or None when it has no columns at all."""
    centred = predictor.intercept and predictor.center
    coefs = predictor.columns[1:] if centred else predictor.columns
    if not coefs and not centred:
        return None
    X = predictor.X[:, 1:] if centred else predictor.X
    means = X.mean(axis=0) if centred else np.zeros(len(coefs))
    return PopulationTerm(
        dpar=predictor.dpar,
        nlpar=predictor.nlpar,
        coefs=tuple(coefs),
        centred=centred,
        means=tuple(float(m) for m in means),
    )

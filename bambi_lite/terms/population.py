"""Population-level terms: the intercept and the columns of X."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..design import PredictorDesign
from ..errors import DataError, listing
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
    basis : tuple of tuples of float
        With ``decomp = "QR"`` the matrix M, ``b = M bQ``: what is sampled are the coefficients bQ
        of the orthogonal columns ``X M``, and priors are about them. Empty without.
    """

    dpar: str
    coefs: tuple[str, ...]
    centred: bool
    means: tuple[float, ...]
    nlpar: str = ""
    resp: str = ""
    basis: tuple[tuple[float, ...], ...] = ()

    @property
    def _suffix(self) -> str:
        return suffix(self.resp, self.dpar, self.nlpar)

    @property
    def _b(self) -> str:
        """The name of the coefficients that are sampled: ``b``, or Stan's ``bQ`` as in brms."""
        return coefficients_name(self._suffix, bool(self.basis))

    def _key(self, cls: str, coef: str = "") -> ParamKey:
        dpar = table_dpar(self.dpar)
        return ParamKey(cls, coef=coef, resp=self.resp, dpar=dpar, nlpar=self.nlpar)

    @property
    def params(self) -> tuple[Param, ...]:
        """``Intercept`` (centred design) and the vector ``b``, whichever there are."""
        intercept = Param(f"Intercept{self._suffix}", self._key("Intercept"))
        b = Param(
            self._b,
            self._key("b"),
            shape=(len(self.coefs),),
            dims=(f"coef{self._suffix}",),
            elements=tuple(self._key("b", coef) for coef in self.coefs),
        )
        return (*((intercept,) if self.centred else ()), *((b,) if self.coefs else ()))

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """``X`` without the intercept column, centred at the training means (``X M`` with QR)."""
        if not self.coefs:
            return {}
        X = predictor.X[:, 1:] if self.centred else predictor.X
        own = X - np.asarray(self.means)
        return {f"X{self._suffix}": own @ np.asarray(self.basis) if self.basis else own}

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """``Intercept + X b``."""
        total: Array = 0.0
        if self.centred:
            # A trailing axis of length one broadcasts over the observations.
            total = p[f"Intercept{self._suffix}"][..., None]
        if self.coefs:
            total = total + xp.matmul(p[self._b], d[f"X{self._suffix}"].T)
        return total

    def pieces(self) -> tuple[Piece, ...]:
        """The intercept, then the coefficients."""
        found = [Piece(param=f"Intercept{self._suffix}")] if self.centred else []
        if self.coefs:
            found.append(Piece(param=self._b, columns=f"X{self._suffix}"))
        return tuple(found)

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``b_Intercept``, ``b_<coef>`` ..., and the centred ``Intercept`` that was sampled."""
        found = []
        b = np.asarray(p[self._b]) if self.coefs else None
        if b is not None and self.basis:
            b = b @ np.asarray(self.basis).T
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
            values[self._b] = b @ np.linalg.inv(np.asarray(self.basis)).T if self.basis else b
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
        basis=tuple(tuple(row) for row in qr_basis(predictor).tolist()) if coefs else (),
    )


def coefficients_name(ending: str, decomposed: bool) -> str:
    """What the coefficients of a linear predictor are called among the sampled parameters."""
    return f"bQ{ending}" if decomposed else f"b{ending}"


def qr_basis(predictor: PredictorDesign) -> np.ndarray:
    """M with ``b = M bQ`` for the predictor's ``decomp = "QR"``; empty without.

    ``X M = Q sqrt(n - 1)`` with the thin QR decomposition of the columns (centred ones, where the
    intercept is sampled for centred predictors), R's diagonal positive, as in brms 2.23.

    Raises
    ------
    DataError
        When the columns are not linearly independent.
    """
    # An ordinal model, whose thresholds are the intercept, has no column for it.
    X = predictor.X[:, 1:] if predictor.center else predictor.X
    if predictor.decomp == "centred":
        X = X - X.mean(axis=0)
    if not predictor.decomp or not X.shape[1]:
        return np.empty((0, 0))
    if len(X) <= X.shape[1] or np.linalg.matrix_rank(X / np.sqrt(np.mean(X**2, axis=0))) < len(X.T):
        raise DataError(
            f"decomp = 'QR' needs linearly independent columns, and more rows than columns. The "
            f"{X.shape[1]} columns of '{predictor.name}' on {len(X)} rows are not: "
            f"{listing(predictor.columns)}."
        )
    return orthogonal_map(X, float(len(X) - 1))


def sampled_columns(predictor: PredictorDesign) -> np.ndarray:
    """The columns that the sampled coefficients belong to, as wide as the predictor's X."""
    basis = qr_basis(predictor)
    first = int(predictor.center)
    if not basis.size:
        return predictor.X
    return np.column_stack([predictor.X[:, :first], predictor.X[:, first:] @ basis])


def orthogonal_map(X: np.ndarray, square: float) -> np.ndarray:
    """M with ``X M`` orthogonal, the squares of each of its columns adding up to `square`."""
    R = np.linalg.qr(X, mode="r")
    return np.asarray(np.linalg.inv(R * np.sign(np.diag(R))[:, None] / np.sqrt(square)))

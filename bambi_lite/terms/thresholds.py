"""Thresholds of ordinal families: the intercepts between neighbouring categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..design import PredictorDesign
from ..params import Param, ParamKey
from ..xp import Array, Namespace, numpy_namespace
from .base import Quantity, Values, suffix
from .population import coefficients_name, qr_basis

#: How the thresholds of one scale may lie to one another.
SPACINGS = ("flexible", "equidistant", "sum_to_zero")


@dataclass(frozen=True, slots=True)
class ThresholdTerm:
    """Thresholds, sampled for centred predictors and reported for uncentred ones.

    A linear predictor of an ordinal model has no intercept: raising all thresholds says the same.
    As in brms the prior is on the thresholds at the means of the predictors; ``value`` gives those
    at zero, for the uncentred design. With ``sum_to_zero`` nothing is centred, and the prior is on
    the thresholds before their mean is taken off.

    Attributes
    ----------
    counts : tuple of int
        Number of thresholds of each group (``thres(gr = )``); one group without a label else.
    groups : tuple of str
        Labels of the groups; ``("",)`` where there are none.
    spacing : str
        One of :data:`SPACINGS`.
    ordered : bool
        Whether each has to be above the one before (cumulative families).
    b : str
        Name of the coefficients that the centring is about; empty where nothing is centred.
    means : tuple of float
        Means of their columns, of the orthogonal ones where the coefficients are those'.
    basis : tuple of tuples of float
        With ``decomp = "QR"``: see :class:`PopulationTerm`.
    resp : str
        The response.
    """

    counts: tuple[int, ...]
    groups: tuple[str, ...]
    spacing: str
    ordered: bool
    b: str = ""
    means: tuple[float, ...] = ()
    coefs: tuple[str, ...] = ()
    resp: str = ""
    basis: tuple[tuple[float, ...], ...] = ()

    @property
    def name(self) -> str:
        """Where the family finds them among its dpars."""
        return "thresholds"

    @property
    def centres(self) -> str:
        """The array of columns at whose means the thresholds are sampled; empty for none."""
        return f"X{suffix(self.resp)}" if self.b else ""

    @property
    def simple(self) -> bool:
        """Whether its value is its one vector of parameters."""
        return self.spacing == "flexible" and len(self.counts) == 1

    @property
    def shifts(self) -> bool:
        """Whether all of them can be raised alike, as centring the predictors does."""
        return self.spacing != "sum_to_zero"

    def drawn(self, i: int) -> str:
        """The name of a group's draws: ``Intercept``, ``Intercept_1`` for the first of several."""
        ending = suffix(self.resp)
        return f"Intercept{ending}_{i + 1}" if self.groups != ("",) else f"Intercept{ending}"

    @property
    def params(self) -> tuple[Param, ...]:
        """A vector for each group; with equal distances the first one and the distance."""
        if self.spacing == "equidistant":
            found = []
            for i, group in enumerate(self.groups):
                key = ParamKey("Intercept", group=group, resp=self.resp)
                found.append(Param(f"first_{self.drawn(i)}", key))
                if self.counts[i] == 1:
                    continue
                delta = ParamKey("delta", group=group, resp=self.resp)
                lower = 0.0 if self.ordered else None
                found.append(Param(self._delta(i), delta, lower=lower))
            return tuple(found)
        return tuple(
            Param(
                self.drawn(i),
                ParamKey("Intercept", group=group, resp=self.resp),
                (count,),
                (f"thres_{i + 1}" if group else "thres",),
                tuple(ParamKey("Intercept", str(k + 1), group, self.resp) for k in range(count)),
                kind="ordered" if self.ordered else "numbers",
            )
            for i, (group, count) in enumerate(zip(self.groups, self.counts, strict=True))
        )

    def _delta(self, i: int) -> str:
        return f"delta{suffix(self.resp)}_{i + 1}" if self.groups != ("",) else "delta"

    def _sampled(self, xp: Namespace, p: Values, i: int) -> Array:
        """The thresholds of one group at the means of the predictors, shape (..., count)."""
        if self.spacing == "equidistant":
            steps = np.arange(self.counts[i], dtype=float)
            first = p[f"first_{self.drawn(i)}"][..., None]
            if self.counts[i] == 1:  # which has no distance to another one
                return first
            return first + p[self._delta(i)][..., None] * steps
        values = p[self.drawn(i)]
        if self.spacing == "sum_to_zero":
            return values - xp.sum(values)[..., None] / self.counts[i]
        return values

    def _shift(self, xp: Namespace, p: Values) -> Array:
        if not self.b:
            return 0.0
        return xp.sum(p[self.b] * np.asarray(self.means))[..., None]

    def value(self, xp: Namespace, p: Values) -> Array:
        """All thresholds, group after group, for uncentred predictors: (..., sum of counts)."""
        if self.name in p:  # draws, where they have been read back
            return p[self.name]
        parts = [self._sampled(xp, p, i) for i in range(len(self.counts))]
        whole = parts[0] if len(parts) == 1 else xp.concatenate(parts)
        return whole + self._shift(xp, p)

    @property
    def labels(self) -> tuple[str, ...]:
        """``1``, ``2``, ..., or ``p,1``, ``p,2``, ... with groups."""
        return tuple(
            f"{group},{k + 1}" if group else str(k + 1)
            for group, count in zip(self.groups, self.counts, strict=True)
            for k in range(count)
        )

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``b_Intercept`` over thresholds, then the centred ``Intercept`` and ``delta``."""
        xp = numpy_namespace()
        ending = suffix(self.resp)
        key = ParamKey("b", "Intercept", resp=self.resp)
        coords = {"thres": self.labels}
        found = [Quantity(f"b{ending}_Intercept", key, self.value(xp, p), ("thres",), coords)]
        for i, count in enumerate(self.counts):
            dim = "thres" if len(self.counts) == 1 else f"thres_{i + 1}"
            numbers = tuple(str(k + 1) for k in range(count))
            centred = ParamKey("Intercept", group=self.groups[i], resp=self.resp)
            # Those of sum_to_zero before they are shifted: the prior is on them.
            drawn = self._sampled(xp, p, i) if self.shifts else p[self.drawn(i)]
            values = np.asarray(drawn)
            found.append(Quantity(self.drawn(i), centred, values, (dim,), {dim: numbers}))
            if self.spacing == "equidistant" and count > 1:
                delta = ParamKey("delta", group=self.groups[i], resp=self.resp)
                found.append(Quantity(self._delta(i), delta, np.asarray(p[self._delta(i)])))
        return tuple(found)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The thresholds for uncentred predictors as they are, and the centred ones from them."""
        ending = suffix(self.resp)
        values = np.asarray(q[f"b{ending}_Intercept"])
        centred = values
        if self.b:
            b = np.stack([np.asarray(q[f"b{ending}_{c}"]) for c in self.coefs], axis=-1)
            if self.basis:
                b = b @ np.linalg.inv(np.asarray(self.basis)).T
            centred = values - (b @ np.asarray(self.means))[..., None]
        ends = np.cumsum(self.counts)
        parts = np.split(centred, ends[:-1], axis=-1)
        return {self.name: values} | {self.drawn(i): part for i, part in enumerate(parts)}


def threshold_term(
    counts: tuple[int, ...],
    groups: tuple[str, ...],
    spacing: str,
    ordered: bool,
    mu: PredictorDesign,
) -> ThresholdTerm:
    """The thresholds that belong to a linear predictor.

    Parameters
    ----------
    counts, groups, spacing, ordered
        See :class:`ThresholdTerm`.
    mu : PredictorDesign
        The linear predictor, whose columns (without its intercept) are centred where it says so.
    """
    columns = mu.columns[1:] if mu.intercept else mu.columns
    # Thresholds that sum to zero cannot be shifted to centre the predictors.
    if not (mu.center and columns) or spacing == "sum_to_zero":
        return ThresholdTerm(counts, groups, spacing, ordered)
    matrix = qr_basis(mu)
    means = mu.X[:, 1:].mean(axis=0)
    means = means @ matrix if matrix.size else means
    basis = tuple(tuple(row) for row in matrix.tolist())
    return ThresholdTerm(
        counts,
        groups,
        spacing,
        ordered,
        b=coefficients_name("", bool(basis)),
        means=tuple(float(m) for m in means),
        coefs=tuple(columns),
        basis=basis,
    )

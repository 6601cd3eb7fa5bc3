"""Proportional hazards: a baseline hazard made of splines, times a positive number of each row.

The baseline hazard is a weighted mean of M-splines, and its integral one of I-splines (Ramsay 1988,
Statistical Science 3:425-441): M-splines are B-splines scaled to integrate to one over the knots,
I-splines are their integrals. Splines are held as polynomials between knots; the weights are put
together before any row is looked at, so that a row costs one polynomial however many splines
there are. Before the first knot the hazard is zero, after the last one it stays what it is there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .words import POSITIVE_LINE, Vocable, log1mexp

#: Cubic splines; their integrals have one power more.
DEGREE = 3
_POWERS = DEGREE + 2
#: Halvings that find a time from its cumulative hazard, to the last bit of the interval.
_HALVINGS = 60


def n_splines(knots: tuple[float, ...]) -> int:
    """How many splines there are on knots of which the first and the last are the boundaries."""
    return len(knots) - 2 + DEGREE + 1


@lru_cache(maxsize=16)
def _table(knots: tuple[float, ...]) -> np.ndarray:
    """Coefficients of the I-splines, shape (interval, power, spline).

    Powers are of the distance from the start of the interval; the first interval lies before the
    first knot, the last one after the last.
    """
    from scipy.interpolate import BSpline

    lower, *inner, upper = knots
    t = np.array([lower] * (DEGREE + 1) + inner + [upper] * (DEGREE + 1))
    scale = (DEGREE + 1) / (t[DEGREE + 1 :] - t[: -DEGREE - 1])
    m_splines = BSpline(t, np.diag(scale), DEGREE)
    i_splines = m_splines.antiderivative()
    table = np.zeros((len(knots) + 1, _POWERS, n_splines(knots)))
    for p in range(_POWERS):
        table[1:-1, p] = i_splines(knots[:-1], nu=p) / math.factorial(p)
    table[-1, 0] = 1.0
    table[-1, 1] = m_splines(upper)
    table.flags.writeable = False
    return table


def splines(knots: tuple[float, ...], t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """M-splines and I-splines at times.

    Parameters
    ----------
    knots : tuple of float
        Boundary, inner knots, boundary.
    t : array of shape (n,)
        Times.

    Returns
    -------
    (array, array) of shape (n, n_splines)

    Examples
    --------
    >>> splines((0.0, 1.0), np.array([0.0, 1.0]))[0].tolist()
    [[4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 4.0]]
    """
    xp = numpy_namespace()
    interval, u = _place(xp, knots, t)
    rows = _table(knots)[interval]
    powers = np.arange(_POWERS)
    i_splines = np.sum(rows * u[:, None, None] ** powers[:, None], axis=1)
    m_splines = np.sum(
        rows[:, 1:] * powers[1:, None] * u[:, None, None] ** powers[:-1, None], axis=1
    )
    return m_splines, i_splines


def _place(xp: Namespace, knots: tuple[float, ...], t: Array) -> tuple[Array, Array]:
    """The interval of each time, and its distance from the start of it."""
    interval: Array = xp.integers(0.0 * t)
    start: Array = knots[0]
    for knot in knots:
        beyond = t >= knot
        interval = interval + xp.integers(beyond)
        start = xp.where(beyond, knot, start)
    return interval, t - start


@dataclass(frozen=True, slots=True)
class _Baseline:
    """Baseline hazards on common knots, as polynomials between them."""

    knots: tuple[float, ...]
    n_strata: int

    def _polynomials(self, xp: Namespace, weights: Array) -> Array:
        """Coefficients of the cumulative hazards, one stratum after another, on the last axis."""
        table = _table(self.knots)
        found = xp.matmul(weights, table.reshape(-1, table.shape[-1]).T)
        if self.n_strata == 1:
            return found[..., 0, :]
        return xp.concatenate([found[..., g, :] for g in range(self.n_strata)])

    def _first(self, interval: Array, stratum: Array) -> Array:
        """Where the coefficients of an interval of a stratum start."""
        return _POWERS * (interval + (len(self.knots) + 1) * stratum)

    def _at(
        self, xp: Namespace, t: Array, weights: Array, stratum: Array = 0.0
    ) -> tuple[Array, tuple[Array, ...]]:
        """Distance from the last knot, and the coefficients of each power of it."""
        interval, u = _place(xp, self.knots, t)
        first = self._first(interval, xp.integers(xp.asarray(stratum)))
        found = self._polynomials(xp, weights)
        return u, tuple(xp.take(found, first + p, axis=-1) for p in range(_POWERS))

    def logp(
        self, xp: Namespace, t: Array, log_mu: Array, weights: Array, **stratum: Array
    ) -> Array:
        u, c = self._at(xp, t, weights, **stratum)
        hazard = c[1] + u * (2.0 * c[2] + u * (3.0 * c[3] + u * 4.0 * c[4]))
        return xp.log(hazard) + log_mu - _integral(u, c) * xp.exp(log_mu)

    def lccdf(
        self, xp: Namespace, t: Array, log_mu: Array, weights: Array, **stratum: Array
    ) -> Array:
        return -_integral(*self._at(xp, t, weights, **stratum)) * xp.exp(log_mu)

    def lcdf(
        self, xp: Namespace, t: Array, log_mu: Array, weights: Array, **stratum: Array
    ) -> Array:
        log_h = log_mu + xp.log(_integral(*self._at(xp, t, weights, **stratum)))
        # Where the cumulative hazard is next to nothing it is the probability itself.
        large = log1mexp(xp, xp.exp(xp.maximum(log_h, -37.0)))
        return xp.where(log_h < -37.0, log_h, large)

    def random(
        self, rng: np.random.Generator, log_mu: Array, weights: Array, stratum: Array = 0.0
    ) -> np.ndarray:
        """The time at which the cumulative hazard is an exponential variable."""
        wanted = rng.standard_exponential(np.shape(log_mu)) / np.exp(log_mu)
        found = self._polynomials(numpy_namespace(), weights)
        group = np.asarray(stratum, dtype=int)
        at_knots = [_take(found, self._first(i + 1, group), wanted) for i in range(len(self.knots))]
        interval = sum((wanted >= h).astype(int) for h in at_knots)
        first = self._first(interval, group)
        c = tuple(_take(found, first + p, wanted) for p in range(_POWERS))
        # After the last knot the hazard is constant, and the time a quotient.
        last = interval == len(self.knots)
        with np.errstate(divide="ignore", invalid="ignore"):
            beyond = (wanted - c[0]) / c[1]
        low, high = np.zeros_like(wanted), np.diff([*self.knots, self.knots[-1]])[interval - 1]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            below = _integral(middle, c) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(np.asarray(self.knots)[interval - 1] + np.where(last, beyond, high))


@lru_cache(maxsize=16)
def proportional_hazards(knots: tuple[float, ...], n_strata: int = 1) -> Vocable:
    """The distribution of times whose hazard is mu times a baseline hazard.

    Parameters
    ----------
    knots : tuple of float
        Boundary, inner knots, boundary, in order.
    n_strata : int
        How many baseline hazards there are.

    Returns
    -------
    Vocable
        Its arguments are ``log_mu``, of shape (..., n_obs); ``weights`` of the splines, of shape
        (..., stratum, spline), which add up to one; and, where there are several, ``stratum``, the
        number of the baseline hazard of each row, of shape (n_obs,).
    """
    baseline = _Baseline(knots, n_strata)
    return Vocable(
        "proportional_hazards",
        ("log_mu", "weights", *(("stratum",) if n_strata > 1 else ())),
        POSITIVE_LINE,
        baseline.logp,
        prior=False,
        random=baseline.random,
        lcdf=baseline.lcdf,
        lccdf=baseline.lccdf,
    )


def _integral(u: Array, c: tuple[Array, ...]) -> Array:
    """The polynomial with coefficients `c` at `u`."""
    return c[0] + u * (c[1] + u * (c[2] + u * (c[3] + u * c[4])))


def _take(values: np.ndarray, where: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Entries of the last axis, which every draw has its own of."""
    lead = np.broadcast_to(values, (*like.shape[:-1], values.shape[-1]))
    return np.take_along_axis(lead, np.broadcast_to(where, like.shape), axis=-1)

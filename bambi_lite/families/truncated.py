"""Expectations of truncated responses.

Most follow from one fact. The density of y times y is, up to the mean, a density again: for many
distributions one of the same kind (of a gamma the one with a shape larger by one, of a Poisson the
one of y - 1). The expectation between bounds is then the mean times a ratio of two probabilities of
those bounds, each of which is exact in its tail (Patil and Rao 1978, Biometrics 34:179-189).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..dists import Dist
from ..observation import log_bounds
from ..xp import Array, Namespace
from .base import Linkeds, Response

type Likelihood = Callable[[Namespace, Linkeds, Response], Dist]
type TruncatedMean = Callable[[Namespace, Linkeds, Response, Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Biased:
    """The distribution whose density is that of another one times y, over its mean.

    Attributes
    ----------
    log_mean : array
        The logarithm of the mean.
    dist : Dist
        The distribution, of ``move(y)``.
    move : callable
        From y to what `dist` is a distribution of.
    """

    log_mean: Array
    dist: Dist
    move: Callable[[Array], Array] = lambda y: y


def by_size(
    likelihood: Likelihood, biased: Callable[[Namespace, Dist], Biased], discrete: bool = False
) -> TruncatedMean:
    """``truncated_mean`` of a family from its size-biased distribution."""

    def mean(
        xp: Namespace, dpars: Linkeds, response: Response, lower: Array, upper: Array
    ) -> Array:
        dist = likelihood(xp, dpars, response)
        other = biased(xp, dist)
        above = _log_share(xp, other.dist, other.move(lower), other.move(upper), discrete)
        log_ratio = above - _log_share(xp, dist, lower, upper, discrete)
        return within(xp, xp.exp(other.log_mean + log_ratio), xp.exp(other.log_mean), lower, upper)

    return mean


def one_less(y: Array) -> Array:
    """``move`` of counts whose size-biased distribution is that of y - 1."""
    return y - 1.0


def _log_share(xp: Namespace, dist: Dist, lower: Array, upper: Array, discrete: bool) -> Array:
    # The ones stand in where there is no bound.
    return log_bounds(xp, dist, xp.asarray(np.ones(1)), {"lb": lower, "ub": upper}, discrete)


def within(xp: Namespace, value: Array, mean: Array, lower: Array, upper: Array) -> Array:
    """`value` between the bounds; the nearest of them to the mean where it is no number."""
    known = xp.abs(value) < np.inf
    return xp.minimum(xp.maximum(xp.where(known, value, mean), lower), upper)


def _mirrored(xp: Namespace, a: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """Standardised bounds with the one nearer to zero first, the sign, and whether there is any."""
    flip = a + b < 0.0
    none = xp.abs(a + b) != xp.abs(a + b)  # not a number: from minus infinity to infinity
    low = xp.where(none, 0.0, xp.where(flip, -b, a))
    high = xp.where(none, 1.0, xp.where(flip, -a, b))
    return low, high, xp.where(flip, -1.0, 1.0), none


def normal_mean(xp: Namespace, mu: Array, sigma: Array, lower: Array, upper: Array) -> Array:
    """The expectation of a normal variable between bounds, which may be infinite.

    With a and b the standardised bounds it is ``mu + sigma (phi(a) - phi(b)) / (Phi(b) - Phi(a))``
    (Johnson, Kotz and Balakrishnan 1994, section 13.10.1), written with Mills' ratio where both lie
    in one tail, and as a series about the middle where they are near to one another.
    """
    a, b, sign, none = _mirrored(xp, (lower - mu) / sigma, (upper - mu) / sigma)
    gap = (b - a) * (b + a) / 2.0  # log phi(a) - log phi(b)
    tail = xp.maximum(a, 0.0)
    root = np.sqrt(2.0)
    mills = xp.erfcx(tail / root) - xp.exp(-gap) * xp.erfcx(b / root)
    in_tail = -xp.expm1(-gap) / (np.sqrt(np.pi / 2.0) * mills)
    density = xp.exp(-0.5 * a**2) / np.sqrt(2.0 * np.pi)
    across = density * -xp.expm1(-gap) / (xp.ndtr(b) - xp.ndtr(a))
    middle, half = (a + b) / 2.0, (b - a) / 2.0
    series = middle - middle * half**2 / 3.0 + middle * half**4 * (2.0 * middle**2 + 4.0) / 90.0
    near = (half < 5e-3) & (middle * half < 5e-3)
    excess = xp.where(near, series, xp.where(a > 0.0, in_tail, across))
    value = mu + sigma * sign * xp.where(none, 0.0, excess)
    return within(xp, value, mu, lower, upper)


def student_mean(xp: Namespace, dist: Dist, lower: Array, upper: Array) -> Array:
    """The expectation of a variable with Student's distribution between bounds.

    As for the normal one with ``(nu + a^2) / (nu - 1) t(a)`` for ``phi(a)`` (Kim 2008, Journal of
    the Korean Statistical Society 37:81-87).
    """
    mu, sigma, nu = (dist.args[name] for name in ("mu", "sigma", "nu"))
    a, b, sign, none = _mirrored(xp, (lower - mu) / sigma, (upper - mu) / sigma)
    standard = Dist("student_t", {"nu": nu, "mu": 0.0 * mu, "sigma": 1.0 + 0.0 * mu})
    log_g = xp.log((nu + a**2) / (nu - 1.0)) + standard.logp(xp, a)
    # g falls as (1 + x^2 / nu)^(-(nu - 1) / 2): what b leaves of it.
    gap = (nu - 1.0) / 2.0 * xp.log1p((b - a) * (b + a) / (nu + a**2))
    share = _log_share(xp, standard, a, b, False)
    excess = -xp.expm1(-gap) * xp.exp(log_g - share)
    value = mu + sigma * sign * xp.where(none, 0.0, excess)
    return within(xp, value, mu, lower, upper)

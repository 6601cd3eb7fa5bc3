"""One word of the vocabulary of distributions, and the mathematics that several words share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..xp import Array, Namespace

LOG_2PI = math.log(2.0 * math.pi)
INF = math.inf

REAL_LINE = (-INF, INF)
POSITIVE_LINE = (0.0, INF)
UNIT = (0.0, 1.0)

#: What a distribution can be of.
type Over = Literal["numbers", "correlations", "proportions"]


@dataclass(frozen=True, slots=True)
class Vocable:
    """One word of the vocabulary.

    Attributes
    ----------
    name : str
        Stan's name, or the family's where Stan has none.
    args : tuple of str
        Argument names in Stan's order.
    support : (float, float)
        Interval on which the density is positive.
    logp : callable
        ``logp(xp, x, **args)``, elementwise; includes the normalising constant.
    positive : tuple of str
        Arguments that have to be positive.
    prior : bool
        Whether it may be written as a prior (likelihoods need not).
    random : callable or None
        ``random(generator, *args)``: NumPy draws of the shape that the arguments broadcast to.
    over : str
        What it is a distribution of: single numbers, the Cholesky factor of a correlation matrix,
        or proportions that add up to one (its argument is then a vector).
    lcdf, lccdf : callable or None
        ``lcdf(xp, y, **args)`` is log P(Y <= y), ``lccdf(xp, y, **args)`` is log P(Y > y), both
        elementwise, for every y, and exact in their own tails; of counts, y is rounded down.
    """

    name: str
    args: tuple[str, ...]
    support: tuple[float, float]
    logp: Callable[..., Array]
    positive: tuple[str, ...] = ()
    prior: bool = True
    random: Callable[..., np.ndarray] | None = None
    over: Over = "numbers"
    lcdf: Callable[..., Array] | None = None
    lccdf: Callable[..., Array] | None = None


def shape_of(*args: Array) -> tuple[int, ...]:
    """The shape that arguments broadcast to, for words that draw in several steps."""
    return np.broadcast_shapes(*(np.shape(a) for a in args))


def log1mexp(xp: Namespace, x: Array) -> Array:
    """log(1 - exp(-x)) for x >= 0, exact for small and for large x (Maechler 2012)."""
    small = xp.log(-xp.expm1(-xp.minimum(x, 0.7)))
    large = xp.log1p(-xp.exp(-xp.maximum(x, 0.7)))
    return xp.where(x < 0.7, small, large)


def log_difference(xp: Namespace, a: Array, b: Array) -> Array:
    """log(exp(a) - exp(b)) for a >= b, minus infinity where they are equal."""
    return a + log1mexp(xp, xp.maximum(a - b, 0.0))


#: From here on Stirling's series to its second term is exact in double precision.
_STIRLING = 1e4


def log_rising(xp: Namespace, log_a: Array, y: Array) -> Array:
    """log Gamma(a + y) - log Gamma(a) for a > 0 and y >= 0, from log a.

    The difference loses its digits where a is large, and is not finite where a underflows; the
    forms here keep value and gradient (Abramowitz and Stegun 1972, 6.1.15 and 6.1.40).
    """
    a = xp.exp(log_a)
    plain = xp.gammaln(a + y) - xp.gammaln(a + 1.0) + log_a
    big = xp.maximum(a, _STIRLING)
    series = (1.0 / (big + y) - 1.0 / big) / 12.0
    far = (big + y - 0.5) * xp.log1p(y / big) + y * (xp.log(big) - 1.0) + series
    return xp.where(y > 0.0, xp.where(a > _STIRLING, far, plain), 0.0)


def log_choose(xp: Namespace, n: Array, k: Array) -> Array:
    """log of the number of ways to choose k of n."""
    return xp.gammaln(n + 1.0) - xp.gammaln(k + 1.0) - xp.gammaln(n - k + 1.0)


def times_log(xp: Namespace, y: Array, log_p: Array) -> Array:
    """y log p, where a count of zero contributes nothing at p = 0."""
    return xp.where(y > 0.0, y * log_p, 0.0)


def capped_exp(xp: Namespace, x: Array) -> Array:
    """exp(x) that ends at 4e260: a density that low is zero, and its gradient stays finite.

    Compiled, the factors of a gradient come in any order: this one times exp(30) times exp(30) has
    to be finite before the zero that the cap puts there.
    """
    return xp.exp(xp.minimum(x, 600.0))

"""Distributions of ordered categories, over thresholds on a latent scale.

As in Buerkner and Vuorre (2019), Advances in Methods and Practices in Psychological Science
2:77-101. Categories count from 1. ``eta`` and ``disc`` have an entry a row; ``thresholds`` holds
the thresholds of all groups one after another, and a row has ``count`` of them from ``start`` on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .words import REAL_LINE, Vocable, log_difference

#: ``f(xp, x)``: the logarithm of a distribution function, or of one minus it.
type LogShare = Callable[[Namespace, Array], Array]

ARGS = ("eta", "thresholds", "disc", "start", "count")


def _between(
    xp: Namespace, log_cdf: LogShare, log_ccdf: LogShare, low: Array, high: Array
) -> Array:
    """log(F(high) - F(low)), from the tail in which it loses no digits."""
    left = log_difference(xp, log_cdf(xp, high), log_cdf(xp, low))
    right = log_difference(xp, log_ccdf(xp, low), log_ccdf(xp, high))
    return xp.where(low > 0.0, right, left)


def cumulative(name: str, log_cdf: LogShare, log_ccdf: LogShare) -> Vocable:
    """P(Y <= k) = F(disc (threshold k - eta)).

    Parameters
    ----------
    name : str
        What the word is called.
    log_cdf, log_ccdf : callable
        log F and log(1 - F).
    """

    def logp(
        xp: Namespace,
        y: Array,
        *,
        eta: Array,
        thresholds: Array,
        disc: Array,
        start: Array,
        count: Array,
    ) -> Array:
        first, last = y <= 1.0, y > count
        # The first category has no lower end and the last one no upper: one that is not used.
        place = xp.integers(start + xp.minimum(y, count) - 1.0)
        below = xp.integers(start + xp.maximum(xp.minimum(y, count) - 2.0, 0.0))
        upper = disc * (xp.take(thresholds, place, axis=-1) - eta)
        lower = disc * (xp.take(thresholds, below, axis=-1) - eta)
        middle = first | last
        inside = _between(xp, log_cdf, log_ccdf, xp.where(middle, upper - 1.0, lower), upper)
        ends = xp.where(first, log_cdf(xp, upper), log_ccdf(xp, upper))
        return xp.where(middle, ends, inside)

    return Vocable(name, ARGS, REAL_LINE, logp, prior=False, random=_random(logp))


def log_probabilities(word: Vocable, categories: int, **args: Array) -> np.ndarray:
    """log P(Y = k) for k = 1, ..., `categories`, shape (..., n_obs, categories); NumPy.

    A row with fewer categories than others has probability zero beyond its own.
    """
    xp = numpy_namespace()
    count = np.asarray(args["count"])
    rows = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(1, categories + 1):
            value = word.logp(xp, np.full(count.shape, float(k)), **args)
            rows.append(np.where(k <= count + 1, value, -np.inf))
    return np.stack(rows, axis=-1)


def _random(logp: Callable[..., Array]) -> Callable[..., np.ndarray]:
    def random(
        rng: np.random.Generator,
        eta: Array,
        thresholds: Array,
        disc: Array,
        start: Array,
        count: Array,
    ) -> np.ndarray:
        word = Vocable("", ARGS, REAL_LINE, logp)
        args = dict(zip(ARGS, (eta, thresholds, disc, start, count), strict=True))
        shares = np.exp(log_probabilities(word, int(np.max(count)) + 1, **args))
        ends = np.cumsum(shares, axis=-1)
        u = rng.random(ends.shape[:-1])[..., None] * ends[..., -1:]
        return np.asarray(1.0 + (ends < u).sum(axis=-1))

    return random

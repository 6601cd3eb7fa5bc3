"""Distributions of ordered categories, over thresholds on a latent scale.

As in Buerkner and Vuorre (2019), Advances in Methods and Practices in Psychological Science
2:77-101. Categories count from 1. ``eta`` and ``disc`` have an entry a row; ``thresholds`` holds
the thresholds of all groups one after another, and a row has ``count`` of them from ``start`` on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .words import POSITIVE_LINE, Vocable

#: ``f(xp, x)`` of points on the latent scale.
type Latent = Callable[[Namespace, Array], Array]
#: ``f(xp, low, high)``.
type Between = Callable[[Namespace, Array, Array], Array]
#: ``f(xp, z, inside)``: log-probabilities of the categories, one more than the last axis of ``z``
#: has thresholds; ``inside`` says which of them a row has, None where it has all.
type Shares = Callable[[Namespace, Array, Array | None], Array]

ARGS = ("eta", "thresholds", "disc", "start", "count")


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A distribution of ordered categories.

    Attributes
    ----------
    word : Vocable
        Its density and its draws.
    log_shares : callable
        ``log_shares(xp, **args)``: the log-probability of every category, shape (..., n_obs,
        category); minus infinity beyond the categories that a row has.
    """

    word: Vocable
    log_shares: Callable[..., Array]


def cumulative(
    name: str, counts: tuple[int, ...], log_cdf: Latent, log_ccdf: Latent, log_between: Between
) -> Ordinal:
    """P(Y <= k) = F(disc (threshold k - eta)).

    The density touches the two thresholds next to a response and no others.

    Parameters
    ----------
    name : str
        What the word is called.
    counts : tuple of int
        Number of thresholds of each group.
    log_cdf, log_ccdf, log_between : callable
        log F, log(1 - F) and log(F(high) - F(low)).
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
        above = xp.integers(start + xp.minimum(y, count) - 1.0)
        below = xp.integers(start + xp.maximum(xp.minimum(y, count) - 2.0, 0.0))
        upper = disc * (xp.take(thresholds, above, axis=-1) - eta)
        lower = disc * (xp.take(thresholds, below, axis=-1) - eta)
        end = first | last
        # Where there is no interval, one that is neither empty nor used.
        inside = log_between(xp, xp.where(end, upper - 1.0 - xp.abs(upper), lower), upper)
        return xp.where(end, xp.where(first, log_cdf(xp, upper), log_ccdf(xp, upper)), inside)

    def shares(xp: Namespace, z: Array, inside: Array | None) -> Array:
        start, tails = log_cdf(xp, z[..., :1]), log_ccdf(xp, z)
        low, high = z[..., :-1], z[..., 1:]
        if inside is None:
            return xp.concatenate([start, log_between(xp, low, high), tails[..., -1:]])
        # The last category of a row is where its thresholds end.
        more = inside[..., 1:]
        between = log_between(xp, low, xp.where(more, high, low + 1.0))
        return xp.concatenate([start, xp.where(more, between, tails[..., :-1]), tails[..., -1:]])

    return _ordinal(name, counts, shares, logp)


def sequential(name: str, counts: tuple[int, ...], log_stop: Latent, log_go: Latent) -> Ordinal:
    """P(Y = k | Y >= k) = F(disc (threshold k - eta)): stopping at a category, or going on.

    Parameters
    ----------
    name, counts
        As in :func:`cumulative`.
    log_stop, log_go : callable
        log F and log(1 - F).
    """

    def shares(xp: Namespace, z: Array, inside: Array | None) -> Array:
        stop, nothing = log_stop(xp, z), xp.zeros_like(z[..., :1])
        if inside is not None:
            stop = xp.where(inside, stop, 0.0)
        gone = xp.cumsum(log_go(xp, z))
        return xp.concatenate([stop, nothing]) + xp.concatenate([nothing, gone])

    return _ordinal(name, counts, shares)


def adjacent(name: str, counts: tuple[int, ...], log_odds: Latent) -> Ordinal:
    """P(Y = k + 1) / P(Y = k) = F(x) / (1 - F(x)) at x = disc (eta - threshold k).

    Parameters
    ----------
    name, counts
        As in :func:`cumulative`.
    log_odds : callable
        log F - log(1 - F).
    """

    def shares(xp: Namespace, z: Array, inside: Array | None) -> Array:
        steps = xp.cumsum(log_odds(xp, -z))
        if inside is not None:
            steps = xp.where(inside, steps, -np.inf)
        weights = xp.concatenate([xp.zeros_like(z[..., :1]), steps])
        return weights - xp.logsumexp(weights)[..., None]

    return _ordinal(name, counts, shares)


def hurdle(name: str, rest: Ordinal) -> Ordinal:
    """Category 0 with a probability of its own, and the categories of `rest` else.

    Parameters
    ----------
    name : str
        What the word is called; it has the arguments ``log_hu`` and ``log1m_hu`` beside the others.
    rest : Ordinal
        The distribution of the other categories.
    """

    def logp(xp: Namespace, y: Array, *, log_hu: Array, log1m_hu: Array, **args: Array) -> Array:
        other = rest.word.logp(xp, xp.maximum(y, 1.0), **args)
        return xp.where(y < 1.0, log_hu, log1m_hu + other)

    def log_shares(xp: Namespace, *, log_hu: Array, log1m_hu: Array, **args: Array) -> Array:
        others = log1m_hu[..., None] + rest.log_shares(xp, **args)
        return xp.concatenate([xp.zeros_like(others[..., :1]) + log_hu[..., None], others])

    names = (*ARGS, "log_hu", "log1m_hu")
    random = _random(log_shares, names, lowest=0)
    return Ordinal(
        Vocable(name, names, POSITIVE_LINE, logp, prior=False, random=random), log_shares
    )


def _ordinal(
    name: str,
    counts: tuple[int, ...],
    shares: Shares,
    logp: Callable[..., Array] | None = None,
) -> Ordinal:
    """A distribution from the log-probabilities of its categories, or from a density besides."""

    def log_shares(
        xp: Namespace, *, eta: Array, thresholds: Array, disc: Array, start: Array, count: Array
    ) -> Array:
        if len(counts) == 1:
            z = disc[..., None] * (thresholds[..., None, :] - eta[..., None])
            return shares(xp, z, None)
        steps = np.arange(max(counts), dtype=float)
        # A row that has fewer thresholds than others repeats its last one.
        place = start[..., None] + xp.minimum(steps, count[..., None] - 1.0)
        own = xp.take(thresholds, xp.integers(place), axis=-1)
        z = disc[..., None] * (own - eta[..., None])
        values = shares(xp, z, steps < count[..., None])
        return xp.where(np.arange(max(counts) + 1.0) <= count[..., None], values, -np.inf)

    def picked(xp: Namespace, y: Array, **args: Array) -> Array:
        return xp.pick(log_shares(xp, **args), xp.integers(y - 1.0))

    random = _random(log_shares, ARGS, lowest=1)
    word = Vocable(name, ARGS, POSITIVE_LINE, logp or picked, prior=False, random=random)
    return Ordinal(word, log_shares)


def _random(
    log_shares: Callable[..., Array], names: tuple[str, ...], lowest: int
) -> Callable[..., np.ndarray]:
    def random(rng: np.random.Generator, *args: Array) -> np.ndarray:
        with np.errstate(all="ignore"):
            logs = log_shares(numpy_namespace(), **dict(zip(names, args, strict=True)))
        ends = np.cumsum(np.exp(logs), axis=-1)
        u = rng.random(ends.shape[:-1])[..., None] * ends[..., -1:]
        return np.asarray(lowest + (ends < u).sum(axis=-1, dtype=float))

    return random

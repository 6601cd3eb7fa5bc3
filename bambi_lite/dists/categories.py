"""Distributions of categories without an order, and of counts and shares over them.

The last axis of the arguments that differ between categories is the category; that of counts and
shares too.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .words import LOG_2PI, POSITIVE_LINE, UNIT, Vocable, log_rising


def _categorical_logit(xp: Namespace, y: Array, eta: Array) -> Array:
    """Category y of 1, 2, ... with probabilities softmax(eta)."""
    return xp.pick(eta, xp.integers(y - 1.0)) - xp.logsumexp(eta)


def _random_categorical(rng: np.random.Generator, eta: Array) -> np.ndarray:
    # The largest of independent Gumbel variables shifted by eta (Luce 1959; Yellott 1977).
    gumbel = -np.log(rng.standard_exponential(np.shape(eta)))
    return np.asarray(1.0 + np.argmax(eta + gumbel, axis=-1))


def _log_ways(xp: Namespace, y: Array, trials: Array) -> Array:
    """log of the number of orders in which these counts may come."""
    return xp.gammaln(trials + 1.0) - xp.sum(xp.gammaln(y + 1.0))


def _multinomial_logit(xp: Namespace, y: Array, trials: Array, eta: Array) -> Array:
    """Counts of categories with probabilities softmax(eta)."""
    log_p = eta - xp.logsumexp(eta)[..., None]
    return _log_ways(xp, y, trials) + xp.sum(y * log_p)


def _draw_counts(rng: np.random.Generator, trials: Array, p: np.ndarray) -> np.ndarray:
    n = np.broadcast_to(np.asarray(trials, dtype=int), p.shape[:-1])
    return np.asarray(rng.multinomial(n, p / p.sum(axis=-1, keepdims=True)), dtype=float)


def _random_multinomial(rng: np.random.Generator, trials: Array, eta: Array) -> np.ndarray:
    log_p = eta - numpy_namespace().logsumexp(eta)[..., None]
    return _draw_counts(rng, trials, np.exp(log_p))


def _dirichlet_log(xp: Namespace, y: Array, log_alpha: Array, log_total: Array) -> Array:
    """Dirichlet(alpha), from log alpha and the logarithm of their sum.

    The sum is an argument since it is one number for all rows where it is a precision. log Gamma(a)
    is log Gamma(a + 1) - log a, which is finite where a underflows.
    """
    alpha = xp.exp(log_alpha)
    constant = xp.gammaln(xp.exp(log_total) + 1.0) - log_total
    powers = log_alpha - xp.gammaln(alpha + 1.0) + (alpha - 1.0) * xp.log(y)
    return constant + xp.sum(powers)


def _random_dirichlet(rng: np.random.Generator, log_alpha: Array, log_total: Array) -> np.ndarray:
    # G(a) = G(a + 1) U^(1/a) (Marsaglia and Tsang 2000), as logarithms: a may be next to zero.
    alpha = np.exp(log_alpha)
    powers = rng.standard_exponential(np.shape(alpha)) / np.maximum(alpha, 1e-300)
    logs = np.log(rng.standard_gamma(alpha + 1.0)) - powers
    shares: np.ndarray = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def _dirichlet_multinomial(
    xp: Namespace, y: Array, trials: Array, log_alpha: Array, log_total: Array
) -> Array:
    """Multinomial with probabilities that are Dirichlet(alpha) (Mosimann 1962)."""
    rising = xp.sum(log_rising(xp, log_alpha, y))
    whole = log_rising(xp, log_total, trials)
    return _log_ways(xp, y, trials) + rising - whole


def _random_dirichlet_multinomial(
    rng: np.random.Generator, trials: Array, log_alpha: Array, log_total: Array
) -> np.ndarray:
    return _draw_counts(rng, trials, _random_dirichlet(rng, log_alpha, log_total))


@cache
def logistic_normal(reference: int) -> Vocable:
    """Shares whose logarithms, less that of one of them, are multivariate normal.

    Aitchison and Shen (1980), Biometrika 67:261-272. The word has the means and standard deviations
    of these differences (last axis: the categories but the reference) and the Cholesky factor of
    their correlations.

    Parameters
    ----------
    reference : int
        The position of the category that the others are taken relative to.
    """

    def logp(xp: Namespace, y: Array, mu: Array, sigma: Array, chol: Array) -> Array:
        logs = xp.log(y)
        others = xp.concatenate([logs[..., :reference], logs[..., reference + 1 :]])
        z = (others - logs[..., reference][..., None] - mu) / sigma
        white = xp.swap(xp.solve_lower(chol, xp.swap(z)))
        size = chol.shape[-1]
        # The logarithm of the determinant of the scale; the factor is one for all rows.
        spread = xp.sum(xp.log(sigma)) + xp.sum(xp.log(xp.diagonal(chol)))[..., None]
        normal = -0.5 * (xp.sum(white**2) + size * LOG_2PI) - spread
        return normal - xp.sum(logs)

    def random(rng: np.random.Generator, mu: Array, sigma: Array, chol: Array) -> np.ndarray:
        z = rng.standard_normal(np.broadcast_shapes(np.shape(mu), np.shape(sigma)))
        others = mu + sigma * (z @ np.swapaxes(chol, -1, -2))
        logs = np.insert(others, reference, 0.0, axis=-1)
        shares: np.ndarray = np.exp(logs - logs.max(axis=-1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))

    args = ("mu", "sigma", "chol")
    return Vocable("logistic_normal", args, UNIT, logp, prior=False, random=random)


WORDS = (
    Vocable(
        "categorical_logit",
        ("eta",),
        POSITIVE_LINE,
        _categorical_logit,
        prior=False,
        random=_random_categorical,
    ),
    Vocable(
        "multinomial_logit",
        ("trials", "eta"),
        POSITIVE_LINE,
        _multinomial_logit,
        prior=False,
        random=_random_multinomial,
    ),
    Vocable(
        "dirichlet_log",
        ("log_alpha", "log_total"),
        UNIT,
        _dirichlet_log,
        prior=False,
        random=_random_dirichlet,
    ),
    Vocable(
        "dirichlet_multinomial",
        ("trials", "log_alpha", "log_total"),
        POSITIVE_LINE,
        _dirichlet_multinomial,
        prior=False,
        random=_random_dirichlet_multinomial,
    ),
)

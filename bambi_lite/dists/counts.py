"""Distributions of counts: of events, and of successes in a number of trials."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .tails import LOWER, bounded, hazard, special, tails
from .words import (
    POSITIVE_LINE,
    UNIT,
    Vocable,
    capped_exp,
    log_choose,
    log_rising,
    shape_of,
    times_log,
)


def _counted(xp: Namespace, y: Array) -> tuple[Array, Array]:
    """Where y is below zero, and the whole number in y, zero in its place there."""
    below = y < 0.0
    return below, xp.floor(xp.where(below, 0.0, y))


def _bernoulli(xp: Namespace, y: Array, log_p: Array, log1m_p: Array) -> Array:
    return xp.where(y > 0.0, log_p, log1m_p)


def _bernoulli_tail(xp: Namespace, which: int, y: Array, log_p: Array, log1m_p: Array) -> Array:
    return bounded(xp, which, log1m_p if which == LOWER else log_p, y < 0.0, y >= 1.0)


def _binomial(xp: Namespace, y: Array, trials: Array, log_p: Array, log1m_p: Array) -> Array:
    odds = times_log(xp, y, log_p) + times_log(xp, trials - y, log1m_p)
    return log_choose(xp, trials, y) + odds


def _binomial_tail(
    xp: Namespace, which: int, y: Array, trials: Array, log_p: Array, log1m_p: Array
) -> Array:
    """P(Y <= y) = I_{1 - p}(n - y, y + 1) (Abramowitz and Stegun 1972, 26.5.24)."""
    below, k = _counted(xp, y)
    above = k >= trials
    k = xp.where(above, 0.0, k)
    # Without trials there is nothing below the end of the support.
    left = xp.maximum(trials - k, 1.0)
    inner = special(xp, "BETA", which, left, k + 1.0, log1m_p - log_p)
    return bounded(xp, which, inner, below, above & (y >= 0.0))


def _beta_binomial(
    xp: Namespace, y: Array, trials: Array, log_p: Array, log1m_p: Array, log_phi: Array
) -> Array:
    """Binomial with a probability that is Beta(p phi, (1 - p) phi)."""
    success = log_rising(xp, log_p + log_phi, y)
    failure = log_rising(xp, log1m_p + log_phi, trials - y)
    return log_choose(xp, trials, y) + success + failure - log_rising(xp, log_phi, trials)


def _beta_binomial_tail(
    xp: Namespace,
    which: int,
    y: Array,
    trials: Array,
    log_p: Array,
    log1m_p: Array,
    log_phi: Array,
) -> Array:
    below, k = _counted(xp, y)
    above = k >= trials
    k = xp.where(above, 0.0, k)
    shapes = (log_p + log_phi, log1m_p + log_phi)
    inner = special(xp, "BETA_BINOMIAL", which, k, xp.maximum(trials, 1.0), *shapes)
    return bounded(xp, which, inner, below, above & (y >= 0.0))


def _random_beta_binomial(
    rng: np.random.Generator, trials: Array, log_p: Array, log1m_p: Array, log_phi: Array
) -> np.ndarray:
    # A shape that underflows to zero has all its mass at one end; beta() needs it positive.
    alpha = np.maximum(np.exp(log_p + log_phi), 1e-300)
    beta = np.maximum(np.exp(log1m_p + log_phi), 1e-300)
    return np.asarray(rng.binomial(np.asarray(trials, dtype=int), rng.beta(alpha, beta)))


def _poisson(xp: Namespace, y: Array, log_mu: Array) -> Array:
    return times_log(xp, y, log_mu) - xp.exp(log_mu) - xp.gammaln(y + 1.0)


def _poisson_tail(xp: Namespace, which: int, y: Array, log_mu: Array) -> Array:
    """P(Y > y) = P(y + 1, mu) (Abramowitz and Stegun 1972, 26.4.21)."""
    below, k = _counted(xp, y)
    return bounded(xp, which, special(xp, "GAMMA", 1 - which, k + 1.0, log_mu), below)


def _neg_binomial(xp: Namespace, y: Array, log_mu: Array, log_shape: Array) -> Array:
    """Mean mu, variance mu + mu^2 / shape (Stan's ``neg_binomial_2``)."""
    # The logarithms of mu / (mu + shape) and shape / (mu + shape), each exact in its tail.
    log_p = -xp.softplus(log_shape - log_mu)
    log1m_p = -xp.softplus(log_mu - log_shape)
    ways = log_rising(xp, log_shape, y) - xp.gammaln(y + 1.0)
    return ways + times_log(xp, y, log_p) + xp.exp(log_shape) * log1m_p


def _neg_binomial_tail(
    xp: Namespace, which: int, y: Array, log_mu: Array, log_shape: Array
) -> Array:
    """P(Y <= y) = I_q(shape, y + 1), q = shape / (shape + mu) (A. and S. 1972, 26.5.26)."""
    below, k = _counted(xp, y)
    inner = special(xp, "BETA", which, xp.exp(log_shape), k + 1.0, log_shape - log_mu)
    return bounded(xp, which, inner, below)


def _random_neg_binomial(rng: np.random.Generator, log_mu: Array, log_shape: Array) -> np.ndarray:
    shape = np.exp(log_shape)
    return np.asarray(rng.poisson(rng.gamma(shape, np.exp(log_mu - log_shape))))


def _log_rate(xp: Namespace, log_p: Array, log1m_p: Array) -> Array:
    """log(-log p), which is log(1 - p) where p rounds to one."""
    near_one = log1m_p < -37.0
    return xp.where(near_one, log1m_p, xp.log(xp.where(near_one, 1.0, -log_p)))


def _discrete_weibull(xp: Namespace, y: Array, log_p: Array, log1m_p: Array, shape: Array) -> Array:
    """Nakagawa and Osaki (1975): P(Y >= y) = p^(y^shape)."""
    some = y > 0.0
    positive = xp.where(some, y, 1.0)
    log_start = shape * xp.log(positive)
    # (y + 1)^shape - y^shape as y^shape ((1 + 1 / y)^shape - 1), which loses no digits.
    growth = shape * xp.log1p(1.0 / positive)
    log_gap = xp.where(some, log_start + growth + xp.log(-xp.expm1(-growth)), 0.0)
    step = hazard(xp, LOWER, log_gap + _log_rate(xp, log_p, log1m_p))
    return xp.where(some, capped_exp(xp, log_start), 0.0) * log_p + step


def _discrete_weibull_tail(
    xp: Namespace, which: int, y: Array, log_p: Array, log1m_p: Array, shape: Array
) -> Array:
    below, k = _counted(xp, y)
    log_hazard = shape * xp.log1p(k) + _log_rate(xp, log_p, log1m_p)
    return bounded(xp, which, hazard(xp, which, log_hazard), below)


def _random_discrete_weibull(
    rng: np.random.Generator, log_p: Array, log1m_p: Array, shape: Array
) -> np.ndarray:
    lifetime = rng.standard_exponential(shape_of(log_p, shape)) / -np.asarray(log_p)
    return np.asarray(np.floor(lifetime ** (1.0 / np.asarray(shape))))


WORDS = (
    Vocable(
        "bernoulli",
        ("log_p", "log1m_p"),
        UNIT,
        _bernoulli,
        prior=False,
        random=lambda rng, log_p, log1m_p: rng.binomial(1, np.exp(log_p)),
        **tails(_bernoulli_tail),
    ),
    Vocable(
        "binomial",
        ("trials", "log_p", "log1m_p"),
        POSITIVE_LINE,
        _binomial,
        prior=False,
        random=lambda rng, trials, log_p, log1m_p: rng.binomial(
            np.asarray(trials, dtype=int), np.exp(log_p)
        ),
        **tails(_binomial_tail),
    ),
    Vocable(
        "beta_binomial",
        ("trials", "log_p", "log1m_p", "log_phi"),
        POSITIVE_LINE,
        _beta_binomial,
        prior=False,
        random=_random_beta_binomial,
        **tails(_beta_binomial_tail),
    ),
    Vocable(
        "poisson",
        ("log_mu",),
        POSITIVE_LINE,
        _poisson,
        prior=False,
        random=lambda rng, log_mu: rng.poisson(np.exp(log_mu)),
        **tails(_poisson_tail),
    ),
    Vocable(
        "neg_binomial",
        ("log_mu", "log_shape"),
        POSITIVE_LINE,
        _neg_binomial,
        prior=False,
        random=_random_neg_binomial,
        **tails(_neg_binomial_tail),
    ),
    Vocable(
        "discrete_weibull",
        ("log_p", "log1m_p", "shape"),
        POSITIVE_LINE,
        _discrete_weibull,
        positive=("shape",),
        prior=False,
        random=_random_discrete_weibull,
        **tails(_discrete_weibull_tail),
    ),
)

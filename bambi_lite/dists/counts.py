"""Distributions of counts: of events, and of successes in a number of trials."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .words import (
    POSITIVE_LINE,
    UNIT,
    Vocable,
    capped_exp,
    log1mexp,
    log_choose,
    log_rising,
    shape_of,
    times_log,
)


def _bernoulli(xp: Namespace, y: Array, log_p: Array, log1m_p: Array) -> Array:
    return xp.where(y > 0.0, log_p, log1m_p)


def _binomial(xp: Namespace, y: Array, trials: Array, log_p: Array, log1m_p: Array) -> Array:
    odds = times_log(xp, y, log_p) + times_log(xp, trials - y, log1m_p)
    return log_choose(xp, trials, y) + odds


def _beta_binomial(
    xp: Namespace, y: Array, trials: Array, log_p: Array, log1m_p: Array, log_phi: Array
) -> Array:
    """Binomial with a probability that is Beta(p phi, (1 - p) phi)."""
    success = log_rising(xp, log_p + log_phi, y)
    failure = log_rising(xp, log1m_p + log_phi, trials - y)
    return log_choose(xp, trials, y) + success + failure - log_rising(xp, log_phi, trials)


def _random_beta_binomial(
    rng: np.random.Generator, trials: Array, log_p: Array, log1m_p: Array, log_phi: Array
) -> np.ndarray:
    # A shape that underflows to zero has all its mass at one end; beta() needs it positive.
    alpha = np.maximum(np.exp(log_p + log_phi), 1e-300)
    beta = np.maximum(np.exp(log1m_p + log_phi), 1e-300)
    return np.asarray(rng.binomial(np.asarray(trials, dtype=int), rng.beta(alpha, beta)))


def _poisson(xp: Namespace, y: Array, log_mu: Array) -> Array:
    return times_log(xp, y, log_mu) - xp.exp(log_mu) - xp.gammaln(y + 1.0)


def _neg_binomial(xp: Namespace, y: Array, log_mu: Array, log_shape: Array) -> Array:
    """Mean mu, variance mu + mu^2 / shape (Stan's ``neg_binomial_2``)."""
    # The logarithms of mu / (mu + shape) and shape / (mu + shape), each exact in its tail.
    log_p = -xp.softplus(log_shape - log_mu)
    log1m_p = -xp.softplus(log_mu - log_shape)
    ways = log_rising(xp, log_shape, y) - xp.gammaln(y + 1.0)
    return ways + times_log(xp, y, log_p) + xp.exp(log_shape) * log1m_p


def _random_neg_binomial(rng: np.random.Generator, log_mu: Array, log_shape: Array) -> np.ndarray:
    shape = np.exp(log_shape)
    return np.asarray(rng.poisson(rng.gamma(shape, np.exp(log_mu - log_shape))))


def _discrete_weibull(xp: Namespace, y: Array, log_p: Array, log1m_p: Array, shape: Array) -> Array:
    """Nakagawa and Osaki (1975): P(Y >= y) = p^(y^shape)."""
    some = y > 0.0
    positive = xp.where(some, y, 1.0)
    log_start = shape * xp.log(positive)
    # (y + 1)^shape - y^shape as y^shape ((1 + 1 / y)^shape - 1), which loses no digits.
    growth = shape * xp.log1p(1.0 / positive)
    log_gap = xp.where(some, log_start + growth + xp.log(-xp.expm1(-growth)), 0.0)
    # log(-log p), which is log(1 - p) where p rounds to one.
    near_one = log1m_p < -37.0
    log_rate = xp.where(near_one, log1m_p, xp.log(xp.where(near_one, 1.0, -log_p)))
    log_x = log_gap + log_rate
    step = xp.where(log_x < -37.0, log_x, log1mexp(xp, capped_exp(xp, xp.maximum(log_x, -37.0))))
    return xp.where(some, capped_exp(xp, log_start), 0.0) * log_p + step


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
    ),
    Vocable(
        "beta_binomial",
        ("trials", "log_p", "log1m_p", "log_phi"),
        POSITIVE_LINE,
        _beta_binomial,
        prior=False,
        random=_random_beta_binomial,
    ),
    Vocable(
        "poisson",
        ("log_mu",),
        POSITIVE_LINE,
        _poisson,
        prior=False,
        random=lambda rng, log_mu: rng.poisson(np.exp(log_mu)),
    ),
    Vocable(
        "neg_binomial",
        ("log_mu", "log_shape"),
        POSITIVE_LINE,
        _neg_binomial,
        prior=False,
        random=_random_neg_binomial,
    ),
    Vocable(
        "discrete_weibull",
        ("log_p", "log1m_p", "shape"),
        POSITIVE_LINE,
        _discrete_weibull,
        positive=("shape",),
        prior=False,
        random=_random_discrete_weibull,
    ),
)

"""Distributions of proportions."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .tails import bounded, special, tails
from .words import UNIT, Vocable


def _beta(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    constant = xp.gammaln(alpha + beta) - xp.gammaln(alpha) - xp.gammaln(beta)
    return constant + (alpha - 1.0) * xp.log(x) + (beta - 1.0) * xp.log1p(-x)


def _beta_tail(xp: Namespace, which: int, x: Array, alpha: Array, beta: Array) -> Array:
    below, above = x <= 0.0, x >= 1.0
    inner = xp.where(below | above, 0.5, x)
    logit = xp.log(inner) - xp.log1p(-inner)
    return bounded(xp, which, special(xp, "BETA", which, alpha, beta, logit), below, above)


def _beta_mean(xp: Namespace, x: Array, log_mu: Array, log1m_mu: Array, log_phi: Array) -> Array:
    """Beta(mu phi, (1 - mu) phi) (Ferrari and Cribari-Neto 2004).

    log Gamma(a) is log Gamma(a + 1) - log a, which is finite where a underflows.
    """
    log_a, log_b = log_mu + log_phi, log1m_mu + log_phi
    a, b = xp.exp(log_a), xp.exp(log_b)
    # a + b is phi, often one number for all rows.
    constant = xp.gammaln(xp.exp(log_phi) + 1.0) - xp.gammaln(a + 1.0) - xp.gammaln(b + 1.0)
    ends = (a - 1.0) * xp.log(x) + (b - 1.0) * xp.log1p(-x)
    return constant + log_a + log_b - log_phi + ends


def _beta_mean_tail(
    xp: Namespace, which: int, x: Array, log_mu: Array, log1m_mu: Array, log_phi: Array
) -> Array:
    return _beta_tail(xp, which, x, xp.exp(log_mu + log_phi), xp.exp(log1m_mu + log_phi))


WORDS = (
    Vocable(
        "beta", ("alpha", "beta"), UNIT, _beta, positive=("alpha", "beta"), **tails(_beta_tail)
    ),
    Vocable(
        "beta_mean",
        ("log_mu", "log1m_mu", "log_phi"),
        UNIT,
        _beta_mean,
        prior=False,
        random=lambda rng, log_mu, log1m_mu, log_phi: rng.beta(
            np.maximum(np.exp(log_mu + log_phi), 1e-300),
            np.maximum(np.exp(log1m_mu + log_phi), 1e-300),
        ),
        **tails(_beta_mean_tail),
    ),
)

"""Distributions of proportions."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .words import UNIT, Vocable


def _beta(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    constant = xp.gammaln(alpha + beta) - xp.gammaln(alpha) - xp.gammaln(beta)
    return constant + (alpha - 1.0) * xp.log(x) + (beta - 1.0) * xp.log1p(-x)


def _beta_mean(xp: Namespace, x: Array, log_mu: Array, log1m_mu: Array, log_phi: Array) -> Array:
    """Beta(mu phi, (1 - mu) phi) (Ferrari and Cribari-Neto 2004).

    log Gamma(a) is log Gamma(a + 1) - log a, which is finite where a underflows.
    """
    log_a, log_b = log_mu + log_phi, log1m_mu + log_phi
    a, b = xp.exp(log_a), xp.exp(log_b)
    constant = xp.gammaln(a + b + 1.0) - xp.gammaln(a + 1.0) - xp.gammaln(b + 1.0)
    ends = (a - 1.0) * xp.log(x) + (b - 1.0) * xp.log1p(-x)
    return constant + log_a + log_b - log_phi + ends


WORDS = (
    Vocable("beta", ("alpha", "beta"), UNIT, _beta, positive=("alpha", "beta")),
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
    ),
)

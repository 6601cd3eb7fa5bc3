"""The extended-support beta distribution of proportions, with masses at zero and one.

A beta variable is stretched from (0, 1) to (-kappa, 1 + kappa), and what falls outside [0, 1] is
put at its ends (Kosmidis and Zeileis 2024, arXiv:2409.07233: their XB, with exceedance u = kappa;
brms has this one, and not their mixture XBX over u).
"""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .kernels.base import Kernel
from .words import UNIT, Vocable

_DENSITY = Kernel("xbeta", "log_density")
_POWER = Kernel("xbeta", "log_power")


def _xbeta(
    xp: Namespace, y: Array, log_mu: Array, log1m_mu: Array, log_phi: Array, log_kappa: Array
) -> Array:
    return xp.kernel(_DENSITY, y, log_mu, log1m_mu, log_phi, log_kappa)


def xbeta_mean(
    xp: Namespace, log_mu: Array, log1m_mu: Array, log_phi: Array, log_kappa: Array
) -> Array:
    """P(Y = 1), and the integral between by the recurrence of I_x(a + 1, b) (DLMF 8.17.20)."""
    args = (log_mu, log1m_mu, log_phi, log_kappa)
    zero, one = (xp.exp(xp.kernel(_DENSITY, y, *args)) for y in (0.0, 1.0))
    kappa, mu = xp.exp(log_kappa), xp.exp(log_mu)
    log_length = xp.log1p(2.0 * kappa)
    # Where 0 and 1 lie in the beta distribution, as logarithms of the distances to its ends.
    near, far = log_kappa - log_length, xp.log1p(kappa) - log_length
    shapes = (log_mu + log_phi, log1m_mu + log_phi)
    at_zero, at_one = xp.kernel(_POWER, *shapes, near, far), xp.kernel(_POWER, *shapes, far, near)
    steps = xp.exp(at_zero) - xp.exp(at_one)
    between = (mu + kappa * (2.0 * mu - 1.0)) * (1.0 - zero - one)
    return one + between + xp.exp(log_length - log_phi) * steps


def _random_xbeta(
    rng: np.random.Generator, log_mu: Array, log1m_mu: Array, log_phi: Array, log_kappa: Array
) -> np.ndarray:
    # As for beta_mean: a shape that underflows has all its mass at one end.
    alpha = np.maximum(np.exp(log_mu + log_phi), 1e-300)
    beta = np.maximum(np.exp(log1m_mu + log_phi), 1e-300)
    kappa = np.exp(log_kappa)
    return np.asarray(np.clip((1.0 + 2.0 * kappa) * rng.beta(alpha, beta) - kappa, 0.0, 1.0))


WORDS = (
    Vocable(
        "xbeta",
        ("log_mu", "log1m_mu", "log_phi", "log_kappa"),
        UNIT,
        _xbeta,
        prior=False,
        random=_random_xbeta,
    ),
)

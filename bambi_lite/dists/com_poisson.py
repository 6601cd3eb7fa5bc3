"""The Conway-Maxwell-Poisson distribution of counts: (mu^y / y!)^shape over the sum of these."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .kernels.base import Kernel
from .words import POSITIVE_LINE, Vocable, shape_of

_MASS = Kernel("com_poisson", "log_mass")
_MEAN = Kernel("com_poisson", "mean")
_CDF = Kernel("com_poisson", "log_cdf")
_CCDF = Kernel("com_poisson", "log_ccdf")


def _com_poisson(xp: Namespace, y: Array, log_mu: Array, shape: Array) -> Array:
    """Its rate is mu^shape (Guikema and Goffelt 2008): mu is near the mode.

    The normalising constant is summed to double precision; brms takes four terms of an asymptotic
    series (Gaunt et al. 2019) where mu and mu^shape are 1.5 or more.
    """
    return xp.kernel(_MASS, y, log_mu, shape)


def _com_poisson_lcdf(xp: Namespace, y: Array, log_mu: Array, shape: Array) -> Array:
    """log P(Y <= y)."""
    return xp.kernel(_CDF, y, log_mu, shape)


def _com_poisson_lccdf(xp: Namespace, y: Array, log_mu: Array, shape: Array) -> Array:
    """log P(Y > y)."""
    return xp.kernel(_CCDF, y, log_mu, shape)


def com_poisson_mean(xp: Namespace, log_mu: Array, shape: Array) -> Array:
    """The expectation, which is no simple function of mu."""
    return xp.kernel(_MEAN, log_mu, shape)


def _random_com_poisson(rng: np.random.Generator, log_mu: Array, shape: Array) -> np.ndarray:
    """Devroye (1987): rejection for any log-concave distribution on integers.

    With p the probability of the mode the envelope is flat within 1/2 + w / p of it and falls
    exponentially beyond, w = 1 + p / 2; a draw takes 4 + p tries at most on average.
    """
    size = shape_of(log_mu, shape)
    log_mu = np.broadcast_to(log_mu, size).ravel()
    shape = np.broadcast_to(shape, size).ravel()
    mode = np.floor(np.exp(log_mu))
    at_mode = np.exp(_MASS.on_arrays(mode, log_mu, shape))
    drawn = np.empty_like(mode)
    left = np.arange(mode.size)
    while left.size:
        p = at_mode[left]
        w = 1.0 + p / 2.0
        flat = rng.random(left.size) < w / (1.0 + w)
        u, tail = rng.random(left.size), rng.standard_exponential(left.size)
        distance = np.where(flat, u * w, w + tail) / p
        y = mode[left] + np.rint(distance) * rng.choice([-1.0, 1.0], left.size)
        log_u = -rng.standard_exponential(left.size)
        ratio = _MASS.text.log_ratio_values(
            np.maximum(y, 0.0), mode[left], log_mu[left], shape[left]
        )
        taken = (y >= 0.0) & (log_u + np.minimum(0.0, w - p * distance) <= ratio)
        drawn[left[taken]] = y[taken]
        left = left[~taken]
    return np.asarray(drawn.reshape(size))


WORDS = (
    Vocable(
        "com_poisson",
        ("log_mu", "shape"),
        POSITIVE_LINE,
        _com_poisson,
        positive=("shape",),
        prior=False,
        random=_random_com_poisson,
        lcdf=_com_poisson_lcdf,
        lccdf=_com_poisson_lccdf,
    ),
)

"""Likelihoods of numbers on the real line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....compiled import inner
from ....dists.kernels.beta import student as student_tails
from ....dists.kernels.normal import mills_tails
from ..special import log_ndtr
from .mixed import at_zero

_LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


@inner
def spread(se: float, q: Any) -> Any:
    """sqrt(sigma^2 + se^2), its logarithm, and the derivative of that by log sigma."""
    if se == 0.0:
        return q[0], q[1], 1.0
    both = math.sqrt(q[0] * q[0] + se * se)
    share = q[0] / both
    return both, math.log(both), share * share


@inner
def normal(y: float, se: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Normal, with mu and sigma."""
    scale, log_scale, share = spread(se, q)
    z = (y - p[0]) / scale
    return -0.5 * z * z - log_scale, z / scale, (z * z - 1.0) * share, 0.0


@inner
def normal_tails(y: float, se: float, p: Any, q: Any, r: Any) -> Any:
    """Tails of the above."""
    scale, _, share = spread(se, q)
    z = (y - p[0]) / scale
    low, by_low = log_ndtr(z)
    high, by_high = log_ndtr(-z)
    a, b, at = -by_low / scale, by_high / scale, z * share
    return low, high, a, -by_low * at, 0.0, b, by_high * at, 0.0


@inner
def _student(y: float, se: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Student's t, with mu, sigma and nu."""
    scale, log_scale, share = spread(se, q)
    nu = r[0]
    z = (y - p[0]) / scale
    odds = z * z / nu
    tail = math.log1p(odds)
    pull = (nu + 1.0) * z / (nu * (1.0 + odds))
    value = r[1] - log_scale - 0.5 * (nu + 1.0) * tail
    by_nu = r[2] - 0.5 * nu * tail + 0.5 * pull * z
    return value, pull / scale, (pull * z - 1.0) * share, by_nu


@inner
def _student_tails(y: float, se: float, p: Any, q: Any, r: Any) -> Any:
    scale, _, share = spread(se, q)
    nu = r[0]
    z = (y - p[0]) / scale
    low, high, low_nu, low_z, high_nu, high_z = student_tails(nu, z)
    at = z * share
    return (
        low,
        high,
        -low_z / scale,
        -low_z * at,
        nu * low_nu,
        -high_z / scale,
        -high_z * at,
        nu * high_nu,
    )


@inner
def _exgaussian(y: float, _: float, __: float, p: Any, q: Any, r: Any) -> Any:
    """A normal of standard deviation sigma plus an exponential of mean beta, mu the mean of both.

    With w = (y - mu + beta) / sigma, k = sigma / beta and z = w - k the density is
    exp(k^2 / 2 - k w) Phi(z) / beta, and phi(w) Phi(z) / (phi(z) beta) where z < 0.
    """
    sigma, beta = q[0], r[0]
    w = (y - p[0] + beta) / sigma
    k = sigma / beta
    z = w - k
    log_phi, hazard = log_ndtr(z)  # the derivative is phi(z) / Phi(z)
    value = 0.5 * k * k - k * w + log_phi - r[1]
    if z < 0.0:
        value = -0.5 * w * w - math.log(hazard) - _LOG_SQRT_2PI - r[1]
    by_w, by_k = hazard - k, k - w - hazard
    # By log sigma: w goes with 1 / sigma, k with sigma; by log beta: w with beta / sigma, k with
    # 1 / beta.
    by_sigma = -by_w * w + by_k * k
    by_beta = by_w / k - by_k * k - 1.0
    return value, -by_w / sigma, by_sigma, by_beta


@inner
def _exgaussian_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    sigma, beta = q[0], r[0]
    w, k = (y - p[0] + beta) / sigma, sigma / beta
    low, high, low_t, low_d, high_t, high_d = mills_tails(-w, k)
    return (
        low,
        high,
        low_t / sigma,
        low_t * w + low_d * k,
        -low_t / k - low_d * k,
        high_t / sigma,
        high_t * w + high_d * k,
        -high_t / k - high_d * k,
    )


@inner
def _shifted(y: float, _: float, __: float, p: Any, q: Any, r: Any) -> Any:
    """Lognormal after ndt, with mu and sigma of the logarithm."""
    left = y - r[0]
    if not left > 0.0:
        return -np.inf, 0.0, 0.0, 0.0
    log_left = math.log(left)
    z = (log_left - p[0]) / q[0]
    by_ndt = (z / q[0] + 1.0) * r[0] / left
    return -0.5 * z * z - q[1] - log_left, z / q[0], z * z - 1.0, by_ndt


@inner
def _shifted_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    left = y - r[0]
    if not left > 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    low, high, a, b, _c, d, e, _f = normal_tails(math.log(left), 0.0, p, q, r)
    # log(y - ndt) has the derivative -1 / (y - ndt) by ndt, mu has the opposite effect.
    moved = r[0] / left
    return low, high, a, b, a * moved, d, e, d * moved


@inner
def _log_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    if y <= 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    return normal_tails(math.log(y), 0.0, p, q, r)


ROWS = {
    "gaussian": (normal, normal_tails),
    "lognormal": (normal, _log_tails),
    "student": (_student, _student_tails),
    "exgaussian": (_exgaussian, _exgaussian_tails),
    "shifted_lognormal": (_shifted, _shifted_tails),
    "hurdle_lognormal": (at_zero(normal), None),
}

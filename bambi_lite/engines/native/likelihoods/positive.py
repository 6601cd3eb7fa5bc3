"""Likelihoods of positive numbers, and of proportions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....compiled import inner
from ....dists.kernels.beta import tails as beta_tails
from ....dists.kernels.gamma import tails as gamma_tails
from ..special import log1mexp, log_gamma
from .mixed import at_zero


@inner
def _exponential(y: float, _: float, __: float, p: Any, q: Any, r: Any) -> Any:
    """Exponential, with its mean."""
    ratio = y * math.exp(-p[1])
    return -p[1] - ratio, ratio - 1.0, 0.0, 0.0


@inner
def _hazard(log_h: float) -> Any:
    """log(1 - exp(-h)) and -h from log h, with their derivatives by it."""
    h = math.exp(min(log_h, 700.0))
    if log_h < -37.0:
        return log_h, -h, 1.0, -h
    return log1mexp(h), -h, h / math.expm1(h) if h < 700.0 else 0.0, -h


@inner
def _exponential_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    if y <= 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    low, high, by_low, by_high = _hazard(math.log(y) - p[1])
    return low, high, -by_low, 0.0, 0.0, -by_high, 0.0, 0.0


@inner
def gamma(y: float, log_y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Gamma, with mean and shape."""
    ratio, log_ratio = y * math.exp(-p[1]), log_y - p[1]
    gap = log_ratio - ratio
    return q[2] + q[0] * gap, q[0] * (ratio - 1.0), q[3] + q[0] * gap, 0.0


@inner
def _gamma_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    if y <= 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    a = q[0]
    low, high, low_a, low_x, high_a, high_x = gamma_tails(a, q[1] + math.log(y) - p[1])
    return low, high, -low_x, low_x + a * low_a, 0.0, -high_x, high_x + a * high_a, 0.0


@inner
def _weibull(log_y: float, _: float, __: float, p: Any, q: Any, r: Any) -> Any:
    """Weibull, with mean and shape."""
    log_z = log_y - p[1] + q[2]
    power = math.exp(min(q[0] * log_z, 700.0))
    by_shape = 1.0 + q[0] * (log_z - q[3]) * (1.0 - power)
    return q[1] + q[0] * log_z - power, q[0] * (power - 1.0), by_shape, 0.0


@inner
def _weibull_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    if y <= 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    log_z = math.log(y) - p[1] + q[2]
    low, high, by_low, by_high = _hazard(q[0] * log_z)
    by_shape = q[0] * (log_z - q[3])
    return (
        low,
        high,
        -by_low * q[0],
        by_low * by_shape,
        0.0,
        -by_high * q[0],
        by_high * by_shape,
        0.0,
    )


@inner
def _inverse_gaussian(y: float, _: float, __: float, p: Any, q: Any, r: Any) -> Any:
    """Wald's distribution, with mean and shape."""
    ratio = y * math.exp(-p[1])
    distance = (ratio - 1.0) ** 2 / y
    return (
        0.5 * (q[1] - q[0] * distance),
        q[0] * (ratio - 1.0) * ratio / y,
        0.5 * (1.0 - q[0] * distance),
        0.0,
    )


@inner
def beta(log_y: float, log_rest: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Beta, with mean and precision.

    log Gamma(a) is log Gamma(a + 1) - log a, which is finite where a underflows.
    """
    a, b = p[2] * q[0], p[3] * q[0]
    top, by_top = log_gamma(a + 1.0)
    bottom, by_bottom = log_gamma(b + 1.0)
    value = q[2] - top - bottom + p[0] + p[1] + q[1] + (a - 1.0) * log_y + (b - 1.0) * log_rest
    by_a, by_b = a * (log_y - by_top) + 1.0, b * (log_rest - by_bottom) + 1.0
    # log a and log b go with the logit by 1 - p and -p, and both with log phi.
    return value, by_a * p[3] - by_b * p[2], by_a + by_b + q[3] - 1.0, 0.0


@inner
def _beta_tails(y: float, _: float, p: Any, q: Any, r: Any) -> Any:
    if y <= 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if y >= 1.0:
        return 0.0, -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    a, b = p[2] * q[0], p[3] * q[0]
    low, high, la, lb, _lu, ha, hb, _hu = beta_tails(a, b, math.log(y) - math.log1p(-y))
    la, lb, ha, hb = a * la, b * lb, a * ha, b * hb
    return low, high, la * p[3] - lb * p[2], la + lb, 0.0, ha * p[3] - hb * p[2], ha + hb, 0.0


ROWS = {
    "exponential": (_exponential, _exponential_tails),
    "gamma": (gamma, _gamma_tails),
    "hurdle_gamma": (at_zero(gamma), None),
    "weibull": (_weibull, _weibull_tails),
    "inverse_gaussian": (_inverse_gaussian, None),
    "beta": (beta, _beta_tails),
    "zero_inflated_beta": (at_zero(beta), None),
}

"""Functions of one number that numba lacks, or that the kernels need with their derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba

from .cache import kept

_SQRT2 = math.sqrt(2.0)
_LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


def fast[F: Callable[..., Any]](function: F) -> F:
    """A function compiled by numba when first called, and kept on disk."""
    with kept() as keep:
        compiled: F = numba.njit(cache=keep, error_model="numpy", nogil=True)(function)
    return compiled


@fast
def digamma(x: float) -> float:
    """The derivative of log Gamma (Bernardo 1976, AS 103), for x > 0."""
    if x < 1e-8:
        return -1.0 / x - 0.5772156649015329
    total = 0.0
    while x < 12.0:
        total -= 1.0 / x
        x += 1.0
    r = 1.0 / x
    total += math.log(x) - 0.5 * r
    r *= r
    series = 1.0 / 12.0 - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r / 132.0)))
    return total - r * series


@fast
def softplus(x: float) -> float:
    """log(1 + exp(x))."""
    if x > 0.0:
        return x + math.log1p(math.exp(-x))
    return math.log1p(math.exp(x))


@fast
def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x))."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


@fast
def log_ndtr(x: float) -> tuple[float, float]:
    """The logarithm of the normal distribution function, and its derivative."""
    if x > -20.0:
        p = 0.5 * math.erfc(-x / _SQRT2)
        log_p = math.log1p(-0.5 * math.erfc(x / _SQRT2)) if x > 0.0 else math.log(p)
        return log_p, math.exp(-0.5 * x * x - _LOG_SQRT_2PI - log_p)
    # Mills' ratio as a continued fraction (Abramowitz and Stegun 1972, 26.2.14).
    t = -x
    ratio = t
    for k in range(60, 0, -1):
        ratio = t + k / ratio
    return -0.5 * x * x - _LOG_SQRT_2PI - math.log(ratio), ratio


@fast
def log_share(link: int, eta: float) -> tuple[float, float, float, float]:
    """log p and log(1 - p) of a probability on its link scale, and their derivatives."""
    if link == 2:  # logit
        p = sigmoid(eta)
        return -softplus(-eta), -softplus(eta), 1.0 - p, -p
    if link == 3:  # probit
        log_p, slope = log_ndtr(eta)
        log_q, other = log_ndtr(-eta)
        return log_p, log_q, slope, -other
    if link == 4:  # cloglog
        x = math.exp(eta)
        if eta < -37.0:
            return eta, -x, 1.0, -x
        return math.log(-math.expm1(-x)), -x, x / math.expm1(x) if x < 700.0 else 0.0, -x
    if link == 1:  # log
        q = -math.expm1(eta)
        return eta, math.log(q), 1.0, -math.exp(eta) / q
    return math.log(eta), math.log1p(-eta), 1.0 / eta, -1.0 / (1.0 - eta)


@fast
def inverse(link: int, eta: float) -> tuple[float, float]:
    """A parameter from its linear predictor, and the derivative."""
    if link == 0:
        return eta, 1.0
    if link == 1:
        value = math.exp(eta)
        return value, value
    if link == 2:
        p = sigmoid(eta)
        return p, p * (1.0 - p)
    if link == 5:
        value = 1.0 / eta
        return value, -value * value
    if link == 6:
        return eta * eta, 2.0 * eta
    if link == 7:
        return softplus(eta), sigmoid(eta)
    value = math.exp(eta)
    return 1.0 + value, value


@fast
def log_inverse(link: int, eta: float) -> tuple[float, float]:
    """The logarithm of a positive parameter from its linear predictor, and the derivative."""
    if link == 1:
        return eta, 1.0
    if link == 0:
        return math.log(eta), 1.0 / eta
    if link == 5:
        return -math.log(eta), -1.0 / eta
    if link == 6:
        return 2.0 * math.log(abs(eta)), 2.0 / eta
    if eta < -37.0 and link == 7:
        return eta, 1.0
    value, slope = inverse(link, eta)
    return math.log(value), slope / value


@fast
def log_rising(a: float, y: float) -> tuple[float, float]:
    """log Gamma(a + y) - log Gamma(a), and its derivative with respect to log a."""
    if y <= 0.0:
        return 0.0, 0.0
    if a > 1e5:
        r = y / a
        value = (a + y - 0.5) * math.log1p(r) + y * (math.log(a) - 1.0)
        value += (1.0 / (a + y) - 1.0 / a) / 12.0
        slope = a * (math.log1p(r) - 0.5 / (a + y) + 0.5 / a)
        return value, slope + a * (1.0 / (a * a) - 1.0 / ((a + y) * (a + y))) / 12.0
    value = math.lgamma(a + y) - math.lgamma(a + 1.0) + math.log(a)
    # a psi(a) = a psi(a + 1) - 1 stays finite where a underflows.
    return value, a * (digamma(a + y) - digamma(a + 1.0)) + 1.0

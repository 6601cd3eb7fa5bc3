"""Functions of one number that numba lacks, or that the kernels need with their derivatives."""

from __future__ import annotations

import math
from typing import Any

from ...compiled import inner

_SQRT2 = math.sqrt(2.0)
_LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


@inner
def log_gamma(x: float) -> tuple[float, float]:
    """log Gamma(x) and its derivative, for x > 0 (Abramowitz and Stegun 1972, 6.1.40, 6.3.18).

    Stirling's series from ten on; below, Gamma(x) = Gamma(x + n) / (x (x + 1) ... (x + n - 1)).
    """
    product, slope = 1.0, 0.0
    while x < 10.0:
        slope = slope * x + product
        product *= x
        x += 1.0
    r = 1.0 / x
    s = r * r
    series = 1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - s * (691 / 360360 - s / 156)))
    rest = r * (1 / 12 - s * (1 / 360 - s * series))
    series = 1 / 240 - s * (1 / 132 - s * (691 / 32760 - s / 12))
    by_rest = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * series)))
    log_x = math.log(x)
    value = (x - 0.5) * log_x - x + _LOG_SQRT_2PI + rest
    return value - math.log(product), log_x - 0.5 * r - by_rest - slope / product


@inner
def log1mexp(x: float) -> float:
    """log(1 - exp(-x)) for x >= 0."""
    if x < 0.7:
        return math.log(-math.expm1(-x))
    return math.log1p(-math.exp(-x))


@inner
def softplus(x: float) -> float:
    """log(1 + exp(x))."""
    if x > 0.0:
        return x + math.log1p(math.exp(-x))
    return math.log1p(math.exp(x))


@inner
def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x))."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


@inner
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


@inner
def log_share(link: int, eta: float) -> tuple[float, float, float, float]:
    """log p and log(1 - p) of a probability on its link scale, and their derivatives."""
    if link == 2:  # logit
        small = math.exp(-abs(eta))
        rest = math.log1p(small)
        one = 1.0 / (1.0 + small)
        if eta >= 0.0:
            return -rest, -eta - rest, small * one, -one
        return eta - rest, -rest, one, -small * one
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


@inner
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
    if link == 8:
        value = math.exp(eta)
        return 1.0 + value, value
    log_p, _, slope, _ = log_share(link, eta)
    value = math.exp(log_p)
    return value, value * slope


@inner
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


@inner
def log_rising(a: float, y: float) -> tuple[float, float]:
    """log Gamma(a + y) - log Gamma(a), and its derivative with respect to log a."""
    if y <= 0.0:
        return 0.0, 0.0
    if a > 1e5:
        r = y / a
        grown = math.log1p(r)
        value = (a + y - 0.5) * grown + y * (math.log(a) - 1.0)
        value += (1.0 / (a + y) - 1.0 / a) / 12.0
        # a log1p(r) + r / (2 (1 + r)) - ..., the derivative of the above by log a.
        slope = a * grown + 0.5 * y / (a + y)
        return value, slope + a * (1.0 / (a * a) - 1.0 / ((a + y) * (a + y))) / 12.0
    if y <= 24.0 and y == math.floor(y):
        # a (a + 1) ... (a + y - 1), and its derivative; at most 1e125.
        product, slope = 1.0, 0.0
        for k in range(1, int(y)):
            slope = slope * (a + k) + product
            product *= a + k
        return math.log(product) + math.log(a), 1.0 + a * slope / product
    top, by_top = log_gamma(a + y)
    bottom, by_bottom = log_gamma(a + 1.0)
    # a psi(a) = a psi(a + 1) - 1 stays finite where a underflows.
    return top - bottom + math.log(a), a * (by_top - by_bottom) + 1.0


@inner
def dot(x: Any, y: Any) -> float:
    """The sum of products, in eight lanes that the processor may fill at once."""
    n = len(x) - len(x) % 8
    a = b = c = d = e = f = g = h = 0.0
    for i in range(0, n, 8):
        a += x[i] * y[i]
        b += x[i + 1] * y[i + 1]
        c += x[i + 2] * y[i + 2]
        d += x[i + 3] * y[i + 3]
        e += x[i + 4] * y[i + 4]
        f += x[i + 5] * y[i + 5]
        g += x[i + 6] * y[i + 6]
        h += x[i + 7] * y[i + 7]
    rest = 0.0
    for i in range(n, len(x)):
        rest += x[i] * y[i]
    return ((a + b) + (c + d)) + ((e + f) + (g + h)) + rest


@inner
def summed(x: Any) -> float:
    """The sum, in four lanes."""
    n = len(x) - len(x) % 4
    a = b = c = d = 0.0
    for i in range(0, n, 4):
        a += x[i]
        b += x[i + 1]
        c += x[i + 2]
        d += x[i + 3]
    for i in range(n, len(x)):
        a += x[i]
    return (a + b) + (c + d)

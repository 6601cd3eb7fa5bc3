"""The beta-binomial distribution."""

from __future__ import annotations

import math

from ...compiled import compiled
from .shared import TINY

_BIG = 1e250


@compiled
def _sum_from(y: float, n: float, a: float, b: float, up: bool) -> tuple[float, float, float]:
    """log of sum_k p(k) / p(y) over k <= y or k > y, and its derivatives (log a, log b).

    Terms follow from one another by p(k) / p(k - 1) = (n - k + 1) (a + k - 1) / (k (n - k + b)),
    p(y) itself being one; they are scaled down where they grow large.
    """
    term, t_a, t_b = 1.0, 0.0, 0.0
    total, s_a, s_b, scale = 0.0, 0.0, 0.0, 0.0
    steps = int(n - y) if up else int(y) + 1
    for i in range(steps):
        if up:
            k = y + i + 1.0
            term *= (n - k + 1.0) * (a + (k - 1.0)) / (k * (n - k + b))
            t_a += a / (a + (k - 1.0))
            t_b -= b / (n - k + b)
        elif i > 0:
            k = y - i + 1.0
            term *= k * (n - k + b) / ((n - k + 1.0) * (a + (k - 1.0)))
            t_a -= a / (a + (k - 1.0))
            t_b += b / (n - k + b)
        total += term
        s_a += term * t_a
        s_b += term * t_b
        if total > _BIG:
            term, total, s_a, s_b = term / _BIG, total / _BIG, s_a / _BIG, s_b / _BIG
            scale += math.log(_BIG)
        # Without a second mode at the end what is small stays small.
        if a >= 1.0 and b >= 1.0 and (1.0 + abs(t_a) + abs(t_b)) * term < TINY * total:
            break
    if total == 0.0:
        return -math.inf, 0.0, 0.0
    return scale + math.log(total), s_a / total, s_b / total


@compiled
def beta_binomial(y: float, n: float, log_a: float, log_b: float) -> tuple[float, ...]:
    """Log CDF and log survival, and their derivatives (y, n, log a, log b; zero for y and n).

    Both sums over the support are taken: their ratio needs no normalising constant.
    """
    nan = math.nan
    if math.isnan(y) or math.isnan(n) or math.isnan(log_a) or math.isnan(log_b):
        return nan, nan, nan, nan, nan, nan, nan, nan, nan, nan
    a, b = math.exp(max(log_a, -700.0)), math.exp(max(log_b, -700.0))
    low, low_a, low_b = _sum_from(y, n, a, b, False)
    high, high_a, high_b = _sum_from(y, n, a, b, True)
    gap = high - low
    near = math.log1p(math.exp(-abs(gap)))
    lower, upper = -(max(gap, 0.0) + near), -(max(-gap, 0.0) + near)
    d_a, d_b = low_a - high_a, low_b - high_b
    p, q = math.exp(lower), math.exp(upper)
    return lower, upper, 0.0, 0.0, q * d_a, q * d_b, 0.0, 0.0, -p * d_a, -p * d_b

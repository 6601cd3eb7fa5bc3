"""The regularised incomplete gamma functions, by their logarithms."""

from __future__ import annotations

import math

from ...compiled import compiled
from .shared import (
    FALL,
    LOG_2PI,
    MANY,
    NODES,
    TINY,
    WEIGHTS,
    complement,
    deviance,
    expm1_rest,
    lgamma1p,
    psi_minus_log,
    stirling_error,
)

#: From here on both tails near the mode are integrated: series would take sqrt(a) terms.
_LARGE = 200.0

type _Tail = tuple[float, float, float]


@compiled
def _power(a: float, log_x: float, x: float) -> _Tail:
    """log P(a, x) for small a and x, relative to a (Gautschi 1979): P is about one there.

    gamma(a, x) = x^a sum_n (-x)^n / (n! (a + n)); the term n = 0 is x^a / a.
    """
    term, total, slope = 1.0, 0.0, 0.0
    for n in range(1, MANY):
        term *= -x / n
        total += term / (a + n)
        slope -= term / ((a + n) * (a + n))
        if abs(term) < TINY:
            break
    rest = 1.0 + a * total
    psi = psi_minus_log(1.0 + a) + math.log1p(a)
    log_p = a * log_x - lgamma1p(a) + math.log1p(a * total)
    return log_p, log_x - psi + (total + a * slope) / rest, a * math.exp(-x) / rest


@compiled
def _series(a: float, x: float) -> _Tail:
    """P(a, x) x^-a exp(x) Gamma(a) as its logarithm, for x <= a (A. & S. 6.5.29)."""
    term, total, slope, logs = 1.0, 1.0, 0.0, 0.0
    for n in range(1, MANY):
        term *= x / (a + n)
        logs += 1.0 / (a + n)
        total += term
        slope -= term * logs
        if term * max(logs, 1.0) < TINY * total:
            break
    return math.log(total / a), slope / total - 1.0 / a, a / total


@compiled
def _fraction(a: float, x: float) -> _Tail:
    """Q(a, x) x^-a exp(x) Gamma(a) as its logarithm, for x > a (A. & S. 6.5.31).

    Lentz's way through the continued fraction (Thompson and Barnett 1986), with derivatives.
    """
    b = x + 1.0 - a
    whole, d_whole = b, -1.0 / b
    c, d_c, d, d_d = b, -1.0, 0.0, 0.0
    for n in range(1, MANY):
        up = -n * (n - a)
        b += 2.0
        d_d = -1.0 + n * d + up * d_d
        d = 1.0 / (b + up * d)
        d_d *= -d * d
        d_c = -1.0 + n / c - up * d_c / (c * c)
        c = b + up / c
        step = d_c / c + d_d / d
        whole *= c * d
        d_whole += step
        if abs(c * d - 1.0) < 1e-15 and abs(step) < 1e-15 * abs(d_whole):
            break
    return -math.log(whole), -d_whole, -whole


@compiled
def _integral(a: float, x: float) -> _Tail:
    """The tail beyond x as a multiple of x^a exp(-x) / Gamma(a), integrated in log t."""
    sign = 1.0 if x > a else -1.0
    slope = abs(x - a)
    # Where slope s + x s^2 / 2 has fallen far enough, and a fifth more for the third derivative.
    end = 1.2 * 2.0 * FALL / (slope + math.sqrt(slope * slope + 2.0 * FALL * x))
    total, first = 0.0, 0.0
    for i in range(NODES.size):
        s = end * NODES[i]
        f = WEIGHTS[i] * math.exp(-slope * s - x * expm1_rest(sign * s))
        total += f
        first += f * s
    return math.log(end * total), sign * first / total, -sign / (end * total)


@compiled
def tails(a: float, log_x: float) -> tuple[float, float, float, float, float, float]:
    """log P(a, x) and log Q(a, x), and the derivatives of each with respect to a and log x."""
    if math.isnan(a) or math.isnan(log_x):
        return math.nan, math.nan, math.nan, math.nan, math.nan, math.nan
    if a <= 0.0 or log_x == math.inf:
        return 0.0, -math.inf, 0.0, 0.0, 0.0, 0.0
    if log_x == -math.inf:
        return -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    log_x = min(log_x, 600.0)
    x = math.exp(log_x)
    if a < 1.0 and x < 1.5:
        below = True
        small, d_a, d_x = _power(a, log_x, x)
    else:
        below = x <= a
        if a > _LARGE and abs(x - a) < 0.4 * a:
            tail, d_a, d_x = _integral(a, x)
        elif below:
            tail, d_a, d_x = _series(a, x)
        else:
            tail, d_a, d_x = _fraction(a, x)
        # x^a exp(-x) / Gamma(a), with Stirling's series, so that large terms do not cancel.
        log_ratio = log_x - math.log(a)
        density = -deviance(a, x, a - x, log_ratio)
        density += 0.5 * (math.log(a) - LOG_2PI) - stirling_error(a)
        small = density + tail
        d_a += (math.log1p((x - a) / a) if abs(x - a) < 0.5 * a else log_ratio) - psi_minus_log(a)
    large, odds = complement(small)
    if below:
        return small, large, d_a, d_x, odds * d_a, odds * d_x
    return large, small, odds * d_a, odds * d_x, d_a, d_x

"""The regularised incomplete beta function and Student's t, by their logarithms."""

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
    log1p_rest,
    psi_minus_log,
    rise,
    stirling_error,
)

#: From here on (both shapes) tails near the mode are integrated.
_LARGE = 200.0

type _Tail = tuple[float, float, float, float]


@compiled
def _power(a: float, b: float, x: float, log_x: float, log_y: float) -> _Tail:
    """log I_x(a, b) for a < 1 and small x, relative to a: I is about one there.

    B_x(a, b) = x^a sum_n (1 - b)_n x^n / (n! (a + n)) (DLMF 8.17.7); the term n = 0 is x^a / a.
    """
    term, d_term = 1.0, 0.0
    total, d_a, d_b = 0.0, 0.0, 0.0
    for n in range(1, MANY):
        d_term = (d_term * (n - b) - term) * x / n
        term *= (n - b) * x / n
        w = 1.0 / (a + n)
        total += term * w
        d_a -= term * w * w
        d_b += d_term * w
        if abs(term) + abs(d_term) < TINY:
            break
    rest = 1.0 + a * total
    gap, psi_gap = rise(b, a)
    log_i = a * log_x - lgamma1p(a) + gap + math.log1p(a * total)
    psi_a = psi_minus_log(1.0 + a) + math.log1p(a)
    psi_n = psi_minus_log(a + b) + math.log(a + b)
    d_a = log_x - psi_a + psi_n + (total + a * d_a) / rest
    return log_i, d_a, psi_gap + a * d_b / rest, a * math.exp(b * log_y) / rest


@compiled
def _fraction(a: float, b: float, x: float, y: float, gap: float) -> _Tail:
    """I_x(a, b) x^-a y^-b B(a, b) as its logarithm, for gap = a y - b x >= 0.

    The continued fraction of Didonato and Morris (1992, equation 9), by Lentz's way
    (Thompson and Barnett 1986), with derivatives.
    """
    part = a / (a + 1.0)
    f = part * (gap + 1.0)
    f_a, f_b = part * (y + (gap + 1.0) / (a * (a + 1.0))), -part * x
    c, c_a, c_b = f, f_a, f_b
    d, d_a, d_b = 0.0, 0.0, 0.0
    whole, whole_a, whole_b = f, f_a / f, f_b / f
    for m in range(1, MANY):
        q = a + 2.0 * m - 1.0
        side, part = m * x / q, (a + m) / (q + 2.0)
        inner = gap + 1.0 + m * (1.0 + y)
        f = m + side * (b - m) + part * inner
        f_a = -side * (b - m) / q + inner * (1.0 - part) / (q + 2.0) + part * y
        f_b = side - part * x
        lead = (a + (m - 1.0)) * (a + b + (m - 1.0)) * side * x / q
        up = lead * (b - m)
        up_a = up * (1.0 / (a + (m - 1.0)) + 1.0 / (a + b + (m - 1.0)) - 2.0 / q)
        up_b = lead + up / (a + b + (m - 1.0))
        d_a, d_b = f_a + up_a * d + up * d_a, f_b + up_b * d + up * d_b
        d = 1.0 / (f + up * d)
        d_a, d_b = -d_a * d * d, -d_b * d * d
        c_a, c_b = f_a + (up_a - up * c_a / c) / c, f_b + (up_b - up * c_b / c) / c
        c = f + up / c
        step_a, step_b = c_a / c + d_a / d, c_b / c + d_b / d
        whole *= c * d
        whole_a += step_a
        whole_b += step_b
        still = abs(step_a) < 1e-15 * abs(whole_a) and abs(step_b) < 1e-15 * abs(whole_b)
        if still and abs(c * d - 1.0) < 1e-15:
            break
    return -math.log(whole), -whole_a, -whole_b, whole


@compiled
def _integral(a: float, b: float, x: float, y: float, gap: float) -> _Tail:
    """The tail below x as a multiple of x^a y^b / B(a, b), integrated in log(x / y)."""
    n = a + b
    bend = n * x * y
    # Where gap s + bend s^2 / 2 has fallen far enough, and a quarter more for what is left out.
    end = 1.25 * 2.0 * FALL / (gap + math.sqrt(gap * gap + 2.0 * FALL * bend))
    # The smaller of x and y moves by the factor exp(-s) or exp(s).
    p, sign = (x, -1.0) if x < y else (y, 1.0)
    total, first_a, first_b = 0.0, 0.0, 0.0
    for i in range(NODES.size):
        s = end * NODES[i]
        move = p * math.expm1(sign * s)
        fall = gap * s + n * (log1p_rest(move) + p * expm1_rest(sign * s))
        f = WEIGHTS[i] * math.exp(-fall)
        whole = math.log1p(move)
        total += f
        first_a -= f * (whole + s if sign < 0.0 else whole)
        first_b -= f * (whole if sign < 0.0 else whole - s)
    return math.log(end * total), first_a / total, first_b / total, 1.0 / (end * total)


@compiled
def _below(a: float, b: float, x: float, y: float, log_x: float, log_y: float) -> _Tail:
    """log I_x(a, b) where x is not above a / (a + b), with derivatives (a, b, log(x / y))."""
    n, gap = a + b, a * y - b * x
    if min(a, b) > _LARGE and gap < 0.4 * min(a, b):
        tail, d_a, d_b, d_u = _integral(a, b, x, y, gap)
    else:
        tail, d_a, d_b, d_u = _fraction(a, b, x, y, gap)
    # x^a y^b / B(a, b), with Stirling's series, so that large terms do not cancel.
    ratio_a, ratio_b = log_x - math.log(a / n), log_y - math.log(b / n)
    density = -deviance(a, n * x, gap, ratio_a) - deviance(b, n * y, -gap, ratio_b)
    density += 0.5 * (math.log(a) + math.log(b / n) - LOG_2PI)
    density += stirling_error(n) - stirling_error(a) - stirling_error(b)
    psi_n = psi_minus_log(n)
    d_a += (math.log1p(-gap / a) if gap < 0.5 * a else ratio_a) + psi_n - psi_minus_log(a)
    d_b += (math.log1p(gap / b) if gap < 0.5 * b else ratio_b) + psi_n - psi_minus_log(b)
    return density + tail, d_a, d_b, d_u


@compiled
def tails(
    a: float, b: float, logit: float
) -> tuple[float, float, float, float, float, float, float, float]:
    """log I_x(a, b) and log(1 - I_x(a, b)), and their derivatives (a, b, logit of x)."""
    if math.isnan(a) or math.isnan(b) or math.isnan(logit):
        nan = math.nan
        return nan, nan, nan, nan, nan, nan, nan, nan
    if logit == math.inf or (a <= 0.0 and logit > -math.inf):
        return 0.0, -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if logit == -math.inf or b <= 0.0:
        return -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    e = math.exp(-abs(logit))
    near, far = e / (1.0 + e), 1.0 / (1.0 + e)
    log_near, log_far = -abs(logit) - math.log1p(e), -math.log1p(e)
    below = logit < 0.0
    x, y = (near, far) if below else (far, near)
    log_x, log_y = (log_near, log_far) if below else (log_far, log_near)
    if a < 1.0 and x <= 0.5 and b * x < 1.5:
        below = True
        small, d_a, d_b, d_u = _power(a, b, x, log_x, log_y)
    elif b < 1.0 and y <= 0.5 and a * y < 1.5:
        below = False
        small, d_b, d_a, d_u = _power(b, a, y, log_y, log_x)
    elif a * y >= b * x:
        below = True
        small, d_a, d_b, d_u = _below(a, b, x, y, log_x, log_y)
    else:
        below = False
        small, d_b, d_a, d_u = _below(b, a, y, x, log_y, log_x)
    large, odds = complement(small)
    if below:
        return small, large, d_a, d_b, d_u, odds * d_a, odds * d_b, odds * d_u
    return large, small, odds * d_a, odds * d_b, -odds * d_u, d_a, d_b, -d_u


@compiled
def student(nu: float, t: float) -> tuple[float, float, float, float, float, float]:
    """Log CDF and log survival of Student's t, and their derivatives (nu, t).

    P(T < -|t|) = I_x(nu / 2, 1 / 2) / 2 with x = nu / (nu + t^2) (DLMF 8.17.8 and A. & S. 26.7.1).
    """
    size = abs(t)
    if size == 0.0:
        small, d_nu = math.log(0.5), 0.0
        slope = 2.0 * math.exp(rise(0.5 * nu, 0.5)[0]) / math.sqrt(math.pi * nu)
    else:
        logit = math.log(nu) - 2.0 * math.log(size)
        both, _, d_a, _, d_u, _, _, _ = tails(0.5 * nu, 0.5, logit)
        small, d_nu, slope = both + math.log(0.5), 0.5 * d_a + d_u / nu, 2.0 * d_u / size
    large, odds = complement(small)
    if t < 0.0:
        return small, large, d_nu, slope, odds * d_nu, odds * slope
    return large, small, odds * d_nu, -odds * slope, d_nu, -slope

"""Differences of normal tails, and the skew normal distribution."""

from __future__ import annotations

import math

import numpy as np

from ...compiled import compiled
from .shared import FALL, LOG_2PI, NODES, WEIGHTS, complement, log1mexp, log_ndtr

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
# On (0, 1); here the integrand changes by a factor of two at the most.
_NODES, _WEIGHTS = (_NODES + 1.0) / 2.0, _WEIGHTS / 2.0


@compiled
def mills(s: float) -> tuple[float, float]:
    """Mills' ratio M(s) = (1 - Phi(s)) / phi(s), and 1 - s M(s), for s > -30.

    Far out by Laplace's continued fraction (Abramowitz and Stegun 1972, 26.2.14).
    """
    if s < 2.5:
        ratio = math.sqrt(0.5 * math.pi) * math.exp(0.5 * s * s) * math.erfc(s / math.sqrt(2.0))
        return ratio, 1.0 - s * ratio
    fraction = 0.0
    for k in range(int(10.0 + 500.0 / (s * s)), 1, -1):
        fraction = k / (s + fraction)
    fraction = 1.0 / (s + fraction)
    return 1.0 / (s + fraction), fraction / (s + fraction)


@compiled
def _mills_integral(t: float, d: float, phi: float) -> float:
    """phi(t) (M(t) - M(t + d)) as the integral of 1 - s M(s), since M'(s) = s M(s) - 1.

    In units of phi(t) where t is positive, in which `phi` is phi(t).
    """
    total = 0.0
    for i in range(_NODES.size):
        step = d * _NODES[i]
        s = t + step
        if s > 0.0:
            total += _WEIGHTS[i] * phi * mills(s)[1]
        else:
            # phi(t) M(s) is exp((s^2 - t^2) / 2) Phi(-s), also where s rounds to t.
            upper = math.exp(0.5 * step * (2.0 * t + step) + log_ndtr(-s))
            total += _WEIGHTS[i] * (phi - s * upper)
    return d * total


@compiled
def mills_tails(t: float, d: float) -> tuple[float, float, float, float, float, float]:
    """log of g = phi(t) (M(t) - M(t + d)) for d > 0, log(1 - g), and derivatives of each (t, d).

    The two Mills ratios are integrated where they are near to one another. What is left,
    1 - g = Phi(t) + phi(t) M(t + d), has positive terms only.
    """
    if math.isnan(t) or math.isnan(d):
        return math.nan, math.nan, math.nan, math.nan, math.nan, math.nan
    if d <= 0.0:
        return -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    end = t + d
    log_phi = -0.5 * t * t - 0.5 * LOG_2PI
    # first and second are the logs of phi(t) M(t) and phi(t) M(t + d) over exp(unit).
    unit = log_phi if end > 0.0 else 0.0
    if end > 0.0:
        m, rest = mills(end)
        second = math.log(m)
    else:
        rest = 0.0
        second = 0.5 * d * (2.0 * t + d) + log_ndtr(-end)
    down = log_phi if t > 0.0 else 0.0
    first = math.log(mills(t)[0]) if t > 0.0 else log_ndtr(-t)
    # The gap, over exp(down).
    ratio = second + (unit - down) - first
    if ratio < -0.7:
        gap = first + math.log1p(-math.exp(ratio))
    else:
        gap = math.log(_mills_integral(t, d, math.exp(log_phi - down)))
    # One minus the gap, over exp(unit).
    left = math.log(mills(-t)[0]) if t < 0.0 and end > 0.0 else log_ndtr(t) - unit
    lower = max(left, second)
    lower += math.log1p(math.exp(min(left, second) - lower))
    share, other = math.exp(second + (unit - down) - gap), math.exp(second - lower)
    if end > 0.0:
        d_gap, d_other = rest * math.exp(log_phi - down - gap), rest * math.exp(-lower)
    else:
        d_gap = math.exp(log_phi - down - gap) - end * share
        d_other = math.exp(log_phi - lower) - end * other
    value, remainder = down + gap, unit + lower
    if value < -0.7:
        remainder, odds = complement(value)
        other_t, other_d = -odds * d * share, odds * d_gap
    else:
        other_t, other_d = d * other, -d_other
        if remainder < -0.7:
            value, odds = complement(remainder)
            share_t, share_d = odds * other_t, odds * other_d
            return value, remainder, share_t, share_d, other_t, other_d
    return value, remainder, -d * share, d_gap, other_t, other_d


@compiled
def _owen(q: float, alpha: float) -> float:
    """The integral over s > 0 of what is left below, where Owen's T is written with x = sinh t.

    T(z, inf) - T(z, alpha) is 1 / (2 pi) times the integral of exp(-q cosh(t)^2) / cosh(t) over
    t > arcsinh(alpha), with q = z^2 / 2 (from Owen 1956, equation 1.3); divided by the integrand
    at the start. It is smooth, and falls at least as exp(-s).
    """
    root = math.sqrt(1.0 + alpha * alpha)
    sine, cosine = 2.0 * alpha * root, 1.0 + 2.0 * alpha * alpha  # sinh and cosh of 2 t
    end = FALL + math.log(2.0)
    if q > 0.0:
        # Where the exponent has fallen: cosh(2 t + 2 s) = cosh(2 t) + 2 FALL / q.
        drop = 2.0 * FALL / q
        grown = drop + cosine
        more = drop * (grown + cosine) / (math.sqrt((grown - 1.0) * (grown + 1.0)) + sine)
        end = min(end, 0.5 * math.log1p((drop + more) / (sine + cosine)))
    # One panel for the fall of 1 / cosh, one for the rest.
    cut = min(end, 3.0)
    total = 0.0
    for panel in range(2):
        start, width = (0.0, cut) if panel == 0 else (cut, end - cut)
        for i in range(NODES.size if width > 0.0 else 0):
            s = start + width * NODES[i]
            e = math.expm1(s)
            sh, ch = 0.5 * e * (2.0 + e) / (1.0 + e), 1.0 + 0.5 * e * e / (1.0 + e)
            f = math.exp(-q * sh * (sine * ch + cosine * sh)) / (ch + alpha / root * sh)
            total += width * WEIGHTS[i] * f
    return total


@compiled
def _skewed(z: float, alpha: float) -> tuple[float, float, float, float, float, float]:
    """The tails below for alpha >= 0."""
    q = 0.5 * z * z
    root = math.sqrt(1.0 + alpha * alpha)
    rest = _owen(q, alpha) / root
    if z < 0.0:
        # F = 2 (T(z, inf) - T(z, alpha)); the density and the slope in alpha as parts of it.
        small = -q * root * root + math.log(rest / math.pi)
        d_z = mills(-alpha * z)[0] / rest
        d_alpha = -1.0 / (root * root * rest)
        large, odds = complement(small)
        return small, large, d_z, d_alpha, odds * d_z, odds * d_alpha
    # 1 - F = phi(z) (2 M(z) - other), F = erf(z / sqrt(2)) + phi(z) other.
    other = math.exp(-q * alpha * alpha) * math.sqrt(2.0 / math.pi) * rest
    left = 2.0 * mills(z)[0] - other
    log_phi = -q - 0.5 * LOG_2PI
    lower = math.log(math.erf(z / math.sqrt(2.0)) + math.exp(log_phi) * other)
    upper = log_phi + math.log(left)
    d_z = -2.0 * math.exp(log_ndtr(alpha * z)) / left
    d_alpha = math.exp(-q * alpha * alpha) * math.sqrt(2.0 / math.pi) / (root * root * left)
    if lower < -0.7:
        odds = -math.exp(upper - lower)
        upper = log1mexp(lower)
    else:
        lower, odds = complement(upper)
    return lower, upper, odds * d_z, odds * d_alpha, d_z, d_alpha


@compiled
def skew_normal(z: float, alpha: float) -> tuple[float, float, float, float, float, float]:
    """Log CDF and log survival of Azzalini's (1985) skew normal, and derivatives (z, alpha).

    F(z) = Phi(z) - 2 T(z, alpha) with Owen's T, written so that only positive terms are added.
    """
    if math.isnan(z) or math.isnan(alpha):
        return math.nan, math.nan, math.nan, math.nan, math.nan, math.nan
    if alpha >= 0.0:
        return _skewed(z, alpha)
    upper, lower, u_z, u_alpha, l_z, l_alpha = _skewed(-z, -alpha)
    return lower, upper, -l_z, -l_alpha, -u_z, -u_alpha

"""Differences of normal tails, and the skew normal distribution."""

from __future__ import annotations

import math

import numpy as np

from .shared import FALL, LOG_2PI, NODES, WEIGHTS, compiled, complement, log1mexp, log_ndtr

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
def mills_gap(t: float, d: float) -> tuple[float, float, float]:
    """log of phi(t) (M(t) - M(t + d)) for d > 0, and its derivatives (t, d).

    The difference is the integral of 1 - s M(s), since M'(s) = s M(s) - 1; taken so where the two
    terms are near to one another.
    """
    if math.isnan(t) or math.isnan(d):
        return math.nan, math.nan, math.nan
    if d <= 0.0:
        return -math.inf, 0.0, 0.0
    end = t + d
    # Below everything is in units of exp(unit): phi(t) where that is small.
    log_phi = -0.5 * t * t - 0.5 * LOG_2PI
    unit = log_phi if t > 0.0 else 0.0
    if end > 0.0:
        m, rest = mills(end)
        second = log_phi - unit + math.log(m)  # log of phi(t) M(t + d)
    else:
        rest = 0.0
        second = 0.5 * d * (end + t) + log_ndtr(-end)
    first = math.log(mills(t)[0]) if t > 0.0 else log_ndtr(-t)
    phi = math.exp(log_phi - unit)
    if second - first < -0.7:
        value = first + math.log1p(-math.exp(second - first))
    else:
        total = 0.0
        for i in range(_NODES.size):
            s = t + d * _NODES[i]
            if s > 0.0:
                total += _WEIGHTS[i] * phi * mills(s)[1]
            else:
                upper = math.exp(0.5 * (s - t) * (s + t) + log_ndtr(-s))
                total += _WEIGHTS[i] * (phi - s * upper)
        value = math.log(d) + math.log(total)
    share, phi = math.exp(second - value), math.exp(log_phi - unit - value)
    return unit + value, -d * share, rest * phi if end > 0.0 else phi - end * share


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

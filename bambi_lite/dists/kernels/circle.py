"""The von Mises distribution on (-pi, pi)."""

from __future__ import annotations

import math

from ...compiled import compiled
from .shared import FALL, NODES, WEIGHTS

type _Part = tuple[float, float, float]


@compiled
def _stretch(kappa: float, p: float, at: float, length: float) -> _Part:
    """The integral of exp(kappa (cos t - 1)) from p on, where cos p - 1 is `at`.

    It is kept as `at`, the log of its quotient by the integrand at p, and the mean of cos t - 1.
    The integrand falls between 0 and pi, where p and p + length are: it is integrated from p to
    where it has fallen far enough.
    """
    sine, cosine = math.sin(0.5 * p), math.cos(0.5 * p)
    if length <= 0.0:
        return at, -math.inf, at
    if kappa > 0.0:
        # sin(t / 2)^2 = sin(p / 2)^2 + FALL / (2 kappa), by the sine of a difference.
        step = 0.5 * FALL / kappa
        if step < cosine * cosine:
            high, low = math.sqrt(sine * sine + step), math.sqrt(cosine * cosine - step)
            length = min(length, 2.0 * math.asin(step / (high * cosine + sine * low)))
    total, first = 0.0, 0.0
    for i in range(NODES.size):
        s = 0.5 * length * NODES[i]
        move = -2.0 * math.sin(p + s) * math.sin(s)  # cos(p + 2 s) - cos(p)
        f = WEIGHTS[i] * math.exp(kappa * move)
        total += f
        first += f * move
    return at, math.log(length * total), at + first / total


@compiled
def _joined(kappa: float, one: _Part, two: _Part) -> _Part:
    """Two stretches as one, which stands where the larger one does."""
    gap = kappa * (two[0] - one[0]) + (two[1] - one[1])
    if gap > 0.0:
        one, two, gap = two, one, -gap
    if two[1] == -math.inf:
        return one
    ratio = math.exp(gap)
    return one[0], one[1] + math.log1p(ratio), (one[2] + ratio * two[2]) / (1.0 + ratio)


@compiled
def von_mises(
    y: float, mu: float, kappa: float
) -> tuple[float, float, float, float, float, float, float, float]:
    """Log CDF from -pi on and log survival up to pi, and derivatives (y, mu, kappa).

    There is no closed form: the density, which is even, falls from its mode to the far side of
    the circle, and the stretches of that fall between -pi, y and pi are integrated (Gauss and
    Legendre). The normalising constant is the sum of the two tails.
    """
    nan = math.nan
    if math.isnan(y) or math.isnan(mu) or math.isnan(kappa):
        return nan, nan, nan, nan, nan, nan, nan, nan
    half = math.pi
    mu -= 2.0 * half * math.floor((mu + half) / (2.0 * half))
    flip = mu < 0.0
    # From the mode at 0: y is at c, the ends of the circle are at -pi - m and pi - m.
    m, c = (-mu, mu - y) if flip else (mu, y - mu)
    before, after = (half - y, half + y) if flip else (half + y, half - y)
    end = half - m
    at_y, at_end = -2.0 * math.sin(0.5 * c) ** 2, -2.0 * math.cos(0.5 * m) ** 2
    far = _stretch(kappa, end, at_end, m)
    if c <= -half:
        low = _stretch(kappa, end, at_end, before)
        high = _joined(
            kappa, _stretch(kappa, c + 2.0 * half, at_y, -half - c), _stretch(kappa, 0.0, 0.0, half)
        )
        high = _joined(kappa, high, _stretch(kappa, 0.0, 0.0, end))
    elif c <= 0.0:
        low = _joined(kappa, far, _stretch(kappa, -c, at_y, half + c))
        high = _joined(kappa, _stretch(kappa, 0.0, 0.0, -c), _stretch(kappa, 0.0, 0.0, end))
    else:
        low = _joined(kappa, far, _stretch(kappa, 0.0, 0.0, half))
        low = _joined(kappa, low, _stretch(kappa, 0.0, 0.0, c))
        high = _stretch(kappa, c, at_y, after)
    if flip:
        low, high = high, low
    # log(L / (L + U)), log(U / (L + U)) and the share of the other in each derivative.
    gap = kappa * (high[0] - low[0]) + (high[1] - low[1])
    near = math.log1p(math.exp(-abs(gap)))
    lower, upper = -(max(gap, 0.0) + near), -(max(-gap, 0.0) + near)
    y_low = math.exp(kappa * (at_y - low[0]) - low[1])
    y_high = math.exp(kappa * (at_y - high[0]) - high[1])
    # f(-pi) = f(pi) less f(y), by cos(p) - cos(q) = 2 sin((p + q) / 2) sin((q - p) / 2).
    side = half if y > 0.0 else -half
    rise = kappa * 2.0 * math.sin(0.5 * (y + side) - mu) * math.sin(0.5 * (y - side))
    if rise < 1.0:
        mu_low, mu_high = y_low * math.expm1(rise), -y_high * math.expm1(rise)
    else:
        mu_low = math.exp(kappa * (at_end - low[0]) - low[1]) - y_low
        mu_high = y_high - math.exp(kappa * (at_end - high[0]) - high[1])
    d_kappa = low[2] - high[2]
    k_low, k_high = math.exp(upper) * d_kappa, -math.exp(lower) * d_kappa
    return lower, upper, y_low, mu_low, k_low, -y_high, mu_high, k_high

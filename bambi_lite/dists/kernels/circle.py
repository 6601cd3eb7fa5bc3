"""The von Mises distribution on (-pi, pi)."""

from __future__ import annotations

import math

from .shared import FALL, NODES, WEIGHTS, compiled


@compiled
def _stretch(kappa: float, p: float, length: float) -> tuple[float, float]:
    """The log of the integral of exp(kappa (cos t - 1)) from p on, and the mean of cos t - 1.

    The integrand falls between 0 and pi, where p and p + length are: it is integrated from p to
    where it has fallen far enough.
    """
    sine, cosine = math.sin(0.5 * p), math.cos(0.5 * p)
    if length <= 0.0:
        return -math.inf, 0.0
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
    at = -2.0 * sine * sine
    return kappa * at + math.log(length * total), at + first / total


@compiled
def _joined(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    """Two stretches as one."""
    if two[0] > one[0]:
        one, two = two, one
    if two[0] == -math.inf:
        return one
    ratio = math.exp(two[0] - one[0])
    return one[0] + math.log1p(ratio), (one[1] + ratio * two[1]) / (1.0 + ratio)


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
    mu -= 2.0 * math.pi * math.floor((mu + math.pi) / (2.0 * math.pi))
    flip = mu < 0.0
    # From the mode at 0: y is at c, the ends of the circle are at -pi - m and pi - m.
    m, c = (-mu, mu - y) if flip else (mu, y - mu)
    before, after = (math.pi - y, math.pi + y) if flip else (math.pi + y, math.pi - y)
    end, half = math.pi - m, math.pi
    if c <= -half:
        low = _stretch(kappa, end, before)
        high = _joined(_stretch(kappa, c + 2.0 * half, -half - c), _stretch(kappa, 0.0, half))
        high = _joined(high, _stretch(kappa, 0.0, end))
    elif c <= 0.0:
        low = _joined(_stretch(kappa, end, m), _stretch(kappa, -c, half + c))
        high = _joined(_stretch(kappa, 0.0, -c), _stretch(kappa, 0.0, end))
    else:
        low = _joined(_stretch(kappa, end, m), _stretch(kappa, 0.0, half))
        low = _joined(low, _stretch(kappa, 0.0, c))
        high = _stretch(kappa, c, after)
    if flip:
        low, high = high, low
    # log(L / (L + U)), log(U / (L + U)) and the share of the other in each derivative.
    gap = high[0] - low[0]
    near = math.log1p(math.exp(-abs(gap)))
    lower, upper = -(max(gap, 0.0) + near), -(max(-gap, 0.0) + near)
    d_kappa = low[1] - high[1]
    # f(-pi) = f(pi) less f(y), by cos(p) - cos(q) = 2 sin((p + q) / 2) sin((q - p) / 2).
    side = math.pi if y > 0.0 else -math.pi
    rise = kappa * 2.0 * math.sin(0.5 * (y + side) - mu) * math.sin(0.5 * (y - side))
    at_y = kappa * -2.0 * math.sin(0.5 * (y - mu)) ** 2
    y_low, y_high = math.exp(at_y - low[0]), math.exp(at_y - high[0])
    change = math.expm1(rise)
    mu_low, mu_high = y_low * change, -y_high * change
    k_low, k_high = math.exp(upper) * d_kappa, -math.exp(lower) * d_kappa
    return lower, upper, y_low, mu_low, k_low, -y_high, mu_high, k_high

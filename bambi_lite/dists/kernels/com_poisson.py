"""Sums over the Conway-Maxwell-Poisson distribution: the normalising constant, moments, tails.

The weight of a count j is (mu^j / j!)^nu. Where it falls within some hundred counts the weights
are added one by one, from the mode outwards. A wide distribution is summed with fewer nodes, as
exactly: around a mode far from zero by the trapezoidal rule with a step of half the spread
(its error for a smooth peak is exponentially small; Trefethen and Weideman 2014), otherwise by
the first counts and an integral with end corrections. Either way a sum is a list of nodes with
coefficients, so that constant, moments and slopes come from one pass.

Heights h(j) = j log mu - log j! are taken relative to a reference near the peak; the weight is
exp(nu h).
"""

from __future__ import annotations

import math

import numpy as np

from ...compiled import compiled, elementwise
from .series import HALF_LOG_2PI, log1p_excess, stirling

type Sums = tuple[float, float, float, float, float]

#: Counts that are added one by one before an integral takes over.
_EDGE = 64.0
#: Corrections of a sum that ends at a count, for the values 1 to 5 counts on either side
#: (the Euler-Maclaurin formula, its derivatives by central differences).
_CORRECTIONS = (
    11639731 / 159667200,
    -299093 / 13305600,
    203257 / 35481600,
    -230371 / 239500800,
    14797 / 191600640,
)
_LOGS = np.log(np.maximum(np.arange(1024.0), 1.0))
#: A weight this far below the largest one, as a logarithm, is nothing.
_NOTHING = -45.0
#: Limits of mu and nu: counts beyond the upper one are no longer whole numbers in floating point.
_LEAST, _MOST = 1e-90, 1e15


@compiled
def _height(x: float, mu: float, log_mu: float) -> float:
    """h(x) - h(mu), by Stirling's series where the gamma function would cancel."""
    if mu < 64.0 or x < 16.0:
        return (x - mu) * log_mu - _log_factorial(x) + _log_factorial(mu)
    return _near_peak(x - mu, mu)


@compiled
def _log_factorial(x: float) -> float:
    if x < 16.0:
        return math.lgamma(x + 1.0)
    return (x + 0.5) * math.log(x) - x + HALF_LOG_2PI + stirling(x)


@compiled
def _near_peak(distance: float, mu: float) -> float:
    """h(mu + distance) - h(mu) for a large mu."""
    x = mu + distance
    delta = distance / mu
    if abs(delta) > 0.1:
        log_ratio = math.log1p(delta)
        main = distance - x * log_ratio
    else:
        excess = log1p_excess(delta)
        log_ratio = excess + delta
        main = -distance * delta - x * excess
    return main - 0.5 * log_ratio - stirling(x) + stirling(mu)


@compiled
def _step(j: float, mu: float, log_mu: float) -> float:
    """h(j) - h(j - 1), which is the logarithm of mu / j."""
    if j < len(_LOGS):
        return log_mu - float(_LOGS[int(j)])
    return math.log1p((mu - j) / j) if j < 2.0 * mu else log_mu - math.log(j)


@compiled
def _with(sums: Sums, weight: float, d: float, h: float) -> Sums:
    """One more node: sums of 1, d, h, d^2 and d h."""
    return (
        sums[0] + weight,
        sums[1] + weight * d,
        sums[2] + weight * h,
        sums[3] + weight * d * d,
        sums[4] + weight * d * h,
    )


@compiled
def _up(start: float, mu: float, log_mu: float, nu: float, sums: Sums) -> Sums:
    """All counts above `start`, which is the reference and not below the mode."""
    j, h, ratio, weight = start, 0.0, 0.0, 1.0
    # The rest is at most weight * ratio / (1 - ratio).
    while weight > 1e-18 * (1.0 - ratio) * sums[0]:
        j += 1.0
        step = _step(j, mu, log_mu)
        h += step
        ratio = math.exp(nu * step)
        weight *= ratio
        sums = _with(sums, weight, j - start, h)
    return sums


@compiled
def _down(start: float, mu: float, log_mu: float, nu: float, sums: Sums) -> Sums:
    """All counts below `start`, which is the reference and not above the mode."""
    j, h, ratio, weight = start, 0.0, 0.0, 1.0
    while j > 0.0 and weight > 1e-18 * (1.0 - ratio) * sums[0]:
        step = -_step(j, mu, log_mu)
        j -= 1.0
        h += step
        ratio = math.exp(nu * step)
        weight *= ratio
        sums = _with(sums, weight, j - start, h)
    return sums


@compiled
def _peak(mu: float, nu: float) -> Sums:
    """A wide peak far from zero, around mu as the reference."""
    step = math.sqrt(mu / nu) / 2.0
    sums = (step, 0.0, 0.0, 0.0, 0.0)
    for direction in (-1.0, 1.0):
        d, h = 0.0, 0.0
        while nu * h > _NOTHING:
            d += direction * step
            if mu + d < 0.05 * mu:
                break
            h = _near_peak(d, mu)
            sums = _with(sums, step * math.exp(nu * h), d, h)
    return sums


@compiled
def _edge(start: float, reference: float, mu: float, log_mu: float, nu: float) -> Sums:
    """All counts from `start` on: some one by one, an integral, and its end corrections."""
    end = max(start, _EDGE)
    zero = _height(reference, mu, log_mu)
    sums = (0.0, 0.0, 0.0, 0.0, 0.0)
    j = min(start, end - 5.0)
    while j <= end + 5.0:
        coefficient = 0.0
        if start <= j < end:
            coefficient = 1.0
        if j == end:
            coefficient = 0.5
        elif abs(j - end) <= 5.0:
            correction = _CORRECTIONS[int(abs(j - end)) - 1]
            coefficient += correction if j < end else -correction
        h = _height(j, mu, log_mu) - zero
        sums = _with(sums, coefficient * math.exp(nu * h), j - reference, h)
        j += 1.0
    # The integral by x = end + scale y, y = exp(u - exp(-u)) (Takahasi and Mori 1974).
    top = nu * (_height(max(reference, end), mu, log_mu) - zero)
    scale = max(reference - end, 1.0)
    while nu * (_height(end + scale, mu, log_mu) - zero) > top - 1.0:
        scale *= 2.0
    width = 0.05
    u = -3.7
    log_weight = 0.0
    while u < 0.5 or log_weight > _NOTHING:
        y = math.exp(u - math.exp(-u))
        x = end + scale * y
        h = _height(x, mu, log_mu) - zero
        log_weight = nu * h - top
        slope = scale * y * (1.0 + math.exp(-u)) * width
        sums = _with(sums, slope * math.exp(nu * h), x - reference, h)
        u += width
    return sums


@compiled
def _is_slow(start: float, log_mu: float, nu: float) -> bool:
    """Whether weights fall so slowly, and so evenly, that :func:`_edge` is better than a sum."""
    end = max(start, _EDGE)
    return nu < 0.01 * end and nu * (log_mu - math.log(end)) > -0.25


@compiled
def _whole(mu: float, log_mu: float, nu: float) -> tuple[float, Sums]:
    """The reference, and the sums over all counts."""
    mode = np.floor(mu)
    if mode < _EDGE:
        wide = _is_slow(_EDGE, log_mu, nu)
    elif nu * mu >= 60.0:
        if mu >= 400.0 * nu:
            return mu, _peak(mu, nu)
        wide = False
    else:
        wide = mu >= 2500.0 * nu
    if wide:
        return mode, _edge(0.0, mode, mu, log_mu, nu)
    sums = _up(mode, mu, log_mu, nu, (1.0, 0.0, 0.0, 0.0, 0.0))
    return mode, _down(mode, mu, log_mu, nu, sums)


@compiled
def _bounded(log_mu: float, nu: float) -> tuple[float, float, float]:
    """mu, log mu and nu within what floating point can sum."""
    log_mu = min(max(log_mu, -1.0 / _LEAST), math.log(_MOST))
    return math.exp(log_mu), log_mu, min(max(nu, _LEAST), 1.0 / _LEAST)


@compiled
def log_mass(y: float, log_mu: float, nu: float) -> tuple[float, float, float, float]:
    """Log-probability of the count y.

    Parameters
    ----------
    y : float
        A whole number, 0 or more.
    log_mu : float
        Logarithm of the location.
    nu : float
        Shape, positive.

    Returns
    -------
    tuple of float
        The value, and its slopes in the arguments (none in y).
    """
    mu, log_mu, nu = _bounded(log_mu, nu)
    reference, sums = _whole(mu, log_mu, nu)
    h = _height(y, mu, log_mu) - _height(reference, mu, log_mu)
    value = nu * h - math.log(sums[0])
    return value, 0.0, nu * (y - reference - sums[1] / sums[0]), h - sums[2] / sums[0]


@compiled
def mean(log_mu: float, nu: float) -> tuple[float, float, float]:
    """Expectation, and its slopes in the arguments."""
    mu, log_mu, nu = _bounded(log_mu, nu)
    reference, sums = _whole(mu, log_mu, nu)
    d, h = sums[1] / sums[0], sums[2] / sums[0]
    variance, covariance = sums[3] / sums[0] - d * d, sums[4] / sums[0] - d * h
    return reference + d, nu * variance, covariance


@compiled
def _log_side(y: float, mu: float, log_mu: float, nu: float) -> tuple[bool, float, float, float]:
    """The side of y that is summed: below (with y) if y is below the mode, else above it.

    Returns which side, its log-probability, and the slopes of that in log mu and nu.
    """
    reference, whole = _whole(mu, log_mu, nu)
    below = y < np.floor(mu)
    start = y if below else y + 1.0
    if below:
        sums = _down(start, mu, log_mu, nu, (1.0, 0.0, 0.0, 0.0, 0.0))
    elif _is_slow(start, log_mu, nu):
        sums = _edge(start, start, mu, log_mu, nu)
    else:
        sums = _up(start, mu, log_mu, nu, (1.0, 0.0, 0.0, 0.0, 0.0))
    h = _height(start, mu, log_mu) - _height(reference, mu, log_mu)
    value = nu * h + math.log(sums[0]) - math.log(whole[0])
    distance = start - reference + sums[1] / sums[0] - whole[1] / whole[0]
    return below, value, nu * distance, h + sums[2] / sums[0] - whole[2] / whole[0]


@compiled
def _cumulative(
    y: float, log_mu: float, nu: float, lower: bool
) -> tuple[float, float, float, float]:
    mu, log_mu, nu = _bounded(log_mu, nu)
    if y != y:
        return y, 0.0, 0.0, 0.0
    if y < 0.0 or y == math.inf:
        return 0.0 if lower == (y > 0.0) else -math.inf, 0.0, 0.0, 0.0
    below, value, slope_mu, slope_nu = _log_side(np.floor(y), mu, log_mu, nu)
    if below == lower:
        return value, 0.0, slope_mu, slope_nu
    # The other side: log(1 - p).
    p = min(math.exp(value), 1.0 - 1e-16)
    odds = -p / (1.0 - p)
    return math.log1p(-p), 0.0, odds * slope_mu, odds * slope_nu


@compiled
def log_cdf(y: float, log_mu: float, nu: float) -> tuple[float, float, float, float]:
    """log P(Y <= y), and its slopes in the arguments of :func:`log_mass`."""
    return _cumulative(y, log_mu, nu, True)


@compiled
def log_ccdf(y: float, log_mu: float, nu: float) -> tuple[float, float, float, float]:
    """log P(Y > y), and its slopes in the arguments of :func:`log_mass`."""
    return _cumulative(y, log_mu, nu, False)


@elementwise
def log_mass_values(y: float, log_mu: float, nu: float) -> float:
    """:func:`log_mass`, its value."""
    return log_mass(y, log_mu, nu)[0]


@elementwise
def log_ratio_values(y: float, other: float, log_mu: float, nu: float) -> float:
    """Logarithm of the probability of y over that of another count."""
    mu, log_mu, nu = _bounded(log_mu, nu)
    return nu * (_height(y, mu, log_mu) - _height(other, mu, log_mu))


@elementwise
def mean_values(log_mu: float, nu: float) -> float:
    """:func:`mean`, its value."""
    return mean(log_mu, nu)[0]


@elementwise
def log_cdf_values(y: float, log_mu: float, nu: float) -> float:
    """:func:`log_cdf`, its value."""
    return log_cdf(y, log_mu, nu)[0]


@elementwise
def log_ccdf_values(y: float, log_mu: float, nu: float) -> float:
    """:func:`log_ccdf`, its value."""
    return log_ccdf(y, log_mu, nu)[0]

"""The beta distribution stretched beyond [0, 1], its ends gathered (Kosmidis and Zeileis 2024).

The power x^a (1 - x)^b / B(a, b) is taken by its deviance from the mean and Stirling's series
(Loader 2000), which keeps its digits for large shapes.
"""

from __future__ import annotations

import math

from ...compiled import compiled, elementwise
from .beta_fraction import log_fraction
from .series import HALF_LOG_2PI, digamma_excess, log1p_excess, stirling

#: Logarithms beyond these are cut off, so that nothing over- or underflows.
_FARTHEST = 690.0


@compiled
def _log_ratio(away: float, log_ratio: float) -> tuple[float, float]:
    """log(1 + away), and what it is above `away`; both from the logarithm far from zero."""
    if abs(away) < 0.5:
        excess = log1p_excess(away)
        return excess + away, excess
    return log_ratio, log_ratio - away


@compiled
def log_power(
    log_a: float, log_b: float, log_x: float, log1m_x: float
) -> tuple[float, float, float, float, float]:
    """log(x^a (1 - x)^b / B(a, b)), and its slopes in the arguments."""
    a, b = math.exp(log_a), math.exp(log_b)
    x, rest = math.exp(log_x), math.exp(log1m_x)
    total = a + b
    log_total = max(log_a, log_b) + math.log1p(math.exp(-abs(log_a - log_b)))
    # x (a + b) is a plus this, and (1 - x) (a + b) is b minus it.
    above = x * b - rest * a
    ratio_a, excess_a = _log_ratio(above / a, log_x + log_total - log_a)
    ratio_b, excess_b = _log_ratio(-above / b, log1m_x + log_total - log_b)
    value = a * excess_a + b * excess_b + 0.5 * (log_a + log_b - log_total)
    value += stirling(total) - stirling(a) - stirling(b) - HALF_LOG_2PI
    common = digamma_excess(total) / total
    slope_a = a * (ratio_a + common) - digamma_excess(a)
    slope_b = b * (ratio_b + common) - digamma_excess(b)
    return value, slope_a, slope_b, a, b


@compiled
def _log_tail(
    log_a: float, log_b: float, log_x: float, log1m_x: float, upper: bool
) -> tuple[float, float, float, float]:
    """Log-probability of a beta variable below x, or above it; slopes in log a, log b and x.

    The fraction gives the smaller of the two sides.
    """
    a, b = math.exp(log_a), math.exp(log_b)
    x, rest = math.exp(log_x), math.exp(log1m_x)
    power, slope_a, slope_b, _, _ = log_power(log_a, log_b, log_x, log1m_x)
    slope_x = a / x - b / rest
    above = x * (a + b + 2.0) > a + 1.0
    if above:
        fraction, fraction_b, fraction_a, fraction_rest = log_fraction(b, a, rest)
        value = power - log_b + fraction
        slope_b -= 1.0
        slope_x -= fraction_rest
    else:
        fraction, fraction_a, fraction_b, fraction_x = log_fraction(a, b, x)
        value = power - log_a + fraction
        slope_a -= 1.0
        slope_x += fraction_x
    slope_a += a * fraction_a
    slope_b += b * fraction_b
    if above == upper:
        return value, slope_a, slope_b, slope_x
    # The other side: log(1 - p).
    p = min(math.exp(value), 1.0 - 1e-16)
    odds = -p / (1.0 - p)
    return math.log1p(-p), odds * slope_a, odds * slope_b, odds * slope_x


@compiled
def log_density(
    y: float, log_mu: float, log1m_mu: float, log_phi: float, log_kappa: float
) -> tuple[float, float, float, float, float, float]:
    """Log-density of a proportion y, and log-probability of 0 and of 1.

    Parameters
    ----------
    y : float
        From 0 to 1.
    log_mu, log1m_mu : float
        Logarithms of the mean of the beta distribution and of one minus it.
    log_phi : float
        Logarithm of its precision.
    log_kappa : float
        Logarithm of how far it is stretched beyond either end.

    Returns
    -------
    tuple of float
        The value, and its slopes in the arguments (none in y).
    """
    log_kappa = min(max(log_kappa, -_FARTHEST), _FARTHEST)
    kappa = math.exp(log_kappa)
    length = 1.0 + 2.0 * kappa
    log_length = math.log1p(2.0 * kappa)
    log_a = max(log_mu + log_phi, -_FARTHEST)
    log_b = max(log1m_mu + log_phi, -_FARTHEST)
    log_x = (math.log(y + kappa) if y > 0.0 else log_kappa) - log_length
    log1m_x = (math.log(1.0 - y + kappa) if y < 1.0 else log_kappa) - log_length
    x = math.exp(log_x)
    if 0.0 < y < 1.0:
        value, slope_a, slope_b, a, b = log_power(log_a, log_b, log_x, log1m_x)
        value -= log_x + log1m_x + log_length
        slope_x = (a - 1.0) / x - (b - 1.0) / math.exp(log1m_x)
        own = -2.0 * kappa / length
    else:
        value, slope_a, slope_b, slope_x = _log_tail(log_a, log_b, log_x, log1m_x, y > 0.5)
        own = 0.0
    moved = (1.0 - 2.0 * x) * kappa / length
    return value, 0.0, slope_a, slope_b, slope_a + slope_b, slope_x * moved + own


@elementwise
def log_density_values(
    y: float, log_mu: float, log1m_mu: float, log_phi: float, log_kappa: float
) -> float:
    """:func:`log_density`, its value."""
    return log_density(y, log_mu, log1m_mu, log_phi, log_kappa)[0]


@elementwise
def log_power_values(log_a: float, log_b: float, log_x: float, log1m_x: float) -> float:
    """:func:`log_power`, its value."""
    return log_power(log_a, log_b, log_x, log1m_x)[0]

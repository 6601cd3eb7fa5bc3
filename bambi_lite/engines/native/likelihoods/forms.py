"""Distributional parameters as the rows of likelihoods take them.

A form makes five numbers of a linear predictor: four that a density needs, and the derivative of
the parameter's own coordinate by the predictor. That coordinate is the value itself for a parameter
on the real line, the logarithm for a positive one and the logit for a probability: derivatives of
densities are by it. Numbers that are the same for all rows are worked out once.
"""

from __future__ import annotations

import math

from ....compiled import inner
from ..special import inverse, log_gamma, log_inverse, log_share

#: The last of the five numbers.
SLOPE = 4


@inner
def _real(link: int, eta: float) -> tuple[float, ...]:
    """The value."""
    value, slope = inverse(link, eta)
    return value, 0.0, 0.0, 0.0, slope


@inner
def _positive(link: int, eta: float) -> tuple[float, ...]:
    """The value and its logarithm."""
    if link == 1:
        return math.exp(eta), eta, 0.0, 0.0, 1.0
    log_value, slope = log_inverse(link, eta)
    return math.exp(log_value), log_value, 0.0, 0.0, slope


@inner
def _log(link: int, eta: float) -> tuple[float, ...]:
    """The logarithm alone, where the value is not needed."""
    log_value, slope = log_inverse(link, eta)
    return 0.0, log_value, 0.0, 0.0, slope


@inner
def _share(link: int, eta: float) -> tuple[float, ...]:
    """The logarithms of p and 1 - p, then p and 1 - p."""
    if link == 2:
        small = math.exp(-abs(eta))
        rest, large = math.log1p(small), 1.0 / (1.0 + small)
        if eta >= 0.0:
            return -rest, -eta - rest, large, small * large, 1.0
        return eta - rest, -rest, small * large, large, 1.0
    log_p, log_q, slope_p, slope_q = log_share(link, eta)
    return log_p, log_q, math.exp(log_p), math.exp(log_q), slope_p - slope_q


@inner
def _above_one(link: int, eta: float) -> tuple[float, ...]:
    """Degrees of freedom nu, the constant of the density, and its derivative by log nu.

    The constant is log Gamma((nu + 1) / 2) - log Gamma(nu / 2) - log(nu) / 2.
    """
    nu, by_eta = inverse(link, eta)
    if nu > 1e4:
        # The series of the difference in 1 / nu: -log(2) / 2 - 1 / (4 nu) + 1 / (24 nu^3) - ...
        r = 1.0 / nu
        constant = -0.5 * math.log(2.0) - r * (0.25 - r * r / 24.0)
        return nu, constant, r * (0.25 - r * r / 8.0), 0.0, by_eta / nu
    top, by_top = log_gamma(0.5 * nu + 0.5)
    bottom, by_bottom = log_gamma(0.5 * nu)
    slope = 0.5 * nu * (by_top - by_bottom) - 0.5
    return nu, top - bottom - 0.5 * math.log(nu), slope, 0.0, by_eta / nu


@inner
def _gamma_shape(link: int, eta: float) -> tuple[float, ...]:
    """The value a, its logarithm, a log a - log Gamma(a), and the derivative of that by log a."""
    log_a, slope = log_inverse(link, eta)
    a = math.exp(log_a)
    value, by_a = log_gamma(a)
    return a, log_a, a * log_a - value, a * (log_a + 1.0 - by_a), slope


@inner
def _weibull_shape(link: int, eta: float) -> tuple[float, ...]:
    """The value a, its logarithm, log Gamma(1 + 1 / a), and minus its derivative by log a."""
    log_a, slope = log_inverse(link, eta)
    a = math.exp(log_a)
    value, by_inside = log_gamma(1.0 + 1.0 / a)
    return a, log_a, value, by_inside / a, slope


@inner
def _precision(link: int, eta: float) -> tuple[float, ...]:
    """The value phi, its logarithm, log Gamma(phi + 1), and the derivative of that by log phi."""
    log_phi, slope = log_inverse(link, eta)
    phi = math.exp(log_phi)
    value, by_phi = log_gamma(phi + 1.0)
    return phi, log_phi, value, phi * by_phi, slope


@inner
def nothing(link: int, eta: float) -> tuple[float, ...]:
    """A parameter that there is not."""
    return 0.0, 0.0, 0.0, 0.0, 0.0


#: By the names that :mod:`..known` has for them.
FORMS = {
    "real": _real,
    "positive": _positive,
    "log": _log,
    "share": _share,
    "above_one": _above_one,
    "gamma_shape": _gamma_shape,
    "weibull_shape": _weibull_shape,
    "precision": _precision,
}

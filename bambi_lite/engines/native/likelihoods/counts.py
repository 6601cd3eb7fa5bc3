"""Likelihoods of counts: of events, and of successes in a number of trials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ....compiled import inner
from ....dists.kernels.beta import tails as beta_tails
from ....dists.kernels.gamma import tails as gamma_tails
from ..special import log_rising, sigmoid, softplus
from .mixed import hurdle, inflated


@inner
def _bernoulli(y: float, _: float, __: float, p: Any, q: Any, r: Any) -> Any:
    """Two outcomes, with the probability of the second."""
    if y > 0.0:
        return p[0], p[3], 0.0, 0.0
    return p[1], -p[2], 0.0, 0.0


@inner
def _binomial(y: float, trials: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Successes out of trials, with their probability."""
    yes, no = y, trials - y
    value = (yes * p[0] if yes > 0.0 else 0.0) + (no * p[1] if no > 0.0 else 0.0)
    return value, yes * p[3] - no * p[2], 0.0, 0.0


@inner
def _binomial_tails(y: float, trials: float, p: Any, q: Any, r: Any) -> Any:
    """P(Y <= y) = I_{1 - p}(n - y, y + 1) (Abramowitz and Stegun 1972, 26.5.24)."""
    if y < 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    k = math.floor(y)
    if k >= trials:
        return 0.0, -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    low, high, _a, _b, by_low, _c, _d, by_high = beta_tails(trials - k, k + 1.0, p[1] - p[0])
    return low, high, -by_low, 0.0, 0.0, -by_high, 0.0, 0.0


@inner
def _beta_binomial(y: float, trials: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Binomial with a probability that is Beta(p phi, (1 - p) phi)."""
    phi = q[0]
    yes, by_yes = log_rising(math.exp(p[0] + q[1]), y)
    no, by_no = log_rising(math.exp(p[1] + q[1]), trials - y)
    whole, by_whole = log_rising(phi, trials)
    return yes + no - whole, by_yes * p[3] - by_no * p[2], by_yes + by_no - by_whole, 0.0


@inner
def _poisson(y: float, log_units: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Counts, with their mean."""
    log_mu = p[1] + log_units
    mu = math.exp(log_mu)
    return (y * log_mu if y > 0.0 else 0.0) - mu, y - mu, 0.0, 0.0


@inner
def _poisson_tails(y: float, log_units: float, p: Any, q: Any, r: Any) -> Any:
    """P(Y > y) = P(y + 1, mu) (Abramowitz and Stegun 1972, 26.4.21)."""
    if y < 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    more, less, _a, by_more, _b, by_less = gamma_tails(math.floor(y) + 1.0, p[1] + log_units)
    return less, more, by_less, 0.0, 0.0, by_more, 0.0, 0.0


@inner
def _negative_binomial(y: float, log_mu: float, log_shape: float) -> Any:
    """Mean mu and variance mu + mu^2 / shape; the derivatives by both logarithms."""
    shape, gap = math.exp(log_shape), log_mu - log_shape
    log_q, p = -softplus(gap), sigmoid(gap)
    rising, by_log = log_rising(shape, y)
    by_gap = y * (1.0 - p) - shape * p
    return rising - y * softplus(-gap) + shape * log_q, by_gap, by_log + shape * log_q - by_gap


@inner
def _negative_binomial_tails(y: float, log_mu: float, log_shape: float) -> Any:
    """P(Y <= y) = I_q(shape, y + 1), q = shape / (shape + mu) (A. and S. 1972, 26.5.26)."""
    if y < 0.0:
        return -np.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    shape = math.exp(log_shape)
    low, high, la, _a, lu, ha, _b, hu = beta_tails(shape, math.floor(y) + 1.0, log_shape - log_mu)
    return low, high, -lu, shape * la + lu, -hu, shape * ha + hu


@inner
def _negbinomial(y: float, log_units: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """Overdispersed counts, with their mean and shape."""
    value, d0, d1 = _negative_binomial(y, p[1] + log_units, q[1] + log_units)
    return value, d0, d1, 0.0


@inner
def _negbinomial_tails(y: float, log_units: float, p: Any, q: Any, r: Any) -> Any:
    own = _negative_binomial_tails(y, p[1] + log_units, q[1] + log_units)
    return own[0], own[1], own[2], own[3], 0.0, own[4], own[5], 0.0


@inner
def _negbinomial2(y: float, log_units: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """The same with sigma = 1 / shape."""
    value, d0, d1 = _negative_binomial(y, p[1] + log_units, log_units - q[1])
    return value, d0, -d1, 0.0


@inner
def _negbinomial2_tails(y: float, log_units: float, p: Any, q: Any, r: Any) -> Any:
    own = _negative_binomial_tails(y, p[1] + log_units, log_units - q[1])
    return own[0], own[1], own[2], -own[3], 0.0, own[4], -own[5], 0.0


@inner
def _geometric(y: float, log_units: float, _: float, p: Any, q: Any, r: Any) -> Any:
    """The same with a shape of one."""
    value, d0, _d1 = _negative_binomial(y, p[1] + log_units, log_units)
    return value, d0, 0.0, 0.0


@inner
def _geometric_tails(y: float, log_units: float, p: Any, q: Any, r: Any) -> Any:
    own = _negative_binomial_tails(y, p[1] + log_units, log_units)
    return own[0], own[1], own[2], 0.0, 0.0, own[4], 0.0, 0.0


ROWS = {
    "bernoulli": (_bernoulli, None),
    "binomial": (_binomial, _binomial_tails),
    "zero_inflated_binomial": (inflated(_binomial, True), None),
    "beta_binomial": (_beta_binomial, None),
    "zero_inflated_beta_binomial": (inflated(_beta_binomial, False), None),
    "poisson": (_poisson, _poisson_tails),
    "zero_inflated_poisson": (inflated(_poisson, True), None),
    "hurdle_poisson": (hurdle(_poisson, True), None),
    "negbinomial": (_negbinomial, _negbinomial_tails),
    "negbinomial2": (_negbinomial2, _negbinomial2_tails),
    "geometric": (_geometric, _geometric_tails),
    "zero_inflated_negbinomial": (inflated(_negbinomial, False), None),
    "hurdle_negbinomial": (hurdle(_negbinomial, False), None),
}

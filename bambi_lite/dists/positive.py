"""Distributions of positive numbers."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .real import normal, normal_tail
from .tails import bounded, hazard, special, tails
from .words import INF, LOG_2PI, POSITIVE_LINE, Vocable, capped_exp, shape_of


def _positive(xp: Namespace, x: Array) -> tuple[Array, Array]:
    """Where x is at the end of the support or below, and x with one in its place there."""
    below = x <= 0.0
    return below, xp.where(below, 1.0, x)


def _exponential(xp: Namespace, x: Array, beta: Array) -> Array:
    return xp.where(x >= 0.0, xp.log(beta) - beta * x, -INF)


def _exponential_tail(xp: Namespace, which: int, x: Array, beta: Array) -> Array:
    below, x = _positive(xp, x)
    return bounded(xp, which, hazard(xp, which, xp.log(beta) + xp.log(x)), below)


def _gamma(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    return alpha * xp.log(beta) - xp.gammaln(alpha) + (alpha - 1.0) * xp.log(x) - beta * x


def _gamma_tail(xp: Namespace, which: int, x: Array, alpha: Array, beta: Array) -> Array:
    below, x = _positive(xp, x)
    return bounded(xp, which, special(xp, "GAMMA", which, alpha, xp.log(beta) + xp.log(x)), below)


def inv_gamma(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    """Log-density of the reciprocal of a gamma variable."""
    return (
        alpha * xp.log(xp.asarray(beta)) - xp.gammaln(alpha) - (alpha + 1.0) * xp.log(x) - beta / x
    )


def _inv_chi_square(xp: Namespace, x: Array, nu: Array) -> Array:
    """One over a chi-square variable of `nu` degrees of freedom."""
    return inv_gamma(xp, x, nu / 2.0, np.float64(0.5))


def _inv_gamma_tail(xp: Namespace, which: int, x: Array, alpha: Array, beta: Array) -> Array:
    below, x = _positive(xp, x)
    inner = special(xp, "GAMMA", 1 - which, alpha, xp.log(beta) - xp.log(x))
    return bounded(xp, which, inner, below)


def _lognormal(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return normal(xp, xp.log(x), mu, sigma) - xp.log(x)


def _lognormal_tail(xp: Namespace, which: int, x: Array, mu: Array, sigma: Array) -> Array:
    below, x = _positive(xp, x)
    return bounded(xp, which, normal_tail(xp, which, xp.log(x), mu, sigma), below)


def _shifted_lognormal(xp: Namespace, x: Array, mu: Array, sigma: Array, shift: Array) -> Array:
    # At and below the shift the density is zero; the logarithm is taken of one there.
    inside = x > shift
    rest = xp.where(inside, x - shift, 1.0)
    return xp.where(inside, _lognormal(xp, rest, mu, sigma), -INF)


def _shifted_lognormal_tail(
    xp: Namespace, which: int, x: Array, mu: Array, sigma: Array, shift: Array
) -> Array:
    return _lognormal_tail(xp, which, x - shift, mu, sigma)


def _weibull(xp: Namespace, x: Array, alpha: Array, sigma: Array) -> Array:
    z = x / sigma
    return xp.log(alpha / sigma) + (alpha - 1.0) * xp.log(z) - z**alpha


def _weibull_tail(xp: Namespace, which: int, x: Array, alpha: Array, sigma: Array) -> Array:
    below, x = _positive(xp, x)
    return bounded(xp, which, hazard(xp, which, alpha * xp.log(x / sigma)), below)


def _weibull_mean(xp: Namespace, x: Array, log_mu: Array, shape: Array) -> Array:
    """Weibull's distribution by its mean: the scale is mu / Gamma(1 + 1 / shape)."""
    log_z = xp.log(x) - log_mu + xp.gammaln(1.0 + 1.0 / shape)
    return xp.log(shape) + shape * log_z - xp.log(x) - capped_exp(xp, shape * log_z)


def _weibull_mean_tail(xp: Namespace, which: int, x: Array, log_mu: Array, shape: Array) -> Array:
    below, x = _positive(xp, x)
    log_z = xp.log(x) - log_mu + xp.gammaln(1.0 + 1.0 / shape)
    return bounded(xp, which, hazard(xp, which, shape * log_z), below)


def _random_weibull_mean(rng: np.random.Generator, log_mu: Array, shape: Array) -> np.ndarray:
    log_scale = log_mu - numpy_namespace().gammaln(1.0 + 1.0 / np.asarray(shape))
    return np.asarray(np.exp(log_scale) * rng.weibull(np.broadcast_to(shape, shape_of(log_scale))))


def _frechet_mean(xp: Namespace, x: Array, log_mu: Array, nu: Array) -> Array:
    """Frechet's distribution by its mean: the scale is mu / Gamma(1 - 1 / nu)."""
    log_z = xp.log(x) - log_mu + xp.gammaln(1.0 - 1.0 / nu)
    return xp.log(nu) - nu * log_z - xp.log(x) - capped_exp(xp, -nu * log_z)


def _frechet_mean_tail(xp: Namespace, which: int, x: Array, log_mu: Array, nu: Array) -> Array:
    below, x = _positive(xp, x)
    log_z = xp.log(x) - log_mu + xp.gammaln(1.0 - 1.0 / nu)
    return bounded(xp, which, hazard(xp, 1 - which, -nu * log_z), below)


def _random_frechet_mean(rng: np.random.Generator, log_mu: Array, nu: Array) -> np.ndarray:
    log_scale = log_mu - numpy_namespace().gammaln(1.0 - 1.0 / np.asarray(nu))
    spread = rng.standard_exponential(shape_of(log_scale))
    return np.asarray(np.exp(log_scale) * spread ** (-1.0 / np.asarray(nu)))


def _inverse_gaussian(xp: Namespace, x: Array, log_mu: Array, shape: Array) -> Array:
    """Wald's distribution of mean mu: variance mu^3 / shape (Tweedie 1957)."""
    # (x - mu)^2 / mu^2 as (x / mu - 1)^2 stays finite where mu^2 does not.
    distance = (x * xp.exp(-log_mu) - 1.0) ** 2 / x
    return 0.5 * (xp.log(shape) - LOG_2PI - 3.0 * xp.log(x) - shape * distance)


def _inverse_gaussian_tail(
    xp: Namespace, which: int, x: Array, log_mu: Array, shape: Array
) -> Array:
    """P(Y > x) = phi(r) (M(r) - M(s)) with Mills' ratio M and r, s = sqrt(shape / x) (x / mu -+ 1).

    It is Shuster's (1968) formula: exp(2 shape / mu), which would overflow, is phi(r) / phi(s).
    """
    below, x = _positive(xp, x)
    root = xp.sqrt(shape / x)
    r = root * xp.expm1(xp.log(x) - log_mu)
    return bounded(xp, which, special(xp, "MILLS", 1 - which, r, 2.0 * root), below)


WORDS = (
    Vocable(
        "exponential",
        ("beta",),
        POSITIVE_LINE,
        _exponential,
        positive=("beta",),
        random=lambda rng, beta: rng.exponential(1.0 / np.asarray(beta)),
        **tails(_exponential_tail),
    ),
    Vocable(
        "gamma",
        ("alpha", "beta"),
        POSITIVE_LINE,
        _gamma,
        positive=("alpha", "beta"),
        random=lambda rng, alpha, beta: rng.gamma(alpha, 1.0 / np.asarray(beta)),
        **tails(_gamma_tail),
    ),
    Vocable(
        "inv_gamma",
        ("alpha", "beta"),
        POSITIVE_LINE,
        inv_gamma,
        positive=("alpha", "beta"),
        **tails(_inv_gamma_tail),
    ),
    Vocable(
        "inv_chi_square",
        ("nu",),
        POSITIVE_LINE,
        _inv_chi_square,
        positive=("nu",),
        random=lambda rng, nu: 1.0 / rng.chisquare(nu),
    ),
    Vocable(
        "lognormal",
        ("mu", "sigma"),
        POSITIVE_LINE,
        _lognormal,
        positive=("sigma",),
        random=lambda rng, mu, sigma: rng.lognormal(mu, sigma),
        **tails(_lognormal_tail),
    ),
    Vocable(
        "shifted_lognormal",
        ("mu", "sigma", "shift"),
        POSITIVE_LINE,
        _shifted_lognormal,
        positive=("sigma",),
        prior=False,
        random=lambda rng, mu, sigma, shift: (
            shift + rng.lognormal(mu, sigma, size=shape_of(mu, sigma, shift))
        ),
        **tails(_shifted_lognormal_tail),
    ),
    Vocable(
        "weibull",
        ("alpha", "sigma"),
        POSITIVE_LINE,
        _weibull,
        positive=("alpha", "sigma"),
        **tails(_weibull_tail),
    ),
    Vocable(
        "weibull_mean",
        ("log_mu", "shape"),
        POSITIVE_LINE,
        _weibull_mean,
        positive=("shape",),
        prior=False,
        random=_random_weibull_mean,
        **tails(_weibull_mean_tail),
    ),
    Vocable(
        "frechet_mean",
        ("log_mu", "nu"),
        POSITIVE_LINE,
        _frechet_mean,
        positive=("nu",),
        prior=False,
        random=_random_frechet_mean,
        **tails(_frechet_mean_tail),
    ),
    Vocable(
        "inverse_gaussian",
        ("log_mu", "shape"),
        POSITIVE_LINE,
        _inverse_gaussian,
        positive=("shape",),
        prior=False,
        random=lambda rng, log_mu, shape: rng.wald(np.exp(log_mu), shape),
        **tails(_inverse_gaussian_tail),
    ),
)

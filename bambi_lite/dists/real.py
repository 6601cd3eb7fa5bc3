"""Distributions on the real line (and on the circle)."""

from __future__ import annotations

import math

import numpy as np

from ..xp import Array, Namespace
from .tails import LOWER, bounded, hazard, other, special, tails
from .words import INF, LOG_2PI, REAL_LINE, Vocable, log_rising, shape_of

_LOCATION_SCALE = ("mu", "sigma")
#: The upper tail of a symmetric distribution is the lower one of its mirror image.
_SIGNS = (1.0, -1.0)


def normal(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    """Log-density of the normal distribution."""
    return -0.5 * ((x - mu) / sigma) ** 2 - xp.log(sigma) - 0.5 * LOG_2PI


def normal_tail(xp: Namespace, which: int, x: Array, mu: Array, sigma: Array) -> Array:
    """Log CDF or log survival of the normal distribution."""
    return xp.log_ndtr(_SIGNS[which] * (x - mu) / sigma)


def _student_t(xp: Namespace, x: Array, nu: Array, mu: Array, sigma: Array) -> Array:
    # gammaln((nu + 1) / 2) - gammaln(nu / 2), which must not lose its digits for large nu.
    rising = log_rising(xp, xp.log(nu / 2.0), xp.asarray(0.5))
    constant = rising - 0.5 * xp.log(nu * math.pi)
    return constant - xp.log(sigma) - (nu + 1.0) / 2.0 * xp.log1p(((x - mu) / sigma) ** 2 / nu)


def _student_t_tail(
    xp: Namespace, which: int, x: Array, nu: Array, mu: Array, sigma: Array
) -> Array:
    return special(xp, "STUDENT", which, nu, (x - mu) / sigma)


def _cauchy(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return -xp.log(math.pi * sigma) - xp.log1p(((x - mu) / sigma) ** 2)


def _cauchy_tail(xp: Namespace, which: int, x: Array, mu: Array, sigma: Array) -> Array:
    # 1/2 + arctan(z) / pi, as an angle that is small where the tail is.
    z = _SIGNS[which] * (x - mu) / sigma
    share = xp.arctan2(xp.asarray(1.0), xp.abs(z)) / math.pi
    return xp.where(z > 0.0, xp.log1p(-share), xp.log(share))


def _double_exponential(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return -xp.log(2.0 * sigma) - xp.abs(x - mu) / sigma


def _double_exponential_tail(xp: Namespace, which: int, x: Array, mu: Array, sigma: Array) -> Array:
    z = _SIGNS[which] * (x - mu) / sigma
    far = xp.log1p(-0.5 * xp.exp(-xp.maximum(z, 0.0)))
    return xp.where(z < 0.0, math.log(0.5) + z, far)


def _logistic(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    z = (x - mu) / sigma
    return -z - xp.log(sigma) - 2.0 * xp.softplus(-z)


def _logistic_tail(xp: Namespace, which: int, x: Array, mu: Array, sigma: Array) -> Array:
    return -xp.softplus(-_SIGNS[which] * (x - mu) / sigma)


def _uniform(xp: Namespace, x: Array, lower: Array, upper: Array) -> Array:
    return xp.where((x >= lower) & (x <= upper), -xp.log(upper - lower), -INF)


def _uniform_tail(xp: Namespace, which: int, x: Array, lower: Array, upper: Array) -> Array:
    below, above = x <= lower, x >= upper
    inner = xp.where(below | above, (lower + upper) / 2.0, x)
    p, q = (inner - lower) / (upper - lower), (upper - inner) / (upper - lower)
    mine, rest = (p, q) if which == LOWER else (q, p)
    tail = xp.where(mine < 0.5, xp.log(mine), xp.log1p(-rest))
    return bounded(xp, which, tail, below, above)


def _skew_normal(xp: Namespace, x: Array, xi: Array, omega: Array, alpha: Array) -> Array:
    """Azzalini (1985): 2 phi(z) Phi(alpha z) / omega with z = (x - xi) / omega."""
    z = (x - xi) / omega
    return math.log(2.0) - 0.5 * LOG_2PI - xp.log(omega) - 0.5 * z**2 + xp.log_ndtr(alpha * z)


def _skew_normal_tail(
    xp: Namespace, which: int, x: Array, xi: Array, omega: Array, alpha: Array
) -> Array:
    return special(xp, "SKEW_NORMAL", which, (x - xi) / omega, alpha)


def _random_skew_normal(
    rng: np.random.Generator, xi: Array, omega: Array, alpha: Array
) -> np.ndarray:
    size = shape_of(xi, omega, alpha)
    delta = alpha / np.sqrt(1.0 + np.square(alpha))
    half, whole = np.abs(rng.standard_normal(size)), rng.standard_normal(size)
    return np.asarray(xi + omega * (delta * half + np.sqrt(1.0 - delta**2) * whole))


def _asym_laplace(
    xp: Namespace, x: Array, mu: Array, sigma: Array, log_q: Array, log1m_q: Array
) -> Array:
    """Koenker and Machado (1999): mu is the quantile of order q."""
    z = (x - mu) / sigma
    check = xp.where(z < 0.0, -xp.exp(log1m_q) * z, xp.exp(log_q) * z)
    return log_q + log1m_q - xp.log(sigma) - check


def _asym_laplace_tail(
    xp: Namespace, which: int, x: Array, mu: Array, sigma: Array, log_q: Array, log1m_q: Array
) -> Array:
    """P(Y <= mu) is q; the mirror image has the quantile of order 1 - q there."""
    z = _SIGNS[which] * (x - mu) / sigma
    mine, opposite = (log_q, log1m_q) if which == LOWER else (log1m_q, log_q)
    small = mine + xp.exp(opposite) * xp.minimum(z, 0.0)
    rest = opposite - xp.exp(mine) * xp.maximum(z, 0.0)
    return xp.where(z < 0.0, small, other(xp, rest))


def _random_asym_laplace(
    rng: np.random.Generator, mu: Array, sigma: Array, log_q: Array, log1m_q: Array
) -> np.ndarray:
    size = shape_of(mu, sigma, log_q, log1m_q)
    q, p = np.exp(log_q), np.exp(log1m_q)
    jump = rng.standard_exponential(size)
    return np.asarray(mu + sigma * np.where(rng.random(size) < q, -jump / p, jump / q))


def exgaussian(xp: Namespace, x: Array, mu: Array, sigma: Array, beta: Array) -> Array:
    """Normal(mu, sigma) plus an exponential of mean beta (Stan functions reference, 16.6).

    Below z = 0 the density is written with the scaled complementary error function: its two
    large terms cancel there.
    """
    w = (x - mu) / sigma
    z = w - sigma / beta
    low = xp.log(xp.erfcx(-xp.minimum(z, 0.0) / math.sqrt(2.0)) / 2.0) - 0.5 * w**2
    # log Phi(z) of z >= 0.
    log_phi = xp.log1p(-xp.ndtr(-xp.maximum(z, 0.0)))
    high = 0.5 * (sigma / beta) ** 2 - w * sigma / beta + log_phi
    return xp.where(z < 0.0, low, high) - xp.log(beta)


def _exgaussian_tail(
    xp: Namespace, which: int, x: Array, mu: Array, sigma: Array, beta: Array
) -> Array:
    """P(Y <= x) = Phi(w) - beta f(x) = phi(w) (M(-w) - M(sigma / beta - w)), w = (x - mu) / sigma.

    M is Mills' ratio (1 - Phi) / phi.
    """
    return special(xp, "MILLS", which, -(x - mu) / sigma, sigma / beta)


def random_exgaussian(rng: np.random.Generator, mu: Array, sigma: Array, beta: Array) -> np.ndarray:
    """Draws of a normal plus an exponential of mean beta."""
    size = shape_of(mu, sigma, beta)
    draws = mu + sigma * rng.standard_normal(size) + beta * rng.standard_exponential(size)
    return np.asarray(draws)


def _log1p_ratio(xp: Namespace, u: Array) -> Array:
    """log(1 + u) / u, one at zero."""
    near = xp.abs(u) < 1e-4
    series = 1.0 - u * (0.5 - u * (1.0 / 3.0 - u * 0.25))
    safe = xp.where(near, 1.0, u)
    return xp.where(near, series, xp.log1p(safe) / safe)


def _gen_extreme_value(xp: Namespace, x: Array, mu: Array, sigma: Array, xi: Array) -> Array:
    """Coles (2001), 3.2: Gumbel's distribution at xi = 0; zero where 1 + xi z <= 0."""
    z = (x - mu) / sigma
    u = xi * z
    inside = 1.0 + u > 0.0
    exponent = z * _log1p_ratio(xp, xp.where(inside, u, 0.0))
    logp = -xp.log(sigma) - (1.0 + xi) * exponent - xp.exp(-exponent)
    return xp.where(inside, logp, -INF)


def _gen_extreme_value_tail(
    xp: Namespace, which: int, x: Array, mu: Array, sigma: Array, xi: Array
) -> Array:
    z = (x - mu) / sigma
    u = xi * z
    outside = 1.0 + u <= 0.0
    exponent = z * _log1p_ratio(xp, xp.where(outside, 0.0, u))
    # P(Y <= x) = exp(-exp(-exponent)): the lower tail is the one that a hazard gives.
    inner = hazard(xp, 1 - which, -exponent)
    return bounded(xp, which, inner, outside & (xi > 0.0), outside & (xi < 0.0))


def _random_gen_extreme_value(
    rng: np.random.Generator, mu: Array, sigma: Array, xi: Array
) -> np.ndarray:
    gumbel = -np.log(rng.standard_exponential(shape_of(mu, sigma, xi)))
    u = np.asarray(xi * gumbel)
    safe = np.where(np.abs(u) < 1e-12, 1.0, u)
    ratio = np.where(np.abs(u) < 1e-12, 1.0, np.expm1(safe) / safe)
    return np.asarray(mu + sigma * gumbel * ratio)


#: From here on the asymptotic series of I0 to its third term is exact in double precision.
_LARGE_KAPPA = 1e5


def _log_ive0(xp: Namespace, kappa: Array) -> Array:
    """log(I0(kappa) exp(-kappa)) (Abramowitz and Stegun 1972, 9.7.1 for large kappa)."""
    big = xp.maximum(kappa, _LARGE_KAPPA)
    series = xp.log1p((1.0 + 4.5 / (8.0 * big)) / (8.0 * big))
    far = series - 0.5 * (LOG_2PI + xp.log(big))
    return xp.where(kappa > _LARGE_KAPPA, far, xp.log(xp.ive0(xp.minimum(kappa, _LARGE_KAPPA))))


def _von_mises(xp: Namespace, x: Array, mu: Array, kappa: Array) -> Array:
    """exp(kappa cos(x - mu)) / (2 pi I0(kappa)), with I0 scaled by exp(-kappa)."""
    return kappa * (xp.cos(x - mu) - 1.0) - LOG_2PI - _log_ive0(xp, kappa)


def _von_mises_tail(xp: Namespace, which: int, x: Array, mu: Array, kappa: Array) -> Array:
    below, above = x <= -math.pi, x >= math.pi
    inner = special(xp, "VON_MISES", which, xp.where(below | above, 0.0, x), mu, kappa)
    return bounded(xp, which, inner, below, above)


WORDS = (
    Vocable(
        "normal",
        _LOCATION_SCALE,
        REAL_LINE,
        normal,
        positive=("sigma",),
        random=lambda rng, mu, sigma: rng.normal(mu, sigma),
        **tails(normal_tail),
    ),
    Vocable(
        "student_t",
        ("nu", "mu", "sigma"),
        REAL_LINE,
        _student_t,
        positive=("nu", "sigma"),
        random=lambda rng, nu, mu, sigma: (
            mu + sigma * rng.standard_t(nu, size=shape_of(nu, mu, sigma))
        ),
        **tails(_student_t_tail),
    ),
    Vocable(
        "cauchy", _LOCATION_SCALE, REAL_LINE, _cauchy, positive=("sigma",), **tails(_cauchy_tail)
    ),
    Vocable(
        "double_exponential",
        _LOCATION_SCALE,
        REAL_LINE,
        _double_exponential,
        ("sigma",),
        **tails(_double_exponential_tail),
    ),
    Vocable(
        "logistic",
        _LOCATION_SCALE,
        REAL_LINE,
        _logistic,
        positive=("sigma",),
        **tails(_logistic_tail),
    ),
    Vocable("uniform", ("lower", "upper"), REAL_LINE, _uniform, **tails(_uniform_tail)),
    Vocable(
        "skew_normal",
        ("xi", "omega", "alpha"),
        REAL_LINE,
        _skew_normal,
        positive=("omega",),
        random=_random_skew_normal,
        **tails(_skew_normal_tail),
    ),
    Vocable(
        "asym_laplace",
        ("mu", "sigma", "log_q", "log1m_q"),
        REAL_LINE,
        _asym_laplace,
        positive=("sigma",),
        prior=False,
        random=_random_asym_laplace,
        **tails(_asym_laplace_tail),
    ),
    Vocable(
        "exgaussian",
        ("mu", "sigma", "beta"),
        REAL_LINE,
        exgaussian,
        positive=("sigma", "beta"),
        prior=False,
        random=random_exgaussian,
        **tails(_exgaussian_tail),
    ),
    Vocable(
        "gen_extreme_value",
        ("mu", "sigma", "xi"),
        REAL_LINE,
        _gen_extreme_value,
        positive=("sigma",),
        prior=False,
        random=_random_gen_extreme_value,
        **tails(_gen_extreme_value_tail),
    ),
    Vocable(
        "von_mises",
        ("mu", "kappa"),
        (-math.pi, math.pi),
        _von_mises,
        positive=("kappa",),
        random=lambda rng, mu, kappa: rng.vonmises(mu, kappa),
        **tails(_von_mises_tail),
    ),
)

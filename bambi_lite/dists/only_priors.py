"""Distributions that are written as priors only, in Stan's names and parametrisations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .positive import inv_gamma
from .real import exgaussian, random_exgaussian
from .words import INF, POSITIVE_LINE, REAL_LINE, UNIT, Vocable, shape_of


def _gumbel(xp: Namespace, x: Array, mu: Array, beta: Array) -> Array:
    z = (x - mu) / beta
    return -z - xp.exp(-z) - xp.log(beta)


def _exp_mod_normal(xp: Namespace, x: Array, mu: Array, sigma: Array, rate: Array) -> Array:
    return exgaussian(xp, x, mu, sigma, 1.0 / rate)


def _chi_square(xp: Namespace, x: Array, nu: Array) -> Array:
    constant = -xp.gammaln(nu / 2.0) - nu / 2.0 * math.log(2.0)
    return constant + (nu / 2.0 - 1.0) * xp.log(x) - x / 2.0


def _scaled_inv_chi_square(xp: Namespace, x: Array, nu: Array, sigma: Array) -> Array:
    """Of nu sigma^2 / X for a chi-square X."""
    return inv_gamma(xp, x, nu / 2.0, nu / 2.0 * sigma**2)


def _dirichlet(xp: Namespace, x: Array, alpha: Array) -> Array:
    """Proportions along the last axis of `x`; `alpha` has one number each, or one for all."""
    a = xp.asarray(np.broadcast_to(np.asarray(alpha, dtype=float), (int(x.shape[-1]),)))
    constant = xp.gammaln(xp.sum(a)) - xp.sum(xp.gammaln(a))
    return constant + xp.sum((a - 1.0) * xp.log(x))


def _constant(xp: Namespace, x: Array, value: Array) -> Array:
    # As in brms a number that is known adds nothing to the log prior.
    return 0.0 * x


def _pymc(xp: Namespace, x: Array, make: Any) -> Array:
    """The density of a PyMC distribution, ``make(shape=...) -> pm.X.dist(..., shape=...)``."""
    import pymc as pm

    if xp is not numpy_namespace():
        return pm.logp(make(shape=x.shape), x)
    values = np.asarray(x, dtype=float)
    # A graph of PyTensor is computed; no text is run.
    return np.asarray(pm.logp(make(shape=values.shape), values).eval(mode="FAST_COMPILE"))


def _random_pymc(rng: np.random.Generator, make: Any) -> np.ndarray:
    import pymc as pm

    return np.asarray(pm.draw(make(shape=()), random_seed=rng, mode="FAST_COMPILE"))


WORDS = (
    Vocable(
        "gumbel",
        ("mu", "beta"),
        REAL_LINE,
        _gumbel,
        positive=("beta",),
        random=lambda rng, mu, beta: rng.gumbel(mu, beta),
    ),
    Vocable(
        "exp_mod_normal",
        ("mu", "sigma", "rate"),
        REAL_LINE,
        _exp_mod_normal,
        positive=("sigma", "rate"),
        random=lambda rng, mu, sigma, rate: random_exgaussian(rng, mu, sigma, 1.0 / rate),
    ),
    Vocable(
        "chi_square",
        ("nu",),
        POSITIVE_LINE,
        _chi_square,
        positive=("nu",),
        random=lambda rng, nu: rng.chisquare(nu),
    ),
    Vocable(
        "scaled_inv_chi_square",
        ("nu", "sigma"),
        POSITIVE_LINE,
        _scaled_inv_chi_square,
        positive=("nu", "sigma"),
        random=lambda rng, nu, sigma: nu * sigma**2 / rng.chisquare(nu, size=shape_of(nu, sigma)),
    ),
    Vocable(
        "dirichlet",
        ("alpha",),
        UNIT,
        _dirichlet,
        positive=("alpha",),
        random=lambda rng, alpha: rng.dirichlet(alpha),
        over="proportions",
    ),
    Vocable(
        "constant",
        ("value",),
        REAL_LINE,
        _constant,
        random=lambda rng, value: np.asarray(value, dtype=float),
    ),
    Vocable(
        "pymc",
        ("make",),
        (-INF, INF),
        _pymc,
        prior=False,
        random=_random_pymc,
    ),
)

"""The vocabulary of distributions: names, arguments, supports and densities.

A prior, a hyperprior and a likelihood are the same noun, ``Dist("normal", mu=0, sigma=1)``.
Names, argument order and parametrisation are Stan's (and so brms'). The log-density is
written once over ``xp``; engines may use a native distribution in its place, and the tests
hold both to the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from .errors import PriorError, listing, suggest
from .xp import Array, Namespace

LOG_2PI = math.log(2.0 * math.pi)
INF = math.inf


@dataclass(frozen=True, slots=True)
class Vocable:
    """One word of the vocabulary.

    Attributes
    ----------
    name : str
        Stan's name.
    args : tuple of str
        Argument names in Stan's order.
    support : (float, float)
        Interval on which the density is positive.
    logp : callable
        ``logp(xp, x, **args)``, elementwise; includes the normalising constant.
    positive : tuple of str
        Arguments that have to be positive.
    prior : bool
        Whether it may be written as a prior (likelihoods need not).
    random : callable or None
        ``random(generator, *args)``: NumPy draws, for likelihoods that an engine has no native
        distribution for.
    """

    name: str
    args: tuple[str, ...]
    support: tuple[float, float]
    logp: Callable[..., Array]
    positive: tuple[str, ...] = ()
    prior: bool = True
    random: Callable[..., np.ndarray] | None = None


@dataclass(frozen=True, slots=True)
class Dist:
    """A distribution with its arguments.

    Attributes
    ----------
    name : str
        A name of :data:`VOCABULARY`.
    args : mapping
        Arguments by name: numbers in a prior, arrays or graph variables in a likelihood.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "args", MappingProxyType(dict(self.args)))

    def logp(self, xp: Namespace, x: Array) -> Array:
        """Elementwise log-density at `x`."""
        return VOCABULARY[self.name].logp(xp, x, **self.args)

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.args.items())))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Dist, (self.name, dict(self.args)))


def _normal(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return -0.5 * ((x - mu) / sigma) ** 2 - xp.log(sigma) - 0.5 * LOG_2PI


def _student_t(xp: Namespace, x: Array, nu: Array, mu: Array, sigma: Array) -> Array:
    constant = xp.gammaln((nu + 1.0) / 2.0) - xp.gammaln(nu / 2.0) - 0.5 * xp.log(nu * math.pi)
    return constant - xp.log(sigma) - (nu + 1.0) / 2.0 * xp.log1p(((x - mu) / sigma) ** 2 / nu)


def _cauchy(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return -xp.log(math.pi * sigma) - xp.log1p(((x - mu) / sigma) ** 2)


def _double_exponential(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return -xp.log(2.0 * sigma) - xp.abs(x - mu) / sigma


def _logistic(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    z = (x - mu) / sigma
    return -z - xp.log(sigma) - 2.0 * xp.softplus(-z)


def _exponential(xp: Namespace, x: Array, beta: Array) -> Array:
    return xp.where(x >= 0.0, xp.log(beta) - beta * x, -INF)


def _gamma(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    return alpha * xp.log(beta) - xp.gammaln(alpha) + (alpha - 1.0) * xp.log(x) - beta * x


def _inv_gamma(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    return alpha * xp.log(beta) - xp.gammaln(alpha) - (alpha + 1.0) * xp.log(x) - beta / x


def _lognormal(xp: Namespace, x: Array, mu: Array, sigma: Array) -> Array:
    return _normal(xp, xp.log(x), mu, sigma) - xp.log(x)


def _weibull(xp: Namespace, x: Array, alpha: Array, sigma: Array) -> Array:
    z = x / sigma
    return xp.log(alpha / sigma) + (alpha - 1.0) * xp.log(z) - z**alpha


def _beta(xp: Namespace, x: Array, alpha: Array, beta: Array) -> Array:
    constant = xp.gammaln(alpha + beta) - xp.gammaln(alpha) - xp.gammaln(beta)
    return constant + (alpha - 1.0) * xp.log(x) + (beta - 1.0) * xp.log1p(-x)


def _uniform(xp: Namespace, x: Array, lower: Array, upper: Array) -> Array:
    return xp.where((x >= lower) & (x <= upper), -xp.log(upper - lower), -INF)


def _lkj(xp: Namespace, chol: Array, eta: Array) -> Array:
    """LKJ density of a Cholesky factor with unit rows (Lewandowski et al. 2009), q x q.

    As in Stan the density is with respect to the free elements of the factor; the normalising
    constant is theirs, equation 16.
    """
    q = int(chol.shape[-1])
    constant = 0.0
    for k in range(1, q):
        shape = eta + (q - 1.0 - k) / 2.0
        beta_k = 2.0 * xp.gammaln(xp.asarray(shape)) - xp.gammaln(xp.asarray(2.0 * shape))
        constant = constant - (2.0 * eta - 2.0 + q - k) * (q - k) * math.log(2.0) - (q - k) * beta_k
    powers = [2.0 * eta - 2.0 + q - i for i in range(1, q + 1)]
    log_diagonal = xp.log(xp.diagonal(chol))
    return constant + sum(p * log_diagonal[..., i] for i, p in enumerate(powers))


def _log_odds_form(xp: Namespace, y: Array, n: Array, log_p: Array, log1m_p: Array) -> Array:
    """y log p + (n - y) log(1 - p), where a count of zero contributes nothing at p = 0 or 1."""
    success = xp.where(y > 0.0, y * log_p, 0.0)
    failure = xp.where(n - y > 0.0, (n - y) * log1m_p, 0.0)
    return success + failure


def _bernoulli(xp: Namespace, y: Array, log_p: Array, log1m_p: Array) -> Array:
    return xp.where(y > 0.0, log_p, log1m_p)


def _binomial(xp: Namespace, y: Array, trials: Array, log_p: Array, log1m_p: Array) -> Array:
    ways = xp.gammaln(trials + 1.0) - xp.gammaln(y + 1.0) - xp.gammaln(trials - y + 1.0)
    return ways + _log_odds_form(xp, y, trials, log_p, log1m_p)


_REAL = (-INF, INF)
_POSITIVE = (0.0, INF)
_LOCATION_SCALE = ("mu", "sigma")

_WORDS: tuple[Vocable, ...] = (
    Vocable("normal", _LOCATION_SCALE, _REAL, _normal, positive=("sigma",)),
    Vocable("student_t", ("nu", "mu", "sigma"), _REAL, _student_t, positive=("nu", "sigma")),
    Vocable("cauchy", _LOCATION_SCALE, _REAL, _cauchy, positive=("sigma",)),
    Vocable("double_exponential", _LOCATION_SCALE, _REAL, _double_exponential, ("sigma",)),
    Vocable("logistic", _LOCATION_SCALE, _REAL, _logistic, positive=("sigma",)),
    Vocable("exponential", ("beta",), _POSITIVE, _exponential, positive=("beta",)),
    Vocable("gamma", ("alpha", "beta"), _POSITIVE, _gamma, positive=("alpha", "beta")),
    Vocable("inv_gamma", ("alpha", "beta"), _POSITIVE, _inv_gamma, positive=("alpha", "beta")),
    Vocable("lognormal", _LOCATION_SCALE, _POSITIVE, _lognormal, positive=("sigma",)),
    Vocable("weibull", ("alpha", "sigma"), _POSITIVE, _weibull, positive=("alpha", "sigma")),
    Vocable("beta", ("alpha", "beta"), (0.0, 1.0), _beta, positive=("alpha", "beta")),
    Vocable("uniform", ("lower", "upper"), _REAL, _uniform),
    Vocable("lkj_corr_cholesky", ("eta",), (-1.0, 1.0), _lkj, positive=("eta",)),
    Vocable(
        "bernoulli",
        ("log_p", "log1m_p"),
        (0.0, 1.0),
        _bernoulli,
        prior=False,
        random=lambda rng, log_p, log1m_p: rng.binomial(1, np.exp(log_p)),
    ),
    Vocable(
        "binomial",
        ("trials", "log_p", "log1m_p"),
        _POSITIVE,
        _binomial,
        prior=False,
        random=lambda rng, trials, log_p, log1m_p: rng.binomial(
            np.asarray(trials, dtype=int), np.exp(log_p)
        ),
    ),
)

#: Every distribution the package knows, by Stan's name.
VOCABULARY: Mapping[str, Vocable] = MappingProxyType({word.name: word for word in _WORDS})

#: brms writes ``lkj(1)`` for what the model uses as ``lkj_corr_cholesky(1)``.
ALIASES: Mapping[str, str] = MappingProxyType({"lkj": "lkj_corr_cholesky"})


def prior_dist(name: str, values: tuple[float, ...], text: str) -> Dist:
    """A prior from its name and positional arguments, checked.

    Parameters
    ----------
    name : str
        Stan's name of the distribution.
    values : tuple of float
        Arguments in Stan's order.
    text : str
        The text they were read from, for the message.

    Raises
    ------
    PriorError
        For an unknown name, a wrong number of arguments, or a scale that is not positive.

    Examples
    --------
    >>> dict(prior_dist("normal", (0.0, 5.0), "normal(0, 5)").args)
    {'mu': 0.0, 'sigma': 5.0}
    """
    known = [word.name for word in _WORDS if word.prior] + list(ALIASES)
    if name not in known:
        raise PriorError(
            f"Unknown distribution '{name}' in prior '{text}'. "
            f"Available distributions: {listing(sorted(known), 20)}.{suggest(name, known)}"
        )
    word = VOCABULARY[ALIASES.get(name, name)]
    if len(values) != len(word.args):
        raise PriorError(
            f"Prior '{text}' has {len(values)} argument(s), but '{name}' takes {len(word.args)}: "
            f"{name}({', '.join(word.args)})."
        )
    args = dict(zip(word.args, values, strict=True))
    for arg in word.positive:
        if not args[arg] > 0.0:
            raise PriorError(f"In prior '{text}', '{arg}' has to be positive, not {args[arg]:g}.")
    if word.name == "uniform" and not args["lower"] < args["upper"]:
        raise PriorError(f"In prior '{text}', the lower limit has to be below the upper one.")
    return Dist(word.name, args)

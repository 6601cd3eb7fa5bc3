"""Probabilities and quantiles of priors, with the bounds that truncate them, by SciPy.

The densities of the vocabulary are written once over ``xp``; what a truncation leaves of a
distribution, where its quantiles lie and draws between bounds are needed for plain numbers only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import PriorError
from ..xp import Array, Namespace
from .vocabulary import VOCABULARY, Dist

INF = math.inf
#: Where bounds leave less than this of a distribution, draws come from its quantiles.
_RARE = 0.02


def _frozen() -> Mapping[str, Callable[..., Any]]:
    """SciPy's distribution for each word that is written as a prior of numbers."""
    from scipy import stats

    return {
        "normal": stats.norm,
        "student_t": stats.t,
        "cauchy": stats.cauchy,
        "double_exponential": stats.laplace,
        "logistic": stats.logistic,
        "gumbel": stats.gumbel_r,
        "skew_normal": lambda xi, omega, alpha: stats.skewnorm(alpha, xi, omega),
        "exp_mod_normal": lambda mu, sigma, rate: stats.exponnorm(1 / (sigma * rate), mu, sigma),
        "uniform": lambda lower, upper: stats.uniform(lower, upper - lower),
        "von_mises": lambda mu, kappa: _VonMises(stats.vonmises(kappa, loc=mu)),
        "exponential": lambda beta: stats.expon(scale=1.0 / beta),
        "gamma": lambda alpha, beta: stats.gamma(alpha, scale=1.0 / beta),
        "inv_gamma": lambda alpha, beta: stats.invgamma(alpha, scale=beta),
        "lognormal": lambda mu, sigma: stats.lognorm(sigma, scale=math.exp(mu)),
        "weibull": lambda alpha, sigma: stats.weibull_min(alpha, scale=sigma),
        "chi_square": stats.chi2,
        "inv_chi_square": lambda nu: stats.invgamma(nu / 2.0, scale=0.5),
        "scaled_inv_chi_square": lambda nu, s: stats.invgamma(nu / 2.0, scale=nu / 2.0 * s**2),
        "beta": stats.beta,
        "pymc": _FromPymc,
    }


class _VonMises:
    """SciPy's von Mises distribution counts angles on without end; ours lies in (-pi, pi)."""

    def __init__(self, circular: Any) -> None:
        self._circular = circular
        self._start = circular.cdf(-math.pi)

    def cdf(self, x: Any) -> Any:
        return np.clip(self._circular.cdf(np.clip(x, -math.pi, math.pi)) - self._start, 0.0, 1.0)

    def sf(self, x: Any) -> Any:
        return 1.0 - self.cdf(x)

    def ppf(self, p: Any) -> Any:
        """By a fine table of the distribution function; angles to about 1e-7."""
        grid = np.linspace(-math.pi, math.pi, 20_001)
        return np.interp(p, self.cdf(grid), grid)

    def isf(self, p: Any) -> Any:
        return self.ppf(1.0 - np.asarray(p))


@dataclass(frozen=True, slots=True)
class Law:
    """A distribution of single numbers between bounds, renormalised there.

    Attributes
    ----------
    dist : Dist
        The distribution before it is cut.
    lower, upper : float
        Where it is cut; infinite where it is not.
    """

    dist: Dist
    lower: float
    upper: float

    @property
    def cut(self) -> bool:
        """Whether a bound takes something away."""
        return self.lower > -INF or self.upper < INF

    @property
    def ends(self) -> tuple[float, float]:
        """The interval on which it has a density."""
        low, high = support(self.dist)
        return max(low, self.lower), min(high, self.upper)

    def logp(self, xp: Namespace, x: Array, log_mass: float | None = None) -> Array:
        """Log-density, elementwise; normalised between the bounds, and zero mass outside.

        `log_mass` is what :meth:`log_mass` gives, where the arguments are no plain numbers.
        """
        inside = self.dist.logp(xp, x)
        if not self.cut or self.dist.name == "constant":
            return inside
        between = (x >= self.lower) & (x <= self.upper)
        return xp.where(between, inside - (self.log_mass() if log_mass is None else log_mass), -INF)

    def log_mass(self) -> float:
        """The logarithm of the probability between the bounds; minus infinity for none."""
        if self.dist.name == "constant":
            inside = self.lower <= self.dist.args["value"] <= self.upper
            return 0.0 if inside else -INF
        if not self.cut:
            return 0.0
        law = _scipy(self.dist)
        if float(law.cdf(self.lower)) > 0.5:
            mass = float(law.sf(self.lower)) - float(law.sf(self.upper))
        else:
            mass = float(law.cdf(self.upper)) - float(law.cdf(self.lower))
        return math.log(mass) if mass > 0.0 else -INF

    def quantile(self, p: Any) -> np.ndarray:
        """Quantiles of the cut distribution at probabilities in (0, 1)."""
        p = np.asarray(p, dtype=float)
        if self.dist.name == "constant":
            return np.full(p.shape, self.dist.args["value"])
        if self.dist.name == "pymc":
            return self._quantile_of_draws(p)
        law = _scipy(self.dist)
        low, high = float(law.cdf(self.lower)), float(law.cdf(self.upper))
        if low > 0.5:
            # Far above the middle only the upper tail has digits left.
            above, beyond = float(law.sf(self.lower)), float(law.sf(self.upper))
            found = law.isf(above - p * (above - beyond))
        else:
            found = law.ppf(low + p * (high - low))
        return np.clip(np.asarray(found, dtype=float), self.lower, self.upper)

    def _quantile_of_draws(self, p: np.ndarray) -> np.ndarray:
        """PyMC has quantiles of few distributions: those of draws, always the same ones."""
        draws = _draw(self.dist, np.random.default_rng(1), (200_000,))
        inside = draws[(draws >= self.lower) & (draws <= self.upper)]
        if inside.size == 0:
            raise PriorError(
                f"None of {draws.size} draws of a PyMC prior lies between its bounds "
                f"({self.lower:g}, {self.upper:g})."
            )
        return np.asarray(np.quantile(inside, p))

    def draw(self, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
        """Independent draws; those outside the bounds are drawn again, unless most would be."""
        if self.dist.name == "constant" or math.exp(self.log_mass()) < _RARE:
            return self.quantile(rng.random(size))
        found = _draw(self.dist, rng, size)
        while (outside := (found < self.lower) | (found > self.upper)).any():
            found[outside] = _draw(self.dist, rng, (int(outside.sum()),))
        return found


def law_of(dist: Dist, lower: float | None, upper: float | None) -> Law:
    """The distribution between those of its bounds that its own support does not imply.

    Parameters
    ----------
    dist : Dist
        A prior of single numbers.
    lower, upper : float or None
        Bounds of the parameter; None where there is none.

    Examples
    --------
    >>> law_of(Dist("normal", {"mu": 0.0, "sigma": 1.0}), 0.0, None).quantile(0.5).round(3)
    np.float64(0.674)
    """
    low, high = support(dist)
    bounds = -INF if lower is None else float(lower), INF if upper is None else float(upper)
    if dist.name == "constant":
        return Law(dist, *bounds)
    return Law(
        dist,
        bounds[0] if bounds[0] > low else -INF,
        bounds[1] if bounds[1] < high else INF,
    )


def support(dist: Dist) -> tuple[float, float]:
    """The interval on which a prior has a density of its own accord."""
    if dist.name == "uniform":
        return float(dist.args["lower"]), float(dist.args["upper"])
    if dist.name == "constant":
        return (float(dist.args["value"]),) * 2
    return VOCABULARY[dist.name].support


def _scipy(dist: Dist) -> Any:
    args = (dist.args[arg] for arg in VOCABULARY[dist.name].args)
    return _frozen()[dist.name](*args)


class _FromPymc:
    """The distribution function of a PyMC distribution, where PyMC has one."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make

    def cdf(self, x: float) -> float:
        import pymc as pm

        if math.isinf(x):
            return float(x > 0)
        # A graph of PyTensor is computed; no text is run.
        return float(np.exp(pm.logcdf(self._make(shape=()), x).eval(mode="FAST_COMPILE")))

    def sf(self, x: float) -> float:
        return 1.0 - self.cdf(x)


def _draw(dist: Dist, rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    """Draws of a distribution that nothing cuts."""
    word = VOCABULARY[dist.name]
    if dist.name == "pymc":
        import pymc as pm

        drawn = pm.draw(dist.args["make"](shape=size), random_seed=rng, mode="FAST_COMPILE")
    elif word.random is not None:
        drawn = word.random(rng, *(np.broadcast_to(dist.args[a], size) for a in word.args))
    else:
        drawn = _scipy(dist).rvs(size=size, random_state=rng)
    return np.array(drawn, dtype=float)

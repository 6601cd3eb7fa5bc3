"""Small models with exact answers, to see whether an installation gets them right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .api import Model, brm
from .fit import Fit
from .formula import bf
from .priors import prior

_SETTINGS: dict[str, Any] = {"seed": 1, "progress": False}
#: A mean that is off by more than so many standard errors is wrong: one run in a million is.
_ERRORS = 5.0


class WrongAnswerError(Exception):
    """A number is not what it has to be."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a check.

    Attributes
    ----------
    name : str
        What was checked.
    problem : str
        Empty where it is right.
    seconds : float
        Wall time.
    """

    name: str
    problem: str
    seconds: float


def _near(what: str, made: float, exact: float, allowed: float) -> None:
    if not abs(made - exact) <= allowed:
        raise WrongAnswerError(f"{what} is {made:.6g} and has to be {exact:.6g} (+- {allowed:.2g})")


def _sampled(fit: Fit, name: str, mean: float, sd: float) -> None:
    """Mean and standard deviation of draws against those of a normal posterior."""
    made = fit.summarise_draws(name).loc[name]
    n = float(made["ess_bulk"])
    _near(f"the mean of {name}", float(made["mean"]), mean, _ERRORS * sd / np.sqrt(n))
    _near(f"the sd of {name}", float(made["sd"]), sd, _ERRORS * sd / np.sqrt(2.0 * n))


def _data() -> pd.DataFrame:
    y = np.array([1.2, -0.4, 0.7, 2.1, 0.3, 1.5, -0.9, 0.8, 1.9, 0.2, 1.1, 0.6])
    return pd.DataFrame({"y": y, "g": np.repeat(list("abc"), 4)})


def normal_mean() -> None:
    """The mean of normal data with a known sigma: precisions add up."""
    data = _data()
    fit = brm(bf("y ~ 1", sigma=1.5), data, prior=prior("normal(0, 2)", "Intercept"), **_SETTINGS)
    precision = 1.0 / 2.0**2 + len(data) / 1.5**2
    mean = float(data["y"].sum()) / 1.5**2 / precision
    _sampled(fit, "b_Intercept", mean, precision**-0.5)


def group_effects() -> None:
    """Normal group effects with known variances: their posterior is normal."""
    data = _data()
    said = [prior("normal(0, 2)", "Intercept"), prior("constant(0.8)", "sd")]
    fit = brm(bf("y ~ 1 + (1 | g)", sigma=1.5), data, prior=said, **_SETTINGS)
    # Unknown are the intercept and three effects; each row sees the sum of two of them.
    Z = np.column_stack([np.ones(12), *(data["g"] == level for level in "abc")]).astype(float)
    precision = np.diag([1 / 2.0**2, *[1 / 0.8**2] * 3]) + Z.T @ Z / 1.5**2
    covariance = np.linalg.inv(precision)
    mean = covariance @ Z.T @ data["y"].to_numpy() / 1.5**2
    names = ["b_Intercept", *(f"r_g[{level},Intercept]" for level in "abc")]
    for i, name in enumerate(names):
        _sampled(fit, name, float(mean[i]), float(np.sqrt(covariance[i, i])))


def log_density() -> None:
    """The density of each row against the formula of the normal distribution."""
    data = _data()
    model = Model("y ~ 1", data)
    fit = model.from_draws(pd.DataFrame({"b_Intercept": [0.4], "sigma": [1.3]}))
    exact = -0.5 * ((data["y"] - 0.4) / 1.3) ** 2 - np.log(1.3) - 0.5 * np.log(2.0 * np.pi)
    made = fit.log_lik().values.ravel()
    _near("the largest error of log_lik", float(np.abs(made - exact).max()), 0.0, 1e-12)


def pymc_graph() -> None:
    """The model as PyMC's graph: its density against that of the prior and of the rows."""
    data = _data()
    said = [prior("normal(0, 2)", "Intercept"), prior("exponential(1)", "sigma")]
    model = Model("y ~ 1", data, prior=said).pymc
    density = model.compile_fn(model.logp(), mode="FAST_COMPILE")
    point = {name: np.asarray(0.3) for name in (v.name for v in model.value_vars)}
    sigma = np.exp(0.3)
    rows = -0.5 * ((data["y"] - 0.3) / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2.0 * np.pi)
    before = -0.5 * (0.3 / 2.0) ** 2 - np.log(2.0) - 0.5 * np.log(2.0 * np.pi)
    # An exponential density, and the derivative of the logarithm that sigma is sampled by.
    exact = float(rows.sum()) + before - sigma + 0.3
    _near("the log-density of the graph", float(density(point)), exact, 1e-9)


CHECKS: dict[str, Callable[[], None]] = {
    "a normal mean, sampled": normal_mean,
    "group effects, sampled": group_effects,
    "log-density of rows": log_density,
    "log-density of PyMC's graph": pymc_graph,
}


def run_checks() -> Iterator[Result]:
    """The checks one by one; an error in one is what became of it."""
    for name, check in CHECKS.items():
        start = time.perf_counter()
        problem = ""
        try:
            check()
        except Exception as error:
            # Whatever goes wrong in an installation is the finding, not the end of the report.
            problem = f"{type(error).__name__}: {error}"
        yield Result(name, problem, time.perf_counter() - start)

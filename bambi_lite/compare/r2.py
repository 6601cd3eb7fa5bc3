"""R-squared of a Bayesian model, and what is predicted for rows that are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import ComparisonWarning, DataError, listing, warn
from ..links import Linked
from ..predict import posterior_epred, posterior_linpred, posterior_predict
from ..spec import take_rows
from ..summary.stats import check_prob, check_probs, estimates, flat, percent, stat_names
from ..xp import numpy_namespace
from .blocks import possible_blocks
from .psis import relative_efficiency, smooth

_TYPES = ("mean", "var", "quantile")
PROBS = (0.025, 0.975)


def bayes_R2(
    draws: Draws,
    re_formula: str | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
) -> Any:
    """The share of the variance that the model explains, as brms' ``bayes_R2``.

    In each draw the variance of the fitted values, over itself plus the residual variance. That is
    the model's own for gaussian (``sigma^2``) and bernoulli models (``p (1 - p)``), each averaged
    over the rows, as in brms 2.23; else the variance of the observed residuals.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    re_formula : None or "NA"
        Whether group effects count as explained.
    summary : bool
        Estimates rather than draws.
    robust, probs
        See :func:`bambi_lite.posterior.posterior_summary`.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        One row ``R2``; without `summary` draws with dims chain, draw.

    Raises
    ------
    DataError
        For responses that are unordered categories or have columns.

    Warns
    -----
    ComparisonWarning
        For ordinal responses, whose categories are taken for the numbers 1, 2, ...

    Notes
    -----
    Gelman, Goodrich, Gabry and Vehtari (2019), R-squared for Bayesian regression models,
    The American Statistician 73:307-309.
    """
    probs = check_probs(probs)
    spec = draws.spec
    _check_numbers(draws, "bayes_R2")
    fitted = _expected(draws, re_formula).values
    if spec.family.residual_variance is not None:
        dpars = {
            d.name: Linked(posterior_linpred(draws, None, re_formula, dpar=d.name).values, d.link)
            for d in spec.dpars
        }
        own = spec.family.residual_variance(numpy_namespace(), dpars, spec.response)
        residual = np.broadcast_to(own, fitted.shape).mean(axis=-1)
    else:
        residual = np.var(spec.response.y - fitted, axis=-1, ddof=1)
    explained = np.var(fitted, axis=-1, ddof=1)
    return _told(draws, explained / (explained + residual), summary, robust, probs)


def loo_R2(
    draws: Draws,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
    seed: int | None = None,
) -> Any:
    """R-squared of predictions of rows left out one at a time, as brms' ``loo_R2``.

    One minus the variance of the errors of leave-one-out predictions over that of the response,
    each by the Bayesian bootstrap.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    summary, robust, probs
        See :func:`bayes_R2`.
    seed : int, optional
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        See :func:`bayes_R2`; between -1 and 1.

    Raises
    ------
    DataError
        See :func:`bayes_R2`.
    """
    from arviz_stats.base import array_stats

    probs = check_probs(probs)
    _check_numbers(draws, "loo_R2")
    predicted = _leave_out(draws, lambda part, _: _expected(part, None), "mean", (), seed)
    sizes = draws.posterior.sizes
    shape = sizes["chain"], sizes["draw"]
    values = array_stats.loo_r2(
        draws.spec.response.y,
        predicted[:, 0],
        n_simulations=shape[0] * shape[1],
        random_state=np.random.default_rng(seed),
    )
    return _told(draws, values.reshape(shape), summary, robust, probs)


def _check_numbers(draws: Draws, what: str) -> None:
    """DataError unless the response is one number; a warning where it is an ordered category."""
    spec = draws.spec
    if spec.family.thresholds:
        warn(
            f"{what}() takes the ordered categories of '{spec.response_name}' for the numbers "
            f"1, 2, ..., which is hardly ever right.",
            ComparisonWarning,
        )
    elif spec.response.categories:
        raise DataError(
            f"{what}() is about numbers; '{spec.response_name}' (family '{spec.family.name}') has "
            f"the categories {listing(spec.response.categories, 6)}. loo() compares such models."
        )


def _expected(draws: Draws, re_formula: str | None) -> xr.DataArray:
    """The expected response; that of an ordered category is the expected number of it."""
    mean = posterior_epred(draws, None, re_formula)
    if "category" not in mean.dims:
        return mean
    first = 1 if draws.spec.response.y.min(initial=1.0) >= 1.0 else 0
    numbers = xr.DataArray(first + np.arange(mean.sizes["category"]), dims="category")
    return (mean * numbers).sum("category")


def _told(
    draws: Draws, values: np.ndarray, summary: bool, robust: bool, probs: tuple[float, ...]
) -> Any:
    if not summary:
        coords = {name: draws.posterior[name].values for name in ("chain", "draw")}
        return xr.DataArray(values, coords, ("chain", "draw"), name="R2")
    row = estimates(flat(values)[:, None], robust, probs).T
    return pd.DataFrame(row, index=["R2"], columns=stat_names(probs))


# -- predictions of rows left out ------------------------------------------------------------


def loo_predict(
    draws: Draws,
    method: str = "posterior_predict",
    type: str = "mean",
    probs: float | Sequence[float] = 0.5,
    seed: int | None = None,
) -> pd.DataFrame:
    """What the model predicts for each row when it is left out, as brms' ``loo_predict``.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    method : "posterior_predict", "posterior_epred" or "posterior_linpred"
        What is predicted: a new response, its expectation, the linear predictor of ``mu``.
    type : "mean", "var" or "quantile"
        Which summary of it.
    probs : float or sequence of float
        Probabilities of the quantiles.
    seed : int, optional
        Of the new responses.

    Returns
    -------
    pandas.DataFrame
        A row an observation; column ``mean`` or ``var``, or ``Q5``, ``Q95``, ... for quantiles.

    Raises
    ------
    DataError
        For unknown methods and types, and for responses with categories.

    Notes
    -----
    Draws are weighted by Pareto-smoothed importance sampling, as in loo.
    """
    if method not in _METHODS:
        raise DataError(f"method has to be one of {listing(_METHODS)}, not {method!r}.")
    if type not in _TYPES:
        raise DataError(f"type has to be one of {listing(_TYPES)}, not {type!r}.")
    if draws.spec.response.categories:
        raise DataError(
            f"loo_predict() is about numbers; '{draws.spec.response_name}' has categories."
        )
    asked = check_probs(probs)
    values = _leave_out(draws, _METHODS[method], type, asked, seed)
    names = [f"Q{percent(p)}" for p in asked] if type == "quantile" else [type]
    index = pd.Index(draws.spec.design.rows, name="obs")
    return pd.DataFrame(values, index=index, columns=names)


def loo_predictive_interval(
    draws: Draws, prob: float = 0.9, method: str = "posterior_predict", seed: int | None = None
) -> pd.DataFrame:
    """The central interval of :func:`loo_predict` with probability `prob`.

    Returns
    -------
    pandas.DataFrame
        A row an observation, columns of its two ends, ``Q5`` and ``Q95`` by default.

    Raises
    ------
    DataError
        For a `prob` outside (0, 1), and as :func:`loo_predict`.
    """
    tail = (1.0 - check_prob(prob)) / 2.0
    return loo_predict(draws, method, "quantile", (tail, 1.0 - tail), seed)


_METHODS: dict[str, Callable[[Draws, int | None], xr.DataArray]] = {
    "posterior_predict": lambda draws, seed: posterior_predict(draws, seed=seed),
    "posterior_epred": lambda draws, seed: posterior_epred(draws),
    "posterior_linpred": lambda draws, seed: posterior_linpred(draws),
}


def _leave_out(
    draws: Draws,
    predict: Callable[[Draws, int | None], xr.DataArray],
    kind: str,
    probs: Sequence[float],
    seed: int | None,
) -> np.ndarray:
    """Summaries of predictions of each row given the others, shape (n_obs, summaries)."""
    from arviz_stats.base import array_stats

    chains = draws.posterior.sizes["chain"]
    found = []
    for i, (rows, log_lik) in enumerate(possible_blocks(draws)):
        weights, _ = smooth(-log_lik, relative_efficiency(log_lik, chains))
        own = None if seed is None else int(np.random.SeedSequence([seed, i]).generate_state(1)[0])
        values = predict(replace(draws, spec=take_rows(draws.spec, rows)), own).values
        values = np.ascontiguousarray(values.reshape(-1, values.shape[-1]).T)
        axes: dict[str, Any] = {"chain_axis": None, "draw_axis": -1}
        if kind == "quantile":
            parts = [array_stats.loo_quantile(values, weights, p, **axes) for p in probs]
        else:
            parts = [array_stats.loo_expectation(values, weights, kind, **axes)]
        found.append(np.stack(parts, axis=-1))
    return np.concatenate(found)

"""Weights of models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing, suggest
from .models import CRITERIA, Models, elpds, named
from .stacking import stacking

WEIGHTS = ("stacking", "pseudobma", *CRITERIA)


def model_weights(
    *models: Models,
    weights: str = "stacking",
    model_names: Sequence[str] | None = None,
    criterion: str = "loo",
    BB: bool = True,
    BB_n: int = 1000,
    alpha: float = 1.0,
    seed: int | None = None,
) -> pd.Series:
    """Weights of models, as brms' ``model_weights``.

    Parameters
    ----------
    *models, model_names
        See :func:`loo_compare`.
    weights : str
        ``"stacking"``: the mixture of the predictive distributions that predicts best;
        ``"pseudobma"``: proportional to ``exp(elpd)``, by default averaged over the Bayesian
        bootstrap (pseudo-BMA+); ``"loo"``, ``"waic"``, ``"kfold"``: proportional to ``exp(elpd)``
        of that criterion.
    criterion : str
        What stacking and pseudo-BMA look at.
    BB : bool
        Whether pseudo-BMA takes the uncertainty of the elpd into account.
    BB_n : int
        Bootstrap samples.
    alpha : float
        Concentration of the bootstrap.
    seed : int, optional
        Of the bootstrap.

    Returns
    -------
    pandas.Series
        By model; they add up to one.

    Raises
    ------
    DataError
        For unknown weights, and as :func:`loo_compare`.

    Notes
    -----
    Yao, Vehtari, Simpson and Gelman (2018), Using stacking to average Bayesian predictive
    distributions, Bayesian Analysis 13:917-1003. ArviZ' pseudo-BMA+ has one seed and one number of
    bootstrap samples, and brms lets both be chosen.
    """
    if weights not in WEIGHTS:
        raise DataError(
            f"Unknown weights '{weights}'. Available: {listing(WEIGHTS)}."
            f"{suggest(str(weights), WEIGHTS)}"
        )
    if BB_n < 1 or not alpha > 0.0:
        raise DataError(f"BB_n = {BB_n} and alpha = {alpha} have to be positive.")
    by = weights if weights in CRITERIA else criterion
    found = elpds(named(models, model_names), by)
    pointwise = np.stack([one.elpd for one in found.values()], axis=1)
    if weights == "stacking":
        values = stacking(pointwise)
    elif weights == "pseudobma" and BB:
        rng = np.random.default_rng(seed)
        share = rng.dirichlet(np.full(len(pointwise), alpha), size=BB_n)
        values = _proportional(len(pointwise) * share @ pointwise).mean(axis=0)
    else:
        values = _proportional(pointwise.sum(axis=0))
    return pd.Series(values, index=list(found), name="weight")


def loo_model_weights(
    *models: Models,
    method: str = "stacking",
    model_names: Sequence[str] | None = None,
    **options: Any,
) -> pd.Series:
    """:func:`model_weights` by leave-one-out, under loo's name.

    Parameters
    ----------
    *models, model_names
        See :func:`~bambi_lite.compare.loo_compare`.
    method : "stacking" or "pseudobma"
        See :func:`model_weights`.
    **options
        BB, BB_n, alpha, seed.
    """
    return model_weights(*models, weights=method, model_names=model_names, **options)


def _proportional(elpd: np.ndarray) -> np.ndarray:
    weights = np.exp(elpd - elpd.max(axis=-1, keepdims=True))
    found: np.ndarray = weights / weights.sum(axis=-1, keepdims=True)
    return found

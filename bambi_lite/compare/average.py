"""Predictions averaged over models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..predict import pick, posterior_epred, posterior_linpred, posterior_predict
from ..summary.stats import check_probs, estimates, stat_names
from .models import named
from .weights import model_weights

_METHODS: Mapping[str, Callable[..., xr.DataArray]] = {
    "posterior_predict": posterior_predict,
    "posterior_epred": posterior_epred,
    "posterior_linpred": posterior_linpred,
}


def pp_average(
    *models: Any,
    weights: str | Sequence[float] = "stacking",
    method: str = "posterior_predict",
    ndraws: int | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = (0.025, 0.975),
    model_names: Sequence[str] | None = None,
    seed: int | None = None,
    **options: Any,
) -> Any:
    """Predictions averaged over models: each gives draws in proportion to its weight.

    Parameters
    ----------
    *models : Fit
        Two fits or more, or one mapping of names to fits.
    weights : str or sequence of float
        See :func:`model_weights`, or numbers.
    method : "posterior_predict", "posterior_epred" or "posterior_linpred"
        What is predicted.
    ndraws : int, optional
        Draws of all models together; by default as many as the first one has.
    summary : bool
        Estimates rather than draws.
    robust, probs
        See :func:`bambi_lite.posterior.posterior_summary`.
    model_names : sequence of str, optional
        Names of the models.
    seed : int, optional
        Of the weights' bootstrap, of the choice of draws and of the predictions.
    **options
        Of the method: newdata, re_formula, allow_new_levels, ...

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A row an observation with Estimate, Est.Error, Q2.5, Q97.5; without `summary` draws with
        dims draw, obs and the model of each draw as a coordinate. The weights and the draws of each
        model are in ``attrs``.

    Raises
    ------
    DataError
        For unknown methods and impossible weights, and as :func:`loo_compare`.
    """
    found = named(models, model_names)
    for name, model in found.items():
        if not hasattr(model, "draws"):
            raise DataError(f"'{name}' is a {type(model).__name__}; pp_average() needs fits.")
    if method not in _METHODS:
        raise DataError(
            f"method has to be one of {listing(_METHODS)}, not {method!r}."
            f"{suggest(str(method), _METHODS)}"
        )
    probs = check_probs(probs)
    share = _shares(found, weights, seed)
    first = next(iter(found.values())).draws.posterior.sizes
    total = int(first["chain"] * first["draw"]) if ndraws is None else ndraws
    counts = _largest_remainder(share, total)
    streams = np.random.SeedSequence(seed).spawn(len(found))
    parts, models_of_draws = [], []
    for (name, fit), n, stream in zip(found.items(), counts, streams, strict=True):
        if n == 0:
            continue
        chosen = _some(fit.draws, int(n), name, np.random.default_rng(stream))
        if method != "posterior_linpred" or options.get("allow_new_levels"):
            options = {**options, "seed": int(stream.generate_state(1)[0] % 2**31)}
        parts.append(_METHODS[method](chosen, **options).isel(chain=0, drop=True))
        models_of_draws += [name] * int(n)
    values = np.concatenate([p.values for p in parts])
    attrs = {
        "weights": dict(zip(found, map(float, share), strict=True)),
        "ndraws": dict(zip(found, map(int, counts), strict=True)),
    }
    if summary and values.ndim == 2:
        index = pd.Index(parts[0]["obs"].values, name="obs")
        rows = estimates(values, robust, probs).T
        table = pd.DataFrame(rows, index=index, columns=stat_names(probs))
        table.attrs |= attrs
        return table
    coords = {k: parts[0][k].values for k in parts[0].dims if k != "draw"}
    joined = xr.DataArray(values, coords, parts[0].dims, attrs={**parts[0].attrs, **attrs})
    return joined.assign_coords(model=("draw", models_of_draws))


def _shares(
    models: Mapping[str, Any], weights: str | Sequence[float], seed: int | None
) -> np.ndarray:
    if isinstance(weights, str):
        return np.asarray(model_weights(models, weights=weights, seed=seed))
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(models),) or (values < 0.0).any() or not values.sum() > 0.0:
        raise DataError(
            f"weights has to be a number of 0 or more for each of the {len(models)} models."
        )
    return np.asarray(values / values.sum())


def _largest_remainder(share: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to `share` that add up to `total`."""
    exact = share * total
    counts = np.floor(exact).astype(int)
    short = total - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:short]] += 1
    return counts


def _some(draws: Draws, n: int, name: str, rng: np.random.Generator) -> Draws:
    """`n` draws chosen at random, as one chain."""
    total = draws.posterior.sizes["chain"] * draws.posterior.sizes["draw"]
    if n > total:
        raise DataError(f"'{name}' has {total} draws; {n} of them were asked for.")
    return pick(draws, np.sort(rng.choice(total, n, replace=False)))

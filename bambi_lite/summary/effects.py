"""Population-level and group-level effects, and their sums: fixef, ranef, coef."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from ..draws import Draws, scalars
from ..terms import GroupBlock
from .stats import (
    check_groups,
    check_probs,
    estimate_array,
    estimate_frame,
    population_names,
)

PROBS = (0.025, 0.975)
#: Axes of the tables; a grouping factor of that name gets a dot.
_TAKEN = ("stat", "coef")


def fixef(
    draws: Draws, summary: bool = True, robust: bool = False, probs: Sequence[float] = PROBS
) -> Any:
    """Population-level effects.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    summary : bool
        Estimates rather than draws.
    robust : bool
        Median and MAD rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A row a coefficient with columns Estimate, Est.Error, Q2.5, Q97.5; or, without `summary`,
        draws with dims (chain, draw, coef). Link scale; intercepts first, as in brms.

    Raises
    ------
    DataError
        For `probs` outside [0, 1].

    Examples
    --------
    >>> fixef(draws).loc["Days", "Estimate"]  # doctest: +SKIP
    10.4
    """
    quantiles = check_probs(probs)
    values = fixef_draws(draws)
    if not summary:
        return values
    return estimate_frame(values.values, map(str, values["coef"].values), robust, quantiles)


def ranef(
    draws: Draws,
    groups: str | Sequence[str] | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
) -> dict[str, xr.DataArray]:
    """Group-level effects: how each level differs from the population.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    groups : str or sequence of str, optional
        Grouping factors; all by default.
    summary : bool
        Estimates rather than draws.
    robust : bool
        Median and MAD rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.

    Returns
    -------
    dict of str to xarray.DataArray
        By grouping factor: dims (Subject, stat, coef), or without `summary` draws with dims
        (chain, draw, Subject, coef), where Subject stands for the factor. Link scale.

    Raises
    ------
    DataError
        For an unknown grouping factor, a model without any, or `probs` outside [0, 1].

    Examples
    --------
    >>> ranef(draws)["Subject"].sel(stat="Estimate").to_pandas()  # doctest: +SKIP
    """
    quantiles = check_probs(probs)
    found = {group: ranef_draws(draws, group) for group in check_groups(draws, groups)}
    return _summarised(found, robust, quantiles) if summary else found


def coef(
    draws: Draws,
    groups: str | Sequence[str] | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
) -> dict[str, xr.DataArray]:
    """Coefficients of each level: population-level plus group-level effects.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    groups : str or sequence of str, optional
        Grouping factors; all by default.
    summary : bool
        Estimates rather than draws.
    robust : bool
        Median and MAD rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.

    Returns
    -------
    dict of str to xarray.DataArray
        As :func:`ranef`. Coefficients that vary come first; the others follow, the same for all
        levels. One that varies without a population-level counterpart varies around zero. A
        varying intercept of an ordinal model shifts every threshold, downwards where it is
        positive. The effects of other grouping factors are left out of the sum. Link scale.

    Raises
    ------
    DataError
        For an unknown grouping factor, a model without any, or `probs` outside [0, 1].

    Examples
    --------
    >>> coef(draws)["Subject"].sel(stat="Estimate", coef="Days")  # doctest: +SKIP
    """
    quantiles = check_probs(probs)
    population = fixef_draws(draws)
    found = {
        group: _added(population, ranef_draws(draws, group))
        for group in check_groups(draws, groups)
    }
    return _summarised(found, robust, quantiles) if summary else found


def _summarised(
    found: dict[str, xr.DataArray], robust: bool, probs: Sequence[float]
) -> dict[str, xr.DataArray]:
    return {group: estimate_array(values, robust, probs) for group, values in found.items()}


def fixef_draws(draws: Draws) -> xr.DataArray:
    """Population-level effects (link scale), dims (chain, draw, coef), in brms' order."""
    single = scalars(draws)
    names = population_names(single)
    posterior = single.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], 0)
    columns = [posterior[name].values for name in names.values()]
    return xr.DataArray(
        np.stack(columns, axis=-1) if columns else np.empty(shape),
        dims=("chain", "draw", "coef"),
        coords={"chain": posterior.chain, "draw": posterior.draw, "coef": list(names)},
        name="fixef",
    )


def ranef_draws(draws: Draws, group: str) -> xr.DataArray:
    """Effects of one grouping factor (link scale), dims (chain, draw, group, coef)."""
    blocks = [block for block in draws.spec.blocks if block.group == group]
    posterior = draws.posterior
    parts = [_block_draws(block, posterior) for block in blocks]
    return parts[0] if len(parts) == 1 else xr.concat(parts, dim="coef", join="outer")


def _block_draws(block: GroupBlock, posterior: xr.Dataset) -> xr.DataArray:
    dim = f"{block.dim}." if block.dim in _TAKEN else block.dim
    return xr.DataArray(
        block.read({str(name): values for name, values in posterior.items()})[f"r_{block.name}"],
        dims=("chain", "draw", dim, "coef"),
        coords={
            "chain": posterior.chain,
            "draw": posterior.draw,
            dim: list(block.levels),
            "coef": [c.label for c in block.coefs],
        },
        name=f"r_{block.group}",
    )


def _on_thresholds(population: xr.DataArray, effects: xr.DataArray) -> xr.DataArray:
    """Where thresholds stand in place of the intercept, its effects as effects on each of them."""
    names = [str(c) for c in population["coef"].values]
    thresholds = [name for name in names if name.startswith("Intercept[")]
    own = [str(c) for c in effects["coef"].values]
    if not thresholds or "Intercept" not in own:
        return effects
    intercept = -effects.sel(coef=["Intercept"])
    shifted = [intercept.assign_coords(coef=[name]) for name in thresholds]
    rest = effects.sel(coef=[c for c in own if c != "Intercept"])
    return xr.concat([*shifted, rest], dim="coef").rename(effects.name)


def _added(population: xr.DataArray, effects: xr.DataArray) -> xr.DataArray:
    effects = _on_thresholds(population, effects)
    varying = [str(c) for c in effects["coef"].values]
    fixed = [str(c) for c in population["coef"].values if c not in varying]
    order = [*varying, *fixed]
    total = effects.reindex(coef=order, fill_value=0.0) + population.reindex(
        coef=order, fill_value=0.0
    )
    return total.transpose(*effects.dims).rename(str(effects.name).replace("r_", "coef_", 1))

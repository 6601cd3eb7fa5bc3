"""The numbers in the tables: estimates, quantiles, convergence, and arguments checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..estimates import check_prob, check_probs, estimates, flat, percent, stat_names
from ..params import ParamKey
from ..terms import suffix

__all__ = [
    "CONVERGENCE",
    "MIN_DRAWS",
    "TAIL",
    "check_digits",
    "check_groups",
    "check_prob",
    "check_probs",
    "convergence",
    "convergence_of",
    "estimate_array",
    "estimate_frame",
    "estimates",
    "flat",
    "group_names",
    "label",
    "percent",
    "population_names",
    "predictor",
    "stat_names",
]

#: The two quantiles whose ESS the tail ESS is the smaller of (Vehtari et al. 2021).
TAIL = (0.05, 0.95)
CONVERGENCE = ("Rhat", "Bulk_ESS", "Tail_ESS")
#: ArviZ and posterior give no diagnostics below this many draws per chain.
MIN_DRAWS = 4


def estimate_frame(
    values: np.ndarray, index: Iterable[str], robust: bool, probs: Sequence[float]
) -> pd.DataFrame:
    """A row of estimates per trailing column of `values`, shape (chain, draw, n)."""
    return pd.DataFrame(
        estimates(flat(values), robust, probs).T, index=list(index), columns=stat_names(probs)
    )


def estimate_array(draws: xr.DataArray, robust: bool, probs: Sequence[float]) -> xr.DataArray:
    """Estimates of an array (chain, draw, row, coef) with dims (row, ``stat``, coef)."""
    row, coef = draws.dims[2:]
    stats = estimates(flat(draws.transpose("chain", "draw", ...).values), robust, probs)
    return xr.DataArray(
        np.moveaxis(stats, 0, 1),
        dims=(row, "stat", coef),
        coords={
            row: draws[row].values,
            "stat": stat_names(probs),
            coef: draws[coef].values,
        },
        name=draws.name,
    )


def convergence(posterior: xr.Dataset) -> pd.DataFrame:
    """Rank-normalized split Rhat, bulk and tail ESS of scalar variables.

    Parameters
    ----------
    posterior : xarray.Dataset
        Variables with dims (chain, draw) alone.

    Returns
    -------
    pandas.DataFrame
        A row a variable. NaN where a measure does not exist: for constants, for fewer than four
        draws a chain and, Rhat, for a single chain.

    Notes
    -----
    Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), Bayesian Analysis 16:667-718.
    """
    names = [str(name) for name in posterior.data_vars]
    parts = [posterior[n].transpose("chain", "draw").values for n in names]
    values = np.stack(parts, axis=-1) if parts else np.empty((0, 0, 0))
    return pd.DataFrame(convergence_of(values), index=names, columns=list(CONVERGENCE))


def convergence_of(values: np.ndarray) -> dict[str, np.ndarray]:
    """The measures of :func:`convergence` for draws of shape (chain, draw, n), by their names."""
    from arviz_stats.base import array_stats

    chains, n_draws, n = values.shape
    found = {name: np.full(n, np.nan) for name in CONVERGENCE}
    moving = np.ptp(values, axis=(0, 1)) > 0.0 if values.size else np.zeros(n, dtype=bool)
    if n_draws < MIN_DRAWS or not moving.any():
        return found
    part = values[..., moving]
    axes = {"chain_axis": 0, "draw_axis": 1}
    found["Bulk_ESS"][moving] = array_stats.ess(part, method="bulk", **axes)
    found["Tail_ESS"][moving] = array_stats.ess(part, method="tail", prob=TAIL, **axes)
    if chains > 1:
        found["Rhat"][moving] = array_stats.rhat(part, method="rank", **axes)
    return found


def label(key: ParamKey) -> str:
    """brms' name of a coefficient in tables: ``Days`` for mu, ``sigma_Days`` for sigma."""
    ending = suffix(key.resp, key.dpar, key.nlpar)
    return f"{ending[1:]}_{key.coef}" if ending else key.coef


def predictor(key: ParamKey) -> tuple[str, str, str]:
    """The linear predictor that a parameter belongs to."""
    return key.resp, key.dpar, key.nlpar


def population_names(draws: Draws) -> dict[str, str]:
    """Variable by label for the population-level coefficients, in brms' order."""
    return {label(draws.keys[name]): name for name in draws.named("b")}


def group_names(draws: Draws) -> tuple[str, ...]:
    """The grouping factors of the model, each once, in order."""
    return tuple(dict.fromkeys(block.group for block in draws.spec.blocks))


# -- arguments -------------------------------------------------------------------------------


def check_digits(digits: Any) -> int:
    """Decimals to print; DataError unless a whole number of at least 0."""
    if isinstance(digits, bool) or not isinstance(digits, Integral) or digits < 0:
        raise DataError(f"digits has to be a whole number of at least 0, not {digits!r}.")
    return int(digits)


def check_groups(draws: Draws, groups: str | Sequence[str] | None) -> tuple[str, ...]:
    """The grouping factors asked for, all of them by default; DataError for unknown ones."""
    valid = group_names(draws)
    if not valid:
        raise DataError(
            f"The model '{draws.spec.formula}' has no group-level effects; fixef() has its "
            f"population-level ones."
        )
    asked = valid if groups is None else (groups,) if isinstance(groups, str) else tuple(groups)
    for group in asked:
        if group not in valid:
            raise DataError(
                f"Unknown grouping factor '{group}'. Grouping factors of this model: "
                f"{listing(valid)}.{suggest(str(group), valid)}"
            )
    return asked

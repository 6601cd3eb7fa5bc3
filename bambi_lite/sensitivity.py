"""Whether the prior matters: power-scaling sensitivity, from the model's own log prior.

Kallioinen, Paananen, Buerkner and Vehtari (2024), Statistics and Computing 34:57: the posterior is
reweighted as if the prior (or the likelihood) had been raised to a power near one, without a refit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .draws import Draws, scalars
from .errors import DataError, listing, suggest

#: Sensitivities from here on are worth a look (Kallioinen et al. 2024).
THRESHOLD = 0.05
COLUMNS = ("prior", "likelihood", "diagnosis")
#: The powers just below and above one that the slope is taken between (Kallioinen et al. 2024).
_ALPHAS = (0.99, 1.01)
#: Draws per chain below which nothing can be reweighted.
_MIN_DRAWS = 25

CONFLICT = "potential prior-data conflict"
STRONG = "potential strong prior / weak likelihood"
FINE = "-"


def sensitivity(
    draws: Draws,
    log_lik: xr.DataArray,
    prior: str | Sequence[str] | None = None,
    variables: Sequence[str] | None = None,
    threshold: float = THRESHOLD,
) -> pd.DataFrame:
    """How much each parameter's posterior moves as prior or likelihood gain or lose weight.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    log_lik : xarray.DataArray
        Log-likelihood of all observations together, dims chain, draw.
    prior : str or sequence of str, optional
        Which part of the prior to scale: classes (``"b"``, ``"sd"``, ``"b_sigma"``) or tags of
        ``bl.prior(..., tag=)``; by default the whole prior.
    variables : sequence of str, optional
        Names of variables of ``fit.idata``; by default the parameters of the summary.
    threshold : float
        From which sensitivity on a diagnosis is made.

    Returns
    -------
    pandas.DataFrame
        A row a parameter: sensitivity to the prior and to the likelihood (how fast the posterior
        moves, in the measure of the paper, per doubling of the weight), and a diagnosis. Both above
        the threshold: the prior may be in conflict with the data. Only the prior: it may be strong,
        or the likelihood weak.

    Raises
    ------
    DataError
        For a part of the prior or a variable that is not there, for draws from the prior alone, and
        for too few draws.
    """
    if isinstance(threshold, bool) or not isinstance(threshold, Real) or not threshold > 0:
        raise DataError(f"threshold has to be a positive number, not {threshold!r}.")
    if draws.settings.sample_prior == "only":
        raise DataError("These are draws from the prior alone: no posterior that could move.")
    if draws.posterior.sizes["draw"] < _MIN_DRAWS:
        raise DataError(
            f"{draws.posterior.sizes['draw']} draws per chain are too few to be reweighted; "
            f"at least {_MIN_DRAWS}."
        )
    names = _variables(draws, variables)
    part = _components(draws, prior)
    one = scalars(draws)
    chosen = [n for n in one.keys if n.partition("[")[0] in names or n in names]
    return _table(one.posterior[chosen], part, log_lik, float(threshold))


def _table(
    posterior: xr.Dataset, log_prior: xr.DataArray, log_lik: xr.DataArray, threshold: float
) -> pd.DataFrame:
    names = [str(name) for name in posterior.data_vars]
    moving = [name for name in names if np.ptp(posterior[name].values) > 0.0]
    found = pd.DataFrame(np.nan, index=names, columns=list(COLUMNS[:2]))
    if moving:
        values = np.stack([posterior[name].values for name in moving])
        parts = {"prior": log_prior, "likelihood": log_lik}
        for column, part in parts.items():
            found.loc[moving, column] = _power_scale(values, part.values)
    found["diagnosis"] = [
        _diagnosis(p, lik, threshold)
        for p, lik in zip(found["prior"], found["likelihood"], strict=True)
    ]
    return found


def _power_scale(values: np.ndarray, logp: np.ndarray) -> np.ndarray:
    """The sensitivity of draws (variable, chain, draw) to the weight of a part of the density.

    What ``arviz_stats.psense`` computes, on its arrays: its labels take most of the time of a
    small model.
    """
    from arviz_stats.base import array_stats

    weights = []
    for alpha in _ALPHAS:
        w = np.exp(array_stats.power_scale_lw(logp, alpha=alpha, axis=(-2, -1)))
        weights.append(np.broadcast_to(w / w.sum(), values.shape))
    return np.asarray(array_stats.power_scale_sense(values, *weights, *_ALPHAS))


def _diagnosis(prior: float, likelihood: float, threshold: float) -> str:
    if not prior >= threshold:
        return FINE
    return CONFLICT if likelihood >= threshold else STRONG


def _variables(draws: Draws, variables: Sequence[str] | None) -> tuple[str, ...]:
    if variables is None:
        return draws.watched()
    asked = (variables,) if isinstance(variables, str) else tuple(variables)
    for name in asked:
        if name not in draws.keys:
            raise DataError(
                f"No draws are called '{name}'. Available: {listing(draws.keys)}."
                f"{suggest(name, draws.keys)}"
            )
    return asked


def _components(draws: Draws, prior: str | Sequence[str] | None) -> xr.DataArray:
    """The log prior of what was asked for, dims chain and draw."""
    found: xr.Dataset | None = None
    if "log_prior" in draws.idata.children:
        found = draws.idata["log_prior"].to_dataset()
    if found is None or not found.data_vars:
        raise DataError(
            f"Every prior of the model '{draws.spec.formula.text}' is flat: there is no log prior "
            f"to scale."
        )
    names = [str(name) for name in found.data_vars]
    if prior is not None:
        names = _named(names, (prior,) if isinstance(prior, str) else tuple(prior))
    total: xr.DataArray = sum((found[name] for name in names[1:]), start=found[names[0]])
    return total


def _named(names: Sequence[str], asked: Iterable[Any]) -> list[str]:
    """The components that are of a class or have a tag."""
    classes = dict.fromkeys(name.partition("[")[0] for name in names)
    tags = dict.fromkeys(name.partition("[")[2][:-1] for name in names if "[" in name)
    chosen: dict[str, None] = {}
    for word in asked:
        if word not in classes and word not in tags:
            known = [*classes, *tags]
            raise DataError(
                f"No part of the prior is called {word!r}. Classes: {listing(classes)}; tags: "
                f"{listing(tags) or 'none'}.{suggest(str(word), known)}"
            )
        own = [n for n in names if n.partition("[")[0] == word or n.endswith(f"[{word}]")]
        chosen |= dict.fromkeys(own)
    return list(chosen)

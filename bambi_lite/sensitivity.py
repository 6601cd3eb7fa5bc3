"""Whether the prior matters: power-scaling sensitivity, from the model's own log prior.

Kallioinen, Paananen, Buerkner and Vehtari (2024), Statistics and Computing 34:57: the posterior is
reweighted as if the prior (or the likelihood) had been raised to a power near one, without a refit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .draws import Draws, scalars
from .errors import DataError, listing, suggest
from .totals import total_log_lik

#: Sensitivities from here on are worth a look (Kallioinen et al. 2024).
THRESHOLD = 0.05
COLUMNS = ("prior", "likelihood", "diagnosis")
#: The powers just below and above one that the slope is taken between (Kallioinen et al. 2024).
_ALPHAS = (0.99, 1.01)
#: Draws per chain below which nothing can be reweighted.
_MIN_DRAWS = 25
#: Draws that are reweighted unless more are asked for. The measure has a floor of noise: for a
#: parameter that nothing moves it is 0.022 on average with 2,000 draws and below 0.038 in 99 of 100
#: cases (0.030 and 0.055 with 1,000, 0.015 and 0.026 with 4,000), so that so many keep what is no
#: effect under the threshold.
DRAWS = 2000

CONFLICT = "potential prior-data conflict"
STRONG = "potential strong prior / weak likelihood"
FINE = "-"


def sensitivity(
    draws: Draws,
    prior: str | Sequence[str] | None = None,
    variables: Sequence[str] | None = None,
    threshold: float = THRESHOLD,
    ndraws: int | None = DRAWS,
) -> pd.DataFrame:
    """How much each parameter's posterior moves as prior or likelihood gain or lose weight.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    prior : str or sequence of str, optional
        Which part of the prior to scale: classes (``"b"``, ``"sd"``, ``"b_sigma"``) or tags of
        ``bl.prior(..., tag=)``; by default the whole prior.
    variables : sequence of str, optional
        Names of variables of ``fit.idata``; by default the parameters of the summary.
    threshold : float
        From which sensitivity on a diagnosis is made.
    ndraws : int, optional
        How many draws to reweight at most, evenly spaced in each chain; None for all of them. The
        time goes with them and with the rows of the data; fewer than the default add noise of the
        size of the threshold.

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

    Notes
    -----
    The numbers are those of ``arviz_stats.psense`` on these draws.
    """
    if isinstance(threshold, bool) or not isinstance(threshold, Real) or not threshold > 0:
        raise DataError(f"threshold has to be a positive number, not {threshold!r}.")
    if draws.settings.sample_prior == "only":
        raise DataError("These are draws from the prior alone: no posterior that could move.")
    step = _step(draws, ndraws)
    names = _variables(draws, variables)
    part = _components(draws, prior)
    one = scalars(draws)
    chosen = [n for n in one.keys if n.partition("[")[0] in names or n in names]
    # Arrays, not labelled ones: looking labels up takes longer than the numbers of a small model.
    posterior = {name: one.posterior[name].values[:, ::step] for name in chosen}
    return _table(posterior, part[:, ::step], total_log_lik(draws, step), float(threshold))


def _step(draws: Draws, ndraws: int | None) -> int:
    """Every which draw is taken, so that there are at most `ndraws` of them in all."""
    if ndraws is not None and (
        isinstance(ndraws, bool) or not isinstance(ndraws, Integral) or ndraws < 1
    ):
        raise DataError(f"ndraws has to be a whole number of at least 1 or None, not {ndraws!r}.")
    sizes = draws.posterior.sizes
    step = 1 if ndraws is None else -(-sizes["chain"] * sizes["draw"] // int(ndraws))
    left = -(-sizes["draw"] // step)
    if left < _MIN_DRAWS:
        raise DataError(
            f"{left} draws per chain are too few to be reweighted; at least {_MIN_DRAWS}."
        )
    return step


def _table(
    posterior: Mapping[str, np.ndarray],
    log_prior: np.ndarray,
    log_lik: np.ndarray,
    threshold: float,
) -> pd.DataFrame:
    moving = [np.ptp(values) > 0.0 for values in posterior.values()]
    found = np.full((len(moving), 2), np.nan)
    if any(moving):
        values = np.stack([v for v, moves in zip(posterior.values(), moving, strict=True) if moves])
        for i, part in enumerate((log_prior, log_lik)):
            found[moving, i] = _power_scale(values, part)
    table = pd.DataFrame(found, index=list(posterior), columns=list(COLUMNS[:2]))
    table["diagnosis"] = [_diagnosis(p, lik, threshold) for p, lik in found]
    return table


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


def _components(draws: Draws, prior: str | Sequence[str] | None) -> np.ndarray:
    """The log prior of what was asked for, shape (chain, draw)."""
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
    return np.asarray(sum(found[name].values for name in names))


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

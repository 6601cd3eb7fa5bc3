"""Criteria that a fit carries with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..predict import log_lik
from .kfold import kfold
from .loo import loo
from .r2 import bayes_R2, loo_R2
from .waic import waic

_COMPUTE = MappingProxyType(
    {"loo": loo, "waic": waic, "kfold": kfold, "bayes_R2": bayes_R2, "loo_R2": loo_R2}
)
#: Criteria that are made of the pointwise log-likelihood of the draws.
_OF_LOG_LIK = ("loo", "waic")
#: Bytes of log-likelihood, at most, that a fit carries.
_CARRIED = 2**29
#: Criteria whose draws are kept, so that they can be summarised later.
_DRAWN = ("bayes_R2", "loo_R2")


def add_criterion(
    fit: Any, criterion: str | Sequence[str], overwrite: bool = False, **options: Any
) -> Any:
    """A fit that carries criteria of its fit, as brms' ``add_criterion``.

    Parameters
    ----------
    fit : Fit
        It is not changed.
    criterion : str or sequence of str
        ``loo``, ``waic``, ``kfold``, ``bayes_R2``, ``loo_R2``.
    overwrite : bool
        Whether a criterion that is there already is computed again.
    **options
        Of the criterion, for example ``K`` and ``seed`` of kfold.

    Returns
    -------
    Fit
        With ``fit.criteria``; with loo or waic its ``idata`` has a group ``log_likelihood``, for
        ArviZ, where that takes no more than half a GiB.

    Raises
    ------
    DataError
        For an unknown criterion.
    """
    asked = [criterion] if isinstance(criterion, str) else list(criterion)
    for name in asked:
        if name not in _COMPUTE:
            raise DataError(
                f"Unknown criterion '{name}'. Available: {listing(_COMPUTE)}."
                f"{suggest(str(name), _COMPUTE)}"
            )
    found: Mapping[str, Any] = fit.criteria
    draws = fit.draws
    for name in asked:
        if name in found and not overwrite:
            continue
        own = {"summary": False, **options} if name in _DRAWN else options
        found = {**found, name: _COMPUTE[name](draws, **own)}
        there = "log_likelihood" in draws.idata.children
        if name in _OF_LOG_LIK and not there and _bytes(draws) <= _CARRIED:
            tree = draws.idata.copy()
            values = xr.Dataset({draws.spec.response_name: log_lik(draws)})
            tree["log_likelihood"] = xr.DataTree(values)
            draws = replace(draws, idata=tree)
    return replace(fit, draws=draws, criteria=MappingProxyType(dict(found)))


def _bytes(draws: Draws) -> int:
    """Of the log-likelihood of all rows."""
    sizes = draws.posterior.sizes
    return int(8 * sizes["chain"] * sizes["draw"] * draws.spec.design.n_obs)

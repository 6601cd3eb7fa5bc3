"""Predictions for rows of a grid: columns that it leaves open, methods, scales, chunks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .. import predict
from ..draws import Draws
from ..errors import DataError, FamilyError, listing, suggest
from ..xp import numpy_namespace
from .variables import GROUP, RESPONSE, Variables

METHODS = ("posterior_epred", "posterior_predict", "posterior_linpred")
#: brms' older names of them.
_OLD = {"fitted": "posterior_epred", "predict": "posterior_predict", "linpred": METHODS[2]}
#: Numbers (draws x rows x categories) that are looked at together: 64 MB of them.
TOGETHER = 8_000_000


@dataclass(frozen=True, slots=True)
class Ask:
    """What is predicted.

    Attributes
    ----------
    method : str
        One of METHODS.
    re_formula : str or None
        Which group effects count.
    dpar : str or None
        A distributional parameter in the place of the response.
    seed : int
        Of the random numbers of new groups and responses.
    options : mapping
        Passed to the prediction.
    """

    method: str = "posterior_epred"
    re_formula: str | None = "NA"
    dpar: str | None = None
    seed: int = 0
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def ask(
    draws: Draws,
    method: str,
    re_formula: str | None,
    dpar: str | None,
    seed: int | None,
    options: Mapping[str, Any],
) -> Ask:
    """An :class:`Ask`, its words checked.

    Raises
    ------
    DataError
        For an unknown method, and a dpar of a predicted response.
    FamilyError
        For an unknown dpar.
    """
    name = _OLD.get(method, method)
    if name not in METHODS:
        raise DataError(
            f"Unknown method {method!r}. Available: {listing(METHODS)}."
            f"{suggest(str(method), METHODS)}"
        )
    if dpar is not None:
        if name == "posterior_predict":
            raise DataError(
                f"dpar = {dpar!r} with method = 'posterior_predict': responses are drawn from all "
                f"distributional parameters together. One of them: method = 'posterior_epred'."
            )
        _check_dpar(draws, dpar)
    number = int(np.random.default_rng().integers(2**31)) if seed is None else seed
    return Ask(name, re_formula, dpar, number, MappingProxyType(dict(options)))


def _check_dpar(draws: Draws, dpar: str) -> None:
    names = [d.name for d in draws.spec.dpars]
    if dpar not in names:
        raise FamilyError(
            f"Family '{draws.spec.family.name}' has no distributional parameter '{dpar}' here. "
            f"Available: {listing(names)}.{suggest(str(dpar), names)}"
        )


def check_resp(draws: Draws, resp: str | None) -> None:
    """``resp`` of a model with one response is that response; DataError else."""
    own = draws.spec.response_name
    if resp is not None and resp != own:
        raise DataError(f"The model has no response {resp!r}; its only response is '{own}'.")


def some_draws(draws: Draws, ndraws: int | None, draw_ids: Any, seed: int | None) -> Draws:
    """Some of the draws, as one chain; all of them by default.

    Parameters
    ----------
    draws : Draws
    ndraws : int, optional
        How many, chosen at random.
    draw_ids : sequence of int, optional
        Which, counted from 1, chain after chain, as in brms.
    seed : int, optional

    Raises
    ------
    DataError
        For more draws than there are, and for draws that are not there.
    """
    if ndraws is None and draw_ids is None:
        return draws
    sizes = draws.posterior.sizes
    n = sizes["chain"] * sizes["draw"]
    if draw_ids is not None:
        ids = np.atleast_1d(np.asarray(draw_ids))
        if (
            not np.issubdtype(ids.dtype, np.integer)
            or ids.size == 0
            or ids.min() < 1
            or ids.max() > n
        ):
            raise DataError(
                f"draw_ids are positions of draws, whole numbers from 1 to {n}, chain after chain."
            )
        ids = ids - 1
    else:
        if isinstance(ndraws, bool) or not isinstance(ndraws, int) or not 1 <= ndraws <= n:
            raise DataError(
                f"ndraws = {ndraws!r} has to be a whole number from 1 to {n}, the draws."
            )
        ids = np.sort(np.random.default_rng(seed).choice(n, ndraws, replace=False))
    found = {}
    for name, array in draws.posterior.items():
        values = array.transpose("chain", "draw", ...).to_numpy()
        own = values.reshape(n, *values.shape[2:])[ids][None]
        coords = {d: array[d] for d in array.dims[2:] if d in array.coords}
        found[name] = xr.DataArray(own, dims=array.dims, coords=coords)
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset(found, attrs=draws.posterior.attrs)})
    return dataclasses.replace(draws, idata=tree)


def complete(frame: pd.DataFrame, variables: Variables) -> pd.DataFrame:
    """A grid as new data: without a response, and with a new group where none is given."""
    made = frame[
        [v.name for v in variables if v.role != RESPONSE and v.name in frame.columns]
    ].copy()
    for v in variables:
        if v.role != GROUP:
            continue
        given = frame[v.name] if v.name in frame.columns else pd.Series([None] * len(frame))
        open_ = given.isna().to_numpy()
        if open_.any():
            text = given.astype(object).map(str).to_numpy(dtype=object)
            name = _no_level(v.levels)
            # A group belongs to one population.
            ends = frame[v.by].map(str).to_numpy() if v.by else np.full(len(frame), "")
            text[open_] = [f"{name}{end}" for end in ends[open_]]
            made[v.name] = pd.Series(text, index=made.index)
    return made


def _no_level(levels: tuple[Any, ...]) -> str:
    """The name of a group that is none of these."""
    name = "NA"
    taken = set(map(str, levels))
    while name in taken:
        name += "_"
    return name


def evaluate(draws: Draws, newdata: pd.DataFrame, asked: Ask) -> xr.DataArray:
    """Draws for each row of new data: dims chain, draw, obs and maybe ``category``."""
    common = {"allow_new_levels": True, "seed": asked.seed, **asked.options}
    if asked.method == "posterior_predict":
        return predict.posterior_predict(draws, newdata, asked.re_formula, **common)
    if asked.method == "posterior_linpred":
        if asked.dpar is None and len(draws.spec.main_dpars) > 1:
            raise DataError(
                f"posterior_linpred has a linear predictor for each of "
                f"{listing(draws.spec.main_dpars)}: dpar says which one to show."
            )
        return predict.posterior_linpred(
            draws, newdata, asked.re_formula, dpar=asked.dpar or "mu", **common
        )
    if asked.dpar is None:
        return predict.posterior_epred(draws, newdata, asked.re_formula, **common)
    linear = predict.posterior_linpred(draws, newdata, asked.re_formula, dpar=asked.dpar, **common)
    link = next(d.link for d in draws.spec.dpars if d.name == asked.dpar)
    return linear.copy(data=link.inverse(numpy_namespace(), linear.to_numpy()))


def chunks(draws: Draws, n_rows: int, per_row: int = 1) -> Iterator[slice]:
    """Slices of rows whose predictions fit into memory together."""
    sizes = draws.posterior.sizes
    categories = max(1, len(draws.spec.response.categories))
    step = max(1, TOGETHER // (sizes["chain"] * sizes["draw"] * categories * per_row))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))

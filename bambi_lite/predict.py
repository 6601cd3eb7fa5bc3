"""Predictions: the same ``Term.eta`` that was sampled, on draws and on new data."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

import numpy as np
import xarray as xr

from .design import Design
from .draws import Draws, parameter_values
from .errors import DataError, listing
from .families import Response
from .links import Linked
from .spec import ModelSpec, linked_dpars, new_arrays
from .terms import GroupBlock
from .xp import numpy_namespace

type NewLevels = Literal["uncertainty", "gaussian"]
_NEW_LEVELS = ("uncertainty", "gaussian")


def posterior_linpred(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    dpar: str = "mu",
    allow_new_levels: bool = False,
    sample_new_levels: NewLevels = "uncertainty",
    seed: int | None = None,
) -> xr.DataArray:
    """Draws of the linear predictor of a distributional parameter.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    newdata : DataFrame, optional
        New rows; the training data by default.
    re_formula : None or "NA"
        None includes all group effects, ``"NA"`` none (brms' NULL and NA).
    dpar : str
        Which distributional parameter.
    allow_new_levels : bool
        Whether `newdata` may have groups that were not in the training data.
    sample_new_levels : "uncertainty" or "gaussian"
        Effects of a new group: in every draw those of a randomly chosen existing group (brms'
        default), or a draw from the fitted normal distribution of the groups. Different new
        groups get different draws.
    seed : int, optional
        Of the random numbers for new groups.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs; link scale.

    Raises
    ------
    DataError
        When `newdata` lacks a column or has an unknown level.
    """
    linked, design, _ = _linked(
        draws, newdata, re_formula, allow_new_levels, sample_new_levels, seed
    )
    draws.spec.family.dpar(dpar)
    return _labelled(draws, linked[dpar].eta, design, f"linear predictor of {dpar}, link scale")


def posterior_epred(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    allow_new_levels: bool = False,
    sample_new_levels: NewLevels = "uncertainty",
    seed: int | None = None,
) -> xr.DataArray:
    """Draws of the expected response.

    Parameters are those of :func:`posterior_linpred`.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs; response scale (for a binomial model expected successes, so that
        one trial a row gives the probability).
    """
    linked, design, response = _linked(
        draws, newdata, re_formula, allow_new_levels, sample_new_levels, seed
    )
    mean = draws.spec.family.mean(numpy_namespace(), linked, response)
    return _labelled(draws, mean, design, "expected response, response scale")


def log_lik(draws: Draws) -> xr.DataArray:
    """Draws of the log-density of each observation: that of the sampled model.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs.
    """
    xp = numpy_namespace()
    linked, design, response = _linked(draws, None, None, False, "uncertainty", None)
    # Where a value cannot occur the logarithm of zero is meant.
    with np.errstate(divide="ignore", over="ignore"):
        values = draws.spec.family.likelihood(xp, linked, response).logp(xp, response.y)
    return _labelled(draws, values, design, "log-density")


def _linked(
    draws: Draws,
    newdata: Any,
    re_formula: str | None,
    allow_new_levels: bool,
    sample_new_levels: str,
    seed: int | None,
) -> tuple[dict[str, Linked], Design, Response]:
    """Every dpar on its link scale for the rows asked for, with their design and response."""
    spec = draws.spec
    if sample_new_levels not in _NEW_LEVELS:
        raise DataError(
            f"sample_new_levels has to be one of {listing(_NEW_LEVELS)}, not {sample_new_levels!r}."
        )
    if re_formula not in (None, "NA"):
        raise DataError(
            f"re_formula = {re_formula!r} is not available yet: None includes all group effects, "
            f"'NA' none."
        )
    p = parameter_values(draws)
    if newdata is None:
        design, d, response = spec.design, dict(spec.arrays), spec.response
    else:
        allowed = allow_new_levels or re_formula == "NA"
        design = spec.design.new_data(newdata, allow_new_levels=allowed)
        d = new_arrays(spec, design)
        response = _known_response(spec, design)
    rng = np.random.default_rng(seed)
    for block in spec.blocks:
        name = f"r_{block.name}"
        if re_formula == "NA":
            p[name] = np.zeros_like(p[name])
        extra = _new_effects(draws, block, p[name], design, sample_new_levels, rng)
        if re_formula == "NA":
            extra = np.zeros_like(extra)
        p[name] = np.concatenate([p[name], extra], axis=-2)
    return linked_dpars(spec, numpy_namespace(), p, d), design, response


def _known_response(spec: ModelSpec, design: Design) -> Response:
    """What the likelihood knows besides the response itself: the addition terms of new rows."""
    extra = {
        name: np.asarray(columns.args[0].values, dtype=float)
        for name, columns in design.additions.items()
        if columns.args
    }
    return dataclasses.replace(spec.response, y=np.full(design.n_obs, np.nan), extra=extra)


def _new_effects(
    draws: Draws,
    block: GroupBlock,
    known: np.ndarray,
    design: Design,
    how: str,
    rng: np.random.Generator,
) -> np.ndarray:
    """Effects of the levels that only the new rows have, shape (chain, draw, new, coef)."""
    new = _new_levels(block, design)
    shape = (*known.shape[:2], len(new), known.shape[-1])
    if not new:
        return np.zeros(shape)
    if how == "uncertainty":
        chosen = rng.integers(known.shape[-2], size=shape[:3])
        picked: np.ndarray = np.take_along_axis(known, chosen[..., None], axis=-2)
        return picked
    chol = _covariance_factor(draws, block)
    drawn: np.ndarray = rng.standard_normal(shape) @ np.swapaxes(chol, -1, -2)
    return drawn


def _new_levels(block: GroupBlock, design: Design) -> tuple[str, ...]:
    for predictor in design.predictors:
        for group in predictor.groups:
            if group.group == block.group and group.new_levels:
                return group.new_levels
    return ()


def _covariance_factor(draws: Draws, block: GroupBlock) -> np.ndarray:
    """Lower factor of the covariance of a block's effects, shape (chain, draw, q, q)."""
    posterior = draws.posterior
    sd = np.stack(
        [np.asarray(posterior[f"sd_{block.group}__{c.label}"]) for c in block.coefs], axis=-1
    )
    q = len(block.coefs)
    cor = np.broadcast_to(np.eye(q), (*sd.shape[:2], q, q)).copy()
    if block.correlated:
        for j in range(q):
            for i in range(j):
                first, second = block.coefs[i].label, block.coefs[j].label
                values = np.asarray(posterior[f"cor_{block.group}__{first}__{second}"])
                cor[..., i, j] = cor[..., j, i] = values
    return sd[..., :, None] * np.linalg.cholesky(cor)


def _labelled(draws: Draws, values: np.ndarray, design: Design, scale: str) -> xr.DataArray:
    posterior = draws.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], design.n_obs)
    return xr.DataArray(
        np.broadcast_to(values, shape),
        dims=("chain", "draw", "obs"),
        coords={"chain": posterior.chain, "draw": posterior.draw, "obs": design.rows},
        attrs={"scale": scale, "response": draws.spec.response_name},
    )

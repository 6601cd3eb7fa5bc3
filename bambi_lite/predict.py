"""Predictions: the same ``Term.eta`` that was sampled, on draws and on new data."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from .additions import UNPREDICTED, family_data, new_observation
from .design import Design
from .draws import Draws, parameter_values
from .errors import DataError, FamilyError, listing, rows_at
from .families import Family, Response
from .links import Linked
from .observation import Observation, draw, numpy_log_density
from .spec import linked_dpars, model_predictors, new_arrays
from .terms import NEW_LEVELS, NewLevels, new_effects
from .xp import numpy_namespace


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
        default), or a draw from the fitted distribution of the groups (normal, or t with
        ``gr(dist = "student")``). Different new groups get different draws, and with
        ``gr(by = x)`` those of groups of their own value of x.
    seed : int, optional
        Of the random numbers for new groups.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs; link scale. Where the main formula predicts several parameters (a
        ``mu`` for each category) and `dpar` names none of them, they are a last dim ``dpar``.

    Raises
    ------
    DataError
        When `newdata` lacks a column or has an unknown level; for "gaussian" effects of new
        groups where ``gr(cov = A)`` relates groups to each other.
    """
    linked, design = _linked(
        draws, newdata, re_formula, allow_new_levels, sample_new_levels, seed, ()
    )
    scale = f"linear predictor of {dpar}, link scale"
    several = draws.spec.main_dpars
    if dpar == "mu" and several != ("mu",):
        etas = np.stack(np.broadcast_arrays(*(linked[name].eta for name in several)), axis=-1)
        return _labelled(draws, etas, design, scale, {"dpar": several})
    draws.spec.family.dpar(dpar)
    return _labelled(draws, linked[dpar].eta, design, scale)


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
        one trial a row gives the probability). Families of categories have a last dim
        ``category``: the probability of each, or the expected count or share.

    Raises
    ------
    FamilyError
        For a family without an expectation, or a truncated one whose expectation has no form here.
    """
    linked, design = _linked(
        draws, newdata, re_formula, allow_new_levels, sample_new_levels, seed, _predicted(draws)
    )
    spec = draws.spec
    response, seen = _observed(draws, newdata, design)
    mean = _mean(spec.family, linked, response, seen)
    coords = {"category": response.categories} if response.categories else {}
    return _labelled(draws, mean, design, "expected response, response scale", coords)


def _mean(
    family: Family, linked: dict[str, Linked], response: Response, seen: Observation
) -> np.ndarray:
    xp = numpy_namespace()
    if "lb" not in seen.arrays and "ub" not in seen.arrays:
        # A category without any probability is meant where it occurs.
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(family.mean(xp, linked, response))
    if family.truncated_mean is None:
        raise FamilyError(
            f"The expectation of a truncated response is not available for family "
            f"'{family.name}'. posterior_predict() draws such responses."
        )
    lower = seen.arrays.get("lb", np.full(1, -np.inf))
    upper = seen.arrays.get("ub", np.full(1, np.inf))
    # Bounds may be infinite, and lie where nothing has any probability.
    with np.errstate(all="ignore"):
        return np.asarray(family.truncated_mean(xp, linked, response, lower, upper))


def posterior_predict(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    allow_new_levels: bool = False,
    sample_new_levels: NewLevels = "uncertainty",
    seed: int | None = None,
) -> xr.DataArray:
    """Draws of the response itself: new data as the model would make them.

    Parameters are those of :func:`posterior_linpred`; `seed` is also that of the responses.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs (and ``category`` for a response with columns); response scale.
        Ordinal and categorical responses are numbers of categories, from 1. Weights and censoring
        play no part; a truncated response lies between its bounds.

    Raises
    ------
    SamplingError
        When there is no probability between the bounds of a truncation.
    """
    linked, design = _linked(
        draws, newdata, re_formula, allow_new_levels, sample_new_levels, seed, _predicted(draws)
    )
    spec = draws.spec
    response, seen = _observed(draws, newdata, design)
    dist = spec.family.likelihood(numpy_namespace(), _whole(draws, linked, design), response)
    # The second of two independent streams: the first one draws new groups.
    rng = np.random.default_rng(seed).spawn(1)[0]
    values = draw(rng, dist, seen, spec.family.discrete)
    coords = {"category": response.categories} if spec.response.y.ndim > 1 else {}
    return _labelled(draws, values, design, "response", coords)


def _whole(draws: Draws, linked: dict[str, Linked], design: Design) -> dict[str, Linked]:
    """Distributional parameters of full shape: every row gets a random number of its own."""
    sizes = draws.posterior.sizes
    shape = (sizes["chain"], sizes["draw"], design.n_obs)
    names = {d.name for d in draws.spec.dpars}
    return {
        name: Linked(np.broadcast_to(own.eta, shape), own.link) if name in names else own
        for name, own in linked.items()
    }


def log_lik(draws: Draws) -> xr.DataArray:
    """Draws of the log-density of each observation: that of the sampled model.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs.
    """
    xp = numpy_namespace()
    linked, design = _linked(draws, None, None, False, "uncertainty", None, ())
    spec = draws.spec
    dist = spec.family.likelihood(xp, linked, spec.response)
    values = numpy_log_density(dist, spec.response.y, spec.seen, spec.family.discrete)
    return _labelled(draws, values, design, "log-density")


#: Numbers that are looked at together: more of them would not stay near the processor.
_TOGETHER = 1_000_000


def total_log_lik(draws: Draws) -> xr.DataArray:
    """Draws of the log-likelihood of all observations together.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw; the sum of :func:`log_lik` without an array of its size.
    """
    sizes = draws.posterior.sizes
    step = max(1, _TOGETHER // (sizes["chain"] * draws.spec.design.n_obs))
    parts = []
    for start in range(0, sizes["draw"], step):
        some = draws.posterior.isel(draw=slice(start, start + step))
        tree = xr.DataTree.from_dict({"posterior": some})
        parts.append(log_lik(dataclasses.replace(draws, idata=tree)).sum("obs"))
    return xr.concat(parts, dim="draw")


def _linked(
    draws: Draws,
    newdata: Any,
    re_formula: str | None,
    allow_new_levels: bool,
    sample_new_levels: NewLevels,
    seed: int | None,
    additions: Collection[str],
) -> tuple[dict[str, Linked], Design]:
    """Every dpar on its link scale for the rows asked for, with their design.

    `additions` names the addition terms that new rows have to have.
    """
    spec = draws.spec
    if sample_new_levels not in NEW_LEVELS:
        raise DataError(
            f"sample_new_levels has to be one of {listing(NEW_LEVELS)}, not {sample_new_levels!r}."
        )
    if re_formula not in (None, "NA"):
        raise DataError(
            f"re_formula = {re_formula!r} is not available yet: None includes all group effects, "
            f"'NA' none."
        )
    p = parameter_values(draws)
    if newdata is None:
        design, d = spec.design, dict(spec.arrays)
    else:
        allowed = allow_new_levels or re_formula == "NA"
        design = spec.design.new_data(newdata, allow_new_levels=allowed, additions=additions)
        d = new_arrays(spec, design)
    rng = np.random.default_rng(seed)
    predictors = model_predictors(spec.family, design)
    for block in spec.blocks:
        name, group = f"r_{block.name}", block.design(predictors)
        if re_formula == "NA":
            n = len(group.levels) + len(group.new_levels)
            p[name] = np.zeros((*p[name].shape[:2], n, len(block.coefs)))
        elif group.new_levels:
            strata = np.zeros(len(group.new_levels), dtype=int)
            if group.by is not None:
                strata = group.by[2][len(group.levels) :]
            new = new_effects(
                block, draws.posterior, p[name], group.new_levels, strata, sample_new_levels, rng
            )
            p[name] = np.concatenate([p[name], new], axis=-2)
    return linked_dpars(spec, numpy_namespace(), p, d), design


def _predicted(draws: Draws) -> tuple[str, ...]:
    """The addition terms that a prediction of the response needs."""
    return tuple(name for name in draws.spec.design.additions if name not in UNPREDICTED)


def _observed(draws: Draws, newdata: Any, design: Design) -> tuple[Response, Observation]:
    """What is known of the responses of the rows asked for."""
    spec = draws.spec
    if newdata is None:
        return spec.response, spec.seen
    with rows_at(design.rows):
        extra = family_data(design.additions)
        response = spec.family.new_response(spec.response, extra, design.n_obs)
        return response, new_observation(design.additions, spec.family.discrete)


def _labelled(
    draws: Draws,
    values: np.ndarray,
    design: Design,
    scale: str,
    last: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> xr.DataArray:
    """Values with dims chain, draw, obs and whatever is `last`."""
    posterior = draws.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], design.n_obs)
    return xr.DataArray(
        np.broadcast_to(values, (*shape, *(len(labels) for labels in last.values()))),
        dims=("chain", "draw", "obs", *last),
        coords={
            "chain": posterior.chain,
            "draw": posterior.draw,
            "obs": design.rows,
            **{dim: list(labels) for dim, labels in last.items()},
        },
        attrs={"scale": scale, "response": draws.spec.response_name},
    )

"""What the prior says before the data are looked at: parameters and responses drawn from it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from numbers import Integral
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .draws import Draws, collect, named_tree
from .engines import RawDraws, SampleSettings
from .errors import DataError, PriorError, listing, suggest
from .simulate import check_proper, prior_values
from .spec import ModelSpec, linked_dpars, with_effects
from .xp import numpy_namespace


def prior_only(spec: ModelSpec, settings: SampleSettings) -> Draws:
    """Draws from the prior alone, in the place of the posterior (``sample_prior="only"``).

    They are independent draws by direct simulation: nothing has to converge, and heavy tails are
    drawn as they are.

    Raises
    ------
    PriorError
        Where a prior is flat; the message names the rows and a way out.
    """
    check_proper(spec)
    start = time.perf_counter()
    rng = np.random.default_rng(settings.seed)
    values = prior_values(spec, (settings.chains, settings.draws), rng)
    seconds = {"sampling": time.perf_counter() - start}
    raw = RawDraws(values, {}, seconds, library="bambi_lite, independent draws from the prior")
    return collect(spec, raw, settings, {})


def with_prior(draws: Draws) -> Draws:
    """The draws with a group ``prior`` beside the posterior (``sample_prior="yes"``)."""
    sizes = draws.posterior.sizes
    prior = prior_dataset(draws.spec, (sizes["chain"], sizes["draw"]), draws.settings.seed)
    tree = xr.DataTree.from_dict(
        {
            **{str(name): node.to_dataset() for name, node in draws.idata.children.items()},
            "prior": prior,
        }
    )
    return dataclasses.replace(draws, idata=tree)


def prior_dataset(spec: ModelSpec, size: tuple[int, int], seed: int | None) -> xr.Dataset:
    """Draws of the parameters under brms' names; those with a flat prior are left out."""
    values = prior_values(spec, size, np.random.default_rng(seed))
    p = with_effects(spec, numpy_namespace(), values)
    tree, _ = named_tree(spec, [q for part in spec.terms() for q in part.quantities(p)])
    found = tree["posterior"].to_dataset()
    return found[[name for name in found.data_vars if np.isfinite(found[name].values).all()]]


def prior_draws(
    spec: ModelSpec,
    variables: Sequence[str] | None = None,
    draws: int = 4000,
    seed: int | None = None,
) -> pd.DataFrame:
    """Independent draws of the parameters from their priors.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    variables : sequence of str, optional
        Names as in a fit: ``b_Days``, ``sd_Subject__Days``, ``r_Subject``; by default every
        parameter with a proper prior but the effects of single groups.
    draws : int
        How many.
    seed : int, optional
        The same seed gives the same draws.

    Returns
    -------
    pandas.DataFrame
        A row a draw, a column a number. What follows from a parameter with a flat prior has no
        draws, as in brms.

    Raises
    ------
    PriorError
        If a variable that was asked for has a flat prior.
    DataError
        For a name that is no parameter of the model, or a number of draws that cannot be.
    """
    found = prior_dataset(spec, (1, _count(draws)), seed)
    known = _names(spec)
    asked = [str(n) for n in found.data_vars if not str(n).startswith("r_")]
    if variables is not None:
        asked = [variables] if isinstance(variables, str) else list(variables)
    for name in asked:
        if name not in known:
            raise DataError(
                f"No parameter is called '{name}'. Parameters: {listing(known)}."
                f"{suggest(name, known)}"
            )
        if name not in found:
            check_proper(spec)
            raise PriorError(f"'{name}' has no finite draws under its prior.")
    columns: dict[str, np.ndarray] = {}
    for name in asked:
        array = found[name].isel(chain=0)
        dims = array.dims[1:]
        if not dims:
            columns[name] = array.values
            continue
        for cell in array.stack(cell=dims).transpose("cell", "draw"):
            columns[f"{name}[{','.join(map(str, cell.cell.item()))}]"] = cell.values
    return pd.DataFrame(columns)


def _names(spec: ModelSpec) -> tuple[str, ...]:
    values = prior_values(spec, (1, 1), np.random.default_rng(0))
    p = with_effects(spec, numpy_namespace(), values)
    return tuple(dict.fromkeys(q.name for part in spec.terms() for q in part.quantities(p)))


def _count(draws: Any) -> int:
    if isinstance(draws, bool) or not isinstance(draws, Integral) or draws < 1:
        raise DataError(f"draws has to be a whole number of at least 1, not {draws!r}.")
    return int(draws)


def prior_predictive(spec: ModelSpec, draws: int = 500, seed: int | None = None) -> xr.DataTree:
    """Responses that the prior expects, for the rows of the data.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    draws : int
        How many draws of the parameters, each with a response for every row.
    seed : int, optional
        The same seed gives the same draws.

    Returns
    -------
    xarray.DataTree
        Groups ``prior`` (parameters under brms' names), ``prior_predictive`` (the response, dims
        chain, draw, obs; response scale) and ``observed_data``, as ArviZ has them.

    Raises
    ------
    PriorError
        Where a prior is flat: then nothing can be drawn. The message names the rows and the prior
        sets that make them proper.
    """
    size = (1, _count(draws))
    check_proper(spec)
    rng = np.random.default_rng(seed)
    xp = numpy_namespace()
    p = with_effects(spec, xp, prior_values(spec, size, rng))
    tree, _ = named_tree(spec, [q for part in spec.terms() for q in part.quantities(p)])
    # What a wide prior makes of a link may have no number; the responses then say so.
    with np.errstate(all="ignore"):
        linked = linked_dpars(spec, xp, p, spec.arrays)
        dist = spec.family.likelihood(xp, linked, spec.response)
        shape = (*size, spec.design.n_obs)
        args = {name: np.broadcast_to(value, shape) for name, value in dist.args.items()}
        response = dataclasses.replace(dist, args=MappingProxyType(args)).random(rng)
    prior = tree["posterior"].to_dataset()
    coords = {"chain": prior.chain, "draw": prior.draw, "obs": spec.design.rows}
    predictive = xr.DataArray(np.asarray(response), dims=("chain", "draw", "obs"), coords=coords)
    return xr.DataTree.from_dict(
        {
            "prior": prior,
            "prior_predictive": xr.Dataset({spec.response_name: predictive}),
            "observed_data": tree["observed_data"].to_dataset(),
        }
    )

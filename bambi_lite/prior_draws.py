"""What the prior says before the data are looked at: parameters and responses drawn from it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .draws import Draws, collect, named_tree
from .engines import RawDraws, SampleSettings
from .errors import DataError, PriorError, listing, suggest
from .simulate import check_proper, prior_values
from .spec import ModelSpec, template, with_effects
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
    p = with_effects(spec, numpy_namespace(), values, spec.arrays)
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
    found = prior_dataset(spec, (1, count(draws)), seed)
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
    p = template(spec)
    return tuple(dict.fromkeys(q.name for part in spec.terms() for q in part.quantities(p)))


def count(draws: Any) -> int:
    """A number of draws; DataError unless a whole number of at least 1."""
    if isinstance(draws, bool) or not isinstance(draws, Integral) or draws < 1:
        raise DataError(f"draws has to be a whole number of at least 1, not {draws!r}.")
    return int(draws)


def predictive_tree(draws: Draws, response: xr.DataArray) -> xr.DataTree:
    """Draws from the prior and the responses they lead to, as ArviZ names such groups."""
    return xr.DataTree.from_dict(
        {
            "prior": draws.posterior,
            "prior_predictive": response.to_dataset(name=draws.spec.response_name),
            "observed_data": draws.idata["observed_data"].to_dataset(),
        }
    )

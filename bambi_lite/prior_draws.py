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

from .draws import Draws, collect, named_tree, parameter_values
from .engines import RawDraws, SampleSettings, sample_settings
from .errors import DataError, DataWarning, PriorError, listing, suggest, warn
from .links import Linked
from .observation import draw
from .simulate import check_proper, prior_values
from .spec import DparSpec, ModelSpec, data_numbers, linked_dpars, template, with_effects
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


#: A count of more than this is none that could be drawn.
_LARGEST_COUNT = 1e15


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
        chain, draw, obs; response scale) and ``observed_data``, as ArviZ has them. Missing values
        are responses of parameters that cannot be, such as a negative standard deviation under an
        identity link.

    Raises
    ------
    PriorError
        Where a prior is flat: then nothing can be drawn. The message names the rows and the prior
        sets that make them proper.

    Warns
    -----
    DataWarning
        When responses are missing; the message names the parameters that left their range.
    """
    settings = sample_settings(chains=1, iter=count(draws), warmup=0, seed=seed)
    drawn = prior_only(spec, settings)
    response = _responses(spec, drawn, np.random.default_rng(settings.seed).spawn(1)[0])
    return xr.DataTree.from_dict(
        {
            "prior": drawn.posterior,
            "prior_predictive": response.to_dataset(name=spec.response_name),
            "observed_data": drawn.idata["observed_data"].to_dataset(),
        }
    )


def _responses(spec: ModelSpec, drawn: Draws, rng: np.random.Generator) -> xr.DataArray:
    posterior = drawn.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], spec.design.n_obs)
    # What a wide prior makes of a link may have no number; the responses then say so.
    with np.errstate(all="ignore"):
        linked = linked_dpars(spec, numpy_namespace(), parameter_values(drawn), spec.arrays)
        wrong = np.zeros(shape, dtype=bool)
        out: dict[str, float] = {}
        for dpar in spec.dpars:
            eta = np.broadcast_to(linked[dpar.name].eta, shape)
            beyond = _out_of_range(spec, dpar, eta)
            if beyond.any():
                out[f"{dpar.name} ({dpar.link.name} link)"] = float(beyond.mean())
                eta = np.where(beyond, _inside(spec, dpar), eta)
                wrong |= beyond
            linked[dpar.name] = Linked(eta, dpar.link)
        dist = spec.family.likelihood(numpy_namespace(), linked, spec.response)
        values = draw(rng, dist, spec.seen, spec.family.discrete, give_up=True)
    if {"lb", "ub"} & set(spec.seen.arrays) and (lost := np.isnan(values) & ~wrong).any():
        out["a response between the bounds of trunc()"] = float(lost.mean())
    values[wrong] = np.nan
    if out:
        parts = listing(f"{name} in {100 * share:.1f} %" for name, share in out.items())
        warn(
            f"The prior lets the response be what it cannot be, and such responses are missing: "
            f"{parts} of the draws.",
            DataWarning,
        )
    dims: dict[str, Any] = {"chain": posterior.chain, "draw": posterior.draw}
    dims["obs"] = spec.design.rows
    if values.ndim > 3:
        dims["category"] = list(spec.response.categories)
    return xr.DataArray(values, dims=tuple(dims), coords=dims)


def _range(spec: ModelSpec, dpar: DparSpec) -> tuple[float, float]:
    own = spec.family.dpar(dpar.name)
    numbers = data_numbers(spec.response)
    low, high = (numbers[b] if isinstance(b, str) else b for b in (own.lower, own.upper))
    return -np.inf if low is None else low, np.inf if high is None else high


def _out_of_range(spec: ModelSpec, dpar: DparSpec, eta: np.ndarray) -> np.ndarray:
    low, high = _range(spec, dpar)
    value = dpar.link.inverse(numpy_namespace(), eta)
    large = _LARGEST_COUNT if spec.family.discrete else np.inf
    return np.asarray(~np.isfinite(value) | (value < low) | (value > high) | (value > large))


def _inside(spec: ModelSpec, dpar: DparSpec) -> float:
    """A predictor whose parameter is within its range, in the place of one that is not."""
    low, high = _range(spec, dpar)
    if high == np.inf:
        middle = 1.0 if low == -np.inf else low + 1.0
    else:
        middle = (max(low, high - 2.0) + high) / 2.0
    return float(dpar.link.link(numpy_namespace(), np.float64(middle)))

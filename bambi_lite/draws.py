"""Draws: what the sampler brought back, under brms' names, as an ArviZ DataTree."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from .engines import RawDraws, SampleSettings, is_made_when_asked
from .errors import SamplingError
from .logprior import log_prior
from .params import ParamKey
from .spec import ModelSpec, with_effects
from .terms import Quantity
from .xp import numpy_namespace

#: Order of classes among a fit's variables, as in brms; classes not named here come before the
#: centred Intercept.
_CLASS_ORDER = ("b", "sd", "cor", "df")
_CLASS_LAST = ("Intercept", "delta", "r")


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws of a model, and how they were made.

    Attributes
    ----------
    spec : ModelSpec
        The model.
    idata : xarray.DataTree
        Groups ``posterior`` (dims chain, draw and named ones; brms' names), ``sample_stats``,
        ``observed_data``.
    keys : mapping
        Which parameter each variable of the posterior is.
    settings : SampleSettings
        As used.
    seconds : mapping
        Wall time by stage.
    interrupted : bool
        Whether the run was stopped before its end.
    """

    spec: ModelSpec
    idata: xr.DataTree
    keys: Mapping[str, ParamKey]
    settings: SampleSettings
    seconds: Mapping[str, float]
    interrupted: bool = False

    @property
    def posterior(self) -> xr.Dataset:
        """The posterior group as a Dataset."""
        return self.idata["posterior"].to_dataset()

    def named(self, *classes: str) -> tuple[str, ...]:
        """Names of the variables of these parameter classes, in order."""
        return tuple(name for name, key in self.keys.items() if key.cls in classes)

    def watched(self) -> tuple[str, ...]:
        """Names of the variables whose chains are looked at.

        Left out are the effects of single groups, the centred intercepts beside the ones that are
        reported, and constants such as a ``sigma = 2`` of the formula.
        """
        posterior = self.posterior
        own = (n for n, key in self.keys.items() if key.cls not in _CLASS_LAST)
        return tuple(n for n in own if np.ptp(posterior[n].values) > 0.0)


def collect(
    spec: ModelSpec, raw: RawDraws, settings: SampleSettings, seconds: Mapping[str, float]
) -> Draws:
    """Name an engine's draws as brms does.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    raw : RawDraws
        The engine's answer.
    settings : SampleSettings
        As used.
    seconds : mapping
        Wall time of the stages before sampling.

    Returns
    -------
    Draws
    """
    begin = time.perf_counter()
    p = with_effects(spec, numpy_namespace(), raw.values, spec.arrays)
    for name in (f"r_{block.name}" for block in spec.blocks):
        if not is_made_when_asked(p[name]):
            p[name] = np.asarray(p[name], dtype=settings.save_pars.dtype)
    priors = log_prior(spec, raw.values)
    found = [q for part in spec.terms() for q in part.quantities(p)]
    stats = {name: (("chain", "draw"), values) for name, values in raw.stats.items()}
    tree, keys = named_tree(spec, found, stats, {"inference_library": raw.library}, priors)
    post = raw.seconds.get("post", 0.0) + time.perf_counter() - begin
    return Draws(
        spec=spec,
        idata=tree,
        keys=keys,
        settings=settings,
        seconds=MappingProxyType({**seconds, **raw.seconds, "post": post}),
        interrupted=raw.interrupted,
    )


def named_tree(
    spec: ModelSpec,
    quantities: Iterable[Quantity],
    stats: Mapping[str, Any] = MappingProxyType({}),
    attrs: Mapping[str, str] = MappingProxyType({}),
    log_priors: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> tuple[xr.DataTree, Mapping[str, ParamKey]]:
    """Quantities as an ArviZ DataTree in brms' order, and which parameter each variable is."""
    posterior, keys = labelled(in_order(quantities))
    attrs = {
        **attrs,
        "modeling_interface": "bambi_lite",
        "formula": str(spec.formula),
        "family": spec.family.name,
    }
    coords = {"chain": posterior.chain, "draw": posterior.draw}
    if log_priors:
        parts = {name: (("chain", "draw"), values) for name, values in log_priors.items()}
        posterior = posterior.assign(
            {n: (("chain", "draw"), v) for n, v in _log_prior_sums(log_priors).items()}
        )
    groups = {"posterior": posterior.assign_attrs(attrs), "observed_data": _observed(spec)}
    if log_priors:
        groups["log_prior"] = xr.Dataset(parts, coords=coords, attrs=attrs)
    if stats:
        groups["sample_stats"] = xr.Dataset(stats, coords=coords, attrs=attrs)
    return xr.DataTree.from_dict(groups), MappingProxyType(keys)


def _observed(spec: ModelSpec) -> xr.Dataset:
    """The response, dims obs (and ``category`` where it has columns)."""
    columns = {"category": list(spec.response.categories)} if spec.response.y.ndim > 1 else {}
    data = {spec.response_name: (("obs", *columns), spec.response.y)}
    return xr.Dataset(data, coords={"obs": spec.design.rows, **columns})


def _log_prior_sums(log_priors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """``lprior``, and ``lprior_<tag>`` for each tag, as brms keeps them among the draws."""
    found = {"lprior": sum(log_priors.values())}
    for name, values in log_priors.items():
        _, bracket, tag = name.partition("[")
        if bracket:
            label = f"lprior_{tag[:-1]}"
            found[label] = found[label] + values if label in found else values
    return {name: np.asarray(values) for name, values in found.items()}


def in_order(quantities: Iterable[Quantity]) -> list[Quantity]:
    """brms' order: by class, and within class b the intercepts that are sampled centred first."""
    found = list(quantities)

    def owner(q: Quantity) -> tuple[str, str, str]:
        return q.key.resp, q.key.dpar, q.key.nlpar

    centred = {owner(q) for q in found if q.key.cls == "Intercept"}
    vectors = list(dict.fromkeys(owner(q) for q in found if q.key.cls == "b"))

    def rank(q: Quantity) -> tuple[int, int]:
        if q.key.cls == "b":
            first = q.key.coef == "Intercept" and owner(q) in centred
            return 0, -1 if first else vectors.index(owner(q))
        if q.key.cls in _CLASS_ORDER:
            return _CLASS_ORDER.index(q.key.cls), 0
        if q.key.cls in _CLASS_LAST:
            return 10 + _CLASS_LAST.index(q.key.cls), 0
        return 5, 0

    return sorted(found, key=rank)


def labelled(quantities: Iterable[Quantity]) -> tuple[xr.Dataset, dict[str, ParamKey]]:
    """One labelled array per name; blocks of one grouping factor are joined along coefficients."""
    parts: dict[str, list[Quantity]] = {}
    for q in quantities:
        parts.setdefault(q.name, []).append(q)
    shape = next((np.shape(q.values) for found in parts.values() for q in found), (0, 0))
    coords = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1])}
    # Most are single numbers, which need no labels of their own.
    variables = {
        name: _labelled(found, coords) if found[0].dims else (tuple(coords), found[0].values)
        for name, found in parts.items()
    }
    return xr.Dataset(variables, coords), {name: found[0].key for name, found in parts.items()}


def _labelled(parts: Sequence[Quantity], coords: Mapping[str, Any]) -> xr.DataArray:
    arrays = [
        xr.DataArray(
            q.values,
            dims=(*coords, *q.dims),
            coords={**coords, **{dim: list(labels) for dim, labels in (q.coords or {}).items()}},
        )
        for q in parts
    ]
    if len(arrays) == 1:
        return arrays[0]
    joined: xr.DataArray = xr.concat(arrays, dim=arrays[0].dims[-1], join="outer")
    return joined


def element_names(name: str, array: xr.DataArray) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """brms' name of each element of a variable, and where it stands: ``r_g[1,Intercept]``, ...

    The first index runs fastest, as in R.
    """
    dims = array.dims[2:]
    labels = [array.coords[dim].values.tolist() for dim in reversed(dims)]
    places = [range(len(own)) for own in labels]
    for words, place in zip(product(*labels), product(*places), strict=True):
        # R cannot have a blank in a name.
        index = ",".join(str(word).replace(" ", ".") for word in reversed(words))
        yield f"{name}[{index}]" if dims else name, place[::-1]


def columns(posterior: xr.Dataset) -> dict[str, np.ndarray]:
    """Draws of each element under brms' name, shape (chain, draw)."""
    return {
        own: array.values[(..., *place)]
        for name, array in posterior.items()
        for own, place in element_names(str(name), array)
    }


def parameter_values(draws: Draws) -> dict[str, np.ndarray]:
    """The parameters that ``Term.eta`` needs, read back from the named draws.

    Returns
    -------
    dict
        Arrays with leading (chain, draw) axes, by the model's own names (``b``, ``r_Subject``).
    """
    posterior = draws.posterior
    values: dict[str, np.ndarray] = {}
    for part in draws.spec.terms():
        values |= part.read(posterior)
    return values


def scalars(draws: Draws) -> Draws:
    """The draws with each vector taken apart: ``b_Intercept[1]``, ``b_Intercept[2]``, ...

    Group effects, which are tables of their own, stay as they are.
    """
    posterior, keys = draws.posterior, draws.keys
    if all(posterior[name].ndim == 2 or key.cls == "r" for name, key in keys.items()):
        return draws
    variables: dict[str, xr.DataArray] = {}
    named: dict[str, ParamKey] = {}
    for name, key in keys.items():
        array = posterior[name]
        if array.ndim == 2 or key.cls == "r":
            variables[name], named[name] = array, key
            continue
        dim = array.dims[-1]
        for label in array[dim].values.tolist():
            variables[f"{name}[{label}]"] = array.sel({dim: label}, drop=True)
            named[f"{name}[{label}]"] = replace(key, coef=f"{key.coef}[{label}]")
    tree = draws.idata.copy()
    tree["posterior"] = xr.DataTree(xr.Dataset(variables, attrs=posterior.attrs))
    return replace(draws, idata=tree, keys=MappingProxyType(named))


def check_has_draws(raw: RawDraws) -> None:
    """SamplingError when a run gave nothing."""
    if not raw.values or min(v.shape[1] for v in raw.values.values()) == 0:
        raise SamplingError("No draws after warmup; nothing is kept.")

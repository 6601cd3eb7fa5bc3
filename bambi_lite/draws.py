"""Draws: what the sampler brought back, under brms' names, as an ArviZ DataTree."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from .engines import RawDraws, SampleSettings
from .errors import ConvergenceWarning, DataError, SamplingError, listing, suggest
from .params import ParamKey
from .spec import ModelSpec, with_effects
from .terms import Quantity
from .xp import numpy_namespace

#: Order of classes among a fit's variables, as in brms; classes not named here come before the
#: centred Intercept.
_CLASS_ORDER = ("b", "sd", "cor")
_CLASS_LAST = ("Intercept", "r")


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
    p = with_effects(spec, numpy_namespace(), raw.values)
    found = [q for part in spec.terms() for q in part.quantities(p)]
    posterior, keys = _dataset(_in_order(found))
    stats = {name: (("chain", "draw"), values) for name, values in raw.stats.items()}
    coords = {"chain": posterior.chain, "draw": posterior.draw}
    attrs = {
        "inference_library": raw.library,
        "modeling_interface": "bambi_lite",
        "formula": str(spec.formula),
        "family": spec.family.name,
    }
    response = xr.Dataset({spec.response_name: ("obs", spec.response.y)})
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior.assign_attrs(attrs),
            "sample_stats": xr.Dataset(stats, coords=coords, attrs=attrs),
            "observed_data": response.assign_coords(obs=spec.design.rows),
        }
    )
    return Draws(
        spec=spec,
        idata=tree,
        keys=MappingProxyType(keys),
        settings=settings,
        seconds=MappingProxyType({**seconds, **raw.seconds}),
        interrupted=raw.interrupted,
    )


def _in_order(quantities: Iterable[Quantity]) -> list[Quantity]:
    def rank(q: Quantity) -> tuple[int, bool]:
        """The class, and within class b the intercepts of all dpars first."""
        slope = q.key.cls == "b" and q.key.coef != "Intercept"
        if q.key.cls in _CLASS_ORDER:
            return _CLASS_ORDER.index(q.key.cls), slope
        if q.key.cls in _CLASS_LAST:
            return 10 + _CLASS_LAST.index(q.key.cls), slope
        return 5, slope

    return sorted(quantities, key=rank)


def _dataset(quantities: Iterable[Quantity]) -> tuple[xr.Dataset, dict[str, ParamKey]]:
    """One labelled array per name; blocks of one grouping factor are joined along coefficients."""
    arrays: dict[str, list[xr.DataArray]] = {}
    keys: dict[str, ParamKey] = {}
    for q in quantities:
        shape = np.shape(q.values)
        coords: dict[str, Any] = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1])}
        coords |= {dim: list(labels) for dim, labels in (q.coords or {}).items()}
        array = xr.DataArray(q.values, dims=("chain", "draw", *q.dims), coords=coords)
        arrays.setdefault(q.name, []).append(array)
        keys.setdefault(q.name, q.key)
    joined = {
        name: parts[0] if len(parts) == 1 else xr.concat(parts, dim=parts[0].dims[-1], join="outer")
        for name, parts in arrays.items()
    }
    return xr.Dataset(joined), keys


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


# -- diagnosis -------------------------------------------------------------------------------

#: Vehtari et al. (2021), Bayesian Analysis 16:667-718: Rhat below 1.01 and at least 100
#: effective draws per chain of four.
RHAT_LIMIT = 1.01
ESS_LIMIT = 400
#: Betancourt (2016), arXiv:1604.00695: lower energy fractions mean poorly explored tails.
BFMI_LIMIT = 0.3


def diagnose(draws: Draws) -> tuple[str, ...]:
    """What is doubtful about the draws, one sentence each; empty when nothing is.

    Looks at divergent transitions, the energy fraction E-BFMI, and for every parameter except
    the single group effects at Rhat, bulk and tail ESS.
    """
    import arviz_stats as azs

    found: list[str] = []
    stats = draws.idata["sample_stats"].to_dataset()
    if "diverging" in stats and (n := int(stats["diverging"].sum())):
        found.append(
            f"{n} divergent transition(s) after warmup: the sampler could not follow the posterior "
            f"everywhere. Try a larger adapt_delta (now {draws.settings.adapt_delta:g}) or tighter "
            f"priors on the sd parameters."
        )
    chains, n_draws = draws.posterior.sizes["chain"], draws.posterior.sizes["draw"]
    if n_draws < 4:
        return (*found, f"Only {n_draws} draw(s) per chain: convergence cannot be judged.")
    if "energy" in stats:
        bfmi = np.atleast_1d(np.asarray(azs.bfmi(stats["energy"].values)))
        if (low := np.flatnonzero(bfmi < BFMI_LIMIT)).size:
            found.append(
                f"E-BFMI is below {BFMI_LIMIT} in chain(s) {listing(low)}: the tails are explored "
                f"slowly. Try more warmup, or look at the parameters with low ESS."
            )
    names = [n for n, key in draws.keys.items() if key.cls not in ("r", "Intercept")]
    posterior = draws.posterior[names]
    measures = {
        "ESS": (ess_table(posterior), ESS_LIMIT),
        "Rhat": (azs.rhat(posterior), RHAT_LIMIT),
    }
    if chains == 1:
        measures.pop("Rhat")
    for word, (values, limit) in measures.items():
        bad = {n: float(values[n]) for n in names if _beyond(word, float(values[n]), limit)}
        if bad:
            worst = sorted(bad, key=lambda n: bad[n], reverse=word == "Rhat")
            named = listing((f"{n} ({bad[n]:.3g})" for n in worst), 6)
            comparison = "above" if word == "Rhat" else "below"
            found.append(
                f"{word} is {comparison} {limit:g} for {named}. Run more iterations "
                f"(iter = {2 * draws.settings.iter})."
            )
    return tuple(found)


def _beyond(word: str, value: float, limit: float) -> bool:
    return np.isfinite(value) and (value > limit if word == "Rhat" else value < limit)


def ess_table(posterior: xr.Dataset) -> xr.Dataset:
    """The smaller of bulk and tail ESS of each variable."""
    import arviz_stats as azs

    bulk = azs.ess(posterior, method="bulk")
    tail = azs.ess(posterior, method="tail")
    return xr.where(bulk < tail, bulk, tail)


def warn_if_doubtful(draws: Draws) -> None:
    """One ConvergenceWarning with everything that :func:`diagnose` found."""
    found = list(diagnose(draws))
    if draws.interrupted:
        sizes = draws.posterior.sizes
        found.insert(
            0,
            f"Sampling was interrupted: {sizes['chain']} chain(s) with {sizes['draw']} draws after "
            f"warmup are kept, of {draws.settings.chains} x {draws.settings.draws} asked for.",
        )
    if found:
        warnings.warn("\n".join(found), ConvergenceWarning, stacklevel=4)


def check_has_draws(raw: RawDraws) -> None:
    """SamplingError when a run gave nothing."""
    if not raw.values or min(v.shape[1] for v in raw.values.values()) == 0:
        raise SamplingError("No draws after warmup; nothing is kept.")


# -- draws made elsewhere --------------------------------------------------------------------

#: Columns that say where a draw comes from (brms' data frames, posterior's draws_df); the first
#: that is there counts.
_CHAIN_COLUMNS = ("chain", ".chain")
_DRAW_COLUMNS = ("iteration", ".iteration", "draw", ".draw")
#: Columns of brms' draws that are no parameters: log prior and log posterior.
_NOT_PARAMETERS = ("lprior", "lp__")


def from_frame(spec: ModelSpec, frame: pd.DataFrame) -> Draws:
    """Draws made elsewhere, for example by brms, as draws of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model they belong to.
    frame : pandas.DataFrame
        A row a draw; a column a number under brms' name: ``b_Days``, ``sd_Subject__Days``,
        ``cor_Subject__Intercept__Days``, ``r_Subject[308,Days]``, ``sigma``. White space in
        levels may be dots, as brms writes it. Optional columns: ``chain`` (else all rows are one
        chain) and ``iteration`` or ``draw`` (else rows are in order), also with a leading dot;
        ``Intercept``, the centred one, is computed where it is missing; ``lprior``, ``lp__`` and
        dpars that the model fixes are ignored.

    Returns
    -------
    Draws
        Without ``sample_stats``; its settings have no warmup, since nothing tells it.

    Raises
    ------
    DataError
        For columns that are missing, unknown, not numbers or not finite, and for chains of
        different lengths.

    Examples
    --------
    >>> from_frame(spec, pd.read_csv("draws.csv")).posterior["b_Days"].mean()  # doctest: +SKIP
    """
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        what = "one without rows" if isinstance(frame, pd.DataFrame) else type(frame).__name__
        raise DataError(f"Draws have to be a pandas DataFrame, a row a draw, not {what}.")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()].unique()
        raise DataError(f"Columns of draws that come twice: {listing(twice)}.")
    template = _template(spec)
    expected = [
        (part, q, _columns_of(q, frame.columns))
        for part in spec.terms()
        for q in part.quantities(template)
    ]
    computed = [q.name for _, q, _ in expected if q.key.cls == "Intercept" and q.name not in frame]
    _check_columns(
        frame.columns,
        [c for _, q, found in expected if q.name not in computed for c in found.ravel()],
        [*computed, *(d.name for d in spec.dpars if not d.predicted)],
        str(spec.formula),
    )
    rows = _rows_by_chain(frame)
    wanted = [(q, found) for _, q, found in expected if q.name not in computed]
    numbers = _numbers(frame, [c for _, found in wanted for c in found.ravel()])
    given = [
        replace(
            q, values=numbers[found.ravel()].to_numpy()[rows].reshape(*rows.shape, *found.shape)
        )
        for q, found in wanted
    ]
    # What the linear predictors need is enough to tell the centred intercepts.
    partial, _ = _dataset(given)
    for part, q, _ in expected:
        if q.name in computed:
            name = next(p.name for p in part.params if p.key == q.key)
            given.append(replace(q, values=part.read(partial)[name]))
    posterior, keys = _dataset(_in_order(given))
    response = xr.Dataset({spec.response_name: ("obs", spec.response.y)})
    attrs = {"formula": str(spec.formula), "family": spec.family.name}
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior.assign_attrs(attrs),
            "observed_data": response.assign_coords(obs=spec.design.rows),
        }
    )
    chains, n_draws = rows.shape
    settings = SampleSettings(chains=chains, iter=n_draws, warmup=0, progress=False)
    return Draws(spec, tree, MappingProxyType(keys), settings, MappingProxyType({}))


def _template(spec: ModelSpec) -> dict[str, np.ndarray]:
    """One draw of every parameter, for the names and shapes of what the terms make of it."""
    values = {
        p.name: np.broadcast_to(
            np.eye(p.shape[0]) if p.kind == "cholesky_corr" else np.zeros(()), (1, 1, *p.shape)
        )
        for p in spec.params
    }
    return with_effects(spec, numpy_namespace(), values)


def _columns_of(q: Quantity, columns: pd.Index) -> np.ndarray:
    """The column of each element of a quantity, in an array of its shape."""
    shape = np.shape(q.values)[2:]
    if not shape:
        return np.asarray(q.name, dtype=object)
    coords = q.coords or {}
    names = []
    for labels in product(*(coords[dim] for dim in q.dims)):
        name = f"{q.name}[{','.join(labels)}]"
        dotted = f"{q.name}[{','.join('.'.join(label.split(' ')) for label in labels)}]"
        names.append(name if name in columns or dotted not in columns else dotted)
    return np.asarray(names, dtype=object).reshape(shape)


def _check_columns(
    columns: pd.Index, needed: Sequence[str], optional: Sequence[str], formula: str
) -> None:
    """DataError that names what is missing and what belongs to no parameter."""
    present, known = set(columns), {*needed, *optional}
    missing = [name for name in needed if name not in present]
    ignored = {*_NOT_PARAMETERS, *_CHAIN_COLUMNS, *_DRAW_COLUMNS}
    unknown = [str(c) for c in columns if c not in known and c not in ignored]
    if not missing and not unknown:
        return
    lines = [f"The columns of the draws are not those of the model '{formula}'."]
    if missing:
        lines.append(f"Missing: {listing(missing)}.")
    lines += [f"'{c}' is no parameter of the model.{suggest(c, known)}" for c in unknown[:6]]
    if len(unknown) > 6:
        lines.append(f"{len(unknown) - 6} more columns are no parameters of the model.")
    raise DataError("\n".join(lines))


def _rows_by_chain(frame: pd.DataFrame) -> np.ndarray:
    """The row of each draw, shape (chain, draw)."""
    chain = next((frame[c].to_numpy() for c in _CHAIN_COLUMNS if c in frame), None)
    chain = np.zeros(len(frame)) if chain is None else chain
    order = next((frame[c].to_numpy() for c in _DRAW_COLUMNS if c in frame), None)
    order = np.arange(len(frame)) if order is None else order
    repeated = pd.DataFrame({"chain": chain, "draw": order}).duplicated()
    if repeated.any():
        raise DataError(
            f"{repeated.sum()} draw(s) have the chain and the number of another one; draws of "
            f"several chains need a column 'chain'."
        )
    labels, counts = np.unique(chain, return_counts=True)
    if np.ptp(counts):
        lengths = listing(f"chain {k}: {n}" for k, n in zip(labels, counts, strict=True))
        raise DataError(f"Chains have to have equally many draws ({lengths}).")
    return np.lexsort((order, chain)).reshape(len(labels), -1)


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Columns as numbers; DataError unless all are finite."""
    numeric = frame[list(names)].apply(pd.to_numeric, errors="coerce").astype(float)
    bad = ~np.isfinite(numeric.to_numpy()).all(axis=0)
    if bad.any():
        raise DataError(
            f"Columns of draws with missing or infinite values, or with text: "
            f"{listing(numeric.columns[bad])}."
        )
    return numeric

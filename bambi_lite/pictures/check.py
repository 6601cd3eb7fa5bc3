"""pp_check(): which pictures there are, what each needs, and the draws that go into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import DataError, DataWarning, listing, suggest, warn
from ..predict import log_lik, posterior_predict
from . import calibration, deviations, ranges, spread, statistics
from .replicates import Replicates

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

#: Whole-number responses with at most so many values are shown as bars unless told otherwise.
_FEW_VALUES = 12


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of picture.

    Attributes
    ----------
    draw : callable
        ``draw(replicates, backend, **options)``, or ``draw(tree, backend)`` where `by_arviz`.
    ndraws : int or None
        How many draws it shows unless told otherwise (brms 2.23); None means all.
    grouped : bool
        Whether it needs a group.
    x : "", "may" or "must"
        Whether it is drawn against a variable.
    stats : int
        How many statistics it shows.
    takes : tuple of str
        Further options, of ``prob``, ``prob_outer``.
    of : str
        Which responses it is for: ``any``, ``discrete``, or ``numbers`` (not categories).
    by_arviz : bool
        Whether ArviZ draws it from a DataTree.
    loo : bool
        Whether it needs the log-likelihood.
    """

    draw: Callable[..., Any]
    ndraws: int | None = None
    grouped: bool = False
    x: str = ""
    stats: int = 0
    takes: tuple[str, ...] = ()
    of: str = "any"
    by_arviz: bool = False
    loo: bool = False


_RANGE = ("prob", "prob_outer")
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "bars": Kind(spread.bars, of="discrete"),
        "bars_grouped": Kind(spread.bars, grouped=True, of="discrete"),
        "dens_overlay": Kind(spread.dens_overlay, 10, of="numbers"),
        "dens_overlay_grouped": Kind(spread.dens_overlay, 10, grouped=True, of="numbers"),
        "ecdf_overlay": Kind(spread.ecdf_overlay, 10),
        "ecdf_overlay_grouped": Kind(spread.ecdf_overlay, 10, grouped=True),
        "error_hist": Kind(deviations.error_hist, 10, of="numbers"),
        "error_scatter": Kind(deviations.error_scatter, 10, of="numbers"),
        "error_scatter_avg": Kind(deviations.error_scatter_avg, of="numbers"),
        "error_scatter_avg_grouped": Kind(deviations.error_scatter_avg, grouped=True, of="numbers"),
        "error_scatter_avg_vs_x": Kind(deviations.error_scatter_avg, x="must", of="numbers"),
        "hist": Kind(spread.hist, 10),
        "intervals": Kind(ranges.intervals, x="may", takes=_RANGE),
        "intervals_grouped": Kind(ranges.intervals, grouped=True, x="may", takes=_RANGE),
        "loo_pit": Kind(calibration.loo_pit, by_arviz=True, loo=True),
        "loo_pit_overlay": Kind(calibration.loo_pit_overlay, by_arviz=True, loo=True),
        "loo_pit_qq": Kind(calibration.loo_pit_qq, by_arviz=True, loo=True),
        "pit_ecdf": Kind(calibration.pit_ecdf, by_arviz=True),
        "ribbon": Kind(ranges.ribbon, x="may", takes=_RANGE),
        "ribbon_grouped": Kind(ranges.ribbon, grouped=True, x="may", takes=_RANGE),
        "rootogram": Kind(calibration.rootogram, of="counts", by_arviz=True),
        "scatter_avg": Kind(deviations.scatter_avg, of="numbers"),
        "scatter_avg_grouped": Kind(deviations.scatter_avg, grouped=True, of="numbers"),
        "stat": Kind(statistics.stat, stats=1),
        "stat_2d": Kind(statistics.stat_2d, stats=2),
        "stat_grouped": Kind(statistics.stat, grouped=True, stats=1),
    }
)


def pp_check(
    draws: Draws,
    type: str | None = None,
    ndraws: int | None = None,
    group: str | None = None,
    x: str | None = None,
    stat: statistics.Statistic | Sequence[statistics.Statistic] | None = None,
    prob: float | None = None,
    prob_outer: float | None = None,
    re_formula: str | None = None,
    seed: int | None = None,
    backend: str | None = None,
) -> PlotCollection:
    """Posterior predictive check: what was observed beside what the model would have produced.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    type : str, optional
        The picture, by bayesplot's names: see :data:`KINDS`. By default ``"bars"`` for categories
        and for whole numbers with few values, else ``"dens_overlay"``.
    ndraws : int, optional
        How many draws are shown, spread evenly over all of them; by default 10 or all of them as
        in brms.
    group : str, optional
        Variable of the data whose groups get a panel each; for the types ``..._grouped``.
    x : str, optional
        Variable of the data against which rows are drawn, where the type does that.
    stat : str, function, or two of them, optional
        For the types ``stat...``: ``"mean"`` (default; ``("mean", "sd")`` for ``"stat_2d"``) or
        another of :data:`~bambi_lite.pictures.statistics.STATISTICS`.
    prob, prob_outer : float, optional
        Of the two intervals, by default 0.5 and 0.9 as in bayesplot.
    re_formula : optional
        Which group effects predictions have: see :func:`bambi_lite.predict.posterior_linpred`.
    seed : int, optional
        Of the replicated responses.
    backend : str, optional
        ``"matplotlib"`` (default), or ``"plotly"`` or ``"bokeh"`` where they are installed.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``. What is drawn is in ``.viz``, by name.

    Raises
    ------
    DataError
        For a type that there is not or that does not suit the family, for a grouped type without a
        group, and for arguments that the type does not take.

    Warns
    -----
    DataWarning
        When rows are left out since their responses are censored, as in brms.

    Examples
    --------
    >>> fit.pp_check("stat_grouped", group="Subject", stat="max")  # doctest: +SKIP
    """
    kind, name = _kind(draws, type)
    options = _options(kind, name, stat, prob, prob_outer)
    _check_variables(kind, name, group, x)
    everything = posterior_predict(draws, re_formula=re_formula, seed=seed)
    rows = _uncensored(draws)
    values = everything.stack(sample=("chain", "draw")).transpose("sample", "obs").to_numpy()
    chosen = _evenly(len(values), ndraws if ndraws is not None else kind.ndraws)
    found = Replicates(
        name=draws.spec.response_name,
        y=draws.spec.response.y[rows],
        yrep=values[chosen][:, rows],
        discrete=draws.spec.family.discrete,
        categories=_categories(draws),
        group=None if group is None else _grouping(draws, group)[rows],
        group_name=group or "",
        x=None if x is None else _numbers(draws, x)[rows],
        x_name=x or "",
    )
    if kind.by_arviz:
        tree = _tree(draws, everything, rows, kind.loo)
        return kind.draw(tree, backend)
    return kind.draw(found, backend, **options)


def _responses(draws: Draws) -> str:
    """What the responses are: ``numbers``, ``counts``, ``categories`` or ``columns``."""
    spec = draws.spec
    if spec.response.y.ndim > 1:
        return "columns"
    if spec.response.levels or spec.response.categories:
        return "categories"
    return "counts" if spec.family.discrete else "numbers"


_SUITS = MappingProxyType(
    {
        "any": ("numbers", "counts", "categories"),
        "numbers": ("numbers", "counts"),
        "counts": ("counts",),
        "discrete": ("counts", "categories"),
    }
)


def _kind(draws: Draws, type: str | None) -> tuple[Kind, str]:
    """The type asked for, or the one that suits the response."""
    what, family = _responses(draws), draws.spec.family.name
    if what == "columns":
        raise DataError(
            f"pp_check() is not available for responses with several columns, as family '{family}' "
            f"has them. posterior_predict() gives their draws."
        )
    suitable = [name for name, kind in KINDS.items() if what in _SUITS[kind.of]]
    if type is None:
        few = what == "counts" and np.ptp(draws.spec.response.y) < _FEW_VALUES
        type = "bars" if few or what == "categories" else "dens_overlay"
    if type not in KINDS:
        raise DataError(
            f"Unknown type {type!r} of pp_check(). For family '{family}' there are: "
            f"{listing(suitable)}.{suggest(str(type), tuple(KINDS))}"
        )
    if type not in suitable:
        raise DataError(
            f"The type '{type}' of pp_check() is not for family '{family}', whose responses are "
            f"{what}. There are: {listing(suitable)}."
        )
    return KINDS[type], type


def _options(kind: Kind, name: str, stat: Any, prob: Any, prob_outer: Any) -> dict[str, Any]:
    given = {"stat": stat, "prob": prob, "prob_outer": prob_outer}
    found = {key: value for key, value in given.items() if value is not None}
    for key in found:
        users = [n for n, k in KINDS.items() if key in k.takes or (key == "stat" and k.stats)]
        if name not in users:
            raise DataError(f"The type '{name}' takes no {key}; {listing(users)} do.")
    if found.pop("stat", None) is not None:
        asked = (stat,) if isinstance(stat, str) or callable(stat) else tuple(stat)
        if len(asked) != kind.stats:
            raise DataError(f"The type '{name}' takes {kind.stats} stat, not {len(asked)}.")
        found["chosen"] = asked
    for key in ("prob", "prob_outer"):
        value = found.get(key, ranges.PROB)
        if isinstance(value, bool) or not 0.0 < value < 1.0:
            raise DataError(f"{key} has to lie between 0 and 1, not {value!r}.")
    inner = found.get("prob", ranges.PROB)
    outer = found.get("prob_outer", ranges.PROB_OUTER)
    if inner > outer:
        raise DataError(f"prob = {inner} is the inner interval: at most prob_outer = {outer}.")
    return found


def _check_variables(kind: Kind, name: str, group: str | None, x: str | None) -> None:
    if kind.grouped and group is None:
        raise DataError(
            f"The type '{name}' needs a group: group = 'name of a variable of the data'."
        )
    if group is not None and not kind.grouped:
        other = f"{name}_grouped"
        hint = f" '{other}' does." if other in KINDS else ""
        raise DataError(f"The type '{name}' takes no group.{hint}")
    if x is not None and not kind.x:
        users = [n for n, k in KINDS.items() if k.x]
        raise DataError(f"The type '{name}' takes no x; {listing(users)} do.")
    if kind.x == "must" and x is None:
        raise DataError(f"The type '{name}' needs x = 'name of a variable of the data'.")


def _variable(draws: Draws, name: str, argument: str) -> pd.Series:
    data = draws.spec.data
    if name not in data.columns:
        raise DataError(
            f"{argument} = {name!r} is no variable of the model. It has: "
            f"{listing(tuple(data.columns))}.{suggest(str(name), tuple(data.columns))}"
        )
    return data[name]


def _grouping(draws: Draws, name: str) -> Any:
    return pd.Categorical(_variable(draws, name, "group").astype(str))


def _numbers(draws: Draws, name: str) -> np.ndarray:
    column = _variable(draws, name, "x")
    if not pd.api.types.is_numeric_dtype(column):
        raise DataError(f"x = {name!r} is not a number in every row. It could be a group.")
    return np.asarray(column, dtype=float)


def _categories(draws: Draws) -> tuple[str, ...]:
    response = draws.spec.response
    return response.levels or response.categories


def _uncensored(draws: Draws) -> np.ndarray:
    """Positions of the rows that are shown."""
    seen = draws.spec.seen
    if not seen.codes or seen.codes == {0}:
        return np.arange(draws.spec.design.n_obs)
    rows = np.flatnonzero(seen.arrays["cens"] == 0)
    left_out = draws.spec.design.n_obs - len(rows)
    warn(f"Censored responses are not shown in pp_check(): {left_out} rows.", DataWarning)
    return rows


def _evenly(n: int, asked: int | None) -> np.ndarray:
    """Positions of as many of the draws as are asked for, spread over all of them."""
    if asked is None:
        return np.arange(n)
    if isinstance(asked, bool) or not isinstance(asked, int) or not 1 <= asked <= n:
        raise DataError(f"ndraws has to be a whole number from 1 to {n}, not {asked!r}.")
    return np.asarray(np.linspace(0, n - 1, asked).round().astype(int))


def _tree(draws: Draws, replicated: xr.DataArray, rows: np.ndarray, loo: bool) -> xr.DataTree:
    """What ArviZ wants, on the rows that are shown."""
    name = draws.spec.response_name
    shown = replicated.isel(obs=rows)
    y = xr.DataArray(draws.spec.response.y[rows], {"obs": shown.obs}, "obs")
    if draws.spec.family.discrete:
        # ArviZ takes floats for measurements.
        shown, y = shown.astype(int), y.astype(int)
    groups = {
        "posterior_predictive": shown.to_dataset(name=name),
        "observed_data": y.to_dataset(name=name),
    }
    if loo:
        groups["posterior"] = draws.posterior
        groups["log_likelihood"] = log_lik(draws).isel(obs=rows).to_dataset(name=name)
    return xr.DataTree.from_dict(groups)

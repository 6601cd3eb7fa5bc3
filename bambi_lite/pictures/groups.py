"""Pictures of group effects: every group's estimate, how they shrink, and every group's line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..predict import posterior_epred
from ..summary import check_groups, coef, ranef
from .panels import legend, make_panels, mark
from .style import BLACK, BLUE, COLUMNS, GREY, REFERENCE_LINE, Style

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

#: Height in inches of a group's line, and the most groups that are named one by one.
_LINE, _NAMED = 0.17, 60
_GRID = 50
_POPULATION: Style = {"color": BLACK, "width": 2.0, "linestyle": "C1"}
_OWN: Style = {"color": BLUE, "width": 1.5}
_POINTS: Style = {"color": GREY, "alpha": 0.7, "size": 12.0, "width": 0.0}


def plot_ranef(
    draws: Draws,
    group: str | None = None,
    prob: float = 0.95,
    effects: str = "ranef",
    sort: bool = True,
    backend: str | None = None,
) -> PlotCollection:
    """A caterpillar: estimate and interval of every group, a panel a coefficient.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    group : str, optional
        The grouping factor; needed where there are several.
    prob : float
        Of the interval (equal-tailed).
    effects : "ranef" or "coef"
        Deviations from the population, or the coefficients themselves; link scale.
    sort : bool
        Whether groups are in the order of the first coefficient.
    backend : str, optional
        ``"matplotlib"`` (default), ``"plotly"`` or ``"bokeh"``.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``.

    Raises
    ------
    DataError
        For an unknown group, or none where there are several.

    Examples
    --------
    >>> fit.plot_ranef("Subject").savefig("subjects.png")  # doctest: +SKIP
    """
    name = one_group(draws, group)
    if effects not in ("ranef", "coef"):
        raise DataError(f"effects has to be 'ranef' or 'coef', not {effects!r}.")
    tail = (1.0 - prob) / 2.0
    table = (ranef if effects == "ranef" else coef)(
        draws, groups=name, summary=True, robust=False, probs=(tail, 1.0 - tail)
    )[name]
    levels, _, coefs = (list(map(str, table[dim].values)) for dim in table.dims)
    values = table.to_numpy()
    order = np.argsort(values[:, 0, 0], kind="stable") if sort else np.arange(len(levels))
    places = np.arange(len(levels))
    height = height_of(len(levels))
    picture = make_panels(
        coefs,
        backend=backend,
        xlabel=f"{'Effect' if effects == 'ranef' else 'Coefficient'} of {name}",
        share="y",
        size=(1.2 + 3.0 * min(len(coefs), COLUMNS), height * -(-len(coefs) // COLUMNS)),
    )
    points, lines = {}, {}
    for k, label in enumerate(coefs):
        own = values[order, :, k]
        points[label] = (own[:, 0], places)
        ends = np.stack([own[:, 2], own[:, 3], np.full(len(own), np.nan)], axis=1)
        lines[label] = (ends.ravel(), np.repeat(places.astype(float), 3))
    if effects == "ranef":
        mark(picture, "zero", "vline", dict.fromkeys(coefs, (0.0,)), REFERENCE_LINE)
    mark(picture, "interval", "line", lines, {"color": BLUE, "width": 1.2, "alpha": 0.7})
    mark(picture, "estimate", "scatter", points, {"color": BLUE, "size": 16.0, "width": 0.0})
    name_levels(picture, coefs[0], [levels[i] for i in order])
    return picture


def plot_group_lines(
    draws: Draws,
    x: str,
    group: str | None = None,
    levels: Sequence[Any] | None = None,
    backend: str | None = None,
) -> PlotCollection:
    """Each group's own line, the population's, and the data: a panel a group.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    x : str
        The numeric variable along the axis. Other variables are held as
        :func:`group_grid` says.
    group : str, optional
        The grouping factor: a variable of the data.
    levels : sequence, optional
        Which groups, at most 36 by default.
    backend : str, optional
        ``"matplotlib"`` (default), ``"plotly"`` or ``"bokeh"``.

    Returns
    -------
    arviz_plots.PlotCollection
        Lines are posterior means of the expected response.

    Raises
    ------
    DataError
        For a variable that is not there or not numeric, and for a level that is none.
    """
    data = draws.spec.data
    name = one_group(draws, group)
    if name not in data.columns:
        raise DataError(
            f"group = '{name}' is no variable of the data, so it has no lines of its own. "
            f"Variables: {listing(tuple(data.columns))}."
        )
    if x not in data.columns or not pd.api.types.is_numeric_dtype(data[x]):
        numeric = [c for c in data.columns if pd.api.types.is_numeric_dtype(data[c])]
        raise DataError(
            f"x = {x!r} is no numeric variable of the model. There are: {listing(numeric)}."
            f"{suggest(str(x), numeric)}"
        )
    shown = _levels(data[name], levels)
    grid = group_grid(data, x, name, shown)
    means = {
        kind: fitted_mean(posterior_epred(draws, grid, re_formula=re))
        for kind, re in {"own": None, "population": "NA"}.items()
    }
    labels = [str(level) for level in shown]
    y = draws.spec.response.y
    picture = make_panels(
        labels,
        backend=backend,
        xlabel=x,
        ylabel=draws.spec.response_name,
        share="xy",
        columns=6 if len(labels) > COLUMNS else COLUMNS,
    )
    points, own, population = {}, {}, {}
    for i, (label, level) in enumerate(zip(labels, shown, strict=True)):
        rows = (data[name] == level).to_numpy()
        points[label] = (data[x].to_numpy(dtype=float)[rows], y[rows])
        part = slice(i * _GRID, (i + 1) * _GRID)
        places = grid[x].to_numpy()[part]
        own[label] = (places, means["own"][part])
        population[label] = (places, means["population"][part])
    mark(picture, "data", "scatter", points, _POINTS)
    mark(picture, "population", "line", population, _POPULATION)
    mark(picture, "own", "line", own, _OWN)
    legend(picture, {f"own line of {name}": _OWN, "population": _POPULATION})
    return picture


def group_grid(data: pd.DataFrame, x: str, group: str, levels: Sequence[Any]) -> pd.DataFrame:
    """New rows for each level: `x` over its range, other variables as that level has them.

    Other numbers are at the mean of the level's rows, everything else at its first row.
    """
    places = np.linspace(data[x].min(), data[x].max(), _GRID)
    parts = []
    for level in levels:
        rows = data[data[group] == level]
        part = rows.iloc[[0] * _GRID].reset_index(drop=True)
        for column in data.columns:
            if column not in (x, group) and pd.api.types.is_float_dtype(data[column]):
                part[column] = rows[column].mean()
        part[x] = places
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def height_of(n: int) -> float:
    """Height in inches of a panel with a line for each of `n` groups."""
    return 1.0 + _LINE * min(n, _NAMED)


def name_levels(picture: PlotCollection, panel: str, levels: Sequence[str]) -> None:
    """Name the lines of a panel from below, where there are not too many to be read."""
    named = list(levels) if len(levels) <= _NAMED else []
    ticks: tuple[Any, list[str]] = (np.arange(len(named)), named)
    mark(picture, "levels", "yticks", {panel: ticks}, {"size": 8} if named else None)


def fitted_mean(values: xr.DataArray) -> np.ndarray:
    """Posterior mean of the expected response of each row; DataError for categories."""
    if values.ndim != 3:
        raise DataError("Lines of groups are for a response with one expectation, not categories.")
    return np.asarray(values.mean(("chain", "draw")))


def _levels(column: pd.Series, asked: Sequence[Any] | None) -> list[Any]:
    known = list(pd.Categorical(column).categories)
    if asked is None:
        return known[:36]
    by_text = {str(level): level for level in known}
    for level in asked:
        if str(level) not in by_text:
            raise DataError(
                f"'{column.name}' has no level {level!r}. It has: {listing(list(by_text))}."
                f"{suggest(str(level), list(by_text))}"
            )
    return [by_text[str(level)] for level in asked]


def one_group(draws: Draws, group: str | None) -> str:
    """The grouping factor asked for, or the only one."""
    known = check_groups(draws, group)
    if len(known) > 1:
        raise DataError(f"The model has several grouping factors: say one of {listing(known)}.")
    return known[0]

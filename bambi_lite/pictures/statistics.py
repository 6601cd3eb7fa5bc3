"""Checks of single numbers: a statistic of the observed responses among those of the draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError, listing, suggest
from .panels import legend, make_panels, mark
from .replicates import Replicates
from .style import OBSERVED, OBSERVED_LINE, PREDICTED, PREDICTED_BARS

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

type Statistic = str | Callable[[np.ndarray], float]

#: Statistics by R's names, along the last axis.
STATISTICS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "mean": np.mean,
        "median": np.median,
        "sd": lambda v, axis: np.std(v, axis=axis, ddof=1),
        "var": lambda v, axis: np.var(v, axis=axis, ddof=1),
        "min": np.min,
        "max": np.max,
        "mad": lambda v, axis: (
            1.4826 * np.median(np.abs(v - np.median(v, axis=axis, keepdims=True)), axis=axis)
        ),
        "IQR": lambda v, axis: np.subtract(*np.quantile(v, [0.75, 0.25], axis=axis)),
        "sum": np.sum,
        "prop_zero": lambda v, axis: np.mean(v == 0, axis=axis),
        **{
            f"q{share}": lambda v, axis, share=share: np.quantile(v, share / 100, axis=axis)
            for share in (5, 10, 25, 75, 90, 95)
        },
    }
)


def statistic(stat: Statistic) -> tuple[str, Callable[[np.ndarray], np.ndarray]]:
    """Name of a statistic, and what computes it for each row.

    Raises
    ------
    DataError
        For a name that is none of :data:`STATISTICS`.
    """
    if callable(stat):
        own = stat
        name = getattr(stat, "__name__", "stat")
        return name, lambda rows: np.array([float(own(row)) for row in rows])
    if stat not in STATISTICS:
        raise DataError(
            f"Unknown statistic {stat!r}. Available: {listing(tuple(STATISTICS))}, or a function "
            f"from an array to a number.{suggest(str(stat), tuple(STATISTICS))}"
        )
    return stat, lambda rows: np.asarray(STATISTICS[stat](rows, axis=-1))


def stat(
    check: Replicates, backend: str | None, chosen: Sequence[Statistic] = ("mean",)
) -> PlotCollection:
    """The statistic of each draw as a histogram, of the observed responses as a line."""
    name, compute = statistic(chosen[0])
    parts = check.by_group()
    picture = make_panels(
        list(parts), backend=backend, xlabel=f"{name} of {check.name}", ylabel="Draws"
    )
    bars, lines = {}, {}
    for label, part in parts.items():
        values = compute(part.yrep)
        counts, edges = np.histogram(values, bins=30)
        bars[label] = (counts, edges[:-1], edges[1:])
        lines[label] = (float(compute(part.y[None])[0]),)
    mark(picture, "y_rep", "hist", bars, PREDICTED_BARS)
    mark(picture, "y", "vline", lines, OBSERVED_LINE)
    legend(
        picture,
        {f"{name}(y)": OBSERVED_LINE, f"{name}(y_rep)": {"color": PREDICTED, "width": 6}},
    )
    return picture


def stat_2d(
    check: Replicates, backend: str | None, chosen: Sequence[Statistic] = ("mean", "sd")
) -> PlotCollection:
    """Two statistics of each draw as points, of the observed responses as a cross."""
    (first, one), (second, other) = (statistic(s) for s in chosen)
    picture = make_panels(
        [""], backend=backend, xlabel=f"{first} of {check.name}", ylabel=f"{second} of {check.name}"
    )
    points = {"color": PREDICTED, "alpha": 0.3, "size": 14.0, "width": 0.0}
    cross = {"color": OBSERVED, "size": 120.0, "marker": "X", "width": 0.0}
    mark(picture, "y_rep", "scatter", {"": (one(check.yrep), other(check.yrep))}, points)
    mark(picture, "y", "scatter", {"": (one(check.y[None]), other(check.y[None]))}, cross)
    line = {"linestyle": "none", "marker": "o", "color": PREDICTED}
    legend(picture, {"T(y)": {**line, "color": OBSERVED, "marker": "X"}, "T(y_rep)": line})
    return picture

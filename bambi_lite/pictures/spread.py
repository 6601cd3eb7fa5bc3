"""Checks of the whole distribution: densities, histograms, cumulated shares, bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .panels import legend, make_panels, mark
from .replicates import Replicates
from .style import (
    OBSERVED_BARS,
    OBSERVED_LINE,
    OBSERVED_POINTS,
    PREDICTED_BARS,
    PREDICTED_LINE,
    Style,
)

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

#: Points of a density.
_GRID = 256
#: Values of a discrete response before not each of them is named on the axis.
_TICKS = 12
#: What a legend calls the two.
_NAMES: Mapping[str, Style] = {"y": OBSERVED_LINE, "y_rep": PREDICTED_LINE}


def density(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ArviZ' kernel density of some numbers: its grid and its heights."""
    from arviz_stats.base import array_stats

    if np.ptp(values) == 0.0:
        # One number has no density: a line upwards where it is.
        return np.full(2, values.flat[0]), np.array([0.0, 1.0])
    grid, heights, _ = array_stats.kde(values, grid_len=_GRID)
    return grid, heights


def cumulated(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The empirical distribution function as the corners of its steps."""
    different, counts = np.unique(values, return_counts=True)
    shares = np.cumsum(counts) / len(values)
    x = np.repeat(different, 2)
    y = np.concatenate([[0.0], np.repeat(shares, 2)[:-1]])
    return x, y


def _overlay(check: Replicates, curve: Any, ylabel: str, backend: str | None) -> PlotCollection:
    """A curve of the observed responses over one of each draw, a panel a group."""
    parts = check.by_group()
    picture = make_panels(list(parts), backend=backend, xlabel=check.name, ylabel=ylabel, share="x")
    lines = {}
    for label, part in parts.items():
        curves = [curve(row) for row in part.yrep]
        # One mark for all draws: a missing number lifts the pen between two of them.
        lines[label] = (
            np.concatenate([np.append(x, np.nan) for x, _ in curves]),
            np.concatenate([np.append(y, np.nan) for _, y in curves]),
        )
    mark(picture, "y_rep", "line", lines, PREDICTED_LINE)
    observed = {label: curve(part.y) for label, part in parts.items()}
    mark(picture, "y", "line", observed, OBSERVED_LINE)
    legend(picture, _NAMES)
    return picture


def dens_overlay(check: Replicates, backend: str | None) -> PlotCollection:
    """Kernel densities."""
    return _overlay(check, density, "Density", backend)


def ecdf_overlay(check: Replicates, backend: str | None) -> PlotCollection:
    """Shares of responses up to each value."""
    return _overlay(check, cumulated, "Cumulated share", backend)


def hist(check: Replicates, backend: str | None) -> PlotCollection:
    """A histogram of the observed responses and one of each draw."""
    return _each_draw(check, backend, _histogram)


def bins(check: Replicates) -> np.ndarray:
    """Edges of bins that suit observed and replicated responses alike."""
    everything = np.concatenate([check.y, check.yrep.ravel()])
    if check.discrete and np.ptp(everything) <= 60:
        return np.append(check.values - 0.5, check.values[-1] + 0.5)
    # The rule of Freedman and Diaconis for the observed ones, carried on over the replicated.
    edges = np.histogram_bin_edges(check.y, "fd")
    width = edges[1] - edges[0]
    low = edges[0] - np.ceil((edges[0] - everything.min()) / width) * width
    n = int(np.clip(np.ceil((everything.max() - low) / width), 1, 120))
    return np.linspace(low, max(low + n * width, everything.max()), n + 1)


def _histogram(values: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, ...]:
    counts, _ = np.histogram(values, edges)
    return counts, edges[:-1], edges[1:]


def _each_draw(check: Replicates, backend: str | None, shape: Any) -> PlotCollection:
    edges = bins(check)
    labels = ["y", *(f"y_rep {i + 1}" for i in range(len(check.yrep)))]
    picture = make_panels(labels, backend=backend, xlabel=check.name, ylabel="Count", share="xy")
    mark(picture, "y", "hist", {"y": shape(check.y, edges)}, OBSERVED_BARS)
    rows = dict(zip(labels[1:], check.yrep, strict=True))
    replicated = {label: shape(row, edges) for label, row in rows.items()}
    mark(picture, "y_rep", "hist", replicated, PREDICTED_BARS)
    return picture


def bars(check: Replicates, backend: str | None) -> PlotCollection:
    """How often each value or category occurs: observed as bars, replicated as intervals."""
    from_, to = 0.025, 0.975
    parts = check.by_group()
    values = check.values
    picture = make_panels(
        list(parts), backend=backend, xlabel=check.name, ylabel="Count", share="x"
    )
    observed, middle, ranges = {}, {}, {}
    for label, part in parts.items():
        counts = counted(part.yrep, values)
        observed[label] = (counted(part.y[None], values)[0], values - 0.5, values + 0.5)
        middle[label] = (values, np.median(counts, axis=0))
        ranges[label] = (values, *np.quantile(counts, [from_, to], axis=0))
    mark(picture, "y", "hist", observed, OBSERVED_BARS)
    mark(picture, "y_rep_interval", "ciliney", ranges, {**PREDICTED_LINE, "alpha": 1.0, "width": 2})
    points = {**OBSERVED_POINTS, "color": PREDICTED_LINE["color"], "size": 24.0}
    mark(picture, "y_rep", "scatter", middle, points)
    if check.categories or len(values) <= _TICKS:
        names = list(check.categories) or [f"{v:g}" for v in values]
        mark(picture, "xticks", "xticks", dict.fromkeys(parts, (values, names)))
    legend(
        picture,
        {
            "y": {"color": "#8c8c8c", "width": 6},
            "y_rep, 95 %": {**PREDICTED_LINE, "alpha": 1.0, "width": 2},
        },
    )
    return picture


def counted(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How often each of the values occurs in each row; shape (rows, values)."""
    edges = np.append(values - 0.5, values[-1] + 0.5)
    return np.stack([np.histogram(row, edges)[0] for row in rows])

"""Checks row by row: intervals of the replicated responses with the observed ones in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .panels import legend, make_panels, mark
from .replicates import Replicates
from .style import OBSERVED, OBSERVED_LINE, OBSERVED_POINTS, PREDICTED, Style

if TYPE_CHECKING:
    from arviz_plots import PlotCollection


#: Of the two intervals, as in bayesplot.
PROB, PROB_OUTER = 0.5, 0.9


def quantiles(check: Replicates, prob: float, prob_outer: float) -> np.ndarray:
    """Outer and inner bounds and the median of each row; shape (5, n), from low to high."""
    shares = [
        (1 - prob_outer) / 2,
        (1 - prob) / 2,
        0.5,
        (1 + prob) / 2,
        (1 + prob_outer) / 2,
    ]
    return np.asarray(np.quantile(check.yrep, shares, axis=0))


def intervals(
    check: Replicates, backend: str | None, prob: float = PROB, prob_outer: float = PROB_OUTER
) -> PlotCollection:
    """Thick and thin intervals around the median of each row."""
    picture, places = _frame(check, backend)
    outer, inner, middle, observed = {}, {}, {}, {}
    for label, (x, part) in places.items():
        q = quantiles(part, prob, prob_outer)
        outer[label] = _segments(x, q[0], q[4])
        inner[label] = _segments(x, q[1], q[3])
        middle[label] = (x, q[2])
        observed[label] = (x, part.y)
    thin = {"color": PREDICTED, "width": 1.0, "alpha": 0.5}
    thick = {"color": PREDICTED, "width": 2.5, "alpha": 0.7}
    mark(picture, "y_rep_outer", "line", outer, thin)
    mark(picture, "y_rep_inner", "line", inner, thick)
    mark(picture, "y_rep", "scatter", middle, {**OBSERVED_POINTS, "color": PREDICTED})
    mark(picture, "y", "scatter", observed, OBSERVED_POINTS)
    _name(picture, prob, prob_outer, thick, thin)
    return picture


def ribbon(
    check: Replicates, backend: str | None, prob: float = PROB, prob_outer: float = PROB_OUTER
) -> PlotCollection:
    """Bands of the two intervals, with lines through the medians and the observed responses."""
    picture, places = _frame(check, backend)
    outer, inner, middle, observed = {}, {}, {}, {}
    for label, (x, part) in places.items():
        order = np.argsort(x, kind="stable")
        q = quantiles(part, prob, prob_outer)[:, order]
        outer[label] = (x[order], q[0], q[4])
        inner[label] = (x[order], q[1], q[3])
        middle[label] = (x[order], q[2])
        observed[label] = (x[order], part.y[order])
    thin = {"color": PREDICTED, "alpha": 0.2}
    thick = {"color": PREDICTED, "alpha": 0.35}
    mark(picture, "y_rep_outer", "fill_between_y", outer, thin)
    mark(picture, "y_rep_inner", "fill_between_y", inner, thick)
    mark(picture, "y_rep", "line", middle, {"color": PREDICTED, "width": 1.5})
    mark(picture, "y", "line", observed, {**OBSERVED_LINE, "width": 1.0})
    mark(picture, "y_points", "scatter", observed, {**OBSERVED_POINTS, "size": 8.0})
    _name(picture, prob, prob_outer, {**thick, "width": 6}, {**thin, "width": 6})
    return picture


def _frame(
    check: Replicates, backend: str | None
) -> tuple[PlotCollection, dict[str, tuple[np.ndarray, Replicates]]]:
    """Empty panels, and for each where its rows are drawn."""
    parts = check.by_group()
    picture = make_panels(
        list(parts), backend=backend, xlabel=check.x_name or "Row", ylabel=check.name, share="y"
    )
    return picture, {
        label: (np.arange(1, len(part.y) + 1) if part.x is None else part.x, part)
        for label, part in parts.items()
    }


def _segments(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertical lines as one line: a missing number lifts the pen."""
    gap = np.full(len(x), np.nan)
    return np.repeat(x.astype(float), 3), np.stack([low, high, gap], axis=1).ravel()


def _name(
    picture: PlotCollection, prob: float, prob_outer: float, thick: Style, thin: Style
) -> None:
    legend(
        picture,
        {
            "y": {"linestyle": "none", "marker": "o", "color": OBSERVED},
            f"y_rep, {prob:.0%}": thick,
            f"y_rep, {prob_outer:.0%}": thin,
        },
    )

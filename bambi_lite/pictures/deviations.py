"""Checks of what is left over: observed minus replicated responses, and one against the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .panels import make_panels, mark
from .replicates import Replicates
from .style import PREDICTED, PREDICTED_BARS, REFERENCE_LINE, Style

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

_POINTS: Style = {"color": PREDICTED, "alpha": 0.6, "size": 16.0, "width": 0.0}


def error_hist(check: Replicates, backend: str | None) -> PlotCollection:
    """A histogram of the errors of each draw."""
    errors = {f"y - y_rep {i + 1}": check.y - row for i, row in enumerate(check.yrep)}
    picture = make_panels(
        list(errors), backend=backend, xlabel=f"Error of {check.name}", ylabel="Count", share="xy"
    )
    edges = np.histogram_bin_edges(np.stack(list(errors.values())), 30)
    bars = {
        label: (np.histogram(values, edges)[0], edges[:-1], edges[1:])
        for label, values in errors.items()
    }
    mark(picture, "error", "hist", bars, PREDICTED_BARS)
    mark(picture, "zero", "vline", dict.fromkeys(errors, (0.0,)), REFERENCE_LINE)
    return picture


def error_scatter(check: Replicates, backend: str | None) -> PlotCollection:
    """The errors of each draw against the observed responses."""
    errors = {f"y - y_rep {i + 1}": check.y - row for i, row in enumerate(check.yrep)}
    picture = make_panels(
        list(errors),
        backend=backend,
        xlabel=f"Error of {check.name}",
        ylabel=check.name,
        share="xy",
    )
    points = {label: (values, check.y) for label, values in errors.items()}
    mark(picture, "error", "scatter", points, {**_POINTS, "alpha": 0.35})
    mark(picture, "zero", "vline", dict.fromkeys(errors, (0.0,)), REFERENCE_LINE)
    return picture


def error_scatter_avg(check: Replicates, backend: str | None) -> PlotCollection:
    """The mean error of each row against its observed response, or against `x`."""
    parts = check.by_group()
    against = check.x is not None
    mean = f"Mean error of {check.name}"
    picture = make_panels(
        list(parts),
        backend=backend,
        xlabel=check.x_name if against else mean,
        ylabel=mean if against else check.name,
        share="xy",
    )
    points = {}
    for label, part in parts.items():
        error = part.y - part.yrep.mean(axis=0)
        points[label] = (part.x, error) if part.x is not None else (error, part.y)
    mark(picture, "error", "scatter", points, _POINTS)
    zero = "hline" if against else "vline"
    mark(picture, "zero", zero, dict.fromkeys(parts, (0.0,)), REFERENCE_LINE)
    return picture


def scatter_avg(check: Replicates, backend: str | None) -> PlotCollection:
    """Observed responses against the mean of their replicates, with the line of equality."""
    parts = check.by_group()
    picture = make_panels(
        list(parts),
        backend=backend,
        xlabel=f"Mean replicate of {check.name}",
        ylabel=check.name,
        share="xy",
    )
    points = {label: (part.yrep.mean(axis=0), part.y) for label, part in parts.items()}
    ends = np.array([check.y.min(), check.y.max()])
    mark(picture, "equal", "line", dict.fromkeys(parts, (ends, ends)), REFERENCE_LINE)
    mark(picture, "y", "scatter", points, _POINTS)
    return picture

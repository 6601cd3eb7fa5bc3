"""The drawings that several sections of the lecture share: data in, matplotlib Figure out.

Running this file does nothing; the sections import it. Figures are made without pyplot, so that
no window opens and nothing has to be closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's colours, which colour-blind readers can tell apart. Lines differ in style too.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
GREY, BLACK = "#767676", "#000000"

#: How the lines of the three kinds of estimate are drawn, wherever they appear.
STYLES = {
    "population": {"color": BLACK, "linestyle": ":", "linewidth": 2.0, "zorder": 4},
    "no pooling": {"color": RED, "linestyle": "--", "linewidth": 1.6},
    "multilevel": {"color": BLUE, "linestyle": "-", "linewidth": 1.8},
}

#: One line of many.
THIN = {"color": BLUE, "linewidth": 1.0, "alpha": 0.45}

#: A pair of equally long sequences.
Points = tuple[Sequence[float], Sequence[float]]


def intervals(
    panels: Mapping[str, pd.DataFrame],
    centre: float,
    title: str,
    xlabel: str,
    ylabels: Sequence[str],
) -> Figure:
    """Estimates with intervals of many groups, in panels beside one another.

    With a flat model on the left and a multilevel model on the right it shows shrinkage.

    Parameters
    ----------
    panels : mapping
        By title of the panel: a row per group in the order of drawing (from below), with the
        columns estimate, low, high.
    centre : float
        The population, a dotted line.
    title, xlabel : str
        Texts.
    ylabels : sequence of str
        What the rows are, one text for each panel.
    """
    figure = Figure(figsize=(8, 6.5), layout="constrained")
    grid = figure.subplots(1, len(panels), sharex=True, squeeze=False)
    for axes, (name, table), ylabel in zip(grid.flat, panels.items(), ylabels, strict=True):
        rows = np.arange(len(table))
        colour = RED if name == "Flat model" else BLUE
        axes.hlines(rows, table["low"], table["high"], color=colour, linewidth=0.9, alpha=0.55)
        axes.plot(table["estimate"], rows, "o", markersize=3, color=colour)
        axes.axvline(centre, **STYLES["population"])
        axes.set(title=name, ylabel=ylabel)
        axes.set_yticks([])
        axes.grid(axis="x", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.margins(y=0.015)
    figure.suptitle(title, fontsize=12)
    figure.supxlabel(xlabel, fontsize=10)
    return figure


def group_lines(
    points: Mapping[str, Points],
    curves: Mapping[str, Mapping[str, Points]],
    title: str,
    xlabel: str,
    ylabel: str,
    columns: int = 6,
    bands: Mapping[str, tuple[Sequence[float], Sequence[float], Sequence[float]]] | None = None,
    height: float | None = None,
) -> Figure:
    """A panel per group with its data and its fitted lines.

    Parameters
    ----------
    points : mapping
        Data (x, y) of each group; the order of the panels.
    curves : mapping
        Line (x, y) of each group, by the kind of estimate. Kinds named in STYLES get their style
        and a place in the legend; the others are thin lines.
    title, xlabel, ylabel : str
        Texts.
    columns : int
        Panels in a row.
    bands : mapping, optional
        95 % interval (x, low, high) of each group's line.
    height : float, optional
        Of the figure, in inches.
    """
    rows = -(-len(points) // columns)
    # Room above the panels for the title and the legend, whatever the number of rows.
    figure = Figure(figsize=(8, height or 1.55 * rows + 1.3), layout="constrained")
    figure.get_layout_engine().set(wspace=0.04)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes, (group, (x, y)) in zip(grid.flat, points.items(), strict=False):
        # Thousands of points show their density; a few stand for themselves.
        size, alpha = (3.4 if columns > 2 else 4.6), (1.0 if len(x) < 300 else 0.15)
        axes.plot(x, y, "o", markersize=size, color=GREY, alpha=alpha, markeredgewidth=0)
        if bands is not None:
            at, low, high = bands[group]
            axes.fill_between(at, low, high, color=BLUE, alpha=0.2, linewidth=0)
        for kind, lines in curves.items():
            named = {"label": kind, **STYLES[kind]} if kind in STYLES else THIN
            axes.plot(*lines[group], **named)
        axes.set_title(group, fontsize=9, pad=2)
        axes.tick_params(labelsize=8)
    for axes in grid.flat[len(points) :]:
        axes.set_axis_off()
    _show_ticks_above_gaps(grid, len(points))
    handles, labels = grid.flat[0].get_legend_handles_labels()
    if labels:
        # The title heads the legend: two things above the panels would lie on each other.
        figure.legend(
            handles,
            labels,
            loc="outside upper center",
            ncols=len(labels),
            frameon=False,
            title=title,
            title_fontsize=12,
        )
    else:
        figure.suptitle(title, fontsize=12)
    figure.supxlabel(xlabel, fontsize=10)
    figure.supylabel(ylabel, fontsize=10)
    return figure


def intercept_slope(
    estimates: pd.DataFrame,
    mean: Sequence[float],
    covariance: np.ndarray,
    title: str,
    xlabel: str,
    ylabel: str,
    flat: pd.DataFrame | None = None,
    named: bool = True,
) -> Figure:
    """Intercepts against slopes, with the contours of the normal distribution they come from.

    Parameters
    ----------
    estimates : DataFrame
        A row per group: intercept, then slope, of the multilevel model.
    mean, covariance : arrays of shape (2,) and (2, 2)
        Of the fitted bivariate normal distribution of intercepts and slopes.
    title, xlabel, ylabel : str
        Texts.
    flat : DataFrame, optional
        The same of each group alone, joined to the multilevel estimates by thin lines.
    named : bool
        Whether groups are named.
    """
    figure = Figure(figsize=(8, 6.2), layout="constrained")
    axes = figure.subplots()
    for mass, alpha in ((0.95, 0.12), (0.8, 0.16), (0.5, 0.22)):
        x, y = normal_contour(mean, covariance, mass)
        axes.fill(x, y, color=BLUE, alpha=alpha, linewidth=0)
        axes.plot(x, y, color=BLUE, linewidth=0.8, alpha=0.7)
        highest = int(np.argmax(y))
        axes.annotate(f"{mass:.0%}", (x[highest], y[highest]), color=BLUE, fontsize=9, ha="center")
    if flat is not None:
        for (x0, y0), (x1, y1) in zip(flat.to_numpy(), estimates.to_numpy(), strict=True):
            axes.plot([x0, x1], [y0, y1], color=GREY, linewidth=0.7, zorder=2)
        style = {"facecolors": "none", "edgecolors": RED, "s": 26, "zorder": 3}
        axes.scatter(flat.iloc[:, 0], flat.iloc[:, 1], label="no pooling", **style)
    axes.scatter(
        estimates.iloc[:, 0], estimates.iloc[:, 1], color=BLUE, s=24, zorder=4, label="multilevel"
    )
    # A white cross below the black one keeps the mean visible among many points.
    axes.plot(*mean, "+", color="white", markersize=17, markeredgewidth=5, zorder=5)
    style = {"color": BLACK, "markersize": 14, "markeredgewidth": 2, "zorder": 6}
    axes.plot(*mean, "+", label="population", **style)
    for names, (x, y) in _labels(estimates) if named else ():
        axes.annotate(names, (x, y), xytext=(4, 3), textcoords="offset points", fontsize=8)
    axes.legend(frameon=False, loc="upper left")
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return figure


def _labels(estimates: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Names of points; those that lie almost on one another share a label."""
    values = estimates.to_numpy()
    near = 0.02 * np.ptp(values, axis=0)
    left = list(range(len(values)))
    labels = []
    while left:
        together = [i for i in left if (np.abs(values[i] - values[left[0]]) <= near).all()]
        names = ", ".join(str(estimates.index[i]) for i in together)
        labels.append((names, values[together[0]]))
        left = [i for i in left if i not in together]
    return labels


def normal_contour(
    mean: Sequence[float], covariance: np.ndarray, mass: float
) -> tuple[np.ndarray, np.ndarray]:
    """The ellipse that holds this share of a bivariate normal distribution."""
    # The squared distance from the mean is chi-squared with 2 degrees of freedom.
    radius = np.sqrt(-2.0 * np.log(1.0 - mass))
    angle = np.linspace(0.0, 2.0 * np.pi, 201)
    circle = radius * np.stack([np.cos(angle), np.sin(angle)])
    x, y = np.asarray(mean)[:, None] + np.linalg.cholesky(covariance) @ circle
    return x, y


def densities(
    draws: Mapping[str, np.ndarray], title: str, xlabel: str, limits: tuple[float, float]
) -> Figure:
    """Posterior densities of one or a few quantities on one axis, with their 95 % intervals.

    Parameters
    ----------
    draws : mapping
        Draws by name.
    title, xlabel : str
        Texts.
    limits : tuple of float
        What the axis shows.
    """
    figure = Figure(figsize=(8, 3.8), layout="constrained")
    axes = figure.subplots()
    colours = (BLUE, ORANGE, GREEN, RED)
    styles = ("-", "--", "-.", ":")
    edges = np.linspace(*limits, 71)
    for i, (name, values) in enumerate(draws.items()):
        colour, style = colours[i % 4], styles[i % 4]
        axes.hist(values, edges, density=True, histtype="stepfilled", color=colour, alpha=0.25)
        axes.hist(values, edges, density=True, histtype="step", color=colour, linestyle=style)
        low, high = np.quantile(values, [0.025, 0.975])
        # The handle of the legend: a line in the style of the outline.
        label = f"{name}: {np.mean(values):.3g} [{low:.3g}, {high:.3g}]"
        axes.plot([], [], color=colour, linestyle=style, label=label)
    axes.set(title=title, xlabel=xlabel, xlim=limits)
    axes.set_yticks([])
    axes.set_ylabel("density")
    axes.legend(frameon=False, title="posterior mean [95 % interval]")
    return figure


def _show_ticks_above_gaps(grid: np.ndarray, n: int) -> None:
    """The lowest panel of each column has labels on its x axis, though an empty one lies below."""
    rows, columns = grid.shape
    for column in range(columns):
        used = [row for row in range(rows) if row * columns + column < n]
        axes: Axes = grid[used[-1], column]
        axes.tick_params(labelbottom=True)

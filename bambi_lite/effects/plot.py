"""A first picture of conditional effects: a panel for each effect and condition, by matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing
from ..pictures.style import COLOURS, GREY
from .conditions import LABEL
from .effect import Effect

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: matplotlib's scale of colours for what has an order, and the part of it that is seen on white.
_SCALE, _SCALE_ENDS = "viridis", (0.0, 0.8)
_POINTS: Mapping[str, Any] = {"s": 14, "alpha": 0.35, "linewidths": 0, "zorder": 1}
#: Inches: a panel of its own, one of several, and what a legend takes.
_SINGLE, _SMALL, _LEGEND = (5.4, 3.8), (3.6, 2.9), 1.0
#: How much a ribbon covers, alone and among others.
_RIBBON, _RIBBONS = 0.22, 0.14
SURFACES = ("contour", "raster")


@dataclass(frozen=True, slots=True)
class Look:
    """What the panels of a picture have in common; see :func:`plot_effects`."""

    shown: str
    response: str
    points: bool
    rug: bool
    mean: bool
    stype: str


def plot_effects(
    effects: Sequence[Effect],
    shown: str,
    response: str,
    *,
    points: bool = False,
    rug: bool = False,
    mean: bool = True,
    ncol: int | None = None,
    jitter_width: float = 0.0,
    stype: str = "contour",
) -> Figure:
    """Draw conditional effects, a panel for each effect and each condition.

    A line with a ribbon for numbers, points with bars for factors; the second column of an
    interaction has the colours. A surface is a map with contours.

    Parameters
    ----------
    effects : sequence of Effect
        What is drawn.
    shown, response : str
        What the estimates are, and the name of the response.
    points : bool
        Whether the observations that match the conditions are shown.
    rug : bool
        Whether they are marked along the axes.
    mean : bool
        Whether the estimate is drawn over the curves of single draws (spaghetti).
    ncol : int, optional
        Panels in a row; by default up to three, the conditions of an effect in one row.
    jitter_width : float
        Observations are moved at random by up to half of it along the x axis.
    stype : "contour" or "raster"
        Whether a surface shows contours or each point of its grid.

    Returns
    -------
    matplotlib.figure.Figure
        Change it by ``figure.axes``, or ``.savefig(path)``.

    Raises
    ------
    DataError
        For an unknown `stype`, fewer than one column, and points of a response with columns.
    """
    from matplotlib.figure import Figure

    if stype not in SURFACES:
        raise DataError(f"stype = {stype!r} has to be one of {listing(SURFACES)}.")
    if ncol is not None and (isinstance(ncol, bool) or not isinstance(ncol, int) or ncol < 1):
        raise DataError(f"ncol = {ncol!r} has to be a whole number of 1 or more: panels in a row.")
    if (points or rug) and any(e.points is None for e in effects):
        raise DataError(
            f"The response '{response}' has columns, and its observations are no points of "
            f"a picture: points = False, rug = False."
        )
    look = Look(shown, response, points, rug, mean, stype)
    rows, columns = _layout(effects, ncol)
    width, height = _SINGLE if len(rows) * columns == 1 else _SMALL
    room = _LEGEND if any(len(e.columns) > 1 for e in effects) else 0.0
    size = ((width + room) * columns, height * len(rows))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(rows), columns, squeeze=False)
    rng = np.random.default_rng(1)
    first: dict[str, Axes] = {}
    for line, found in zip(axes, rows, strict=True):
        for place, axis in enumerate(line):
            if place >= len(found):
                axis.set_axis_off()
                continue
            effect, label = found[place]
            seen = _seen(effect, label, jitter_width, rng) if points or rug else None
            last = place == len(found) - 1 or found[place + 1][0] is not effect
            _panel(axis, effect, label, seen, look, last)
            # Conditions are there to be compared.
            if first.setdefault(effect.name, axis) is not axis:
                axis.sharey(first[effect.name])
            if place and found[place - 1][0] is effect:
                axis.set_ylabel("")
    return figure


def _layout(
    effects: Sequence[Effect], ncol: int | None
) -> tuple[list[list[tuple[Effect, str]]], int]:
    """Panels row by row, and the number of columns."""
    blocks = [[(e, str(c)) for c in e.table[LABEL].cat.categories] for e in effects]
    if all(len(block) == 1 for block in blocks):
        blocks = [[panel for block in blocks for panel in block]]
    longest = max(map(len, blocks))
    columns = ncol or (2 if longest == 4 else min(3, longest))
    columns = min(columns, longest)
    rows = [block[i : i + columns] for block in blocks for i in range(0, len(block), columns)]
    return rows, columns


def _seen(effect: Effect, label: str, width: float, rng: np.random.Generator) -> pd.DataFrame:
    """The observations of a panel, moved a little along the x axis if asked."""
    assert effect.points is not None
    found = effect.points[effect.points[LABEL] == label].copy()
    x = found["effect1__"]
    if effect.axes[0].labels:
        places = {name: float(i) for i, name in enumerate(effect.axes[0].labels)}
        x = x.map(places)
    found["x__"] = x.astype(float) + rng.uniform(-width / 2, width / 2, len(found))
    return found.dropna(subset=["x__"])


def _panel(
    axis: Axes, effect: Effect, label: str, seen: pd.DataFrame | None, look: Look, last: bool
) -> None:
    """One effect under one condition, with a legend if it is the `last` one in its row."""
    table = effect.table[effect.table[LABEL] == label]
    curves = None
    if effect.curves is not None:
        curves = effect.curves[effect.curves[LABEL] == label]
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_xlabel(effect.columns[0])
    axis.set_ylabel(look.shown)
    if len(effect.table[LABEL].cat.categories) > 1:
        axis.set_title(label, fontsize="medium")
    if effect.surface:
        _surface(axis, effect, table, seen, look)
        return
    if effect.raster:
        _raster(axis, effect, table, look)
        return
    colours = _colours(effect)
    if seen is not None and not effect.categories:
        _observations(axis, effect, seen, colours, look)
    if effect.axes[0].labels:
        _bars(axis, effect, table, colours)
    else:
        _lines(axis, table, curves, colours, look)
    if len(colours) > 1 and last:
        _legend(axis, effect, colours)


def _groups(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each case of the second column; one unnamed group without one."""
    if "effect2__" not in table:
        return [("", table)]
    found = table["effect2__"]
    return [(str(c), table[found == c]) for c in found.cat.categories]


def _colours(effect: Effect) -> dict[str, Any]:
    """A colour for each case: ordered ones along a scale, the others apart from each other."""
    names = [name for name, _ in _groups(effect.table)]
    ordered = effect.ordered if effect.categories else _in_order(effect)
    if not ordered and len(names) <= len(COLOURS):
        return dict(zip(names, COLOURS, strict=False))
    import matplotlib as mpl

    shades = mpl.colormaps[_SCALE](np.linspace(*_SCALE_ENDS, max(len(names), 2)))
    return dict(zip(names, shades[: len(names)], strict=True))


def _in_order(effect: Effect) -> bool:
    """Whether the cases of the second column are numbers, or levels of an ordered factor."""
    if len(effect.columns) == 1:
        return False
    dtype = effect.table[effect.columns[1]].dtype
    return bool(getattr(dtype, "ordered", False) or pd.api.types.is_float_dtype(dtype))


def _lines(
    axis: Axes,
    table: pd.DataFrame,
    curves: pd.DataFrame | None,
    colours: Mapping[str, Any],
    look: Look,
) -> None:
    """A line with its ribbon for each case, or the lines of single draws."""
    for name, part in _groups(table):
        x, colour = part["effect1__"], colours[name]
        if curves is None:
            alpha = _RIBBON if len(colours) == 1 else _RIBBONS
            axis.fill_between(
                x, part["lower__"], part["upper__"], color=colour, alpha=alpha, linewidth=0
            )
        else:
            own = curves if not name else curves[curves["effect2__"] == name]
            lines = own["estimate__"].to_numpy().reshape(-1, len(part))
            # Few lines may be seen one by one, many as a cloud.
            alpha = float(np.clip(10.0 / len(lines), 0.03, 0.5))
            axis.plot(x, lines.T, color=colour, alpha=alpha, linewidth=0.7)
        if curves is None or look.mean:
            axis.plot(x, part["estimate__"], color=colour, linewidth=2.0)
    axis.margins(x=0.01)


def _bars(axis: Axes, effect: Effect, table: pd.DataFrame, colours: Mapping[str, Any]) -> None:
    """A point with its interval for each level, cases side by side."""
    levels = list(effect.axes[0].labels)
    groups = _groups(table)
    for i, (name, part) in enumerate(groups):
        x = np.array([levels.index(str(v)) for v in part["effect1__"]]) + _dodge(i, len(groups))
        y = part["estimate__"].to_numpy()
        ends = np.abs(part[["lower__", "upper__"]].to_numpy().T - y)
        axis.errorbar(x, y, yerr=ends, fmt="o", color=colours[name], markersize=6,
                      elinewidth=2.0, capsize=4, capthick=2.0, zorder=3)  # fmt: skip
    _ticks(axis, levels)


def _dodge(i: int, n: int) -> float:
    return 0.0 if n == 1 else (i - (n - 1) / 2) * min(0.16, 0.7 / n)


def _ticks(axis: Axes, levels: Sequence[str]) -> None:
    """Names below the axis, slanted where they would run into each other."""
    slanted = sum(map(len, levels)) > 36
    axis.set_xticks(range(len(levels)), levels, rotation=35 if slanted else 0,
                    ha="right" if slanted else "center")  # fmt: skip
    axis.set_xlim(-0.5, len(levels) - 0.5)


def _observations(
    axis: Axes, effect: Effect, seen: pd.DataFrame, colours: Mapping[str, Any], look: Look
) -> None:
    for i, name in enumerate(colours):
        part = seen if not name else seen[seen["effect2__"] == name]
        colour = GREY if len(colours) == 1 else colours[name]
        shift = _dodge(i, len(colours)) if effect.axes[0].labels else 0.0
        if look.points:
            axis.scatter(part["x__"] + shift, part["resp__"], color=[colour], **_POINTS)
        if look.rug:
            # Just inside the axes, where no tick is.
            inside = np.full(len(part), 0.015)
            style: dict[str, Any] = {"color": [colour], "alpha": 0.3, "s": 30, "linewidths": 0.8}
            axis.scatter(part["x__"] + shift, inside, marker="|",
                         transform=axis.get_xaxis_transform(), **style)  # fmt: skip
            axis.scatter(inside, part["resp__"], marker="_",
                         transform=axis.get_yaxis_transform(), **style)  # fmt: skip


def _legend(axis: Axes, effect: Effect, colours: Mapping[str, Any]) -> None:
    """The cases of the second column, beside the panel."""
    from matplotlib.lines import Line2D

    marker: Callable[..., Any] = Line2D
    style = {"marker": "o", "linestyle": ""} if effect.axes[0].labels else {"linewidth": 3.0}
    handles = [marker([], [], color=c, label=name, **style) for name, c in colours.items()]
    title = "category" if effect.categories else effect.columns[1]
    axis.legend(
        handles=handles, title=title, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5),
        alignment="left",
    )  # fmt: skip


def _surface(
    axis: Axes, effect: Effect, table: pd.DataFrame, seen: pd.DataFrame | None, look: Look
) -> None:
    """A map of the estimates over two numbers."""
    wide = table.pivot(index="effect2__", columns="effect1__", values="estimate__")
    x, y, z = wide.columns.to_numpy(), wide.index.to_numpy(), np.ma.masked_invalid(wide.to_numpy())
    drawn: Any
    if look.stype == "contour":
        drawn = axis.contourf(x, y, z, levels=12, cmap=_SCALE)
        lines = axis.contour(x, y, z, levels=drawn.levels, colors="white", linewidths=0.4)
        lines.set_alpha(0.6)
    else:
        drawn = axis.pcolormesh(x, y, z, cmap=_SCALE, shading="nearest", rasterized=True)
    axis.set_ylabel(effect.columns[1])
    _colour_bar(axis, drawn, look.shown)
    if look.points and seen is not None:
        axis.scatter(seen["x__"], seen["effect2__"].astype(float), color="white",
                     edgecolors="black", s=14, linewidths=0.5)  # fmt: skip


def _raster(axis: Axes, effect: Effect, table: pd.DataFrame, look: Look) -> None:
    """The probability of each category (y axis) along the column (x axis)."""
    wide = table.pivot(index="effect2__", columns="effect1__", values="estimate__")
    levels = effect.axes[0].labels
    x = np.arange(len(levels)) if levels else wide.columns.to_numpy(dtype=float)
    wide = wide[list(levels)] if levels else wide
    y = np.arange(len(wide))
    drawn = axis.pcolormesh(x, y, wide.to_numpy(), cmap=_SCALE, shading="nearest", rasterized=True)
    axis.set_yticks(y, [str(v) for v in wide.index])
    axis.set_ylabel(look.response)
    if levels:
        _ticks(axis, levels)
    _colour_bar(axis, drawn, look.shown)


def _colour_bar(axis: Axes, drawn: Any, label: str) -> None:
    bar: Any = axis.figure.colorbar(drawn, ax=axis, label=label)
    bar.outline.set_visible(False)

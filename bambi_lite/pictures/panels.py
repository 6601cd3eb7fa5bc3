"""Panels of marks, on whichever backend arviz-plots has: the one place that talks to it.

A picture is an ``arviz_plots.PlotCollection`` with a panel a label. What is drawn in a panel goes
by the names of arviz-plots' backend functions (``line``, ``scatter``, ``hist``, ``ciliney``, ...),
and what they return is kept in ``collection.viz[name]``, to be changed or looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from ..errors import DataError, listing, suggest
from .style import COLUMNS, HEIGHT, SMALL_HEIGHT, SMALL_WIDTH, WIDTH, Style

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

#: What arviz-plots can draw with.
BACKENDS = ("matplotlib", "plotly", "bokeh")
#: What arviz-plots imports for them.
_NEEDS = {"matplotlib": ("matplotlib",), "plotly": ("plotly", "webcolors"), "bokeh": ("bokeh",)}
#: What other backends than matplotlib call its markers.
_MARKERS = {"o": "circle", "X": "x"}
#: The variable and the dimension of a collection that say nothing but which panel is which.
_VALUE, PANEL = "panel_number", "panel"
#: Dots per inch of a size given in inches, where a backend counts dots.
_DOTS = 100.0


def check_backend(backend: str | None) -> str:
    """The backend to draw with; matplotlib unless another one is asked for.

    Raises
    ------
    DataError
        For an unknown backend, and for one that is not installed.
    """
    name = "matplotlib" if backend is None else backend
    if name not in BACKENDS:
        raise DataError(
            f"Unknown backend {name!r}. Available: {listing(BACKENDS)}."
            f"{suggest(str(name), BACKENDS)}"
        )
    missing = [library for library in _NEEDS[name] if find_spec(library) is None]
    if missing:
        raise DataError(
            f"backend = '{name}' needs {listing(missing)}: pip install 'arviz-plots[{name}]'."
        )
    return name


def sized(backend: str, size: tuple[float, float]) -> dict[str, Any]:
    """What a backend is told of the size of a picture, given in inches."""
    if backend == "matplotlib":
        return {"figsize": size, "figsize_units": "inches", "layout": "constrained"}
    return {"figsize": tuple(_DOTS * side for side in size), "figsize_units": "dots"}


def make_panels(
    labels: Sequence[str],
    *,
    backend: str | None = None,
    xlabel: str = "",
    ylabel: str = "",
    columns: int = COLUMNS,
    share: str = "",
    size: tuple[float, float] | None = None,
) -> PlotCollection:
    """Empty panels with titles (none where there is a single one with an empty label) and axes.

    Parameters
    ----------
    labels : sequence of str
        A panel a label.
    backend : str, optional
        See :func:`check_backend`.
    xlabel, ylabel : str
        What the axes show: below the lowest panels and beside the first ones.
    columns : int
        The most panels in a row.
    share : "", "x", "y" or "xy"
        Which axes are the same in all panels.
    size : (float, float), optional
        Of the whole picture, in inches.
    """
    import arviz_base as azb
    import arviz_plots as azp

    n = len(labels)
    across = min(columns, n)
    down = -(-n // across)
    single = n == 1
    if size is None:
        size = (WIDTH, HEIGHT) if single else (SMALL_WIDTH * across, SMALL_HEIGHT * down)
    name = check_backend(backend)
    settings = {**sized(name, size), "sharex": "x" in share, "sharey": "y" in share}
    data = xr.Dataset({_VALUE: (PANEL, np.arange(n))}, coords={PANEL: list(labels)})
    # ArviZ would stop at 40 panels; whoever asks for more groups gets them.
    with azb.rc_context({"plot.max_subplots": max(40, n), "plot.backend": name}):
        collection = azp.PlotCollection.wrap(
            data, cols=[PANEL], col_wrap=columns, backend=name, figure_kwargs=settings
        )
    if labels[0] or not single:
        mark(collection, "title", "title", {label: (label,) for label in labels})
    lowest = labels[max(0, n - across) :]
    mark(collection, "xlabel", "xlabel", {label: (xlabel,) for label in lowest if xlabel})
    first = labels[::across]
    mark(collection, "ylabel", "ylabel", {label: (ylabel,) for label in first if ylabel})
    return collection


def mark(
    collection: PlotCollection,
    name: str,
    kind: str,
    content: Mapping[str, Sequence[Any]],
    style: Style | None = None,
) -> None:
    """Draw one mark in each panel that has something to show.

    Parameters
    ----------
    collection : PlotCollection
        From :func:`make_panels`.
    name : str
        What it is kept under in ``collection.viz``.
    kind : str
        The function of arviz-plots' backend.
    content : mapping
        Its positional arguments before the target, by panel.
    style : mapping, optional
        Its keyword arguments.
    """
    if not content:
        return
    draw = getattr(import_module(f"arviz_plots.backend.{collection.backend}"), kind)
    own = dict(style or {})
    if "marker" in own and collection.backend != "matplotlib":
        own["marker"] = _MARKERS[own["marker"]]

    def one(values: Any, target: Any, **_: Any) -> Any:
        found = np.empty((), dtype=object)
        found[()] = draw(*content[str(values[PANEL].item())], target, **own)
        return found

    # A missing number tells map() to leave its panel out; leaving out the label would not do,
    # since what is drawn is kept on the panels of the whole collection.
    numbers = collection.data[_VALUE].astype(float)
    shown = numbers.where(numbers[PANEL].isin(list(content)))
    collection.map(one, name, data=shown.to_dataset(), ignore_aes="all")


def legend(
    collection: PlotCollection, entries: Mapping[str, Style], title: str | None = None
) -> None:
    """Name the kinds of marks beside the panels."""
    backend = import_module(f"arviz_plots.backend.{collection.backend}")
    kept = ["color", "width", "linestyle"]
    # The other backends draw lines alone in a legend, and have no line that is none.
    markers = collection.backend == "matplotlib"
    kept += ["alpha", "marker", "size"] if markers else []
    hidden = () if markers else ("none",)
    styles = [
        {k: v for k, v in style.items() if k in kept and v not in hidden}
        for style in entries.values()
    ]
    plain = {} if markers else {"legend_dim": (), "update_visuals": False}
    found = backend.legend(collection, styles, list(entries), title=title, **plain)
    collection.viz["legend"] = found

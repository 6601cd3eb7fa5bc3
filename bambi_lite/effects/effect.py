"""One conditional effect as a value."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .grid import Axis


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """One effect: its table, and what a picture needs beside it.

    Attributes
    ----------
    name : str
        ``zBase:Trt``.
    columns : tuple of str
        The columns that it is about; ``cats__`` for categories of the response.
    table : pandas.DataFrame
        See :func:`bambi_lite.effects.conditional_effects`.
    axes : tuple of Axis
        The values of each column.
    categories : tuple of str
        Of the response, where their probabilities are shown.
    ordered, raster, surface : bool
        Whether the categories have an order, whether they are drawn as a raster, and whether two
        numeric columns are drawn as a surface.
    points : pandas.DataFrame or None
        The observations that match the conditions: ``effect1__``, ``effect2__``, ``resp__``,
        ``cond__``.
    curves : pandas.DataFrame or None
        The curve of each draw (``sample__``), where they were asked for.
    """

    name: str
    columns: tuple[str, ...]
    table: pd.DataFrame
    axes: tuple[Axis, ...]
    categories: tuple[str, ...]
    ordered: bool
    raster: bool
    surface: bool
    points: pd.DataFrame | None
    curves: pd.DataFrame | None

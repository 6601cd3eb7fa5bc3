"""Conditional effects as a value: tables by name, printed, and drawn when asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..estimates import percent
from ..tabular import aligned, html
from .effect import Effect
from .plot import plot_effects

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Rows of a table that are printed.
_AT_MOST = 6


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConditionalEffects(Mapping[str, pd.DataFrame]):
    """The effects of a model by name: ``effects["zBase:Trt"]`` is a DataFrame.

    Attributes
    ----------
    effects : mapping
        Each :class:`Effect` with its points and curves.
    response : str
        Name of the response.
    shown : str
        What the estimates are: the response, a distributional parameter, a probability.
    held : str
        At which values columns are held where they are not shown.
    centre : str
        ``median`` or ``mean``: what ``estimate__`` is.
    prob : float
        Mass of the interval from ``lower__`` to ``upper__``.
    """

    effects: Mapping[str, Effect]
    response: str
    shown: str
    held: str
    centre: str
    prob: float

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.effects[name].table

    def __iter__(self) -> Iterator[str]:
        return iter(self.effects)

    def __len__(self) -> int:
        return len(self.effects)

    def points(self, name: str) -> pd.DataFrame | None:
        """The observations that match the conditions of an effect: see :class:`Effect`."""
        return self.effects[name].points

    def spaghetti(self, name: str) -> pd.DataFrame | None:
        """The curve of each draw of an effect, if ``spaghetti=True``: see :class:`Effect`."""
        return self.effects[name].curves

    def plot(
        self,
        *,
        points: bool = False,
        rug: bool = False,
        mean: bool = True,
        ncol: int | None = None,
        jitter_width: float = 0.0,
        stype: str = "contour",
    ) -> Figure:
        """Draw the effects: see :func:`bambi_lite.effects.plot_effects`."""
        return plot_effects(
            tuple(self.effects.values()),
            self.shown,
            self.response,
            points=points,
            rug=rug,
            mean=mean,
            ncol=ncol,
            jitter_width=jitter_width,
            stype=stype,
        )

    def _head(self) -> str:
        held = f" Where it is not shown, held: {self.held}." if self.held else ""
        return (
            f"Conditional effects: {self.shown}, {self.centre} and "
            f"{percent(round(self.prob, 12))} % interval.{held}"
        )

    def __repr__(self) -> str:
        lines = [self._head()]
        for name, table in self.items():
            lines += [
                "",
                f"{name} ({len(table)} rows)",
                *aligned(_cells(table), right=True, gap=" "),
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self._head())}</p>"]
        for name, table in self.items():
            parts += [f"<p><b>{escape(name)}</b> ({len(table)} rows)</p>", html(_cells(table))]
        return "".join(parts)


def _cells(table: pd.DataFrame) -> list[list[str]]:
    """What is printed of a table: the effect and its estimates, some rows from first to last."""
    names = list(table.attrs["effects"])
    places = range(len(table))
    if len(table) > _AT_MOST:
        places = sorted({round(i * (len(table) - 1) / (_AT_MOST - 1)) for i in range(_AT_MOST)})  # type: ignore[assignment]
    several = len(table["cond__"].cat.categories) > 1
    shown = [f"effect{i}__" for i in range(1, len(names) + 1)] + (["cond__"] if several else [])
    numbers = ["estimate__", "se__", "lower__", "upper__"]
    part = table.iloc[list(places)]
    rows = [
        [_cell(value) for value in row] for row in part[shown + numbers].itertuples(index=False)
    ]
    return [names + shown[len(names) :] + numbers, *rows]


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

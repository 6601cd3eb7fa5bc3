"""What hypothesis() gives: a table that prints, the draws behind it, a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from ..summary.stats import percent
from ..summary.text import aligned, html_table, number
from .evidence import density

_NUMBERS = ("Estimate", "Est.Error", "CI.Lower", "CI.Upper", "Evid.Ratio", "Post.Prob")
#: Characters of a hypothesis, and of a line of text, that are printed.
_CHARS, _WIDTH = 40, 80
_POSTERIOR, _PRIOR = "#0072B2", "#999999"
#: Size of a panel in inches, and panels side by side.
_PANEL, _COLUMNS = (4.2, 2.6), 3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HypothesisTests:
    """Tests of hypotheses.

    Attributes
    ----------
    hypothesis : pandas.DataFrame
        A row a hypothesis (and level of the group): Hypothesis, Estimate and Est.Error of left
        minus right, CI.Lower, CI.Upper, Evid.Ratio, Post.Prob, Star.
    samples, prior_samples : pandas.DataFrame
        Draws of left minus right, a column ``H1``, ``H2``, ... a row; NaN where there are no prior
        draws.
    about : str
        Of which parameters: ``class 'b'``, ``group 'Subject'``; empty for all.
    alpha : float
        Level of the intervals.

    Examples
    --------
    >>> fit.hypothesis("Days > 10").hypothesis.loc[0, "Post.Prob"]  # doctest: +SKIP
    """

    hypothesis: pd.DataFrame
    samples: pd.DataFrame
    prior_samples: pd.DataFrame
    about: str
    alpha: float

    def _cells(self, digits: int) -> tuple[list[str], list[list[str]]]:
        table = self.hypothesis
        rows = []
        for i, row in enumerate(table.to_dict("records"), start=1):
            text = row["Hypothesis"]
            short = text if len(text) <= _CHARS else f"{text[: _CHARS - 3]}..."
            group = [str(row["Group"])] if "Group" in table else []
            numbers = [_number(row[name], digits) for name in _NUMBERS]
            rows.append([str(i), *group, short, *numbers, row["Star"]])
        return ["", *table.columns], rows

    def _head(self) -> str:
        return f"Hypothesis tests{f' for {self.about}' if self.about else ''}"

    def _notes(self) -> list[str]:
        one, two = percent(1.0 - 2.0 * self.alpha), percent(1.0 - self.alpha)
        notes = [
            f"Estimates are of the left side minus the right. CI: central {one} % interval of a "
            f"one-sided hypothesis, {two} % of a two-sided one.",
            f"*: the posterior probability of a one-sided hypothesis is above {two} %; the "
            f"interval of a two-sided one leaves out zero.",
        ]
        if self.hypothesis["Evid.Ratio"].isna().any():
            notes.append(
                "NA: the evidence ratio of a two-sided hypothesis compares posterior with prior "
                "draws, and this fit has none: fit it with sample_prior = 'yes' and proper priors."
            )
        return notes

    def __str__(self) -> str:
        notes = [line for note in self._notes() for line in wrap(note, _WIDTH)]
        table = aligned(*self._cells(2))
        return "\n".join([f"{self._head()}:", *(line.rstrip() for line in table), "---", *notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, rows = self._cells(2)
        table = html_table(head[1:], [r[0] for r in rows], [r[1:] for r in rows])
        notes = "".join(f"<p><small>{escape(note)}</small></p>" for note in self._notes())
        return f"<div><p><b>{escape(self._head())}</b></p>{table}{notes}</div>"

    def plot(self, which: Sequence[int] | None = None) -> Any:
        """Densities of left minus right, with zero, the estimate and its interval.

        Parameters
        ----------
        which : sequence of int, optional
            Rows of the table, from 1; all of them by default.

        Returns
        -------
        matplotlib.figure.Figure
            A panel a hypothesis: the posterior density (its interval filled), and the prior one
            where there are prior draws.

        Raises
        ------
        DataError
            For a row that is not there.
        """
        from matplotlib.figure import Figure

        asked = range(1, len(self.hypothesis) + 1) if which is None else list(which)
        for i in asked:
            if not 1 <= i <= len(self.hypothesis):
                raise DataError(
                    f"There is no hypothesis {i}; rows are 1 to {len(self.hypothesis)}."
                )
        columns = min(_COLUMNS, len(asked))
        rows = -(-len(asked) // columns)
        figure = Figure(figsize=(_PANEL[0] * columns, _PANEL[1] * rows), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for ax, i in zip(axes, asked, strict=False):
            self._panel(ax, i)
        for ax in axes[len(asked) :]:
            ax.set_visible(False)
        what = "left side minus right side (filled and point: interval and estimate)"
        figure.supxlabel(what, fontsize=9)
        if self.prior_samples.notna().to_numpy().any():
            axes[0].legend(frameon=False, fontsize=8)
        return figure

    def _panel(self, ax: Any, i: int) -> None:
        row = self.hypothesis.iloc[i - 1]
        draws = self.samples[f"H{i}"].to_numpy()
        prior = self.prior_samples[f"H{i}"].dropna().to_numpy()
        ends = [np.quantile(draws, (0.001, 0.999)), [0.0]]
        low, high = np.min(np.concatenate(ends)), np.max(np.concatenate(ends))
        margin = 0.08 * ((high - low) or 1.0)
        x = np.linspace(low - margin, high + margin, 400)
        y = density(draws, x)
        inside = (x >= row["CI.Lower"]) & (x <= row["CI.Upper"])
        ax.fill_between(x, y, where=inside, color=_POSTERIOR, alpha=0.25, linewidth=0)
        ax.plot(x, y, color=_POSTERIOR, label="posterior")
        if len(prior):
            ax.plot(x, density(prior, x), color=_PRIOR, label="prior")
        ax.plot([row["Estimate"]], [0.0], "o", color=_POSTERIOR, markersize=5, clip_on=False)
        ax.axvline(0.0, color="black", linestyle="--", linewidth=1)
        ax.set_ylim(bottom=0.0)
        ax.set_yticks([])
        ax.locator_params(axis="x", nbins=6)
        for side in ("left", "right", "top"):
            ax.spines[side].set_visible(False)
        group = f"{row['Group']}: " if "Group" in self.hypothesis else ""
        ax.set_title(f"{group}{row['Hypothesis']}", fontsize=10)


def _number(value: float, digits: int) -> str:
    return "Inf" if value == np.inf else number(value, digits)

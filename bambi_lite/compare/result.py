"""An estimate of predictive accuracy: its table, its rows, its diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..summary.text import aligned, html_frame, html_table, text_table

#: Of each kind: its columns of pointwise numbers, which are also the rows of its table.
COLUMNS: Mapping[str, tuple[str, str, str]] = {
    "loo": ("elpd_loo", "p_loo", "looic"),
    "waic": ("elpd_waic", "p_waic", "waic"),
    "kfold": ("elpd_kfold", "p_kfold", "kfoldic"),
}
#: The variance of a row's log-likelihood above which WAIC is not to be trusted; Vehtari, Gelman and
#: Gabry (2017), Statistics and Computing 27:1413-1432.
P_WAIC_LIMIT = 0.4
#: Characters of a line of text.
_WIDTH = 80


def good_k(n_draws: int) -> float:
    """The largest Pareto k that is good with so many draws.

    Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72); R's loo since 2.7, and ArviZ.
    """
    return min(1.0 - 1.0 / np.log10(n_draws), 0.7) if n_draws > 10 else 0.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Elpd:
    """Expected log predictive density of new data, estimated from the data of a fit.

    Attributes
    ----------
    kind : str
        ``loo``, ``waic`` or ``kfold``.
    pointwise : pandas.DataFrame
        A row an observation (its position in the data is the index), or a fold or group where
        their densities are joint; columns such as elpd_loo, mcse_elpd_loo, p_loo, looic,
        influence_pareto_k. All on the scale of the log-density.
    n_draws : int
        Draws of the posterior.
    data : str
        Tells the data from others.
    diagnostics : pandas.DataFrame or None
        Of loo: pareto_k, n_eff and r_eff of each row.
    joint : str
        Of kfold: what has one joint density; ``obs``, ``fold`` or ``group``.
    folds : array or None
        Of kfold: the fold of each row, from 1.
    fits : tuple
        Of kfold: the draws of each fold's refit, where asked for.

    Examples
    --------
    >>> fit.loo().estimates.loc["elpd_loo", "Estimate"]  # doctest: +SKIP
    """

    kind: str
    pointwise: pd.DataFrame
    n_draws: int
    data: str
    diagnostics: pd.DataFrame | None = None
    joint: str = "obs"
    folds: np.ndarray | None = None
    fits: tuple[Any, ...] = field(default=())

    @property
    def estimates(self) -> pd.DataFrame:
        """Sums over the rows, with standard errors: elpd, p, and -2 elpd."""
        names = list(COLUMNS[self.kind])
        values = self.pointwise[names].to_numpy()
        n = len(values)
        se = np.sqrt(n * values.var(axis=0, ddof=1)) if n > 1 else np.full(3, np.nan)
        return pd.DataFrame({"Estimate": values.sum(axis=0), "SE": se}, index=names)

    @property
    def elpd(self) -> np.ndarray:
        """The elpd of each row."""
        return np.asarray(self.pointwise[COLUMNS[self.kind][0]])

    @property
    def pareto_k(self) -> pd.Series:
        """Pareto k of each row (loo)."""
        return pd.Series(dtype=float) if self.diagnostics is None else self.diagnostics["pareto_k"]

    @property
    def good_k(self) -> float:
        """The largest k that is good: see :func:`good_k`."""
        return good_k(self.n_draws)

    def pareto_k_table(self) -> pd.DataFrame:
        """How many rows have a good, bad or very bad Pareto k, and their smallest n_eff (loo)."""
        assert self.diagnostics is not None
        k, n_eff = (np.asarray(self.diagnostics[c]) for c in ("pareto_k", "n_eff"))
        limit = f"{self.good_k:.2g}"
        grade = np.searchsorted((self.good_k, 1.0), k)  # a k that is an end belongs below it
        counts = [int((grade == i).sum()) for i in range(3)]
        least = [np.nanmin(n_eff[grade == i], initial=np.inf) for i in range(3)]
        ranges = (f"(-Inf, {limit}]", f"({limit}, 1]", "(1, Inf)")
        words = ("good", "bad", "very bad")
        return pd.DataFrame(
            {
                "Count": counts,
                "Pct.": [100.0 * c / len(k) for c in counts],
                "Min. n_eff": [v if np.isfinite(v) else np.nan for v in least],
            },
            index=[f"{ends:>14}   ({word})" for ends, word in zip(ranges, words, strict=True)],
        )

    # -- what it says ------------------------------------------------------------------------

    def _head(self) -> str:
        if self.kind != "kfold":
            return f"Computed from {self.n_draws} by {len(self.pointwise)} log-likelihood matrix."
        assert self.folds is not None
        k = len(np.unique(self.folds[self.folds > 0]))
        about = {"obs": "", "fold": ", jointly by fold", "group": ", jointly by group"}[self.joint]
        return f"From {k}-fold cross-validation of {len(self.folds)} observations{about}."

    def _notes(self) -> list[str]:
        """What to know about the numbers above."""
        if self.kind == "waic":
            return self._waic_notes()
        return self._loo_notes() if self.kind == "loo" else []

    def _waic_notes(self) -> list[str]:
        high = int((self.pointwise["p_waic"] > P_WAIC_LIMIT).sum())
        if not high:
            return []
        share = 100.0 * high / len(self.pointwise)
        return [
            f"p_waic is above {P_WAIC_LIMIT} in {high} row(s) ({share:.1f} %), where WAIC is not "
            f"to be trusted: use loo."
        ]

    def _loo_notes(self) -> list[str]:
        limit = f"{self.good_k:.2g}"
        if self._bad:
            return [
                f"Pareto k is above {limit} in {self._bad} row(s): their elpd_loo may be far off, "
                f"and so may the sums. loo(moment_match=True) or, exact and slower, "
                f"loo(reloo=True) mends them."
            ]
        errors = self.pointwise["mcse_elpd_loo"]
        again = int(errors.isna().sum())
        without = f" (without the {again} row(s) looked at again)" if again else ""
        mcse = np.sqrt(np.nansum(errors**2))
        return [
            f"Monte Carlo standard error of elpd_loo{without}: {mcse:.2g}.",
            f"Pareto k is {limit} or below in every row.",
        ]

    @property
    def _bad(self) -> int:
        """How many rows have a Pareto k that is not good."""
        return int((self.pareto_k > self.good_k).sum()) if self.kind == "loo" else 0

    def __str__(self) -> str:
        lines = [self._head(), "", *text_table(self.estimates, 1)]
        if notes := self._notes():
            lines += ["------", *(line for note in notes for line in wrap(note, _WIDTH))]
        if self._bad:
            head, rows = _k_cells(self.pareto_k_table())
            lines += ["", "Pareto k:", *aligned(head, rows)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self._head())}</p>", html_frame(self.estimates, 1)]
        parts += [f"<p><small>{escape(note)}</small></p>" for note in self._notes()]
        if self._bad:
            head, rows = _k_cells(self.pareto_k_table())
            parts.append(html_table(head[1:], [r[0].strip() for r in rows], [r[1:] for r in rows]))
        return f"<div>{''.join(parts)}</div>"

    def to_arviz(self) -> Any:
        """The same as ArviZ' ``ELPDData``, for its functions and plots."""
        import arviz_stats as azs

        dims = {"obs": self.pointwise.index.to_numpy()}
        table = self.estimates
        common = {
            "elpd": float(table.iloc[0, 0]),
            "se": float(table.iloc[0, 1]),
            "p": float(table.iloc[1, 0]),
            "n_samples": self.n_draws,
            "n_data_points": len(self.pointwise),
            "scale": "log",
            "warning": bool(self._bad),
            "elpd_i": xr.DataArray(self.elpd, coords=dims, dims="obs"),
        }
        if self.kind == "loo":
            k = xr.DataArray(self.pareto_k.to_numpy(), coords=dims, dims="obs")
            return azs.utils.ELPDDataLOO(good_k=self.good_k, pareto_k=k, **common)
        if self.kind == "kfold":
            assert self.folds is not None
            n_folds = len(np.unique(self.folds))
            return azs.utils.ELPDDataLOOKFold(good_k=None, n_folds=n_folds, **common)
        return azs.utils.ELPDData(good_k=None, **common)


def _k_cells(table: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table of Pareto k as text."""
    rows = [
        [str(name), f"{count:.0f}", f"{share:.1f}%", "NA" if np.isnan(n_eff) else f"{n_eff:.0f}"]
        for name, (count, share, n_eff) in zip(table.index, table.to_numpy(), strict=True)
    ]
    return ["", *table.columns], rows

"""The prior table: one keyed table of rows with brms' columns, in brms' order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from ..design import r_sort_key
from ..params import ParamKey
from ..tabular import aligned, html
from .keys import (
    KEYS,
    brms_class,
    describe_key,
    general_key,
    is_correlation,
    row_keys,
    used_class,
)
from .rules import Computed

COLUMNS = ("prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "tag", "source")


@dataclass(frozen=True, slots=True)
class PriorRow:
    """One row of a prior table.

    Attributes
    ----------
    prior : str
        Prior text in Stan's names; empty for "flat" on a general row and for "as the general
        row" on a narrower one.
    cls, coef, group, resp, dpar, nlpar : str
        Which parameters it is about; empty where a column does not narrow.
    lb, ub : str
        Bounds, as text; empty for none.
    source : str
        ``default``, ``user``, ``set:NAME``, or ``earlier``: the default of the data of an earlier
        fit, which ``fit.update()`` keeps.
    tag : str
        The user's own word for it; sensitivity can be asked by tag.
    make : callable or None
        What makes a PyMC distribution, where no text of ours names it.
    computed : Computed or None
        The rule that `prior` was computed by, with what it looked at.
    """

    prior: str
    cls: str
    coef: str = ""
    group: str = ""
    resp: str = ""
    dpar: str = ""
    nlpar: str = ""
    lb: str = ""
    ub: str = ""
    source: str = "default"
    tag: str = ""
    make: Callable[..., Any] | None = None
    computed: Computed | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> ParamKey:
        """The columns that say what the row is about."""
        return ParamKey(self.cls, self.coef, self.group, self.resp, self.dpar, self.nlpar)

    def describe(self) -> str:
        """``class = 'b', coef = 'Days'``: the row's key for a message."""
        return describe_key(self.key)


def deciding_row(key: ParamKey, table: Mapping[ParamKey, PriorRow]) -> PriorRow:
    """The narrowest row of a table that says something about a parameter, else its general row."""
    found = (table[k] for k in row_keys(key) if k in table)
    return next((row for row in found if row.prior), table[general_key(key)])


def sort_rows(
    rows: Iterable[PriorRow], table: Literal["default", "resolved"]
) -> tuple[PriorRow, ...]:
    """Rows in brms' order, which differs between ``default_prior()`` and ``prior_summary()``."""

    def default_order(row: PriorRow) -> tuple[Any, ...]:
        names = (row.resp, row.dpar, row.nlpar, brms_class(row.cls), row.group, row.coef)
        return tuple(r_sort_key(name) for name in names)

    def resolved_order(row: PriorRow) -> tuple[Any, ...]:
        names = (row.cls, row.resp, row.dpar, row.nlpar, row.group, row.coef)
        return tuple(r_sort_key(name) for name in names)

    return tuple(sorted(rows, key=default_order if table == "default" else resolved_order))


# -- correlations ----------------------------------------------------------------------------


def as_used(row: PriorRow) -> PriorRow:
    """A row as the model has it: a prior of correlations is one of their Cholesky factor."""
    cls = used_class(row.cls)
    if not is_correlation(cls):
        return row
    return replace(row, cls=cls, prior=re.sub(r"^lkj\s*\(", "lkj_corr_cholesky(", row.prior))


# -- tables as a person sees them ------------------------------------------------------------


class PriorFrame(pd.DataFrame):  # type: ignore[misc] # pandas is not typed
    """A prior table: a DataFrame with brms' columns that prints as brms prints it.

    The values are brms' own: a row that takes the prior of a broader one is blank in ``prior``,
    and so is a flat one. Printing shows ``(flat)``, and the prior that a blank row takes with
    ``(vectorized)`` as its source.
    """

    @property
    def _constructor(self) -> Any:
        # What is cut out of a table is a table of its own, printed as it is.
        return pd.DataFrame

    def shown(self) -> pd.DataFrame:
        """The table as it is printed."""
        frame = pd.DataFrame(self.astype(str))
        records = frame.to_dict("records")
        taken = {tuple(r[c] for c in KEYS): r["prior"] for r in records}
        for record in records:
            if record["prior"]:
                continue
            narrower = {c: record[c] for c in KEYS}
            broader = [{**narrower, "coef": ""}, {**narrower, "coef": "", "group": ""}]
            found = [taken.get(tuple(keys.values()), "") for keys in broader]
            text = next((t for t in found if t), "")
            record["prior"] = text or "(flat)"
            record["source"] = "(vectorized)" if text else record["source"]
        return pd.DataFrame(records, columns=list(self.columns))

    def _cells(self) -> list[list[str]]:
        shown = self.shown()
        return [list(shown.columns), *shown.to_numpy().tolist()]

    def __repr__(self) -> str:
        if not set(COLUMNS[:-2]) <= set(self.columns) or self.empty:
            return str(pd.DataFrame(self))
        return "\n".join(aligned(self._cells(), right=True, gap=" "))

    __str__ = __repr__

    def _repr_html_(self) -> str:
        if not set(COLUMNS[:-2]) <= set(self.columns):
            return str(pd.DataFrame(self)._repr_html_())
        return html(self._cells())


def to_frame(rows: Sequence[PriorRow]) -> PriorFrame:
    """A prior table as a DataFrame with brms' columns; all text, empty where brms is blank."""
    records = [{c: getattr(row, "cls" if c == "class" else c) for c in COLUMNS} for row in rows]
    return PriorFrame(pd.DataFrame(records, columns=list(COLUMNS)).astype(str))


def as_default_frame(rows: Sequence[PriorRow]) -> PriorFrame:
    """The table of ``default_prior()``: correlations as class ``cor``, brms' order."""
    shown = (
        replace(
            row,
            cls=brms_class(row.cls),
            prior=re.sub(r"^lkj_corr_cholesky\(", "lkj(", row.prior),
        )
        for row in rows
    )
    return to_frame(sort_rows(shown, table="default"))

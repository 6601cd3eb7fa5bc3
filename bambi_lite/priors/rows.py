"""The prior table: one keyed table of rows with brms' columns, in brms' order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from ..design import r_sort_key
from ..params import ParamKey

COLUMNS = ("prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "source")


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
        ``default`` or ``user``.
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

    @property
    def key(self) -> ParamKey:
        """The columns that say what the row is about."""
        return ParamKey(self.cls, self.coef, self.group, self.resp, self.dpar, self.nlpar)

    def describe(self) -> str:
        """``class = 'b', coef = 'Days'``: the row's key for a message."""
        return describe_key(self.key)


@dataclass(frozen=True, slots=True)
class PriorSet:
    """Prior rows said by the user; what :func:`prior` returns. Sets add up with ``+``."""

    rows: tuple[PriorRow, ...]

    def __add__(self, other: PriorSet) -> PriorSet:
        if not isinstance(other, PriorSet):
            return NotImplemented
        return PriorSet(self.rows + other.rows)

    def __str__(self) -> str:
        return "\n".join(f"{row.prior}  ({row.describe()})" for row in self.rows)


def describe_key(key: ParamKey) -> str:
    """``class = 'sd', group = 'Subject'``."""
    named = {"class": key.cls, "coef": key.coef, "group": key.group, "resp": key.resp}
    named |= {"dpar": key.dpar, "nlpar": key.nlpar}
    return ", ".join(f"{name} = '{value}'" for name, value in named.items() if value)


def number(value: float) -> str:
    """A number as R prints it into a prior: 15 digits at most, no trailing zeros."""
    return f"{value:.15g}"


#: Classes whose general row is about one group already.
_PER_GROUP = ("df",)
#: Correlations are named by their Cholesky factors in the table that the model uses.
CHOLESKY: Mapping[str, str] = MappingProxyType({"cor": "L", "lncor": "Llncor"})
_CORRELATION = {factor: cor for cor, factor in CHOLESKY.items()}


def general_key(key: ParamKey) -> ParamKey:
    """The key of the general row of a class."""
    if key.cls in _PER_GROUP:
        return replace(key, coef="")
    return ParamKey(key.cls, resp=key.resp, dpar=key.dpar, nlpar=key.nlpar)


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


def brms_class(cls: str) -> str:
    """The class as ``default_prior()`` names it, before Cholesky factors take over."""
    return _CORRELATION.get(cls, cls)


def to_frame(rows: Sequence[PriorRow]) -> pd.DataFrame:
    """A prior table as a DataFrame with brms' columns; all text, empty where brms is blank."""
    records = [asdict(row) | {"class": row.cls} for row in rows]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype(str)


def as_default_frame(rows: Sequence[PriorRow]) -> pd.DataFrame:
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

"""How two priors differ, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .errors import PriorError
from .priors import KEYS, PriorRow, PriorSet, Rule, gather, to_frame
from .spec import ModelSpec, other_priors
from .tabular import aligned, html


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PriorDiff:
    """The rows in which two priors differ.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row a difference: the columns that say which parameters it is about, ``a`` and ``b``.
        ``(flat)`` is a flat general row, ``(as above)`` a row that takes a broader one's prior, and
        ``-`` a row that the other side alone has.
    """

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def __str__(self) -> str:
        if self.frame.empty:
            return "No differences."
        return "\n".join(aligned(self._cells()))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<p>No differences.</p>" if self.frame.empty else html(self._cells())

    def _cells(self) -> list[list[str]]:
        return [list(self.frame.columns), *self.frame.to_numpy().tolist()]


def diff_prior(a: Any, b: Any) -> PriorDiff:
    """How two priors differ.

    Parameters
    ----------
    a, b : Model, Fit, PriorSet, list, DataFrame, mapping, "set:NAME" or path
        Two priors. Beside a model the other side is read as what that model would have with it;
        without a model, rows and rules are compared as they are written.

    Returns
    -------
    PriorDiff
        Printing it shows a line a difference; empty (``len() == 0``) when there is none.

    Examples
    --------
    >>> print(diff_prior("set:proper", "set:proper"))
    No differences.
    """
    specs = [_spec(side) for side in (a, b)]
    spec = next((s for s in specs if s is not None), None)
    tables = [
        _table(own.prior_rows) if own is not None
        else _written(gather(side)) if spec is None
        else _table(other_priors(spec, side))
        for own, side in zip(specs, (a, b), strict=True)
    ]  # fmt: skip
    return PriorDiff(_frame(*tables))


def _spec(side: Any) -> ModelSpec | None:
    """The model of a Model or a Fit; None for everything else."""
    spec = getattr(side, "spec", None)
    if isinstance(spec, ModelSpec):
        return spec
    if side is None:
        raise PriorError("There is no prior to compare: one side is None.")
    return None


type _Table = dict[tuple[str, ...], str]


def _table(rows: tuple[PriorRow, ...]) -> _Table:
    found = {}
    for record in to_frame(rows).to_dict("records"):
        found[tuple(record[c] for c in KEYS)] = _shown(record)
    return found


def _shown(record: Mapping[str, str]) -> str:
    narrow = record["coef"] or record["group"]
    text = record["prior"] or ("(as above)" if narrow else "(flat)")
    bounds = [f"{name} = {record[name]}" for name in ("lb", "ub") if record[name]]
    tag = [f"tag = {record['tag']}"] if record["tag"] else []
    return ", ".join([text, *bounds, *tag])


def _written(said: PriorSet) -> _Table:
    """Rows and rules as they are written; what comes later holds."""
    found: dict[tuple[str, ...], str] = {}
    for file in said.files:
        for rule in file.rules:
            found[_columns(rule)] = rule.describe()
        found |= _table(file.rows)
    return found | _table(said.rows)


def _columns(rule: Rule) -> tuple[str, ...]:
    def text(column: str) -> str:
        value = rule.columns.get(column, "")
        return value if isinstance(value, str) else "|".join(value)

    given = [f"{c} = {text(c)}" for c in ("family", "link") if c in rule.columns]
    cls = f"{rule.cls} ({', '.join(given)})" if given else rule.cls
    return (cls, *(text(c) for c in KEYS[1:]))


def _frame(a: _Table, b: _Table) -> pd.DataFrame:
    records = []
    for key in dict.fromkeys((*a, *b)):
        left, right = a.get(key, "-"), b.get(key, "-")
        if left != right:
            records.append((*key, left, right))
    frame = pd.DataFrame(records, columns=[*KEYS, "a", "b"])
    empty = [c for c in KEYS[1:] if (frame[c] == "").all()]
    return frame.drop(columns=empty)

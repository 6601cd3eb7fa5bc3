"""How prior rows find parameters: the user's over the defaults, the narrowest row first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ..errors import PriorError, listing, suggest
from ..params import Param, ParamKey, Prior
from .rows import CHOLESKY, PriorRow, brms_class, describe_key, general_key, sort_rows
from .text import parse_prior


def merge(defaults: Sequence[PriorRow], user: Sequence[PriorRow]) -> tuple[PriorRow, ...]:
    """Put the user's rows in the place of the defaults they name.

    Parameters
    ----------
    defaults : sequence of PriorRow
        The default table.
    user : sequence of PriorRow
        The user's rows.

    Returns
    -------
    tuple of PriorRow
        The table that the model uses, in the order of brms' ``prior_summary()``.

    Raises
    ------
    PriorError
        When a row matches no parameter (with the nearest rows that would), or two user rows
        have the same key.
    """
    table = {row.key: row for row in defaults}
    seen: set[ParamKey] = set()
    for row in user:
        if row.key not in table:
            raise PriorError(_no_match(row, list(table)))
        if row.key in seen:
            raise PriorError(f"Two priors are given for {row.describe()}; keep one of them.")
        seen.add(row.key)
        old = table[row.key]
        table[row.key] = replace(row, lb=row.lb or old.lb, ub=row.ub or old.ub)
    cholesky = (_as_used(row) for row in table.values())
    return sort_rows(cholesky, table="resolved")


def _as_used(row: PriorRow) -> PriorRow:
    """Correlations as the model has them: a prior on the Cholesky factor."""
    if row.cls not in CHOLESKY.values():
        return row
    return replace(row, prior=re.sub(r"^lkj\s*\(", "lkj_corr_cholesky(", row.prior))


def _no_match(row: PriorRow, keys: Sequence[ParamKey]) -> str:
    """The message for a row that is about nothing in the model."""
    shown = [replace(key, cls=brms_class(key.cls)) for key in keys]
    wanted = replace(row.key, cls=brms_class(row.cls))
    classes = list(dict.fromkeys(key.cls for key in shown))
    start = f"The prior '{row.prior}' matches no parameter: {describe_key(wanted)}."
    if wanted.cls not in classes:
        return f"{start} Classes of this model: {listing(classes)}.{suggest(wanted.cls, classes)}"
    rows = [describe_key(key) for key in shown if key.cls == wanted.cls]
    near = suggest(describe_key(wanted), rows).replace("'", "", 1).replace("'?", "?")
    coefs = [key.coef for key in shown if key.cls == wanted.cls and key.coef]
    hint = suggest(wanted.coef, coefs) if wanted.coef and wanted.coef not in coefs else near
    body = "".join(f"\n  {text}" for text in rows[:12])
    more = f"\n  and {len(rows) - 12} more" if len(rows) > 12 else ""
    return f"{start}{hint}\nRows of that class:{body}{more}"


def assign(
    params: Sequence[Param],
    rows: Sequence[PriorRow],
    numbers: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, tuple[Prior, ...]]:
    """The prior of every element of every parameter: the narrowest row that says something.

    Parameters
    ----------
    params : sequence of Param
        The unknowns.
    rows : sequence of PriorRow
        A merged table.
    numbers : mapping
        What the names in it stand for, for example ``min_Y``.

    Returns
    -------
    dict
        For each parameter's name, one Prior per element (one for a scalar or a matrix).
    """
    table = {row.key: row for row in rows}

    def lookup(key: ParamKey) -> Prior:
        general = table[general_key(key)]
        narrower = (key, replace(key, coef=""))
        texts = [table[k].prior for k in narrower if k in table and table[k].prior]
        bounds = [float(numbers.get(b, b)) if b else None for b in (general.lb, general.ub)]
        text = texts[0] if texts else general.prior
        for name, value in numbers.items():
            text = re.sub(rf"\b{name}\b", f"{value!r}", text)
        return Prior(parse_prior(text), *bounds)

    return {
        param.name: tuple(lookup(key) for key in (param.elements or (param.key,)))
        for param in params
        if param.kind != "given"
    }

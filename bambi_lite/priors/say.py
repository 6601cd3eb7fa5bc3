"""What a user may say as a prior: ``bl.prior(...)``, sums and lists of them, a table."""

from __future__ import annotations

from numbers import Real
from typing import Any

import pandas as pd

from ..errors import PriorError, listing
from .rows import CHOLESKY, COLUMNS, PriorRow, PriorSet, number
from .text import parse_prior


def prior(
    prior: str,
    class_: str = "b",
    coef: str = "",
    group: str = "",
    resp: str = "",
    dpar: str = "",
    nlpar: str = "",
    lb: float | None = None,
    ub: float | None = None,
) -> PriorSet:
    """Say a prior, as brms' ``prior()`` and ``set_prior()`` do.

    Parameters
    ----------
    prior : str
        Distribution in Stan's names, for example ``"normal(0, 10)"``; empty for flat.
    class_ : str
        Parameter class: ``b``, ``Intercept``, ``sd``, ``cor``, ``sigma``, ...
    coef, group, resp, dpar, nlpar : str
        Narrow it to a coefficient, a grouping factor, a response, a distributional or a
        non-linear parameter.
    lb, ub : float, optional
        Bounds of the parameter (of a whole class, not of single coefficients).

    Returns
    -------
    PriorSet
        One row; add sets with ``+`` or give a list of them.

    Raises
    ------
    PriorError
        When the text cannot be read, or the bounds are impossible.

    Examples
    --------
    >>> print(prior("normal(0, 10)", class_="b", coef="Days"))
    normal(0, 10)  (class = 'b', coef = 'Days')
    """
    if not isinstance(prior, str):
        raise PriorError(
            f"A prior is written as text such as 'normal(0, 5)', not as {type(prior).__name__}."
        )
    parse_prior(prior)
    for name, text in (("class_", class_), ("coef", coef), ("group", group), ("dpar", dpar)):
        if not isinstance(text, str):
            raise PriorError(f"Prior '{prior}': {name} is a name, not {text!r}.")
    for name, bound in (("lb", lb), ("ub", ub)):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, Real)):
            raise PriorError(f"Prior '{prior}': {name} is a number or None, not {bound!r}.")
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"Prior '{prior}': the lower bound {lb:g} is not below the upper {ub:g}.")
    if (lb is not None or ub is not None) and coef:
        raise PriorError(
            f"Prior '{prior}' for coef '{coef}' has bounds. Bounds belong to a whole class: "
            f"leave out coef."
        )
    if class_ in (*CHOLESKY, *CHOLESKY.values()) and (lb is not None or ub is not None):
        raise PriorError(f"Prior '{prior}': correlations have no bounds to set.")
    cls = CHOLESKY.get(class_, class_)
    row = PriorRow(
        prior.strip(),
        cls,
        coef,
        group,
        resp,
        "" if dpar == "mu" else dpar,
        nlpar,
        lb="" if lb is None else number(lb),
        ub="" if ub is None else number(ub),
        source="user",
    )
    return PriorSet((row,))


def user_rows(priors: Any) -> tuple[PriorRow, ...]:
    """The rows of whatever a user may pass as ``prior=``.

    Parameters
    ----------
    priors : None, PriorSet, list of PriorSet, or DataFrame with brms' columns
        A DataFrame may leave columns out; ``class`` and ``prior`` are needed.

    Raises
    ------
    PriorError
        For anything else.
    """
    if priors is None:
        return ()
    if isinstance(priors, PriorSet):
        return priors.rows
    if isinstance(priors, pd.DataFrame):
        return _rows_of_frame(priors)
    if isinstance(priors, list | tuple):
        return tuple(row for item in priors for row in user_rows(item))
    raise PriorError(
        f"prior has to be bl.prior(...), a list of them or a prior table, not "
        f"{type(priors).__name__}."
    )


def _rows_of_frame(frame: pd.DataFrame) -> tuple[PriorRow, ...]:
    unknown = [c for c in frame.columns if c not in (*COLUMNS, "tag")]
    missing = [c for c in ("prior", "class") if c not in frame.columns]
    if unknown or missing:
        raise PriorError(
            f"A prior table has the columns {listing(COLUMNS)}; "
            f"{'missing' if missing else 'unknown'}: {listing(missing or unknown)}."
        )
    rows: list[PriorRow] = []
    for record in frame.to_dict("records"):
        # A default row that was left as it is stays the default.
        if record.get("source", "user") == "default":
            continue
        named = {c: str(record.get(c, "") or "") for c in COLUMNS if c not in ("lb", "ub")}
        bounds = [record.get(c, "") for c in ("lb", "ub")]
        # A bound that the data give (min_Y) stays with the default row.
        lb, ub = [None if b in ("", None, "min_Y") or pd.isna(b) else float(b) for b in bounds]
        keys = {c: named[c] for c in ("coef", "group", "resp", "dpar", "nlpar")}
        rows.extend(prior(named["prior"], named["class"], **keys, lb=lb, ub=ub).rows)
    return tuple(rows)

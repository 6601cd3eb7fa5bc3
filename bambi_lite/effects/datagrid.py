"""Rows to answer for: the data, typical values, grids of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ..design import to_pandas
from ..errors import DataError, DataWarning, listing, suggest, warn
from ..spec import ModelSpec
from .grid import check_values
from .variables import GROUP, PREDICTOR, RESPONSE, Variable, Variables, variables_of

#: Words for rows.
WORDS = ("mean", "median", "balanced")
GRIDS = ("typical", "balanced", "counterfactual")


def datagrid(
    fit: Any, values: Mapping[str, Any] | None = None, *, grid: str = "typical", **columns: Any
) -> pd.DataFrame:
    """A table of new data: every combination of the values given, other columns at typical ones.

    Parameters
    ----------
    fit : Fit
        A fitted model.
    values : mapping, optional
        Values by column, for columns whose names are no keywords.
    grid : str
        What the other columns are: ``typical`` (numbers at the mean, else the most frequent
        level, trials 1), ``balanced`` (as that, but every level of every factor, groups aside), or
        ``counterfactual`` (the data once for each combination).
    **columns
        Values by column: one, several, or a function of the column (``np.unique``).

    Returns
    -------
    pandas.DataFrame
        To be given as ``newdata``; the first column given varies slowest. A group that is not given
        is its most frequent one: ``re_formula="NA"`` leaves groups out.

    Raises
    ------
    DataError
        For columns that the model does not need, and levels that the data do not have.

    Notes
    -----
    The words are those of ``datagrid`` of R's and Python's marginaleffects.

    Examples
    --------
    >>> bl.datagrid(fit, Days=[0, 5, 9])  # doctest: +SKIP
    """
    spec = fit.spec
    variables = variables_of(spec)
    if grid not in GRIDS:
        raise DataError(
            f"grid = {grid!r} has to be one of {listing(GRIDS)}.{suggest(str(grid), GRIDS)}"
        )
    given = {**(values or {}), **columns}
    axes = {name: _values(name, what, variables) for name, what in given.items()}
    if grid == "counterfactual":
        return counterfactual(spec.data.reset_index(drop=True), axes, variables)
    return _typical(variables, axes, balanced=grid == "balanced")


def _values(name: str, what: Any, variables: Variables) -> list[Any]:
    if name not in variables:
        names = [v.name for v in variables if v.role != RESPONSE]
        raise DataError(
            f"datagrid: the model has no column '{name}'. Columns that it needs: {listing(names)}."
            f"{suggest(name, names)}"
        )
    found = what(variables[name].column) if callable(what) else what
    if isinstance(found, str) or np.ndim(found) == 0:
        found = [found]
    made = [v.item() if isinstance(v, np.generic) else v for v in found]
    if not made:
        raise DataError(f"datagrid: '{name}' has no values.")
    check_values(variables[name], made, "datagrid")
    return made


def _typical(variables: Variables, given: Mapping[str, list[Any]], balanced: bool) -> pd.DataFrame:
    """Every combination, the columns in the order of the model."""
    axes = dict(given)
    for v in variables:
        if v.role != RESPONSE and v.name not in axes:
            every = balanced and v.levels and v.role == PREDICTOR
            axes[v.name] = list(v.levels) if every else [v.typical]
    rows = list(product(*axes.values()))
    made = pd.DataFrame(index=range(len(rows)))
    for v in variables:
        if v.name in axes:
            place = list(axes).index(v.name)
            made[v.name] = v.series([row[place] for row in rows])
    return made


def counterfactual(
    data: pd.DataFrame, axes: Mapping[str, list[Any]], variables: Variables
) -> pd.DataFrame:
    """`data` once for each combination of values, those of one combination together."""
    parts = []
    for row in product(*axes.values()):
        made = {
            name: variables[name].series([value] * len(data))
            for name, value in zip(axes, row, strict=True)
        }
        parts.append(data.assign(**made))
    return pd.concat(parts, ignore_index=True)


def shown_values(variable: Variable) -> list[Any]:
    """Values that stand for a column: all levels, or minimum, quartiles and maximum of numbers."""
    if variable.levels:
        return list(variable.levels)
    return list(dict.fromkeys(np.nanquantile(variable.numbers, [0, 0.25, 0.5, 0.75, 1]).tolist()))


def read_newdata(given: Any, spec: ModelSpec, variables: Variables, with_groups: bool) -> Any:
    """The rows to answer for.

    Parameters
    ----------
    given : None, DataFrame or str
        None are the rows of the data; ``"mean"`` is one row at typical values, ``"median"`` one
        with numbers at their median, ``"balanced"`` one for each combination of levels.
    spec : ModelSpec
    variables : Variables
    with_groups : bool
        Whether grouping factors have to be there.

    Raises
    ------
    DataError
        For other text, and when no row is complete.

    Warns
    -----
    DataWarning
        When rows are left out because a value is missing.
    """
    if given is None:
        return spec.data.reset_index(drop=True)
    if isinstance(given, str):
        if given not in WORDS:
            raise DataError(
                f"newdata = {given!r} is no data frame and none of {listing(WORDS)}."
                f"{suggest(given, WORDS)}"
            )
        medians = {
            v.name: [float(np.nanmedian(v.numbers))]
            for v in variables
            if given == "median" and v.role == PREDICTOR and v.numeric
        }
        return _typical(variables, medians, balanced=given == "balanced")
    frame = to_pandas(given, "new data").reset_index(drop=True)
    roles = (RESPONSE,) if with_groups else (RESPONSE, GROUP)
    needed = [v.name for v in variables if v.role not in roles and v.name in frame.columns]
    whole = frame[needed].notna().all(axis=1)
    if whole.all():
        return frame
    if not whole.any():
        raise DataError("newdata: in every row some column that the model needs is missing.")
    warn(
        f"{int((~whole).sum())} of {len(frame)} rows of newdata were left out because a column "
        f"that the model needs is missing there.",
        DataWarning,
    )
    return frame[whole].reset_index(drop=True)

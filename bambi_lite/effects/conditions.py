"""What is held fixed while an effect is shown: brms' reference values, and the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing, suggest
from .grid import axis_of, check_values, level_text
from .variables import GROUP, PREDICTOR, Variable, Variables, variables_of

#: brms' name of the column that labels conditions.
LABEL = "cond__"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """One set of values to hold, and its label."""

    label: str
    values: Mapping[str, Any]


def reference_values(variables: Variables) -> dict[str, Any]:
    """Where brms holds each column: numbers at the mean, factors at the first level, no group."""
    return {v.name: None if v.role == GROUP else v.reference for v in variables}


def read_conditions(conditions: Any, variables: Variables) -> tuple[Condition, ...]:
    """The conditions of the user, each over the reference values.

    Parameters
    ----------
    conditions : DataFrame, mapping or None
        A row a condition. Columns that are not given stay at their reference. A column ``cond__``
        has their labels; by default the labels are those of the index, ``1, 2, ...`` for one that
        only counts.

    Raises
    ------
    DataError
        For no rows, columns that the model does not need, and values they cannot have.
    """
    base = reference_values(variables)
    if conditions is None:
        return (Condition("1", base),)
    frame = _frame(conditions)
    names = [str(c) for c in frame.columns if str(c) != LABEL]
    for name in names:
        if name not in variables:
            raise DataError(
                f"conditions: the model has no column '{name}'. Columns that it needs: "
                f"{listing(v.name for v in variables)}.{suggest(name, (v.name for v in variables))}"
            )
    given = [{name: _plain(frame[name].iloc[i]) for name in names} for i in range(len(frame))]
    for i, row in enumerate(given):
        for name, value in row.items():
            _check(variables[name], value, i)
    labels = _labels(frame)
    return tuple(Condition(k, {**base, **row}) for k, row in zip(labels, given, strict=True))


def _frame(conditions: Any) -> pd.DataFrame:
    try:
        frame = pd.DataFrame(conditions)
    except (ValueError, TypeError):
        raise DataError(
            f"conditions has to be a data frame with a row for each condition, for example "
            f"pd.DataFrame({{'x': [0, 1]}}), not {type(conditions).__name__}."
        ) from None
    if not len(frame) or not [c for c in frame.columns if str(c) != LABEL]:
        raise DataError(
            "conditions has no rows or no columns: each row holds some of the model's columns at "
            "values of your own. Without conditions: None."
        )
    return frame


def _labels(frame: pd.DataFrame) -> tuple[str, ...]:
    if LABEL in frame.columns:
        labels = tuple(map(str, frame[LABEL]))
    elif isinstance(frame.index, pd.RangeIndex):
        labels = tuple(str(i + 1) for i in range(len(frame)))
    else:
        labels = tuple(map(str, frame.index))
    if len(set(labels)) < len(labels):
        raise DataError(
            f"conditions: two rows have the same label. {LABEL} (or the index) names each: "
            f"{listing(labels)}."
        )
    return labels


def _plain(value: Any) -> Any:
    """A cell as a Python value, None where it is missing."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _check(variable: Variable, value: Any, row: int) -> None:
    if value is not None:
        check_values(variable, [value], "conditions")
    elif variable.role == PREDICTOR:
        raise DataError(
            f"conditions: '{variable.name}' is missing in row {row} (counted from 0). Give it a "
            f"value, or leave the column out: it is at {level_text(variable.reference)} then. For "
            f"an average over levels: bl.predictions(fit, variables={variable.name!r}, by=True)."
        )


def make_conditions(fit: Any, variables: str | Sequence[str], digits: int = 2) -> pd.DataFrame:
    """Conditions at every combination of some columns, to be given to ``conditional_effects``.

    Parameters
    ----------
    fit : Fit
        A fitted model.
    variables : str or sequence of str
        Columns: numbers are at mean - sd, mean and mean + sd, factors at each level.
    digits : int
        Decimals of numbers in the labels.

    Returns
    -------
    pandas.DataFrame
        A row a combination, with the labels in ``cond__`` (``zAge = 0.5 & Trt = 1``); brms'
        ``make_conditions``.

    Examples
    --------
    >>> bl.make_conditions(fit, "zAge")  # doctest: +SKIP
    """
    own = variables_of(fit.spec)
    names = (variables,) if isinstance(variables, str) else tuple(variables)
    axes = [
        axis_of(
            own.check(n, "make_conditions", (PREDICTOR, GROUP)), None, 2, second=True, surface=False
        )
        for n in names
    ]
    # The smallest first, as a list is read; legends have it the other way round.
    values = [a.values if own[a.name].levels else a.values[::-1] for a in axes]
    rows = list(product(*values))
    frame = pd.DataFrame(
        {a.name: own[a.name].series([r[i] for r in rows]) for i, a in enumerate(axes)}
    )
    return frame.assign(**{LABEL: [_label(names, row, digits) for row in rows]})


def _label(names: Iterable[str], values: Iterable[Any], digits: int) -> str:
    parts = (
        f"{n} = {level_text(round(v, digits)) if isinstance(v, float) else level_text(v)}"
        for n, v in zip(names, values, strict=True)
    )
    return " & ".join(parts)

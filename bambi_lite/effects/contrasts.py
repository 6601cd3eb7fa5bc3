"""Which values of a column are compared: marginaleffects' words for it, and values of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing, suggest
from .grid import check_values, level_text
from .variables import GROUP, PREDICTOR, Variable, Variables

#: Words for pairs of numbers and for pairs of levels.
NUMERIC_WORDS = ("sd", "2sd", "iqr", "minmax")
LEVEL_WORDS = ("reference", "pairwise", "sequential", "minmax")
#: A derivative is taken over this share of the range of the data, centred.
STEP = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Two values of a column in every row.

    Attributes
    ----------
    name : str
        The column.
    label : str
        What is compared with what: ``1 - 0``, ``+1``.
    low, high : optional
        The values; None where they are steps from the value of the row.
    steps : (float, float)
        Steps from the value of the row, where `low` and `high` are None.
    """

    name: str
    label: str
    low: Any = None
    high: Any = None
    steps: tuple[float, float] = (0.0, 0.0)

    def column(self, variable: Variable, rows: pd.Series, high: bool) -> pd.Series:
        """The column at one of its two values."""
        value = self.high if high else self.low
        if value is None:
            return rows.astype(float) + self.steps[high]
        made = variable.series([value] * len(rows))
        made.index = rows.index
        return made


def read_variables(given: Any, variables: Variables, what: str) -> dict[str, Any]:
    """``variables`` as a mapping from columns to what was said of them (None: nothing)."""
    if given is None:
        return dict.fromkeys(variables.named(PREDICTOR))
    asked = {given: None} if isinstance(given, str) else given
    if not isinstance(asked, Mapping):
        asked = dict.fromkeys(asked)
    if not asked:
        raise DataError(f"{what}: variables is empty; None takes all predictors.")
    for name in asked:
        variables.check(name, what, (PREDICTOR, GROUP))
    return dict(asked)


def contrasts(variable: Variable, how: Any, what: str) -> tuple[Contrast, ...]:
    """The pairs of values that are compared.

    Parameters
    ----------
    variable : Variable
    how : optional
        For numbers a step (default 1, from the value of the row on), two values, or ``"sd"``,
        ``"2sd"`` (around the mean of the data), ``"iqr"``, ``"minmax"``. For levels
        ``"reference"`` (default: each with the first one), ``"pairwise"``, ``"sequential"``,
        ``"minmax"`` (the last with the first), or two levels (the second minus the first).
    what : str
        The function, for messages.

    Raises
    ------
    DataError
        For a column of one value, and for words and values that it cannot have.
    """
    if len(pd.unique(variable.column.dropna())) < 2:
        only = level_text(variable.column.dropna().iloc[0])
        raise DataError(
            f"{what}: '{variable.name}' is {only} in every row: there is nothing to compare."
        )
    return _of_levels(variable, how, what) if variable.levels else _of_numbers(variable, how, what)


def _of_levels(variable: Variable, how: Any, what: str) -> tuple[Contrast, ...]:
    levels = variable.levels
    places = range(len(levels))
    if how is None or how == "reference":
        pairs = [(levels[0], levels[i]) for i in places[1:]]
    elif how == "pairwise":
        pairs = [(levels[i], levels[j]) for i in places for j in places[i + 1 :]]
    elif how == "sequential":
        pairs = [(levels[i], levels[i + 1]) for i in places[:-1]]
    elif how == "minmax":
        pairs = [(levels[0], levels[-1])]
    else:
        pairs = [_pair(variable, how, LEVEL_WORDS, what)]
    return tuple(
        Contrast(variable.name, f"{level_text(b)} - {level_text(a)}", a, b) for a, b in pairs
    )


def _of_numbers(variable: Variable, how: Any, what: str) -> tuple[Contrast, ...]:
    numbers = variable.numbers
    name = variable.name
    if how is None or (isinstance(how, Real) and not isinstance(how, bool)):
        step = 1.0 if how is None else float(how)
        if not np.isfinite(step) or step == 0.0:
            raise DataError(f"{what}: a step of {step:g} in '{name}' compares nothing.")
        return (Contrast(name, f"{step:+g}", steps=(0.0, step)),)
    if how in ("sd", "2sd"):
        half = (0.5 if how == "sd" else 1.0) * float(np.nanstd(numbers, ddof=1))
        middle = float(np.nanmean(numbers))
        word = "sd/2" if how == "sd" else "sd"
        return (Contrast(name, f"(mean + {word}) - (mean - {word})", middle - half, middle + half),)
    if how == "iqr":
        low, high = np.nanquantile(numbers, [0.25, 0.75])
        if low == high:
            raise DataError(f"{what}: the quartiles of '{name}' are the same, {low:g}.")
        return (Contrast(name, "Q3 - Q1", float(low), float(high)),)
    if how == "minmax":
        return (Contrast(name, "max - min", float(np.nanmin(numbers)), float(np.nanmax(numbers))),)
    low, high = sorted(map(float, _pair(variable, how, NUMERIC_WORDS, what)))
    return (Contrast(name, f"{high:g} - {low:g}", low, high),)


def _pair(variable: Variable, how: Any, words: Sequence[str], what: str) -> tuple[Any, Any]:
    """Two values to compare."""
    name = variable.name
    if isinstance(how, str) or not isinstance(how, Sequence | np.ndarray) or len(how) != 2:
        more = "" if variable.levels else "a step, "
        hint = suggest(how, words) if isinstance(how, str) else ""
        raise DataError(
            f"{what}: '{name}' is compared by {more}two values or one of {listing(words)}, not "
            f"{how!r}.{hint}"
        )
    check_values(variable, list(how), what)
    if how[0] == how[1]:
        raise DataError(f"{what}: '{name}' is compared with itself at {level_text(how[0])}.")
    return how[0], how[1]


def slope_of(variable: Variable, what: str) -> Contrast:
    """A small step around the value of each row; DataError for a factor and a constant."""
    name = variable.name
    if variable.levels:
        raise DataError(
            f"{what}: '{name}' has levels ({listing(map(level_text, variable.levels), 4)}) and no "
            f"slope. Differences between levels: bl.comparisons(fit, {name!r})."
        )
    numbers = variable.numbers
    width = float(np.nanmax(numbers) - np.nanmin(numbers))
    if width == 0.0:
        raise DataError(f"{what}: '{name}' is {numbers[0]:g} in every row, where it has no slope.")
    half = STEP * width / 2.0
    return Contrast(name, "dY/dX", steps=(-half, half))

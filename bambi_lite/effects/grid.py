"""At which values an effect is shown: the axes of its grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from ..errors import DataError, listing
from .variables import GROUP, PREDICTOR, Variable, Variables


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The values of one column of an effect, and what they are called in pictures.

    `labels` are empty where the values are a scale rather than a few cases.
    """

    name: str
    values: tuple[Any, ...]
    labels: tuple[str, ...] = ()


def axis_of(
    variable: Variable, given: Any, resolution: int, *, second: bool, surface: bool
) -> Axis:
    """The values of a column in an effect, as brms chooses them.

    All levels of a factor. Numbers: `resolution` points over the range of the data, and in the
    second place of an interaction (unless it is a surface) mean - sd, mean and mean + sd.

    Parameters
    ----------
    variable : Variable
    given : optional
        What ``int_conditions`` says of it: values, a mapping from names to values, or a function
        of the column.
    resolution : int
        Points of a scale.
    second : bool
        Whether the column is the second one of an interaction.
    surface : bool
        Whether both columns are scales.
    """
    name = variable.name
    if given is not None:
        return _given_axis(variable, given, second)
    if variable.levels:
        return Axis(name, variable.levels, tuple(map(level_text, variable.levels)))
    numbers = variable.numbers
    if second and not surface:
        centre, spread = np.nanmean(numbers), _sd(numbers)
        return _cases(name, centre + np.array([-1.0, 0.0, 1.0]) * spread)
    scale = np.linspace(np.nanmin(numbers), np.nanmax(numbers), resolution)
    return Axis(name, tuple(scale.tolist()))


def _sd(numbers: np.ndarray) -> float:
    return float(np.nanstd(numbers, ddof=1)) if len(numbers) > 1 else 0.0


def _given_axis(variable: Variable, given: Any, second: bool) -> Axis:
    """The values that the user wants to see."""
    found = given(variable.column) if callable(given) else given
    names: tuple[str, ...] = ()
    if isinstance(found, Mapping):
        names, found = tuple(map(str, found)), list(found.values())
    values = [found] if isinstance(found, str | Real) else list(found)
    if not values:
        raise DataError(f"int_conditions: '{variable.name}' has no values.")
    check_values(variable, values, "int_conditions")
    if variable.levels:
        return Axis(variable.name, tuple(values), names or tuple(map(level_text, values)))
    numbers = np.asarray(values, dtype=float)
    if names or second:
        return _cases(variable.name, numbers, names)
    return Axis(variable.name, tuple(numbers.tolist()))


def _cases(name: str, numbers: np.ndarray, names: tuple[str, ...] = ()) -> Axis:
    """A few numbers as the cases of a second variable, the largest first, as in brms' legends."""
    order = np.argsort(-numbers, kind="stable")
    numbers = numbers[order]
    labels = tuple(names[i] for i in order) if names else number_texts(numbers)
    kept = [i for i, v in enumerate(numbers) if i == 0 or v != numbers[i - 1]]
    return Axis(name, tuple(float(numbers[i]) for i in kept), tuple(labels[i] for i in kept))


def number_texts(numbers: np.ndarray, digits: int = 2) -> tuple[str, ...]:
    """Numbers with two decimals, or with as many as tell them apart."""
    different = len(set(numbers.tolist()))
    for d in range(digits, 12):
        texts = tuple(_fixed(float(v), d) for v in numbers)
        if len(set(texts)) == different:
            return texts
    return tuple(f"{v:.6g}" for v in numbers)


def _fixed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def level_text(level: Any) -> str:
    """A level as it is written in tables and legends."""
    return f"{level:g}" if isinstance(level, float) else str(level)


def check_values(variable: Variable, values: list[Any], what: str) -> None:
    """That a column can have these values.

    Raises
    ------
    DataError
        For a level that the data do not have, and for text among numbers.
    """
    name = variable.name
    if variable.levels:
        unknown = [v for v in values if v not in variable.levels]
        if unknown and variable.role != GROUP:
            raise DataError(
                f"{what}: '{name}' has no level {listing(map(repr, unknown), 3)}. "
                f"Its levels: {listing(map(repr, variable.levels))}."
            )
        return
    bad = [
        v
        for v in values
        if isinstance(v, bool) or not isinstance(v, Real) or not np.isfinite(float(v))
    ]
    if bad:
        raise DataError(
            f"{what}: '{name}' is numeric, and {listing(map(repr, bad), 3)} is no finite number."
        )


def read_int_conditions(given: Any, variables: Variables) -> Mapping[str, Any]:
    """``int_conditions``, its names checked."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise DataError(
            f"int_conditions is a mapping from columns to values, for example "
            f"{{'zBase': [-1, 0, 1]}}, not {type(given).__name__}."
        )
    for name in given:
        variables.check(name, "int_conditions", (PREDICTOR, GROUP))
    return given


def check_resolution(resolution: Any) -> int:
    """The number of points of a scale; DataError unless a whole number of 2 or more."""
    if isinstance(resolution, bool) or not isinstance(resolution, int) or resolution < 2:
        raise DataError(
            f"resolution = {resolution!r} has to be a whole number of 2 or more: it is the number "
            f"of points of each curve."
        )
    return resolution

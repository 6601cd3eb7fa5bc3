"""Observations beside an effect: which of them belong to a condition, and how near a grid is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..formula import Name
from ..spec import ModelSpec
from .conditions import LABEL, Condition
from .grid import Axis
from .variables import GROUP, PREDICTOR, Variable, Variables

#: Numbers (observations x points of a grid) that are looked at together.
_TOGETHER = 4_000_000


def points_of(
    spec: ModelSpec,
    axes: Sequence[Axis],
    conditions: Sequence[Condition],
    variables: Variables,
    select: float,
) -> pd.DataFrame | None:
    """The observations that match each condition; None for a response with columns.

    Factors have to be at the level that is held (unless the effect is about them), numbers within
    `select` of it, both scaled to the unit interval; 0 takes any number.

    Returns
    -------
    pandas.DataFrame
        Columns ``effect1__``, ``effect2__``, ``resp__``, ``cond__``. The response is a number
        (that of the category, counted from 1), for trials the share of successes times the trials
        that are held.
    """
    y = spec.response.y
    if y.ndim > 1:
        return None
    parts = []
    effect = {a.name for a in axes}
    for condition in conditions:
        kept = np.ones(len(y), dtype=bool)
        for v in variables:
            if v.role in (PREDICTOR, GROUP) and v.name not in effect:
                kept &= _matches(v, condition.values[v.name], select)
        columns: dict[str, Any] = {
            f"effect{i}__": _places(variables[a.name], a)[kept] for i, a in enumerate(axes, start=1)
        }
        columns["resp__"] = (y * _scale(spec, condition))[kept]
        columns[LABEL] = np.full(int(kept.sum()), condition.label, dtype=object)
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _scale(spec: ModelSpec, condition: Condition) -> Any:
    """What makes successes of all trials successes of the trials that are held."""
    for addition in spec.design.recipe.formula.response.additions:
        if addition.name == "trials" and isinstance(addition.args[0], Name):
            trials = spec.response.extra["trials"]
            held = float(condition.values[addition.args[0].name])
            return np.divide(held, trials, out=np.full(len(trials), np.nan), where=trials > 0)
    return 1.0


def _matches(variable: Variable, value: Any, select: float) -> np.ndarray:
    n = len(variable.column)
    if value is None:
        return np.ones(n, dtype=bool)
    if variable.levels:
        return np.asarray(variable.column == value, dtype=bool)
    if not select:
        return np.ones(n, dtype=bool)
    numbers = variable.numbers
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    return np.asarray(np.abs(numbers - value) <= select * (high - low))


def _places(variable: Variable, axis: Axis) -> np.ndarray:
    """Where each observation stands on an axis: its number, or the label of its level."""
    if variable.levels:
        names = dict(zip(axis.values, axis.labels, strict=True))
        return np.array([names.get(value) for value in variable.column], dtype=object)
    if not axis.labels:
        return variable.numbers
    # A number belongs to the nearest of the cases that are shown.
    cases = np.asarray(axis.values, dtype=float)
    nearest = np.abs(variable.numbers[:, None] - cases).argmin(axis=1)
    return np.asarray(axis.labels, dtype=object)[nearest]


def near_data(
    grid: pd.DataFrame, axes: Sequence[Axis], variables: Variables, too_far: float
) -> np.ndarray:
    """Which points of a surface are within `too_far` of an observation, on the unit square."""
    scaled, points = [], []
    for a in axes:
        numbers = variables[a.name].numbers
        low, high = np.nanmin(numbers), np.nanmax(numbers)
        width = (high - low) or 1.0
        scaled.append((grid[a.name].to_numpy(dtype=float) - low) / width)
        points.append((numbers - low) / width)
    at, seen = np.stack(scaled, axis=1), np.unique(np.stack(points, axis=1), axis=0)
    step = max(1, _TOGETHER // len(seen))
    near = np.zeros(len(at), dtype=bool)
    for start in range(0, len(at), step):
        gaps = at[start : start + step, None, :] - seen
        near[start : start + step] = (gaps**2).sum(axis=-1).min(axis=1) <= too_far**2
    return near

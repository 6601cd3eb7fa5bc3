"""Predictions for versions of the rows, averaged over rows in each draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..draws import Draws
from ..summary.stats import flat
from .evaluate import Ask, chunks, complete, evaluate
from .variables import Variables

#: What makes a version of the rows: the value of a column changed, or the rows as they are.
type Version = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows to predict for, and the group that each is averaged in.

    Attributes
    ----------
    frame : pandas.DataFrame
    codes : array of int or None
        The group of each row; None where nothing is averaged.
    groups : pandas.DataFrame
        A row a group: what the groups are called.
    """

    frame: pd.DataFrame
    codes: np.ndarray | None
    groups: pd.DataFrame


def blocks(
    draws: Draws, frame: pd.DataFrame, versions: Sequence[Version], variables: Variables, asked: Ask
) -> Iterator[tuple[slice, np.ndarray]]:
    """Predictions a few rows at a time: shape (draws, versions, rows[, categories]).

    All versions of a row come from one prediction, so that they share the effects of new groups.
    """
    for rows in chunks(draws, len(frame), len(versions)):
        part = frame.iloc[rows]
        newdata = pd.concat([version(part) for version in versions], ignore_index=True)
        if asked.re_formula == "NA":
            newdata = complete(newdata, variables)
        values = flat(evaluate(draws, newdata, asked).to_numpy())
        shape = (len(values), len(versions), len(part), *values.shape[2:])
        yield rows, values.reshape(shape)


def group_means(
    draws: Draws, rows: Rows, versions: Sequence[Version], variables: Variables, asked: Ask
) -> np.ndarray:
    """Means over the rows of each group, draw by draw: (draws, versions, groups[, categories])."""
    assert rows.codes is not None
    total: np.ndarray | None = None
    for part, values in blocks(draws, rows.frame, versions, variables, asked):
        if total is None:
            total = np.zeros((*values.shape[:2], len(rows.groups), *values.shape[3:]))
        codes = rows.codes[part]
        for group in np.unique(codes):
            total[:, :, group] += values[:, :, codes == group].sum(axis=2)
    assert total is not None
    counts = np.bincount(rows.codes, minlength=len(rows.groups))
    return np.asarray(total / counts.reshape(-1, *[1] * (total.ndim - 3)))

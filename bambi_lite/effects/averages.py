"""Averages of predictions over rows, made in each draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..predict.prediction import Prediction
from .evaluate import pieces


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


def group_means(made: Prediction, rows: Rows, n_versions: int) -> np.ndarray:
    """Means over the rows of each group, draw by draw: (draws, versions, groups[, categories])."""
    assert rows.codes is not None
    n_groups = len(rows.groups)
    chains, n_draws = made.basis.shape
    total = np.zeros((chains * n_draws, n_versions, n_groups, *made.tail))
    for part, values in pieces(made, n_versions):
        codes = rows.codes[part]
        order = np.argsort(codes, kind="stable")
        present, starts = np.unique(codes[order], return_index=True)
        # Rows of one group side by side, so that each sum runs once over them.
        sorted_rows = values[:, :, order] if len(present) > 1 else values
        total[:, :, present] += np.add.reduceat(sorted_rows, starts, axis=2)
    counts = np.bincount(rows.codes, minlength=n_groups)
    return np.asarray(total / counts.reshape(-1, *[1] * len(made.tail)))

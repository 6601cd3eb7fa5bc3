"""Observed and replicated responses, as posterior predictive checks look at them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Replicates:
    """What was observed and what the model says could have been.

    Attributes
    ----------
    name : str
        The response.
    y : ndarray
        Observed responses, shape (n,).
    yrep : ndarray
        Replicated ones, shape (S, n): a row a draw.
    discrete : bool
        Whether responses are whole numbers.
    categories : tuple of str
        Names of the responses 1, 2, ..., where they are categories.
    group : ndarray or None
        Label of the group of each row, where groups are asked for.
    group_name, x_name : str
        What `group` and `x` are.
    x : ndarray or None
        What rows are drawn against, where that is asked for.
    """

    name: str
    y: np.ndarray
    yrep: np.ndarray
    discrete: bool = False
    categories: tuple[str, ...] = ()
    group: np.ndarray | None = None
    group_name: str = ""
    x: np.ndarray | None = None
    x_name: str = ""

    def by_group(self) -> dict[str, Replicates]:
        """The rows of each group, in the order of the levels; all of them under ``""``."""
        if self.group is None:
            return {"": self}
        found = {}
        levels = (
            self.group.categories
            if isinstance(self.group, pd.Categorical)
            else pd.unique(self.group)
        )
        for level in levels:
            rows = np.asarray(self.group == level)
            if rows.any():
                found[str(level)] = replace(
                    self,
                    y=self.y[rows],
                    yrep=self.yrep[:, rows],
                    group=None,
                    x=None if self.x is None else self.x[rows],
                )
        return found

    @property
    def values(self) -> np.ndarray:
        """All values a discrete response has, observed or replicated, and those between them."""
        if self.categories:
            return np.arange(1, len(self.categories) + 1)
        low = min(self.y.min(), self.yrep.min())
        return np.arange(low, max(self.y.max(), self.yrep.max()) + 1)

"""How many thresholds an ordinal response has, which the data tell or ``thres()`` says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import DataError
from .values import AdditionColumns, Column


def n_thresholds(response: Column, additions: Mapping[str, AdditionColumns]) -> int:
    """The number of thresholds between the categories of a response.

    Parameters
    ----------
    response : Column
        Whole numbers from 1 (0 where a hurdle comes first), or a factor.
    additions : mapping
        ``thres(n)`` says how many there are, ``cat(n)`` how many categories.

    Returns
    -------
    int

    Raises
    ------
    DataError
        If the response has no categories, or each group of ``thres(gr =)`` its own thresholds.
    """
    thres, cat = additions.get("thres"), additions.get("cat")
    if thres is not None and "gr" in thres.kwargs:
        raise DataError("thres(gr =) gives every group thresholds of its own: no common number.")
    if thres is not None and thres.args:
        return int(thres.args[0].values[0])
    if cat is not None:
        return int(cat.args[0].values[0]) - 1
    if response.levels:
        return len(response.levels) - 1
    values = response.values
    if values.ndim > 1 or (values % 1 != 0).any() or values.min() < 0:
        raise DataError(
            f"The response '{response.name}' has no ordered categories: make it whole numbers from "
            "1, or an ordered factor."
        )
    return int(np.max(values)) - 1

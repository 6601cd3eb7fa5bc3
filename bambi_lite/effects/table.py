"""The table of predictions, comparisons and slopes, with its draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..errors import DataError
from ..estimates import estimates, stat_names
from ..predict.prediction import Prediction

#: Numbers of a result whose draws are kept: half a gigabyte.
_KEPT = 64_000_000


class Answer(pd.DataFrame):  # type: ignore[misc] # pandas is not typed
    """A DataFrame of estimates that keeps its draws.

    What is cut out of it is an ordinary DataFrame; its index says which rows of the draws it has.
    """

    _metadata = ["_draws"]  # noqa: RUF012 # pandas' way to keep an attribute

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    @property
    def draws(self) -> xr.DataArray:
        """The draws of each row of the table: dims chain, draw, row.

        Raises
        ------
        DataError
            Where they were too many to be kept.
        """
        found: xr.DataArray | None = self._draws
        if found is None:
            raise DataError(
                f"The draws of {len(self)} rows were not kept: they would need "
                f"more than {_KEPT * 8 / 1e9:.1f} GB. by averages over rows, ndraws takes fewer "
                f"draws, newdata fewer rows."
            )
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Summarised:
    """Estimates of shape (stats, rows[, categories]); draws (n, rows[, ...]) if they are few."""

    stats: np.ndarray
    draws: np.ndarray | None


def summarised(parts: Iterable[np.ndarray], robust: bool, probs: Sequence[float]) -> Summarised:
    """Estimates of draws that come some rows at a time."""
    stats, kept, count = [], [], 0
    for values in parts:
        stats.append(estimates(values, robust, probs))
        count += values.size
        if count <= _KEPT:
            kept.append(values)
    whole = np.concatenate(kept, axis=1) if count <= _KEPT else None
    return Summarised(np.concatenate(stats, axis=1), whole)


def answer(
    made: Prediction,
    parts: Sequence[tuple[Mapping[str, str], Summarised]],
    rows: pd.DataFrame,
    probs: Sequence[float],
) -> Answer:
    """The table: for each part its rows, for each row its categories.

    Parameters
    ----------
    made : Prediction
        One of those that the parts come from: they have the same draws and categories.
    parts : sequence of (mapping, Summarised)
        What each is called, by column.
    rows : pandas.DataFrame
        What the rows of each part are called.
    probs : sequence of float
        Of the quantiles.
    """
    (categories,) = made.last.values() or ((),)
    names = list(stat_names(probs))
    frames, arrays = [], []
    for label, found in parts:
        repeated = rows.loc[np.repeat(rows.index, max(1, len(categories)))].reset_index(drop=True)
        for place, (name, text) in enumerate(label.items()):
            repeated.insert(place, name, text)
        if categories:
            repeated["category"] = list(categories) * len(rows)
        stats = found.stats.reshape(len(names), -1)
        frames.append(repeated.assign(**dict(zip(names, stats, strict=True))))
        if found.draws is not None:
            arrays.append(found.draws.reshape(len(found.draws), -1))
    table = Answer(pd.concat(frames, ignore_index=True))
    table.attrs = made.basis.attrs(made.scale)
    table._draws = None
    if len(arrays) == len(parts) and sum(a.size for a in arrays) <= _KEPT:
        table._draws = _labelled(made, np.concatenate(arrays, axis=1))
    return table


def _labelled(made: Prediction, values: np.ndarray) -> xr.DataArray:
    posterior = made.basis.posterior
    coords = {
        "chain": posterior["chain"].values,
        "draw": posterior["draw"].values,
        "row": np.arange(values.shape[1]),
    }
    shape = (*made.basis.shape, values.shape[1])
    return xr.DataArray(values.reshape(shape), dims=("chain", "draw", "row"), coords=coords)

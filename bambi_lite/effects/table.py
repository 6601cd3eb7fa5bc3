"""The table of predictions, comparisons and slopes, with its draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import DataError
from ..summary.stats import estimates, stat_names
from .evaluate import Ask

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
    draws: Draws,
    parts: Sequence[tuple[Mapping[str, str], Summarised]],
    rows: pd.DataFrame,
    probs: Sequence[float],
    asked: Ask,
) -> Answer:
    """The table: for each part its rows, for each row its categories."""
    categories = draws.spec.response.categories if parts[0][1].stats.ndim > 2 else ()
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
    table.attrs = {"response": draws.spec.response_name, "scale": _scale(asked)}
    table._draws = None
    if len(arrays) == len(parts) and sum(a.size for a in arrays) <= _KEPT:
        table._draws = _labelled(draws, np.concatenate(arrays, axis=1))
    return table


def _labelled(draws: Draws, values: np.ndarray) -> xr.DataArray:
    posterior = draws.posterior
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], values.shape[1])
    coords = {
        "chain": posterior["chain"].values if "chain" in posterior.coords else np.arange(shape[0]),
        "draw": posterior["draw"].values if "draw" in posterior.coords else np.arange(shape[1]),
        "row": np.arange(shape[2]),
    }
    return xr.DataArray(values.reshape(shape), dims=("chain", "draw", "row"), coords=coords)


def _scale(asked: Ask) -> str:
    if asked.dpar is not None:
        return asked.dpar
    return {"posterior_linpred": "link scale"}.get(asked.method, "response scale")

"""A prediction before it is computed: as draws, or as a table that never holds all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..estimates import estimates, flat, stat_names
from .basis import Basis, Part


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What is computed of each part of the rows.

    Attributes
    ----------
    basis : Basis
    compute : callable
        Values of some rows, of a shape that broadcasts to (chain, draw, rows, ...). Called for
        each part once and in order, so that it may draw random numbers.
    scale : str
        What the values are, for attributes.
    last : mapping
        Dims after obs, with their labels.
    """

    basis: Basis
    compute: Callable[[Part], Any]
    scale: str
    last: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def tail(self) -> tuple[int, ...]:
        """Sizes of the dims after obs."""
        return tuple(len(labels) for labels in self.last.values())

    def draws(self) -> xr.DataArray:
        """All values: dims chain, draw, obs and those of `last`."""
        basis = self.basis
        values = np.empty((*basis.shape, basis.design.n_obs, *self.tail))
        for part in basis.parts(int(np.prod(self.tail))):
            values[:, :, part.rows] = self.compute(part)
        return xr.DataArray(
            values,
            dims=("chain", "draw", "obs", *self.last),
            coords={
                "chain": basis.posterior.chain,
                "draw": basis.posterior.draw,
                "obs": basis.design.rows,
                **{dim: list(labels) for dim, labels in self.last.items()},
            },
            attrs=basis.attrs(self.scale),
        )

    def reduced(self, reduce: Callable[[np.ndarray], np.ndarray], width: int) -> np.ndarray:
        """Numbers made of the draws of each row, without an array of all draws.

        Parameters
        ----------
        reduce : callable
            From (draws, rows, ...) to (numbers, rows, ...).
        width : int
            How many numbers.
        """
        basis = self.basis
        found = np.empty((width, basis.design.n_obs, *self.tail))
        for part in basis.parts(int(np.prod(self.tail))):
            full = (*basis.shape, part.design.n_obs, *self.tail)
            found[:, part.rows] = reduce(flat(np.broadcast_to(self.compute(part), full)))
        return found

    def table(
        self,
        robust: bool,
        probs: Sequence[float],
        shown: Mapping[str, Sequence[str]] | None = None,
    ) -> pd.DataFrame | xr.DataArray:
        """Estimate, Est.Error and quantiles of each row; `shown` are other labels than `last`.

        Returns
        -------
        pandas.DataFrame or xarray.DataArray
            A row an observation, named by its position in the data; with dims obs, stat and those
            of `last` where there are some.
        """
        names = stat_names(probs)
        found = self.reduced(lambda draws: estimates(draws, robust, probs), len(names))
        attrs = self.basis.attrs(self.scale)
        index = pd.Index(self.basis.design.rows, name="obs")
        if not self.last:
            table = pd.DataFrame(found.T, index=index, columns=names)
            table.attrs |= attrs
            return table
        return xr.DataArray(
            np.moveaxis(found, 0, 1),
            dims=("obs", "stat", *self.last),
            coords={
                "obs": index.to_numpy(),
                "stat": names,
                **{dim: list(labels) for dim, labels in (shown or self.last).items()},
            },
            attrs=attrs,
        )

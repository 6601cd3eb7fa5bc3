"""The pointwise log-likelihood, some rows at a time, and what identifies the data it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from ..draws import Draws
from ..errors import DataError, listing
from ..predict import log_lik
from ..spec import ModelSpec, take_rows

#: Bytes of log-likelihood that are held at a time; what is computed of them is a few times that.
BUDGET = 64 * 2**20


class Fitted(Protocol):
    """A fit, as far as comparisons look at it."""

    @property
    def draws(self) -> Draws:
        """Its draws."""
        ...

    @property
    def criteria(self) -> Mapping[str, Any]:
        """What :func:`bambi_lite.compare.add_criterion` has added."""
        ...


def log_lik_rows(draws: Draws, rows: Any) -> np.ndarray:
    """The log-likelihood of some rows, shape (rows, chains * draws), chain after chain.

    Raises
    ------
    DataError
        Where it is not a number.
    """
    values = log_lik(replace(draws, spec=take_rows(draws.spec, rows))).values
    total = values.shape[0] * values.shape[1]
    found = np.ascontiguousarray(values.reshape(total, -1).T)
    if (bad := np.isnan(found).any(axis=1)).any():
        labels = draws.spec.design.rows[rows][bad]
        raise DataError(
            f"The log-likelihood is not a number in some draws of row(s) {listing(labels, 5)} "
            f"(counted from 0 in the data): a distributional parameter left its range. A link "
            f"such as log or logit keeps it inside."
        )
    return found


def blocks(draws: Draws, budget: int | None = None) -> Iterator[tuple[slice, np.ndarray]]:
    """The log-likelihood of all rows, block by block.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    budget : int, optional
        Bytes of one block; :data:`BUDGET` by default.

    Yields
    ------
    rows : slice
        Which rows.
    log_lik : array of shape (rows, chains * draws)
    """
    n = draws.spec.design.n_obs
    sizes = draws.posterior.sizes
    step = max(1, (budget or BUDGET) // (8 * sizes["chain"] * sizes["draw"]))
    for start in range(0, n, step):
        rows = slice(start, min(n, start + step))
        yield rows, log_lik_rows(draws, rows)


def possible_blocks(draws: Draws) -> Iterator[tuple[slice, np.ndarray]]:
    """:func:`blocks` for importance sampling, which divides by the likelihood.

    Raises
    ------
    DataError
        Where a draw gives a row no probability, or an infinite one.
    """
    for rows, values in blocks(draws):
        if (bad := np.isinf(values).any(axis=1)).any():
            labels = draws.spec.design.rows[rows][bad]
            raise DataError(
                f"The log-likelihood is infinite in some draws of row(s) {listing(labels, 5)} "
                f"(counted from 0 in the data). Such draws cannot come from this model and these "
                f"data: were they made with others?"
            )
        yield rows, values


def fingerprint(spec: ModelSpec) -> str:
    """The same for two models exactly when they are about the same responses in the same order."""
    y = np.ascontiguousarray(spec.response.y, dtype=float)
    return hashlib.sha256(repr(y.shape).encode() + y.tobytes()).hexdigest()


def check_threshold(value: Any) -> float:
    """A threshold of Pareto k; DataError unless it is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise DataError(
            f"k_threshold = {value!r} is no number: rows with a Pareto k above it are looked at "
            f"again, by default above 0.7."
        )
    return float(value)

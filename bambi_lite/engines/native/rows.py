"""Rows and columns of the data as the kernels want them: merged, orthogonal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...spec import ModelSpec
from ...terms import orthogonal_map as orthogonal_to


def orthogonal_map(X: np.ndarray) -> np.ndarray:
    """M with ``b = M beta``, where beta are coefficients of columns that are orthogonal.

    ``X = Q R``; Q is scaled so that its columns have the mean square one.
    """
    return orthogonal_to(X, float(len(X)))


@dataclass(frozen=True, slots=True)
class EqualRows:
    """Rows of which every one stands for all that are equal to it.

    Attributes
    ----------
    rows : array
        Their positions.
    weights : array
        How many rows each stands for, times their weight.
    """

    rows: np.ndarray
    weights: np.ndarray


def equal_rows(spec: ModelSpec) -> EqualRows:
    """Merge the rows that no part of the likelihood can tell apart, the response included.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    """
    n = spec.design.n_obs
    arrays = [
        np.asarray(array)
        for array in (*spec.arrays.values(), *spec.response.extra.values(), spec.response.y)
        if len(array) == n
    ]
    weights = spec.seen.arrays.get("weights")
    arrays += [] if weights is None else [np.asarray(weights)]
    code = np.zeros(n, dtype=np.int64)
    for array in arrays:
        for column in array.T if array.ndim > 1 else (array,):
            own, values = pd.factorize(column)
            code, _ = pd.factorize(code * len(values) + own)
    _, first, counts = np.unique(code, return_index=True, return_counts=True)
    return EqualRows(first, counts * (1.0 if weights is None else np.asarray(weights)[first]))


def correlated_columns(spec: ModelSpec) -> Iterator[str]:
    """The coefficients that can be sampled on orthogonal columns.

    Two or more without bounds, whose columns are linearly independent, and not orthogonal by the
    formula's ``decomp`` already.
    """
    decomposed = {p.dpar for p in spec.predictors if p.decomp}
    for dpar in (own for own in spec.dpars if own.name not in decomposed):
        for piece in (p for term in dpar.terms for p in term.pieces() or ()):
            if not piece.param or not piece.columns:
                continue
            X = np.asarray(spec.arrays[piece.columns])
            bounded = any(p.lb is not None or p.ub is not None for p in spec.priors[piece.param])
            half = any(
                p.dist is not None and np.isfinite(p.dist.word.support).any()
                for p in spec.priors[piece.param]
            )
            if X.shape[1] < 2 or len(X) <= X.shape[1] or bounded or half:
                continue
            sizes = np.sqrt(np.mean(X**2, axis=0))
            if sizes.all() and np.linalg.cond(X / sizes) < 1e8:
                yield piece.param

"""Which rows are left out together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing, suggest
from ..spec import ModelSpec

#: Ways to make folds, by brms' names.
WAYS = ("stratified", "grouped", "loo")


def make_folds(spec: ModelSpec, K: int, folds: Any, group: Any, seed: int | None) -> np.ndarray:
    """The fold of each row, from 1.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    K : int
        Number of folds.
    folds : None, "stratified", "grouped", "loo" or sequence of int
        None divides the rows at random or, with `group`, makes a fold of each group.
        ``"stratified"`` puts about the same share of each group into each fold, ``"grouped"`` never
        divides a group, ``"loo"`` makes a fold of each row. Numbers are the folds themselves.
    group : str or sequence, optional
        A grouping factor, a column of the formula, or labels.
    seed : int, optional
        Of the division.

    Returns
    -------
    array of int, shape (n_obs,)

    Raises
    ------
    DataError
        For folds that cannot be made.
    """
    n = spec.design.n_obs
    if folds is not None and not isinstance(folds, str):
        return _given(folds, n)
    if folds is not None and folds not in WAYS:
        raise DataError(
            f"folds = {folds!r} is no way to make folds. Valid: {listing(WAYS)}, or the number of "
            f"the fold of each row.{suggest(folds, WAYS)}"
        )
    rng = np.random.default_rng(seed)
    if folds == "loo":
        return np.arange(1, n + 1)
    codes = None if group is None else pd.factorize(group_labels(spec, group), sort=True)[0]
    if folds is None and codes is not None:
        return np.asarray(codes + 1)
    check_k(K, n, "rows")
    if folds is None:
        return _spread(n, K, rng)
    if codes is None:
        raise DataError(f"folds = '{folds}' needs group = ...: {_groups(spec)}.")
    if folds == "stratified":
        return _stratified(codes, K, rng)
    check_k(K, int(codes.max()) + 1, "groups")
    return _grouped(codes, K, rng)


def check_k(K: Any, n: int, what: str) -> None:
    """DataError unless there can be K folds of n things."""
    if isinstance(K, bool) or not isinstance(K, int | np.integer) or K < 2:
        raise DataError(f"K = {K!r} has to be a whole number of folds, 2 or more.")
    if n < K:
        raise DataError(
            f"K = {K} folds need at least {K} {what}; there are {n}. K = {n} leaves out one at a "
            f"time."
        )


def _spread(n: int, K: int, rng: np.random.Generator) -> np.ndarray:
    """Rows in random order, dealt out to the folds."""
    return rng.permutation(np.arange(n) % K) + 1


def _stratified(codes: np.ndarray, K: int, rng: np.random.Generator) -> np.ndarray:
    """Each group is dealt out, beginning where the one before ended."""
    order = rng.permutation(len(codes))
    order = order[np.argsort(codes[order], kind="stable")]
    folds = np.empty(len(codes), dtype=int)
    folds[order] = np.arange(len(codes)) % K + 1
    return folds


def _grouped(codes: np.ndarray, K: int, rng: np.random.Generator) -> np.ndarray:
    """Groups in random order, the next one to the fold that has the fewest rows."""
    sizes = np.bincount(codes)
    fold_of = np.empty(len(sizes), dtype=int)
    filled = np.zeros(K)
    order = rng.permutation(len(sizes))
    # Large groups first, so that the folds come out even.
    for g in order[np.argsort(-sizes[order], kind="stable")]:
        fold_of[g] = int(np.argmin(filled))
        filled[fold_of[g]] += sizes[g]
    return np.asarray(fold_of[codes] + 1)


def _given(folds: Any, n: int) -> np.ndarray:
    values = np.asarray(folds)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise DataError("folds has to be a whole number for each row, or one of: stratified, ...")
    if len(values) != n:
        raise DataError(
            f"folds has {len(values)} numbers, but the model has {n} rows (rows with missing "
            f"values are not among them)."
        )
    found, codes = np.unique(values, return_inverse=True)
    if len(found) < 2:
        raise DataError("folds puts all rows into one fold: nothing would be left to fit.")
    return np.asarray(codes) + 1


def group_labels(spec: ModelSpec, group: Any) -> np.ndarray:
    """The group of each row.

    Raises
    ------
    DataError
        For a name that the model does not know, and for labels that are not one for each row.
    """
    if isinstance(group, str):
        return _named_labels(spec, group)
    if not isinstance(group, Sequence | np.ndarray | pd.Series | pd.Categorical):
        raise DataError(
            f"group has to be a name or labels of the rows, not {type(group).__name__}."
        )
    labels = pd.Series(group).reset_index(drop=True)
    rows = spec.design.rows
    if len(labels) != len(rows) and len(labels) > rows.max():
        labels = labels.iloc[rows]  # of all rows of the data, of which some were left out
    if len(labels) != len(rows):
        raise DataError(f"group has {len(labels)} labels, but the model has {len(rows)} rows.")
    if labels.isna().any():
        raise DataError("group has missing labels.")
    return np.asarray(labels)


def _named_labels(spec: ModelSpec, name: str) -> np.ndarray:
    for predictor in spec.predictors:
        for term in predictor.groups:
            if term.group == name and term.J.ndim == 1:
                return np.array(term.levels)[term.J]
    if name in spec.data:
        return np.asarray(spec.data[name])
    raise DataError(
        f"group = '{name}' is no group and no column of the model. {_groups(spec)}."
        f"{suggest(name, _names(spec))}"
    )


def _names(spec: ModelSpec) -> list[str]:
    """Groups, then the columns that the formula has."""
    return list(dict.fromkeys([*(b.group for b in spec.blocks), *map(str, spec.data)]))


def _groups(spec: ModelSpec) -> str:
    return (
        f"It has: {listing(_names(spec))}; any other labels can be given themselves, "
        f"group = data['x']"
    )

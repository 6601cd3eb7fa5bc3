"""Sums over rows, from which gaussian effects are integrated out (see :mod:`.likelihoods`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...spec import ModelSpec
from .centring import effect_columns, level_sums, pieces_of
from .known import KNOWN


def on_gaussian_scale(spec: ModelSpec) -> np.ndarray:
    """The response on the scale on which it is normal."""
    transform = KNOWN[spec.family.kernel].transform
    assert transform is not None
    return np.array(transform(np.asarray(spec.response.y, dtype=float)), dtype=float)


@dataclass(frozen=True, slots=True)
class MarginalSums:
    """What integrating a block of effects out needs.

    Attributes
    ----------
    by_rows : bool
        Whether other group effects make the residual of a row, so that sums come from rows.
    floats : array
        What MARGINAL_F points to.
    index, Z : arrays
        The level of each row and the columns of its effects.
    precision : array or None
        Weight of each row.
    fixed : tuple of (str, int)
        The parameter and element that each column of the fixed part belongs to.
    """

    by_rows: bool
    floats: np.ndarray
    index: np.ndarray
    Z: np.ndarray
    precision: np.ndarray | None
    fixed: tuple[tuple[str, int], ...] = ()


def marginal_sums(spec: ModelSpec, name: str) -> MarginalSums:
    """Sums over the rows of each level of a block, for :mod:`.likelihoods.marginal`.

    Parameters
    ----------
    spec : ModelSpec
        A gaussian model with identity link and one sigma.
    name : str
        The block; empty for none, where the sums are of all rows alone.
    """
    pieces = pieces_of(spec, "mu")
    others = any(piece.effects and piece.effects != name for piece in pieces)
    levels, q = 0, 1
    n = spec.design.n_obs
    index, Z = np.zeros(n, dtype=int), np.ones((n, 1))
    if name:
        block = next(b for b in spec.blocks if b.name == name)
        levels, q = len(block.levels), len(block.coefs)
        index, Z = effect_columns(spec, block, "mu")
    precision = _precision(spec)
    w = np.ones(n) if precision is None else precision
    total, known = float(w.sum()), _known_precision(spec)
    ZZ = level_sums(index, Z, w, levels) if name else np.empty((0, 1, 1))
    if others:
        head = [total, known, 0.0]
        return MarginalSums(True, np.concatenate([head, ZZ.ravel()]), index, Z, precision)
    fixed: list[tuple[str, int]] = []
    columns: list[np.ndarray] = []
    y = on_gaussian_scale(spec)
    for piece in pieces:
        if piece.known:
            y -= spec.arrays[piece.known]
        elif piece.columns and piece.param:
            X = np.asarray(spec.arrays[piece.columns])
            fixed += [(piece.param, i) for i in range(X.shape[1])]
            columns += list(X.T)
        elif piece.param:
            fixed.append((piece.param, 0))
            columns.append(np.ones(n))
    X = np.column_stack(columns) if columns else np.empty((n, 0))
    XX = X.T @ (w[:, None] * X)
    start = np.linalg.lstsq(XX, X.T @ (w * y), rcond=None)[0] if columns else np.empty(0)
    y -= X @ start
    sums = np.empty((levels, q * q + q * len(fixed) + q))
    sums[:, : q * q] = ZZ.reshape(levels, q * q)
    for i in range(q if name else 0):
        for j, column in enumerate(columns):
            place = q * q + i * len(fixed) + j
            sums[:, place] = np.bincount(index, w * Z[:, i] * column, levels)
        sums[:, q * q + q * len(fixed) + i] = np.bincount(index, w * Z[:, i] * y, levels)
    head = [total, known, float(np.sum(w * y * y))]
    floats = np.concatenate([head, start, X.T @ (w * y), XX.ravel(), sums.ravel()])
    return MarginalSums(False, floats, index, Z, precision, tuple(fixed))


def _known_sigma(spec: ModelSpec) -> float | None:
    """The sigma that the user fixed, 0 with ``se()`` alone; None where it is a parameter."""
    pieces = [piece for term in spec.dpars[1].terms for piece in term.pieces() or ()]
    value = pieces[0].value
    return None if value is None else float(value)


def _known_precision(spec: ModelSpec) -> float:
    """That of a sigma that the user fixed; with ``se()`` it is in the weights of the rows."""
    sigma = _known_sigma(spec)
    return 1.0 if not sigma or "se" in spec.response.extra else sigma**-2.0


def _precision(spec: ModelSpec) -> np.ndarray | None:
    """Weights of the rows: those of weights(), and with se() one over the known variances."""
    weights = spec.seen.arrays.get("weights")
    se: Any = spec.response.extra.get("se")
    if se is None:
        return None if weights is None else np.asarray(weights)
    # A sigma beside known errors is fixed here: see plan.
    known = 1.0 / (np.asarray(se) ** 2 + (_known_sigma(spec) or 0.0) ** 2)
    return known if weights is None else known * np.asarray(weights)

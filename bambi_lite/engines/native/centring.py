"""Which columns of a predictor are constant within the levels of a group, seen through its effects.

A column x of the population level is constant in this sense when in every level j it is a
combination ``Z_j w_j`` of the columns of the group effects: then ``x b`` may be a part of the mean
of the effects (Gelfand, Sahu and Carlin 1995, Biometrika 82:479-488).
"""

from __future__ import annotations

import numpy as np

from ...spec import ModelSpec
from ...terms import GroupBlock, Piece

#: Relative size of a residual that is rounding.
_NOTHING = 1e-9


def pieces_of(spec: ModelSpec, dpar: str) -> tuple[Piece, ...]:
    """What the predictor of a distributional parameter adds up."""
    own = next(d for d in spec.dpars if d.name == dpar)
    return tuple(piece for term in own.terms for piece in term.pieces() or ())


def effect_columns(spec: ModelSpec, block: GroupBlock, dpar: str) -> tuple[np.ndarray, np.ndarray]:
    """The level of each row and the columns of a block's effects, (n_obs, coefs)."""
    own = [piece for piece in pieces_of(spec, dpar) if piece.effects == block.name]
    index = np.asarray(spec.arrays[own[0].index])
    Z = np.ones((len(index), len(block.coefs)))
    for piece in own:
        if piece.columns:
            Z[:, piece.column] = np.asarray(spec.arrays[piece.columns])[:, piece.place]
    return index, Z


def level_sums(index: np.ndarray, Z: np.ndarray, w: np.ndarray, levels: int) -> np.ndarray:
    """``Z' W Z`` of each level, (levels, q, q)."""
    q = Z.shape[1]
    made = np.empty((levels, q, q))
    for i in range(q):
        for j in range(i + 1):
            made[:, i, j] = made[:, j, i] = np.bincount(index, w * Z[:, i] * Z[:, j], levels)
    return made


def means_within(
    spec: ModelSpec, block: GroupBlock, dpar: str
) -> dict[tuple[str, int], np.ndarray]:
    """The columns that are constant within the levels of a block.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    block : GroupBlock
        Whose effects all belong to `dpar`.
    dpar : str
        The distributional parameter.

    Returns
    -------
    dict
        By parameter and element (``("b", 0)``, ``("Intercept", 0)``): what one unit of it adds to
        the mean of the effects of each level, (levels, coefs).
    """
    index, Z = effect_columns(spec, block, dpar)
    levels = len(block.levels)
    ones = np.ones(len(index))
    inverse = np.linalg.pinv(level_sums(index, Z, ones, levels), hermitian=True)
    found: dict[tuple[str, int], np.ndarray] = {}
    for piece in pieces_of(spec, dpar):
        if piece.effects or not piece.param:
            continue
        X = np.asarray(spec.arrays[piece.columns]) if piece.columns else ones[:, None]
        for i in range(X.shape[1]):
            x = X[:, i]
            sums = np.stack([np.bincount(index, x * column, levels) for column in Z.T], axis=-1)
            w = np.einsum("jkl,jl->jk", inverse, sums)
            residual = x - np.einsum("ik,ik->i", Z, w[index])
            if np.abs(residual).max() <= _NOTHING * max(np.abs(x).max(), 1e-300):
                found[piece.param, i] = w
    return found


#: From this ratio on a level knows so much of its effects that they are sampled centred.
ENOUGH = 5.0
#: Variance of group effects that is taken for granted where the data do not show it simply, on the
#: log or logit scale: standard deviations of half to one are what such models have.
_USUAL = 0.5


def informed(spec: ModelSpec, block: GroupBlock) -> float:
    """How much the data of a level know of its effects, relative to the effects' distribution.

    The information of the rows of a level (:attr:`Family.information`) times the variance of the
    effects, the smallest over coefficients, the median over levels. Non-centred effects suit small
    values, centred ones large values (Papaspiliopoulos, Roberts and Skoeld 2007, Statistical
    Science 22:59-73).

    Returns
    -------
    float
        Zero where it is not known.
    """
    dpars = {coef.dpar for coef in block.coefs}
    if dpars != {"mu"} or spec.family.information is None:
        return 0.0
    weights = spec.family.information(spec.family, spec.response)
    if weights is None:
        return 0.0
    index, Z = effect_columns(spec, block, "mu")
    levels = len(block.levels)
    per_row = np.broadcast_to(weights, len(index))
    scaled = Z / np.sqrt(np.mean(Z**2, axis=0))
    information = np.stack(
        [np.bincount(index, per_row * column**2, levels) for column in scaled.T], axis=-1
    )
    ratio = float(np.median(information, axis=0).min())
    return ratio * _variance_between(spec, index, levels, float(np.mean(per_row)))


def _variance_between(spec: ModelSpec, index: np.ndarray, levels: int, weight: float) -> float:
    """The variance of the means of the levels beyond that of their rows, where it shows."""
    if spec.family.kernel != "gaussian":
        return _USUAL
    y = np.asarray(spec.response.y, dtype=float)
    counts = np.bincount(index, minlength=levels)
    means = np.bincount(index, y, levels) / np.maximum(counts, 1)
    within = float(np.mean((y - means[index]) ** 2))
    between = float(np.var(means)) - within / max(float(np.mean(counts)), 1.0)
    # The information is that of a residual variance; it counts in units of the one within levels.
    return max(between, 0.0) / (within * weight) if within > 0.0 else 0.0

"""Linear predictors of the kernels, forwards and backwards."""

from __future__ import annotations

from typing import Any

from ...compiled import inner
from . import layout as at
from .special import dot, summed


@inner
def length(ints: Any, at_d: int) -> int:
    """How many numbers a predictor has: one a row, or one where it is no predictor."""
    return ints[at.N_ROWS] if ints[at_d + at.KIND] == at.PREDICTED else 1


@inner
def predictor(theta: Any, effects: Any, ints: Any, floats: Any, at_d: int, eta: Any) -> None:
    """A linear predictor, into `eta`."""
    kind = ints[at_d + at.KIND]
    if kind != at.PREDICTED:
        start = ints[at_d + at.B]
        eta[0] = theta[start] if kind == at.SCALAR else floats[start]
        return
    n = ints[at.N_ROWS]
    intercept, offset = ints[at_d + at.INTERCEPT], ints[at_d + at.OFFSET]
    base = theta[intercept] if intercept >= 0 else 0.0
    if offset >= 0:
        known = floats[offset : offset + n]
        for i in range(n):
            eta[i] = base + known[i]
    else:
        eta[:] = base
    # Column after column: each is one loop that runs in parallel lanes.
    columns, b, X = ints[at_d + at.WIDTH], ints[at_d + at.B], ints[at_d + at.X]
    for k in range(columns):
        x, slope = floats[X + k * n : X + (k + 1) * n], theta[ints[b + k]]
        for i in range(n):
            eta[i] += x[i] * slope
    parts = ints[at_d + at.PARTS]
    for part in range(ints[parts]):
        at_p = parts + 1 + part * at.PART_WIDTH
        at_b = ints[at.BLOCKS] + ints[at_p + at.PART_BLOCK] * at.BLOCK_WIDTH
        q, first = ints[at_b + at.COEFS], ints[at_b + at.EFFECTS] + ints[at_p + at.PART_COLUMN]
        J, Z = ints[at_p + at.PART_INDEX], ints[at_p + at.PART_Z]
        level, own = ints[J : J + n], effects[first:]
        if Z >= 0:
            z = floats[Z : Z + n]
            for i in range(n):
                eta[i] += own[level[i] * q] * z[i]
        else:
            for i in range(n):
                eta[i] += own[level[i] * q]


@inner
def predictor_back(ints: Any, floats: Any, at_d: int, g: Any, slope: Any, by_effects: Any) -> None:
    """From the derivatives by the rows of a predictor to those by scalars and effects."""
    kind = ints[at_d + at.KIND]
    if kind != at.PREDICTED:
        if kind == at.SCALAR:
            slope[ints[at_d + at.B]] += g[0]
        return
    n, intercept = ints[at.N_ROWS], ints[at_d + at.INTERCEPT]
    if intercept >= 0:
        slope[intercept] += summed(g)
    columns, b, X = ints[at_d + at.WIDTH], ints[at_d + at.B], ints[at_d + at.X]
    for k in range(columns):
        slope[ints[b + k]] += dot(floats[X + k * n : X + (k + 1) * n], g)
    parts = ints[at_d + at.PARTS]
    for part in range(ints[parts]):
        at_p = parts + 1 + part * at.PART_WIDTH
        at_b = ints[at.BLOCKS] + ints[at_p + at.PART_BLOCK] * at.BLOCK_WIDTH
        q, first = ints[at_b + at.COEFS], ints[at_b + at.EFFECTS] + ints[at_p + at.PART_COLUMN]
        J, Z = ints[at_p + at.PART_INDEX], ints[at_p + at.PART_Z]
        level, own = ints[J : J + n], by_effects[first:]
        if Z >= 0:
            z = floats[Z : Z + n]
            for i in range(n):
                own[level[i] * q] += g[i] * z[i]
        else:
            for i in range(n):
                own[level[i] * q] += g[i]

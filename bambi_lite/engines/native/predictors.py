"""Linear predictors of the kernels, forwards and backwards."""

from __future__ import annotations

import numpy as np

from . import layout as at
from .special import fast


@fast
def predictor(theta, effects, ints, floats, at_d):
    """A linear predictor: one value a row, or a single value where it is no predictor."""
    kind = ints[at_d + at.KIND]
    if kind != at.PREDICTED:
        one = np.empty(1)
        start = ints[at_d + at.B]
        one[0] = theta[start] if kind == at.SCALAR else floats[start]
        return one
    n = ints[at.N_ROWS]
    intercept, offset = ints[at_d + at.INTERCEPT], ints[at_d + at.OFFSET]
    eta = np.empty(n)
    base = theta[intercept] if intercept >= 0 else 0.0
    for i in range(n):
        eta[i] = base + (floats[offset + i] if offset >= 0 else 0.0)
    columns, b, X = ints[at_d + at.N_COLUMNS], ints[at_d + at.B], ints[at_d + at.X]
    if columns > 0:
        own = np.empty(columns)
        for k in range(columns):
            own[k] = theta[ints[b + k]]
        for i in range(n):
            total = 0.0
            for k in range(columns):
                total += floats[X + i * columns + k] * own[k]
            eta[i] += total
    parts = ints[at_d + at.PARTS]
    for part in range(ints[parts]):
        at_p = parts + 1 + part * at.PART_WIDTH
        at_b = ints[at.BLOCKS] + ints[at_p + at.PART_BLOCK] * at.BLOCK_WIDTH
        q, first = ints[at_b + at.COEFS], ints[at_b + at.EFFECTS] + ints[at_p + at.PART_COLUMN]
        J, Z = ints[at_p + at.PART_INDEX], ints[at_p + at.PART_Z]
        if Z < 0:
            for i in range(n):
                eta[i] += effects[first + ints[J + i] * q]
        else:
            for i in range(n):
                eta[i] += effects[first + ints[J + i] * q] * floats[Z + i]
    return eta


@fast
def predictor_back(ints, floats, at_d, g, slope, by_effects):
    """From the derivatives by the rows of a predictor to those by scalars and effects."""
    kind = ints[at_d + at.KIND]
    if kind != at.PREDICTED:
        if kind == at.SCALAR:
            slope[ints[at_d + at.B]] += g[0]
        return
    n, intercept = ints[at.N_ROWS], ints[at_d + at.INTERCEPT]
    if intercept >= 0:
        slope[intercept] += g.sum()
    columns, b, X = ints[at_d + at.N_COLUMNS], ints[at_d + at.B], ints[at_d + at.X]
    if columns > 0:
        own = np.zeros(columns)
        for i in range(n):
            for k in range(columns):
                own[k] += floats[X + i * columns + k] * g[i]
        for k in range(columns):
            slope[ints[b + k]] += own[k]
    parts = ints[at_d + at.PARTS]
    for part in range(ints[parts]):
        at_p = parts + 1 + part * at.PART_WIDTH
        at_b = ints[at.BLOCKS] + ints[at_p + at.PART_BLOCK] * at.BLOCK_WIDTH
        q, first = ints[at_b + at.COEFS], ints[at_b + at.EFFECTS] + ints[at_p + at.PART_COLUMN]
        J, Z = ints[at_p + at.PART_INDEX], ints[at_p + at.PART_Z]
        if Z < 0:
            for i in range(n):
                by_effects[first + ints[J + i] * q] += g[i]
        else:
            for i in range(n):
                by_effects[first + ints[J + i] * q] += g[i] * floats[Z + i]

"""Group effects that were integrated out, drawn from their distribution given everything else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...compiled import compiled
from ...spec import ModelSpec, linear_predictor
from ...xp import numpy_namespace
from .program import Program
from .sums import marginal_sums, on_gaussian_scale

#: Draws whose residuals are held at once, in numbers.
_BUDGET = 4_000_000


def recover(program: Program, values: Mapping[str, np.ndarray], seed: int) -> np.ndarray:
    """One draw of the effects for each posterior draw, exactly (see :mod:`.marginal`).

    Parameters
    ----------
    program : Program
        The model.
    values : mapping
        Draws of all other parameters and effects.
    seed : int
        Of the random numbers.

    Returns
    -------
    array of shape (chain, draw, level, coef)
    """
    spec, name = program.spec, program.plan.integrated
    block = next(b for b in spec.blocks if b.name == name)
    levels, q = len(block.levels), len(block.coefs)
    sd = values[f"sd_{name}"]
    F = sd[..., :, None] * (values[f"L_{name}"] if block.correlated else np.eye(q))
    lead = sd.shape[:-1]
    sigma = values.get("sigma")
    sums = marginal_sums(spec, name)
    k = np.full(lead, sums.floats[1]) if sigma is None else sigma**-2.0
    rng = np.random.default_rng([seed, 0x6272])
    made = np.empty((*lead, levels, q))
    flat = made.reshape(-1, levels, q)
    F, k = F.reshape(-1, q, q), k.reshape(-1)
    if not sums.by_rows:
        p = len(sums.fixed)
        per = sums.floats[3 + 2 * p + p * p :].reshape(levels, -1)
        ZZ, ZX = per[:, : q * q], per[:, q * q : q * q + q * p].reshape(levels, q, p)
        Zy = per[:, q * q + q * p :]
        b = np.stack([_element(values, *which) for which in sums.fixed], axis=-1).reshape(-1, p)
        b = b - sums.floats[3 : 3 + p]
        for s in range(len(flat)):
            noise = rng.standard_normal((levels, q))
            _draw(ZZ, ZX, Zy, b[s], k[s], F[s], noise, flat[s])
        return made
    ZZ = sums.floats[3:].reshape(levels, q * q)
    w = np.ones(len(sums.index)) if sums.precision is None else sums.precision
    nothing = np.zeros((levels, q, 0))
    rows = max(1, _BUDGET // len(sums.index))
    for first in range(0, len(flat), rows):
        part = range(first, min(first + rows, len(flat)))
        residual = on_gaussian_scale(spec) - _without(spec, values, name, part)
        for s, own in zip(part, residual, strict=True):
            Zy = np.stack(
                [np.bincount(sums.index, w * own * column, levels) for column in sums.Z.T], axis=-1
            )
            noise = rng.standard_normal((levels, q))
            _draw(ZZ, nothing, Zy, np.zeros(0), k[s], F[s], noise, flat[s])
    return made


def _element(values: Mapping[str, np.ndarray], name: str, i: int) -> np.ndarray:
    array = values[name]
    return array if array.ndim == 2 else array[..., i]


def _without(
    spec: ModelSpec, values: Mapping[str, np.ndarray], name: str, part: range
) -> np.ndarray:
    """The linear predictor of mu without the effects of one block, (draw, n_obs)."""
    own = {
        key: array.reshape(-1, *array.shape[2:])[part.start : part.stop]
        for key, array in values.items()
    }
    block = next(b for b in spec.blocks if b.name == name)
    own[f"r_{name}"] = np.zeros((len(part), len(block.levels), len(block.coefs)))
    return np.asarray(linear_predictor(spec, spec.dpars[0], numpy_namespace(), own, spec.arrays))


@compiled
def _draw(ZZ, ZX, Zy, b, k, F, noise, out):
    levels, q = Zy.shape
    p = len(b)
    C, v, e, u = np.empty((q, q)), np.empty(q), np.empty(q), np.empty(q)
    for level in range(levels):
        for i in range(q):
            e[i] = Zy[level, i]
            for j in range(p):
                e[i] -= ZX[level, i, j] * b[j]
        for i in range(q):
            u[i] = 0.0
            for m in range(i, q):
                u[i] += F[m, i] * e[m]
        # C is the Cholesky factor of I + k F' ZZ F.
        for i in range(q):
            for j in range(i + 1):
                total = 1.0 if i == j else 0.0
                for m in range(i, q):
                    for n in range(j, q):
                        total += k * F[m, i] * ZZ[level, m * q + n] * F[n, j]
                for m in range(j):
                    total -= C[i, m] * C[j, m]
                C[i, j] = np.sqrt(total) if i == j else total / C[j, j]
        for i in range(q):
            total = k * u[i]
            for m in range(i):
                total -= C[i, m] * v[m]
            v[i] = total / C[i, i]
        for i in range(q):
            v[i] += noise[level, i]
        for i in range(q - 1, -1, -1):
            total = v[i]
            for m in range(i + 1, q):
                total -= C[m, i] * v[m]
            v[i] = total / C[i, i]
        for i in range(q):
            total = 0.0
            for m in range(i + 1):
                total += F[i, m] * v[m]
            out[level, i] = total

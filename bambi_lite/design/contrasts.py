"""Contrast matrices by R's names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .values import Contrast, FloatArray


def treatment(levels: Sequence[str], base: int = 1) -> Contrast:
    """Each level against a base (numbered from 1): R's ``contr.treatment``."""
    kept = [i for i in range(len(levels)) if i != base - 1]
    return Contrast(np.eye(len(levels))[:, kept], tuple(levels[i] for i in kept))


def sas(levels: Sequence[str]) -> Contrast:
    """Each level against the last: R's ``contr.SAS``."""
    return treatment(levels, len(levels))


def sum_to_zero(levels: Sequence[str]) -> Contrast:
    """Deviations from the mean of the levels: R's ``contr.sum``."""
    k = len(levels)
    matrix = np.vstack([np.eye(k - 1), -np.ones(k - 1)])
    return Contrast(matrix, tuple(str(i + 1) for i in range(k - 1)))


def helmert(levels: Sequence[str]) -> Contrast:
    """Each level against the mean of those before it: R's ``contr.helmert``."""
    k = len(levels)
    matrix = np.zeros((k, k - 1))
    for j in range(k - 1):
        matrix[: j + 1, j] = -1.0
        matrix[j + 1, j] = j + 1.0
    return Contrast(matrix, tuple(str(i + 1) for i in range(k - 1)))


def successive_differences(levels: Sequence[str]) -> Contrast:
    """Each level against the one before it: ``contr.sdif`` of MASS."""
    k = len(levels)
    rows = np.arange(1, k + 1)[:, None]
    columns = np.arange(1, k)[None, :]
    matrix = np.where(rows > columns, columns / k, columns / k - 1.0)
    names = tuple(f"{levels[i + 1]}-{levels[i]}" for i in range(k - 1))
    return Contrast(matrix, names)


def polynomial(levels: Sequence[str]) -> Contrast:
    """Orthogonal polynomials of equally spaced scores: R's ``contr.poly``."""
    k = len(levels)
    matrix = _orthogonal(np.arange(1, k + 1, dtype=float), k - 1)
    names = tuple(f".{'LQC'[d]}" if d < 3 else f"^{d + 1}" for d in range(k - 1))
    return Contrast(matrix, names)


def _orthogonal(scores: FloatArray, degree: int) -> FloatArray:
    centred = scores - scores.mean()
    q, r = np.linalg.qr(np.vander(centred, degree + 1, increasing=True))
    signed = q * np.sign(np.diag(r))
    return np.asarray(signed[:, 1:])


# By the names that R gives them; each takes the levels.
CONTRASTS: dict[str, Callable[[Sequence[str]], Contrast]] = {
    "contr.treatment": treatment,
    "contr.SAS": sas,
    "contr.sum": sum_to_zero,
    "contr.helmert": helmert,
    "contr.sdif": successive_differences,
    "contr.poly": polynomial,
}

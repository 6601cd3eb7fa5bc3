"""Distributions of correlation matrices, by their Cholesky factors."""

from __future__ import annotations

import math

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .words import Vocable


def _lkj(xp: Namespace, chol: Array, eta: Array) -> Array:
    """LKJ density of a Cholesky factor with unit rows (Lewandowski et al. 2009), q x q.

    As in Stan the density is with respect to the free elements of the factor; the normalising
    constant is theirs, equation 16.
    """
    q = int(chol.shape[-1])
    constant = 0.0
    for k in range(1, q):
        shape = eta + (q - 1.0 - k) / 2.0
        beta_k = 2.0 * xp.gammaln(xp.asarray(shape)) - xp.gammaln(xp.asarray(2.0 * shape))
        constant = constant - (2.0 * eta - 2.0 + q - k) * (q - k) * math.log(2.0) - (q - k) * beta_k
    powers = [2.0 * eta - 2.0 + q - i for i in range(1, q + 1)]
    log_diagonal = xp.log(xp.diagonal(chol))
    return constant + sum(p * log_diagonal[..., i] for i, p in enumerate(powers))


def partial_shapes(q: int, eta: float) -> list[float]:
    """The shapes of the canonical partial correlations under LKJ(eta), row by row.

    They are independent: w = 2 u - 1 with u ~ Beta(a, a) (Lewandowski, Kurowicka and Joe 2009,
    J. Multivariate Analysis 100:1989-2001, section 2.4).
    """
    return [eta + (q - 2 - j) / 2.0 for i in range(1, q) for j in range(i)]


def cholesky_of_partials(xp: Namespace, w: Array, q: int) -> Array:
    """The Cholesky factor of a correlation matrix from its canonical partial correlations.

    Parameters
    ----------
    xp : namespace
        Of the world that `w` lives in.
    w : array of shape (..., q (q - 1) / 2)
        Partial correlations in (-1, 1), row by row below the diagonal.
    q : int
        Rows of the matrix.

    Returns
    -------
    array of shape (..., q, q)
    """
    zero, one = 0.0 * w[..., 0], 0.0 * w[..., 0] + 1.0
    rows = [xp.stack([one, *[zero] * (q - 1)])]
    k = 0
    for i in range(1, q):
        left, row = one, []  # what earlier columns leave of the row
        for _ in range(i):
            row.append(w[..., k] * xp.sqrt(left))
            left = left * (1.0 - w[..., k] ** 2)
            k += 1
        rows.append(xp.stack([*row, xp.sqrt(left), *[zero] * (q - 1 - i)]))
    return xp.swap(xp.stack(rows))


def random_lkj(
    rng: np.random.Generator, eta: float, q: int, size: tuple[int, ...] = ()
) -> np.ndarray:
    """Draws of the Cholesky factor of a correlation matrix under LKJ(eta), shape (*size, q, q)."""
    a = np.asarray(partial_shapes(q, eta))
    w = 2.0 * rng.beta(a, a, size=(*size, len(a))) - 1.0
    return np.asarray(cholesky_of_partials(numpy_namespace(), w, q))


WORDS = (
    Vocable(
        "lkj_corr_cholesky",
        ("eta",),
        (-1.0, 1.0),
        _lkj,
        positive=("eta",),
        over="correlations",
    ),
)

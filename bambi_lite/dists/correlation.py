"""Distributions of correlation matrices, by their Cholesky factors."""

from __future__ import annotations

import math

from ..xp import Array, Namespace
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


WORDS = (Vocable("lkj_corr_cholesky", ("eta",), (-1.0, 1.0), _lkj, positive=("eta",)),)

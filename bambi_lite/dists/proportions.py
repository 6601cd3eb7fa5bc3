"""Distributions of proportions that add up to one."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .words import UNIT, Vocable


def _dirichlet(xp: Namespace, x: Array, alpha: Array) -> Array:
    """Proportions along the last axis of `x`; `alpha` has one number each, or one for all."""
    a = xp.asarray(np.broadcast_to(np.asarray(alpha, dtype=float), (int(x.shape[-1]),)))
    constant = xp.gammaln(xp.sum(a)) - xp.sum(xp.gammaln(a))
    return constant + xp.sum((a - 1.0) * xp.log(x))


WORDS = (Vocable("dirichlet", ("alpha",), UNIT, _dirichlet, positive=("alpha",)),)

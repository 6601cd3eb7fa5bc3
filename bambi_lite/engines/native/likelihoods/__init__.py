"""Log-likelihoods with their derivatives by the linear predictors, each compiled when first used.

A test holds each to the family's own density. To add one: write the log-density of a row and its
derivatives in one of the files here, say in :mod:`..known` what its parameters are, and name it as
the ``kernel`` of the family.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ....compiled import callback
from ..known import MARGINAL, NAMES, SUMS
from . import counts, positive, real
from .categories import TEXTS as _CATEGORIES
from .loop import SIGNATURE, likelihood
from .marginal import by_rows, by_sums

_ROWS = {**real.ROWS, **counts.ROWS, **positive.ROWS}
_TEXTS = {MARGINAL: by_rows, SUMS: by_sums, **_CATEGORIES}


@cache
def compiled(number: int) -> Any:
    """The C function of a likelihood by its place in :data:`..known.NAMES`."""
    name, _, seen = NAMES[number].partition(" ")
    if name in _TEXTS:
        return callback(SIGNATURE, _TEXTS[name])
    row, tails = _ROWS[name]
    return callback(SIGNATURE, likelihood(name, row, tails if seen else None))

"""Rows made of other rows: extra zeros, hurdles, a mass at zero.

The further parameter is a probability, the last of the row. That a response is zero shows in the
last column of its row, which is one there.
"""

from __future__ import annotations

import math
from typing import Any

from ....compiled import inner
from ..special import log1mexp


def at_zero(base: Any) -> Any:
    """Zero with a probability, else a measurement of two parameters."""

    @inner
    def row(a, b, zero, p, q, r):
        if zero == 1.0:
            return r[0], 0.0, 0.0, r[3]
        value, d0, d1, _ = base(a, b, 0.0, p, q, r)
        return value + r[1], d0, d1, -r[2]

    return row


def inflated(base: Any, one: bool) -> Any:
    """Zero with a probability, else a count, which may be zero too.

    `one` says that the count has one parameter, so that the probability is the second.
    """

    @inner
    def row(a, b, zero, p, q, r):
        share = q if one else r
        value, d0, d1, _ = base(a, b, 0.0, p, q, r)
        value += share[1]
        by_share = -share[2]
        if zero == 1.0:
            # log(zi + (1 - zi) P(0)), and how much of it is the count's.
            high, low = max(share[0], value), min(share[0], value)
            both = high + math.log1p(math.exp(low - high))
            part, rest = math.exp(value - both), math.exp(share[0] - both)
            d0, d1 = part * d0, part * d1
            by_share = rest * share[3] - part * share[2]
            value = both
        if one:
            return value, d0, by_share, 0.0
        return value, d0, d1, by_share

    return row


def hurdle(base: Any, one: bool) -> Any:
    """Zero with a probability, else a count given that it is not zero; `one` as above."""

    @inner
    def row(a, b, zero, p, q, r):
        share = q if one else r
        if zero == 1.0:
            return (share[0], 0.0, share[3], 0.0) if one else (share[0], 0.0, 0.0, share[3])
        value, d0, d1, _ = base(a, b, 0.0, p, q, r)
        nothing, n0, n1, _ = base(0.0, b, 0.0, p, q, r)
        value += share[1] - log1mexp(-nothing)
        pull = 1.0 / math.expm1(-nothing)
        d0, d1 = d0 + pull * n0, d1 + pull * n1
        return (value, d0, -share[2], 0.0) if one else (value, d0, d1, -share[2])

    return row

"""A likelihood from the log-density of one row: the loop over rows that all of them share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types

from ....compiled import inner
from .. import layout as at
from ..known import KNOWN
from ..special import log1mexp
from .forms import FORMS, SLOPE, nothing

#: What the kernel hands to a likelihood: the two tables, the predictors one after another, room
#: for the derivatives by them, the scalars with their derivatives, and the scale of the effects
#: that are integrated out with its derivatives. The answer is the log-likelihood.
SIGNATURE = types.double(*[types.voidptr] * 8)

#: A row has at most so many parameters.
MOST_DPARS = 3


def likelihood(name: str, row: Any, tails: Any = None) -> Callable[..., Any]:
    """The text of a likelihood of independent rows, of :data:`SIGNATURE`.

    Parameters
    ----------
    name : str
        One of :data:`..known.KNOWN`, which says what its parameters are.
    row : callable
        ``row(a, b, c, p, q, r)``, compiled: the log-density of a row from its columns and its
        parameters, up to what depends on the data alone, and its derivatives by the parameters'
        own coordinates (:mod:`.forms`).
    tails : callable or None
        For responses that are censored or truncated: ``tails(y, b, p, q, r)``, compiled, gives
        log P(Y <= y) and log P(Y > y), then the derivatives of the first by the three parameters,
        then those of the second; `b` is the second column.
    """
    own = [FORMS[form] for form in KNOWN[name].forms]
    f0, f1, f2 = own + [nothing] * (MOST_DPARS - len(own))
    value = _as_it_is(row) if tails is None else _observed(row, tails)
    return _over_rows(name, value, f0, f1, f2)


@inner
def opened(ints_: Any, floats_: Any) -> Any:
    """The two tables behind their addresses."""
    head = numba.carray(ints_, (at.HEAD,), np.int64)
    ints = numba.carray(ints_, (head[at.N_INTS],), np.int64)
    return ints, numba.carray(floats_, (head[at.N_FLOATS],), np.float64)


@inner
def parameter(ints: Any, number: int) -> Any:
    """Whether a parameter differs between rows (one or zero), its link, where the next begins."""
    if number >= ints[at.N_DPARS]:
        return 0, 0, 0
    own = ints[at.DPARS] + number * at.DPAR_WIDTH
    if ints[own + at.KIND] == at.PREDICTED:
        return 1, ints[own + at.LINK], ints[at.N_ROWS]
    return 0, ints[own + at.LINK], 1


@inner
def columns(ints: Any) -> Any:
    """Where the columns of the response begin, -1 where there is none; where SEEN does; rows."""
    n, count, start = ints[at.N_ROWS], ints[at.N_COLUMNS], ints[at.COLUMNS]
    second = start + n if count > 1 else -1
    third = start + 2 * n if count > 2 else -1
    return start, second, third, ints[at.SEEN], n


@inner
def read(floats: Any, places: Any, i: int) -> Any:
    """The columns of a row, zero where there is none."""
    b = floats[places[1] + i] if places[1] >= 0 else 0.0
    c = floats[places[2] + i] if places[2] >= 0 else 0.0
    return floats[places[0] + i], b, c


def _as_it_is(row: Any) -> Any:
    @inner
    def value(floats, places, i, p, q, r):
        a, b, c = read(floats, places, i)
        return row(a, b, c, p, q, r)

    return value


def _observed(row: Any, tails: Any) -> Any:
    """The row as it was observed: censored, or given that it lies between bounds."""

    @inner
    def between(low, high, b, p, q, r):
        """log P(low < Y <= high), from the tail in which it loses no digits."""
        lower, upper = tails(low, b, p, q, r), tails(high, b, p, q, r)
        if lower[0] < -math.log(2.0):
            value = upper[0] + log1mexp(upper[0] - lower[0])
            up, down = math.exp(upper[0] - value), math.exp(lower[0] - value)
            return (
                value,
                up * upper[2] - down * lower[2],
                up * upper[3] - down * lower[3],
                up * upper[4] - down * lower[4],
            )
        value = lower[1] + log1mexp(lower[1] - upper[1])
        up, down = math.exp(lower[1] - value), math.exp(upper[1] - value)
        return (
            value,
            up * lower[5] - down * upper[5],
            up * lower[6] - down * upper[6],
            up * lower[7] - down * upper[7],
        )

    @inner
    def mass(low, high, b, p, q, r):
        """log P(low < Y <= high), where either may be infinite."""
        if high == np.inf:
            own = tails(low, b, p, q, r)
            return own[1], own[5], own[6], own[7]
        if low == -np.inf:
            own = tails(high, b, p, q, r)
            return own[0], own[2], own[3], own[4]
        return between(low, high, b, p, q, r)

    @inner
    def value(floats, places, i, p, q, r):
        start, n = places[3] + i, places[4]
        code, y = floats[start + n * at.CODE], floats[start + n * at.AT]
        a, b, c = read(floats, places, i)
        if code == 0.0:
            total, d0, d1, d2 = row(a, b, c, p, q, r)
        elif code == 1.0:
            total, d0, d1, d2 = mass(y, np.inf, b, p, q, r)
        elif code == -1.0:
            total, d0, d1, d2 = mass(-np.inf, y, b, p, q, r)
        else:
            total, d0, d1, d2 = mass(y, floats[start + n * at.UPTO], b, p, q, r)
        below, above = floats[start + n * at.BELOW], floats[start + n * at.ABOVE]
        if below > -np.inf or above < np.inf:
            whole, w0, w1, w2 = mass(below, above, b, p, q, r)
            total, d0, d1, d2 = total - whole, d0 - w0, d1 - w1, d2 - w2
        return total, d0, d1, d2

    return value


def _over_rows(name: str, value: Any, f0: Any, f1: Any, f2: Any) -> Callable[..., Any]:
    def function(ints_, floats_, e_, g_, theta_, slope_, F_, by_F_):
        ints, floats = opened(ints_, floats_)
        n, w = ints[at.N_ROWS], ints[at.WEIGHTS]
        s0, l0, n0 = parameter(ints, 0)
        s1, l1, n1 = parameter(ints, 1)
        s2, l2, n2 = parameter(ints, 2)
        e = numba.carray(e_, (n0 + n1 + n2 + 1,), np.float64)
        g = numba.carray(g_, (n0 + n1 + n2 + 1,), np.float64)
        places = columns(ints)
        p, q, r = f0(l0, e[0]), f1(l1, e[n0]), f2(l2, e[n0 + n1])
        total, t0, t1, t2 = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            if s0 == 1:
                p = f0(l0, e[i])
            if s1 == 1:
                q = f1(l1, e[n0 + i])
            if s2 == 1:
                r = f2(l2, e[n0 + n1 + i])
            own, d0, d1, d2 = value(floats, places, i, p, q, r)
            if w >= 0:
                weight = floats[w + i]
                own, d0, d1, d2 = weight * own, weight * d0, weight * d1, weight * d2
            total += own
            if s0 == 1:
                g[i] = d0 * p[SLOPE]
            t0 += d0
            if s1 == 1:
                g[n0 + i] = d1 * q[SLOPE]
            t1 += d1
            if s2 == 1:
                g[n0 + n1 + i] = d2 * r[SLOPE]
            t2 += d2
        if s0 == 0:
            g[0] = t0 * p[SLOPE]
        if s1 == 0 and n1 == 1:
            g[n0] = t1 * q[SLOPE]
        if s2 == 0 and n2 == 1:
            g[n0 + n1] = t2 * r[SLOPE]
        return total

    function.__name__ = f"likelihood_{name}"
    function.__qualname__ = function.__name__
    return function

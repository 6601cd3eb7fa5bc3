"""Likelihoods of categories, ordered over thresholds or not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from ....compiled import inner
from .. import layout as at
from ..special import inverse, log1mexp, log_share
from .loop import opened, parameter


@inner
def _cumulative(c, t, eta, disc, link, weight, by_t, scratch):
    """P(Y <= k) = F(disc (t_k - eta))."""
    count = len(t)
    if c == 1 or c == count + 1:
        k = 0 if c == 1 else count - 1
        gap = t[k] - eta
        log_p, log_q, slope_p, slope_q = log_share(link, disc * gap)
        value, slope = (log_p, slope_p) if c == 1 else (log_q, slope_q)
        by_t[k] += weight * slope * disc
        return value, -slope * disc, slope * gap * disc
    low, high = t[c - 2] - eta, t[c - 1] - eta
    p1, q1, sp1, _ = log_share(link, disc * low)
    p2, q2, sp2, _ = log_share(link, disc * high)
    # log(F(high) - F(low)) from the tail in which it loses no digits; the slopes are those of
    # F itself over the difference, f / (F(high) - F(low)).
    value = q1 + log1mexp(q1 - q2) if low > 0.0 else p2 + log1mexp(p2 - p1)
    up = math.exp(p2 - value) * sp2
    down = math.exp(p1 - value) * sp1
    by_t[c - 1] += weight * up * disc
    by_t[c - 2] -= weight * down * disc
    return value, -(up - down) * disc, (up * high - down * low) * disc


@inner
def _sratio(c, t, eta, disc, link, weight, by_t, scratch):
    """P(Y = k | Y >= k) = F(disc (t_k - eta)): stopping at a category, or going on."""
    total, by_eta, by_disc = 0.0, 0.0, 0.0
    for k in range(min(c, len(t))):
        gap = t[k] - eta
        log_p, log_q, slope_p, slope_q = log_share(link, disc * gap)
        value, slope = (log_p, slope_p) if k == c - 1 else (log_q, slope_q)
        total += value
        by_t[k] += weight * slope * disc
        by_eta -= slope * disc
        by_disc += slope * gap * disc
    return total, by_eta, by_disc


@inner
def _cratio(c, t, eta, disc, link, weight, by_t, scratch):
    """P(Y > k | Y >= k) = F(disc (eta - t_k))."""
    total, by_eta, by_disc = 0.0, 0.0, 0.0
    for k in range(min(c, len(t))):
        gap = eta - t[k]
        log_p, log_q, slope_p, slope_q = log_share(link, disc * gap)
        value, slope = (log_q, slope_q) if k == c - 1 else (log_p, slope_p)
        total += value
        by_t[k] -= weight * slope * disc
        by_eta += slope * disc
        by_disc += slope * gap * disc
    return total, by_eta, by_disc


@inner
def _acat(c, t, eta, disc, link, weight, by_t, scratch):
    """P(Y = k + 1) / P(Y = k) = F(x) / (1 - F(x)) at x = disc (eta - t_k)."""
    count = len(t)
    # The sums of log-odds, from which the probabilities come; then these.
    highest, sum_ = 0.0, 0.0
    scratch[0] = 0.0
    for k in range(count):
        log_p, log_q, _, _ = log_share(link, disc * (eta - t[k]))
        sum_ += log_p - log_q
        scratch[k + 1] = sum_
        highest = max(highest, sum_)
    whole = 0.0
    for k in range(count + 1):
        whole += math.exp(scratch[k] - highest)
    log_whole = highest + math.log(whole)
    value = scratch[c - 1] - log_whole
    by_eta, by_disc, above = 0.0, 0.0, 0.0
    # By the k-th log-odds: whether the response is above it, less the probability of that.
    for k in range(count - 1, -1, -1):
        above += math.exp(scratch[k + 1] - log_whole)
        gap = eta - t[k]
        _, _, slope_p, slope_q = log_share(link, disc * gap)
        pull = ((1.0 if c > k + 1 else 0.0) - above) * (slope_p - slope_q)
        by_t[k] -= weight * pull * disc
        by_eta += pull * disc
        by_disc += pull * gap * disc
    return value, by_eta, by_disc


def _ordinal(name: str, row: Any) -> Callable[..., Any]:
    """Ordered categories 1, 2, ... over thresholds, with eta and disc."""

    def function(ints_, floats_, e_, g_, theta_, slope_, F_, by_F_):
        ints, floats = opened(ints_, floats_)
        n, y, w = ints[at.N_ROWS], ints[at.COLUMNS], ints[at.WEIGHTS]
        s0, link, n0 = parameter(ints, 0)
        s1, l1, n1 = parameter(ints, 1)
        e = numba.carray(e_, (n0 + n1,), np.float64)
        g = numba.carray(g_, (n0 + n1,), np.float64)
        scalars = (ints[at.N_SCALARS],)
        theta = numba.carray(theta_, scalars, np.float64)
        slope = numba.carray(slope_, scalars, np.float64)
        first, count = ints[at.THRESHOLDS], ints[at.N_THRESHOLDS]
        t, by_t = theta[first : first + count], slope[first : first + count]
        scratch = np.empty(count + 1)
        disc, by_link = inverse(l1, e[n0])
        total, t0, t1 = 0.0, 0.0, 0.0
        for i in range(n):
            eta = e[i] if s0 == 1 else e[0]
            if s1 == 1:
                disc, by_link = inverse(l1, e[n0 + i])
            weight = floats[w + i] if w >= 0 else 1.0
            c = int(floats[y + i])
            value, d0, d1 = row(c, t, eta, disc, link, weight, by_t, scratch)
            total += weight * value
            if s0 == 1:
                g[i] = weight * d0
            t0 += weight * d0
            d1 *= weight * by_link / disc
            if s1 == 1:
                g[n0 + i] = d1
            t1 += d1
        if s0 == 0:
            g[0] = t0
        if s1 == 0:
            g[n0] = t1
        return total

    function.__name__ = function.__qualname__ = f"likelihood_{name}"
    return function


def _categorical(ints_, floats_, e_, g_, theta_, slope_, F_, by_F_):
    """Softmax of zero for the first category and a predictor for each of the others."""
    ints, floats = opened(ints_, floats_)
    n, y, w = ints[at.N_ROWS], ints[at.COLUMNS], ints[at.WEIGHTS]
    others = ints[at.N_DPARS]
    starts, varies = np.empty(others + 1, np.int64), np.empty(others, np.int64)
    starts[0] = 0
    for k in range(others):
        varies[k], _, size = parameter(ints, k)
        starts[k + 1] = starts[k] + size
    e = numba.carray(e_, (starts[others],), np.float64)
    g = numba.carray(g_, (starts[others],), np.float64)
    g[:] = 0.0
    shares = np.empty(others)
    total = 0.0
    for i in range(n):
        highest = 0.0
        for k in range(others):
            shares[k] = e[starts[k] + i * varies[k]]
            highest = max(highest, shares[k])
        c = int(floats[y + i])
        own = shares[c - 2] if c > 1 else 0.0
        whole = math.exp(-highest)
        for k in range(others):
            shares[k] = math.exp(shares[k] - highest)
            whole += shares[k]
        weight = floats[w + i] if w >= 0 else 1.0
        total += weight * (own - highest - math.log(whole))
        for k in range(others):
            hit = 1.0 if k == c - 2 else 0.0
            g[starts[k] + i * varies[k]] += weight * (hit - shares[k] / whole)
    return total


TEXTS = {
    "cumulative": _ordinal("cumulative", _cumulative),
    "sratio": _ordinal("sratio", _sratio),
    "cratio": _ordinal("cratio", _cratio),
    "acat": _ordinal("acat", _acat),
    "categorical": _categorical,
}

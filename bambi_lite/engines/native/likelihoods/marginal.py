"""Gaussian group effects integrated out, and drawn afterwards.

With ``y = eta + Z_j r_j + e`` in level j, ``r_j ~ N(0, F F')``, ``e ~ N(0, 1 / (k w))`` for the
precision k and weights w, and the sums ``ZZ_j = Z_j' W Z_j``, ``E_j = Z_j' W (y - eta)``:

    A_j = I + k F' ZZ_j F        u_j = F' E_j        v_j = A_j^-1 u_j
    log p(y) = (N / 2) log k - (1 / 2) sum log |A_j| - (k / 2) RSS + (k^2 / 2) sum u_j' v_j
    r_j | y, rest ~ N(k F v_j, F A_j^-1 F')

by Woodbury's identity (Lindley and Smith 1972, J. R. Statist. Soc. B 34:1-41, and any text on
mixed models). With one grouping factor only sums over rows are needed, ``X'WX`` and per level
``Z'WZ, Z'WX, Z'Wy``, and an evaluation costs the same for a thousand rows and for ten millions.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from ....compiled import inner
from .. import layout as at
from ..special import dot
from .loop import opened


@inner
def _opened(ints: Any, theta_: Any, slope_: Any, F_: Any, by_F_: Any) -> Any:
    """The scalars and the scales of the effects, a stratum each, with their derivatives."""
    scalars = (ints[at.N_SCALARS],)
    strata = 0
    if ints[at.MARGINAL] >= 0:
        strata = ints[ints[at.BLOCKS] + ints[at.MARGINAL] * at.BLOCK_WIDTH + at.STRATA]
    theta = numba.carray(theta_, scalars, np.float64)
    slope = numba.carray(slope_, scalars, np.float64)
    size = ints[at.MOST_COEFS]
    F = numba.carray(F_, (strata, size, size), np.float64)
    return theta, slope, F, numba.carray(by_F_, (strata, size, size), np.float64)


@inner
def _precision(ints: Any, floats: Any, theta: Any) -> Any:
    sigma = ints[ints[at.MARGINAL_I] + at.SIGMA]
    return theta[sigma] ** -2.0 if sigma >= 0 else floats[ints[at.MARGINAL_F] + at.PRECISION]


@inner
def _with_precision(value: float, by_k: float, k: float, ints: Any, floats: Any, slope: Any) -> Any:
    """Add what the precision k does by itself, and take the derivative by k to sigma."""
    sigma = ints[ints[at.MARGINAL_I] + at.SIGMA]
    if sigma < 0:
        return value
    n = floats[ints[at.MARGINAL_F] + at.TOTAL]
    slope[sigma] += -2.0 * (by_k + 0.5 * n / k) * k * math.sqrt(k)
    return value + 0.5 * n * math.log(k)


@inner
def _sizes(ints: Any) -> Any:
    """Levels and coefficients of the block that is integrated out; there may be none."""
    if ints[at.MARGINAL] < 0:
        return 0, 1
    at_b = ints[at.BLOCKS] + ints[at.MARGINAL] * at.BLOCK_WIDTH
    return ints[at_b + at.LEVELS], ints[at_b + at.COEFS]


def by_sums(ints_, floats_, e_, g_, theta_, slope_, F_, by_F_):
    """From sums over the rows of each level: nothing else acts on the rows."""
    ints, floats = opened(ints_, floats_)
    theta, slope, F, by_F = _opened(ints, theta_, slope_, F_, by_F_)
    k = _precision(ints, floats, theta)
    at_i, at_f = ints[at.MARGINAL_I], ints[at.MARGINAL_F]
    levels, q = _sizes(ints)
    p, own = ints[at_i + at.N_FIXED], ints[at_i + at.FIXED]
    b, by_b = np.empty(p), np.empty(p)
    for i in range(p):
        b[i] = theta[ints[own + i]] - floats[at_f + at.SUMS + i]
    Xy, XX = at_f + at.SUMS + p, at_f + at.SUMS + 2 * p
    rss = floats[at_f + at.SQUARES]
    for i in range(p):
        product = 0.0
        for j in range(p):
            product += floats[XX + i * p + j] * b[j]
        by_b[i] = k * (floats[Xy + i] - product)
        rss += b[i] * (product - 2.0 * floats[Xy + i])
    start, width = XX + p * p, q * q + q * p + q
    e, means = np.empty((levels, q)), np.empty((levels, q))
    for level in range(levels):
        f = start + level * width + q * q
        for i in range(q):
            left = floats[f + q * p + i]
            for j in range(p):
                left -= floats[f + i * p + j] * b[j]
            e[level, i] = left
    total, by_k = _strata(ints, floats, start, width, k, F, e, means, by_F)
    for level in range(levels):
        f = start + level * width + q * q
        for i in range(q):
            pull = k * k * means[level, i]
            for j in range(p):
                by_b[j] -= pull * floats[f + i * p + j]
    for i in range(p):
        slope[ints[own + i]] += by_b[i]
    total, by_k = total - 0.5 * k * rss, by_k - 0.5 * rss
    return _with_precision(total, by_k, k, ints, floats, slope)


def by_rows(ints_, floats_, e_, g_, theta_, slope_, F_, by_F_):
    """From the rows, whose predictor has other group effects in it."""
    ints, floats = opened(ints_, floats_)
    theta, slope, F, by_F = _opened(ints, theta_, slope_, F_, by_F_)
    k = _precision(ints, floats, theta)
    at_i, at_f = ints[at.MARGINAL_I], ints[at.MARGINAL_F]
    levels, q = _sizes(ints)
    n, y, w = ints[at.N_ROWS], ints[at.COLUMNS], ints[at.WEIGHTS]
    J, columns = ints[at_i + at.INDEX], ints[at_i + at.Z_COLUMNS]
    eta, g = numba.carray(e_, (n,), np.float64), numba.carray(g_, (n,), np.float64)
    response, level = floats[y : y + n], ints[J : J + n]
    weighted = g
    for i in range(n):
        g[i] = response[i] - eta[i]
    if w >= 0:
        weighted = g * floats[w : w + n]
    rss = dot(g, weighted)
    sums = np.zeros((levels, q))
    for c in range(q):
        Z = floats[ints[columns + c] : ints[columns + c] + n]
        for i in range(n):
            sums[level[i], c] += weighted[i] * Z[i]
    means = np.empty((levels, q))
    total, by_k = _strata(ints, floats, at_f + at.SUMS, q * q, k, F, sums, means, by_F)
    total, by_k = total - 0.5 * k * rss, by_k - 0.5 * rss
    # By eta: minus that by the residual.
    mean = eta
    mean[:] = 0.0
    for c in range(q):
        Z = floats[ints[columns + c] : ints[columns + c] + n]
        for i in range(n):
            mean[i] += means[level[i], c] * Z[i]
    for i in range(n):
        g[i] = k * (g[i] - k * mean[i])
    if w >= 0:
        weights = floats[w : w + n]
        for i in range(n):
            g[i] *= weights[i]
    return _with_precision(total, by_k, k, ints, floats, slope)


@inner
def _gathered(product: float, det: float) -> Any:
    """Determinants are multiplied as long as they can be: a logarithm costs as much as a level.

    They are one or more. What is added to the density, and the product that goes on.
    """
    if det > 1e150:
        return -0.5 * math.log(det), product
    product *= det
    return (-0.5 * math.log(product), 1.0) if product > 1e150 else (0.0, product)


@inner
def _strata(ints, floats, start, width, k, F, e, means, by_F):
    """:func:`_levels` for each covariance and the levels that have it."""
    strata, levels = len(F), len(e)
    if strata == 0:
        return 0.0, 0.0
    if strata == 1:
        return _levels(floats, start, width, k, F[0], e, means, by_F[0], np.arange(levels))
    at_b = ints[at.BLOCKS] + ints[at.MARGINAL] * at.BLOCK_WIDTH
    place = ints[at_b + at.STRATUM]
    total, by_k = 0.0, 0.0
    for s in range(strata):
        own = np.flatnonzero(ints[place : place + levels] == s)
        value, part = _levels(floats, start, width, k, F[s], e, means, by_F[s], own)
        total, by_k = total + value, by_k + part
    return total, by_k


@inner
def _levels(floats, start, width, k, F, e, means, by_F, own):
    """Some levels: what they add to the density and to its derivative by k.

    The sums ``ZZ`` of a level stand from `start` on, `width` numbers apart; `e` has the residual
    sums. `means` gets the ``F v``, `by_F` is added to. One and two coefficients, the most frequent
    cases, go without calls and loops.
    """
    q = e.shape[1]
    total, by_k, product = 0.0, 0.0, 1.0
    if q == 1:
        f00 = 0.0
        for j in own:
            zz = floats[start + j * width]
            value, part, det, mean, slope = _one(zz, e[j, 0], k, F[0, 0])
            means[j, 0] = mean
            f00 += slope
            by_k += part
            logs, product = _gathered(product, det)
            total += value + logs
        by_F[0, 0] += f00
    elif q == 2:
        f00, f10, f11 = 0.0, 0.0, 0.0
        for j in own:
            f = start + j * width
            ZZ = floats[f], floats[f + 1], floats[f + 3]
            found = _two(ZZ, e[j, 0], e[j, 1], k, F[0, 0], F[1, 0], F[1, 1])
            means[j, 0], means[j, 1] = found[3], found[4]
            f00, f10, f11 = f00 + found[5], f10 + found[6], f11 + found[7]
            by_k += found[1]
            logs, product = _gathered(product, found[2])
            total += found[0] + logs
        by_F[0, 0] += f00
        by_F[1, 0] += f10
        by_F[1, 1] += f11
    else:
        work = np.empty((4, q, q))
        for j in own:
            f = start + j * width
            value, part, det = _many(floats, f, q, k, F, e[j], means[j], by_F, work)
            by_k += part
            logs, product = _gathered(product, det)
            total += value + logs
    return total - 0.5 * math.log(product), by_k


@inner
def _one(zz, e, k, s):
    """A level of one coefficient: value but for |A|, derivative by k, |A|, F v, derivative by F."""
    B = s * s * zz
    inverse = 1.0 / (1.0 + k * B)
    u = s * e
    v = u * inverse
    by_F = k * k * e * v - k * zz * s * (k * k * v * v + inverse)
    by_k = k * u * v - 0.5 * B * inverse - 0.5 * k * k * v * v * B
    return 0.5 * k * k * u * v, by_k, 1.0 + k * B, s * v, by_F


@inner
def _two(ZZ, e0, e1, k, a, b, c):
    """The same for two, F = [[a, 0], [b, c]]."""
    z00, z01, z11 = ZZ
    t00, t01 = z00 * a + z01 * b, z01 * c
    t10, t11 = z01 * a + z11 * b, z11 * c
    b00 = a * t00 + b * t10
    b01 = a * t01 + b * t11
    b11 = c * t11
    # |A| = 1 + k tr B + k^2 |B|, and |B| = |F|^2 |ZZ| loses nothing where B is near singular.
    det_b = (a * c) ** 2 * (z00 * z11 - z01 * z01)
    det = 1.0 + k * (b00 + b11) + k * k * det_b
    inverse = 1.0 / det
    i00, i01, i11 = (1.0 + k * b11) * inverse, -k * b01 * inverse, (1.0 + k * b00) * inverse
    u0, u1 = a * e0 + b * e1, c * e1
    v0, v1 = i00 * u0 + i01 * u1, i01 * u0 + i11 * u1
    kk = k * k
    m00, m01, m11 = i00 + kk * v0 * v0, i01 + kk * v0 * v1, i11 + kk * v1 * v1
    quadratic = u0 * v0 + u1 * v1
    trace = i00 * b00 + 2.0 * i01 * b01 + i11 * b11
    spread = v0 * v0 * b00 + 2.0 * v0 * v1 * b01 + v1 * v1 * b11
    return (
        0.5 * kk * quadratic,
        k * quadratic - 0.5 * trace - 0.5 * kk * spread,
        det,
        a * v0,
        b * v0 + c * v1,
        kk * e0 * v0 - k * (t00 * m00 + t01 * m01),
        kk * e1 * v0 - k * (t10 * m00 + t11 * m01),
        kk * e1 * v1 - k * (t10 * m01 + t11 * m11),
    )


@inner
def _many(floats, f, q, k, F, e, mean, by_F, work):
    """A level of any number: value but for |A|, derivative by k, |A|; `mean` gets F v."""
    T, B, C, M = work[0], work[1], work[2], work[3]
    # T = ZZ F, B = F' T, C the Cholesky factor of A.
    for i in range(q):
        for j in range(q):
            inner = 0.0
            for m in range(j, q):
                inner += floats[f + i * q + m] * F[m, j]
            T[i, j] = inner
    for i in range(q):
        for j in range(q):
            inner = 0.0
            for m in range(i, q):
                inner += F[m, i] * T[m, j]
            B[i, j] = inner
    det = 1.0
    for i in range(q):
        for j in range(i + 1):
            inner = k * B[i, j] + (1.0 if i == j else 0.0)
            for m in range(j):
                inner -= C[i, m] * C[j, m]
            C[i, j] = math.sqrt(inner) if i == j else inner / C[j, j]
        det *= C[i, i] * C[i, i]
    u, v = np.empty(q), np.empty(q)
    for i in range(q):
        inner = 0.0
        for m in range(i, q):
            inner += F[m, i] * e[m]
        u[i] = inner
    _solve(C, q, u, v)
    quadratic = 0.0
    for i in range(q):
        quadratic += u[i] * v[i]
        inner = 0.0
        for m in range(i + 1):
            inner += F[i, m] * v[m]
        mean[i] = inner
    # M = A^-1 + k^2 v v', column by column.
    unit, column = np.zeros(q), np.empty(q)
    trace, spread = 0.0, 0.0
    for j in range(q):
        unit[j] = 1.0
        _solve(C, q, unit, column)
        unit[j] = 0.0
        for i in range(q):
            trace += column[i] * B[i, j]
            spread += v[i] * B[i, j] * v[j]
            M[i, j] = column[i] + k * k * v[i] * v[j]
    for i in range(q):
        for j in range(i + 1):
            inner = 0.0
            for m in range(q):
                inner += T[i, m] * M[m, j]
            by_F[i, j] += k * k * e[i] * v[j] - k * inner
    return 0.5 * k * k * quadratic, k * quadratic - 0.5 * trace - 0.5 * k * k * spread, det


@inner
def _solve(C, q, u, v):
    """v = (C C')^-1 u."""
    for i in range(q):
        inner = u[i]
        for m in range(i):
            inner -= C[i, m] * v[m]
        v[i] = inner / C[i, i]
    for i in range(q - 1, -1, -1):
        inner = v[i]
        for m in range(i + 1, q):
            inner -= C[m, i] * v[m]
        v[i] = inner / C[i, i]

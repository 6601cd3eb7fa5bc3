"""The log-posterior of a model and its gradient, over the tables of :mod:`.layout`.

One function for all models, compiled by numba once for a machine and kept on disk. It is written
out by hand, forwards and backwards, and a test holds it to the plain PyMC model of every model it
covers: value (up to a constant) and gradient.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from ...compiled import inner
from . import layout as at
from .call import call
from .predictors import length, predictor, predictor_back
from .special import sigmoid, softplus


@inner
def prior(code, a, b, c, x):
    """The log-density of a prior without its constant, and the derivative."""
    if code == 0:
        return 0.0, 0.0
    if code == 1:
        z = (x - a) / b
        return -0.5 * z * z, -z / b
    if code == 2:
        z = (x - b) / c
        q = z * z / a
        return -0.5 * (a + 1.0) * math.log1p(q), -(a + 1.0) * z / (a * c * (1.0 + q))
    if code == 3:
        z = (x - a) / b
        return -math.log1p(z * z), -2.0 * z / (b * (1.0 + z * z))
    if code == 4:
        z = (x - a) / b
        return -z - 2.0 * softplus(-z), (2.0 * sigmoid(-z) - 1.0) / b
    if code == 5:
        return -a * x, -a
    if code == 6:
        return (a - 1.0) * math.log(x) - b * x, (a - 1.0) / x - b
    if code == 7:
        return -(a + 1.0) * math.log(x) - b / x, -(a + 1.0) / x + b / (x * x)
    if code == 8:
        z = (math.log(x) - a) / b
        return -0.5 * z * z - math.log(x), -(1.0 + z / b) / x
    if code == 9:
        slope = (a - 1.0) / x - (b - 1.0) / (1.0 - x)
        return (a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x), slope
    if code == 10:
        return (0.0, 0.0) if a <= x <= b else (-np.inf, 0.0)
    z = (x - a) / b
    return -abs(z), (-1.0 if z > 0.0 else 1.0) / b


@inner
def scalars(x, ints, floats, theta, slope):
    """The scalars of a point with the log-prior; `slope` gets its derivative by each of them.

    The logarithm of the Jacobian is not in `slope`: it is added when :func:`scalars_back` goes
    from the scalars to the point.
    """
    n, at_i, at_f = ints[at.N_SCALARS], ints[at.SCALARS], ints[at.SCALARS_F]
    total = 0.0
    for i in range(n):
        place = ints[at_i + i * at.SCALAR_WIDTH]
        kind = ints[at_i + i * at.SCALAR_WIDTH + 1]
        f = at_f + i * at.SCALAR_WIDTH_F
        lower, upper = floats[f], floats[f + 1]
        u = x[place]
        if kind == at.FREE:
            value = u
        elif kind == at.LOWER:
            value = lower + math.exp(u)
            total += u
        elif kind == at.UPPER:
            value = upper - math.exp(u)
            total += u
        elif kind == at.INTERVAL:
            value = lower + (upper - lower) * sigmoid(u)
            total -= softplus(u) + softplus(-u)
        else:
            value = theta[i - 1] + math.exp(u)
            total += u
        theta[i] = value
        code = ints[at_i + i * at.SCALAR_WIDTH + 2]
        density, by_value = prior(code, floats[f + 2], floats[f + 3], floats[f + 4], value)
        total += density
        slope[i] = by_value
    return total


@inner
def scalars_back(x, ints, floats, theta, slope, out):
    """The gradient by the point, from the derivatives by the scalars; `slope` is used up."""
    n, at_i, at_f = ints[at.N_SCALARS], ints[at.SCALARS], ints[at.SCALARS_F]
    for i in range(n - 1, -1, -1):
        place = ints[at_i + i * at.SCALAR_WIDTH]
        kind = ints[at_i + i * at.SCALAR_WIDTH + 1]
        f = at_f + i * at.SCALAR_WIDTH_F
        lower, upper = floats[f], floats[f + 1]
        g = slope[i]
        if kind == at.FREE:
            out[place] = g
        elif kind == at.LOWER:
            out[place] = g * (theta[i] - lower) + 1.0
        elif kind == at.UPPER:
            out[place] = g * (theta[i] - upper) + 1.0
        elif kind == at.INTERVAL:
            s = sigmoid(x[place])
            out[place] = g * (upper - lower) * s * (1.0 - s) + 1.0 - 2.0 * s
        else:
            out[place] = g * math.exp(x[place]) + 1.0
            slope[i - 1] += g


@inner
def partial_correlations(x, start, q, eta, L):
    """The Cholesky factor of a correlation matrix from q (q - 1) / 2 log-odds; its log-prior.

    Canonical partial correlations under LKJ(eta) (Lewandowski, Kurowicka and Joe 2009): the same
    as in the plain engine.
    """
    total = 0.0
    place = start
    L[0, 0] = 1.0
    for i in range(1, q):
        left = 1.0
        for j in range(i):
            a = eta + 0.5 * (q - 2 - j)
            u = x[place]
            total -= a * (softplus(u) + softplus(-u))
            L[i, j] = math.tanh(0.5 * u) * math.sqrt(left)
            # 1 - tanh^2 without cancellation.
            left *= 4.0 * sigmoid(u) * sigmoid(-u)
            place += 1
        L[i, i] = math.sqrt(left)
    return total


@inner
def partial_correlations_back(x, start, q, eta, L, by_L, out):
    """The gradient by the log-odds, from that by the Cholesky factor."""
    for i in range(1, q):
        place = start + i * (i - 1) // 2
        # Entries after column j go with sqrt(1 - w_j^2): their pull on w_j, from the right.
        rest = by_L[i, i] * L[i, i]
        for j in range(i - 1, -1, -1):
            u = x[place + j]
            w = math.tanh(0.5 * u)
            left = 1.0
            for k in range(j):
                left *= 4.0 * sigmoid(x[place + k]) * sigmoid(-x[place + k])
            a = eta + 0.5 * (q - 2 - j)
            by_w = by_L[i, j] * math.sqrt(left) * 2.0 * sigmoid(u) * sigmoid(-u)
            out[place + j] = by_w - 0.5 * w * rest - a * w
            rest += by_L[i, j] * L[i, j]


@inner
def factor(theta, ints, at_b, stratum, L, F):
    """F = diag(sd) L of a stratum of a block."""
    q = ints[at_b + at.COEFS]
    sd = ints[at_b + at.SD] + stratum * q
    for i in range(q):
        for j in range(q):
            F[i, j] = theta[sd + i] * L[i, j] if j <= i else 0.0


@inner
def member(ints, at_b, level, stratum):
    """Whether a level belongs to a stratum."""
    return ints[at_b + at.STRATA] == 1 or ints[ints[at_b + at.STRATUM] + level] == stratum


@inner
def effects_of(x, theta, ints, floats, at_b, stratum, F, effects):
    """The effects of a block as the predictors take them; the log-prior of what is sampled."""
    levels, q = ints[at_b + at.LEVELS], ints[at_b + at.COEFS]
    place, first = ints[at_b + at.INNOVATIONS], ints[at_b + at.EFFECTS]
    total = 0.0
    if ints[at_b + at.MODE] == at.NON_CENTRED:
        for j in range(levels):
            if not member(ints, at_b, j, stratum):
                continue
            for k in range(q):
                value = 0.0
                for m in range(k + 1):
                    value += F[k, m] * x[place + j * q + m]
                effects[first + j * q + k] = value
                total -= 0.5 * x[place + j * q + k] ** 2
        return total
    z = np.empty(q)
    logs = 0.0
    for k in range(q):
        logs += math.log(F[k, k])
    for j in range(levels):
        if not member(ints, at_b, j, stratum):
            continue
        _whiten(x, theta, ints, floats, at_b, F, j, z)
        for k in range(q):
            effects[first + j * q + k] = x[place + j * q + k]
            total -= 0.5 * z[k] * z[k]
        total -= logs
    return total


@inner
def _whiten(x, theta, ints, floats, at_b, F, j, z):
    """z with F z = (sampled effects of level j) - (their mean)."""
    q, place = ints[at_b + at.COEFS], ints[at_b + at.INNOVATIONS]
    for k in range(q):
        z[k] = x[place + j * q + k]
    shifts = ints[at_b + at.SHIFTS]
    for s in range(ints[shifts]):
        at_s = shifts + 1 + s * at.SHIFT_WIDTH
        number = floats[ints[at_s + at.SHIFT_F] + j]
        z[ints[at_s + at.SHIFT_COEF]] -= number * theta[ints[at_s + at.SHIFT_SCALAR]]
    for k in range(q):
        for m in range(k):
            z[k] -= F[k, m] * z[m]
        z[k] /= F[k, k]


@inner
def effects_back(x, theta, ints, floats, at_b, stratum, F, by_effects, by_F, slope, out):
    """From the derivatives by the effects to those by the point, by F and by shifting scalars."""
    levels, q = ints[at_b + at.LEVELS], ints[at_b + at.COEFS]
    place, first = ints[at_b + at.INNOVATIONS], ints[at_b + at.EFFECTS]
    if ints[at_b + at.MODE] == at.NON_CENTRED:
        for j in range(levels):
            if not member(ints, at_b, j, stratum):
                continue
            for m in range(q):
                z = x[place + j * q + m]
                total = -z
                for k in range(m, q):
                    g = by_effects[first + j * q + k]
                    total += g * F[k, m]
                    by_F[k, m] += g * z
                out[place + j * q + m] = total
        return
    shifts = ints[at_b + at.SHIFTS]
    z, v = np.empty(q), np.empty(q)
    for j in range(levels):
        if not member(ints, at_b, j, stratum):
            continue
        _whiten(x, theta, ints, floats, at_b, F, j, z)
        for k in range(q - 1, -1, -1):
            v[k] = z[k]
            for m in range(k + 1, q):
                v[k] -= F[m, k] * v[m]
            v[k] /= F[k, k]
        for k in range(q):
            out[place + j * q + k] = by_effects[first + j * q + k] - v[k]
            for m in range(k + 1):
                by_F[k, m] += v[k] * z[m]
            by_F[k, k] -= 1.0 / F[k, k]
        for s in range(ints[shifts]):
            at_s = shifts + 1 + s * at.SHIFT_WIDTH
            number = floats[ints[at_s + at.SHIFT_F] + j]
            slope[ints[at_s + at.SHIFT_SCALAR]] += number * v[ints[at_s + at.SHIFT_COEF]]


@inner
def mapped(x, ints, floats):
    """The point after the linear maps."""
    if ints[at.N_MAPS] == 0:
        return x
    made = x.copy()
    for m in range(ints[at.N_MAPS]):
        at_m = ints[at.MAPS] + m * at.MAP_WIDTH
        start, size, f = ints[at_m], ints[at_m + 1], ints[at_m + 2]
        for i in range(size):
            total = 0.0
            for j in range(size):
                total += floats[f + i * size + j] * x[start + j]
            made[start + i] = total
    return made


@inner
def mapped_back(ints, floats, out):
    """The gradient by the point, from that by the mapped one."""
    for m in range(ints[at.N_MAPS]):
        at_m = ints[at.MAPS] + m * at.MAP_WIDTH
        start, size, f = ints[at_m], ints[at_m + 1], ints[at_m + 2]
        own = out[start : start + size].copy()
        for j in range(size):
            total = 0.0
            for i in range(size):
                total += floats[f + i * size + j] * own[i]
            out[start + j] = total


@inner
def log_likelihood(theta, slope, effects, by_effects, F, by_F, ints, floats):
    """The log-likelihood; its derivatives are added to those of what it depends on.

    The likelihood itself is compiled apart (:mod:`.likelihoods`) and called by its address, so that
    a model costs the compiling of its own alone.
    """
    first, count = ints[at.DPARS], ints[at.N_DPARS]
    whole = 1
    for d in range(count):
        whole += length(ints, first + d * at.DPAR_WIDTH)
    e, g = np.empty(whole), np.empty(whole)
    start = 0
    for d in range(count):
        at_d = first + d * at.DPAR_WIDTH
        size = length(ints, at_d)
        predictor(theta, effects, ints, floats, at_d, e[start : start + size])
        start += size
    total = call(ints[at.LIKELIHOOD], (ints, floats, e, g, theta, slope, F, by_F))
    start = 0
    for d in range(count):
        at_d = first + d * at.DPAR_WIDTH
        size = length(ints, at_d)
        predictor_back(ints, floats, at_d, g[start : start + size], slope, by_effects)
        start += size
    return total


def density(dim, x_, out_, logp_, user_data):
    """The log-posterior of a point up to a constant, and its gradient; nutpie's return codes.

    The tables are one array of whole numbers: `ints`, then the bits of `floats`.
    """
    head = numba.carray(user_data, (at.HEAD,), np.int64)
    n_ints = head[at.N_INTS]
    whole = numba.carray(user_data, (n_ints + head[at.N_FLOATS],), np.int64)
    ints, floats = whole[:n_ints], whole[n_ints:].view(np.float64)
    out = numba.carray(out_, (int(dim),))
    x = mapped(numba.carray(x_, (int(dim),)), ints, floats)
    n = ints[at.N_SCALARS]
    theta, slope = np.empty(n), np.empty(n)
    total = scalars(x, ints, floats, theta, slope)
    effects, by_effects = np.empty(ints[at.N_EFFECTS]), np.zeros(ints[at.N_EFFECTS])
    blocks, size, factors = ints[at.N_BLOCKS], ints[at.MOST_COEFS], ints[at.N_FACTORS]
    Ls, Fs = np.zeros((factors, size, size)), np.zeros((factors, size, size))
    by_Fs = np.zeros((factors, size, size))
    for b in range(blocks):
        at_b = ints[at.BLOCKS] + b * at.BLOCK_WIDTH
        q = ints[at_b + at.COEFS]
        for s in range(ints[at_b + at.STRATA]):
            own = ints[at_b + at.FACTOR] + s
            if ints[at_b + at.CORRELATED]:
                eta = floats[ints[at_b + at.LKJ] + s]
                start = ints[at_b + at.PARTIAL] + s * (q * (q - 1) // 2)
                total += partial_correlations(x, start, q, eta, Ls[own])
            else:
                for k in range(q):
                    Ls[own, k, k] = 1.0
            factor(theta, ints, at_b, s, Ls[own], Fs[own])
            if ints[at_b + at.MODE] != at.INTEGRATED:
                total += effects_of(x, theta, ints, floats, at_b, s, Fs[own], effects)
    first, last = 0, 0
    if ints[at.MARGINAL] >= 0:
        at_b = ints[at.BLOCKS] + ints[at.MARGINAL] * at.BLOCK_WIDTH
        first = ints[at_b + at.FACTOR]
        last = first + ints[at_b + at.STRATA]
    F, by_F = Fs[first:last], by_Fs[first:last]
    total += log_likelihood(theta, slope, effects, by_effects, F, by_F, ints, floats)
    by_L = np.zeros((size, size))
    for b in range(blocks):
        at_b = ints[at.BLOCKS] + b * at.BLOCK_WIDTH
        q = ints[at_b + at.COEFS]
        for s in range(ints[at_b + at.STRATA]):
            own, sd = ints[at_b + at.FACTOR] + s, ints[at_b + at.SD] + s * q
            L, G, by_G = Ls[own], Fs[own], by_Fs[own]
            if ints[at_b + at.MODE] != at.INTEGRATED:
                effects_back(x, theta, ints, floats, at_b, s, G, by_effects, by_G, slope, out)
            for i in range(q):
                for j in range(i + 1):
                    slope[sd + i] += by_G[i, j] * L[i, j]
                    by_L[i, j] = by_G[i, j] * theta[sd + i]
            if ints[at_b + at.CORRELATED]:
                eta = floats[ints[at_b + at.LKJ] + s]
                start = ints[at_b + at.PARTIAL] + s * (q * (q - 1) // 2)
                partial_correlations_back(x, start, q, eta, L, by_L, out)
    scalars_back(x, ints, floats, theta, slope, out)
    mapped_back(ints, floats, out)
    logp_[0] = total
    for i in range(len(out)):
        if not np.isfinite(out[i]):
            return 3
    return 0 if np.isfinite(total) else 4

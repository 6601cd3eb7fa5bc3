"""Log-likelihoods with their derivatives by the linear predictors, a loop over rows each.

Every function takes the response `y`, the weights `w` (empty for none), an `extra` array (trials
or standard errors; empty for none) and up to three predictors: values ``e0, e1, e2`` (of length
one where they are the same for all rows) and arrays ``g0, g1, g2`` that the derivatives are added
to. Constants that depend on the data alone are left out. A test holds each to the family's own
density.
"""

from __future__ import annotations

import math

import numpy as np

from .special import (
    digamma,
    fast,
    inverse,
    log_inverse,
    log_rising,
    log_share,
    sigmoid,
    softplus,
)


@fast
def gaussian(y, w, extra, e0, e1, g0, g1, l0, l1):
    """Normal, with mu and sigma; `extra` are standard errors known beside sigma."""
    total = 0.0
    s0, s1 = len(e0) > 1, len(e1) > 1
    weighted, known = len(w) > 0, len(extra) > 0
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        mu, dmu = inverse(l0, e0[j])
        sigma, dsigma = inverse(l1, e1[k])
        spread = sigma
        if known:
            spread = math.sqrt(sigma * sigma + extra[i] * extra[i])
        z = (y[i] - mu) / spread
        weight = w[i] if weighted else 1.0
        total += weight * (-0.5 * z * z - math.log(spread))
        g0[j] += weight * z / spread * dmu
        g1[k] += weight * (z * z - 1.0) / spread * (sigma / spread) * dsigma
    return total


@fast
def student(y, w, extra, e0, e1, e2, g0, g1, g2, l0, l1, l2):
    """Student's t, with mu, sigma and nu."""
    total = 0.0
    s0, s1, s2 = len(e0) > 1, len(e1) > 1, len(e2) > 1
    weighted, known = len(w) > 0, len(extra) > 0
    constant, slope, last = 0.0, 0.0, np.nan
    for i in range(len(y)):
        j, k, m = (i if s0 else 0), (i if s1 else 0), (i if s2 else 0)
        mu, dmu = inverse(l0, e0[j])
        sigma, dsigma = inverse(l1, e1[k])
        nu, dnu = inverse(l2, e2[m])
        if nu != last:
            rising, by_log = log_rising(0.5 * nu, 0.5)
            constant = rising - 0.5 * math.log(nu)
            slope = by_log / nu - 0.5 / nu
            last = nu
        spread = math.sqrt(sigma * sigma + extra[i] * extra[i]) if known else sigma
        z = (y[i] - mu) / spread
        q = z * z / nu
        weight = w[i] if weighted else 1.0
        tail = math.log1p(q)
        total += weight * (constant - math.log(spread) - 0.5 * (nu + 1.0) * tail)
        pull = (nu + 1.0) * z / (nu * (1.0 + q))
        g0[j] += weight * pull / spread * dmu
        g1[k] += weight * (pull * z - 1.0) / spread * (sigma / spread) * dsigma
        g2[m] += weight * (slope - 0.5 * tail + 0.5 * (nu + 1.0) * q / (nu * (1.0 + q))) * dnu
    return total


@fast
def bernoulli(y, w, extra, e0, g0, l0):
    """Two outcomes, with the probability of the second."""
    total = 0.0
    s0, weighted = len(e0) > 1, len(w) > 0
    for i in range(len(y)):
        j = i if s0 else 0
        weight = w[i] if weighted else 1.0
        log_p, log_q, slope_p, slope_q = log_share(l0, e0[j])
        if y[i] > 0.0:
            total += weight * log_p
            g0[j] += weight * slope_p
        else:
            total += weight * log_q
            g0[j] += weight * slope_q
    return total


@fast
def binomial(y, w, extra, e0, g0, l0):
    """Successes out of trials (`extra`), with their probability."""
    total = 0.0
    s0, weighted = len(e0) > 1, len(w) > 0
    for i in range(len(y)):
        j = i if s0 else 0
        weight = w[i] if weighted else 1.0
        log_p, log_q, slope_p, slope_q = log_share(l0, e0[j])
        yes, no = y[i], extra[i] - y[i]
        if yes > 0.0:
            total += weight * yes * log_p
            g0[j] += weight * yes * slope_p
        if no > 0.0:
            total += weight * no * log_q
            g0[j] += weight * no * slope_q
    return total


@fast
def poisson(y, w, extra, e0, g0, l0):
    """Counts, with their mean; `extra` are the units that rate() counts by."""
    total = 0.0
    s0, weighted, rate = len(e0) > 1, len(w) > 0, len(extra) > 0
    for i in range(len(y)):
        j = i if s0 else 0
        weight = w[i] if weighted else 1.0
        log_mu, slope = log_inverse(l0, e0[j])
        if rate:
            log_mu += math.log(extra[i])
        mu = math.exp(log_mu)
        total += weight * (y[i] * log_mu - mu)
        g0[j] += weight * (y[i] - mu) * slope
    return total


@fast
def negbinomial(y, w, extra, e0, e1, g0, g1, l0, l1):
    """Overdispersed counts, with their mean and shape; `extra` as for poisson."""
    total = 0.0
    s0, s1, weighted, rate = len(e0) > 1, len(e1) > 1, len(w) > 0, len(extra) > 0
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        weight = w[i] if weighted else 1.0
        log_mu, dmu = log_inverse(l0, e0[j])
        log_shape, dshape = log_inverse(l1, e1[k])
        if rate:
            log_mu += math.log(extra[i])
            log_shape += math.log(extra[i])
        shape = math.exp(log_shape)
        gap = log_mu - log_shape
        log_q = -softplus(gap)
        rising, by_log = log_rising(shape, y[i])
        total += weight * (rising - y[i] * softplus(-gap) + shape * log_q)
        p = sigmoid(gap)
        by_gap = y[i] * (1.0 - p) - shape * p
        g0[j] += weight * by_gap * dmu
        g1[k] += weight * (by_log + shape * log_q - by_gap) * dshape
    return total


@fast
def gamma(y, w, extra, e0, e1, g0, g1, l0, l1):
    """Gamma, with mean and shape."""
    total = 0.0
    s0, s1, weighted = len(e0) > 1, len(e1) > 1, len(w) > 0
    constant, slope, last = 0.0, 0.0, np.nan
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        weight = w[i] if weighted else 1.0
        log_mu, dmu = log_inverse(l0, e0[j])
        shape, dshape = inverse(l1, e1[k])
        if shape != last:
            constant = shape * math.log(shape) - math.lgamma(shape)
            slope = math.log(shape) + 1.0 - digamma(shape)
            last = shape
        ratio = y[i] * math.exp(-log_mu)
        log_ratio = math.log(y[i]) - log_mu
        total += weight * (constant + shape * (log_ratio - ratio))
        g0[j] += weight * shape * (ratio - 1.0) * dmu
        g1[k] += weight * (slope + log_ratio - ratio) * dshape
    return total


@fast
def lognormal(y, w, extra, e0, e1, g0, g1, l0, l1):
    """Lognormal, with the mean and standard deviation of the logarithm."""
    total = 0.0
    s0, s1, weighted = len(e0) > 1, len(e1) > 1, len(w) > 0
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        weight = w[i] if weighted else 1.0
        mu, dmu = inverse(l0, e0[j])
        sigma, dsigma = inverse(l1, e1[k])
        z = (math.log(y[i]) - mu) / sigma
        total += weight * (-0.5 * z * z - math.log(sigma))
        g0[j] += weight * z / sigma * dmu
        g1[k] += weight * (z * z - 1.0) / sigma * dsigma
    return total


@fast
def weibull(y, w, extra, e0, e1, g0, g1, l0, l1):
    """Weibull, with mean and shape."""
    total = 0.0
    s0, s1, weighted = len(e0) > 1, len(e1) > 1, len(w) > 0
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        weight = w[i] if weighted else 1.0
        log_mu, dmu = log_inverse(l0, e0[j])
        shape, dshape = inverse(l1, e1[k])
        inside = 1.0 + 1.0 / shape
        log_z = math.log(y[i]) - log_mu + math.lgamma(inside)
        power = math.exp(min(shape * log_z, 700.0))
        total += weight * (math.log(shape) + shape * log_z - power)
        g0[j] += weight * shape * (power - 1.0) * dmu
        by_shape = 1.0 / shape + (log_z - digamma(inside) / shape) * (1.0 - power)
        g1[k] += weight * by_shape * dshape
    return total


@fast
def beta(y, w, extra, e0, e1, g0, g1, l0, l1):
    """Proportions, with mean and precision."""
    total = 0.0
    s0, s1, weighted = len(e0) > 1, len(e1) > 1, len(w) > 0
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        weight = w[i] if weighted else 1.0
        log_p, log_q, slope_p, slope_q = log_share(l0, e0[j])
        log_phi, dphi = log_inverse(l1, e1[k])
        a, b = math.exp(log_p + log_phi), math.exp(log_q + log_phi)
        phi = a + b
        # log Gamma(a) as log Gamma(a + 1) - log a, which is finite where a underflows.
        value = math.lgamma(phi + 1.0) - math.lgamma(a + 1.0) - math.lgamma(b + 1.0)
        value += log_p + log_q + log_phi
        left, right = math.log(y[i]), math.log1p(-y[i])
        total += weight * (value + (a - 1.0) * left + (b - 1.0) * right)
        by_a = a * (left - digamma(a + 1.0)) + 1.0
        by_b = b * (right - digamma(b + 1.0)) + 1.0
        by_phi = phi * digamma(phi + 1.0)
        g0[j] += weight * (by_a * slope_p + by_b * slope_q)
        g1[k] += weight * (by_a + by_b + by_phi - 1.0) * dphi
    return total


@fast
def cumulative(y, w, e0, e1, g0, g1, l0, l1, thresholds, by_threshold):
    """Ordered categories 1, 2, ... over thresholds, with eta and disc; logit and probit."""
    total = 0.0
    s0, s1, weighted = len(e0) > 1, len(e1) > 1, len(w) > 0
    count = len(thresholds)
    for i in range(len(y)):
        j, k = (i if s0 else 0), (i if s1 else 0)
        weight = w[i] if weighted else 1.0
        disc, ddisc = inverse(l1, e1[k])
        c = int(y[i])
        if c == 1 or c == count + 1:
            t = 0 if c == 1 else count - 1
            gap = thresholds[t] - e0[j]
            log_p, log_q, slope_p, slope_q = log_share(l0, disc * gap)
            value, slope = (log_p, slope_p) if c == 1 else (log_q, slope_q)
            total += weight * value
            by_threshold[t] += weight * slope * disc
            g0[j] -= weight * slope * disc
            g1[k] += weight * slope * gap * ddisc
            continue
        low, high = thresholds[c - 2] - e0[j], thresholds[c - 1] - e0[j]
        p1, q1, sp1, _ = log_share(l0, disc * low)
        p2, q2, sp2, _ = log_share(l0, disc * high)
        # log(F(high) - F(low)) from the tail in which it loses no digits; the slopes are those of
        # F itself over the difference, f / (F(high) - F(low)).
        value = q1 + _log1mexp(q1 - q2) if low > 0.0 else p2 + _log1mexp(p2 - p1)
        total += weight * value
        up = math.exp(p2 - value) * sp2
        down = math.exp(p1 - value) * sp1
        by_threshold[c - 1] += weight * up * disc
        by_threshold[c - 2] -= weight * down * disc
        g0[j] -= weight * (up - down) * disc
        g1[k] += weight * (up * high - down * low) * ddisc
    return total


@fast
def _log1mexp(x: float) -> float:
    """log(1 - exp(-x)) for x >= 0."""
    if x < 0.7:
        return math.log(-math.expm1(-x))
    return math.log1p(-math.exp(-x))

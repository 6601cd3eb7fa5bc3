"""Wiener's diffusion model of decisions: when evidence first reaches one of two boundaries.

Evidence starts at bias * bs and moves with the drift mu and unit variance until it leaves
(0, bs); the response time is ndt later (Ratcliff 1978).
"""

from __future__ import annotations

import math

import numpy as np

from ..xp import Array, Namespace, numpy_namespace
from .kernels.base import Kernel
from .words import POSITIVE_LINE, Vocable, shape_of

_DENSITY = Kernel("first_passage", "log_density")


def _wiener(
    xp: Namespace,
    y: Array,
    mu: Array,
    log_bs: Array,
    ndt: Array,
    log_bias: Array,
    log1m_bias: Array,
    dec: Array,
) -> Array:
    """Density of the time y together with the decision (Navarro and Fuss 2009)."""
    return xp.kernel(_DENSITY, y, mu, log_bs, ndt, log_bias, log1m_bias, dec)


def decision_time(xp: Namespace, mu: Array, log_bs: Array, log_bias: Array) -> Array:
    """Mean time until a boundary is reached, whichever it is (Grasman et al. 2009).

    For a drift v, boundaries 0 and 1 and a start w it is (P - w) / v with P the probability
    (1 - exp(-2 v w)) / (1 - exp(-2 v)) of the upper boundary; its Taylor series where v is small.
    """
    drift = mu * xp.exp(log_bs)
    bias = xp.exp(log_bias)
    # Turned over where the drift is negative, so that nothing overflows.
    start = xp.where(drift < 0.0, 1.0 - bias, bias)
    v = xp.abs(drift)
    slow = v < 2e-4
    safe = xp.where(slow, 1.0, v)
    reached = xp.expm1(-2.0 * safe * start) / xp.expm1(-2.0 * safe)
    both = start * (1.0 - start)
    series = both * (1.0 + v * (1.0 - 2.0 * start) / 3.0 - v**2 * both / 3.0)
    return xp.exp(2.0 * log_bs) * xp.where(slow, series, (reached - start) / safe)


# -- random draws ----------------------------------------------------------------------------

#: Where the sampler of exit times goes from one series to the other (Devroye 2009).
_SPLIT = 0.64


def _truncated(rng: np.random.Generator, z: np.ndarray) -> np.ndarray:
    """Draws from the inverse Gaussian distribution with mean 1 / z and shape 1 below the split."""
    drawn = np.empty_like(z)
    left = np.arange(z.size)
    while left.size:
        own = z[left]
        # Far from the split: draws that lie below it are taken. Otherwise those of z = 0, the
        # tail of a normal distribution, are thinned.
        plain = own * _SPLIT > 1.0
        near = rng.wald(1.0 / np.maximum(own, 1.0 / _SPLIT), 1.0)
        one, two = rng.standard_exponential((2, left.size))
        thinned = _SPLIT / (1.0 + _SPLIT * one) ** 2
        kept = (one**2 <= 2.0 * two / _SPLIT) & (
            rng.random(left.size) < np.exp(-(own**2) * thinned / 2.0)
        )
        drawn[left] = np.where(plain, near, thinned)
        left = left[~np.where(plain, near < _SPLIT, kept)]
    return drawn


def _exit_time(rng: np.random.Generator, drift: np.ndarray) -> np.ndarray:
    """When a Wiener process from 0 leaves (-1, 1), whichever its side; exact draws.

    The time is 4 PG(1, 2 |drift|) of Polya-Gamma draws (Polson, Scott and Windle 2013, section
    4 and appendix): rejection from an inverse Gaussian distribution below the split and an
    exponential one above it. Four terms of the alternating series are exact in double precision.
    """
    xp = numpy_namespace()
    z = np.abs(drift)
    rate = math.pi**2 / 8.0 + z**2 / 2.0
    root = math.sqrt(_SPLIT)
    log_right = math.log(math.pi / 2.0) - np.log(rate) - rate * _SPLIT
    below = xp.log_ndtr((z * _SPLIT - 1.0) / root)
    above = 2.0 * z + xp.log_ndtr(-(z * _SPLIT + 1.0) / root)
    log_left = math.log(2.0) - z + np.logaddexp(below, above)
    share = xp.sigmoid(log_right - log_left)
    drawn = np.empty_like(z)
    left = np.arange(z.size)
    odd = np.arange(1.0, 8.0, 2.0)[:, None]
    signs = np.array([1.0, -1.0, 1.0, -1.0])[:, None]
    while left.size:
        right = rng.random(left.size) < share[left]
        late = _SPLIT + rng.standard_exponential(left.size) / rate[left]
        time = np.where(right, late, _truncated(rng, z[left]))
        # Terms of the series over the first one, which is what was drawn from.
        exponent = np.where(right, math.pi**2 * time / 8.0, 0.5 / time)
        ratio = (signs * odd * np.exp(-(odd**2 - 1.0) * exponent)).sum(axis=0)
        taken = rng.random(left.size) < ratio
        drawn[left[taken]] = time[taken]
        left = left[~taken]
    return drawn


def first_passage(
    rng: np.random.Generator, mu: Array, log_bs: Array, log_bias: Array, log1m_bias: Array
) -> tuple[np.ndarray, np.ndarray]:
    """Exact draws of decision times and decisions.

    Parameters
    ----------
    rng : Generator
        The source of random numbers.
    mu, log_bs, log_bias, log1m_bias : array
        Drift, and logarithms of the boundary separation and of the relative start; they broadcast.

    Returns
    -------
    time, upper : array
        The time without ndt, and whether the upper boundary was reached. Of the shape that the
        arguments broadcast to.

    Notes
    -----
    The process is followed from one symmetric interval to the next, the widest around where it
    is: its side and its time are independent there (the walk on spheres of Muller 1956, with the
    exit times kept). Half of the intervals end at a boundary, so that two are enough on average.
    """
    size = shape_of(mu, log_bs, log_bias, log1m_bias)
    scale = np.broadcast_to(np.exp(log_bs), size).ravel()
    drift = np.broadcast_to(mu, size).ravel() * scale
    low = np.array(np.broadcast_to(np.exp(log_bias), size), dtype=float).ravel()
    high = np.array(np.broadcast_to(np.exp(log1m_bias), size), dtype=float).ravel()
    time, upper = np.zeros(low.size), np.zeros(low.size, dtype=bool)
    left = np.arange(low.size)
    while left.size:
        below, above = low[left], high[left]
        width = np.minimum(below, above)
        pull = drift[left] * width
        time[left] += width**2 * _exit_time(rng, pull)
        up = rng.random(left.size) < numpy_namespace().sigmoid(2.0 * pull)
        step = np.where(up, width, -width)
        low[left], high[left] = below + step, above - step
        done = np.where(up, above <= below, below <= above)
        upper[left] = up
        left = left[~done]
    return (time * scale**2).reshape(size), upper.reshape(size)


def _random_wiener(
    rng: np.random.Generator,
    mu: Array,
    log_bs: Array,
    ndt: Array,
    log_bias: Array,
    log1m_bias: Array,
    dec: Array,
) -> np.ndarray:
    """Times of either decision: of a new observation the decision is not known."""
    size = shape_of(mu, log_bs, ndt, log_bias, log1m_bias, dec)
    wide = np.broadcast_to(mu, size)
    time, _ = first_passage(rng, wide, log_bs, log_bias, log1m_bias)
    return np.asarray(ndt + time)


WORDS = (
    Vocable(
        "wiener",
        ("mu", "log_bs", "ndt", "log_bias", "log1m_bias", "dec"),
        POSITIVE_LINE,
        _wiener,
        prior=False,
        random=_random_wiener,
    ),
)

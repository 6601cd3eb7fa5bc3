"""The continued fraction of the incomplete beta function (DLMF 8.17.22).

I_x(a, b) is x^a (1 - x)^b / (a B(a, b)) times this fraction. It converges fast while x is below
(a + 1) / (a + b + 2); beyond that the complement is the smaller one.
"""

from __future__ import annotations

import math

from ...compiled import compiled, elementwise

#: More than a + b = 1e8 asks for right at the mean; farther from it tens are enough.
_MOST_STEPS = 100_000
_EXACT = 4e-16
#: The slopes need no more, and their terms fall behind those of the value.
_EXACT_SLOPES = 1e-13


@compiled
def log_fraction(a: float, b: float, x: float) -> tuple[float, float, float, float]:
    """Logarithm of the fraction, and its slopes in the arguments.

    The modified method of Lentz (Press et al. 2007, 5.2), which gives the fraction as a product:
    its logarithm and the slopes are sums, taken along.

    Parameters
    ----------
    a, b : float
        Shapes, 0 or more.
    x : float
        From 0 to (a + 1) / (a + b + 2).
    """
    # C and D of the method with their slopes in a, b and x.
    c, ca, cb, cx = 1.0, 0.0, 0.0, 0.0
    top = a + b
    t = -top * x / (a + 1.0)
    ta, tb, tx = -x * (1.0 - b) / (a + 1.0) ** 2, -x / (a + 1.0), -top / (a + 1.0)
    d = 1.0 / (1.0 + t)
    da, db, dx = -d * d * ta, -d * d * tb, -d * d * tx
    value, va, vb, vx = math.log(d), da / d, db / d, dx / d
    step = 1
    unfinished = True
    while unfinished and step < _MOST_STEPS:
        step += 1
        m = step // 2
        if step % 2 == 0:
            lower = a + 2.0 * m
            t = m * (b - m) * x / ((lower - 1.0) * lower)
            ta = -t * (1.0 / (lower - 1.0) + 1.0 / lower)
            tb = m * x / ((lower - 1.0) * lower)
            tx = m * (b - m) / ((lower - 1.0) * lower)
        else:
            lower = a + 2.0 * m
            scale = 1.0 / (lower * (lower + 1.0))
            t = -(a + m) * (top + m) * x * scale
            ta = -((a + m) + (top + m)) * x * scale - t * (1.0 / lower + 1.0 / (lower + 1.0))
            tb = -(a + m) * x * scale
            tx = -(a + m) * (top + m) * scale
        below = 1.0 + t * d
        ea, eb, ex = ta * d + t * da, tb * d + t * db, tx * d + t * dx
        d = 1.0 / below
        da, db, dx = -d * d * ea, -d * d * eb, -d * d * ex
        grown = 1.0 + t / c
        ga, gb, gx = (ta - t * ca / c) / c, (tb - t * cb / c) / c, (tx - t * cx / c) / c
        c, ca, cb, cx = grown, ga, gb, gx
        value += math.log(c * d)
        sa, sb, sx = ca / c + da / d, cb / c + db / d, cx / c + dx / d
        va, vb, vx = va + sa, vb + sb, vx + sx
        moved = a * abs(sa) + b * abs(sb) + x * abs(sx)
        size = 1.0 + a * abs(va) + b * abs(vb) + x * abs(vx)
        unfinished = abs(c * d - 1.0) > _EXACT or moved > _EXACT_SLOPES * size
    return value, va, vb, vx


@elementwise
def log_fraction_values(a: float, b: float, x: float) -> float:
    """:func:`log_fraction`, its value."""
    return log_fraction(a, b, x)[0]

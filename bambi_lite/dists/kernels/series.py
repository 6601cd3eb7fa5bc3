"""Small functions that the kernels share: differences that would cancel, by their series."""

from __future__ import annotations

import math

from ...compiled import compiled

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
#: From here on the series below are exact in double precision.
_LARGE = 16.0


@compiled
def log1p_excess(x: float) -> float:
    """log(1 + x) - x."""
    if abs(x) > 0.04:
        return math.log1p(x) - x
    total = 0.0
    for k in range(12, 1, -1):
        total = x * total + (1.0 if k % 2 else -1.0) / k
    return total * x * x


@compiled
def stirling(x: float) -> float:
    """log Gamma(x) - (x - 1/2) log x + x - log(2 pi) / 2 (Abramowitz and Stegun 1972, 6.1.41)."""
    if x < _LARGE:
        # By Gamma(x + 1), which is finite where x underflows to zero but for the logarithm.
        return math.lgamma(x + 1.0) - (x + 0.5) * math.log(x) + x - HALF_LOG_2PI
    z = 1.0 / (x * x)
    return (1.0 - z * (1.0 / 30.0 - z * (1.0 / 105.0 - z / 140.0))) / (12.0 * x)


@compiled
def digamma_excess(x: float) -> float:
    """x (psi(x) - log x), which goes from -1 at zero to -1/2 (ibid., 6.3.5 and 6.3.18)."""
    far, shift = x, 0.0
    while far < _LARGE:
        shift += x / far if far > 0.0 else 1.0
        far += 1.0
    z = 1.0 / (far * far)
    rest = (
        1.0 / 12.0 - z * (1.0 / 120.0 - z * (1.0 / 252.0 - z * (1.0 / 240.0 - z * (1.0 / 132.0))))
    ) * z + 0.5 / far
    ratio = math.log(far / x) if x > 0.0 else 0.0
    return x * (ratio - rest) - shift

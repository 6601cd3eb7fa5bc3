"""What the kernels share: pieces of the gamma function that do not cancel, and quadrature."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from ...compiled import compiled

LOG_2PI = math.log(2.0 * math.pi)
#: Below this a term no longer changes a sum of order one.
TINY = 1e-17
#: More terms than any of the loops needs; a loop that met a NaN ends here at the latest.
MANY = 10_000


def _nodes(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss and Legendre's nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1.0) / 2.0, weights / 2.0


#: Integrate exp(-40 s^2) and exp(-40 s) over (0, 1) to 1e-15.
NODES, WEIGHTS = _nodes(40)
#: The fall of a logarithm over which tails are integrated: what lies below adds 1e-17.
FALL = 40.0

# zeta(k) - 1 for k = 2, 3, ...
_ZETA = special.zetac(np.arange(2.0, 30.0))


@compiled
def log1mexp(s: float) -> float:
    """log(1 - exp(s)) for s <= 0 (Maechler 2012)."""
    if s > -0.7:
        return math.log(-math.expm1(s)) if s < 0.0 else -math.inf
    return math.log1p(-math.exp(s))


@compiled
def complement(s: float) -> tuple[float, float]:
    """log(1 - exp(s)), and its derivative with respect to s (zero where s is zero)."""
    large = log1mexp(s)
    return large, (-math.exp(s - large) if s < 0.0 else 0.0)


@compiled
def expm1_rest(s: float) -> float:
    """exp(s) - 1 - s."""
    if abs(s) > 0.5:
        return math.expm1(s) - s
    term = 0.5 * s * s
    total = term
    for k in range(3, 30):
        term *= s / k
        total += term
        if abs(term) < TINY * total:
            break
    return total


@compiled
def log1p_rest(x: float) -> float:
    """log(1 + x) - x."""
    if abs(x) > 0.2:
        return math.log1p(x) - x
    # log(1 + x) = 2 (v + v^3 / 3 + v^5 / 5 + ...) and x = 2 v + x v.
    v = x / (2.0 + x)
    power, total = 1.0, 0.0
    for k in range(3, 60, 2):
        total += power / k
        power *= v * v
        if power < TINY:
            break
    return 2.0 * v**3 * total - x * v


@compiled
def deviance(k: float, m: float, gap: float, log_ratio: float) -> float:
    """k log(k / m) + m - k, from gap = k - m and log_ratio = log(m / k) (Loader 2000)."""
    if abs(gap) > 0.1 * (k + m):
        return -k * log_ratio - gap
    v = gap / (k + m)
    total, term = gap * v, 2.0 * k * v
    for j in range(3, 60, 2):
        term *= v * v
        total += term / j
        if abs(term) <= TINY * total:
            break
    return total


@compiled
def stirling_error(a: float) -> float:
    """log Gamma(a) - (a - 1/2) log a + a - log(2 pi) / 2 (Abramowitz and Stegun 1972, 6.1.40)."""
    if a < 15.0:
        return math.lgamma(a) - (a - 0.5) * math.log(a) + a - 0.5 * LOG_2PI
    r = 1.0 / (a * a)
    series = 1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * 691 / 360360)))
    return (1 / 12 - r * series) / a


@compiled
def psi_minus_log(a: float) -> float:
    """The digamma function less the logarithm (Abramowitz and Stegun 1972, 6.3.18)."""
    shifted, passed = a, 0.0
    while shifted < 10.0:
        passed -= 1.0 / shifted
        shifted += 1.0
    r = 1.0 / (shifted * shifted)
    series = 1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12)))
    far = -0.5 / shifted - r * (1 / 12 - r * (1 / 120 - r * series))
    return far if shifted == a else far + passed + math.log(shifted / a)


@compiled
def lgamma1p(a: float) -> float:
    """log Gamma(1 + a) for 0 < a <= 1, to relative precision for small a (A. & S. 6.1.33)."""
    if a > 0.5:
        return math.lgamma(1.0 + a)
    total = (1.0 - np.euler_gamma) * a - math.log1p(a)
    power = -a
    for k in range(_ZETA.size):
        power *= -a
        total += _ZETA[k] * power / (k + 2)
    return total


# Coefficients of 1 / a^(2 k - 1) in the series of log Gamma: B_2k / (2 k (2 k - 1)).
_LGAMMA = np.array([1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360])


@compiled
def rise(a: float, b: float) -> tuple[float, float]:
    """log Gamma(a + b) - log Gamma(a) and psi(a + b) - psi(a), to relative precision in b.

    The differences of Stirling's series are taken term by term, from
    1 / a^k - 1 / n^k = (1 / a - 1 / n) sum_i a^-i n^(i + 1 - k) with n = a + b.
    """
    product, slope = 0.0, 0.0  # prod (1 + b / (a + j)) - 1, sum (1 / (a + j) - 1 / (a + b + j))
    while a < 12.0:
        product += b / a * (1.0 + product)
        slope += b / (a * (a + b))
        a += 1.0
    n = a + b
    low, high = 1.0 / a, 1.0 / n
    step = b / (a * n)  # 1 / a - 1 / n
    grown = math.log1p(b / a)
    lgamma = (a - 0.5) * grown + b * (math.log(n) - 1.0) - math.log1p(product)
    psi = grown + 0.5 * step + slope
    powers, top = 1.0, 1.0  # sum_i a^-i n^(i + 1 - k) and n^(1 - k) for k = 1
    for k in range(1, 2 * _LGAMMA.size):
        if k % 2 == 1:
            coefficient = _LGAMMA[(k - 1) // 2]
            lgamma -= step * coefficient * powers
        else:
            psi += step * _LGAMMA[k // 2 - 1] * (k - 1) * powers
        top *= high
        powers = low * powers + top
    return lgamma, psi


@compiled
def log_ndtr(x: float) -> float:
    """The logarithm of the normal CDF (Abramowitz and Stegun 1972, 26.2.12 far out)."""
    if x > -30.0:
        p = 0.5 * math.erfc(abs(x) / math.sqrt(2.0))
        return math.log(p) if x < 0.0 else math.log1p(-p)
    term, total = 1.0, 1.0
    for k in range(1, 12):
        term *= -(2 * k - 1) / (x * x)
        total += term
    return -0.5 * x * x - 0.5 * LOG_2PI - math.log(-x) + math.log(total)

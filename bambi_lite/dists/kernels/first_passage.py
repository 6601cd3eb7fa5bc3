"""When a Wiener process leaves an interval, and where: the density, by its two series.

The process without drift starts at w in (0, 1), with unit variance, and leaves at 0 at time tau;
a drift tilts its density (Navarro and Fuss 2009, equation 1). For large tau the density is a sine
series, for small tau a sum over mirror images (Feller 1968, XIV.6); on its side of the switch
either has six terms at most in double precision. Mirror images are summed in pairs, in which
nothing cancels: the density is as exact for a start at 1e-13 from either end as for one in the
middle.
"""

from __future__ import annotations

import math

from ...compiled import compiled, elementwise

_SWITCH = 0.3
_LOG_2PI = math.log(2.0 * math.pi)
#: Beyond these the logarithm of the time is cut off: the density is zero there in any case.
_FARTHEST = 690.0
_LATE_TERMS = 6
#: Distance of the last mirror image.
_EARLY_REACH = 9.0


@compiled
def _late(tau: float, x: float, side: float) -> tuple[float, float, float]:
    """The sine series at the distance x <= 1/2 from the nearer end.

    Without the factor x; `side` is -1 when that is the end where the process leaves, else 1.
    Returns the logarithm, and its slopes in log tau and log x.
    """
    total = slope_x = slope_tau = 0.0
    sign = 1.0
    for k in range(1, _LATE_TERMS + 1):
        weight = sign * k * math.exp(-0.5 * (k * k - 1.0) * math.pi**2 * tau)
        angle = k * math.pi * x
        sine = math.sin(angle) / x if x > 0.0 else k * math.pi
        total += weight * sine
        slope_tau += weight * k * k * sine
        slope_x += weight * k * math.pi * math.cos(angle)
        sign = -sign * side
    half = 0.5 * math.pi**2 * tau
    value = math.log(math.pi) - half + math.log(total)
    return value, -half * slope_tau / total, slope_x / total


@compiled
def _early(tau: float, x: float, side: float) -> tuple[float, float, float]:
    """The sum over mirror images; arguments and results are those of :func:`_late`.

    The images lie at x and at m - x and m + x, with m even when the process leaves at the nearer
    end and odd otherwise. A pair contributes (m - x) A - (m + x) B with A and B normal densities.
    """
    if side < 0.0:
        first, base = 2.0, x
        total, cubes, even = 1.0, x * x, x * x / tau - 1.0
    else:
        first, base = 1.0, 1.0 - x
        total = cubes = even = 0.0
    m = first
    while m <= _EARLY_REACH:
        weight = math.exp(-((m - x) ** 2 - base * base) / (2.0 * tau))
        far = -2.0 * m * x / tau
        ratio = math.exp(far)
        # (1 - B / A) / x
        gap = -math.expm1(far) / x if x > 0.0 else 2.0 * m / tau
        total += side * weight * (m * gap - (1.0 + ratio))
        third = (m**3 + 3.0 * m * x * x) * gap - (3.0 * m * m + x * x) * (1.0 + ratio)
        cubes += side * weight * third
        even += weight * ((m - x) ** 2 / tau - 1.0 + ((m + x) ** 2 / tau - 1.0) * ratio)
        m += 2.0
    value = -1.5 * math.log(tau) - 0.5 * _LOG_2PI - base * base / (2.0 * tau) + math.log(total)
    return value, -1.5 + cubes / total / (2.0 * tau), side * even / total


@compiled
def _standard(log_tau: float, log_w: float, log1m_w: float) -> tuple[float, float, float, float]:
    """Log-density of leaving at 0 at time tau, without drift, and its slopes in the arguments.

    The smaller of `log_w` and `log1m_w` is used; the slope in the other one is zero.
    """
    tau = math.exp(min(max(log_tau, -_FARTHEST), _FARTHEST))
    near = log_w <= log1m_w
    log_x = log_w if near else log1m_w
    x = math.exp(log_x)
    side = -1.0 if near else 1.0
    if tau > _SWITCH:
        value, slope_tau, slope_x = _late(tau, x, side)
    else:
        value, slope_tau, slope_x = _early(tau, x, side)
    return value + log_x, slope_tau, slope_x if near else 0.0, 0.0 if near else slope_x


@compiled
def log_density(
    y: float,
    drift: float,
    log_width: float,
    shift: float,
    log_start: float,
    log1m_start: float,
    upper: float,
) -> tuple[float, float, float, float, float, float, float, float]:
    """Log-density of a response time and a decision.

    Parameters
    ----------
    y : float
        The time.
    drift : float
        Drift of the process, which has unit variance.
    log_width : float
        Logarithm of the distance between the boundaries.
    shift : float
        Time that passes before the process starts.
    log_start, log1m_start : float
        Logarithms of the start, as a share of the distance, and of one minus it.
    upper : float
        1 for the upper boundary, 0 for the lower one.

    Returns
    -------
    tuple of float
        The value (minus infinity at and below `shift`), and its slopes in the arguments (none in
        `upper`).
    """
    time = y - shift
    if time <= 0.0:
        return -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    # The upper boundary is the lower one of the process that is turned over.
    turned = upper > 0.5
    sign = -1.0 if turned else 1.0
    log_w, log1m_w = (log1m_start, log_start) if turned else (log_start, log1m_start)
    value, slope_tau, slope_w, slope_1mw = _standard(
        math.log(time) - 2.0 * log_width, log_w, log1m_w
    )
    distance = math.exp(log_width + log_w)
    toward = sign * drift
    pull = toward * distance
    value += -2.0 * log_width - pull - toward * toward * time / 2.0
    slope_time = slope_tau / time - toward * toward / 2.0
    slope_w -= pull
    return (
        value,
        slope_time,
        -sign * (distance + toward * time),
        -2.0 * slope_tau - 2.0 - pull,
        -slope_time,
        slope_1mw if turned else slope_w,
        slope_w if turned else slope_1mw,
        0.0,
    )


@elementwise
def log_density_values(
    y: float,
    drift: float,
    log_width: float,
    shift: float,
    log_start: float,
    log1m_start: float,
    upper: float,
) -> float:
    """:func:`log_density`, its value."""
    return log_density(y, drift, log_width, shift, log_start, log1m_start, upper)[0]

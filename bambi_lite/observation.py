"""How a response was observed, and what that does to any likelihood: weights, censoring, bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from .dists import Dist, log_difference
from .errors import SamplingError
from .xp import Array, Namespace, numpy_namespace

#: Rounds of redrawing what fell outside the bounds of a truncation, before it is found otherwise.
_TRIES = 20
#: Halvings of the interval that a draw lies in: from 1e10 to nothing in double precision.
_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class Observation:
    """How the response was observed: what acts on every likelihood alike.

    Attributes
    ----------
    arrays : mapping
        Arrays of shape (n_obs,), of which there may be: ``weights``; ``cens`` (-1 left, 0 none, 1
        right, 2 interval) and ``rcens`` (upper ends of the intervals); ``lb`` and ``ub``
        (truncation, infinite where there is none).
    codes : frozenset of int
        Which codes of censoring occur.
    """

    arrays: Mapping[str, Any] = field(default_factory=dict)
    codes: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.arrays)

    def take(self, rows: Any) -> Observation:
        """The same for some of the rows; codes that none of them has stay possible."""
        arrays = {name: values[rows] for name, values in self.arrays.items()}
        return Observation(MappingProxyType(arrays), self.codes)


def log_density(xp: Namespace, dist: Dist, y: Array, seen: Observation, discrete: bool) -> Array:
    """The log-density of each observation, as it was observed.

    Parameters
    ----------
    xp : namespace
        Of the world the arguments live in.
    dist : Dist
        The likelihood.
    y : array
        The response.
    seen : Observation
        Its arrays are of the same world.
    discrete : bool
        Whether the response is a whole number: a lower bound then belongs to it.

    Returns
    -------
    array of shape (..., n_obs)
        ``log f(y)``; for censored rows the log-probability of what is known; minus the
        log-probability of the bounds of a truncation; times the weight. As in brms 2.23.
    """
    arrays = seen.arrays
    value = dist.logp(xp, y) if seen.codes <= {0} or 0 in seen.codes else 0.0
    if seen.codes:
        cens = arrays["cens"]
        if 1 in seen.codes:
            value = xp.where(xp.equal(cens, 1), dist.lccdf(xp, y), value)
        if -1 in seen.codes:
            value = xp.where(xp.equal(cens, -1), dist.lcdf(xp, y), value)
        if 2 in seen.codes:
            # Rows without an interval take an upper end above y, so that nothing there is zero.
            interval = xp.equal(cens, 2)
            upper = xp.where(interval, arrays["rcens"], y + 1.0)
            value = xp.where(interval, log_mass(xp, dist, y, upper), value)
    if "lb" in arrays or "ub" in arrays:
        value = value - log_bounds(xp, dist, y, arrays, discrete)
    return value * arrays["weights"] if "weights" in arrays else value


def log_mass(xp: Namespace, dist: Dist, lower: Array, upper: Array) -> Array:
    """log P(lower < Y <= upper), from the tail in which it loses no digits."""
    ends = (dist.lcdf(xp, lower), dist.lcdf(xp, upper))
    return _between(xp, ends, (dist.lccdf(xp, lower), dist.lccdf(xp, upper)))


def _between(xp: Namespace, below: tuple[Array, Array], above: tuple[Array, Array]) -> Array:
    """The log-probability between two values with these logarithms of F and of 1 - F."""
    left = log_difference(xp, below[1], below[0])
    right = log_difference(xp, above[0], above[1])
    return xp.where(below[0] < -0.6931471805599453, left, right)


def log_bounds(
    xp: Namespace, dist: Dist, y: Array, bounds: Mapping[str, Array], discrete: bool
) -> Array:
    """The log-probability of the values between the bounds of a truncation."""
    # P(Y >= lb) of a whole number is P(Y > lb - 1).
    step = 1.0 if discrete else 0.0
    below, above = [-np.inf, 0.0], [0.0, -np.inf]
    for i, (name, shift) in enumerate((("lb", step), ("ub", 0.0))):
        if name not in bounds:
            continue
        # In rows without a bound the response stands in, so that no infinity is differentiated.
        known = xp.abs(bounds[name]) < np.inf
        bound = xp.where(known, bounds[name] - shift, y)
        below[i] = xp.where(known, dist.lcdf(xp, bound), below[i])
        above[i] = xp.where(known, dist.lccdf(xp, bound), above[i])
    if "ub" not in bounds:
        return above[0]
    if "lb" not in bounds:
        return below[1]
    return _between(xp, (below[0], below[1]), (above[0], above[1]))


def draw(
    rng: np.random.Generator,
    dist: Dist,
    seen: Observation,
    discrete: bool,
    give_up: bool = False,
) -> np.ndarray:
    """Random responses; those of a truncated response lie between its bounds.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    dist : Dist
        The likelihood, its arguments NumPy arrays.
    seen : Observation
        Its bounds.
    discrete : bool
        Whether the response is a whole number.
    give_up : bool
        Whether responses without any probability between the bounds are missing values, not an
        error.

    Raises
    ------
    SamplingError
        When there is no probability between the bounds.
    """
    values = np.array(dist.random(rng), dtype=float)
    if "lb" not in seen.arrays and "ub" not in seen.arrays:
        return values
    lower = np.broadcast_to(seen.arrays.get("lb", -np.inf), values.shape)
    upper = np.broadcast_to(seen.arrays.get("ub", np.inf), values.shape)
    wide = {name: np.broadcast_to(value, values.shape) for name, value in dist.args.items()}
    for tries in range(_TRIES + 1):
        outside = (values < lower) | (values > upper)
        if not outside.any():
            break
        rest = replace(dist, args={name: value[outside] for name, value in wide.items()})
        if tries < _TRIES:
            values[outside] = rest.random(rng)
            continue
        with np.errstate(all="ignore"):  # the logarithm of zero is meant where it occurs
            ends = lower[outside], upper[outside]
            values[outside] = _inverted(rng, rest, *ends, discrete, give_up)
    return values


def _inverted(
    rng: np.random.Generator,
    dist: Dist,
    lower: np.ndarray,
    upper: np.ndarray,
    discrete: bool,
    give_up: bool,
) -> np.ndarray:
    """Draws between bounds: the values that the distribution function takes to uniform ones."""
    values = quantiles(dist, rng.uniform(size=lower.shape), lower, upper, discrete)
    bad = np.isnan(values)
    if bad.any() and not give_up:
        raise SamplingError(
            f"{int(bad.sum())} predicted values have no probability at all between the bounds of "
            f"trunc(): the model puts them elsewhere."
        )
    return values


def log_tails(
    dist: Dist, y: Array, lower: Array, upper: Array, discrete: bool
) -> tuple[np.ndarray, np.ndarray]:
    """log P(Y <= y) and log P(Y > y) of a response that lies between bounds.

    Parameters
    ----------
    dist : Dist
        The distribution before it is cut, its arguments NumPy arrays.
    y, lower, upper : array
        Values, and bounds that may be infinite.
    discrete : bool
        Whether the response is a whole number: both bounds then belong to it.
    """
    xp = numpy_namespace()
    with np.errstate(all="ignore"):  # the logarithm of zero is meant where it occurs
        at = dist.lcdf(xp, y), dist.lccdf(xp, y)
        if np.isinf(lower).all() and np.isinf(upper).all():
            return np.asarray(at[0]), np.asarray(at[1])
        below, above = _ends(dist, lower, upper, discrete)
        mass = _between(xp, below, above)
        left = _between(xp, (below[0], at[0]), (above[0], at[1])) - mass
        right = _between(xp, (at[0], below[1]), (at[1], above[1])) - mass
        outside = y < lower, y >= upper
        left = np.where(outside[0], -np.inf, np.where(outside[1], 0.0, left))
        right = np.where(outside[0], 0.0, np.where(outside[1], -np.inf, right))
    return left, right


def _ends(
    dist: Dist, lower: Array, upper: Array, discrete: bool
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The logarithms of F and of 1 - F below the lower bound and at the upper one."""
    xp = numpy_namespace()
    # P(Y >= lb) of a whole number is P(Y > lb - 1).
    low, high = lower - (1.0 if discrete else 0.0), upper
    return (dist.lcdf(xp, low), dist.lcdf(xp, high)), (dist.lccdf(xp, low), dist.lccdf(xp, high))


def quantiles(
    dist: Dist, p: np.ndarray, lower: np.ndarray, upper: np.ndarray, discrete: bool
) -> np.ndarray:
    """The smallest values whose distribution function reaches `p`, between bounds.

    By halving intervals: exact to the last digit for every word with a distribution function. The
    logarithm of F or that of 1 - F counts, whichever is smaller, so that no tail is too thin.

    Parameters
    ----------
    dist : Dist
        The distribution before it is cut, its arguments NumPy arrays.
    p, lower, upper : array
        Probabilities and bounds (infinite where there are none), of the full shape.
    discrete : bool
        Whether the response is a whole number.

    Returns
    -------
    array
        NaN where there is no probability between the bounds.
    """
    xp = numpy_namespace()
    first, last = dist.word.support
    with np.errstate(all="ignore"):
        below, above = _ends(dist, lower, upper, discrete)
        bad = ~(_between(xp, below, above) > -np.inf)
        targets = [
            np.logaddexp(np.log1p(-p) + ends[0], np.log(p) + ends[1]) for ends in (below, above)
        ]
        left = targets[0] < targets[1]

        def reached(y: np.ndarray) -> np.ndarray:
            ends = dist.lcdf(xp, y) >= targets[0], dist.lccdf(xp, y) <= targets[1]
            return np.asarray(np.where(left, *ends))

        # The support may have a mass at its first value.
        start = np.broadcast_to(_inside(first, last), p.shape)
        low = np.where(lower > first, lower - 1.0, np.full(p.shape, first - 1.0))
        high = np.where(upper < last, upper, np.full(p.shape, last))
        sought = ~bad & (p > 0.0) & (p < 1.0)
        low = _until(lambda y: ~reached(y) | ~sought, low, start, -1.0)
        high = _until(lambda y: reached(y) | ~sought, high, start, 1.0)
        for _ in range(_HALVINGS):
            middle = low + (high - low) / 2.0
            middle = np.floor(middle) if discrete else middle
            if ((middle <= low) | (middle >= high) | ~sought).all():
                break
            up = reached(middle)
            low, high = np.where(up, low, middle), np.where(up, middle, high)
        # Halving comes near a mass at zero, but not to it.
        least = np.maximum(first, lower)
        high = np.where(np.isfinite(least) & reached(least), least, high)
    ends = np.where(p > 0.5, np.minimum(upper, last), least)
    found = np.where(sought, np.clip(high, lower, upper), ends)
    return np.asarray(np.where(bad | ~((p >= 0.0) & (p <= 1.0)), np.nan, found))


def _inside(first: float, last: float) -> float:
    """A value of a support, to start from."""
    if np.isinf(first) and np.isinf(last):
        return 0.0
    if np.isinf(first) or np.isinf(last):
        return last - 1.0 if np.isinf(first) else first + 1.0
    return (first + last) / 2.0


def _until(
    holds: Callable[[np.ndarray], np.ndarray], end: np.ndarray, start: np.ndarray, sign: float
) -> np.ndarray:
    """The ends that are finite, and for the others a value so far from `start` that it `holds`."""
    far = np.isinf(end)
    values = np.where(far, np.floor(start), end)
    distance = 1.0
    while (further := far & ~holds(values)).any():
        values = np.where(further, values + sign * distance, values)
        distance *= 2.0
    return values


def numpy_log_density(dist: Dist, y: np.ndarray, seen: Observation, discrete: bool) -> np.ndarray:
    """:func:`log_density` on draws; the logarithm of zero is meant where it occurs."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.asarray(log_density(numpy_namespace(), dist, y, seen, discrete))

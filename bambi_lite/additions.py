"""Addition terms: ``y | weights(w) + cens(c) ~ x``, read, checked, and what they do to a density.

Some change every likelihood in the same way (weights, censoring, truncation): they make an
:class:`Observation`. The others (trials, rate, se, dec, vreal, vint, thresholds) are numbers
that a family asks for: :func:`family_data` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from .design import AdditionColumns, Column
from .dists import Dist, log_difference
from .errors import DataError, SamplingError, listing, rows_of, suggest
from .xp import Array, Namespace, numpy_namespace

#: brms' codes of censored observations.
CENSORED: Mapping[str, int] = MappingProxyType(
    {"left": -1, "none": 0, "right": 1, "interval": 2, "TRUE": 1, "FALSE": 0}
)
#: brms' codes of decisions.
DECISIONS: Mapping[str, int] = MappingProxyType({"lower": 0, "upper": 1, "FALSE": 0, "TRUE": 1})
#: Addition terms that every family takes.
ALWAYS = ("weights", "subset", "index")
#: Rounds of redrawing what fell outside the bounds of a truncation before giving up.
_ROUNDS = 1000


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


# -- reading ---------------------------------------------------------------------------------


def observation(
    additions: Mapping[str, AdditionColumns], y: np.ndarray | None, response: str
) -> Observation:
    """The additions that act on any likelihood.

    Parameters
    ----------
    additions : mapping
        Of the design.
    y : array or None
        The encoded response, to check bounds against; None where it is not known.
    response : str
        Its name, for messages.

    Raises
    ------
    DataError
        For negative weights, unknown codes of censoring, intervals whose ends are in the wrong
        order, and responses outside the bounds of their truncation.
    """
    arrays: dict[str, np.ndarray] = {}
    codes: frozenset[int] = frozenset()
    if "weights" in additions:
        arrays["weights"] = weights(additions["weights"])
    if "cens" in additions:
        cens, upper = censoring(additions["cens"])
        codes = frozenset(int(c) for c in np.unique(cens))
        arrays["cens"] = cens
        if upper is not None:
            arrays["rcens"] = upper
            below = np.zeros(len(cens), dtype=bool) if y is None else (cens == 2) & (upper <= y)
            if below.any():
                raise DataError(
                    f"The interval of '{response}' ends at or below its start in {rows_of(below)}: "
                    f"cens(code, upper) takes the larger end as its second argument."
                )
    if "trunc" in additions:
        for name, bound in truncation(additions["trunc"]).items():
            if not np.isinf(bound).all():
                arrays[name] = bound
        if "lb" in arrays and "ub" in arrays and (bad := arrays["lb"] >= arrays["ub"]).any():
            raise DataError(f"trunc(): lb is not below ub in {rows_of(bad)}.")
        for name, outside in (("lb", "below"), ("ub", "above")):
            if y is None or name not in arrays:
                continue
            bad = y < arrays[name] if name == "lb" else y > arrays[name]
            if bad.any():
                raise DataError(
                    f"Response '{response}' is {outside} its bound {name} of trunc() in "
                    f"{rows_of(bad)}. A truncated response has no values outside its bounds; "
                    f"values only known to be beyond a limit are censored: cens()."
                )
    return Observation(MappingProxyType(arrays), codes)


def weights(addition: AdditionColumns) -> np.ndarray:
    """The weights, scaled to mean one if asked."""
    values = _numbers(addition.args[0], "weights")
    if (bad := values < 0.0).any():
        raise DataError(f"weights() is negative in {rows_of(bad)}; weights are 0 or more.")
    scaled: np.ndarray = values / values.mean() if addition.kwargs.get("scale", False) else values
    return scaled


def censoring(addition: AdditionColumns) -> tuple[np.ndarray, np.ndarray | None]:
    """Codes of censoring, and the upper ends of the intervals (zero where there is none)."""
    codes = coded(addition.args[0], CENSORED, "cens", "says nothing about censoring")
    if len(addition.args) == 1:
        if (interval := codes == 2).any():
            raise DataError(
                f"Interval censoring in {rows_of(interval)} needs the upper ends as the second "
                f"argument: cens({addition.args[0].name}, upper)."
            )
        return codes, None
    return codes, np.where(codes == 2, _numbers(addition.args[1], "cens"), 0.0)


def coded(column: Column, table: Mapping[str, int], term: str, problem: str) -> np.ndarray:
    """Codes given as numbers or as words.

    Raises
    ------
    DataError
        For any other number or word.
    """
    if column.levels:
        for level in column.levels:
            if level not in table:
                raise DataError(
                    f"'{level}' of {term}({column.name}) {problem}; valid are {listing(table)}."
                    f"{suggest(level, table)}"
                )
        values = np.array([table[level] for level in column.levels])
        return np.asarray(values[column.values.astype(int)])
    numbers = sorted(set(table.values()))
    bad = ~np.isin(column.values, numbers)
    if bad.any():
        raise DataError(
            f"{term}({column.name}) has a code that is none of {listing(map(str, numbers))} in "
            f"{rows_of(bad)}; as words they are {listing(table)}."
        )
    return np.asarray(column.values, dtype=int)


def truncation(addition: AdditionColumns) -> dict[str, np.ndarray]:
    """Bounds ``lb`` and ``ub``, infinite where there is none."""
    given = {k: v for k, v in addition.kwargs.items() if isinstance(v, Column)}
    n = len(next(iter(given.values())).values)
    absent = {"lb": -np.inf, "ub": np.inf}
    return {
        name: _numbers(given[name], "trunc", finite=False)
        if name in given
        else np.full(n, infinite)
        for name, infinite in absent.items()
    }


def family_data(additions: Mapping[str, AdditionColumns]) -> dict[str, Any]:
    """The numbers of the addition terms that only some families have.

    Returns
    -------
    dict
        Arrays of shape (n_obs,) by the name of the term (``vint1``, ``vint2`` for several
        arguments); ``gr``, the groups of thresholds, as a :class:`~bambi_lite.design.Column`; and
        ``se_sigma``, one where ``se(x, sigma = TRUE)`` keeps a residual.

    Raises
    ------
    DataError
        For numbers that such a term cannot have.
    """
    found: dict[str, Any] = {}
    for name, addition in additions.items():
        if name in ("thres", "cat"):
            if addition.args:
                found["thres"] = _numbers(addition.args[0], name)
            if "gr" in addition.kwargs:
                found["gr"] = addition.kwargs["gr"]
        elif name in ("vreal", "vint"):
            for i, column in enumerate(addition.args, start=1):
                found[f"{name}{i}"] = _numbers(column, name)
        elif name in _READ:
            found[name] = _READ[name](addition.args[0])
            if name == "se" and addition.kwargs.get("sigma", False):
                found["se_sigma"] = np.ones(len(found[name]))
    return found


def _numbers(column: Column, term: str, finite: bool = True) -> np.ndarray:
    if column.levels:
        raise DataError(f"{term}({column.name}) takes numbers, not a {column.kind}.")
    values = np.asarray(column.values, dtype=float)
    if finite and (bad := ~np.isfinite(values)).any():
        raise DataError(f"{term}({column.name}) is not finite in {rows_of(bad)}.")
    return values


def _positive(column: Column) -> np.ndarray:
    values = _numbers(column, "rate")
    if (bad := values <= 0.0).any():
        raise DataError(
            f"rate({column.name}) is 0 or below in {rows_of(bad)}; the response is counted per "
            f"unit of it, so that it has to be positive."
        )
    return values


def _standard_errors(column: Column) -> np.ndarray:
    values = _numbers(column, "se")
    if (bad := values < 0.0).any():
        raise DataError(
            f"se({column.name}) is negative in {rows_of(bad)}; standard errors are 0 or more."
        )
    return values


def _decisions(column: Column) -> np.ndarray:
    return coded(column, DECISIONS, "dec", "is no decision").astype(float)


_READ: Mapping[str, Callable[[Column], np.ndarray]] = {
    "trials": lambda column: _numbers(column, "trials"),
    "rate": _positive,
    "se": _standard_errors,
    "dec": _decisions,
}


# -- acting ----------------------------------------------------------------------------------


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
        value = value - log_bounds(xp, dist, arrays, discrete)
    return value * arrays["weights"] if "weights" in arrays else value


def log_mass(xp: Namespace, dist: Dist, lower: Array, upper: Array) -> Array:
    """log P(lower < Y <= upper), from the tail in which it loses no digits."""
    low, high = dist.lcdf(xp, lower), dist.lcdf(xp, upper)
    right = log_difference(xp, dist.lccdf(xp, lower), dist.lccdf(xp, upper))
    left = log_difference(xp, high, low)
    return xp.where(low < -0.6931471805599453, left, right)


def log_bounds(xp: Namespace, dist: Dist, bounds: Mapping[str, Array], discrete: bool) -> Array:
    """The log-probability of the values between the bounds of a truncation."""
    # P(Y >= lb) of a whole number is P(Y > lb - 1).
    step = 1.0 if discrete else 0.0
    if "ub" not in bounds:
        return dist.lccdf(xp, bounds["lb"] - step)
    if "lb" not in bounds:
        return dist.lcdf(xp, bounds["ub"])
    return log_mass(xp, dist, bounds["lb"] - step, bounds["ub"])


def draw(rng: np.random.Generator, dist: Dist, seen: Observation) -> np.ndarray:
    """Random responses; those of a truncated response lie between its bounds.

    Raises
    ------
    SamplingError
        When the bounds have so little probability that no draw falls between them.
    """
    values = np.array(dist.random(rng), dtype=float)
    lower, upper = seen.arrays.get("lb", -np.inf), seen.arrays.get("ub", np.inf)
    if "lb" not in seen.arrays and "ub" not in seen.arrays:
        return values
    for _ in range(_ROUNDS):
        outside = (values < lower) | (values > upper)
        if not outside.any():
            return values
        values = np.where(outside, dist.random(rng), values)
    raise SamplingError(
        f"After {_ROUNDS} tries {int(outside.sum())} of {outside.size} predicted values still lie "
        f"outside the bounds of trunc(): they have next to no probability under the model."
    )


def numpy_log_density(dist: Dist, y: np.ndarray, seen: Observation, discrete: bool) -> np.ndarray:
    """:func:`log_density` on draws; the logarithm of zero is meant where it occurs."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.asarray(log_density(numpy_namespace(), dist, y, seen, discrete))

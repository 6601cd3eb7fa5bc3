"""Addition terms: ``y | weights(w) + cens(c) ~ x``, read and checked.

Some change every likelihood in the same way (weights, censoring, truncation): they make an
:class:`~bambi_lite.observation.Observation`. The others (trials, rate, se, dec, vreal, vint,
thresholds) are numbers that a family asks for: :func:`family_data` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from .design import AdditionColumns, Column
from .errors import DataError, listing, rows_of, suggest
from .observation import Observation

#: brms' codes of censored observations.
CENSORED: Mapping[str, int] = MappingProxyType(
    {"left": -1, "none": 0, "right": 1, "interval": 2, "TRUE": 1, "FALSE": 0}
)
#: brms' codes of decisions.
DECISIONS: Mapping[str, int] = MappingProxyType({"lower": 0, "upper": 1, "FALSE": 0, "TRUE": 1})
#: Addition terms that every family takes.
ALWAYS = ("weights", "subset", "index")
#: Addition terms that play no part in predictions, so that new data need not have them.
UNPREDICTED = (*ALWAYS, "cens")


def observation(
    additions: Mapping[str, AdditionColumns], y: np.ndarray, response: str, discrete: bool
) -> Observation:
    """The additions that act on any likelihood.

    Parameters
    ----------
    additions : mapping
        Of the design.
    y : array
        The encoded response, to check bounds against.
    response : str
        Its name, for messages.
    discrete : bool
        Whether it is a whole number, and so its bounds.

    Raises
    ------
    DataError
        For negative weights, standard errors of zero without a residual, unknown codes of
        censoring, intervals whose ends are in the wrong order, and responses outside the bounds of
        their truncation.
    """
    arrays: dict[str, np.ndarray] = {}
    codes: frozenset[int] = frozenset()
    if "weights" in additions:
        arrays["weights"] = weights(additions["weights"])
    if "se" in additions:
        _check_errors(additions["se"])
    if "cens" in additions:
        cens, upper = censoring(additions["cens"])
        codes = frozenset(int(c) for c in np.unique(cens))
        arrays["cens"] = cens
        if upper is not None:
            arrays["rcens"] = upper
            if (below := (cens == 2) & (upper <= y)).any():
                raise DataError(
                    f"The interval of '{response}' ends at or below its start in {rows_of(below)}: "
                    f"cens(code, upper) takes the larger end as its second argument."
                )
    arrays |= _bounds(additions, discrete)
    _check_inside(arrays, y, response)
    return Observation(MappingProxyType(arrays), codes)


def _check_errors(addition: AdditionColumns) -> None:
    """Errors of zero leave a response no room, unless there is a residual beside them."""
    column = addition.args[0]
    bad = column.values == 0.0
    if bad.any() and not addition.kwargs.get("sigma", False):
        raise DataError(
            f"se({column.name}) is 0 in {rows_of(bad)}, and the response would have to equal its "
            f"mean there. se({column.name}, sigma = TRUE) estimates a residual beside the known "
            f"errors."
        )


def new_observation(additions: Mapping[str, AdditionColumns], discrete: bool) -> Observation:
    """What acts on the responses of new rows: of all this, truncation alone."""
    return Observation(MappingProxyType(_bounds(additions, discrete)))


def _bounds(additions: Mapping[str, AdditionColumns], discrete: bool) -> dict[str, np.ndarray]:
    """The bounds of a truncation that are finite somewhere."""
    if "trunc" not in additions:
        return {}
    found = {k: v for k, v in truncation(additions["trunc"]).items() if not np.isinf(v).all()}
    for name, bound in found.items():
        if discrete and (bad := np.isfinite(bound) & (bound != np.floor(bound))).any():
            raise DataError(
                f"trunc(): {name} is not a whole number in {rows_of(bad)}, but the response is. "
                f"Both bounds belong to the values that a response can have."
            )
    if "lb" in found and "ub" in found:
        # A whole number may be known to be its only value.
        bad = found["lb"] > found["ub"] if discrete else found["lb"] >= found["ub"]
        if bad.any():
            raise DataError(
                f"trunc(): lb is not below ub in {rows_of(bad)}; the lower bound comes first: "
                f"trunc(lb, ub)."
            )
    return found


def _check_inside(bounds: Mapping[str, np.ndarray], y: np.ndarray, response: str) -> None:
    for name, outside in (("lb", "below"), ("ub", "above")):
        if name not in bounds:
            continue
        bad = y < bounds[name] if name == "lb" else y > bounds[name]
        if bad.any():
            raise DataError(
                f"Response '{response}' is {outside} its bound {name} of trunc() in "
                f"{rows_of(bad)}. A truncated response has no values outside its bounds; "
                f"values only known to be beyond a limit are censored: cens()."
            )


def weights(addition: AdditionColumns) -> np.ndarray:
    """The weights, scaled to mean one if asked."""
    values = _numbers(addition.args[0], "weights")
    name = addition.args[0].name
    if (bad := values < 0.0).any():
        raise DataError(
            f"weights({name}) is negative in {rows_of(bad)}. The log-likelihood of a row is "
            f"multiplied by its weight, which is 0 or more."
        )
    if not values.any():
        raise DataError(f"weights({name}) is 0 in every row, so that no row would count.")
    scaled: np.ndarray = values / values.mean() if addition.kwargs.get("scale", False) else values
    return scaled


def censoring(addition: AdditionColumns) -> tuple[np.ndarray, np.ndarray | None]:
    """Codes of censoring, and the upper ends of the intervals (zero where there is none)."""
    hint = " The code of a row comes first, the upper end of its interval second."
    codes = coded(addition.args[0], CENSORED, "cens", "says nothing about censoring", hint)
    if len(addition.args) == 1:
        if (interval := codes == 2).any():
            raise DataError(
                f"Interval censoring in {rows_of(interval)} needs the upper ends as the second "
                f"argument: cens({addition.args[0].name}, upper)."
            )
        return codes, None
    # What stands in rows without an interval plays no part.
    upper = np.where(codes == 2, _numbers(addition.args[1], "cens", finite=False), 0.0)
    if (bad := np.isinf(upper)).any():
        raise DataError(
            f"The interval of {rows_of(bad)} has no finite end; a value that is only known to be "
            f"above a limit is censored on the right: code 1 or 'right'."
        )
    return codes, upper


def coded(
    column: Column, table: Mapping[str, int], term: str, problem: str, hint: str = ""
) -> np.ndarray:
    """Codes given as numbers or as words.

    Raises
    ------
    DataError
        For any other number or word.
    """
    if column.levels:
        codes = column.values.astype(int)
        for level in (column.levels[code] for code in np.unique(codes)):
            if level not in table:
                raise DataError(
                    f"'{level}' of {term}({column.name}) {problem}; valid are {listing(table)}."
                    f"{suggest(level, table)}"
                )
        values = np.array([table.get(level, 0) for level in column.levels])
        return np.asarray(values[codes])
    numbers = sorted(set(table.values()))
    bad = ~np.isin(column.values, numbers)
    if bad.any():
        raise DataError(
            f"{term}({column.name}) has a code that is none of {listing(map(str, numbers))} in "
            f"{rows_of(bad)}; as words they are {listing(table)}.{hint}"
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
        arguments); ``gr``, the groups of thresholds, as a :class:`~bambi_lite.design.Column`;
        ``bhaz_df`` and ``bhaz_gr``, number and strata of the splines of a baseline hazard; and
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
                # cat(n), the older form, counts the categories: one more than thresholds.
                found["thres"] = _whole(addition.args[0], name, 1) - (name == "cat")
            if "gr" in addition.kwargs:
                found["gr"] = addition.kwargs["gr"]
        elif name == "bhaz":
            found |= {f"bhaz_{option}": value for option, value in addition.kwargs.items()}
        elif name in ("vreal", "vint"):
            for i, column in enumerate(addition.args, start=1):
                found[f"{name}{i}"] = _READ[name](column)
        elif name in _READ:
            found[name] = _READ[name](addition.args[0])
    if "se" in found and additions["se"].kwargs.get("sigma", False):
        found["se_sigma"] = np.ones(len(found["se"]))
    return found


def _numbers(column: Column, term: str, finite: bool = True) -> np.ndarray:
    if column.levels:
        raise DataError(
            f"{term}() takes numbers, but '{column.name}' is a {column.kind} "
            f"({listing(map(repr, column.levels), 3)}).{_numbers_as_text(column)}"
        )
    values = np.asarray(column.values, dtype=float)
    if finite and (bad := ~np.isfinite(values)).any():
        raise DataError(
            f"{term}() takes finite numbers, but '{column.name}' is infinite in {rows_of(bad)}. "
            f"A division by zero gives infinite numbers, and log(0)."
        )
    return values


def _numbers_as_text(column: Column) -> str:
    """The likely cause of text in the place of numbers, where it is one."""
    try:
        [float(level) for level in column.levels]
    except ValueError:
        return ""
    return f" Text that holds numbers becomes numbers by pd.to_numeric(data['{column.name}'])."


def _whole(column: Column, term: str, lowest: float = -np.inf, what: str = "") -> np.ndarray:
    values = _numbers(column, term)
    if (bad := (values % 1 != 0) | (values < lowest)).any():
        limit = f" of {lowest:g} or more" if np.isfinite(lowest) else ""
        raise DataError(
            f"{term}({column.name}) is not a whole number{limit} in {rows_of(bad)}.{what}"
        )
    return values


def _trials(column: Column) -> np.ndarray:
    what = " It is the number of trials of a row: 'successes | trials(total) ~ ...'."
    return _whole(column, "trials", 0, what)


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
            f"se({column.name}) is negative in {rows_of(bad)}; standard errors are 0 or more. "
            f"Variances become standard errors by se(sqrt(v))."
        )
    return values


def _decisions(column: Column) -> np.ndarray:
    return coded(column, DECISIONS, "dec", "is no decision").astype(float)


_READ: Mapping[str, Callable[[Column], np.ndarray]] = {
    "trials": _trials,
    "rate": _positive,
    "se": _standard_errors,
    "dec": _decisions,
    "vreal": lambda column: _numbers(column, "vreal"),
    "vint": lambda column: _whole(column, "vint", what=" Other numbers: vreal()."),
}

"""Transforms that remember the training data: ``scale``, ``poly``, ``bs``, ``ns``, ``cut``.

Each takes what it learned (None in training) and its arguments, and returns its value and that.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .operators import Refused, numbers
from .values import FloatArray, Value


def _column(x: Any) -> FloatArray:
    if not isinstance(x, Value):
        raise Refused("it needs a column")
    data = numbers(x)
    if data.ndim != 1:
        raise Refused("it needs one column")
    return data


def _present(data: FloatArray) -> FloatArray:
    kept = data[np.isfinite(data)]
    if not kept.size:
        raise Refused("the column has no values")
    return kept


def _count(value: Any, name: str, low: int = 1, high: int = 1000) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 or value < low:
        raise Refused(f"'{name}' is a whole number from {low}")
    if value > high:
        raise Refused(f"'{name}' is a whole number from {low} to {high}")
    return int(value)


def scale(state: Any, x: Any, center: Any = True, scale: Any = True) -> tuple[Value, Any]:
    """Centred by the mean and divided by the standard deviation, as R's ``scale``."""
    if not isinstance(x, Value):
        raise Refused("it needs a column")
    data = numbers(x)
    matrix = data[:, None] if data.ndim == 1 else data
    if state is None:
        state = (
            _location(matrix, center),
            _spread(matrix - _location(matrix, center), scale),
        )
    made = (matrix - state[0]) / state[1]
    return Value("numeric", made[:, 0] if data.ndim == 1 else made, names=x.names), state


def _location(matrix: FloatArray, center: Any) -> FloatArray:
    if isinstance(center, bool):
        return np.asarray(np.nanmean(matrix, axis=0) if center else np.zeros(matrix.shape[1]))
    return np.broadcast_to(numbers(center, "'center'"), (matrix.shape[1],))


def _spread(centred: FloatArray, scale: Any) -> FloatArray:
    if not isinstance(scale, bool):
        return np.broadcast_to(numbers(scale, "'scale'"), (centred.shape[1],))
    if not scale:
        return np.ones(centred.shape[1])
    count = np.maximum(1, np.sum(~np.isnan(centred), axis=0) - 1)
    spread = np.sqrt(np.nansum(centred**2, axis=0) / count)
    if (spread == 0).any():
        raise Refused("the column has the same value in all rows")
    return np.asarray(spread)


def center(state: Any, x: Any) -> tuple[Value, Any]:
    """Centred by the mean."""
    return scale(state, x, True, False)


@dataclass(frozen=True, slots=True)
class _Poly:
    alpha: tuple[float, ...]
    norm: tuple[float, ...]


def poly(state: Any, x: Any, degree: Any = 1.0, raw: Any = False) -> tuple[Value, Any]:
    """Orthogonal polynomials of degrees 1 to `degree`, or powers if `raw`."""
    data, k = _column(x), _count(degree, "degree")
    names = tuple(str(i + 1) for i in range(k))
    if raw is True:
        return Value("numeric", data[:, None] ** np.arange(1, k + 1), names=names), ()
    if state is None:
        state = _fit_poly(_present(data), k)
    return Value("numeric", _apply_poly(data, state), names=names), state


def _fit_poly(data: FloatArray, k: int) -> _Poly:
    if k >= len(np.unique(data)):
        raise Refused(f"degree {k} needs more than {k} different values")
    alpha: list[float] = []
    norm = [1.0, float(data.size)]
    before, now = np.zeros_like(data), np.ones_like(data)
    for j in range(k):
        alpha.append(float(np.sum(data * now**2) / norm[-1]))
        following = (data - alpha[-1]) * now - (norm[-1] / norm[-2] if j else 0.0) * before
        before, now = now, following
        norm.append(float(np.sum(now**2)))
    return _Poly(tuple(alpha), tuple(norm))


def _apply_poly(data: FloatArray, state: _Poly) -> FloatArray:
    before, now = np.zeros_like(data), np.ones_like(data)
    columns = []
    for j, alpha in enumerate(state.alpha):
        ratio = state.norm[j + 1] / state.norm[j] if j else 0.0
        before, now = now, (data - alpha) * now - ratio * before
        columns.append(now / np.sqrt(state.norm[j + 2]))
    return np.column_stack(columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Spline:
    """Interior knots, boundary knots, degree, and for a natural spline its null-space basis."""

    knots: FloatArray
    low: float
    high: float
    degree: int
    intercept: bool
    basis: FloatArray | None = None

    @property
    def all_knots(self) -> FloatArray:
        ends = self.degree + 1
        return np.concatenate([[self.low] * ends, self.knots, [self.high] * ends])


def bs(
    state: Any,
    x: Any,
    df: Any = None,
    knots: Any = None,
    degree: Any = 3.0,
    intercept: Any = False,
    Boundary_knots: Any = None,
) -> tuple[Value, Any]:
    """R's B-spline basis, continued by its outer polynomials beyond the boundary."""
    data = _column(x)
    if state is None:
        d = _count(degree, "degree")
        free = None if df is None else _count(df, "df") - d - (intercept is True)
        state = _fit_spline(_present(data), knots, free, d, intercept is True, Boundary_knots)
    basis = _b_splines(data, state)
    made = basis if state.intercept else basis[:, 1:]
    return Value("numeric", made, names=_numbered(made)), state


def ns(
    state: Any,
    x: Any,
    df: Any = None,
    knots: Any = None,
    intercept: Any = False,
    Boundary_knots: Any = None,
) -> tuple[Value, Any]:
    """R's natural cubic spline basis, linear beyond the boundary."""
    data = _column(x)
    if state is None:
        whole = intercept is True
        free = None if df is None else _count(df, "df") - 1 - whole
        plain = _fit_spline(_present(data), knots, free, 3, whole, Boundary_knots)
        state = _natural(plain)
    made = _natural_basis(data, state)
    return Value("numeric", made, names=_numbered(made)), state


def _numbered(matrix: FloatArray) -> tuple[str, ...]:
    return tuple(str(i + 1) for i in range(matrix.shape[1]))


def _fit_spline(
    data: FloatArray, knots: Any, free: int | None, degree: int, intercept: bool, boundary: Any
) -> _Spline:
    low, high = float(data.min()), float(data.max())
    if boundary is not None:
        given = np.atleast_1d(numbers(boundary, "'Boundary.knots'"))
        if given.size != 2:
            raise Refused("'Boundary.knots' are two numbers")
        low, high = float(given.min()), float(given.max())
    if not low < high:
        raise Refused("the column has the same value in all rows")
    if knots is not None:
        inner = np.sort(np.atleast_1d(numbers(knots, "'knots'")))
        if (inner <= low).any() or (inner >= high).any():
            raise Refused("'knots' lie inside the boundary")
    elif free is not None:
        if free < 0:
            raise Refused("'df' is too small for this degree")
        inside = data[(data >= low) & (data <= high)]
        inner = np.quantile(inside, np.linspace(0, 1, free + 2)[1:-1])
    else:
        inner = np.empty(0)
    return _Spline(inner, low, high, degree, intercept)


def _b_splines(data: FloatArray, spline: _Spline, derivative: int = 0) -> FloatArray:
    # SciPy is slow to import, and few formulas need it.
    from scipy.interpolate import BSpline

    knots, degree = spline.all_knots, spline.degree
    n = len(knots) - degree - 1
    made = BSpline(knots, np.eye(n), degree, extrapolate=True)(data, nu=derivative)
    return np.asarray(made)


def _natural(spline: _Spline) -> _Spline:
    """The basis of the splines whose second derivative vanishes at both ends."""
    ends = np.array([spline.low, spline.high])
    const = _b_splines(ends, spline, 2)
    const = const if spline.intercept else const[:, 1:]
    q, _ = np.linalg.qr(const.T, mode="complete")
    return _Spline(spline.knots, spline.low, spline.high, 3, spline.intercept, np.asarray(q[:, 2:]))


def _natural_basis(data: FloatArray, spline: _Spline) -> FloatArray:
    assert spline.basis is not None
    inside = np.clip(data, spline.low, spline.high)
    basis = _b_splines(inside, spline)
    outside = data != inside
    if outside.any():
        slope = _b_splines(inside[outside], spline, 1)
        basis[outside] += slope * (data - inside)[outside, None]
    kept = basis if spline.intercept else basis[:, 1:]
    return np.asarray(kept @ spline.basis)


@dataclass(frozen=True, slots=True)
class _Cut:
    breaks: tuple[float, ...]
    labels: tuple[str, ...]


def cut(
    state: _Cut | None,
    x: Any,
    breaks: Any,
    labels: Any = None,
    include_lowest: Any = False,
    right: Any = True,
    dig_lab: Any = 3.0,
    ordered_result: Any = False,
) -> tuple[Value, _Cut]:
    """Numbers sorted into intervals, labelled as R labels them."""
    data = _column(x)
    right, lowest = right is not False, include_lowest is True
    if state is None:
        edges = _edges(breaks, _present(data))
        names = _interval_names(edges, right, lowest, _count(dig_lab, "dig.lab"))
        if isinstance(labels, tuple):
            if len(labels) != len(names) or not all(isinstance(v, str) for v in labels):
                raise Refused(f"'labels' are {len(names)} texts")
            names = tuple(labels)
        elif labels is not None:
            raise Refused('\'labels\' are texts, such as c("low", "high")')
        state = _Cut(tuple(edges), names)
    edges = np.array(state.breaks)
    codes = np.searchsorted(edges, data, side="left" if right else "right") - 1
    if lowest:
        codes[data == (edges[0] if right else edges[-1])] = 0 if right else len(edges) - 2
    bad = (codes < 0) | (codes > len(edges) - 2) | np.isnan(data)
    codes = np.where(bad, -1, codes).astype(np.intp)
    kind = "ordered" if ordered_result is True else "factor"
    return Value(kind, codes, state.labels), state


def _edges(breaks: Any, data: FloatArray) -> FloatArray:
    given = numbers(breaks, "'breaks'")
    if given.ndim == 0 or given.size == 1:
        count = _count(float(given.ravel()[0]), "breaks", 2)
        low, high = float(data.min()), float(data.max())
        width = high - low or abs(low) or 1.0
        edges = np.linspace(low, high, count + 1)
        edges[[0, -1]] = low - width / 1000, high + width / 1000
        return edges
    if np.isnan(given).any():
        raise Refused("'breaks' are not all numbers")
    edges = np.sort(given)
    if len(np.unique(edges)) < len(edges):
        raise Refused("'breaks' are not all different")
    return edges


def _interval_names(edges: FloatArray, right: bool, lowest: bool, digits: int) -> tuple[str, ...]:
    shown = [f"{e:.{digits}g}" for e in edges]
    while len(set(shown)) < len(shown) and digits < 16:
        digits += 1
        shown = [f"{e:.{digits}g}" for e in edges]
    shown = [s.replace("inf", "Inf") for s in shown]
    names = [f"({a},{b}]" if right else f"[{a},{b})" for a, b in pairwise(shown)]
    if lowest and right:
        names[0] = "[" + names[0][1:]
    elif lowest:
        names[-1] = names[-1][:-1] + "]"
    return tuple(names)

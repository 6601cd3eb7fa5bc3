"""Arithmetic, comparison and logic as R defines them on columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .values import FloatArray, Value, label_of

Constantlike = float | int | bool | str | tuple[Any, ...] | None


class Refused(ValueError):
    """An operation that has no meaning for its arguments; the caller adds where it stands."""


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.float_power,
    "%%": np.mod,
    "%/%": np.floor_divide,
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
_WHOLE = frozenset({"+", "-", "*", "%%", "%/%"})


def numbers(item: Value | Constantlike, what: str = "it") -> FloatArray:
    """The numbers of a value or constant.

    Raises
    ------
    Refused
        For text and factors.
    """
    if isinstance(item, Value):
        if item.is_factor:
            raise Refused(f"{what} needs numbers, not a {item.kind}")
        return np.asarray(item.data, dtype=float)
    if isinstance(item, bool | int | float):
        return np.asarray(float(item))
    if item is None or isinstance(item, str):
        raise Refused(f"{what} needs numbers, not {'NULL' if item is None else repr(item)}")
    if not all(isinstance(i, bool | int | float) for i in item):
        raise Refused(f"{what} needs numbers")
    return np.array([float(i) for i in item])


def wrap(data: Any, *sources: Value | Constantlike, kind: str = "numeric") -> Value | Constantlike:
    """The result of a computation: a value if a column took part in it, else a constant."""
    columns = [s for s in sources if isinstance(s, Value)]
    if not columns:
        flat = np.asarray(data, dtype=float)
        if flat.ndim == 0:
            return bool(flat) if kind == "logical" else float(flat)
        return tuple(float(v) for v in flat)
    names = next((c.names for c in columns if c.names), ())
    return Value(kind, np.asarray(data, dtype=float), names=names)


def combine(operator: str, left: Any, right: Any) -> Any:
    """``left operator right``.

    Raises
    ------
    Refused
        For an operator that has no meaning for these operands.
    """
    if operator in _COMPARE:
        return _compared(operator, left, right)
    if operator in ("&&", "||"):
        raise Refused(f"it takes single values; for columns write '{operator[0]}'")
    if operator in ("&", "|"):
        return _logic(operator, left, right)
    if operator == "%in%":
        return is_in(left, right)
    if operator == ":":
        return _range(left, right)
    if operator not in _ARITHMETIC:
        known = ", ".join([*_ARITHMETIC, *_COMPARE, "&", "|", "%in%"])
        raise Refused(f"no such operator; there are {known}")
    a, b = numbers(left, "arithmetic"), numbers(right, "arithmetic")
    _check_shapes(left, right, a, b)
    with np.errstate(all="ignore"):
        data = _ARITHMETIC[operator](*_aligned(a, b))
    return wrap(data, left, right, kind=_kind(operator, left, right))


def negate(item: Any) -> Any:
    """Logical not; missing stays missing."""
    data = numbers(item, "'!'")
    return wrap(np.where(np.isnan(data), np.nan, data == 0), item, kind="logical")


def sign(operator: str, item: Any) -> Any:
    """Unary plus and minus."""
    data = numbers(item, "arithmetic")
    kind = item.kind if isinstance(item, Value) and item.kind == "integer" else "numeric"
    return wrap(-data if operator == "-" else data, item, kind=kind)


def is_in(left: Any, table: Any) -> Any:
    """R's ``%in%``; never missing."""
    items = table if isinstance(table, tuple) else (table,)
    if any(isinstance(i, Value) for i in items):
        raise Refused("the right side of %in% is a constant such as c(1, 2)")
    if isinstance(left, Value) and left.is_factor:
        wanted = {label_of(i) for i in items}
        hits = np.array([level in wanted for level in left.levels] + [False])
        return Value("logical", hits[left.data].astype(float))
    return wrap(np.isin(numbers(left), numbers(tuple(items))), left, kind="logical")


def _kind(operator: str, left: Any, right: Any) -> str:
    def whole(item: Any) -> bool:
        if isinstance(item, Value):
            return item.kind in ("integer", "logical")
        return isinstance(item, bool | int | float) and float(item).is_integer()

    return "integer" if operator in _WHOLE and whole(left) and whole(right) else "numeric"


def _check_shapes(left: Any, right: Any, a: FloatArray, b: FloatArray) -> None:
    for item, other in ((left, right), (right, left)):
        if isinstance(item, tuple) and isinstance(other, Value):
            raise Refused(f"{len(item)} values and a column")
    if not isinstance(left, Value) and not isinstance(right, Value):
        if a.ndim and b.ndim and a.shape != b.shape:
            raise Refused(f"{a.shape[0]} and {b.shape[0]} values")
    elif a.ndim == 2 and b.ndim == 2 and a.shape != b.shape:
        raise Refused(f"matrices of {a.shape[1]} and {b.shape[1]} columns")


def _aligned(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A column beside a matrix acts on each column of it."""
    if a.ndim == 2 and b.ndim == 1:
        return a, b[:, None]
    if a.ndim == 1 and b.ndim == 2:
        return a[:, None], b
    return a, b


def _compared(operator: str, left: Any, right: Any) -> Any:
    texts = [isinstance(i, str) or (isinstance(i, Value) and i.is_factor) for i in (left, right)]
    if any(texts):
        return _compared_texts(operator, left, right)
    a, b = numbers(left, "a comparison"), numbers(right, "a comparison")
    _check_shapes(left, right, a, b)
    a, b = _aligned(a, b)
    missing = np.isnan(a) | np.isnan(b)
    data = np.where(missing, np.nan, _COMPARE[operator](a, b))
    return wrap(data, left, right, kind="logical")


def _compared_texts(operator: str, left: Any, right: Any) -> Any:
    if not isinstance(left, Value):
        if not isinstance(right, Value):
            if operator in ("==", "!="):
                return (label_of(left) == label_of(right)) is (operator == "==")
            raise Refused("texts have no order here")
        flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator, operator)
        return _compared_texts(flipped, right, left)
    if isinstance(right, Value):
        if not (left.is_factor and right.is_factor) or operator not in ("==", "!="):
            raise Refused("two columns of text or factors can be compared by == and != only")
        missing = left.missing | right.missing
        data = _COMPARE[operator](left.labels(), right.labels()).astype(float)
        return Value("logical", np.where(missing, np.nan, data))
    if not left.is_factor:
        raise Refused("a number and a text")
    if isinstance(right, tuple) or right is None:
        raise Refused("a column and several values; use %in%")
    label = label_of(right)
    if operator in ("==", "!="):
        hits = np.array([(lv == label) is (operator == "==") for lv in left.levels], dtype=float)
    elif left.kind == "ordered":
        if label not in left.levels:
            raise Refused(f"'{label}' is no level of the ordered factor")
        places = np.arange(len(left.levels))
        hits = _COMPARE[operator](places, left.levels.index(label)).astype(float)
    else:
        raise Refused("the levels of an unordered factor have no order")
    return Value("logical", np.append(hits, np.nan)[left.data])


def _logic(operator: str, left: Any, right: Any) -> Any:
    a, b = numbers(left, "logic"), numbers(right, "logic")
    _check_shapes(left, right, a, b)
    missing = np.isnan(a) | np.isnan(b)
    true_a, true_b = (a != 0) & ~np.isnan(a), (b != 0) & ~np.isnan(b)
    if operator == "&":
        decided = (a == 0) | (b == 0)
        data = np.where(decided, 0.0, np.where(missing, np.nan, 1.0))
    else:
        data = np.where(true_a | true_b, 1.0, np.where(missing, np.nan, 0.0))
    return wrap(data, left, right, kind="logical")


def _range(left: Any, right: Any) -> Any:
    if isinstance(left, Value) or isinstance(right, Value):
        raise Refused("a range of columns; for an interaction leave the call out")
    a, b = float(numbers(left)), float(numbers(right))
    if not (abs(a) < 1e6 and abs(b) < 1e6 and abs(b - a) < 10_000):
        raise Refused("the range is too long")
    step = 1.0 if b >= a else -1.0
    return tuple(float(v) for v in np.arange(a, b + step * 1e-9, step))

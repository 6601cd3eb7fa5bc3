"""Columns of a data frame as values of one small set of kinds."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import DataError
from ..formula.nodes import write_number

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

NUMERIC = frozenset({"numeric", "integer", "logical"})


def frozen(array: Any) -> Any:
    """`array`, made read-only."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True)
class Contrast:
    """A contrast matrix with one row for each level, and what its columns are called."""

    matrix: FloatArray
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What an expression is for each row of the data.

    `kind` is numeric, integer, logical, factor, ordered or string. `data` holds floats, of shape
    (n,) or (n, k) with `names` for the k columns, or for the last three kinds codes from 0 into
    `levels`. Missing values are NaN, or code -1. `contrast` makes the contrasts that ``C()`` asks
    for.
    """

    kind: str
    data: Any
    levels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    contrast: Callable[[tuple[str, ...]], Contrast] | None = None

    @property
    def is_factor(self) -> bool:
        """Whether `data` holds codes."""
        return self.kind not in NUMERIC

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """Which rows lack a value."""
        if self.is_factor:
            return np.asarray(self.data < 0)
        missing = np.isnan(self.data)
        return np.asarray(missing.any(axis=1) if missing.ndim == 2 else missing)

    def take(self, rows: IntArray | slice) -> Value:
        """The value at some rows."""
        return replace(self, data=self.data[rows])

    def labels(self) -> npt.NDArray[np.object_]:
        """The level of each row as text, None where it is missing."""
        table = np.array([*self.levels, None], dtype=object)
        return np.asarray(table[self.data])


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of the data as the model uses it.

    Attributes
    ----------
    name : str
        The expression that made it: ``y``, ``log(y)``.
    kind : str
        numeric, integer, logical, factor, ordered or string.
    values : array, shape (n_obs,) or (n_obs, k)
        Numbers; codes from 0 for a factor or string. NaN where a missing value is kept.
    levels : tuple of str
        The levels of a factor or string.
    columns : tuple of str
        The names of the k columns of ``cbind()``.
    """

    name: str
    kind: str
    values: FloatArray
    levels: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, value: Value) -> Column:
        """The column that a value makes; a missing code becomes NaN."""
        data = np.asarray(value.data, dtype=float)
        if value.is_factor and (data < 0).any():
            data = np.where(data < 0, np.nan, data)
        data = data.view()
        return cls(name, value.kind, frozen(data), value.levels, value.names)

    def take(self, rows: IntArray | slice) -> Column:
        """The same column on some of its rows."""
        return replace(self, values=self.values[rows])


@dataclass(frozen=True, slots=True, eq=False)
class AdditionColumns:
    """The arguments of one addition term: columns by position, options by name.

    Columns are of type :class:`Column`; a constant is repeated for each row. An option that is a
    setting (``scale = TRUE``) is a bool or a number.
    """

    name: str
    args: tuple[Column, ...]
    kwargs: Mapping[str, Any]

    def take(self, rows: IntArray | slice) -> AdditionColumns:
        """The same arguments on some of the rows."""
        kwargs = {k: v.take(rows) if isinstance(v, Column) else v for k, v in self.kwargs.items()}
        return AdditionColumns(self.name, tuple(a.take(rows) for a in self.args), kwargs)


# The order of punctuation in the locale that R is usually run in: before digits and letters.
_PUNCTUATION = " _-,;:!?/.`^~'\"()[]{}@$*\\&#%+<=>|"
_DIGITS, _LETTERS = 0x100, 0x200
_ASCII_ORDER = str.maketrans(
    {c: chr(i + 1) for i, c in enumerate(_PUNCTUATION)}
    | {str(d): chr(_DIGITS + d) for d in range(10)}
    | {chr(i): chr(_LETTERS + i) for i in range(ord("a"), ord("z") + 1)}
)


def r_sort_key(text: str) -> tuple[str, ...]:
    """A key that sorts strings as R does: punctuation, digits, letters; case decides ties.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of str
        Compare keys only with keys.

    Examples
    --------
    >>> sorted(["b", "B", "a", "10_1", "1_1", "_"], key=r_sort_key)
    ['_', '1_1', '10_1', 'a', 'b', 'B']
    """
    if text.isascii():
        # Swapped, lower case comes before upper case.
        return text.lower().translate(_ASCII_ORDER), "", text.swapcase()
    plain: list[str] = []
    accents: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            accents.append(f"{len(plain):08d}{char}")
        elif char.isascii():
            plain.append(char.lower().translate(_ASCII_ORDER))
        else:
            shift = _LETTERS if char.isalpha() else _DIGITS - 0x80
            plain += [chr(min(ord(c) + shift, sys.maxunicode)) for c in char.casefold()]
    return "".join(plain), "".join(accents), text.swapcase()


def label_of(item: Any) -> str:
    """A value of a column as the label of a level, as R writes it."""
    if isinstance(item, str):
        return item
    if isinstance(item, bool | np.bool_):
        return "TRUE" if item else "FALSE"
    if isinstance(item, int | np.integer):
        return str(int(item))
    if isinstance(item, float | np.floating):
        number = float(f"{float(item):.15g}")
        return write_number(number) if np.isfinite(number) else str(number)
    return str(item)


def _numbers(series: pd.Series) -> FloatArray:
    return np.asarray(series.to_numpy(dtype=float, na_value=np.nan))


def read_column(series: pd.Series, name: str) -> Value:
    """A column of a data frame as a value.

    Parameters
    ----------
    series : pandas.Series
    name : str
        Its name, for messages.

    Returns
    -------
    Value
        Booleans are logical, integers integer, categories factor or ordered, text string.

    Raises
    ------
    DataError
        For a column of another type.
    """
    kind, series = _kind_of(series, name)
    if kind in ("logical", "integer", "numeric"):
        return Value(kind, _numbers(series))
    if kind in ("factor", "ordered"):
        codes = np.asarray(series.cat.codes.to_numpy(), dtype=np.intp)
        return Value(kind, codes, _unique_labels(series.cat.categories, name))
    codes, uniques = pd.factorize(series)
    return _sorted_factor("string", codes, [str(u) for u in uniques], r_sort_key)


def read_group(series: pd.Series, name: str) -> Value:
    """A column as a grouping factor: as :func:`read_column`, but numbers are labels.

    Numbers are sorted as numbers, strings as R sorts them; categories keep their order.
    """
    kind, series = _kind_of(series, name)
    if kind in ("factor", "ordered", "string"):
        return read_column(series, name)
    codes, uniques = pd.factorize(series)
    order = sorted(range(len(uniques)), key=lambda i: uniques[i])
    return _reorder(kind, codes, [label_of(u) for u in uniques], order)


def as_factor(value: Value) -> Value:
    """A value as a factor: numbers and booleans become labels, a string keeps its levels."""
    if value.kind in ("factor", "ordered"):
        return value
    if value.kind == "string":
        return replace(value, kind="factor")
    if value.kind == "logical":
        # As in R, both levels are there even if one does not occur.
        codes = np.where(np.isnan(value.data), -1, value.data).astype(np.intp)
        return Value("factor", codes, ("FALSE", "TRUE"))
    codes, uniques = pd.factorize(value.data)
    order = sorted(range(len(uniques)), key=lambda i: uniques[i])
    return replace(_reorder("factor", codes, [label_of(u) for u in uniques], order), kind="factor")


def drop_unused(value: Value) -> Value:
    """A factor without the levels that occur in no row."""
    if not value.is_factor:
        return value
    counts = np.bincount(value.data[value.data >= 0], minlength=len(value.levels))
    if counts.all():
        return value
    kept = np.flatnonzero(counts)
    table = np.full(len(value.levels) + 1, -1, dtype=np.intp)
    table[kept] = np.arange(len(kept))
    return replace(value, data=table[value.data], levels=tuple(value.levels[i] for i in kept))


def recode(value: Value, levels: Sequence[str]) -> tuple[IntArray, tuple[str, ...]]:
    """The codes of a factor in another list of levels, and its levels that are not in it.

    Rows with such a level, and missing ones, have code -1.
    """
    places = {level: i for i, level in enumerate(levels)}
    table = np.array([places.get(level, -1) for level in value.levels] + [-1], dtype=np.intp)
    used = np.bincount(value.data[value.data >= 0], minlength=len(value.levels)) > 0
    unknown = tuple(lv for i, lv in enumerate(value.levels) if used[i] and lv not in places)
    return table[value.data], unknown


def _reorder(kind: str, codes: Any, labels: list[str], order: list[int]) -> Value:
    table = np.empty(len(order) + 1, dtype=np.intp)
    table[order] = np.arange(len(order))
    table[-1] = -1
    return Value(
        kind if kind == "string" else "factor", table[codes], tuple(labels[i] for i in order)
    )


def _sorted_factor(kind: str, codes: Any, labels: list[str], key: Any) -> Value:
    order = sorted(range(len(labels)), key=lambda i: key(labels[i]))
    return _reorder(kind, codes, labels, order)


def _unique_labels(categories: Any, name: str) -> tuple[str, ...]:
    labels = tuple(label_of(c) for c in categories)
    if len(set(labels)) < len(labels):
        raise DataError(f"Column '{name}' has two categories of the same name.")
    return labels


def _kind_of(series: pd.Series, name: str) -> tuple[str, pd.Series]:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return ("ordered" if dtype.ordered else "factor"), series
    if pd.api.types.is_bool_dtype(dtype):
        return "logical", series
    if pd.api.types.is_integer_dtype(dtype):
        return "integer", series
    if pd.api.types.is_float_dtype(dtype):
        return "numeric", series
    if pd.api.types.is_object_dtype(dtype):
        return _kind_of_objects(series, name)
    if pd.api.types.is_string_dtype(dtype):
        return "string", series
    raise DataError(
        f"Column '{name}' has type {dtype}, which has no meaning in a formula. Make it numbers, "
        "text, booleans or categories first."
    )


def _kind_of_objects(series: pd.Series, name: str) -> tuple[str, pd.Series]:
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred in ("string", "empty"):
        return ("string", series) if inferred == "string" else ("numeric", series.astype(float))
    if inferred == "boolean":
        return "logical", series.astype("boolean")
    if inferred in ("integer", "floating", "mixed-integer-float", "decimal"):
        number = pd.to_numeric(series)
        return ("integer" if inferred == "integer" and not series.hasnans else "numeric"), number
    raise DataError(
        f"Column '{name}' holds values of type {inferred}, which have no meaning in a formula. "
        "Make it numbers, text, booleans or categories first."
    )

"""Columns of a data frame as plain arrays and JSON, each with its exact type, and back.

A column becomes a note (what it is, as JSON) and parts (arrays without Python objects). Every kind
of column is a pair of functions in :data:`_KINDS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import KeepingError

#: What a column is, as JSON, and the arrays that it is made of.
type Note = dict[str, Any]
type Parts = dict[str, np.ndarray]

_OBJECTS = (str, bool, int, float)
_MASKED = (
    pd.BooleanDtype,
    *(pd.Int8Dtype, pd.Int16Dtype, pd.Int32Dtype, pd.Int64Dtype),
    *(pd.UInt8Dtype, pd.UInt16Dtype, pd.UInt32Dtype, pd.UInt64Dtype),
    *(pd.Float32Dtype, pd.Float64Dtype),
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of column: which it is about, and the way there and back."""

    holds: Callable[[Any], bool]
    write: Callable[[Any], tuple[Note, Parts]]
    read: Callable[[Note, Parts], Any]


def encode_column(values: Any) -> tuple[Note, Parts]:
    """A column as a note and arrays.

    Parameters
    ----------
    values : pandas.Series or pandas.Index
        The column.

    Raises
    ------
    KeepingError
        For a type that has no place in a file, and for Python objects other than text, numbers and
        truth values.
    """
    for name, kind in _KINDS.items():
        if kind.holds(values.dtype):
            note, parts = kind.write(values.array)
            return {"kind": name, **note}, parts
    raise KeepingError(
        f"Columns of type '{values.dtype}' cannot be kept. Kept are numbers, truth values, text, "
        f"categories, dates, spans of time and intervals: convert the column, and fit again."
    )


def decode_column(note: Note, parts: Parts) -> Any:
    """The column of a note and arrays, as an array of pandas."""
    return _KINDS[note["kind"]].read(note, parts)


# -- plain arrays ----------------------------------------------------------------------------


def _write_plain(array: Any) -> tuple[Note, Parts]:
    return {}, {"values": np.asarray(array)}


def _read_plain(note: Note, parts: Parts) -> Any:
    return parts["values"]


# -- numbers with missing values -------------------------------------------------------------


def _write_masked(array: Any) -> tuple[Note, Parts]:
    missing = np.asarray(array.isna())
    plain = array.dtype.numpy_dtype
    # What stands below a missing value is nobody's business, and would make equal data differ.
    values = array.to_numpy(dtype=plain, na_value=plain.type(0))
    return {"dtype": str(array.dtype)}, {"values": values, "missing": missing}


def _read_masked(note: Note, parts: Parts) -> Any:
    array = pd.array(parts["values"], dtype=_masked(note["dtype"]))
    array[parts["missing"]] = pd.NA
    return array


def _masked(name: str) -> Any:
    dtype = pd.api.types.pandas_dtype(name)
    if not _is_masked(dtype):
        raise ValueError(f"no type with missing values: {name}")
    return dtype


def _is_masked(dtype: Any) -> bool:
    return isinstance(dtype, _MASKED)


# -- text ------------------------------------------------------------------------------------


def _write_text(array: Any) -> tuple[Note, Parts]:
    # Columns of text mostly say few things often: each is written once.
    codes, levels = pd.factorize(array)
    dtype = array.dtype
    note = {
        "levels": [str(level) for level in levels],
        "storage": dtype.storage,
        "missing": "NA" if dtype.na_value is pd.NA else "nan",
    }
    return note, {"codes": np.asarray(codes, dtype=np.int64)}


def _read_text(note: Note, parts: Parts) -> Any:
    missing = pd.NA if note["missing"] == "NA" else np.nan
    try:
        dtype = pd.StringDtype(note["storage"], na_value=missing)
    except ImportError:
        # Written where there is pyarrow, read where there is none: the same text.
        dtype = pd.StringDtype("python", na_value=missing)
    # The code of a missing value is -1: the last one.
    levels = np.array([*_texts(note["levels"]), None], dtype=object)
    return pd.array(levels[parts["codes"]], dtype=dtype)


def _texts(values: list[Any]) -> list[str]:
    if not all(isinstance(v, str) for v in values):
        raise ValueError("text that is none")
    return values


# -- Python objects --------------------------------------------------------------------------


def _write_objects(array: Any) -> tuple[Note, Parts]:
    return {"values": [_write_object(v) for v in array]}, {}


def _write_object(value: Any) -> Any:
    """A value as JSON; what JSON cannot say, and missing values, as a list with one word."""
    if value is None:
        return None
    if value is pd.NA or value is pd.NaT:
        return ["NA" if value is pd.NA else "NaT"]
    if isinstance(value, np.bool | np.integer | np.floating | np.str_):
        value = value.item()
    if not isinstance(value, _OBJECTS):
        raise KeepingError(
            f"A column holds {value!r}, a {type(value).__name__}; columns of Python objects are "
            f"kept where they are text, numbers or truth values: convert it, and fit again."
        )
    if isinstance(value, float) and not math.isfinite(value):
        return [str(value)]
    return value


_WORDS: Mapping[str, Any] = {
    "NA": pd.NA,
    "NaT": pd.NaT,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
}


def _read_objects(note: Note, parts: Parts) -> Any:
    values = np.empty(len(note["values"]), dtype=object)
    for i, value in enumerate(note["values"]):
        values[i] = _WORDS[value[0]] if isinstance(value, list) else _checked(value)
    return values


def _checked(value: Any) -> Any:
    if value is not None and not isinstance(value, _OBJECTS):
        raise ValueError("an object that is neither text nor a number")
    return value


# -- categories, intervals, dates with a zone ------------------------------------------------


def _write_categories(array: Any) -> tuple[Note, Parts]:
    note, parts = encode_column(array.categories)
    codes = {f"levels.{name}": part for name, part in parts.items()}
    return {"levels": note, "ordered": bool(array.ordered)}, {"codes": array.codes, **codes}


def _read_categories(note: Note, parts: Parts) -> Any:
    levels = decode_column(note["levels"], below(parts, "levels."))
    # Given its type, an index does not guess another one.
    dtype = pd.CategoricalDtype(pd.Index(levels, dtype=levels.dtype), ordered=note["ordered"])
    return pd.Categorical.from_codes(parts["codes"], dtype=dtype)


def _write_intervals(array: Any) -> tuple[Note, Parts]:
    note: Note = {"closed": array.closed}
    parts: Parts = {}
    for end in ("left", "right"):
        note[end], own = encode_column(getattr(array, end))
        parts |= {f"{end}.{name}": part for name, part in own.items()}
    return note, parts


def _read_intervals(note: Note, parts: Parts) -> Any:
    left, right = (decode_column(note[end], below(parts, f"{end}.")) for end in ("left", "right"))
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=note["closed"])


def _write_zoned(array: Any) -> tuple[Note, Parts]:
    instants = array.tz_convert("UTC").tz_localize(None)
    return {"dtype": str(array.dtype)}, {"values": np.asarray(instants)}


def _read_zoned(note: Note, parts: Parts) -> Any:
    dtype = pd.DatetimeTZDtype.construct_from_string(note["dtype"])
    return pd.DatetimeIndex(parts["values"]).tz_localize("UTC").tz_convert(dtype.tz).array


def below(parts: Mapping[str, np.ndarray], start: str) -> Parts:
    """The parts whose names begin with `start`, under the rest of their names."""
    return {k.removeprefix(start): v for k, v in parts.items() if k.startswith(start)}


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda dtype: isinstance(dtype, kind)


def _is_plain(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "biufMm"


def _is_object(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind == "O"


_KINDS: Mapping[str, _Kind] = {
    "plain": _Kind(_is_plain, _write_plain, _read_plain),
    "masked": _Kind(_is_masked, _write_masked, _read_masked),
    "text": _Kind(_is(pd.StringDtype), _write_text, _read_text),
    "objects": _Kind(_is_object, _write_objects, _read_objects),
    "categories": _Kind(_is(pd.CategoricalDtype), _write_categories, _read_categories),
    "intervals": _Kind(_is(pd.IntervalDtype), _write_intervals, _read_intervals),
    "zoned": _Kind(_is(pd.DatetimeTZDtype), _write_zoned, _read_zoned),
}

"""Columns of every type come back with their type, their levels and their missing values."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.keeping.columns import decode_column, encode_column
from tables import each

DAYS = pd.to_datetime(["2024-03-30 12:00", None, "2024-11-03 01:30"])
COLUMNS = {
    "float64": pd.Series([0.1, np.nan, -0.0, np.inf, 5e-324]),
    "float32": pd.Series([0.1, np.nan], dtype="float32"),
    "int8": pd.Series([-128, 127], dtype="int8"),
    "uint64": pd.Series([0, 2**64 - 1], dtype="uint64"),
    "int64 beyond doubles": pd.Series([2**53 + 1, -(2**63)]),
    "bool": pd.Series([True, False]),
    "big-endian": pd.Series(np.array([1.5, 2.5], dtype=">f8")),
    "Int64": pd.Series([2**53 + 1, None], dtype="Int64"),
    "UInt8": pd.Series([None, 255], dtype="UInt8"),
    "Float64": pd.Series([0.1, None], dtype="Float64"),
    "Float32": pd.Series([0.1, None], dtype="Float32"),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "text": pd.Series(["a", None, "é\n\0'\"", ""]),
    "text with NA": pd.Series(["a", None], dtype="string"),
    "text by python": pd.Series(["a", None], dtype=pd.StringDtype("python")),
    "objects": pd.Series(["a", None, np.nan, pd.NA, True, 3, 0.1, 2**70, -np.inf], dtype=object),
    "NumPy's scalars": pd.Series([np.int64(3), np.float64(0.1), np.bool_(True)], dtype=object),
    "categories": pd.Series(pd.Categorical(["b", None, "a"], ["c", "b", "a"])),
    "ordered": pd.Series(pd.Categorical(["b", "a"], ["b", "a"], ordered=True)),
    "categories of numbers": pd.Series(pd.Categorical([3, 1], [3, 2, 1])),
    "categories of objects": pd.Series(
        pd.Categorical(["x"], pd.Index(["x", 1], dtype=object))
    ),
    "no rows of it": pd.Series(pd.Categorical([None, None], ["a"])),
    "cut": pd.Series(pd.cut([0.5, 1.5, 2.5], [0, 1, 2])),
    "intervals": pd.Series(pd.interval_range(0, 3, closed="left")),
    "dates": pd.Series(DAYS),
    "dates by second": pd.Series(DAYS.as_unit("s")),
    "dates with a zone": pd.Series(DAYS.tz_localize("UTC").tz_convert("Europe/Berlin")),
    "dates with an offset": pd.Series(DAYS.tz_localize("UTC").tz_convert("+02:00")),
    "spans": pd.Series(pd.to_timedelta(["1 day", None])),
    "empty": pd.Series([], dtype="float64"),
}  # fmt: skip


@each(COLUMNS)
def test_column(name):
    column = COLUMNS[name]
    note, parts = encode_column(column)
    assert all(part.dtype.kind in "biufMm" for part in parts.values())
    values = decode_column(note, parts)
    again = pd.Series(values, dtype=values.dtype)
    assert again.dtype == column.dtype
    pd.testing.assert_series_equal(again, column, check_exact=True, check_categorical=True)
    # Missing values of a kind stay of that kind, and zeros keep their sign.
    assert list(map(repr, again.tolist())) == [
        repr(v.item() if isinstance(v, np.generic) and column.dtype == object else v)
        for v in column.tolist()
    ]
    if isinstance(column.dtype, pd.CategoricalDtype):
        assert again.cat.categories.equals(column.cat.categories)
        assert again.cat.categories.dtype == column.cat.categories.dtype
        assert again.cat.ordered == column.cat.ordered


def test_what_is_below_a_missing_value_does_not_matter():
    first, second = pd.array([1, 2], dtype="Int64"), pd.array([1, 3], dtype="Int64")
    first[1] = second[1] = pd.NA
    (_, one), (_, two) = (encode_column(pd.Series(array)) for array in (first, second))
    assert one["values"].tolist() == two["values"].tolist()


@each(
    {
        "decimal": pd.Series([decimal.Decimal("0.1")]),
        "date": pd.Series([datetime.date(2024, 1, 1)]),
        "list": pd.Series([[1, 2]]),
        "a class": pd.Series([bl.KeepingError]),
    }.items(),
    name=lambda case: case[0],
)
def test_objects_are_refused(case):
    _, column = case
    with pytest.raises(bl.KeepingError, match="columns of Python objects are kept where they are"):
        encode_column(column)


@each({"period": pd.Series(pd.period_range("2024", periods=2, freq="Y")),
       "sparse": pd.Series([0.0, 1.0], dtype="Sparse[float]"),
       "complex": pd.Series([1j])}.items(), name=lambda case: case[0])  # fmt: skip
def test_types_are_refused(case):
    _, column = case
    with pytest.raises(bl.KeepingError) as error:
        encode_column(column)
    assert str(error.value) == (
        f"Columns of type '{column.dtype}' cannot be kept. Kept are numbers, truth values, text, "
        f"categories, dates, spans of time and intervals: convert the column, and fit again."
    )

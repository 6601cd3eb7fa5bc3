"""Whatever the user calls a data frame -> a pandas DataFrame."""

from __future__ import annotations

import importlib
from typing import Any

import pandas as pd

from ..errors import DataError


def to_pandas(data: Any, what: str = "data") -> pd.DataFrame:
    """A pandas DataFrame of `data`, the same object if it is one.

    Parameters
    ----------
    data : DataFrame
        A pandas DataFrame, or one in memory that narwhals reads (polars, pyarrow, ...) if narwhals
        is installed. Categories keep the order that the frame gives them; those that say that they
        are ordered (polars' Enum, Arrow's ordered dictionaries) are ordered factors.
    what : str
        What it is called in messages.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If it is no data frame, or has no rows or no columns of text names.
    """
    frame = data if isinstance(data, pd.DataFrame) else _by_narwhals(data, what)
    if not len(frame):
        raise DataError(f"The {what} have no rows.")
    return frame


def _by_narwhals(data: Any, what: str) -> pd.DataFrame:
    hint = "."
    if isinstance(data, dict | list):
        hint = ": pd.DataFrame(...)."
    elif hasattr(data, "collect"):
        hint = ", or call collect() first."
    refusal = DataError(
        f"The {what} must be a data frame, not {type(data).__name__}. Give a pandas DataFrame{hint}"
    )
    if data is None or isinstance(data, dict | list | tuple | str | int | float):
        raise refusal
    try:
        # The interface whose meaning narwhals has promised not to change.
        narwhals = importlib.import_module("narwhals.stable.v2")
    except ImportError:
        if hasattr(data, "__dataframe__") or hasattr(data, "__arrow_c_stream__"):
            raise DataError(
                f"The {what} are a {type(data).__module__.split('.')[0]} data frame; install "
                "narwhals to use it, or give a pandas DataFrame."
            ) from None
        raise refusal from None
    try:
        native = narwhals.from_native(data, eager_only=True)
    except TypeError:
        raise refusal from None
    # Column by column: narwhals' own conversion to pandas would need pyarrow.
    return pd.DataFrame({name: _column(native[name], narwhals) for name in native.columns})


def _column(series: Any, narwhals: Any) -> pd.Series:
    """A column as the frame's own conversion to pandas has it, missing values kept apart."""
    dtype = series.dtype
    if dtype in (narwhals.Categorical, narwhals.Enum):
        levels = series.cat.get_categories().to_list()
        ordered = bool(narwhals.is_ordered_categorical(series))
        return pd.Series(pd.Categorical(series.to_list(), categories=levels, ordered=ordered))
    if dtype == narwhals.Boolean:
        return pd.Series(series.to_list(), dtype="boolean")
    if dtype == narwhals.String:
        return pd.Series(series.to_list(), dtype=object)
    if dtype.is_float() or (dtype.is_integer() and not series.null_count()):
        return pd.Series(series.to_numpy())
    if dtype.is_integer():
        return pd.Series(series.to_list(), dtype="Int64")
    return pd.Series(series.to_list())

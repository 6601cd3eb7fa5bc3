"""The data sets that bambi_lite ships: ``load_data("sleepstudy")``.

Each data set is a pair of files on the data shelf: ``NAME.csv`` with the values and ``NAME.toml``
that says what they are (title, source, the type of each column, the levels of each factor in
order). A CSV file alone does not know that a column is a factor, nor the order of its levels,
and that order decides which level is the reference and how group levels are numbered.
A description may also reuse the file of another data set (``rats_factor``) or join two
(``mathach``).
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from .errors import DataError, listing, suggest
from .shelf import shelf

# The name under which the joined pupils and schools also go.
ALIASES = {"mathach_joined": "mathach"}

DTYPES = {
    "integer": "int64",
    "numeric": "float64",
    "logical": "bool",
    "character": "str",
    "factor": "str",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a shipped data set; ``levels`` is None for a factor sorted as text."""

    name: str
    type: str
    description: str
    levels: tuple[str, ...] | None = None
    ordered: bool = False
    missing: int = 0

    @property
    def kind(self) -> str:
        """The type as one says it: an ordered factor is called so."""
        return "ordered factor" if self.ordered else self.type


@dataclass(frozen=True, slots=True)
class Join:
    """Each row of data set `left` with the columns of data set `right`, looked up by `by`."""

    left: str
    right: str
    by: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a description file says; the values come from `file`, or from `join`."""

    name: str
    title: str
    rows: int
    source: str
    columns: tuple[Column, ...]
    file: str = ""
    join: Join | None = None


def load_data(name: str) -> pd.DataFrame:
    """A shipped data set as a fresh DataFrame with exact types.

    A factor is a categorical with the levels in their given order (ordered where the factor
    is), an integer ``int64`` (``float64`` with NaN if values are missing), a logical ``bool``,
    a numeric ``float64``. ``attrs["name"]`` holds the name.

    Parameters
    ----------
    name : str
        A name of :func:`list_data`. ``-`` and ``_`` are taken as the same.

    Returns
    -------
    pandas.DataFrame
        Yours to change: every call gives a copy of its own.

    Raises
    ------
    DataError
        If there is no such data set.

    Examples
    --------
    >>> sleepstudy = load_data("sleepstudy")
    >>> sleepstudy.shape
    (180, 3)
    >>> list(sleepstudy["Subject"].cat.categories[:3])
    ['308', '309', '310']
    """
    data_set = _find(name)
    frame = _read(data_set.name).copy()
    frame.attrs = {"name": data_set.name}
    return frame


def list_data() -> pd.DataFrame:
    """The shipped data sets, one row each: name, title, rows, columns, source.

    Returns
    -------
    pandas.DataFrame
        ``rows`` and ``columns`` are numbers of rows and columns.

    Raises
    ------
    DataError
        If the installation lacks its data folder.

    Examples
    --------
    >>> list_data().set_index("name").loc["rats", ["rows", "columns"]].tolist()
    [71, 3]
    """
    found = [_describe(name) for name in _names()]
    rows = [(d.name, d.title, d.rows, len(d.columns), d.source) for d in found]
    return pd.DataFrame(rows, columns=["name", "title", "rows", "columns", "source"])


def describe_data(name: str) -> pd.DataFrame:
    """What the columns of a shipped data set mean: column, type, description.

    Parameters
    ----------
    name : str
        A name of :func:`list_data`.

    Returns
    -------
    pandas.DataFrame
        One row per column; the type is numeric, integer, factor, ordered factor, logical or
        character. ``attrs`` holds the name, title and source of the data set.

    Raises
    ------
    DataError
        If there is no such data set.

    Examples
    --------
    >>> describe_data("dyestuff")["type"].tolist()
    ['factor', 'integer']
    """
    data_set = _find(name)
    rows = [(c.name, c.kind, c.description) for c in data_set.columns]
    frame = pd.DataFrame(rows, columns=["column", "type", "description"])
    frame.attrs = {"name": data_set.name, "title": data_set.title, "source": data_set.source}
    return frame


def _find(name: str) -> DataSet:
    """The description of the data set that the user means by `name`."""
    if not isinstance(name, str):
        raise DataError(
            f"The name of a data set must be text such as 'sleepstudy', not "
            f"{type(name).__name__}. {_valid_names()}"
        )
    known = {_fold(n): n for n in _names()}
    known |= {_fold(alias): n for alias, n in ALIASES.items()}
    if _fold(name) not in known:
        near = suggest(name, [*_names(), *ALIASES])
        raise DataError(f"There is no data set {name!r}.{near} {_valid_names()}")
    return _describe(known[_fold(name)])


def _fold(name: str) -> str:
    return name.replace("-", "_")


def _valid_names() -> str:
    names = _names()
    return f"Valid names: {listing(names, at_most=len(names))}."


@cache
def _names() -> tuple[str, ...]:
    """The data sets on the shelf: one for each description file."""
    found = (entry.name for entry in shelf("data").iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in found if n.endswith(".toml")))


@cache
def _describe(name: str) -> DataSet:
    """The description file of the data set called exactly `name`."""
    told = tomllib.loads((shelf("data") / f"{name}.toml").read_text(encoding="utf-8"))
    head = {key: told[key] for key in ("title", "rows", "source")}
    if "join" not in told:
        columns = tuple(_column(key, about) for key, about in told["columns"].items())
        return DataSet(name, **head, columns=columns, file=told["file"])
    join = Join(**told["join"])
    right = (c for c in _describe(join.right).columns if c.name != join.by)
    return DataSet(name, **head, columns=(*_describe(join.left).columns, *right), join=join)


def _column(name: str, about: Mapping[str, Any]) -> Column:
    levels = about.get("levels")
    return Column(name, **{**about, "levels": None if levels is None else tuple(levels)})


@cache
def _read(name: str) -> pd.DataFrame:
    """The values of the data set called exactly `name`; whoever hands them on makes a copy."""
    data_set = _describe(name)
    return _read_file(data_set) if data_set.join is None else _read_join(data_set.join)


def _read_file(data_set: DataSet) -> pd.DataFrame:
    frame: pd.DataFrame = pd.read_csv(
        io.BytesIO((shelf("data") / data_set.file).read_bytes()),
        dtype={c.name: _dtype(c) for c in data_set.columns},
        # Only NA is missing: pandas would also swallow levels such as "None" or "null".
        na_values=["NA"],
        keep_default_na=False,
        encoding="utf-8",
    )
    # Left to itself pandas would read levels such as "1", "10", "2" as numbers and sort those.
    for name in (c.name for c in data_set.columns if c.type == "factor" and c.levels is None):
        frame[name] = pd.Categorical(frame[name], sorted(frame[name].dropna().unique()))
    return frame


def _dtype(column: Column) -> str | pd.CategoricalDtype:
    if column.type == "factor" and column.levels is not None:
        return pd.CategoricalDtype(column.levels, ordered=column.ordered)
    if column.type == "integer" and column.missing:
        return "float64"  # a NumPy integer column cannot hold a missing value
    return DTYPES[column.type]


def _read_join(join: Join) -> pd.DataFrame:
    left, right = _read(join.left), _read(join.right)
    # A left join keeps the rows of `left` in their order.
    joined: pd.DataFrame = left.merge(right, on=join.by, how="left", validate="many_to_one")
    return joined

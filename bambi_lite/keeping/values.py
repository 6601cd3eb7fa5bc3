"""Values that are made of arrays (tables, labelled arrays, trees of draws) as members of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import xarray as xr

from ..errors import KeepingError
from .archive import Archive, Member
from .arrays import axes_in_memory, decode_array, encode_array, with_axes
from .columns import Note, Parts, decode_column, encode_column

#: What an attribute of a labelled array may be.
_PLAIN = (str, bool, int, float, type(None))


class Arrays:
    """Arrays that go into a file beside the JSON that names them.

    JSON is written when everything is known, and arrays when their turn has come, so this holds
    them in between; it is the one thing here that grows.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._found: dict[str, np.ndarray] = {}

    def put(self, names: Sequence[str], array: np.ndarray) -> Note:
        """The note by which an array is found again; `names` lead to it and are no other's."""
        # Quoted, a name is one part of a path whatever is in it.
        member = f"{self._folder}/{'/'.join(quote(name, safe='') for name in names)}.npy"
        assert member not in self._found, member
        axes = axes_in_memory(array)
        self._found[member] = array.transpose(axes)
        in_order = axes == list(range(array.ndim))
        return {"array": member} if in_order else {"array": member, "axes": axes}

    def members(self) -> Iterator[Member]:
        """All of them, encoded one after the other."""
        for member, array in self._found.items():
            yield member, encode_array(array)


def get(archive: Archive, note: Note) -> np.ndarray:
    """The array that a note names."""
    array = decode_array(archive[note["array"]], note["array"])
    return with_axes(array, note["axes"]) if "axes" in note else array


# -- tables ----------------------------------------------------------------------------------


def put_column(arrays: Arrays, names: Sequence[str], values: pd.Series | pd.Index) -> Note:
    """A column of a table."""
    try:
        note, parts = encode_column(values)
    except KeepingError as error:
        raise KeepingError(f"'{values.name}': {error}") from error
    return note | {"parts": {p: arrays.put((*names, p), a) for p, a in parts.items()}}


def get_column(archive: Archive, note: Note) -> Any:
    """The column of a note, as an array of pandas or NumPy."""
    parts: Parts = {name: get(archive, part) for name, part in note["parts"].items()}
    return decode_column(note, parts)


def put_frame(arrays: Arrays, names: Sequence[str], frame: pd.DataFrame) -> Note:
    """A table with text as the names of its columns."""
    columns = [
        {"name": str(label), **put_column(arrays, (*names, str(label)), frame[label])}
        for label in frame.columns
    ]
    index = frame.index
    if index.equals(pd.RangeIndex(len(index))) and index.name is None:
        return {"columns": columns, "rows": len(index)}
    return {
        "columns": columns,
        "index": {"name": index.name, **put_column(arrays, (*names, "", "index"), index)},
    }


def get_frame(archive: Archive, note: Note) -> pd.DataFrame:
    """The table of a note."""
    if "rows" in note:
        index: pd.Index = pd.RangeIndex(note["rows"])
    else:
        values = get_column(archive, note["index"])
        index = pd.Index(values, dtype=values.dtype, name=note["index"]["name"])
    columns = {}
    for column in note["columns"]:
        values = get_column(archive, column)
        columns[column["name"]] = pd.Series(values, index, dtype=values.dtype)
    return pd.DataFrame(columns, index=index)


# -- labelled arrays -------------------------------------------------------------------------


def _put_variable(arrays: Arrays, names: Sequence[str], variable: xr.Variable) -> Note:
    values = variable.to_numpy()
    note = {"dims": list(variable.dims), **({"attrs": _attrs(variable)} if variable.attrs else {})}
    if values.dtype.kind in "OT":
        # Labels of different lengths, which are no plain array.
        own, parts = encode_column(pd.Series(values.astype(object), dtype=object))
        assert not parts
        return note | {"labels": own}
    return note | arrays.put(names, values)


def _get_variable(archive: Archive, note: Note) -> xr.Variable:
    values = decode_column(note["labels"], {}) if "labels" in note else get(archive, note)
    return xr.Variable(tuple(note["dims"]), values, note.get("attrs", {}))


def _attrs(holder: Any) -> dict[str, Any]:
    """The attributes that are plain; others say nothing about draws."""
    return {str(k): v for k, v in holder.attrs.items() if isinstance(v, _PLAIN)}


def put_dataset(arrays: Arrays, names: Sequence[str], dataset: xr.Dataset) -> Note:
    """A dataset: its variables, its coordinates, its attributes."""
    return {
        part: {
            str(key): _put_variable(arrays, (*names, str(key)), array.variable)
            for key, array in found.items()
        }
        for part, found in (("coords", dataset.coords), ("variables", dataset.data_vars))
    } | {"attrs": _attrs(dataset)}


def get_dataset(archive: Archive, note: Note) -> xr.Dataset:
    """The dataset of a note."""
    coords, variables = (
        {name: _get_variable(archive, own) for name, own in note[part].items()}
        for part in ("coords", "variables")
    )
    return xr.Dataset(variables, coords, note["attrs"])


def put_tree(arrays: Arrays, tree: xr.DataTree) -> Note:
    """The groups of a tree of draws."""
    return {
        str(name): put_dataset(arrays, (str(name),), node.to_dataset())
        for name, node in tree.children.items()
    }


def get_tree(archive: Archive, note: Mapping[str, Note]) -> xr.DataTree:
    """The tree of a note."""
    return xr.DataTree.from_dict({name: get_dataset(archive, own) for name, own in note.items()})

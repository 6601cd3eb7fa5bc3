"""The criteria that a fit carries, as members of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..compare import Elpd
from ..errors import KeepingError
from .archive import Archive
from .columns import Note
from .values import Arrays, get, get_dataset, get_frame, put_dataset, put_frame

_PLAIN = (str, bool, int, float, type(None))
#: The variable of a dataset that holds a labelled array without a name.
_ALONE = "value"


def put_criteria(arrays: Arrays, criteria: Mapping[str, Any]) -> Note:
    """What :func:`bambi_lite.compare.add_criterion` has added.

    Raises
    ------
    KeepingError
        For a criterion that carries fits of its own, or something unknown.
    """
    return {name: _put(arrays, (name,), value) for name, value in criteria.items()}


def get_criteria(archive: Archive, note: Note) -> dict[str, Any]:
    """The criteria of a note."""
    return {name: _get(archive, own) for name, own in note.items()}


def _put(arrays: Arrays, names: tuple[str, ...], value: Any) -> Note:
    if isinstance(value, Elpd):
        if value.fits:
            raise KeepingError(
                f"The criterion '{names[0]}' carries the fits of its folds, which a file does not "
                f"hold: add it again without save_fits."
            )
        own = {f.name: getattr(value, f.name) for f in fields(Elpd) if f.name != "fits"}
        return {"elpd": {name: _put(arrays, (*names, name), part) for name, part in own.items()}}
    if isinstance(value, pd.DataFrame):
        return {"frame": put_frame(arrays, names, value)}
    if isinstance(value, xr.DataArray):
        dataset = value.to_dataset(name=_ALONE)
        return {"labelled": put_dataset(arrays, names, dataset), "name": value.name}
    if isinstance(value, np.ndarray):
        return {"array": arrays.put(names, value)}
    if isinstance(value, _PLAIN):
        return {"plain": value}
    kind = type(value).__name__
    raise KeepingError(f"The criterion '{names[0]}' is of type '{kind}', which cannot be kept.")


def _get(archive: Archive, note: Note) -> Any:
    ((kind, value), *_) = note.items()
    if kind == "elpd":
        return Elpd(**{name: _get(archive, part) for name, part in value.items()})
    if kind == "frame":
        return get_frame(archive, value)
    if kind == "labelled":
        return get_dataset(archive, value)[_ALONE].rename(note["name"])
    return get(archive, value) if kind == "array" else value

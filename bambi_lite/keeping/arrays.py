"""Arrays as bytes: NumPy's own format, of plain numbers and text only, and nothing pickled.

A member ``*.npy`` of a file opens with ``numpy.load``, so that draws can be read without us.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

import numpy as np
from numpy.lib import format as npy

from ..errors import KeepingError

#: Kinds of numbers that are their own bytes: truth, whole, real, dates, spans of time, text.
_KINDS = "biufMmU"
#: A header of format 1.0 is shorter.
_LONGEST_HEADER = 2**16 + 10


def encode_array(array: np.ndarray) -> bytes:
    """An array as an ``.npy`` file (version 1.0).

    Raises
    ------
    KeepingError
        For an array of Python objects.
    """
    if array.dtype.kind not in _KINDS:
        raise KeepingError(f"An array of {array.dtype} cannot be kept; numbers and text can.")
    file = io.BytesIO()
    npy.write_array(file, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def decode_array(data: bytearray, where: str) -> np.ndarray:
    """The array of an ``.npy`` file; it takes no memory beside the bytes that it is read from.

    Raises
    ------
    KeepingError
        For anything but what :func:`encode_array` writes.
    """
    file = io.BytesIO(data[:_LONGEST_HEADER])
    try:
        version = npy.read_magic(file)
        shape, fortran, dtype = npy.read_array_header_1_0(file)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        raise KeepingError(f"'{where}' is no array of NumPy's format 1.0.") from error
    plain = version == (1, 0) and dtype.kind in _KINDS and len(shape) <= 32
    if not plain or any(n < 0 for n in shape):
        raise KeepingError(f"'{where}' is an array that fit.save() does not write: {dtype}.")
    start = file.tell()
    if len(data) - start != math.prod(shape) * dtype.itemsize:
        raise KeepingError(
            f"'{where}' says that it has shape {shape} of {dtype}, but has {len(data) - start} "
            f"bytes."
        )
    if len(data) == start:
        return np.empty(shape, dtype)
    return np.frombuffer(data, dtype, offset=start).reshape(shape, order="F" if fortran else "C")


def axes_in_memory(array: np.ndarray) -> list[int]:
    """The axes of an array from the slowest to the fastest one in memory.

    Sums add up in the order of memory: an array that comes back with another one gives other last
    digits.
    """
    return sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))


def with_axes(array: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """An array that was written with its axes in that order, with its own order again."""
    return array.transpose(np.argsort(axes))

"""Fits in files: kept, loaded, and fitted anew when something changed.

A file is data. Reading it runs nothing, whoever wrote it, and a byte that is not as it was written
is an error.
"""

from .archive import FORMAT, SUFFIX, replacing
from .fits import load, save, versions
from .refit import FILE_REFIT, kept

__all__ = ["FILE_REFIT", "FORMAT", "SUFFIX", "kept", "load", "replacing", "save", "versions"]

"""What the code of the kernels is known by."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources


@cache
def fingerprint() -> str:
    """What the code of all kernels is known by in PyTensor's cache of compiled functions."""
    parts = sorted(resources.files(__package__).iterdir(), key=lambda part: part.name)
    texts = [part.read_bytes() for part in parts if part.name.endswith(".py")]
    return hashlib.sha256(b"".join(texts)).hexdigest()

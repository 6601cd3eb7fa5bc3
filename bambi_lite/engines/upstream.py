"""Workarounds for upstream libraries: what, since which version, and when each can go.

tests/graph/test_upstream.py fails when one of them is no longer needed.
"""

from __future__ import annotations

import warnings


def quiet_blas() -> None:
    """Look up PyTensor's BLAS flags once, without its warning.

    PyTensor 3.3 warns when it is installed from a wheel ("could not link to a BLAS
    installation") as soon as any function is compiled. Models here are compiled by numba, which
    brings SciPy's BLAS; the flags are never used, and the advice does not apply.
    """
    import pytensor

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="PyTensor could not link to a BLAS")
        _ = pytensor.config.blas__ldflags  # type: ignore[attr-defined] # exported implicitly

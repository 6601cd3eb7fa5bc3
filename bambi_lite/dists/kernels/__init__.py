"""Functions that no short expression gives: loops over scalars, compiled by numba.

A :class:`Kernel` is one scalar function that returns its value and its slopes. It runs on NumPy
arrays and as one node of a PyTensor graph, so that the series behind a density is one text for
sampling and for prediction, has an exact gradient, and compiles once a machine.

The texts (``first_passage``, ``com_poisson``, ``xbeta``) import numba, which takes a
second: import them inside functions only.
"""

from .base import Kernel

__all__ = ["Kernel"]

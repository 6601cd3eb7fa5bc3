"""A numba function of numbers as a NumPy function and as a PyTensor operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba
import numpy as np

from . import beta, circle, counts, gamma, normal


@dataclass(frozen=True, slots=True)
class Kernel:
    """A function of numbers that returns two tails and all their derivatives.

    Attributes
    ----------
    name : str
        Its name in a printed graph.
    function : callable
        Compiled by numba: ``function(*args)`` gives the log CDF and the log survival, then the
        derivatives of the first with respect to each argument, then those of the second.
    n_args : int
        How many arguments it takes.
    """

    name: str
    function: Callable[..., tuple[float, ...]]
    n_args: int

    def on_arrays(self, which: int, *args: Any) -> np.ndarray:
        """The lower tail (0) or the upper one (1), elementwise on arrays that broadcast."""
        return np.asarray(_ufunc(self)(*(np.asarray(a, dtype=float) for a in args), which))

    def on_graph(self, which: int, *args: Any) -> Any:
        """The same as a PyTensor variable; both tails come from one node."""
        from .graph import operation

        outputs: Any = operation(self.name, self.function, self.n_args)(*args, return_list=True)
        return outputs[which]


GAMMA = Kernel("gamma_tails", gamma.tails, 2)
BETA = Kernel("beta_tails", beta.tails, 3)
STUDENT = Kernel("student_tails", beta.student, 2)
SKEW_NORMAL = Kernel("skew_normal_tails", normal.skew_normal, 2)
MILLS = Kernel("mills_tails", normal.mills_tails, 2)
VON_MISES = Kernel("von_mises_tails", circle.von_mises, 3)
BETA_BINOMIAL = Kernel("beta_binomial_tails", counts.beta_binomial, 4)


@cache
def _ufunc(kernel: Kernel) -> Callable[..., np.ndarray]:
    """The function over arrays, compiled when it is first called."""
    f = kernel.function
    forms: dict[int, Callable[..., float]] = {
        2: lambda a, b, which: f(a, b)[which],
        3: lambda a, b, c, which: f(a, b, c)[which],
        4: lambda a, b, c, d, which: f(a, b, c, d)[which],
    }
    made: Callable[..., np.ndarray] = numba.vectorize(forms[kernel.n_args])
    return made

"""What a kernel is, and how it runs in the two worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Kernel:
    """A compiled function of numbers, elementwise, with its gradient.

    Densities call it through the namespace, ``xp.kernel(kernel, *arguments)``.

    Attributes
    ----------
    module : str
        The module of this package that has the function.
    name : str
        Name of the function: ``f(*numbers)`` gives its values, then the derivatives of each of them
        by every number.
    values : int
        How many values it gives: one, or two tails.
    which : int
        The value that is asked for.

    Examples
    --------
    >>> float(Kernel("com_poisson", "mean").on_arrays(0.0, 1.0).round(12))
    1.0
    """

    module: str
    name: str
    values: int = 1
    which: int = 0

    @property
    def text(self) -> ModuleType:
        """The module; numba is imported with it."""
        return import_module(f"{__package__}.{self.module}")

    @property
    def function(self) -> Callable[..., tuple[float, ...]]:
        """The compiled function."""
        found: Callable[..., tuple[float, ...]] = getattr(self.text, self.name)
        return found

    def part(self, which: int) -> Kernel:
        """The same kernel, asked for another of its values."""
        return replace(self, which=which)

    def on_arrays(self, *args: Any) -> np.ndarray:
        """Values at NumPy arrays, which broadcast."""
        ufunc = _ufunc(self, len(args))
        return np.asarray(ufunc(*(np.asarray(arg, dtype=float) for arg in args)))

    def on_graph(self, *args: Any) -> Any:
        """The PyTensor variable of the values; its gradient is the kernel's own."""
        from .op import apply

        name = f"{self.module}_{self.name}"
        return apply(name, self.function, self.values, args)[self.which]


@cache
def _ufunc(kernel: Kernel, n_args: int) -> Callable[..., np.ndarray]:
    """The function over arrays: that of the module, ``<name>_values``, where it has one."""
    own: Callable[..., np.ndarray] | None = getattr(kernel.text, f"{kernel.name}_values", None)
    if own is not None:
        return own
    from ...compiled import elementwise

    f, which = kernel.function, kernel.which
    forms: dict[int, Callable[..., float]] = {
        2: lambda a, b: f(a, b)[which],
        3: lambda a, b, c: f(a, b, c)[which],
        4: lambda a, b, c, d: f(a, b, c, d)[which],
    }
    return elementwise(forms[n_args])

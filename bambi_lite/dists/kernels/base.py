"""What a kernel is, and how it runs in the two worlds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

#: The value alone, elementwise over arrays that broadcast.
type Elementwise = Callable[..., np.ndarray]


@dataclass(frozen=True, slots=True)
class Kernel:
    """A compiled function of scalars, elementwise, with its gradient.

    Densities call it through the namespace, ``xp.kernel(kernel, *arguments)``.

    Attributes
    ----------
    text : callable
        ``text() -> module``: imports the module that has the function.
    name : str
        Name of the function, ``f(*numbers) -> (value, *slopes)``, with a slope for each number; the
        module has the value alone, elementwise over arrays, as ``<name>_values``.

    Examples
    --------
    >>> def text():
    ...     from bambi_lite.dists.kernels import com_poisson
    ...
    ...     return com_poisson
    >>> float(Kernel(text, "mean").on_arrays(0.0, 1.0).round(12))
    1.0
    """

    text: Callable[[], ModuleType]
    name: str

    def on_arrays(self, *args: Any) -> np.ndarray:
        """Values at NumPy arrays, which broadcast."""
        values: Elementwise = getattr(self.text(), f"{self.name}_values")
        return values(*(np.asarray(arg, dtype=float) for arg in args))

    def on_graph(self, *args: Any) -> Any:
        """The PyTensor variable of the values; its gradient is the kernel's own."""
        from .op import apply

        return apply(self.text, self.name, args)

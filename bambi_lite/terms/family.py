"""Parameters that belong to no linear predictor: what the terms of a family have in common."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ..params import Param
from ..xp import Array, Namespace
from .base import Quantity, Values


class FamilyTerm(Protocol):
    """Parameters of a family as a whole, such as thresholds.

    ``value`` is the only place where they become what the likelihood takes: it runs on PyTensor
    variables when the model is built and on NumPy draws when it predicts.
    """

    @property
    def name(self) -> str:
        """Under which name the family finds the value among its dpars."""
        ...

    @property
    def centres(self) -> str:
        """The array of columns at whose means the parameters are sampled; empty for none."""
        ...

    @property
    def means(self) -> tuple[float, ...]:
        """The means of these columns."""
        ...

    @property
    def simple(self) -> bool:
        """Whether its value is its one vector of parameters (shifted where they are centred)."""
        ...

    @property
    def params(self) -> tuple[Param, ...]:
        """The unknowns."""
        ...

    def value(self, xp: Namespace, p: Values) -> Array:
        """What the likelihood takes, made of the parameters; leading axes are those of draws."""
        ...

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """The draws under brms' names."""
        ...

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The inverse of `quantities`."""
        ...

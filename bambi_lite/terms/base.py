"""What every term of a linear predictor has in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..design import PredictorDesign
from ..params import Param, ParamKey
from ..xp import Array, Namespace

#: Values of the model's parameters by name (graph variables, or draws with leading axes).
type Values = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of the posterior under its brms name.

    Attributes
    ----------
    name : str
        brms' name: ``b_Days``, ``sd_Subject__Days``, ``r_Subject``.
    key : ParamKey
        Which parameter it is; the tables are made from this, never from the name.
    values : array
        Draws with leading axes (chain, draw) and one trailing axis per entry of `dims`.
    dims : tuple of str
        Names of the trailing axes.
    coords : mapping
        Labels along each of them.
    """

    name: str
    key: ParamKey
    values: np.ndarray
    dims: tuple[str, ...] = ()
    coords: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A summand of a linear predictor in the plain form that compiled kernels read.

    Exactly one of the first four says what it is.

    Attributes
    ----------
    param : str
        A parameter: one number for all rows, or, with `columns`, coefficients.
    effects : str
        The name of a block of group effects; then `column` is the coefficient, `index` the array
        of the levels of the rows, and `columns` the array of the column (empty for ones).
    known : str
        An array of the data.
    value : float or None
        A number.
    columns : str
        An array of the data: a matrix for `param`; for `effects` a matrix whose column `place`
        counts.
    """

    param: str = ""
    effects: str = ""
    known: str = ""
    value: float | None = None
    columns: str = ""
    column: int = 0
    index: str = ""
    place: int = 0


class Term(Protocol):
    """A summand of a linear predictor.

    ``eta`` is the only place where its contribution is written: on PyTensor variables it builds
    the sampled model, on NumPy draws it predicts.
    """

    @property
    def params(self) -> tuple[Param, ...]:
        """The unknowns the term brings."""
        ...

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """The data the term needs from a design, by name; one row per observation."""
        ...

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """Contribution to the linear predictor (link scale), shape (..., n_obs)."""
        ...

    def pieces(self) -> tuple[Piece, ...] | None:
        """What `eta` adds up, in the plain form of :class:`Piece`; None where that cannot say it.

        A test holds the two to the same numbers.
        """
        ...

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """The draws of its parameters under brms' names."""
        ...

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The inverse of `quantities`: the parameters that `eta` needs, from brms' names."""
        ...


def suffix(resp: str = "", dpar: str = "", nlpar: str = "") -> str:
    """brms' ending of a parameter name: ``""`` for mu, ``"_sigma"`` for sigma.

    Examples
    --------
    >>> suffix(dpar="mu"), suffix(dpar="sigma")
    ('', '_sigma')
    """
    parts = (resp, "" if dpar == "mu" else dpar, nlpar)
    return "".join(f"_{part}" for part in parts if part)


def table_dpar(dpar: str) -> str:
    """The dpar as prior tables write it: blank for mu."""
    return "" if dpar == "mu" else dpar

"""What an unknown is called and where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .dists import Dist

#: What the values of a parameter are: free or bounded numbers, numbers each above the one before,
#: numbers of at least 0 that add up to one, the Cholesky factor of a correlation matrix, or numbers
#: whose distribution is part of the model and has no prior row.
type Kind = Literal["numbers", "ordered", "simplex", "cholesky_corr", "given"]


@dataclass(frozen=True, slots=True)
class ParamKey:
    """brms' prior columns are the identity of a parameter.

    Attributes
    ----------
    cls : str
        Parameter class: ``b``, ``Intercept``, ``sd``, ``L``, ``sigma``, ...
    coef, group, resp, dpar, nlpar : str
        Narrower columns; empty where they do not apply.
    """

    cls: str
    coef: str = ""
    group: str = ""
    resp: str = ""
    dpar: str = ""
    nlpar: str = ""


@dataclass(frozen=True, slots=True)
class Prior:
    """A distribution on an element of a parameter, with the bounds that truncate it.

    Attributes
    ----------
    dist : Dist or None
        None is the improper flat prior.
    lb, ub : float or None
        Bounds of the support; None where there is none.
    """

    dist: Dist | None = None
    lb: float | None = None
    ub: float | None = None


@dataclass(frozen=True, slots=True)
class Param:
    """One unknown of the model: a scalar, a vector of coefficients, a matrix.

    Attributes
    ----------
    name : str
        Its name in the PyMC model.
    key : ParamKey
        The general prior row it belongs to.
    shape : tuple of int
        Shape of one draw.
    dims : tuple of str
        Names of the dimensions, one per entry of `shape`.
    elements : tuple of ParamKey
        The prior row of each element of a vector; just `key` for a scalar or a matrix.
    kind : str
        See :data:`Kind`.
    lower, upper : float, str or None
        Bounds that belong to the parameter whatever its prior; text names a number that the data
        give (``min_Y``, the smallest response).
    given : Dist or None
        Of kind "given": the distribution of each element; an argument that is text is the name of
        another parameter.
    """

    name: str
    key: ParamKey
    shape: tuple[int, ...] = ()
    dims: tuple[str, ...] = ()
    elements: tuple[ParamKey, ...] = ()
    kind: Kind = "numbers"
    lower: float | None = None
    upper: float | str | None = None
    given: Dist | None = None

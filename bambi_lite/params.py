"""What an unknown is called and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .dists import Dist, Law, law_of

#: What the values of a parameter are: free or bounded numbers, numbers each above the one before,
#: numbers of at least 0 that add up to one, the Cholesky factor of a correlation matrix, or numbers
#: whose distribution is part of the model and has no prior row.
type Kind = Literal["numbers", "ordered", "simplex", "cholesky_corr", "given"]

#: Classes whose parameters are on the link scale of a linear predictor.
ON_LINK = ("b", "Intercept", "sd")


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
    tag : str
        The user's word for the row it comes from; priors that differ in nothing else are equal.
    shrinkage : Shrinkage or None
        A prior over the coefficients of whole classes, in the place of `dist`.
    """

    dist: Dist | None = None
    lb: float | None = None
    ub: float | None = None
    tag: str = field(default="", compare=False)
    shrinkage: Shrinkage | None = None

    @property
    def said(self) -> Dist | Shrinkage | None:
        """What it says, as it can be written down: the distribution or the shrinkage prior."""
        return self.dist if self.shrinkage is None else self.shrinkage

    @property
    def proper(self) -> bool:
        """Whether it can be drawn from."""
        return self.shrinkage is not None or self.law is not None

    @property
    def law(self) -> Law | None:
        """The distribution of one element between the bounds.

        None where it is flat without end (improper), and of a shrinkage prior, which has none.
        """
        if self.shrinkage is not None:
            return None
        if self.dist is not None:
            return law_of(self.dist, self.lb, self.ub)
        if self.lb is None or self.ub is None:
            return None
        return law_of(Dist("uniform", {"lower": self.lb, "upper": self.ub}), None, None)


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """A shrinkage prior with its arguments, every one of them; see priors/shrinkage.py.

    Attributes
    ----------
    name : str
        ``horseshoe`` or ``R2D2``.
    args : mapping
        Arguments by brms' names; None, booleans, numbers or tuples of them.
    """

    name: str
    args: Mapping[str, float | bool | tuple[float, ...] | None]

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.args.items())))


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

    See Also
    --------
    given_prior : Of kind "given" without such names: its distribution as a prior.
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


def of_response(param: Param, resp: str) -> Param:
    """A parameter of a model with one response as that of one of several."""
    if not resp:
        return param
    return replace(
        param,
        name=f"{param.name}_{resp}",
        key=replace(param.key, resp=resp),
        elements=tuple(replace(key, resp=resp) for key in param.elements),
    )


def given_prior(param: Param) -> Prior | None:
    """The distribution of a parameter of kind "given", unless others are arguments of it."""
    assert param.given is not None
    if any(isinstance(value, str) for value in param.given.args.values()):
        return None
    return Prior(param.given, lb=param.lower)


def single_law(param: Param, prior: Prior) -> Law | None:
    """The distribution of a single number of a parameter under its prior.

    Parameters
    ----------
    param : Param
        The parameter.
    prior : Prior
        Of one of its elements, or of all of it.

    Returns
    -------
    Law or None
        Of a correlation moved from (-1, 1) to (0, 1), and of one of several proportions, the beta
        distribution that each of them has; None where the prior is flat without end.
    """
    over = prior.dist.word.over if prior.dist is not None else "numbers"
    if over not in ("correlations", "proportions"):
        return prior.law
    assert prior.dist is not None
    if over == "correlations":
        a = b = float(prior.dist.args["eta"]) + param.shape[0] / 2.0 - 1.0
    else:
        alpha = prior.dist.args["alpha"]
        a = float(alpha[0])
        b = a * (param.shape[0] - 1) if len(alpha) == 1 else float(sum(alpha[1:]))
    return law_of(Dist("beta", {"alpha": a, "beta": b}), None, None)

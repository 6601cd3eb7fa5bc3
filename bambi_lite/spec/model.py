"""The waist of the package: a model as a value.

Everything before it is plain Python and NumPy; everything after it never looks at the formula
again. A :class:`ModelSpec` can be printed, predicted with and handed to an engine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..design import Design, PredictorDesign
from ..families import Family, Response
from ..formula import BrmsFormula
from ..links import Link, Linked, get_link
from ..observation import Observation
from ..params import Param, Prior
from ..priors import PriorRow, ScaleFacts
from ..terms import FamilyTerm, GroupBlock, ShrinkageBlock, Term
from ..xp import Array, Namespace, numpy_namespace


@dataclass(frozen=True, slots=True)
class DparSpec:
    """A distributional parameter: its link and the terms that add up to it.

    Attributes
    ----------
    name : str
        ``mu``, ``sigma``, ...
    link : Link
        The link of its linear predictor; identity when it is one number.
    terms : tuple of Term
        Summands on the link scale.
    predicted : bool
        Whether it has a formula.
    tied : str
        The dpar whose value it takes, ``sigma2 = "sigma1"``; empty where it has its own.
    """

    name: str
    link: Link
    terms: tuple[Term, ...]
    predicted: bool
    tied: str = ""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model: what is unknown, what is known, and how they meet.

    Attributes
    ----------
    formula : BrmsFormula
        As the user wrote it.
    family : Family
        With its links.
    design : Design
        The arrays that formula and data gave, with the recipe for new data.
    predictors : tuple of PredictorDesign
        The linear predictors of the model: those of the design, where the main formula stands
        once for each parameter that it predicts (``muB``, ``muC``).
    response : Response
        Encoded response.
    seen : Observation
        Weights, censoring and truncation.
    dpars : tuple of DparSpec
        One per distributional parameter, ``mu`` first.
    structure : tuple of FamilyTerm
        Parameters of the family as a whole: thresholds, ...
    blocks : tuple of GroupBlock
        Group-level effects.
    shrinkage : tuple of ShrinkageBlock
        Shrinkage priors, with the parameters that they bring.
    params : tuple of Param
        Every unknown.
    prior_rows : tuple of PriorRow
        The prior table in force.
    priors : mapping
        The prior of each element of each parameter, by the parameter's name.
    scales : ScaleFacts
        What priors may take from the data.
    arrays : mapping
        Data by name, read-only.
    coords : mapping
        Labels of each named dimension.
    data : pandas.DataFrame
        The columns that the formula needs, of the rows that are used; as they were given.
    data2 : mapping
        The matrices that the formula refers to.
    data_name : str
        What the summary calls the data.
    """

    formula: BrmsFormula
    family: Family
    design: Design
    predictors: tuple[PredictorDesign, ...]
    response: Response
    seen: Observation
    dpars: tuple[DparSpec, ...]
    structure: tuple[FamilyTerm, ...]
    blocks: tuple[GroupBlock, ...]
    shrinkage: tuple[ShrinkageBlock, ...]
    params: tuple[Param, ...]
    prior_rows: tuple[PriorRow, ...]
    priors: Mapping[str, tuple[Prior, ...]]
    scales: ScaleFacts
    arrays: Mapping[str, np.ndarray]
    coords: Mapping[str, tuple[str, ...]]
    data: pd.DataFrame
    data2: Mapping[str, Any]
    data_name: str

    @property
    def response_name(self) -> str:
        """Name of the response variable."""
        return self.formula.response.name

    def terms(self) -> tuple[Any, ...]:
        """All parts with parameters: blocks, terms of dpars and of the family, shrinkage priors."""
        own = (t for dpar in self.dpars for t in dpar.terms)
        return (*self.blocks, *own, *self.structure, *self.shrinkage)

    @property
    def made(self) -> frozenset[str]:
        """Names of the parameters that a shrinkage prior makes of its own."""
        return frozenset(param.name for block in self.shrinkage for param in block.members)

    @property
    def main_dpars(self) -> tuple[str, ...]:
        """The parameters that the main formula predicts: ``mu``, or one for each category."""
        return tuple(d.name for d in self.family.dpars if d.main)


def linear_predictor(
    spec: ModelSpec, dpar: DparSpec, xp: Namespace, p: Mapping[str, Array], d: Mapping[str, Array]
) -> Array:
    """The linear predictor of one dpar (link scale), shape (..., n_obs) or (..., 1).

    Parameters
    ----------
    spec : ModelSpec
        The model.
    dpar : DparSpec
        One of ``spec.dpars``.
    xp : namespace
        Of the world that `p` and `d` live in.
    p, d : mapping
        Parameters (with the group effects ``r_*``) and data by name.
    """
    if not dpar.terms:
        return xp.asarray(np.zeros(1))
    return sum(term.eta(xp, p, d) for term in dpar.terms)


def linked_dpars(
    spec: ModelSpec, xp: Namespace, p: Mapping[str, Array], d: Mapping[str, Array]
) -> dict[str, Linked]:
    """Every distributional parameter on its link scale, ready for the family.

    The parameters of the family as a whole, such as thresholds, stand among them.
    """
    found = {
        dpar.name: Linked(linear_predictor(spec, dpar, xp, p, d), dpar.link)
        for dpar in spec.dpars
        if not dpar.tied
    }
    found |= {dpar.name: found[dpar.tied] for dpar in spec.dpars if dpar.tied}
    identity = get_link("identity")
    return found | {part.name: Linked(part.value(xp, p), identity) for part in spec.structure}


def with_effects(
    spec: ModelSpec, xp: Namespace, p: Mapping[str, Array], d: Mapping[str, Array]
) -> dict[str, Array]:
    """`p` with what its parameters imply, unless it has it.

    These are the coefficients under shrinkage priors and the group effects ``r_*``.
    """
    p = with_made(spec, xp, p)
    missing = [b for b in spec.blocks if f"r_{b.name}" not in p]
    return {**p, **{f"r_{b.name}": b.effects(xp, p, d) for b in missing}}


def with_made(spec: ModelSpec, xp: Namespace, p: Mapping[str, Array]) -> dict[str, Array]:
    """`p` with the parameters that shrinkage priors make of their own, unless it has them."""
    made: dict[str, Array] = {}
    for block in spec.shrinkage:
        if block.is_made_by(p):
            made |= block.make(xp, p)
    return {**made, **p}


def template(spec: ModelSpec) -> dict[str, np.ndarray]:
    """One draw of every parameter, for the names and shapes of what the terms make of it."""
    values = {p.name: np.broadcast_to(_example(p), (1, 1, *p.shape)) for p in spec.params}
    return with_effects(spec, numpy_namespace(), values, spec.arrays)


def _example(param: Param) -> np.ndarray:
    """A value that a parameter can have, or one that does no harm."""
    if param.kind == "cholesky_corr":
        return np.eye(param.shape[0])
    # What has a distribution of the model may be divided by, or be a proportion.
    return np.asarray(0.5 if param.kind == "given" else 0.0)


def start_values(spec: ModelSpec) -> dict[str, float]:
    """Where to start the intercepts whose prior is centred outside the range of their parameter.

    A link such as identity can leave the range (a probability of 3, say), and the default priors
    of brms take no notice of it.
    """
    xp = numpy_namespace()
    numbers = data_numbers(spec.response)
    start: dict[str, float] = {}
    for dpar in spec.dpars:
        own = spec.family.dpar(dpar.name)
        param = next((p for t in dpar.terms for p in t.params if p.key.cls == "Intercept"), None)
        if not dpar.predicted or param is None:
            continue
        lower, upper = (numbers[b] if isinstance(b, str) else b for b in (own.lower, own.upper))
        dist = spec.priors[param.name][0].dist
        centre = 0.0 if dist is None else float(dist.args.get("mu", 0.0))
        with np.errstate(all="ignore"):
            value = float(dpar.link.inverse(xp, np.float64(centre)))
        below = upper is None or value < upper
        if (lower is None or value > lower) and below and math.isfinite(value):
            continue
        low = 0.0 if lower is None else lower
        middle = low + 1.0 if upper is None else (low + upper) / 2.0
        start[param.name] = float(dpar.link.link(xp, np.float64(middle)))
    return start


def data_numbers(response: Response) -> dict[str, float]:
    """The numbers that priors and bounds may name."""
    return {"min_Y": float(np.min(response.y))}

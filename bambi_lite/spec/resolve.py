"""Formula, data and family to a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..additions import ALWAYS, family_data, observation
from ..design import Design, PredictorDesign, build_design, to_pandas
from ..errors import FamilyError, FormulaError, listing, rows_at
from ..families import Dpar, Family, Response, get_family
from ..formula import BrmsFormula, FamilyCall, bf
from ..links import get_link
from ..observation import Observation
from ..params import Param
from ..priors import (
    PriorRow,
    ScaleFacts,
    Target,
    assign,
    default_rows,
    prior_table,
    scale_facts,
    shared_priors,
)
from ..terms import FamilyTerm, GroupBlock, ShrinkageBlock, sampled_columns
from .assemble import assemble, shrinkage_blocks
from .checks import warn_about
from .model import DparSpec, ModelSpec, data_numbers


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What the user gave, as the spec keeps it."""

    frame: pd.DataFrame
    data2: Mapping[str, Any]
    name: str


def resolve(
    formula: str | BrmsFormula,
    data: Any,
    family: str | Family = "gaussian",
    prior: Any = None,
    data2: Mapping[str, Any] | None = None,
    data_name: str | None = None,
    contrasts: Mapping[str, str] | None = None,
) -> ModelSpec:
    """Formula, data and family to a model.

    Parameters
    ----------
    formula : str or BrmsFormula
        The model.
    data : DataFrame
        One row per observation.
    family : str or Family
        Response distribution; as in brms, one that the formula names counts for more.
    prior : PriorSet, list, DataFrame, str, ...
        What replaces default priors; see :func:`bambi_lite.priors.gather`.
    data2 : mapping, optional
        Matrices that terms refer to.
    data_name : str, optional
        What the summary calls the data; by default ``data.attrs["name"]``.
    contrasts : mapping, optional
        Coding of factors by their names, for example ``{"f": "contr.sum"}``.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError, DataError, FamilyError, PriorError
        When they do not fit together; the message says where and what would.
    """
    parsed = bf(formula)
    if not isinstance(parsed, BrmsFormula):
        raise FormulaError(
            "Parsed, not available yet: a multivariate formula. Fit its responses one by one."
        )
    chosen = _family(parsed.family, family)
    _check_additions(parsed, chosen)
    _check_available(parsed)
    if chosen.bind is None:  # else the data decide which parameters there are
        _check_predictors(parsed, chosen)
    frame = to_pandas(data)
    design = build_design(parsed, frame, data2, contrasts)
    assert isinstance(design, Design)
    assert design.response is not None
    with rows_at(design.rows):
        response = chosen.encode(design.response, family_data(design.additions))
        seen = observation(design.additions, response.y, parsed.response.name, chosen.discrete)
    chosen = chosen.on(response)
    _check_predictors(parsed, chosen)
    given = _Given(
        # A copy: what is done to the user's frame afterwards does not change the model. All rows,
        # in the order of the columns: so that the model can be made again.
        frame[[c for c in frame.columns if c in design.variables]].copy(),
        MappingProxyType(deepcopy(dict(data2 or {}))),
        _name_of(data, data_name),
    )
    return _model(parsed, chosen, design, response, seen, prior, given)


def _family(named: Any, given: str | Family) -> Family:
    """The family that the formula names, else the one given beside it."""
    if isinstance(named, FamilyCall):
        named = named.text if named.options else named.name
    return get_family(given if named is None else named)


def _name_of(data: Any, data_name: str | None) -> str:
    return data_name or str(getattr(data, "attrs", {}).get("name", "data"))


def _model(
    formula: BrmsFormula,
    family: Family,
    design: Design,
    response: Response,
    seen: Observation,
    prior: Any,
    given: _Given,
) -> ModelSpec:
    predictors = model_predictors(family, design)
    dpars, blocks = assemble(formula, family, predictors)
    mu = next((p for p in design.predictors if p.dpar == "mu"), None)
    structure: tuple[FamilyTerm, ...] = ()
    if family.structure is not None:
        assert mu is not None
        structure = family.structure(family, response, mu)
    own = [p for dpar in dpars for term in dpar.terms for p in term.params]
    own += [p for part in structure for p in part.params]
    params = (*own, *(p for block in blocks for p in block.params))
    scales = scale_facts(
        response.y,
        get_link(family.scale_link) if family.scale_link else family.link(family.dpars[0].name),
        family.scaled and not response.levels,
        None if mu is None else mu.offset,
        response=design.response.name if design.response is not None else "Y",
        designs={_owner(p): (p.columns, sampled_columns(p)) for p in predictors},
    )
    target = _target(family, dpars, params, scales)
    rows = prior_table(_defaults(family, target), target, prior)
    priors = assign(params, rows, data_numbers(response))
    shrinkage = shrinkage_blocks(shared_priors(params, priors, rows), dpars, design.n_obs)
    params = (*params, *(p for block in shrinkage for p in block.params))
    spec = ModelSpec(
        formula=formula,
        family=family,
        design=design,
        predictors=predictors,
        response=response,
        seen=seen,
        dpars=dpars,
        structure=structure,
        blocks=blocks,
        shrinkage=shrinkage,
        params=params,
        prior_rows=rows,
        priors=MappingProxyType(priors),
        scales=scales,
        arrays=MappingProxyType(_collect_arrays(dpars, blocks, predictors)),
        coords=MappingProxyType(_coords(params, (*blocks, *shrinkage))),
        frame=given.frame,
        data2=given.data2,
        data_name=given.name,
    )
    warn_about(spec)
    return spec


def _owner(predictor: PredictorDesign) -> tuple[str, str, str]:
    """The columns resp, dpar, nlpar of the prior rows of a linear predictor."""
    return "", "" if predictor.dpar == "mu" else predictor.dpar, predictor.nlpar


def _target(
    family: Family, dpars: Sequence[DparSpec], params: Sequence[Param], scales: ScaleFacts
) -> Target:
    links = {d.name: d.link.name for d in dpars}
    stems = {d.name: d.stem for d in family.dpars if d.stem}
    return Target(params, family.name, links, scales, stems)


def other_priors(spec: ModelSpec, prior: Any) -> tuple[PriorRow, ...]:
    """The table that the model would have with these priors over the defaults; every row checked.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    prior : PriorSet, list, DataFrame, str, ...
        What a user may say.

    Raises
    ------
    PriorError
        When they do not fit the model.
    """
    target = _target(spec.family, spec.dpars, spec.params, spec.scales)
    rows = prior_table(_defaults(spec.family, target), target, prior)
    shared_priors(spec.params, assign(spec.params, rows, data_numbers(spec.response)), rows)
    return rows


def _defaults(family: Family, target: Target) -> tuple[PriorRow, ...]:
    """The default rows; those of a family that has default priors of its own."""
    rows = default_rows(target)
    if family.priors is None:
        return rows
    own = {"Intercept", *(d.name for d in family.dpars)}
    names = ((row, "_".join(filter(None, (row.cls, row.dpar)))) for row in rows)
    return tuple(
        replace(
            row,
            prior=family.priors.get(name, "") if not (row.coef or row.group) else "",
            computed=None,
        )
        if row.cls in own
        else row
        for row, name in names
    )


def model_predictors(family: Family, design: Design) -> tuple[PredictorDesign, ...]:
    """The linear predictors of a model.

    The main formula stands once for each parameter it predicts that has no formula of its own; in
    an ordinal model it has no intercept, since the thresholds are in its place.
    """
    own = {p.dpar for p in design.predictors} | {n for n, _ in design.recipe.formula.fixed}
    found = []
    for predictor in design.predictors:
        if predictor.dpar != "mu" or predictor.nlpar:
            found.append(predictor)
            continue
        mu = _without_intercept(predictor) if family.thresholds else predictor
        main = [d.name for d in family.dpars if d.main]
        found += [
            mu if name == "mu" else replace(mu, dpar=name)
            for name in main
            if name == "mu" or name not in own
        ]
    return tuple(found)


def _without_intercept(predictor: PredictorDesign) -> PredictorDesign:
    if not predictor.intercept:
        return predictor
    return replace(
        predictor,
        columns=predictor.columns[1:],
        X=predictor.X[:, 1:],
        intercept=False,
        center=False,
    )


def new_arrays(spec: ModelSpec, design: Design) -> dict[str, np.ndarray]:
    """The data of `design` (new rows through the same recipe) under the names of the model."""
    return _collect_arrays(spec.dpars, spec.blocks, model_predictors(spec.family, design))


def take_rows(spec: ModelSpec, rows: Any) -> ModelSpec:
    """The model of some of its rows: the same unknowns, priors, levels and columns.

    Nothing is learned anew from the rows: predictors stay centred where they were, so that the
    prior of the intercept is about the same intercept, and groups without rows stay.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    rows : array of int or slice
        Positions among the rows that are used.
    """
    predictors = tuple(p.take(rows) for p in spec.predictors)
    return replace(
        spec,
        design=spec.design.take(rows),
        predictors=predictors,
        response=spec.response.take(rows),
        seen=spec.seen.take(rows),
        arrays=MappingProxyType(_collect_arrays(spec.dpars, spec.blocks, predictors)),
    )


# -- checks ----------------------------------------------------------------------------------


#: Addition terms that change the structure of a model.
_NOT_YET = ("mi",)


def _check_predictors(formula: BrmsFormula, family: Family) -> None:
    # The main formula is about whichever parameters the family has it predict.
    predicted = [p.dpar for p in formula.predictors if not p.nlpar and p.dpar != "mu"]
    for name in (*predicted, *(name for name, _ in formula.fixed)):
        own = family.dpar(name)
        if own.known:
            raise FamilyError(f"'{name}' can have no formula and no value here: {own.known}")
    for name, value in formula.fixed:
        if isinstance(value, str):
            _check_tie(family.dpar(name), family.dpar(value), dict(formula.fixed))


def _check_tie(own: Dpar, other: Dpar, fixed: Mapping[str, Any]) -> None:
    tie = f"'{own.name} = {other.name}' ties '{own.name}' to"
    if own.name == other.name:
        raise FamilyError(f"{tie} itself.")
    if (own.stem or own.name) != (other.stem or other.name):
        raise FamilyError(
            f"{tie} a parameter of another kind. Parameters of one kind can be tied, such as the "
            f"sigma1 and sigma2 of a mixture."
        )
    if isinstance(fixed.get(other.name), str):
        last = fixed[other.name]
        raise FamilyError(
            f"{tie} '{other.name}', which is tied to '{last}' itself: tie '{own.name}' to '{last}'."
        )


def _check_additions(formula: BrmsFormula, family: Family) -> None:
    given = [addition.name for addition in formula.response.additions]
    for name in given:
        if name in _NOT_YET:
            raise FormulaError(
                f"Parsed, not available yet: the addition term '{name}()' in '{formula.text}'."
            )
        if name not in (*ALWAYS, *family.additions):
            raise FamilyError(
                f"Family '{family.name}' has no addition term '{name}()'. "
                f"Its addition terms: {listing((*ALWAYS, *family.additions))}."
            )
    for name in family.required:
        if name not in given:
            response = formula.response.name
            raise FamilyError(
                f"Family '{family.name}' needs the addition term '{name}()': "
                f"'{response} | {name}(n) ~ ...', where n is a column or a number."
            )


def _check_available(formula: BrmsFormula) -> None:
    """One clear error for what the language has and the compiler does not have yet."""
    waiting = []
    if formula.nl or any(p.nlpar for p in formula.predictors):
        waiting.append("a nonlinear formula")
    for predictor in formula.predictors:
        waiting += [special.label for special in predictor.specials]
        for group in predictor.groups:
            if group.pw:
                waiting.append("gr(pw = ...)")
            # The columns of mmc() are in the design; the others are terms of their own kind.
            waiting += [special.label for special in group.specials if special.kind != "mmc"]
    if waiting:
        raise FormulaError(
            f"Parsed, not available yet: {listing(dict.fromkeys(waiting))} in "
            f"'{formula}'. The formula and its design can be looked at; the model cannot be built."
        )


# -- collecting ------------------------------------------------------------------------------


def _collect_arrays(
    dpars: Sequence[DparSpec],
    blocks: Sequence[GroupBlock],
    predictors: Sequence[PredictorDesign],
) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    by_dpar = {p.dpar: p for p in predictors}
    for dpar in dpars:
        if dpar.predicted:
            for term in dpar.terms:
                arrays |= term.arrays(by_dpar[dpar.name])
    for block in blocks:
        arrays |= block.arrays(predictors)
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _coords(
    params: Sequence[Param], blocks: Sequence[GroupBlock | ShrinkageBlock]
) -> dict[str, tuple[str, ...]]:
    coords: dict[str, tuple[str, ...]] = {}
    for param in params:
        if param.elements and param.dims:
            coords[param.dims[0]] = tuple(key.coef for key in param.elements)
    for block in blocks:
        coords |= block.coords
    return coords

"""Formula, data and family to a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ..additions import ALWAYS, family_data, observation
from ..design import Design, PredictorDesign, build_design
from ..errors import FamilyError, FormulaError, listing
from ..families import Family, Response, get_family
from ..formula import BrmsFormula, bf
from ..links import get_link
from ..params import Param
from ..priors import assign, default_rows, merge, scale_facts, user_rows
from ..terms import FamilyTerm, GroupBlock
from .assemble import assemble
from .checks import warn_about
from .model import DparSpec, ModelSpec, data_numbers


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
        Response distribution.
    prior : PriorSet, list of them or DataFrame, optional
        Rows that replace default priors.
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
    chosen = get_family(family)
    _check_additions(parsed, chosen)
    _check_available(parsed)
    if chosen.bind is None:  # else the data decide which parameters there are
        _check_predictors(parsed, chosen)
    design = build_design(parsed, data, data2, contrasts)
    assert isinstance(design, Design)
    assert design.response is not None
    response = chosen.encode(design.response, family_data(design.additions))
    chosen = chosen.on(response)
    _check_predictors(parsed, chosen)
    return _model(parsed, chosen, design, response, prior, _name_of(data, data_name))


def _name_of(data: Any, data_name: str | None) -> str:
    return data_name or str(getattr(data, "attrs", {}).get("name", "data"))


def _model(
    formula: BrmsFormula,
    family: Family,
    design: Design,
    response: Response,
    prior: Any,
    data_name: str,
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
    )
    links = {d.name: d.link.name for d in dpars}
    stems = {d.name: d.stem for d in family.dpars if d.stem}
    defaults = default_rows(params, family.name, links, scales, stems)
    rows = merge(defaults, user_rows(prior))
    spec = ModelSpec(
        formula=formula,
        family=family,
        design=design,
        predictors=predictors,
        response=response,
        seen=observation(design.additions, response.y, formula.response.name),
        dpars=dpars,
        structure=structure,
        blocks=blocks,
        params=params,
        prior_rows=rows,
        priors=MappingProxyType(assign(params, rows, data_numbers(response))),
        arrays=MappingProxyType(_collect_arrays(dpars, blocks, predictors)),
        coords=MappingProxyType(_coords(params, blocks)),
        data_name=data_name,
    )
    warn_about(spec)
    return spec


def model_predictors(family: Family, design: Design) -> tuple[PredictorDesign, ...]:
    """The linear predictors of a model.

    The main formula stands once for each parameter it predicts that has no formula of its own; in
    an ordinal model it has no intercept, since the thresholds are in its place.
    """
    own = {p.dpar for p in design.predictors}
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
    for predictor in formula.predictors:
        # The main formula is about whichever parameters the family has it predict.
        if not predictor.nlpar and predictor.dpar != "mu":
            family.dpar(predictor.dpar)
    for name, value in formula.fixed:
        own = family.dpar(name)
        if isinstance(value, str):
            family.dpar(value)
            _check_tie(own.name, value, dict(formula.fixed), family)


def _check_tie(name: str, other: str, fixed: Mapping[str, Any], family: Family) -> None:
    if name == other:
        raise FamilyError(f"'{name} = {other}' ties '{name}' to itself.")
    if isinstance(fixed.get(other), str):
        raise FamilyError(
            f"'{name} = {other}' ties '{name}' to '{other}', which is tied to "
            f"'{fixed[other]}' itself: tie '{name}' to '{fixed[other]}'."
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


def _coords(params: Sequence[Param], blocks: Sequence[GroupBlock]) -> dict[str, tuple[str, ...]]:
    coords: dict[str, tuple[str, ...]] = {}
    for param in params:
        if param.elements and param.dims:
            coords[param.dims[0]] = tuple(key.coef for key in param.elements)
    for block in blocks:
        coords |= block.coords
    return coords

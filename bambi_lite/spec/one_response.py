"""One response of a model: its formula and its family, met by its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..additions import ALWAYS, family_data, observation
from ..design import Design, PredictorDesign
from ..errors import FamilyError, FormulaError, listing, rows_at
from ..families import Dpar, Family, Response, get_family
from ..formula import BrmsFormula, FamilyCall
from ..links import get_link
from ..observation import Observation
from ..params import Param
from ..priors import PriorRow, ScaleFacts, Target, default_rows, scale_facts
from ..terms import FamilyTerm, GroupBlock, sampled_columns
from .assemble import Members, dpar_specs
from .model import DparSpec


@dataclass(frozen=True, slots=True, eq=False)
class OneResponse:
    """A response with what is known of it.

    Attributes
    ----------
    formula : BrmsFormula
        With one response.
    family : Family
        On these data, with its links.
    design : Design
        The arrays that formula and data gave.
    predictors : tuple of PredictorDesign
        See :func:`model_predictors`.
    response : Response
        Encoded.
    seen : Observation
        Weights, censoring and truncation.
    scales : ScaleFacts
        What priors may take from the data.
    resp : str
        What prior rows call it; empty where it is the only one.
    """

    formula: BrmsFormula
    family: Family
    design: Design
    predictors: tuple[PredictorDesign, ...]
    response: Response
    seen: Observation
    scales: ScaleFacts
    resp: str = ""


def choose_family(named: Any, given: str | Family) -> Family:
    """The family that the formula names, else the one given beside it."""
    if isinstance(named, FamilyCall):
        named = named.text if named.options else named.name
    return get_family(given if named is None else named)


def check_formula(formula: BrmsFormula, family: Family, *, nonlinear: bool = False) -> None:
    """One clear error for what a formula asks and the family, or the package, does not have.

    Parameters
    ----------
    formula : BrmsFormula
        With one response.
    family : Family
        Its family.
    nonlinear : bool
        Whether the caller knows what to do with a nonlinear formula.

    Raises
    ------
    FormulaError, FamilyError
    """
    _check_additions(formula, family)
    _check_available(formula, nonlinear)
    if family.bind is None:  # else the data decide which parameters there are
        _check_predictors(formula, family)


def one_response(
    formula: BrmsFormula, family: Family, design: Design, resp: str = ""
) -> OneResponse:
    """A response read from its design.

    Parameters
    ----------
    formula : BrmsFormula
        With one response, checked by :func:`check_formula`.
    family : Family
        Its family.
    design : Design
        Its arrays.
    resp : str
        What prior rows call it; empty where it is the only one.

    Raises
    ------
    DataError, FamilyError
        When data, family and formula do not fit together.
    """
    assert design.response is not None
    with rows_at(design.rows):
        response = family.encode(design.response, family_data(design.additions))
        seen = observation(design.additions, response.y, formula.response.name, family.discrete)
    family = family.on(response)
    _check_predictors(formula, family)
    predictors = model_predictors(family, design)
    if resp:
        predictors = tuple(replace(p, resp=resp) for p in predictors)
    mu = _main(design)
    scales = scale_facts(
        response.y,
        get_link(family.scale_link) if family.scale_link else family.link(family.dpars[0].name),
        family.scaled and not response.levels,
        None if mu is None else mu.offset,
        response=design.response.name,
        designs={_owner(p): (p.columns, sampled_columns(p)) for p in predictors},
    )
    return OneResponse(formula, family, design, predictors, response, seen, scales, resp)


def _main(design: Design) -> PredictorDesign | None:
    return next((p for p in design.predictors if p.dpar == "mu"), None)


def _owner(predictor: PredictorDesign) -> tuple[str, str, str]:
    """The columns resp, dpar, nlpar of the prior rows of a linear predictor."""
    dpar = "" if predictor.dpar == "mu" else predictor.dpar
    return predictor.resp, dpar, predictor.nlpar


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


# -- what is unknown -------------------------------------------------------------------------


def own_parts(
    one: OneResponse, members: Members
) -> tuple[tuple[DparSpec, ...], tuple[FamilyTerm, ...]]:
    """The dpars of a response with their terms, and the parameters of its family as a whole."""
    dpars = dpar_specs(one.formula, one.family, one.predictors, members)
    if one.family.structure is None:
        return dpars, ()
    mu = _main(one.design)
    assert mu is not None
    return dpars, one.family.structure(one.family, one.response, mu)


def all_params(
    dpars: Sequence[DparSpec], structure: Sequence[FamilyTerm], blocks: Sequence[GroupBlock]
) -> tuple[Param, ...]:
    """Every unknown of these parts."""
    own = [p for dpar in dpars for term in dpar.terms for p in term.params]
    own += [p for part in structure for p in part.params]
    return (*own, *(p for block in blocks for p in block.params))


def target_of(
    family: Family,
    dpars: Sequence[DparSpec],
    params: Sequence[Param],
    scales: ScaleFacts,
    resp: str = "",
) -> Target:
    """What rules are asked about: the parameters of a response."""
    links = {d.name: d.link.name for d in dpars}
    stems = {d.name: d.stem for d in family.dpars if d.stem}
    return Target(params, family.name, links, scales, stems, resp)


def family_defaults(family: Family, target: Target) -> tuple[PriorRow, ...]:
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


def _check_available(formula: BrmsFormula, nonlinear: bool) -> None:
    waiting = []
    if not nonlinear and (formula.nl or any(p.nlpar for p in formula.predictors)):
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

"""From designs to terms: which parts each distributional parameter adds up from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..design import GroupDesign, PredictorDesign, r_sort_key
from ..errors import FamilyError, FormulaError
from ..families import Dpar, Family
from ..formula import BrmsFormula
from ..links import get_link
from ..priors import SharedPrior
from ..terms import (
    By,
    Coef,
    FixedTerm,
    GroupBlock,
    GroupTerm,
    OffsetTerm,
    ScalarTerm,
    ShrinkageBlock,
    Term,
    TiedTerm,
    population_term,
    shrinkage_block,
)
from .model import DparSpec

#: For a linear predictor (resp, parameter) and the position of a group-level term in it: its block,
#: and its columns there.
type Members = Mapping[tuple[str, str, int], tuple[GroupBlock, tuple[int, ...]]]


def dpar_specs(
    formula: BrmsFormula,
    family: Family,
    predictors: Sequence[PredictorDesign],
    members: Members,
) -> tuple[DparSpec, ...]:
    """The dpars of a family with their terms."""
    predicted = {p.dpar: p for p in predictors if not p.nlpar}
    fixed = dict(formula.fixed)
    return tuple(_dpar(own, family, predicted, fixed, members) for own in family.dpars)


def _dpar(
    own: Dpar,
    family: Family,
    predicted: Mapping[str, PredictorDesign],
    fixed: Mapping[str, float | str],
    members: Members,
) -> DparSpec:
    identity = get_link("identity")
    if own.name in predicted:
        terms = predictor_terms(predicted[own.name], members)
        return DparSpec(own.name, family.link(own.name), terms, True)
    value = fixed.get(own.name, own.fixed)
    if isinstance(value, str):
        other = fixed.get(value, family.dpar(value).fixed)
        if value in predicted:
            return DparSpec(own.name, identity, (), False, tied=value)
        if other is None:
            return DparSpec(own.name, identity, (TiedTerm(own.name, value),), False, tied=value)
        value = other
    if value is None:
        return DparSpec(own.name, identity, (ScalarTerm(own.name, own.lower, own.upper),), False)
    if not _inside(float(value), own.lower, own.upper):
        raise FamilyError(
            f"'{own.name} = {value:g}' is outside the bounds of '{own.name}'{_range(own)}."
        )
    return DparSpec(own.name, identity, (FixedTerm(own.name, float(value)),), False)


def _inside(value: float, lower: float | None, upper: float | str | None) -> bool:
    # A bound that the data give is the business of the density, which is zero beyond it.
    below = upper is None or isinstance(upper, str) or value <= upper
    return (lower is None or value >= lower) and below


def _range(own: Dpar) -> str:
    upper = own.upper if isinstance(own.upper, float) else None
    if own.lower is not None and upper is not None:
        return f": it lies between {own.lower:g} and {upper:g}"
    return "" if own.lower is None else f": it is {own.lower:g} or more"


def group_blocks(
    predictors: Sequence[PredictorDesign],
) -> tuple[tuple[GroupBlock, ...], Members]:
    """Group terms gathered into blocks: terms with one ID share a block, others have their own."""
    gathered: dict[tuple[str, ...], list[tuple[PredictorDesign, int, GroupDesign]]] = {}
    for predictor in predictors:
        for i, group in enumerate(predictor.groups):
            own = (predictor.resp, predictor.name, str(i))
            label = ("id", group.id, group.group) if group.id else ("own", group.group, *own)
            gathered.setdefault(label, []).append((predictor, i, group))
    blocks: list[GroupBlock] = []
    members: dict[tuple[str, str, int], tuple[GroupBlock, tuple[int, ...]]] = {}
    # brms numbers its group terms by the name of the group.
    for parts in sorted(gathered.values(), key=lambda parts: r_sort_key(parts[0][2].group)):
        block = _block(parts, blocks)
        blocks.append(block)
        start = 0
        for predictor, i, group in parts:
            stop = start + len(group.coefs)
            members[predictor.resp, predictor.name, i] = (block, tuple(range(start, stop)))
            start = stop
    return tuple(blocks), members


def _block(
    parts: Sequence[tuple[PredictorDesign, int, GroupDesign]], before: Sequence[GroupBlock]
) -> GroupBlock:
    first_predictor, place, first = parts[0]
    for _, _, other in parts[1:]:
        same = (
            (first.cov, other.cov),
            (first.dist, other.dist),
            (first.by and first.by[0], other.by and other.by[0]),
        )
        if any(a != b for a, b in same):
            raise FormulaError(
                f"The terms of group '{first.group}' with the ID '{first.id}' share their "
                f"covariance, so they need the same by, cov and dist in gr()."
            )
    coefs = tuple(
        Coef(c, predictor.dpar, predictor.nlpar, predictor.resp)
        for predictor, _, group in parts
        for c in group.coefs
    )
    number = sum(b.group == first.group for b in before)
    by = None
    if first.by is not None:
        variable, levels, codes = first.by
        by = By(variable, levels, tuple(int(c) for c in codes))
    return GroupBlock(
        name=first.group if not number else f"{first.group}_{number + 1}",
        group=first.group,
        levels=first.levels,
        coefs=coefs,
        cor=all(group.cor for _, _, group in parts),
        place=(first_predictor.name, place),
        by=by,
        cov=first.cov,
        student=first.dist == "student",
        centered=_centered([group for _, _, group in parts]),
    )


def _centered(parts: Sequence[GroupDesign]) -> bool | None:
    """What the terms of one block say of how it is sampled; they may not say different things."""
    said = {group.centered for group in parts} - {None}
    if len(said) > 1:
        raise FormulaError(
            f"The terms of group '{parts[0].group}' with the ID '{parts[0].id}' are sampled "
            f"together: centered cannot be TRUE in one and FALSE in another."
        )
    return said.pop() if said else None


def predictor_terms(predictor: PredictorDesign, members: Members) -> tuple[Term, ...]:
    """The summands of a linear predictor."""
    terms: list[Term] = []
    population = population_term(predictor)
    if population is not None:
        terms.append(population)
    for i, group in enumerate(predictor.groups):
        block, columns = members[predictor.resp, predictor.name, i]
        size = group.J.shape[1] if group.gtype == "mm" else 0
        term = GroupTerm(block, columns, i, predictor.dpar, predictor.nlpar, members=size)
        terms.append(term)
    if predictor.offset is not None:
        terms.append(OffsetTerm(predictor.dpar, predictor.nlpar))
    return tuple(terms)


def shrinkage_blocks(
    shared: Sequence[SharedPrior], dpars: Sequence[DparSpec], n_obs: int
) -> tuple[ShrinkageBlock, ...]:
    """The shrinkage priors with the parameters that they bring."""
    return tuple(
        shrinkage_block(own.prior, own.params, _unit(own, dpars), n_obs, own.tag) for own in shared
    )


def _unit(shared: SharedPrior, dpars: Sequence[DparSpec]) -> str | float:
    """What the scales of a prior are measured in: sigma where ``autoscale`` asks for it.

    As in brms 2.23 only where it is one number, and never for another dpar than mu.
    """
    sigma = next((dpar for dpar in dpars if dpar.name == "sigma"), None)
    of_mu = not shared.params[0].elements[0].dpar
    if not shared.prior.args["autoscale"] or not of_mu or sigma is None or sigma.predicted:
        return 1.0
    for term in sigma.terms:
        if isinstance(term, ScalarTerm):
            return term.params[0].name
        if isinstance(term, FixedTerm) and term.value > 0.0:  # se() fixes it at zero
            return term.value
    return 1.0

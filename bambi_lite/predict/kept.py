"""``re_formula``: which group-level terms a prediction keeps, and the model without the others."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np

from ..design import Design, GroupDesign, r_sort_key
from ..errors import DataError, FormulaError, listing, suggest
from ..formula import GroupTerm as FormulaTerm
from ..formula import Unary, deparse, parse
from ..formula.terms import read_right_side
from ..spec import DparSpec, ModelSpec, model_predictors
from ..terms import GroupTerm


@dataclass(frozen=True, slots=True)
class Kept:
    """Which group-level effects count.

    Attributes
    ----------
    labels : mapping or None
        By grouping factor the terms on the left of its bars, each as the texts of its factors (the
        intercept has none); None for all effects.
    """

    labels: Mapping[str, Collection[frozenset[str]]] | None = None

    def of(self, group: GroupDesign) -> tuple[bool, ...]:
        """Which of the effects of a group-level term."""
        if self.labels is None:
            return (True,) * len(group.coefs)
        own = self.labels.get(group.group, ())
        return tuple(origin in own for origin in group.origins)

    def any_of(self, group: GroupDesign) -> bool:
        """Whether there are some."""
        return any(self.of(group))


ALL, NONE = Kept(), Kept({})


def read_kept(spec: ModelSpec, re_formula: Any) -> Kept:
    """Which group-level effects `re_formula` keeps.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    re_formula : None, str or NaN
        None keeps all; ``"NA"`` (or NaN), ``"~ 0"`` and ``"~ 1"`` none; ``"~ (1 | Subject)"`` those
        it names, wherever the model has them. Options of ``gr()`` and the kind of the bar play no
        part, as in brms.

    Raises
    ------
    DataError
        For a text that cannot be read, for terms that are not group-level, and for a group or an
        effect that the model does not have. (brms leaves the last two out in silence.)
    """
    if re_formula is None:
        return ALL
    model = [group for predictor in spec.predictors for group in predictor.groups]
    labels: dict[str, set[frozenset[str]]] = {}
    for term in _read(re_formula):
        own = _labels(term)
        _check(term, own, model, re_formula)
        labels.setdefault(term.group, set()).update(own)
    return Kept(labels)


def _read(re_formula: Any) -> tuple[FormulaTerm, ...]:
    """The group-level terms of the text."""
    if isinstance(re_formula, float) and math.isnan(re_formula):
        return ()
    if not isinstance(re_formula, str):
        raise DataError(
            f"re_formula has to be None (all group-level effects), 'NA' (none) or a formula of "
            f"group-level terms such as '~ (1 | g)', not {type(re_formula).__name__}."
        )
    if re_formula.strip() == "NA":
        return ()
    try:
        node = parse(re_formula)
        if not isinstance(node, Unary) or node.operator != "~":
            raise DataError(
                f"re_formula = {re_formula!r} is no formula of group-level terms: it starts with "
                f"'~' and has nothing on its left, as '~ (1 | g)'."
            )
        side = read_right_side(node.operand, re_formula)
    except FormulaError as problem:
        raise DataError(f"re_formula cannot be read. {problem}") from None
    others = [t.label for t in side.terms] + [s.label for s in side.specials]
    others += [deparse(node) for node in side.offsets]
    if others:
        raise DataError(
            f"re_formula = {re_formula!r} has the term '{others[0]}', which is not group-level. "
            f"It only says which group-level terms count; all others always do."
        )
    return side.groups


def _labels(term: FormulaTerm) -> dict[frozenset[str], str]:
    """What is on the left of a bar: the factors of each term, and what it is called."""
    found = {frozenset[str](): "Intercept"} if term.intercept else {}
    found |= {frozenset(map(deparse, t.factors)): t.label for t in term.terms}
    return found | {frozenset({s.label}): s.label for s in term.specials}


def _check(
    term: FormulaTerm,
    labels: Mapping[frozenset[str], str],
    model: Sequence[GroupDesign],
    re_formula: str,
) -> None:
    """DataError for what the model does not have."""
    if not model:
        raise DataError(
            f"re_formula = {re_formula!r} has the term '{term.text}', but the model has no "
            f"group-level terms."
        )
    groups = list(dict.fromkeys(g.group for g in model))
    if term.group not in groups:
        raise DataError(
            f"re_formula has the term '{term.text}', but the model has no group-level terms of "
            f"'{term.group}'. Its grouping factors: {listing(groups)}."
            f"{suggest(term.group, groups)}"
        )
    same = [group for group in model if group.group == term.group]
    known = {origin for group in same for origin in group.origins}
    for origin, label in labels.items():
        if origin not in known:
            effects = list(dict.fromkeys(c for group in same for c in group.coefs))
            raise DataError(
                f"re_formula has the effect '{label}' in '{term.text}', but in the model "
                f"'{term.group}' has the effects {listing(effects)}.{suggest(label, effects)}"
            )


def without_dropped(spec: ModelSpec, kept: Kept) -> ModelSpec:
    """The model without the group-level terms of which nothing is kept.

    New data then need not have their columns. Effects that are dropped from a term that stays are
    still there: :func:`kept_effects` says which, and a prediction makes them zero.
    """
    if all(kept.any_of(g) for p in spec.predictors for g in p.groups):
        return spec
    number = {
        (p.dpar, i): sum(map(kept.any_of, p.groups[:i]))
        for p in spec.predictors
        for i, group in enumerate(p.groups)
        if kept.any_of(group)
    }
    design = _without_designs(spec, kept)
    places: dict[str, tuple[str, int]] = {}
    for dpar in spec.dpars:
        for term in group_terms(dpar):
            if (dpar.name, term.index) in number:
                places.setdefault(term.block.name, (dpar.name, number[dpar.name, term.index]))
    blocks = {b.name: replace(b, place=places[b.name]) for b in spec.blocks if b.name in places}

    def trimmed(dpar: DparSpec) -> DparSpec:
        terms = []
        for term in dpar.terms:
            if not isinstance(term, GroupTerm):
                terms.append(term)
            elif (i := number.get((dpar.name, term.index))) is not None:
                terms.append(replace(term, index=i, block=blocks[term.block.name]))
        return replace(dpar, terms=tuple(terms))

    return replace(
        spec,
        design=design,
        predictors=model_predictors(spec.family, design),
        dpars=tuple(map(trimmed, spec.dpars)),
        blocks=tuple(blocks.values()),
    )


def _without_designs(spec: ModelSpec, kept: Kept) -> Design:
    """The design without these terms, and with a recipe that does not ask for them."""
    design = spec.design
    forms, predictors = [], []
    formula = design.recipe.formula
    for form, predictor in zip(formula.predictors, design.predictors, strict=True):
        # A design has its groups in brms' order.
        ordered = sorted(form.groups, key=lambda term: r_sort_key(term.group))
        stay = list(map(kept.any_of, predictor.groups))
        forms.append(replace(form, groups=tuple(compress(ordered, stay))))
        predictors.append(replace(predictor, groups=tuple(compress(predictor.groups, stay))))
    recipe = replace(design.recipe, formula=replace(formula, predictors=tuple(forms)))
    return replace(design, recipe=recipe, predictors=tuple(predictors))


def group_terms(dpar: DparSpec) -> tuple[GroupTerm, ...]:
    """The group-level terms among the summands of a parameter."""
    return tuple(term for term in dpar.terms if isinstance(term, GroupTerm))


def kept_effects(spec: ModelSpec, kept: Kept) -> dict[str, np.ndarray]:
    """Of each block of effects by its name, which of its coefficients are kept."""
    found = {block.name: np.zeros(len(block.coefs), dtype=bool) for block in spec.blocks}
    groups = {p.dpar: p.groups for p in spec.predictors}
    for dpar in spec.dpars:
        for term in group_terms(dpar):
            own = kept.of(groups[dpar.name][term.index])
            found[term.block.name][list(term.columns)] |= own
    return found

"""The prior table of a formula, also of one whose model cannot be sampled yet.

A table needs no likelihood: only which unknowns there are, and what the data say of their scales.
So nonlinear formulas and those of several responses have one, each response and each nonlinear
parameter by the same rules as a model of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..design import MvDesign, build_design
from ..errors import FamilyError, FormulaError, listing
from ..families import Family
from ..formula import BrmsFormula, MvFormula, bf
from ..params import Param, ParamKey, Prior, of_response
from ..priors import PriorRow, ScaleFacts, Target, assign, prior_table, shared_priors
from .assemble import group_blocks, predictor_terms
from .model import data_numbers
from .one_response import (
    OneResponse,
    all_params,
    check_formula,
    choose_family,
    family_defaults,
    one_response,
    own_parts,
    target_of,
)


def prior_rows(
    formula: str | BrmsFormula | MvFormula,
    data: Any,
    family: str | Family | Sequence[str | Family] = "gaussian",
    prior: Any = None,
    data2: Mapping[str, Any] | None = None,
) -> tuple[PriorRow, ...]:
    """The prior table of a formula.

    Parameters
    ----------
    formula : str, BrmsFormula or MvFormula
        Also nonlinear, and of several responses.
    data, prior, data2
        See :func:`bambi_lite.spec.resolve`.
    family : str, Family or list of them
        One for all responses, or a list with one for each; one that a formula names counts for
        more.

    Returns
    -------
    tuple of PriorRow
        In the order of brms' ``prior_summary()``, every row checked.

    Raises
    ------
    FormulaError, DataError, FamilyError, PriorError
        When they do not fit together; FormulaError also for terms that are not available yet.

    Notes
    -----
    As in brms 2.23: a nonlinear parameter has class ``b`` with a row for its intercept, flat
    whatever its formula; correlated residuals (``rescor``) are those of several gaussian or several
    student responses, and the latter share one ``nu``.
    """
    parsed = bf(formula)
    forms = parsed.forms if isinstance(parsed, MvFormula) else (parsed,)
    families = _families(forms, family)
    for form, own in zip(forms, families, strict=True):
        check_formula(form, own, nonlinear=True)
    rescor = isinstance(parsed, MvFormula) and _residuals_correlate(parsed, families)
    design = build_design(parsed, data, data2)
    designs = design.designs if isinstance(design, MvDesign) else (design,)
    names = [form.response.name if len(forms) > 1 else "" for form in forms]
    ones = [one_response(*a) for a in zip(forms, families, designs, names, strict=True)]
    return _rows(ones, rescor, prior)


def _rows(ones: Sequence[OneResponse], rescor: bool, prior: Any) -> tuple[PriorRow, ...]:
    blocks, members = group_blocks([p for one in ones for p in one.predictors])
    of_blocks = all_params((), (), blocks)
    targets: list[Target] = []
    joint: dict[str, Param] = {}
    for one in ones:
        dpars, structure = own_parts(one, members)
        own = list(all_params(dpars, structure, ()))
        terms = (t for p in one.predictors if p.nlpar for t in predictor_terms(p, members))
        own += [param for term in terms for param in term.params]
        if rescor:
            shared = {d.name for d in one.family.dpars if d.joint}
            joint |= {p.name: p for p in own if p.name in shared}
            own = [p for p in own if p.name not in shared]
        params = (*(of_response(p, one.resp) for p in own), *of_blocks)
        targets.append(target_of(one.family, dpars, params, one.scales, one.resp))
    defaults = [
        row for one, t in zip(ones, targets, strict=True) for row in family_defaults(one.family, t)
    ]
    if len(ones) > 1:
        together = (*of_blocks, *joint.values(), *((_rescor(len(ones)),) if rescor else ()))
        targets.append(Target(together, "", {}, ScaleFacts(0.0, 0.0)))
        defaults += family_defaults(ones[0].family, targets[-1])
    rows = prior_table(defaults, targets, prior)
    _check(ones, targets, rows)
    return rows


def _check(
    ones: Sequence[OneResponse], targets: Sequence[Target], rows: Sequence[PriorRow]
) -> None:
    """PriorError for a row that none of its parameters can have."""
    params = list({param.name: param for target in targets for param in target.params}.values())
    numbers = {one.resp: data_numbers(one.response) for one in ones}
    priors: dict[str, tuple[Prior, ...]] = {}
    for resp in dict.fromkeys(param.key.resp for param in params):
        own = [param for param in params if param.key.resp == resp]
        priors |= assign(own, rows, numbers.get(resp, {}))
    shared_priors(params, priors, rows)


def _rescor(n: int) -> Param:
    return Param("Lrescor", ParamKey("Lrescor"), (n, n), kind="cholesky_corr")


def _families(forms: Sequence[BrmsFormula], said: Any) -> tuple[Family, ...]:
    """The family of each response."""
    given = list(said) if isinstance(said, list | tuple) else [said] * len(forms)
    if len(given) != len(forms):
        raise FamilyError(
            f"{len(given)} families are given for {len(forms)} responses "
            f"({listing(form.response.name for form in forms)}): one for all, or one for each."
        )
    return tuple(choose_family(f.family, own) for f, own in zip(forms, given, strict=True))


def _residuals_correlate(formula: MvFormula, families: Sequence[Family]) -> bool:
    """What ``set_rescor()`` says; left open, residuals correlate where they can, as in brms."""
    kinds = {family.rescor for family in families}
    one_kind = len(kinds) == 1 and "" not in kinds
    subset = [
        f.response.name for f in formula.forms if "subset" in {a.name for a in f.response.additions}
    ]
    if formula.rescor and not one_kind:
        raise FormulaError(
            f"set_rescor(True): residuals can be correlated between several gaussian or several "
            f"student responses, not between {listing(f.name for f in families)}."
        )
    if formula.rescor and subset:
        raise FormulaError(
            f"set_rescor(True): residuals can be correlated where all responses use the same rows, "
            f"and {listing(subset)} uses subset()."
        )
    return bool(formula.rescor) or (formula.rescor is None and one_kind and not subset)

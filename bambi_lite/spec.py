"""The waist of the package: a model as a value, resolved from formula, data and family.

Everything before it is plain Python and NumPy; everything after it never looks at the formula
again. A :class:`ModelSpec` can be printed, predicted with and handed to an engine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from .design import Design, GroupDesign, PredictorDesign, build_design, r_sort_key
from .errors import DataWarning, FamilyError, FormulaError, listing, warn
from .families import Family, Response, brmsfamily, get_family
from .formula import BrmsFormula, FamilyCall, bf
from .links import Link, Linked, get_link
from .params import Param, Prior
from .priors import PriorRow, assign, default_rows, merge, scale_facts, user_rows
from .terms import (
    Coef,
    FixedTerm,
    GroupBlock,
    GroupTerm,
    OffsetTerm,
    ScalarTerm,
    Term,
    population_term,
)
from .xp import Array, Namespace, numpy_namespace


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
    """

    name: str
    link: Link
    terms: tuple[Term, ...]
    predicted: bool


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
    response : Response
        Encoded response.
    dpars : tuple of DparSpec
        One per distributional parameter, ``mu`` first.
    blocks : tuple of GroupBlock
        Group-level effects.
    params : tuple of Param
        Every unknown.
    prior_rows : tuple of PriorRow
        The prior table in force.
    priors : mapping
        The prior of each element of each parameter, by the parameter's name.
    arrays : mapping
        Data by name, read-only.
    coords : mapping
        Labels of each named dimension.
    data_name : str
        What the summary calls the data.
    """

    formula: BrmsFormula
    family: Family
    design: Design
    response: Response
    dpars: tuple[DparSpec, ...]
    blocks: tuple[GroupBlock, ...]
    params: tuple[Param, ...]
    prior_rows: tuple[PriorRow, ...]
    priors: Mapping[str, tuple[Prior, ...]]
    arrays: Mapping[str, np.ndarray]
    coords: Mapping[str, tuple[str, ...]]
    data_name: str

    @property
    def response_name(self) -> str:
        """Name of the response variable."""
        return self.formula.response.name

    def terms(self) -> tuple[Any, ...]:
        """All parts that own parameters or data: the blocks, then the terms of every dpar."""
        return (*self.blocks, *(t for dpar in self.dpars for t in dpar.terms))


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
    """Every distributional parameter on its link scale, ready for the family."""
    return {
        dpar.name: Linked(linear_predictor(spec, dpar, xp, p, d), dpar.link) for dpar in spec.dpars
    }


def with_effects(spec: ModelSpec, xp: Namespace, p: Mapping[str, Array]) -> dict[str, Array]:
    """`p` with the group effects ``r_*`` that its innovations imply."""
    return {**p, **{f"r_{b.name}": b.effects(xp, p) for b in spec.blocks}}


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
    chosen = _family(parsed.family, family)
    _check_predictors(parsed, chosen)
    _check_additions(parsed, chosen)
    _check_available(parsed)
    design = build_design(parsed, data, data2, contrasts)
    assert isinstance(design, Design)
    assert design.response is not None
    response = chosen.encode(design.response, _addition_arrays(design))
    dpars, blocks = _assemble(parsed, chosen, design)
    own = [p for dpar in dpars for term in dpar.terms for p in term.params]
    params = (*own, *(p for block in blocks for p in block.params))
    arrays = _collect_arrays(dpars, design)
    _warn_about_data(chosen, parsed.response.name, design, response)
    mu = next((p for p in design.predictors if p.dpar == "mu"), None)
    scales = scale_facts(
        response.y,
        get_link(chosen.scale_link) if chosen.scale_link else chosen.link("mu"),
        chosen.scaled and not response.levels,
        None if mu is None else mu.offset,
    )
    links = {d.name: d.link.name for d in dpars}
    rows = merge(default_rows(params, chosen.name, links, scales), user_rows(prior))
    priors = assign(params, rows, data_numbers(response))
    spec = ModelSpec(
        formula=parsed,
        family=chosen,
        design=design,
        response=response,
        dpars=dpars,
        blocks=blocks,
        params=params,
        prior_rows=rows,
        priors=MappingProxyType(priors),
        arrays=MappingProxyType(arrays),
        coords=MappingProxyType(_coords(params, blocks)),
        data_name=data_name or str(getattr(data, "attrs", {}).get("name", "data")),
    )
    _warn_about_separation(spec)
    return spec


def new_arrays(spec: ModelSpec, design: Design) -> dict[str, np.ndarray]:
    """The data of `design` (new rows through the same recipe) under the names of the model."""
    return _collect_arrays(spec.dpars, design)


# -- assembling ------------------------------------------------------------------------------


def _family(named: Any, given: str | Family) -> Family:
    """The family that the formula names, else the one given beside it."""
    if not isinstance(named, FamilyCall):
        return get_family(given if named is None else named)
    options: dict[str, Any] = dict(named.options)
    try:
        return brmsfamily(named.name, **options)
    except TypeError as problem:
        raise FamilyError(f"'{named}': {problem}") from None


def _check_predictors(formula: BrmsFormula, family: Family) -> None:
    for predictor in formula.predictors:
        if not predictor.nlpar:
            family.dpar(predictor.dpar)
    for name, value in formula.fixed:
        family.dpar(name)
        if not isinstance(value, int | float):
            raise FormulaError(
                f"'{name} = {value}' ties one distributional parameter to another: parsed, not "
                f"available yet."
            )


def _check_additions(formula: BrmsFormula, family: Family) -> None:
    given = [addition.name for addition in formula.response.additions]
    for name in given:
        if name not in family.additions:
            honoured = listing(family.additions) if family.additions else "none"
            raise FamilyError(
                f"Addition term '{name}()' is parsed, not available yet for family "
                f"'{family.name}'. Addition terms of that family: {honoured}."
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
            if group.gtype:
                waiting.append(f"{group.gtype}()")
            waiting += [
                f"gr({option} = ...)"
                for option, value in (("by", group.by), ("cov", group.cov), ("pw", group.pw))
                if value
            ]
            if group.dist != "gaussian":
                waiting.append(f'gr(dist = "{group.dist}")')
            waiting += [special.label for special in group.specials if special.kind != "mmc"]
    if waiting:
        raise FormulaError(
            f"Parsed, not available yet: {listing(dict.fromkeys(waiting))} in "
            f"'{formula}'. The formula and its design can be looked at; the model cannot be built."
        )


def _addition_arrays(design: Design) -> dict[str, np.ndarray]:
    return {
        name: np.asarray(columns.args[0].values, dtype=float)
        for name, columns in design.additions.items()
        if columns.args
    }


def _assemble(
    formula: BrmsFormula, family: Family, design: Design
) -> tuple[tuple[DparSpec, ...], tuple[GroupBlock, ...]]:
    """The dpars of the family with their terms, and the blocks of group effects they share."""
    blocks, members = _blocks(design)
    predicted = {p.dpar: p for p in design.predictors}
    fixed = dict(formula.fixed)
    dpars = []
    for dpar in family.dpars:
        if dpar.name in predicted:
            terms = _terms(predicted[dpar.name], members)
            dpars.append(DparSpec(dpar.name, family.link(dpar.name), terms, True))
        elif dpar.name in fixed:
            value = float(fixed[dpar.name])
            if not _inside(value, dpar.lower, dpar.upper):
                raise FamilyError(f"'{dpar.name} = {value:g}' is outside its bounds.")
            term: Term = FixedTerm(dpar.name, value)
            dpars.append(DparSpec(dpar.name, get_link("identity"), (term,), False))
        else:
            term = ScalarTerm(dpar.name, dpar.lower, dpar.upper)
            dpars.append(DparSpec(dpar.name, get_link("identity"), (term,), False))
    return tuple(dpars), blocks


def _inside(value: float, lower: float | None, upper: float | str | None) -> bool:
    # A bound that the data give is the business of the density, which is zero beyond it.
    below = upper is None or isinstance(upper, str) or value <= upper
    return (lower is None or value >= lower) and below


def _blocks(
    design: Design,
) -> tuple[tuple[GroupBlock, ...], dict[tuple[str, int], tuple[GroupBlock, tuple[int, ...]]]]:
    """Group terms gathered into blocks: terms with one ID share a block, others have their own.

    Returns the blocks, and for (dpar, position of the term) its block and columns there.
    """
    gathered: dict[tuple[str, ...], list[tuple[PredictorDesign, int, GroupDesign]]] = {}
    for predictor in design.predictors:
        for i, group in enumerate(predictor.groups):
            own = (predictor.dpar, str(i))
            label = ("id", group.id, group.group) if group.id else ("own", group.group, *own)
            gathered.setdefault(label, []).append((predictor, i, group))
    blocks: list[GroupBlock] = []
    members: dict[tuple[str, int], tuple[GroupBlock, tuple[int, ...]]] = {}
    # brms numbers its group terms by the name of the group.
    for parts in sorted(gathered.values(), key=lambda parts: r_sort_key(parts[0][2].group)):
        coefs = tuple(
            Coef(c, predictor.dpar, predictor.nlpar)
            for predictor, _, group in parts
            for c in group.coefs
        )
        first = parts[0][2]
        same = sum(b.group == first.group for b in blocks)
        name = first.group if not same else f"{first.group}_{same + 1}"
        cor = all(group.cor for _, _, group in parts)
        block = GroupBlock(name, first.group, first.levels, coefs, cor)
        blocks.append(block)
        start = 0
        for predictor, i, group in parts:
            stop = start + len(group.coefs)
            members[predictor.dpar, i] = (block, tuple(range(start, stop)))
            start = stop
    return tuple(blocks), members


def _terms(
    predictor: PredictorDesign,
    members: Mapping[tuple[str, int], tuple[GroupBlock, tuple[int, ...]]],
) -> tuple[Term, ...]:
    terms: list[Term] = []
    population = population_term(predictor)
    if population is not None:
        terms.append(population)
    for i in range(len(predictor.groups)):
        block, columns = members[predictor.dpar, i]
        terms.append(GroupTerm(block, columns, i, predictor.dpar, predictor.nlpar))
    if predictor.offset is not None:
        terms.append(OffsetTerm(predictor.dpar, predictor.nlpar))
    return tuple(terms)


def _collect_arrays(dpars: Sequence[DparSpec], design: Design) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    by_dpar = {p.dpar: p for p in design.predictors}
    for dpar in dpars:
        if dpar.predicted:
            for term in dpar.terms:
                arrays |= term.arrays(by_dpar[dpar.name])
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _coords(params: Sequence[Param], blocks: Sequence[GroupBlock]) -> dict[str, tuple[str, ...]]:
    coords: dict[str, tuple[str, ...]] = {}
    for param in params:
        if param.kind == "numbers" and param.dims:
            coords[param.dims[0]] = tuple(key.coef for key in param.elements)
    for block in blocks:
        coords[block.dim] = block.levels
        coords[f"{block.name}__coef"] = tuple(c.label for c in block.coefs)
    return coords


# -- what the data cannot tell ---------------------------------------------------------------


def _warn(message: str) -> None:
    warn(message, DataWarning)


def _warn_about_data(family: Family, name: str, design: Design, response: Response) -> None:
    if design.n_obs > 1 and np.ptp(response.y) == 0.0 and not response.extra:
        _warn(
            f"Response '{name}' has the same value in all {design.n_obs} rows: "
            f"these data cannot tell how it varies."
        )
    residual = any(d.name == "sigma" for d in family.dpars)
    for predictor in design.predictors:
        for group in predictor.groups:
            _warn_about_group(predictor, group, design.n_obs, residual)


def _warn_about_group(
    predictor: PredictorDesign, group: GroupDesign, n_obs: int, residual: bool
) -> None:
    if len(group.levels) == 1:
        _warn(
            f"Grouping factor '{group.group}' has one level ('{group.levels[0]}'): its standard "
            f"deviation cannot be estimated and keeps its prior."
        )
        return
    if residual and predictor.dpar == "mu" and len(group.levels) == n_obs:
        _warn(
            f"Grouping factor '{group.group}' has a level per row ({n_obs}): its effects cannot "
            f"be told from the residual 'sigma'."
        )
    counts = np.bincount(group.J, minlength=len(group.levels))
    for k, coef in enumerate(group.coefs):
        z = group.Z[:, k]
        if coef == "Intercept" or np.ptp(z) == 0.0:
            continue
        means = np.bincount(group.J, weights=z, minlength=len(group.levels)) / counts
        if np.allclose(z, means[group.J], rtol=0.0, atol=1e-12 * max(1.0, np.abs(z).max())):
            _warn(
                f"'{coef}' is constant within every level of '{group.group}', so its slope cannot "
                f"vary by '{group.group}': the data do not tell its standard deviation. Leave it "
                f"out of the group-level term, for example (1 | {group.group})."
            )


def _warn_about_separation(spec: ModelSpec) -> None:
    """Flat priors on indicator columns whose rows are all failures or all successes.

    The likelihood then grows without end along the coefficient and the posterior is not proper.
    """
    if not spec.family.latent_variance or "b" not in spec.priors:
        return
    mu = next(p for p in spec.design.predictors if p.dpar == "mu")
    if mu.intercept or mu.groups:
        return
    flat = [
        prior.dist is None and prior.lb is None and prior.ub is None for prior in spec.priors["b"]
    ]
    trials = spec.response.extra.get("trials", np.ones(spec.design.n_obs))
    named = []
    for coef, is_flat, column in zip(mu.columns, flat, mu.X.T, strict=True):
        rows = column != 0.0
        alone = np.count_nonzero(mu.X[rows], axis=1).max(initial=0) == 1
        successes = spec.response.y[rows].sum()
        if is_flat and alone and successes in (0.0, trials[rows].sum()):
            named.append(coef)
    if named:
        _warn(
            f"No proper posterior for {listing(named, 30)}: all of its rows are failures, or all "
            f"successes, and its prior is flat. Give class 'b' a proper prior, for example "
            f"bl.prior('normal(0, 1.5)', class_='b'), or let the groups inform each other: "
            f"(1 | group)."
        )

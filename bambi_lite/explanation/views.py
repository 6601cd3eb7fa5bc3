"""What the equations need to know of a formula or a model, the same for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..formula import BrmsFormula, Node, Predictor, SpecialTerm, deparse
from ..spec import DparSpec, ModelSpec
from ..terms import FixedTerm, GroupTerm, OffsetTerm, PopulationTerm, ScalarTerm, TiedTerm
from ..terms import GroupBlock as Block
from . import words


@dataclass(frozen=True, slots=True)
class GroupView:
    """Effects of one grouping factor with a common distribution.

    Attributes
    ----------
    group : str
        brms' name of the grouping.
    members : tuple of str
        The columns that make it up.
    coefs : tuple of (str, str)
        Each effect and the parameter whose linear predictor it belongs to.
    cor : bool
        Whether they are correlated.
    levels : int or None
        How many levels there are, where data are known.
    kind : str
        ``mm`` for a multi-membership term.
    by, cov, dist : str
        The options of ``gr()``.
    shared : str
        The ID, where other responses may use it too.
    """

    group: str
    members: tuple[str, ...]
    coefs: tuple[tuple[str, str], ...]
    cor: bool
    levels: int | None = None
    kind: str = ""
    by: str = ""
    cov: str = ""
    dist: str = "gaussian"
    shared: str = ""


@dataclass(frozen=True, slots=True)
class PredictorView:
    """One linear predictor.

    `effects` are pairs (number of the group view, number of the effect in it); `fixed` is the value
    of a parameter that is known; `predicted` is false for a parameter that is one number.
    """

    name: str
    link: str = "identity"
    predicted: bool = True
    intercept: bool = True
    centred: bool = False
    coefs: tuple[str, ...] = ()
    effects: tuple[tuple[int, int], ...] = ()
    offsets: tuple[str, ...] = ()
    specials: tuple[str, ...] = ()
    body: Node | None = None
    nlpar: bool = False
    fixed: float | str | None = None


@dataclass(frozen=True, slots=True)
class ModelView:
    """All predictors and groups of one response; `n_obs` is None without data.

    `products` says that a colon in the name of a column stands for a product.
    """

    response: str
    predictors: tuple[PredictorView, ...]
    groups: tuple[GroupView, ...]
    n_obs: int | None = None
    products: bool = True


def view_formula(formula: BrmsFormula, several: bool = False) -> ModelView:
    """What a formula alone tells: terms instead of columns, no family."""
    groups: list[GroupView] = []
    places: dict[tuple[str, str], int] = {}
    predictors: list[PredictorView] = []
    for predictor in formula.predictors:
        effects: list[tuple[int, int]] = []
        for term in predictor.groups:
            names = ["Intercept"] if term.intercept else []
            names += [t.label for t in term.terms] + [s.label for s in term.specials]
            coefs = tuple((name, predictor.name) for name in names)
            key = (term.group, term.id or f"#{len(groups)}")
            place = places.setdefault(key, len(groups))
            if place == len(groups):
                by = "" if term.by is None else deparse(term.by)
                groups.append(
                    GroupView(term.group, term.members, (), term.cor, None, term.gtype, by,
                              term.cov, term.dist, term.id if several else "")
                )  # fmt: skip
            old = groups[place]
            effects += [(place, len(old.coefs) + k) for k in range(len(coefs))]
            groups[place] = replace(old, coefs=old.coefs + coefs)
        predictors.append(_predictor_of_formula(predictor, tuple(effects)))
    predictors += [PredictorView(name, fixed=value) for name, value in formula.fixed]
    return ModelView(deparse(formula.response.node), tuple(predictors), tuple(groups))


def _predictor_of_formula(
    predictor: Predictor, effects: tuple[tuple[int, int], ...]
) -> PredictorView:
    return PredictorView(
        name=predictor.name,
        link="" if not predictor.nlpar else "identity",
        intercept=predictor.intercept,
        coefs=tuple(t.label for t in predictor.terms),
        effects=effects,
        offsets=tuple(deparse(node) for node in predictor.offsets),
        specials=tuple(_summands(predictor.specials)),
        body=predictor.body,
        nlpar=bool(predictor.nlpar),
    )


def _summands(specials: Sequence[SpecialTerm]) -> Iterator[str]:
    yield from (s.label for s in specials if s.kind not in words.RESIDUAL)


def view_model(spec: ModelSpec) -> ModelView:
    """What a model tells: columns, links, levels."""
    groups = tuple(_view_block(block) for block in spec.blocks)
    predictors = tuple(_view_dpar(dpar, spec) for dpar in spec.dpars)
    response = spec.design.response
    name = spec.response_name if response is None else response.name
    # A level may have a colon of its own.
    products = not any(":" in level for levels in spec.design.recipe.levels.values()
                       for level in levels)  # fmt: skip
    return ModelView(name, predictors, groups, spec.design.n_obs, products)


def _view_block(block: Block) -> GroupView:
    coefs = tuple((c.name, c.nlpar or c.dpar) for c in block.coefs)
    members = tuple(block.group.split(":"))
    return GroupView(block.group, members, coefs, block.correlated, len(block.levels))


def _view_dpar(dpar: DparSpec, spec: ModelSpec) -> PredictorView:
    predictor = next((p for p in spec.formula.predictors if p.name == dpar.name), None)
    intercept = centred = False
    coefs: tuple[str, ...] = ()
    effects: list[tuple[int, int]] = []
    offsets: list[str] = []
    others: list[str] = []
    fixed: float | str | None = dpar.tied or None
    for term in dpar.terms:
        if isinstance(term, PopulationTerm):
            intercept, centred, coefs = term.centred, term.centred and bool(term.coefs), term.coefs
        elif isinstance(term, GroupTerm):
            place = [b.name for b in spec.blocks].index(term.block.name)
            effects += [(place, k) for k in term.columns]
        elif isinstance(term, OffsetTerm):
            offsets += [deparse(node) for node in predictor.offsets] if predictor else []
        elif isinstance(term, FixedTerm):
            fixed = term.value
        elif not isinstance(term, ScalarTerm | TiedTerm):
            others.append(type(term).__name__.removesuffix("Term").lower())
    inside = spec.family.latent and spec.family.dpar(dpar.name).main
    return PredictorView(
        name=dpar.name,
        link="identity" if inside else dpar.link.name,
        predicted=dpar.predicted,
        intercept=intercept,
        centred=centred,
        coefs=coefs,
        effects=tuple(effects),
        offsets=tuple(offsets),
        specials=tuple(others),
        fixed=fixed,
    )

"""Tables of a design: its group-level effects, numbered as brms numbers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from bambi_lite.design.build import Design, MvDesign
from bambi_lite.design.groups import GroupDesign
from bambi_lite.design.values import r_sort_key


@dataclass(frozen=True, slots=True, eq=False)
class GroupEffect:
    """One group-level coefficient: `id` is the number of its term, `cn` its place in the term."""

    id: int
    group: str
    coef: str
    cn: int
    resp: str
    dpar: str
    nlpar: str
    cor: bool
    type: str
    by: str
    cov: str
    dist: str
    design: GroupDesign
    column: int


def group_effects(design: Design | MvDesign) -> tuple[GroupEffect, ...]:
    """The group-level effects of a model in brms' order.

    Parameters
    ----------
    design : Design or MvDesign

    Returns
    -------
    tuple of GroupEffect
        Terms are numbered by the sorted names of their groups; terms that share the ID of
        ``(x | ID | g)`` are one. Effects of special terms, which have no columns yet, are left
        out.

    Examples
    --------
    >>> import pandas as pd
    >>> from bambi_lite.design import build_design
    >>> from bambi_lite.formula import bf
    >>> frame = pd.DataFrame({"y": [1.0, 2.0], "g": ["a", "b"]})
    >>> [e.coef for e in group_effects(build_design(bf("y ~ (1 | g)"), frame))]
    ['Intercept']
    """
    found = sorted(_terms(design), key=lambda item: r_sort_key(item[3].group))
    numbers: dict[object, int] = {}
    counts: dict[int, int] = {}
    effects = []
    for place, (resp, dpar, nlpar, group) in enumerate(found):
        key: object = (group.group, group.id) if group.id else place
        number = numbers.setdefault(key, len(numbers) + 1)
        for column, coef in enumerate(group.coefs):
            counts[number] = counts.get(number, 0) + 1
            effects.append(
                GroupEffect(
                    number,
                    group.group,
                    coef,
                    counts[number],
                    resp,
                    dpar,
                    nlpar,
                    group.cor,
                    "mmc" if _is_mmc(group, column) else "",
                    group.by[0] if group.by else "",
                    group.cov,
                    group.dist,
                    group,
                    column,
                )
            )
    effects.sort(key=lambda e: (e.id, e.cn))
    return tuple(effects)


def group_effects_frame(design: Design | MvDesign) -> pd.DataFrame:
    """:func:`group_effects` as a table, with brms' column names."""
    names = ["id", "group", "coef", "cn", "resp", "dpar", "nlpar", "cor", "type", "by", "cov", "dist"]
    rows = [[getattr(e, n) for n in names] for e in group_effects(design)]
    return pd.DataFrame(rows, columns=names)


def _is_mmc(group: GroupDesign, column: int) -> bool:
    return group.Z.ndim == 3 and group.coefs[column].startswith("mmc")


def _terms(design: Design | MvDesign) -> Iterable[tuple[str, str, str, GroupDesign]]:
    if isinstance(design, MvDesign):
        for one in design.designs:
            for _, dpar, nlpar, group in _terms(one):
                yield one.recipe.formula.response.name, dpar, nlpar, group
        return
    for predictor in design.predictors:
        dpar = "" if predictor.dpar == "mu" else predictor.dpar
        for group in predictor.groups:
            yield "", dpar, predictor.nlpar, group

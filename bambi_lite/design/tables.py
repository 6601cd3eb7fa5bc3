"""Tables of a design: its group-level effects, numbered as brms numbers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import pandas as pd

from ..formula import rename
from .build import Design, MvDesign
from .groups import GroupDesign
from .values import r_sort_key


@dataclass(frozen=True, slots=True, eq=False)
class GroupEffect:
    """One group-level coefficient: `id` is the number of its term, `cn` its place in the term.

    `column` is its column in ``design.Z``, -1 if it is of a special term and has none; `type` is
    then ``sp``. It is ``mmc`` for ``mmc()``, and ``cs`` for an effect of a single threshold.
    """

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


def group_effects(
    design: Design | MvDesign, mu: tuple[str, ...] = ("",)
) -> tuple[GroupEffect, ...]:
    """The group-level effects of a model in brms' order.

    Parameters
    ----------
    design : Design or MvDesign
    mu : tuple of str
        The parameters that the main formula stands for, where they are several: ``("muB",
        "muC")`` of a categorical family.

    Returns
    -------
    tuple of GroupEffect
        Terms are numbered by the sorted names of their groups; terms that share the ID of
        ``(x | ID | g)`` are one.

    Examples
    --------
    >>> import pandas as pd
    >>> from bambi_lite.design import build_design
    >>> from ..formula import bf
    >>> frame = pd.DataFrame({"y": [1.0, 2.0], "g": ["a", "b"]})
    >>> [e.coef for e in group_effects(build_design(bf("y ~ (1 | g)"), frame))]
    ['Intercept']
    """
    found = sorted(_terms(design, mu), key=lambda item: r_sort_key(item[3].group))
    numbers: dict[object, int] = {}
    counts: dict[int, int] = {}
    effects = []
    for place, (resp, dpar, nlpar, group) in enumerate(found):
        key: object = (group.group, group.id) if group.id else place
        number = numbers.setdefault(key, len(numbers) + 1)
        latent = [rename(s.label) for s in group.specials if s.kind in ("mo", "me", "mi")]
        for column, coef in enumerate((*group.coefs, *latent)):
            counts[number] = counts.get(number, 0) + 1
            known = column < len(group.coefs)
            effects.append(
                GroupEffect(
                    id=number,
                    group=group.group,
                    coef=coef,
                    cn=counts[number],
                    resp=resp,
                    dpar=dpar,
                    nlpar=nlpar,
                    cor=group.cor,
                    type=group.types[column] if known else "sp",
                    by=group.by[0] if group.by else "",
                    cov=group.cov,
                    dist=group.dist,
                    design=group,
                    column=column if known else -1,
                )
            )
    effects.sort(key=lambda e: (e.id, e.cn))
    return tuple(effects)


def group_effects_frame(design: Design | MvDesign) -> pd.DataFrame:
    """:func:`group_effects` as a table, with brms' column names."""
    names = [f.name for f in fields(GroupEffect) if f.name not in ("design", "column")]
    rows = [[getattr(e, n) for n in names] for e in group_effects(design)]
    return pd.DataFrame(rows, columns=names)


def _terms(
    design: Design | MvDesign, mu: tuple[str, ...]
) -> Iterable[tuple[str, str, str, GroupDesign]]:
    if isinstance(design, MvDesign):
        for one in design.designs:
            for _, dpar, nlpar, group in _terms(one, mu):
                yield one.recipe.formula.response.name, dpar, nlpar, group
        return
    for predictor in design.predictors:
        for dpar in mu if predictor.dpar == "mu" else (predictor.dpar,):
            for group in predictor.groups:
                yield "", dpar, predictor.nlpar, group

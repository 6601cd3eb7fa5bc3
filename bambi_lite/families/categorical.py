"""One of several categories without an order; the reference category has the predictor zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..design import Column
from ..dists import Dist
from ..errors import DataError, FamilyError, listing, suggest
from ..formula import rename
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register


def _labels(column: Column) -> tuple[tuple[str, ...], np.ndarray]:
    """The categories in order, and the code of each row from 0."""
    if column.levels:
        return column.levels, np.asarray(column.values, dtype=int)
    values, codes = np.unique(column.values, return_inverse=True)
    return tuple(f"{v:g}" for v in values), codes


def _encode(column: Column, additions: Mapping[str, Any]) -> Response:
    labels, codes = _labels(column)
    if len(labels) < 2:
        raise DataError(
            f"Response '{column.name}' has one category ({listing(labels)}); family 'categorical' "
            f"needs two or more."
        )
    if len(labels) > max(20, len(codes) // 2):
        raise DataError(
            f"Response '{column.name}' has {len(labels)} different values in {len(codes)} rows; "
            f"family 'categorical' takes categories. Measurements: family 'gaussian'."
        )
    return Response(codes + 1.0, levels=labels, categories=labels)


def parameter(stem: str, category: str) -> str:
    """brms' name of the parameter of a category: ``muB``."""
    return f"{stem}{rename(category)}"


def reference(family: Family, categories: tuple[str, ...]) -> int:
    """The position of the reference category; -1 where every category has a predictor.

    Raises
    ------
    FamilyError
        For a category that the response does not have.
    """
    wanted = family.options["refcat"]
    if wanted is None:
        return 0
    if isinstance(wanted, float) and np.isnan(wanted):
        return -1
    if str(wanted) not in categories:
        raise FamilyError(
            f"refcat = {wanted!r} is no category of the response; it has {listing(categories)}."
            f"{suggest(str(wanted), categories)}"
        )
    return categories.index(str(wanted))


def bind(family: Family, response: Response) -> Family:
    """A ``mu`` for each category but the reference one."""
    mu = next(d for d in family.dpars if d.main)
    skipped = reference(family, response.categories)
    own = tuple(
        replace(mu, name=parameter("mu", category), stem="mu")
        for i, category in enumerate(response.categories)
        if i != skipped
    )
    return replace(family, dpars=(*own, *(d for d in family.dpars if not d.main)))


def predictors(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The linear predictors of all categories, (..., n_obs, category); zero for the reference."""
    names = [parameter("mu", c) for c in response.categories]
    etas = [dpars[n].eta if n in dpars else xp.asarray(np.zeros(1)) for n in names]
    return xp.stack(etas)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("categorical_logit", {"eta": predictors(xp, dpars, response)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The probability of each category, (..., n_obs, category)."""
    eta = predictors(xp, dpars, response)
    return xp.exp(eta - xp.logsumexp(eta)[..., None])


categorical = register(
    Family(
        "categorical",
        dpars=(Dpar("mu", ("logit",)),),
        encode=_encode,
        likelihood=_likelihood,
        mean=_mean,
        discrete=True,
        bind=bind,
        options={"refcat": None},
    )
)

"""What the families of categories share: parameters of each category, and responses in columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..design import Column
from ..errors import DataError, DataWarning, FamilyError, listing, rows_of, suggest, warn
from ..formula import rename
from ..links import Linked
from ..xp import Array, Namespace
from .base import Family, FloatArray, Linkeds, Response

#: What explanations say of predictors that are joined by softmax.
SOFTMAX = " is proportional to exp(mu_k){zero}"
#: How far the shares of a row may be from adding up to one.
_ROUNDING = 1e-6


# -- parameters of each category -------------------------------------------------------------


def parameter(stem: str, category: str) -> str:
    """brms' name of the parameter of a category: ``muB``."""
    return f"{stem}{rename(category)}"


def reference(family: Family, categories: tuple[str, ...]) -> int:
    """The position of the reference category; -1 where every category has a predictor.

    The family's option ``refcat`` names it: None is the first category, NaN (as NA in R) none. A
    family without that option has no reference.

    Raises
    ------
    FamilyError
        For a category that the response does not have.
    """
    wanted = family.options.get("refcat", np.nan)
    if wanted is None:
        return 0
    if isinstance(wanted, float) and np.isnan(wanted):
        return -1
    name = f"{wanted:g}" if isinstance(wanted, float) else str(wanted)
    if name not in categories:
        raise FamilyError(
            f"refcat = {wanted!r} is no category of the response; it has {listing(categories)}."
            f"{suggest(name, categories)}"
        )
    return categories.index(name)


def for_each(*stems: str) -> Callable[[Family, Response], Family]:
    """``bind`` of a family that has these parameters for each category but the reference."""

    def bind(family: Family, response: Response) -> Family:
        categories = response.categories
        names = [parameter("", c) for c in categories]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise DataError(
                f"Several categories are called '{twice[0]}' where they name a parameter "
                f"({listing(c for c in categories if parameter('', c) == twice[0])}): give them "
                f"names that differ in more than blanks and punctuation."
            )
        skipped = reference(family, categories)
        found = []
        for stem in stems:
            general = next(d for d in family.dpars if (d.stem or d.name) == stem)
            found += [
                replace(general, name=parameter(stem, category), stem=stem)
                for i, category in enumerate(categories)
                if i != skipped
            ]
        others = [d for d in family.dpars if (d.stem or d.name) not in stems]
        return replace(family, dpars=(*found, *others), law=_law(family, categories, skipped))

    return bind


def _law(family: Family, categories: tuple[str, ...], skipped: int) -> str:
    """What the family says of mu, with the name of the reference category."""
    name = categories[skipped].replace("{", "{{").replace("}", "}}") if skipped >= 0 else ""
    zero = f", where mu of {name} is 0" if name else ""
    return family.law.replace("{zero}", zero).replace("{reference}", name)


def of_each(dpars: Linkeds, stem: str, response: Response) -> list[Linked]:
    """The parameters of the categories that have one, in their order."""
    names = [parameter(stem, c) for c in response.categories]
    return [dpars[n] for n in names if n in dpars]


def predictors(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The linear predictors of all categories, (..., n_obs, category); zero for the reference."""
    names = [parameter("mu", c) for c in response.categories]
    return xp.stack([dpars[n].eta if n in dpars else xp.asarray(np.zeros(1)) for n in names])


def log_probabilities(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The logarithms of softmax(predictors), (..., n_obs, category)."""
    eta = predictors(xp, dpars, response)
    return eta - xp.logsumexp(eta)[..., None]


# -- responses in columns --------------------------------------------------------------------


def _columns(column: Column, family: str, what: str) -> FloatArray:
    """The columns of a response."""
    if len(column.columns) < 2:
        raise DataError(
            f"Response '{column.name}' is one column, but family '{family}' needs the {what} of "
            f"each category in a column of its own: cbind(a, b, c)."
        )
    y = np.asarray(column.values, dtype=float)
    if (bad := np.isinf(y).any(axis=1)).any():
        raise DataError(
            f"Response '{column.name}' is infinite in {rows_of(bad)}; family '{family}' needs "
            f"finite numbers."
        )
    if (bad := (y < 0.0).any(axis=1)).any():
        raise DataError(
            f"Response '{column.name}' is negative in {rows_of(bad)}; family '{family}' needs "
            f"{what} of 0 or more."
        )
    return y


def count_columns(family: str) -> Callable[[Column, Mapping[str, Any]], Response]:
    """Counts of each category that add up to the trials."""

    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y = _columns(column, family, "counts")
        if (bad := (y != np.floor(y)).any(axis=1)).any():
            raise DataError(
                f"Response '{column.name}' is not a whole number in {rows_of(bad)}; family "
                f"'{family}' needs counts. Shares: family 'dirichlet'."
            )
        trials = additions["trials"]
        if (bad := y.sum(axis=1) != trials).any():
            raise DataError(
                f"The counts of response '{column.name}' do not add up to trials() in "
                f"{rows_of(bad)}: the trials of a row are the sum of its columns."
            )
        never = [c for c, seen in zip(column.columns, y.any(axis=0), strict=True) if not seen]
        if never:
            warn(
                f"No row of the response '{column.name}' has the category {listing(never)}: "
                f"only priors tell its parameters.",
                DataWarning,
            )
        return Response(y, {"trials": trials}, categories=column.columns)

    return encode


def share_columns(family: str) -> Callable[[Column, Mapping[str, Any]], Response]:
    """Shares of each category, above zero, that add up to one."""

    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y = _columns(column, family, "shares")
        if (bad := np.abs(y.sum(axis=1) - 1.0) > _ROUNDING).any():
            raise DataError(
                f"The shares of response '{column.name}' do not add up to 1 in {rows_of(bad)}. "
                f"Counts: family 'multinomial'; percentages: divide them by 100."
            )
        if (bad := (y == 0.0).any(axis=1)).any():
            raise DataError(
                f"Response '{column.name}' has a share of 0 in {rows_of(bad)}, which has no "
                f"density; family '{family}' needs shares above 0. Join rare categories, or move "
                f"all shares a little away from 0."
            )
        return Response(y, categories=column.columns)

    return encode

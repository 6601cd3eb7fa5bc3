"""Ordered categories: cumulative models with thresholds on a latent scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from ..design import Column, PredictorDesign
from ..dists import Dist, Vocable, ordinal
from ..errors import DataError, FamilyError, listing, rows_of, suggest
from ..links import ORDINAL, POSITIVE, Link
from ..terms import SPACINGS, FamilyTerm, threshold_term
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register

_DISC = Dpar("disc", POSITIVE, lower=0.0, fixed=1.0)


def _check_options(options: Mapping[str, Any]) -> None:
    spacing = options["threshold"]
    if spacing not in SPACINGS:
        raise FamilyError(
            f"threshold = {spacing!r} is none of the spacings of thresholds: {listing(SPACINGS)}."
            f"{suggest(str(spacing), SPACINGS)}"
        )


# -- the response ----------------------------------------------------------------------------


def _codes(column: Column, family: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Categories counted from 1, and their labels."""
    if column.kind == "ordered":
        return np.asarray(column.values, dtype=float) + 1.0, column.levels
    if column.kind == "logical":
        return np.asarray(column.values, dtype=float) + 1.0, ("FALSE", "TRUE")
    if column.levels:
        raise DataError(
            f"Response '{column.name}' has no order of its categories ({listing(column.levels, 6)}"
            f"); family '{family}' needs an ordered factor or whole numbers from 1 on. "
            f"Order them: pd.Categorical(x, categories=[...], ordered=True); without an order: "
            f"family 'categorical'."
        )
    y = np.asarray(column.values, dtype=float)
    if (bad := (y != np.floor(y)) | (y < 1.0)).any():
        raise DataError(
            f"Response '{column.name}' is no whole number of 1 or more in {rows_of(bad)}; "
            f"family '{family}' needs an ordered factor or categories counted from 1."
        )
    return y, ()


def _thresholds(
    y: np.ndarray, additions: Mapping[str, Any], name: str, labels: tuple[str, ...]
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Groups of thresholds, their number in each, and the group of each row."""
    gr: Column | None = additions.get("gr")
    if gr is None:
        groups: tuple[str, ...] = ("",)
        codes = np.zeros(len(y), dtype=int)
    elif gr.levels:
        groups, codes = gr.levels, gr.values.astype(int)
    else:
        found, codes = np.unique(gr.values, return_inverse=True)
        groups = tuple(f"{v:g}" for v in found)
    top = np.array([y[codes == g].max(initial=0.0) for g in range(len(groups))]).astype(int)
    counts = top - 1
    if labels and gr is None:
        counts = np.array([len(labels) - 1])
    if "thres" in additions:
        given = additions["thres"]
        counts = np.array([given[codes == g].max(initial=0.0) for g in range(len(groups))])
        counts = counts.astype(int)
        if (bad := y > counts[codes] + 1).any():
            raise DataError(
                f"Response '{name}' is above its number of categories in {rows_of(bad)}: "
                f"thres(n) thresholds make n + 1 categories."
            )
    if (counts < 1).any():
        raise DataError(
            f"Response '{name}' has only one category"
            f"{f' in the group {groups[int(np.argmin(counts))]!r}' if groups != ('',) else ''}; "
            f"ordinal families need two or more. thres(n) says how many thresholds there could be."
        )
    return groups, counts, codes


def _encode_for(family: str, hurdle: bool = False) -> Any:
    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y, labels = _codes(column, family)
        groups, counts, codes = _thresholds(y, additions, column.name, labels)
        starts = np.cumsum(counts) - counts
        categories = labels or tuple(str(k + 1) for k in range(int(counts.max()) + 1))
        return Response(
            y,
            {"start": starts[codes].astype(float), "count": counts[codes].astype(float)},
            levels=labels,
            categories=categories,
            static={"groups": groups, "counts": tuple(int(c) for c in counts)},
        )

    return encode


def _renew(response: Response, extra: Mapping[str, Any]) -> Response:
    """New rows find their thresholds by their group."""
    groups = response.static["groups"]
    counts = np.array(response.static["counts"])
    starts = np.cumsum(counts) - counts
    n = len(response.y)
    gr: Column | None = extra.get("gr")
    if groups == ("",):
        codes = np.zeros(n, dtype=int)
    elif gr is None:
        raise DataError(f"New data need the groups of thresholds that thres(gr = ) names: {groups}")
    else:
        labels = [gr.levels[int(v)] if gr.levels else f"{v:g}" for v in gr.values]
        unknown = sorted(set(labels) - set(groups))
        if unknown:
            raise DataError(
                f"thres(gr = {gr.name}) has groups that the training data do not have: "
                f"{listing(unknown)}. Known: {listing(groups)}."
            )
        codes = np.array([groups.index(label) for label in labels], dtype=int)
    known = {"start": starts[codes].astype(float), "count": counts[codes].astype(float)}
    return replace(response, extra=known)


# -- the model -------------------------------------------------------------------------------


def _structure(family: Family, response: Response, mu: PredictorDesign) -> tuple[FamilyTerm, ...]:
    return (
        threshold_term(
            response.static["counts"],
            response.static["groups"],
            family.options["threshold"],
            family.name == "cumulative",
            mu,
        ),
    )


@cache
def _cumulative_word(link: Link) -> Vocable:
    name = f"cumulative_{link.name}"
    return ordinal.cumulative(name, link.log_of_inverse, link.log1m_of_inverse)


def _arguments(dpars: Linkeds, response: Response, xp: Namespace) -> dict[str, Array]:
    return {
        "eta": dpars["mu"].eta,
        "thresholds": dpars["thresholds"].eta,
        "disc": dpars["disc"].value(xp),
        "start": response.extra["start"],
        "count": response.extra["count"],
    }


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    word = _cumulative_word(dpars["mu"].link)
    return Dist(word.name, _arguments(dpars, response, xp), word)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The probability of each category, (..., n_obs, category)."""
    dist = _likelihood(xp, dpars, response)
    return np.exp(ordinal.log_probabilities(dist.word, len(response.categories), **dist.args))


cumulative = register(
    Family(
        "cumulative",
        kernel="cumulative",
        dpars=(Dpar("mu", ORDINAL), _DISC),
        encode=_encode_for("cumulative"),
        likelihood=_likelihood,
        mean=_mean,
        additions=("thres", "cat"),
        discrete=True,
        structure=_structure,
        renew=_renew,
        thresholds=True,
        options={"threshold": "flexible"},
        check_options=_check_options,
    )
)

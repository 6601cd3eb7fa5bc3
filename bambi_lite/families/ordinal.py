"""Ordered categories: families with thresholds on a latent scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from ..design import Column, PredictorDesign
from ..dists import Dist, ordinal
from ..dists.ordinal import Ordinal
from ..errors import DataError, DataWarning, FamilyError, listing, rows_of, suggest, warn
from ..links import ORDINAL, POSITIVE, SHARE, Link
from ..terms import SPACINGS, FamilyTerm, threshold_term
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import LATENT_VARIANCE
from .responses import one_column

_DISC = Dpar("disc", POSITIVE, lower=0.0, fixed=1.0)
#: brms has no softit for ratios of one category to those from it on.
_RATIO = tuple(link for link in ORDINAL if link != "softit")
#: ``make(link, counts)``: the distribution under a link, with the thresholds of each group.
type Maker = Callable[[Link, tuple[int, ...]], Ordinal]


def _check_options(options: Mapping[str, Any]) -> None:
    spacing = options["threshold"]
    if spacing not in SPACINGS:
        raise FamilyError(
            f"threshold = {spacing!r} is none of the spacings of thresholds: {listing(SPACINGS)}."
            f"{suggest(str(spacing), SPACINGS)}"
        )


# -- the response ----------------------------------------------------------------------------


def _codes(column: Column, family: str, lowest: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Categories counted from `lowest`, and their labels."""
    one_column(column, family)
    if column.kind == "ordered":
        return np.asarray(column.values, dtype=float) + lowest, column.levels
    if column.kind == "logical":
        return np.asarray(column.values, dtype=float) + lowest, ("FALSE", "TRUE")
    if column.levels:
        raise DataError(
            f"Response '{column.name}' has no order of its categories ({listing(column.levels, 6)}"
            f"); family '{family}' needs an ordered factor or whole numbers from {lowest} on. "
            f"Order them: pd.Categorical(x, categories=[...], ordered=True); without an order: "
            f"family 'categorical'."
        )
    y = np.asarray(column.values, dtype=float)
    if (bad := (y != np.floor(y)) | (y < lowest) | np.isinf(y)).any():
        raise DataError(
            f"Response '{column.name}' is no whole number of {lowest} or more in {rows_of(bad)}; "
            f"family '{family}' needs an ordered factor or categories counted from {lowest}."
        )
    return y, ()


def _groups(gr: Column | None, n_obs: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Groups of thresholds, and the group of each row."""
    if gr is None:
        return ("",), np.zeros(n_obs, dtype=int)
    if gr.levels:
        return gr.levels, gr.values.astype(int)
    found, codes = np.unique(gr.values, return_inverse=True)
    return tuple(f"{v:g}" for v in found), codes


def _given_counts(
    given: np.ndarray, y: np.ndarray, codes: np.ndarray, groups: tuple[str, ...], name: str
) -> np.ndarray:
    """The number of thresholds in each group, as ``thres(n)`` says."""
    if (bad := (given < 1) | (given % 1 != 0)).any():
        raise DataError(
            f"thres() is no whole number of 1 or more in {rows_of(bad)}; it says how many "
            f"thresholds there are, one less than categories."
        )
    counts = np.array([given[codes == g].max() for g in range(len(groups))]).astype(int)
    if (bad := given != counts[codes]).any():
        where = "of a group " if len(groups) > 1 else ""
        raise DataError(
            f"thres() has a smaller number of thresholds than other rows {where}in {rows_of(bad)}; "
            f"it is one number for all of them."
        )
    if (bad := y > counts[codes] + 1).any():
        raise DataError(
            f"Response '{name}' is above its number of categories in {rows_of(bad)}: "
            f"thres(n) thresholds make n + 1 categories."
        )
    return counts


def _counts(
    y: np.ndarray,
    codes: np.ndarray,
    groups: tuple[str, ...],
    labels: tuple[str, ...],
    lowest: int,
    column: Column,
) -> np.ndarray:
    """The number of thresholds in each group, as the response says."""
    if labels and len(groups) == 1:
        counts = np.array([len(labels) - (2 - lowest)])
    else:
        tops = [y[codes == g].max(initial=0.0) for g in range(len(groups))]
        counts = np.array(tops).astype(int) - 1
    for group, count in zip(groups, counts, strict=True):
        if count < 1:
            where = f" in the group '{group}' of thres(gr = )" if group else ""
            besides = " beside 0" if lowest == 0 else ""
            raise DataError(
                f"Response '{column.name}' has only one category{besides}{where}; ordinal families "
                f"need two or more. thres(n) says how many thresholds there could be."
            )
    never = [k for k in range(1, int(y.max()) + 1) if not (y == k).any()]
    if never and not labels:
        warn(
            f"No row of the response '{column.name}' has the category {listing(map(str, never))}: "
            f"only their priors tell the thresholds around it.",
            DataWarning,
        )
    return counts


def _encode_for(family: str, lowest: int = 1) -> Callable[..., Response]:
    """Categories counted from `lowest`; zero is one that no threshold belongs to."""

    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y, labels = _codes(column, family, lowest)
        groups, codes = _groups(additions.get("gr"), len(y))
        if "thres" in additions:
            counts = _given_counts(additions["thres"], y, codes, groups, column.name)
        else:
            counts = _counts(y, codes, groups, labels, lowest, column)
        numbers = tuple(str(k) for k in range(lowest, int(counts.max()) + 2))
        return Response(
            y,
            _places(counts, codes),
            levels=labels,
            categories=labels if len(labels) == len(numbers) else numbers,
            static={"groups": groups, "counts": tuple(int(c) for c in counts)},
            first=lowest,
        )

    return encode


def _places(counts: np.ndarray, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Where the thresholds of each row start, and how many they are."""
    starts = np.cumsum(counts) - counts
    return {"start": starts[codes].astype(float), "count": counts[codes].astype(float)}


def _renew(response: Response, extra: Mapping[str, Any]) -> Response:
    """New rows find their thresholds by their group."""
    groups = response.static["groups"]
    gr: Column | None = extra.get("gr")
    if groups == ("",):
        codes = np.zeros(len(response.y), dtype=int)
    else:
        assert gr is not None  # the formula asks for it
        labels = [gr.levels[int(v)] if gr.levels else f"{v:g}" for v in gr.values]
        unknown = sorted(set(labels) - set(groups))
        if unknown:
            raise DataError(
                f"thres(gr = {gr.name}) has groups that the training data do not have: "
                f"{listing(unknown)}. Known: {listing(groups)}."
            )
        codes = np.array([groups.index(label) for label in labels], dtype=int)
    return replace(response, extra=_places(np.array(response.static["counts"]), codes))


# -- the distributions -----------------------------------------------------------------------


@cache
def _cumulative(link: Link, counts: tuple[int, ...]) -> Ordinal:
    assert link.log_between is not None
    return ordinal.cumulative(
        f"cumulative_{link.name}",
        counts,
        link.log_of_inverse,
        link.log1m_of_inverse,
        link.log_between,
    )


@cache
def _sratio(link: Link, counts: tuple[int, ...]) -> Ordinal:
    return ordinal.sequential(
        f"sratio_{link.name}", counts, link.log_of_inverse, link.log1m_of_inverse
    )


@cache
def _cratio(link: Link, counts: tuple[int, ...]) -> Ordinal:
    """P(Y > k | Y >= k) = F(disc (eta - threshold k))."""
    return ordinal.sequential(
        f"cratio_{link.name}",
        counts,
        lambda xp, z: link.log1m_of_inverse(xp, -z),
        lambda xp, z: link.log_of_inverse(xp, -z),
    )


@cache
def _acat(link: Link, counts: tuple[int, ...]) -> Ordinal:
    return ordinal.adjacent(f"acat_{link.name}", counts, link.log_odds_of_inverse)


@cache
def _hurdle_cumulative(link: Link, counts: tuple[int, ...]) -> Ordinal:
    return ordinal.hurdle(f"hurdle_cumulative_{link.name}", _cumulative(link, counts))


# -- the families ----------------------------------------------------------------------------


def _arguments(xp: Namespace, dpars: Linkeds, response: Response) -> dict[str, Array]:
    found = {
        "eta": dpars["mu"].eta,
        "thresholds": dpars["thresholds"].eta,
        "disc": dpars["disc"].value(xp),
        "start": response.extra["start"],
        "count": response.extra["count"],
    }
    if "hu" in dpars:
        found |= {"log_hu": dpars["hu"].log(xp), "log1m_hu": dpars["hu"].log1m(xp)}
    return found


def _information(family: Family, response: Response) -> float | None:
    """A quarter to a third, the most that a row of a logistic latent scale has."""
    return 0.3 if family.link("mu").name == "logit" else None


def _family(
    name: str,
    make: Maker,
    law: str,
    links: tuple[str, ...] = ORDINAL,
    ordered: bool = False,
    others: tuple[Dpar, ...] = (),
    lowest: int = 1,
    kernel: str = "",
    latent_variance: Mapping[str, float] = MappingProxyType({}),
) -> Family:
    """An ordinal family; `ordered` says whether its thresholds have to ascend."""

    def likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
        word = make(dpars["mu"].link, response.static["counts"]).word
        return Dist(word.name, _arguments(xp, dpars, response), word)

    def mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
        """The probability of each category, (..., n_obs, category)."""
        found = make(dpars["mu"].link, response.static["counts"])
        return xp.exp(found.log_shares(xp, **_arguments(xp, dpars, response)))

    def structure(
        family: Family, response: Response, mu: PredictorDesign
    ) -> tuple[FamilyTerm, ...]:
        static = response.static
        spacing = family.options["threshold"]
        return (threshold_term(static["counts"], static["groups"], spacing, ordered, mu),)

    return Family(
        name,
        kernel=kernel,
        latent_variance=latent_variance,
        dpars=(Dpar("mu", links), *others, _DISC),
        encode=_encode_for(name, lowest),
        likelihood=likelihood,
        mean=mean,
        additions=("thres", "cat"),
        discrete=True,
        structure=structure,
        renew=_renew,
        thresholds=True,
        information=_information,
        latent=True,
        law=law,
        options={"threshold": "flexible"},
        check_options=_check_options,
    )


cumulative = register(
    _family(
        "cumulative",
        _cumulative,
        "{link}(P(y <= k)) = disc (theta_k - mu)",
        ordered=True,
        kernel="cumulative",
        latent_variance=LATENT_VARIANCE,
    )
)
sratio = register(
    _family(
        "sratio",
        _sratio,
        "{link}(P(y = k | y >= k)) = disc (theta_k - mu)",
        _RATIO,
        kernel="sratio",
    )
)
cratio = register(
    _family(
        "cratio",
        _cratio,
        "{link}(P(y > k | y >= k)) = disc (mu - theta_k)",
        _RATIO,
        kernel="cratio",
    )
)
acat = register(
    _family(
        "acat",
        _acat,
        "{link}(P(y = k + 1 | y = k or k + 1)) = disc (mu - theta_k)",
        kernel="acat",
    )
)
hurdle_cumulative = register(
    _family(
        "hurdle_cumulative",
        _hurdle_cumulative,
        "P(y = 0) = hu, {link}(P(y <= k | y > 0)) = disc (theta_k - mu)",
        ordered=True,
        others=(Dpar("hu", SHARE, lower=0.0, upper=1.0),),
        lowest=0,
    )
)

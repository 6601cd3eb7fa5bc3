"""Times to an event whose hazard is mu times a baseline hazard (Cox 1972), made of splines.

As in brms 2.23: cubic M-splines, five of them unless ``bhaz(df = )`` says otherwise, whose weights
add up to one; inner knots at quantiles of all times, censored ones too; boundary knots a fiftieth
of the range of the times below the first (but not below zero) and above the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..design import Column, PredictorDesign
from ..dists import Dist
from ..dists.survival import DEGREE, n_splines, proportional_hazards
from ..errors import DataError, FamilyError, listing
from ..links import POSITIVE
from ..terms import BaselineHazardTerm, FamilyTerm
from ..xp import Array, Namespace
from .base import Dpar, Family, FloatArray, Linkeds, Response, register
from .responses import positive

#: Splines unless the formula says otherwise, and how far the boundaries lie out.
_DF, _MARGIN = 5, 0.02


def _knots(y: FloatArray, df: int, name: str) -> tuple[float, ...]:
    """Boundary, inner knots, boundary."""
    if df < DEGREE + 1:
        raise DataError(f"bhaz(df = {df}) is too few: cubic splines are {DEGREE + 1} at least.")
    first, last = float(y.min()), float(y.max())
    margin = _MARGIN * (last - first)
    inner = np.quantile(y, np.linspace(0.0, 1.0, df - DEGREE + 1)[1:-1])
    knots = (max(first - margin, 0.0), *(float(k) for k in inner), last + margin)
    if (np.diff(knots) <= 0.0).any():
        raise DataError(
            f"The times in '{name}' are too few for a baseline hazard of {df} splines: its knots "
            f"would be {listing(f'{k:g}' for k in knots)}. Different times: {len(np.unique(y))}."
        )
    return knots


def _strata(gr: Column | None, n: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Labels of the strata, and the number of that of each row."""
    if gr is None:
        return ("",), np.zeros(n)
    if gr.levels:
        return gr.levels, np.asarray(gr.values, dtype=float)
    found, codes = np.unique(gr.values, return_inverse=True)
    return tuple(f"{v:g}" for v in found), codes.astype(float)


def _encode(column: Column, additions: Mapping[str, Any]) -> Response:
    y = positive("cox")(column, {}).y
    groups, stratum = _strata(additions.get("bhaz_gr"), len(y))
    knots = _knots(y, int(additions.get("bhaz_df", _DF)), column.name)
    extra = {} if groups == ("",) else {"stratum": stratum}
    return Response(y, extra, static={"knots": knots, "groups": groups})


def _renew(response: Response, extra: Mapping[str, Any]) -> Response:
    """New rows find their baseline hazard by its stratum."""
    known = response.static["groups"]
    if known == ("",):
        return response
    if "bhaz_gr" not in extra:
        raise DataError(f"New data need the strata that bhaz(gr = ) names: {listing(known)}.")
    labels, codes = _strata(extra["bhaz_gr"], len(response.y))
    if unknown := [label for label in labels if label not in known]:
        raise DataError(
            f"bhaz(gr = {extra['bhaz_gr'].name}) has strata that the training data do not have: "
            f"{listing(unknown)}. Known: {listing(known)}."
        )
    places = np.array([known.index(label) for label in labels], dtype=float)
    return replace(response, extra={"stratum": places[codes.astype(int)]})


def _structure(family: Family, response: Response, mu: PredictorDesign) -> tuple[FamilyTerm, ...]:
    return (BaselineHazardTerm(n_splines(response.static["knots"]), response.static["groups"]),)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    word = proportional_hazards(response.static["knots"], len(response.static["groups"]))
    args = {"log_mu": dpars["mu"].log(xp), "weights": dpars["sbhaz"].eta, **response.extra}
    return Dist(word.name, args, word)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    raise FamilyError(
        "Family 'cox' has no expectation: it depends on the hazard after the last time, of which "
        "the data say nothing. posterior_predict() draws times, with the hazard of the last time "
        "from there on."
    )


cox = register(
    Family(
        "cox",
        dpars=(Dpar("mu", POSITIVE, lower=0.0),),
        encode=_encode,
        likelihood=_likelihood,
        mean=_mean,
        additions=("cens", "trunc", "bhaz"),
        scaled=True,
        about="a hazard ratio",
        law="h(y) = mu h_0(y), where h_0 is made of M-splines with the weights sbhaz",
        structure=_structure,
        renew=_renew,
    )
)

"""Successes out of known numbers of trials, each with probability mu."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..design import Column
from ..dists import Dist
from ..errors import DataError
from ..xp import Array, Namespace
from .base import Dpar, Family, FloatArray, Linkeds, Response, count_response, register, rows_of


def _encode(column: Column, additions: Mapping[str, FloatArray]) -> Response:
    y = count_response(column, "binomial")
    trials = additions["trials"]
    if (bad := (trials < 0) | (trials % 1 != 0)).any():
        raise DataError(
            f"trials() is not a whole number of 0 or more in {rows_of(bad)}; "
            f"family 'binomial' needs the number of trials of each row."
        )
    if (bad := y > trials).any():
        raise DataError(
            f"Response '{column.name}' exceeds its number of trials in {rows_of(bad)}. "
            f"Successes come first: 'successes | trials(total) ~ ...'."
        )
    return Response(y, {"trials": trials})


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    mu = dpars["mu"]
    trials = response.extra["trials"]
    return Dist("binomial", {"trials": trials, "log_p": mu.log(xp), "log1m_p": mu.log1m(xp)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return response.extra["trials"] * dpars["mu"].value(xp)


binomial = register(
    Family(
        "binomial",
        dpars=(Dpar("mu", ("logit", "probit", "identity", "log"), lower=0.0, upper=1.0),),
        encode=_encode,
        likelihood=_likelihood,
        mean=_mean,
        additions=("trials",),
        required=("trials",),
        scaled=True,
        latent_variance={"logit": math.pi**2 / 3.0, "probit": 1.0},
    )
)

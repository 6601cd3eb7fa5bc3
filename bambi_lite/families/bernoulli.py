"""Two outcomes with success probability mu."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..design import Column
from ..dists import Dist
from ..errors import DataError, listing
from ..links import PROBABILITY
from ..xp import Array, Namespace
from .base import Dpar, Family, FloatArray, Linkeds, Response, register
from .common import LATENT_VARIANCE
from .responses import one_column


def _encode(column: Column, additions: Mapping[str, FloatArray]) -> Response:
    one_column(column, "bernoulli")
    # As in brms any two values will do; the second in order is the success.
    values = np.unique(column.values)
    labels = tuple(column.levels[int(v)] if column.levels else f"{v:g}" for v in values)
    if set(values) <= {0.0, 1.0} and not column.levels:
        return Response(np.asarray(column.values, dtype=float))
    if len(values) != 2:
        raise DataError(
            f"Response '{column.name}' has {len(values)} different values ({listing(labels, 6)}), "
            f"but family 'bernoulli' needs exactly two, for example 0 and 1. "
            f"Counts of successes out of several trials: "
            f"family 'binomial' with '{column.name} | trials(n) ~ ...'."
        )
    return Response((column.values == values[1]).astype(float), levels=labels)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    mu = dpars["mu"]
    return Dist("bernoulli", {"log_p": mu.log(xp), "log1m_p": mu.log1m(xp)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _information(family: Family, response: Response) -> float | None:
    p = float(np.mean(response.y))
    return p * (1.0 - p) if family.link("mu").name == "logit" else None


def _residual_variance(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    p = dpars["mu"].value(xp)
    return p * (1.0 - p)


bernoulli = register(
    Family(
        "bernoulli",
        kernel="bernoulli",
        dpars=(Dpar("mu", PROBABILITY, lower=0.0, upper=1.0),),
        encode=_encode,
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        scaled=True,
        latent_variance=LATENT_VARIANCE,
        discrete=True,
        information=_information,
        residual_variance=_residual_variance,
    )
)

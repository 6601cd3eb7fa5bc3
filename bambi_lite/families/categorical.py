"""One of several categories without an order; the reference category has the predictor zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..design import Column
from ..dists import Dist
from ..errors import DataError, listing
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .categories import SOFTMAX, for_each, log_probabilities, predictors
from .responses import one_column


def _labels(column: Column) -> tuple[tuple[str, ...], np.ndarray]:
    """The categories in order, and the code of each row from 0."""
    if column.levels:
        return column.levels, np.asarray(column.values, dtype=int)
    values, codes = np.unique(column.values, return_inverse=True)
    if column.kind == "logical":
        return tuple("TRUE" if v else "FALSE" for v in values), codes
    return tuple(f"{v:g}" for v in values), codes


def _encode(column: Column, additions: Mapping[str, Any]) -> Response:
    one_column(column, "categorical")
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


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("categorical_logit", {"eta": predictors(xp, dpars, response)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The probability of each category, (..., n_obs, category)."""
    return xp.exp(log_probabilities(xp, dpars, response))


categorical = register(
    Family(
        "categorical",
        kernel="categorical",
        dpars=(Dpar("mu", ("logit",)),),
        encode=_encode,
        likelihood=_likelihood,
        mean=_mean,
        discrete=True,
        bind=for_each("mu"),
        latent=True,
        law="P(y = k)" + SOFTMAX,
        options={"refcat": None},
    )
)

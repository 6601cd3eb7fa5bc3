"""The normal distribution with mean mu and standard deviation sigma."""

from __future__ import annotations

from collections.abc import Mapping

from ..design import Column
from ..dists import Dist
from ..xp import Array, Namespace
from .base import Dpar, Family, FloatArray, Linkeds, Response, numeric_response, register


def _encode(column: Column, additions: Mapping[str, FloatArray]) -> Response:
    return Response(numeric_response(column, "gaussian"))


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("normal", {"mu": dpars["mu"].value(xp), "sigma": dpars["sigma"].value(xp)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


gaussian = register(
    Family(
        "gaussian",
        dpars=(
            Dpar("mu", ("identity", "log", "inverse", "softplus", "squareplus")),
            Dpar("sigma", ("log", "identity", "softplus", "squareplus"), lower=0.0),
        ),
        encode=_encode,
        likelihood=_likelihood,
        mean=_mean,
        scaled=True,
    )
)

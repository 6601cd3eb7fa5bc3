"""Wald's distribution: mean mu, variance mu^3 / shape."""

from __future__ import annotations

from ..dists import Dist
from ..links import POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import positive

_LINKS = ("1/mu^2", "inverse", "identity", "log", "softplus", "squareplus")


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    args = {"log_mu": dpars["mu"].log(xp), "shape": dpars["shape"].value(xp)}
    return Dist("inverse_gaussian", args)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


inverse_gaussian = register(
    Family(
        "inverse.gaussian",
        kernel="inverse_gaussian",
        dpars=(Dpar("mu", _LINKS, lower=0.0), Dpar("shape", POSITIVE, lower=0.0)),
        encode=positive("inverse.gaussian"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

"""Positive numbers with mean mu and Weibull's shape; the exponential is its shape of one."""

from __future__ import annotations

from ..dists import Dist
from ..links import MEASURE, POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import positive

_MU = Dpar("mu", MEASURE, lower=0.0)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    args = {"log_mu": dpars["mu"].log(xp), "shape": dpars["shape"].value(xp)}
    return Dist("weibull_mean", args)


def _exponential_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("exponential", {"beta": xp.exp(-dpars["mu"].log(xp))})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


weibull = register(
    Family(
        "weibull",
        kernel="weibull",
        dpars=(_MU, Dpar("shape", POSITIVE, lower=0.0)),
        encode=positive("weibull"),
        likelihood=_likelihood,
        mean=_mean,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

exponential = register(
    Family(
        "exponential",
        dpars=(_MU,),
        encode=positive("exponential"),
        likelihood=_exponential_likelihood,
        mean=_mean,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

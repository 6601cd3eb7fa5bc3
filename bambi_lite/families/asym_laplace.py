"""The asymmetric Laplace distribution, whose quantile of the given order is mu.

Fixing ``quantile`` gives Bayesian quantile regression (Yu and Moyeed 2001).
"""

from __future__ import annotations

from ..dists import Dist
from ..links import POSITIVE, REAL, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import numbers

_DPARS = (
    Dpar("mu", REAL),
    Dpar("sigma", POSITIVE, lower=0.0),
    Dpar("quantile", SHARE, lower=0.0, upper=1.0),
)


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    order = dpars["quantile"]
    place = {"mu": dpars["mu"].value(xp), "sigma": dpars["sigma"].value(xp)}
    return {**place, "log_q": order.log(xp), "log1m_q": order.log1m(xp)}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("asym_laplace", _arguments(xp, dpars))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    q = dpars["quantile"].value(xp)
    return dpars["mu"].value(xp) + dpars["sigma"].value(xp) * (1.0 - 2.0 * q) / (q * (1.0 - q))


def _inflated_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    zi = {"log_zi": dpars["zi"].log(xp), "log1m_zi": dpars["zi"].log1m(xp)}
    return Dist("zero_inflated_asym_laplace", {**_arguments(xp, dpars), **zi})


def _inflated_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["zi"].value(xp)) * _mean(xp, dpars, response)


asym_laplace = register(
    Family(
        "asym_laplace",
        dpars=_DPARS,
        encode=numbers("asym_laplace"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

zero_inflated_asym_laplace = register(
    Family(
        "zero_inflated_asym_laplace",
        dpars=(*_DPARS, Dpar("zi", SHARE, lower=0.0, upper=1.0)),
        encode=numbers("zero_inflated_asym_laplace"),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
        masses=(0.0,),
    )
)

"""Overdispersed counts: mean mu, variance mu + mu^2 / shape; with extra zeros or a hurdle.

``negbinomial2`` has sigma = 1 / shape instead, ``geometric`` a shape of one.
"""

from __future__ import annotations

import numpy as np

from ..dists import Dist
from ..links import COUNT, POSITIVE, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import counts

_MU = Dpar("mu", COUNT, lower=0.0)
_SHAPE = Dpar("shape", POSITIVE, lower=0.0)


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    return {"log_mu": dpars["mu"].log(xp), "log_shape": dpars["shape"].log(xp)}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("neg_binomial", _arguments(xp, dpars))


def _likelihood2(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    shape = -dpars["sigma"].log(xp)
    return Dist("neg_binomial", {"log_mu": dpars["mu"].log(xp), "log_shape": shape})


def _geometric_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    one = xp.asarray(np.zeros(1))
    return Dist("neg_binomial", {"log_mu": dpars["mu"].log(xp), "log_shape": one})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _inflated_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    zi = {"log_zi": dpars["zi"].log(xp), "log1m_zi": dpars["zi"].log1m(xp)}
    return Dist("zero_inflated_neg_binomial", {**_arguments(xp, dpars), **zi})


def _inflated_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["zi"].value(xp)) * dpars["mu"].value(xp)


def _hurdle_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    hu = {"log_hu": dpars["hu"].log(xp), "log1m_hu": dpars["hu"].log1m(xp)}
    return Dist("hurdle_neg_binomial", {**_arguments(xp, dpars), **hu})


def _hurdle_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The mean of a count that is not zero, times the probability of one."""
    mu, shape = dpars["mu"], dpars["shape"]
    log_zero = -shape.value(xp) * xp.softplus(mu.log(xp) - shape.log(xp))
    return (1.0 - dpars["hu"].value(xp)) * mu.value(xp) / -xp.expm1(log_zero)


negbinomial = register(
    Family(
        "negbinomial",
        dpars=(_MU, _SHAPE),
        encode=counts("negbinomial"),
        likelihood=_likelihood,
        mean=_mean,
        scaled=True,
        discrete=True,
    )
)

negbinomial2 = register(
    Family(
        "negbinomial2",
        dpars=(_MU, Dpar("sigma", POSITIVE, lower=0.0)),
        encode=counts("negbinomial2"),
        likelihood=_likelihood2,
        mean=_mean,
        scaled=True,
        discrete=True,
    )
)

geometric = register(
    Family(
        "geometric",
        dpars=(_MU,),
        encode=counts("geometric"),
        likelihood=_geometric_likelihood,
        mean=_mean,
        scaled=True,
        discrete=True,
    )
)

zero_inflated_negbinomial = register(
    Family(
        "zero_inflated_negbinomial",
        dpars=(_MU, _SHAPE, Dpar("zi", SHARE, lower=0.0, upper=1.0)),
        encode=counts("zero_inflated_negbinomial"),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        scaled=True,
        discrete=True,
    )
)

hurdle_negbinomial = register(
    Family(
        "hurdle_negbinomial",
        dpars=(_MU, _SHAPE, Dpar("hu", SHARE, lower=0.0, upper=1.0)),
        encode=counts("hurdle_negbinomial"),
        likelihood=_hurdle_likelihood,
        mean=_hurdle_mean,
        scaled=True,
        discrete=True,
    )
)

"""Positive numbers with mean mu and Weibull's shape; the exponential is its shape of one."""

from __future__ import annotations

from ..dists import Dist
from ..links import MEASURE, POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import positive
from .truncated import Biased, by_size

_MU = Dpar("mu", MEASURE, lower=0.0)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    args = {"log_mu": dpars["mu"].log(xp), "shape": dpars["shape"].value(xp)}
    return Dist("weibull_mean", args)


def _exponential_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("exponential", {"beta": xp.exp(-dpars["mu"].log(xp))})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _biased(xp: Namespace, dist: Dist) -> Biased:
    """The power (y / scale)^shape is exponential, and size-biased a gamma variable."""
    log_mu, shape = dist.args["log_mu"], dist.args["shape"]
    log_scale = log_mu - xp.gammaln(1.0 + 1.0 / shape)
    power = Dist("gamma", {"alpha": 1.0 + 1.0 / shape, "beta": 1.0 + 0.0 * shape})
    return Biased(log_mu, power, lambda y: (xp.maximum(y, 0.0) * xp.exp(-log_scale)) ** shape)


def _exponential_biased(xp: Namespace, dist: Dist) -> Biased:
    beta = dist.args["beta"]
    return Biased(-xp.log(beta), Dist("gamma", {"alpha": 2.0 + 0.0 * beta, "beta": beta}))


weibull = register(
    Family(
        "weibull",
        kernel="weibull",
        dpars=(_MU, Dpar("shape", POSITIVE, lower=0.0)),
        encode=positive("weibull"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_likelihood, _biased),
        additions=("cens", "trunc"),
        scaled=True,
    )
)

exponential = register(
    Family(
        "exponential",
        kernel="exponential",
        dpars=(_MU,),
        encode=positive("exponential"),
        likelihood=_exponential_likelihood,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_exponential_likelihood, _exponential_biased),
        variance=lambda mean, dpars: mean**2,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

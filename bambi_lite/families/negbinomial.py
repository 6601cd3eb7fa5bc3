"""Overdispersed counts: mean mu, variance mu + mu^2 / shape; with extra zeros or a hurdle.

``negbinomial2`` has sigma = 1 / shape instead, ``geometric`` a shape of one.
"""

from __future__ import annotations

import numpy as np

from ..dists import Dist
from ..links import COUNT, POSITIVE, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import log_times_rate, times_rate
from .responses import counts
from .truncated import Biased, by_size, one_less

_MU = Dpar("mu", COUNT, lower=0.0)
_SHAPE = Dpar("shape", POSITIVE, lower=0.0)


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    return {"log_mu": dpars["mu"].log(xp), "log_shape": dpars["shape"].log(xp)}


def _per_unit(xp: Namespace, dpars: Linkeds, response: Response, log_shape: Array) -> Dist:
    """A response counted per unit of ``rate()``: sums of it have shape times the units."""
    if "rate" in response.extra:
        log_shape = log_shape + xp.log(response.extra["rate"])
    log_mu = log_times_rate(xp, dpars["mu"], response)
    return Dist("neg_binomial", {"log_mu": log_mu, "log_shape": log_shape})


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return _per_unit(xp, dpars, response, dpars["shape"].log(xp))


def _likelihood2(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return _per_unit(xp, dpars, response, -dpars["sigma"].log(xp))


def _geometric_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return _per_unit(xp, dpars, response, xp.asarray(np.zeros(1)))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return times_rate(xp, dpars["mu"], response)


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


def _information(family: Family, response: Response) -> float | None:
    """mu / (1 + mu / shape), the shape from the variance as if all rows had one mean."""
    mean, variance = float(np.mean(response.y)), float(np.var(response.y))
    over = max(variance - mean, 0.0) / max(mean, 1e-300) ** 2
    return mean / (1.0 + mean * over) if family.link("mu").name == "log" else None


def _biased(xp: Namespace, dist: Dist) -> Biased:
    """The odds stay, and the shape is larger by one."""
    log_mu, log_shape = dist.args["log_mu"], dist.args["log_shape"]
    larger = xp.softplus(log_shape)
    args = {"log_mu": log_mu + larger - log_shape, "log_shape": larger}
    return Biased(log_mu, Dist("neg_binomial", args), one_less)


negbinomial = register(
    Family(
        "negbinomial",
        kernel="negbinomial",
        dpars=(_MU, _SHAPE),
        encode=counts("negbinomial"),
        information=_information,
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_likelihood, _biased, discrete=True),
        variance=lambda mean, dpars: mean + mean**2 / dpars["shape"],
        additions=("cens", "trunc", "rate"),
        scaled=True,
        discrete=True,
    )
)

negbinomial2 = register(
    Family(
        "negbinomial2",
        kernel="negbinomial2",
        dpars=(_MU, Dpar("sigma", POSITIVE, lower=0.0)),
        encode=counts("negbinomial2"),
        likelihood=_likelihood2,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_likelihood2, _biased, discrete=True),
        variance=lambda mean, dpars: mean + mean**2 * dpars["sigma"],
        additions=("cens", "trunc", "rate"),
        scaled=True,
        discrete=True,
    )
)

geometric = register(
    Family(
        "geometric",
        kernel="geometric",
        dpars=(_MU,),
        encode=counts("geometric"),
        likelihood=_geometric_likelihood,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_geometric_likelihood, _biased, discrete=True),
        variance=lambda mean, dpars: mean + mean**2,
        additions=("cens", "trunc", "rate"),
        scaled=True,
        discrete=True,
    )
)

zero_inflated_negbinomial = register(
    Family(
        "zero_inflated_negbinomial",
        kernel="zero_inflated_negbinomial",
        dpars=(_MU, _SHAPE, Dpar("zi", SHARE, lower=0.0, upper=1.0)),
        encode=counts("zero_inflated_negbinomial"),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
        discrete=True,
    )
)

hurdle_negbinomial = register(
    Family(
        "hurdle_negbinomial",
        kernel="hurdle_negbinomial",
        dpars=(_MU, _SHAPE, Dpar("hu", SHARE, lower=0.0, upper=1.0)),
        encode=counts("hurdle_negbinomial"),
        likelihood=_hurdle_likelihood,
        mean=_hurdle_mean,
        additions=("cens", "trunc"),
        scaled=True,
        discrete=True,
    )
)

"""Counts of independent events with mean mu; with extra zeros, and behind a hurdle."""

from __future__ import annotations

import numpy as np

from ..dists import Dist
from ..links import COUNT, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import log_times_rate, times_rate
from .responses import counts
from .truncated import Biased, by_size, one_less

_MU = Dpar("mu", COUNT, lower=0.0)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("poisson", {"log_mu": log_times_rate(xp, dpars["mu"], response)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return times_rate(xp, dpars["mu"], response)


def _inflated_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    zi = {"log_zi": dpars["zi"].log(xp), "log1m_zi": dpars["zi"].log1m(xp)}
    return Dist("zero_inflated_poisson", {"log_mu": dpars["mu"].log(xp), **zi})


def _inflated_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["zi"].value(xp)) * dpars["mu"].value(xp)


def _hurdle_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    hu = {"log_hu": dpars["hu"].log(xp), "log1m_hu": dpars["hu"].log1m(xp)}
    return Dist("hurdle_poisson", {"log_mu": dpars["mu"].log(xp), **hu})


def _hurdle_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The mean of a Poisson count that is not zero, times the probability of one."""
    mu = dpars["mu"].value(xp)
    return (1.0 - dpars["hu"].value(xp)) * mu / -xp.expm1(-mu)


def _information(family: Family, response: Response) -> float | None:
    return float(np.mean(response.y)) if family.link("mu").name == "log" else None


def _biased(xp: Namespace, dist: Dist) -> Biased:
    return Biased(dist.args["log_mu"], dist, one_less)


poisson = register(
    Family(
        "poisson",
        kernel="poisson",
        dpars=(_MU,),
        encode=counts("poisson"),
        information=_information,
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_likelihood, _biased, discrete=True),
        variance=lambda mean, dpars: mean,
        additions=("cens", "trunc", "rate"),
        scaled=True,
        discrete=True,
    )
)

zero_inflated_poisson = register(
    Family(
        "zero_inflated_poisson",
        kernel="zero_inflated_poisson",
        dpars=(_MU, Dpar("zi", SHARE, lower=0.0, upper=1.0)),
        encode=counts("zero_inflated_poisson"),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
        discrete=True,
    )
)

hurdle_poisson = register(
    Family(
        "hurdle_poisson",
        kernel="hurdle_poisson",
        dpars=(_MU, Dpar("hu", SHARE, lower=0.0, upper=1.0)),
        encode=counts("hurdle_poisson"),
        likelihood=_hurdle_likelihood,
        mean=_hurdle_mean,
        additions=("cens", "trunc"),
        scaled=True,
        discrete=True,
    )
)

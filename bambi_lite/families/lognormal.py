"""Positive numbers whose logarithm is normal; shifted by ndt, and behind a hurdle at zero.

mu and sigma are location and scale of the logarithm.
"""

from __future__ import annotations

from typing import Any

from ..dists import Dist
from ..links import LOG_LOCATION, POSITIVE, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import sigma_squared
from .responses import not_negative, positive
from .truncated import Biased, by_size

_MU = Dpar("mu", LOG_LOCATION)
_SIGMA = Dpar("sigma", POSITIVE, lower=0.0)
_LOG_SCALE: dict[str, Any] = {"scaled": True, "scale_link": "log"}


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    return {"mu": dpars["mu"].value(xp), "sigma": dpars["sigma"].value(xp)}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("lognormal", _arguments(xp, dpars))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return xp.exp(dpars["mu"].value(xp) + dpars["sigma"].value(xp) ** 2 / 2.0)


def _shifted_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    shift = dpars["ndt"].value(xp)
    return Dist("shifted_lognormal", {**_arguments(xp, dpars), "shift": shift})


def _shifted_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["ndt"].value(xp) + _mean(xp, dpars, response)


def _hurdle_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    hu = {"log_hu": dpars["hu"].log(xp), "log1m_hu": dpars["hu"].log1m(xp)}
    return Dist("hurdle_lognormal", {**_arguments(xp, dpars), **hu})


def _hurdle_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["hu"].value(xp)) * _mean(xp, dpars, response)


def _biased(xp: Namespace, dist: Dist) -> Biased:
    mu, sigma = dist.args["mu"], dist.args["sigma"]
    moved = Dist("lognormal", {"mu": mu + sigma**2, "sigma": sigma})
    return Biased(mu + sigma**2 / 2.0, moved)


lognormal = register(
    Family(
        "lognormal",
        kernel="lognormal",
        dpars=(_MU, _SIGMA),
        encode=positive("lognormal", "Exact zeros: family 'hurdle_lognormal'."),
        likelihood=_likelihood,
        mean=_mean,
        additions=("cens", "trunc"),
        truncated_mean=by_size(_likelihood, _biased),
        variance=sigma_squared,
        **_LOG_SCALE,
    )
)

shifted_lognormal = register(
    Family(
        "shifted_lognormal",
        kernel="shifted_lognormal",
        dpars=(_MU, _SIGMA, Dpar("ndt", POSITIVE, lower=0.0, upper="min_Y")),
        encode=positive("shifted_lognormal"),
        likelihood=_shifted_likelihood,
        mean=_shifted_mean,
        additions=("cens", "trunc"),
        variance=sigma_squared,
        **_LOG_SCALE,
    )
)

hurdle_lognormal = register(
    Family(
        "hurdle_lognormal",
        kernel="hurdle_lognormal",
        dpars=(_MU, _SIGMA, Dpar("hu", SHARE, lower=0.0, upper=1.0)),
        encode=not_negative("hurdle_lognormal"),
        likelihood=_hurdle_likelihood,
        mean=_hurdle_mean,
        additions=("cens", "trunc"),
        **_LOG_SCALE,
        masses=(0.0,),
    )
)

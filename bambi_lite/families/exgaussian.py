"""A normal plus an exponential of mean beta; mu is the mean of the sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..dists import Dist
from ..links import POSITIVE, REAL
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import numbers


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    mu, sigma, beta = (dpars[name].value(xp) for name in ("mu", "sigma", "beta"))
    return Dist("exgaussian", {"mu": mu - beta, "sigma": sigma, "beta": beta})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _variance(mean: Any, dpars: Mapping[str, Any]) -> Any:
    return dpars["sigma"] ** 2 + dpars["beta"] ** 2


exgaussian = register(
    Family(
        "exgaussian",
        kernel="exgaussian",
        dpars=(
            Dpar("mu", REAL),
            Dpar("sigma", POSITIVE, lower=0.0),
            Dpar("beta", POSITIVE, lower=0.0),
        ),
        encode=numbers("exgaussian"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
        variance=_variance,
    )
)

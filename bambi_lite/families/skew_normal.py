"""Azzalini's skew normal with mean mu, standard deviation sigma and slant alpha."""

from __future__ import annotations

import math

from ..dists import Dist
from ..links import LOCATION, POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import known_error, residual, sigma_squared
from .responses import numbers


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    """Location xi and scale omega that give the mean and the standard deviation."""
    mu, alpha = (dpars[name].value(xp) for name in ("mu", "alpha"))
    sigma = residual(xp, dpars, response)
    shift = math.sqrt(2.0 / math.pi) * alpha / xp.sqrt(1.0 + alpha**2)
    omega = sigma / xp.sqrt(1.0 - shift**2)
    return Dist("skew_normal", {"xi": mu - omega * shift, "omega": omega, "alpha": alpha})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


skew_normal = register(
    Family(
        "skew_normal",
        dpars=(
            Dpar("mu", LOCATION),
            Dpar("sigma", POSITIVE, lower=0.0),
            Dpar("alpha", ("identity", "log", "softplus", "squareplus")),
        ),
        encode=numbers("skew_normal"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("se", "cens", "trunc"),
        scaled=True,
        bind=known_error,
        variance=sigma_squared,
    )
)

"""Positive numbers with mean mu and a tail of order nu (Frechet, inverse Weibull)."""

from __future__ import annotations

from ..dists import Dist
from ..links import MEASURE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import positive


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("frechet_mean", {"log_mu": dpars["mu"].log(xp), "nu": dpars["nu"].value(xp)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


frechet = register(
    Family(
        "frechet",
        dpars=(
            Dpar("mu", MEASURE, lower=0.0),
            # With nu of one or below there is no mean.
            Dpar("nu", ("logm1", "identity"), lower=1.0),
        ),
        encode=positive("frechet"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

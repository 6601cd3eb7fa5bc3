"""Proportions with zeros and ones: what of a wider beta distribution lies outside falls there.

mu and phi are mean and precision of the beta distribution, which is stretched to
(-kappa, 1 + kappa); the mean of the response is another one.
"""

from __future__ import annotations

from ..dists import Dist
from ..dists.xbeta import xbeta_mean
from ..links import POSITIVE, PROBABILITY
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import between


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    mu = dpars["mu"]
    return {
        "log_mu": mu.log(xp),
        "log1m_mu": mu.log1m(xp),
        "log_phi": dpars["phi"].log(xp),
        "log_kappa": dpars["kappa"].log(xp),
    }


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("xbeta", _arguments(xp, dpars))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return xbeta_mean(xp, **_arguments(xp, dpars))


xbeta = register(
    Family(
        "xbeta",
        dpars=(
            Dpar("mu", PROBABILITY, lower=0.0, upper=1.0),
            Dpar("phi", POSITIVE, lower=0.0),
            Dpar("kappa", POSITIVE, lower=0.0),
        ),
        encode=between(
            "xbeta",
            "proportions between 0 and 1",
            0.0,
            1.0,
            closed=(True, True),
            hint="Percentages: divide them by 100.",
        ),
        likelihood=_likelihood,
        mean=_mean,
        scaled=True,
        masses=(0.0, 1.0),
    )
)

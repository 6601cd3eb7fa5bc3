"""Counts between and beyond Poisson's: P(Y = y) proportional to (mu^y / y!)^shape.

Conway and Maxwell's distribution with the location mu of Guikema and Goffelt (2008); shape 1 is
Poisson's, shapes below it have more variance and those above it less.
"""

from __future__ import annotations

from ..dists import Dist
from ..dists.com_poisson import com_poisson_mean
from ..links import COUNT, POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import counts


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    args = {"log_mu": dpars["mu"].log(xp), "shape": dpars["shape"].value(xp)}
    return Dist("com_poisson", args)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return com_poisson_mean(xp, dpars["mu"].log(xp), dpars["shape"].value(xp))


com_poisson = register(
    Family(
        "com_poisson",
        dpars=(Dpar("mu", COUNT, lower=0.0), Dpar("shape", POSITIVE, lower=0.0)),
        encode=counts("com_poisson"),
        likelihood=_likelihood,
        mean=_mean,
        additions=("cens", "trunc"),
        scaled=True,
        discrete=True,
    )
)

"""The generalised extreme value distribution: location mu, scale sigma, shape xi."""

from __future__ import annotations

import numpy as np

from ..dists import Dist
from ..links import POSITIVE, REAL
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import numbers


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    names = ("mu", "sigma", "xi")
    return Dist("gen_extreme_value", {name: dpars[name].value(xp) for name in names})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """mu + sigma (Gamma(1 - xi) - 1) / xi; Gumbel's at xi = 0, infinite from xi = 1 on."""
    xi = dpars["xi"].value(xp)
    near, finite = xp.abs(xi) < 1e-7, xi < 1.0
    safe = xp.where(near | ~finite, 0.5, xi)
    rise = xp.where(near, np.euler_gamma, xp.expm1(xp.gammaln(1.0 - safe)) / safe)
    mean = dpars["mu"].value(xp) + dpars["sigma"].value(xp) * rise
    return xp.where(finite, mean, np.inf)


gen_extreme_value = register(
    Family(
        "gen_extreme_value",
        dpars=(
            Dpar("mu", REAL),
            Dpar("sigma", POSITIVE, lower=0.0),
            Dpar("xi", ("log1p", "identity")),
        ),
        encode=numbers("gen_extreme_value"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

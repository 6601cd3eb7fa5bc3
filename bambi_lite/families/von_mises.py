"""Angles with mean direction mu and concentration kappa."""

from __future__ import annotations

import math

from ..dists import Dist
from ..links import POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import between


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("von_mises", {"mu": dpars["mu"].value(xp), "kappa": dpars["kappa"].value(xp)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The mean direction, as brms' ``epred``; no expectation of angles as numbers."""
    return dpars["mu"].value(xp)


von_mises = register(
    Family(
        "von_mises",
        dpars=(
            Dpar("mu", ("tan_half", "identity"), lower=-math.pi, upper=math.pi),
            Dpar("kappa", POSITIVE, lower=0.0),
        ),
        encode=between(
            "von_mises",
            "angles in radians between -pi and pi",
            -math.pi,
            math.pi,
            closed=(True, True),
            hint="Degrees: multiply them by pi / 180.",
        ),
        likelihood=_likelihood,
        mean=_mean,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

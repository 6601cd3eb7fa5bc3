"""The normal distribution with mean mu and standard deviation sigma."""

from __future__ import annotations

import numpy as np

from ..dists import Dist
from ..links import LOCATION, POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import known_error, residual, sigma_squared
from .responses import numbers
from .truncated import normal_mean


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("normal", {"mu": dpars["mu"].value(xp), "sigma": residual(xp, dpars, response)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _information(family: Family, response: Response) -> float | None:
    identity = family.link("mu").name == "identity"
    return 1.0 / max(float(np.var(response.y)), 1e-300) if identity else None


def _residual_variance(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return residual(xp, dpars, response) ** 2


def _truncated_mean(
    xp: Namespace, dpars: Linkeds, response: Response, lower: Array, upper: Array
) -> Array:
    return normal_mean(xp, dpars["mu"].value(xp), residual(xp, dpars, response), lower, upper)


gaussian = register(
    Family(
        "gaussian",
        kernel="gaussian",
        dpars=(Dpar("mu", LOCATION), Dpar("sigma", POSITIVE, lower=0.0)),
        encode=numbers("gaussian"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("se", "cens", "trunc"),
        scaled=True,
        squares=True,
        rescor="multi_normal",
        bind=known_error,
        truncated_mean=_truncated_mean,
        information=_information,
        variance=sigma_squared,
        residual_variance=_residual_variance,
    )
)

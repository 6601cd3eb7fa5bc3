"""What several families share: latent variables, known errors and rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..links import Linked
from ..xp import Array, Namespace
from .base import Family, Linkeds, Response

#: Variance of the latent variable behind success and failure, or behind ordered categories, by
#: link: that of the standard logistic, normal and Gumbel distributions.
LATENT_VARIANCE = MappingProxyType(
    {"logit": math.pi**2 / 3.0, "probit": 1.0, "cloglog": math.pi**2 / 6.0}
)


def sigma_squared(mean: Any, dpars: Mapping[str, Any]) -> Any:
    """The variance of families whose sigma is a standard deviation."""
    return dpars["sigma"] ** 2


def residual(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The standard deviation of the response: sigma, and the known ``se`` of a row beside it."""
    sigma = dpars["sigma"].value(xp)
    if "se" not in response.extra:
        return sigma
    return xp.sqrt(sigma**2 + response.extra["se"] ** 2)


def known_error(family: Family, response: Response) -> Family:
    """With ``se()`` there is no residual beside it, unless ``se(x, sigma = TRUE)`` asks for one."""
    if "se" not in response.extra or "se_sigma" in response.extra:
        return family
    why = (
        "se() gives the standard deviation of each row. se(x, sigma = TRUE) estimates sigma beside "
        "the known errors."
    )
    dpars = tuple(
        replace(d, fixed=0.0, known=why) if d.name == "sigma" else d for d in family.dpars
    )
    return replace(family, dpars=dpars)


def log_times_rate(xp: Namespace, dpar: Linked, response: Response) -> Array:
    """The logarithm of a parameter per unit of ``rate()``, times the units of a row."""
    value = dpar.log(xp)
    return value + xp.log(response.extra["rate"]) if "rate" in response.extra else value


def times_rate(xp: Namespace, dpar: Linked, response: Response) -> Array:
    """A parameter per unit of ``rate()``, times the units of a row."""
    value = dpar.value(xp)
    return value * response.extra["rate"] if "rate" in response.extra else value

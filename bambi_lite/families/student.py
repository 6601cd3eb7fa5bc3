"""Student's t with location mu, scale sigma and nu degrees of freedom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..dists import Dist
from ..links import LOCATION, POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import known_error, residual
from .responses import numbers
from .truncated import student_mean


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    own = {name: dpars[name].value(xp) for name in ("nu", "mu")}
    return Dist("student_t", {**own, "sigma": residual(xp, dpars, response)})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _truncated_mean(
    xp: Namespace, dpars: Linkeds, response: Response, lower: Array, upper: Array
) -> Array:
    return student_mean(xp, _likelihood(xp, dpars, response), lower, upper)


def _variance(mean: Any, dpars: Mapping[str, Any]) -> Any:
    """There is none for two degrees of freedom or less: the tails are too heavy."""
    nu = dpars["nu"]
    over = nu / np.where(nu > 2.0, nu - 2.0, 1.0)
    return dpars["sigma"] ** 2 * np.where(nu > 2.0, over, np.inf)


student = register(
    Family(
        "student",
        kernel="student",
        dpars=(
            Dpar("mu", LOCATION),
            Dpar("sigma", POSITIVE, lower=0.0),
            Dpar("nu", ("logm1", "identity"), lower=1.0, joint=True),
        ),
        encode=numbers("student"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("se", "cens", "trunc"),
        scaled=True,
        rescor="multi_student_t",
        bind=known_error,
        truncated_mean=_truncated_mean,
        variance=_variance,
    )
)

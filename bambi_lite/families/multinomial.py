"""Counts of categories out of known numbers of trials; the same with a precision."""

from __future__ import annotations

from typing import Any

from ..dists import Dist
from ..links import POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .categories import SOFTMAX, count_columns, for_each, log_probabilities, predictors

_MU = Dpar("mu", ("logit",))
_COUNTS: dict[str, Any] = {
    "additions": ("trials",),
    "required": ("trials",),
    "discrete": True,
    "bind": for_each("mu"),
    "latent": True,
    "law": "the probability of category k" + SOFTMAX,
    "options": {"refcat": None},
}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    trials = response.extra["trials"]
    args = {"trials": trials, "eta": predictors(xp, dpars, response)}
    return Dist("multinomial_logit", args)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The expected count of each category, (..., n_obs, category)."""
    p = xp.exp(log_probabilities(xp, dpars, response))
    return response.extra["trials"][..., None] * p


def _mixed_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    log_phi = dpars["phi"].log(xp)
    log_alpha = log_probabilities(xp, dpars, response) + log_phi[..., None]
    args = {"trials": response.extra["trials"], "log_alpha": log_alpha, "log_total": log_phi}
    return Dist("dirichlet_multinomial", args)


multinomial = register(
    Family(
        "multinomial",
        dpars=(_MU,),
        encode=count_columns("multinomial"),
        likelihood=_likelihood,
        mean=_mean,
        **_COUNTS,
    )
)

dirichlet_multinomial = register(
    Family(
        "dirichlet_multinomial",
        dpars=(_MU, Dpar("phi", POSITIVE, lower=0.0)),
        encode=count_columns("dirichlet_multinomial"),
        likelihood=_mixed_likelihood,
        mean=_mean,
        **_COUNTS,
    )
)

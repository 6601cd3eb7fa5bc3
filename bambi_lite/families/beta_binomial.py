"""Successes out of trials whose probability varies as a beta of mean mu, precision phi."""

from __future__ import annotations

from typing import Any

from ..dists import Dist
from ..links import POSITIVE, PROBABILITY, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import successes

_PHI = Dpar("phi", POSITIVE, lower=0.0)
_TRIALS: dict[str, Any] = {
    "additions": ("trials", "cens", "trunc"),
    "required": ("trials",),
    "scaled": True,
    "discrete": True,
}


def _arguments(xp: Namespace, dpars: Linkeds, response: Response) -> dict[str, Array]:
    mu = dpars["mu"]
    odds = {"log_p": mu.log(xp), "log1m_p": mu.log1m(xp)}
    return {"trials": response.extra["trials"], **odds, "log_phi": dpars["phi"].log(xp)}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("beta_binomial", _arguments(xp, dpars, response))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return response.extra["trials"] * dpars["mu"].value(xp)


def _inflated_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    zi = {"log_zi": dpars["zi"].log(xp), "log1m_zi": dpars["zi"].log1m(xp)}
    return Dist("zero_inflated_beta_binomial", {**_arguments(xp, dpars, response), **zi})


def _inflated_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["zi"].value(xp)) * _mean(xp, dpars, response)


beta_binomial = register(
    Family(
        "beta_binomial",
        kernel="beta_binomial",
        # brms leaves the log link out for this one.
        dpars=(Dpar("mu", tuple(n for n in PROBABILITY if n != "log"), 0.0, 1.0), _PHI),
        encode=successes("beta_binomial"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        **_TRIALS,
    )
)

zero_inflated_beta_binomial = register(
    Family(
        "zero_inflated_beta_binomial",
        kernel="zero_inflated_beta_binomial",
        dpars=(Dpar("mu", PROBABILITY, 0.0, 1.0), _PHI, Dpar("zi", SHARE, 0.0, 1.0)),
        encode=successes("zero_inflated_beta_binomial"),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        linear=True,
        **_TRIALS,
    )
)

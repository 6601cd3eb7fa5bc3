"""Successes out of known numbers of trials, each with probability mu; with extra zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dists import Dist
from ..links import PROBABILITY, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .common import LATENT_VARIANCE
from .responses import successes
from .truncated import Biased, by_size, one_less

_MU = Dpar("mu", PROBABILITY, lower=0.0, upper=1.0)
_TRIALS: dict[str, Any] = {
    "additions": ("trials", "cens", "trunc"),
    "required": ("trials",),
    "scaled": True,
    "discrete": True,
}


def _arguments(xp: Namespace, dpars: Linkeds, response: Response) -> dict[str, Array]:
    mu = dpars["mu"]
    trials = response.extra["trials"]
    return {"trials": trials, "log_p": mu.log(xp), "log1m_p": mu.log1m(xp)}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("binomial", _arguments(xp, dpars, response))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return response.extra["trials"] * dpars["mu"].value(xp)


def _inflated_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    zi = {"log_zi": dpars["zi"].log(xp), "log1m_zi": dpars["zi"].log1m(xp)}
    return Dist("zero_inflated_binomial", {**_arguments(xp, dpars, response), **zi})


def _inflated_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["zi"].value(xp)) * _mean(xp, dpars, response)


def _information(family: Family, response: Response) -> np.ndarray | None:
    trials = response.extra["trials"]
    p = float(np.sum(response.y) / max(float(np.sum(trials)), 1.0))
    return trials * p * (1.0 - p) if family.link("mu").name == "logit" else None


def _biased(xp: Namespace, dist: Dist) -> Biased:
    """One success is certain, and the other trials go on as before."""
    trials = dist.args["trials"]
    others = Dist("binomial", {**dist.args, "trials": xp.maximum(trials - 1.0, 0.0)})
    return Biased(xp.log(trials) + dist.args["log_p"], others, one_less)


binomial = register(
    Family(
        "binomial",
        kernel="binomial",
        dpars=(_MU,),
        encode=successes("binomial"),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        truncated_mean=by_size(_likelihood, _biased, discrete=True),
        information=_information,
        latent_variance=LATENT_VARIANCE,
        **_TRIALS,
    )
)

zero_inflated_binomial = register(
    Family(
        "zero_inflated_binomial",
        kernel="zero_inflated_binomial",
        dpars=(_MU, Dpar("zi", SHARE, lower=0.0, upper=1.0)),
        encode=successes("zero_inflated_binomial"),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        linear=True,
        **_TRIALS,
    )
)

"""Shares of categories: with mean shares and a precision, or with a parameter of each category."""

from __future__ import annotations

from ..dists import Dist
from ..links import POSITIVE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .categories import SOFTMAX, for_each, log_probabilities, of_each, share_columns


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    log_phi = dpars["phi"].log(xp)
    log_alpha = log_probabilities(xp, dpars, response) + log_phi[..., None]
    return Dist("dirichlet_log", {"log_alpha": log_alpha, "log_total": log_phi})


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The mean share of each category, (..., n_obs, category)."""
    return xp.exp(log_probabilities(xp, dpars, response))


def _log_alpha(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return xp.stack([mu.log(xp) for mu in of_each(dpars, "mu", response)])


def _free_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    log_alpha = _log_alpha(xp, dpars, response)
    args = {"log_alpha": log_alpha, "log_total": xp.logsumexp(log_alpha)}
    return Dist("dirichlet_log", args)


def _free_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    log_alpha = _log_alpha(xp, dpars, response)
    return xp.exp(log_alpha - xp.logsumexp(log_alpha)[..., None])


dirichlet = register(
    Family(
        "dirichlet",
        dpars=(Dpar("mu", ("logit",)), Dpar("phi", POSITIVE, lower=0.0)),
        encode=share_columns("dirichlet"),
        likelihood=_likelihood,
        mean=_mean,
        bind=for_each("mu"),
        latent=True,
        law="the mean share of category k" + SOFTMAX,
        options={"refcat": None},
    )
)

dirichlet2 = register(
    Family(
        "dirichlet2",
        dpars=(Dpar("mu", ("log", "softplus", "squareplus", "identity", "logm1"), lower=0.0),),
        encode=share_columns("dirichlet2"),
        likelihood=_free_likelihood,
        mean=_free_mean,
        bind=for_each("mu"),
    )
)

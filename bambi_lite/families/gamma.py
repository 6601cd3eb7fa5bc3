"""Positive numbers with mean mu and variance mu^2 / shape; behind a hurdle at zero too."""

from __future__ import annotations

from ..dists import Dist
from ..links import MEASURE, POSITIVE, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import not_negative, positive
from .truncated import Biased, by_size

_MU = Dpar("mu", MEASURE, lower=0.0)
_SHAPE = Dpar("shape", POSITIVE, lower=0.0)


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    shape = dpars["shape"].value(xp)
    return {"alpha": shape, "beta": shape * xp.exp(-dpars["mu"].log(xp))}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("gamma", _arguments(xp, dpars))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _hurdle_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    hu = {"log_hu": dpars["hu"].log(xp), "log1m_hu": dpars["hu"].log1m(xp)}
    return Dist("hurdle_gamma", {**_arguments(xp, dpars), **hu})


def _hurdle_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["hu"].value(xp)) * dpars["mu"].value(xp)


def _biased(xp: Namespace, dist: Dist) -> Biased:
    alpha, beta = dist.args["alpha"], dist.args["beta"]
    return Biased(xp.log(alpha) - xp.log(beta), Dist("gamma", {"alpha": alpha + 1.0, "beta": beta}))


gamma = register(
    Family(
        "gamma",
        kernel="gamma",
        dpars=(_MU, _SHAPE),
        encode=positive("gamma", "Exact zeros: family 'hurdle_gamma'."),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        truncated_mean=by_size(_likelihood, _biased),
        variance=lambda mean, dpars: mean**2 / dpars["shape"],
        scaled=True,
    )
)

hurdle_gamma = register(
    Family(
        "hurdle_gamma",
        kernel="hurdle_gamma",
        dpars=(_MU, _SHAPE, Dpar("hu", SHARE, lower=0.0, upper=1.0)),
        encode=not_negative("hurdle_gamma"),
        likelihood=_hurdle_likelihood,
        mean=_hurdle_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
        masses=(0.0,),
    )
)

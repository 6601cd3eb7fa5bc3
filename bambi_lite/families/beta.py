"""Proportions with mean mu and precision phi; with exact zeros, and with zeros and ones."""

from __future__ import annotations

from ..dists import Dist
from ..links import POSITIVE, PROBABILITY, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import between

_MU = Dpar("mu", PROBABILITY, lower=0.0, upper=1.0)
_PHI = Dpar("phi", POSITIVE, lower=0.0)


def _arguments(xp: Namespace, dpars: Linkeds) -> dict[str, Array]:
    mu = dpars["mu"]
    return {"log_mu": mu.log(xp), "log1m_mu": mu.log1m(xp), "log_phi": dpars["phi"].log(xp)}


def _share(xp: Namespace, dpars: Linkeds, name: str) -> dict[str, Array]:
    return {f"log_{name}": dpars[name].log(xp), f"log1m_{name}": dpars[name].log1m(xp)}


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    return Dist("beta_mean", _arguments(xp, dpars))


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return dpars["mu"].value(xp)


def _inflated_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    args = {**_arguments(xp, dpars), **_share(xp, dpars, "zi")}
    return Dist("zero_inflated_beta_mean", args)


def _inflated_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    return (1.0 - dpars["zi"].value(xp)) * dpars["mu"].value(xp)


def _both_likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    shares = {**_share(xp, dpars, "zoi"), **_share(xp, dpars, "coi")}
    return Dist("zero_one_inflated_beta_mean", {**_arguments(xp, dpars), **shares})


def _both_mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    zoi, coi = dpars["zoi"].value(xp), dpars["coi"].value(xp)
    return zoi * coi + (1.0 - zoi) * dpars["mu"].value(xp)


beta = register(
    Family(
        "beta",
        kernel="beta",
        dpars=(_MU, _PHI),
        encode=between(
            "beta",
            "proportions above 0 and below 1",
            0.0,
            1.0,
            hint="Exact zeros: family 'zero_inflated_beta'; zeros and ones: "
            "'zero_one_inflated_beta'.",
        ),
        likelihood=_likelihood,
        mean=_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
    )
)

zero_inflated_beta = register(
    Family(
        "zero_inflated_beta",
        kernel="zero_inflated_beta",
        dpars=(_MU, _PHI, Dpar("zi", SHARE, lower=0.0, upper=1.0)),
        encode=between(
            "zero_inflated_beta",
            "proportions of 0 or more and below 1",
            0.0,
            1.0,
            closed=(True, False),
            hint="Exact ones: family 'zero_one_inflated_beta'.",
        ),
        likelihood=_inflated_likelihood,
        mean=_inflated_mean,
        linear=True,
        additions=("cens", "trunc"),
        scaled=True,
        masses=(0.0,),
    )
)

zero_one_inflated_beta = register(
    Family(
        "zero_one_inflated_beta",
        dpars=(_MU, _PHI, Dpar("zoi", SHARE, 0.0, 1.0), Dpar("coi", SHARE, 0.0, 1.0)),
        encode=between(
            "zero_one_inflated_beta",
            "proportions between 0 and 1",
            0.0,
            1.0,
            closed=(True, True),
            hint="Percentages: divide them by 100.",
        ),
        likelihood=_both_likelihood,
        mean=_both_mean,
        linear=True,
        scaled=True,
        masses=(0.0, 1.0),
    )
)

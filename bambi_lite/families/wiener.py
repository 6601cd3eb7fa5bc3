"""Reaction times together with decisions: Wiener's diffusion model.

mu is the drift rate, bs the boundary separation, ndt the time that is no part of the decision,
bias the start as a share of bs; dec(x) says which boundary was reached.
"""

from __future__ import annotations

from ..dists import Dist
from ..dists.diffusion import decision_time
from ..links import POSITIVE, SHARE
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import decided_times


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    bias = dpars["bias"]
    args = {
        "mu": dpars["mu"].value(xp),
        "log_bs": dpars["bs"].log(xp),
        "ndt": dpars["ndt"].value(xp),
        "log_bias": bias.log(xp),
        "log1m_bias": bias.log1m(xp),
        "dec": response.extra["dec"],
    }
    return Dist("wiener", args)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The mean time, whichever the decision.

    brms 2.23.1 takes bias for a distance, not for a share of bs, in its formula.
    """
    bs, bias = dpars["bs"].log(xp), dpars["bias"].log(xp)
    return dpars["ndt"].value(xp) + decision_time(xp, dpars["mu"].value(xp), bs, bias)


wiener = register(
    Family(
        "wiener",
        dpars=(
            Dpar("mu", ("identity", "log", "softplus", "squareplus")),
            Dpar("bs", POSITIVE, lower=0.0),
            Dpar("ndt", POSITIVE, lower=0.0, upper="min_Y"),
            Dpar("bias", SHARE, lower=0.0, upper=1.0),
        ),
        encode=decided_times("wiener"),
        likelihood=_likelihood,
        mean=_mean,
        additions=("dec",),
        required=("dec",),
        scaled=True,
        about="a drift rate",
    )
)

"""Counts with P(Y >= y) = mu^(y^shape) (Nakagawa and Osaki 1975)."""

from __future__ import annotations

from ..dists import Dist
from ..links import POSITIVE, PROBABILITY
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .responses import counts

#: Terms of the mean that are summed one by one; the rest is an integral.
_TERMS = 64


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    mu = dpars["mu"]
    args = {"log_p": mu.log(xp), "log1m_p": mu.log1m(xp), "shape": dpars["shape"].value(xp)}
    return Dist("discrete_weibull", args)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    """The sum over y >= 1 of P(Y >= y), by the Euler-Maclaurin formula beyond its first terms."""
    rate, shape = -dpars["mu"].log(xp), dpars["shape"].value(xp)

    def survival(y: float) -> Array:
        return xp.exp(-rate * y**shape)

    head = sum((survival(float(y)) for y in range(1, _TERMS)), start=0.0 * rate)
    end = float(_TERMS)
    slope = -rate * shape * end ** (shape - 1.0) * survival(end)
    # The integral of exp(-rate y^shape) from the end on, by the substitution t = rate y^shape.
    whole = xp.exp(xp.gammaln(1.0 + 1.0 / shape) - xp.log(rate) / shape)
    rest = whole * xp.gammaincc(1.0 / shape, rate * end**shape)
    return head + rest + survival(end) / 2.0 - slope / 12.0


discrete_weibull = register(
    Family(
        "discrete_weibull",
        dpars=(
            Dpar("mu", tuple(n for n in PROBABILITY if n != "log"), 0.0, 1.0),
            Dpar("shape", POSITIVE, lower=0.0),
        ),
        encode=counts("discrete_weibull"),
        likelihood=_likelihood,
        mean=_mean,
        additions=("cens", "trunc"),
        scaled=True,
        discrete=True,
    )
)

"""What log CDFs share. A word writes both of its tails as one function of `which`.

``tail(xp, which, y, **args)`` is log P(Y <= y) where `which` is LOWER and log P(Y > y) where it
is UPPER. Whichever is small is computed as it is, the other from it: one minus a number near one
would keep no digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from ..xp import Array, Namespace
from .kernels import tails as kernels
from .words import INF, capped_exp, log1mexp

LOWER, UPPER = 0, 1

#: A tail below this is small: the other one follows from it.
_HALF = -0.7


class Tails(TypedDict):
    """The two fields of a word that its tails fill."""

    lcdf: Callable[..., Array]
    lccdf: Callable[..., Array]


def tails(tail: Callable[..., Array]) -> Tails:
    """The fields of a word from ``tail(xp, which, y, **args)``, which knows no infinite y."""

    def field(which: int) -> Callable[..., Array]:
        def on_all(xp: Namespace, y: Array, **args: Array) -> Array:
            # An infinite bound is none: what a missing end of trunc() comes to in a row.
            inner = tail(xp, which, xp.where(xp.abs(y) >= INF, 1.0, y), **args)
            return bounded(xp, which, inner, y <= -INF, y >= INF)

        return on_all

    return {"lcdf": field(LOWER), "lccdf": field(UPPER)}


def special(xp: Namespace, name: str, which: int, *args: Array) -> Array:
    """A value of a kernel by its name in ``kernels/tails.py``."""
    return xp.kernel(getattr(kernels, name).part(which), *args)


def bounded(
    xp: Namespace, which: int, tail: Array, below: Array, above: Array | None = None
) -> Array:
    """The tail, and what is certain below and above the support.

    The arguments of `tail` have to be valid there too, so that its gradient is a number.
    """
    inner = xp.where(below, (-INF, 0.0)[which], tail)
    return inner if above is None else xp.where(above, (0.0, -INF)[which], inner)


def other(xp: Namespace, tail: Array) -> Array:
    """log(1 - exp(tail)), for the tail that is the small one."""
    return log1mexp(xp, -tail)


def completed(xp: Namespace, tail: Array, opposite: Array) -> Array:
    """A tail that is exact where it is small, and from the opposite one where that is small."""
    small = opposite < _HALF
    return xp.where(small, other(xp, xp.where(small, opposite, _HALF)), tail)


def hazard(xp: Namespace, which: int, log_hazard: Array) -> Array:
    """The tails of P(Y > y) = exp(-h), from log h: what is left of the lower one is h itself."""
    if which == UPPER:
        return -capped_exp(xp, log_hazard)
    seen = xp.maximum(log_hazard, -37.0)
    return xp.where(log_hazard < -37.0, log_hazard, log1mexp(xp, capped_exp(xp, seen)))

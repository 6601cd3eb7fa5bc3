"""All the words by name, and what is made of them: distributions with their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from ..errors import FamilyError, PriorError, listing, suggest
from ..xp import Array, Namespace
from . import correlation, counts, mixed, positive, real, unit
from .words import Vocable

_KINDS = (real, positive, unit, counts, mixed, correlation)

#: Every distribution the package knows, by Stan's name.
VOCABULARY: Mapping[str, Vocable] = MappingProxyType(
    {word.name: word for kind in _KINDS for word in kind.WORDS}
)

#: brms writes ``lkj(1)`` for what the model uses as ``lkj_corr_cholesky(1)``.
ALIASES: Mapping[str, str] = MappingProxyType({"lkj": "lkj_corr_cholesky"})


@dataclass(frozen=True, slots=True)
class Dist:
    """A distribution with its arguments.

    Attributes
    ----------
    name : str
        A name of :data:`VOCABULARY`.
    args : mapping
        Arguments by name: numbers in a prior, arrays or graph variables in a likelihood.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "args", MappingProxyType(dict(self.args)))

    def logp(self, xp: Namespace, x: Array) -> Array:
        """Elementwise log-density at `x`."""
        return VOCABULARY[self.name].logp(xp, x, **self.args)

    def lcdf(self, xp: Namespace, y: Array) -> Array:
        """Elementwise log P(Y <= `y`); FamilyError where the distribution has no CDF."""
        return self._tail("lcdf")(xp, y, **self.args)

    def lccdf(self, xp: Namespace, y: Array) -> Array:
        """Elementwise log P(Y > `y`); FamilyError where the distribution has no CDF."""
        return self._tail("lccdf")(xp, y, **self.args)

    def _tail(self, which: Literal["lcdf", "lccdf"]) -> Callable[..., Array]:
        word = VOCABULARY[self.name]
        tail = word.lcdf if which == "lcdf" else word.lccdf
        if tail is None:
            raise FamilyError(
                f"Distribution '{self.name}' has no cumulative distribution function, which "
                "cens() and trunc() need."
            )
        return tail

    def random(self, rng: np.random.Generator) -> np.ndarray:
        """Draws, of the shape that the (NumPy) arguments broadcast to."""
        word = VOCABULARY[self.name]
        assert word.random is not None
        return word.random(rng, *(self.args[arg] for arg in word.args))

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.args.items())))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Dist, (self.name, dict(self.args)))


def prior_dist(name: str, values: tuple[float, ...], text: str) -> Dist:
    """A prior from its name and positional arguments, checked.

    Parameters
    ----------
    name : str
        Stan's name of the distribution.
    values : tuple of float
        Arguments in Stan's order.
    text : str
        The text they were read from, for the message.

    Raises
    ------
    PriorError
        For an unknown name, a wrong number of arguments, or a scale that is not positive.

    Examples
    --------
    >>> dict(prior_dist("normal", (0.0, 5.0), "normal(0, 5)").args)
    {'mu': 0.0, 'sigma': 5.0}
    """
    known = [word.name for word in VOCABULARY.values() if word.prior] + list(ALIASES)
    if name not in known:
        raise PriorError(
            f"Unknown distribution '{name}' in prior '{text}'. "
            f"Available distributions: {listing(sorted(known), 20)}.{suggest(name, known)}"
        )
    word = VOCABULARY[ALIASES.get(name, name)]
    if len(values) != len(word.args):
        raise PriorError(
            f"Prior '{text}' has {len(values)} argument(s), but '{name}' takes {len(word.args)}: "
            f"{name}({', '.join(word.args)})."
        )
    args = dict(zip(word.args, values, strict=True))
    for arg in word.positive:
        if not args[arg] > 0.0:
            raise PriorError(f"In prior '{text}', '{arg}' has to be positive, not {args[arg]:g}.")
    if word.name == "uniform" and not args["lower"] < args["upper"]:
        raise PriorError(f"In prior '{text}', the lower limit has to be below the upper one.")
    return Dist(word.name, args)

"""All the words by name, and what is made of them: distributions with their arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import PriorError, listing, suggest
from ..xp import Array, Namespace
from . import categories, correlation, counts, mixed, positive, real, unit
from .words import Vocable

_KINDS = (real, positive, unit, counts, mixed, categories, correlation)

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
    own : Vocable, optional
        A word that is not in :data:`VOCABULARY`: one that depends on a link, or a user's own.
    """

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    own: Vocable | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "args", MappingProxyType(dict(self.args)))

    @property
    def word(self) -> Vocable:
        """What is known of the distribution."""
        return self.own or VOCABULARY[self.name]

    def logp(self, xp: Namespace, x: Array) -> Array:
        """Log-density at `x`, one number an observation."""
        return self.word.logp(xp, x, **self.args)

    def random(self, rng: np.random.Generator) -> np.ndarray:
        """Draws, of the shape that the (NumPy) arguments broadcast to."""
        assert self.word.random is not None
        return self.word.random(rng, *(self.args[arg] for arg in self.word.args))

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.args.items()), self.own))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Dist, (self.name, dict(self.args), self.own))


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

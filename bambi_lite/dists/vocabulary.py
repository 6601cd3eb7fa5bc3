"""All the words by name, and what is made of them: distributions with their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from ..errors import FamilyError, PriorError, listing, suggest
from ..xp import Array, Namespace
from . import (
    categories,
    com_poisson,
    correlation,
    counts,
    diffusion,
    mixed,
    only_priors,
    positive,
    real,
    unit,
    xbeta,
)
from .words import Vocable

_KINDS = (
    *(real, positive, diffusion, unit, xbeta, counts, com_poisson, mixed, categories),
    *(correlation, only_priors),
)

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
        Arguments by name: numbers in a prior (a tuple of them where a distribution has one each
        for several proportions, text where it names a number of the data), arrays or graph
        variables in a likelihood.
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

    def lcdf(self, xp: Namespace, y: Array) -> Array:
        """Elementwise log P(Y <= `y`); FamilyError where the distribution has no CDF."""
        return self._tail("lcdf")(xp, y, **self.args)

    def lccdf(self, xp: Namespace, y: Array) -> Array:
        """Elementwise log P(Y > `y`); FamilyError where the distribution has no CDF."""
        return self._tail("lccdf")(xp, y, **self.args)

    def _tail(self, which: Literal["lcdf", "lccdf"]) -> Callable[..., Array]:
        tail = self.word.lcdf if which == "lcdf" else self.word.lccdf
        if tail is None:
            raise FamilyError(
                f"Distribution '{self.name}' has no cumulative distribution function, which "
                "cens() and trunc() need."
            )
        return tail

    def random(self, rng: np.random.Generator) -> np.ndarray:
        """Draws, of the shape that the (NumPy) arguments broadcast to."""
        assert self.word.random is not None
        return self.word.random(rng, *(self.args[arg] for arg in self.word.args))

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.args.items()), self.own))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Dist, (self.name, dict(self.args), self.own))


#: An argument of a prior: a number, several, or the name of a number of the data (``min_Y``).
type Argument = float | tuple[float, ...] | str


def prior_dist(name: str, values: Sequence[Argument], text: str) -> Dist:
    """A prior from its name and positional arguments, checked.

    Parameters
    ----------
    name : str
        Stan's name of the distribution.
    values : sequence
        Arguments in Stan's order; the name of a number of the data is not checked.
    text : str
        The text they were read from, for the message.

    Raises
    ------
    PriorError
        For an unknown name, a wrong number of arguments, a vector in the place of a number, or a
        scale that is not positive.

    Examples
    --------
    >>> dict(prior_dist("normal", (0.0, 5.0), "normal(0, 5)").args)
    {'mu': 0.0, 'sigma': 5.0}
    """
    known = [word.name for word in VOCABULARY.values() if word.prior] + list(ALIASES)
    if name not in known:
        raise PriorError(
            f"Unknown distribution '{name}' in prior '{text}'. "
            f"Available distributions: {listing(sorted(known), 40)}.{suggest(name, known)}"
        )
    word = VOCABULARY[ALIASES.get(name, name)]
    if len(values) != len(word.args):
        raise PriorError(
            f"Prior '{text}' has {len(values)} argument(s), but '{name}' takes {len(word.args)}: "
            f"{name}({', '.join(word.args)})."
        )
    args: dict[str, Any] = dict(zip(word.args, values, strict=True))
    for arg, value in args.items():
        several = isinstance(value, tuple)
        if several and word.over != "proportions":
            raise PriorError(f"In prior '{text}', '{arg}' is one number, not a vector.")
        if word.over == "proportions" and not several:
            args[arg] = (value,)  # one number for all of them
    for arg in word.positive:
        _check_positive(arg, args[arg], text)
    if word.name == "uniform":
        limits = args["lower"], args["upper"]
        if not any(isinstance(v, str) for v in limits) and not limits[0] < limits[1]:
            raise PriorError(f"In prior '{text}', the lower limit has to be below the upper one.")
    return Dist(word.name, args)


def _check_positive(arg: str, value: Any, text: str) -> None:
    numbers = value if isinstance(value, tuple) else (value,)
    bad = [v for v in numbers if not isinstance(v, str) and not v > 0.0]
    if bad:
        raise PriorError(f"In prior '{text}', '{arg}' has to be positive, not {bad[0]:g}.")

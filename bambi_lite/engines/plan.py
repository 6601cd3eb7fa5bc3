"""How a model will be sampled: decided from the spec and the data, and open to inspection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, and why.

    Attributes
    ----------
    engine : str
        ``kernels``, which are compiled once for a machine, or ``pymc``.
    integrated : str
        The block of group effects that is integrated out; empty for none.
    centred : tuple of str
        Blocks whose effects are sampled as they are; the others are sampled as standard normal
        innovations.
    decomposed : tuple of str
        Distributional parameters whose coefficients are sampled on orthogonal columns (QR).
    collapsed : int
        Rows that the likelihood sees, when equal rows are merged; 0 when they are not.
    reasons : mapping
        Why, by what was decided.
    """

    engine: str = "pymc"
    integrated: str = ""
    centred: tuple[str, ...] = ()
    decomposed: tuple[str, ...] = ()
    collapsed: int = 0
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

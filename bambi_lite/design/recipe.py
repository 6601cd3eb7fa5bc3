"""What the training data decided, so that new data give the same columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..formula import BrmsFormula, GroupTerm
from .levels import Grouping


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """The formula with what was learned from the training data.

    Attributes
    ----------
    formula : BrmsFormula
        Without dots: ``.`` is replaced by the columns it stood for.
    states : mapping or None
        What each transform remembers, by the text of its call; None before training.
    levels : mapping
        The levels of each factor, by the text of its expression.
    groupings : mapping
        What is known of the levels of each group-level term.
    thresholds : int
        How many the response has, where an effect needs to know it; else 0.
    contrasts : mapping
        The names of contrasts that the user chose for factors.
    """

    formula: BrmsFormula
    states: Mapping[str, Any] | None = None
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groupings: Mapping[GroupTerm, Grouping] = field(default_factory=dict)
    thresholds: int = 0
    contrasts: Mapping[str, str] = field(default_factory=dict)

    @property
    def training(self) -> bool:
        """Whether nothing has been learned yet."""
        return self.states is None

"""The summands of a linear predictor: a file a kind."""

from .base import Quantity, Term, Values, suffix
from .constant import FixedTerm, OffsetTerm, ScalarTerm
from .group import Coef, GroupBlock, GroupTerm
from .population import PopulationTerm, population_term

__all__ = [
    "Coef",
    "FixedTerm",
    "GroupBlock",
    "GroupTerm",
    "OffsetTerm",
    "PopulationTerm",
    "Quantity",
    "ScalarTerm",
    "Term",
    "Values",
    "population_term",
    "suffix",
]

"""The summands of a linear predictor: a file a kind."""

from .base import Quantity, Term, Values, suffix
from .constant import FixedTerm, OffsetTerm, ScalarTerm
from .correlation import CorrelationTerm
from .family import FamilyTerm
from .group import By, Coef, GroupBlock, GroupTerm
from .population import PopulationTerm, population_term
from .thresholds import SPACINGS, ThresholdTerm, threshold_term

__all__ = [
    "SPACINGS",
    "By",
    "Coef",
    "CorrelationTerm",
    "FamilyTerm",
    "FixedTerm",
    "GroupBlock",
    "GroupTerm",
    "OffsetTerm",
    "PopulationTerm",
    "Quantity",
    "ScalarTerm",
    "Term",
    "ThresholdTerm",
    "Values",
    "population_term",
    "suffix",
    "threshold_term",
]

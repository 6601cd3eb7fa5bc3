"""The summands of a linear predictor: a file a kind."""

from .base import Piece, Quantity, Term, Values, suffix
from .constant import FixedTerm, OffsetTerm, ScalarTerm, TiedTerm
from .correlation import CorrelationTerm
from .family import FamilyTerm
from .group import By, Coef, GroupBlock, GroupTerm
from .hazard import BaselineHazardTerm
from .new_levels import NEW_LEVELS, NewLevels, covariance_factor, new_effects
from .population import PopulationTerm, orthogonal_map, population_term, sampled_columns
from .shrinkage import ShrinkageBlock, shrinkage_block
from .thresholds import SPACINGS, ThresholdTerm, threshold_term

__all__ = [
    "NEW_LEVELS",
    "SPACINGS",
    "BaselineHazardTerm",
    "By",
    "Coef",
    "CorrelationTerm",
    "FamilyTerm",
    "FixedTerm",
    "GroupBlock",
    "GroupTerm",
    "NewLevels",
    "OffsetTerm",
    "Piece",
    "PopulationTerm",
    "Quantity",
    "ScalarTerm",
    "ShrinkageBlock",
    "Term",
    "ThresholdTerm",
    "TiedTerm",
    "Values",
    "covariance_factor",
    "new_effects",
    "orthogonal_map",
    "population_term",
    "sampled_columns",
    "shrinkage_block",
    "suffix",
    "threshold_term",
]

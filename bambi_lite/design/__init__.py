"""Tree + data frame -> arrays, with brms' names and order.

:func:`build_design` gives a :class:`Design`, which carries the recipe for new data.
"""

from .build import Design, MvDesign, build_design
from .evaluate import data_variables
from .frames import to_pandas
from .groups import GroupDesign
from .predictors import PredictorDesign
from .registry import register_transform
from .tables import GroupEffect, group_effects, group_effects_frame
from .thresholds import n_thresholds
from .values import AdditionColumns, Column, r_sort_key

__all__ = [
    "AdditionColumns",
    "Column",
    "Design",
    "GroupDesign",
    "GroupEffect",
    "MvDesign",
    "PredictorDesign",
    "build_design",
    "data_variables",
    "group_effects",
    "group_effects_frame",
    "n_thresholds",
    "r_sort_key",
    "register_transform",
    "to_pandas",
]

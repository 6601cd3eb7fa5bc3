"""Tree + data frame -> arrays, with brms' names and order.

:func:`build_design` gives a :class:`Design`, which carries the recipe for new data.
"""

from bambi_lite.design.build import (
    AdditionColumns,
    Design,
    MvDesign,
    build_design,
)
from bambi_lite.design.groups import GroupDesign
from bambi_lite.design.predictors import PredictorDesign
from bambi_lite.design.registry import register_transform
from bambi_lite.design.tables import GroupEffect, group_effects, group_effects_frame
from bambi_lite.design.values import Column, r_sort_key

__all__ = [
    "AdditionColumns",
    "Column",
    "Design",
    "GroupDesign",
    "GroupEffect",
    "MvDesign",
    "PredictorDesign",
    "build_design",
    "group_effects",
    "group_effects_frame",
    "r_sort_key",
    "register_transform",
]

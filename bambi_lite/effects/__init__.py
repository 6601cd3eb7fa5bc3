"""What the model says of its predictors: brms' conditional effects, and averages over rows.

:func:`conditional_effects` holds the other columns fixed and shows a curve;
:func:`predictions`, :func:`comparisons` and :func:`slopes` answer for rows of data and average.
"""

from .conditional import conditional_effects
from .conditions import make_conditions
from .datagrid import datagrid
from .marginal import comparisons, predictions, slopes
from .result import ConditionalEffects
from .table import Answer

__all__ = [
    "Answer",
    "ConditionalEffects",
    "comparisons",
    "conditional_effects",
    "datagrid",
    "make_conditions",
    "predictions",
    "slopes",
]

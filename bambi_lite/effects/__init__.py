"""What the model says of its predictors: brms' conditional effects, and averages over rows.

:func:`conditional_effects` holds the other columns fixed and shows a curve;
:func:`predictions`, :func:`comparisons` and :func:`slopes` answer for rows of data and average.
"""

from .conditional import conditional_effects
from .conditions import make_conditions
from .result import ConditionalEffects

__all__ = ["ConditionalEffects", "conditional_effects", "make_conditions"]

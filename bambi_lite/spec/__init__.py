"""A model as an immutable value, and how formula, data and family become one."""

from .model import (
    DparSpec,
    ModelSpec,
    data_numbers,
    linear_predictor,
    linked_dpars,
    start_values,
    template,
    with_effects,
    with_made,
)
from .one_response import model_predictors
from .resolve import new_arrays, other_priors, resolve, take_rows
from .tables import prior_rows

__all__ = [
    "DparSpec",
    "ModelSpec",
    "data_numbers",
    "linear_predictor",
    "linked_dpars",
    "model_predictors",
    "new_arrays",
    "other_priors",
    "prior_rows",
    "resolve",
    "start_values",
    "take_rows",
    "template",
    "with_effects",
    "with_made",
]

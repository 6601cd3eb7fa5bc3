"""Predictions: the same ``Term.eta`` that was sampled, on draws and on new data."""

from .asked import GROUP_EFFECTS, GroupEffects, Options
from .basis import pick
from .draws import posterior_epred, posterior_linpred
from .likelihood import log_lik
from .outputs import OUTPUTS, Output
from .predictive import posterior_predict
from .tables import fitted, predict, predictive_error, predictive_interval, residuals

__all__ = [
    "GROUP_EFFECTS",
    "OUTPUTS",
    "GroupEffects",
    "Options",
    "Output",
    "fitted",
    "log_lik",
    "pick",
    "posterior_epred",
    "posterior_linpred",
    "posterior_predict",
    "predict",
    "predictive_error",
    "predictive_interval",
    "residuals",
]

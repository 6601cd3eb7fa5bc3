"""Predictions: the same ``Term.eta`` that was sampled, on draws and on new data."""

from .asked import GROUP_EFFECTS, GroupEffects, Options
from .draws import posterior_epred, posterior_linpred
from .likelihood import log_lik, total_log_lik
from .responses import posterior_predict

__all__ = [
    "GROUP_EFFECTS",
    "GroupEffects",
    "Options",
    "log_lik",
    "posterior_epred",
    "posterior_linpred",
    "posterior_predict",
    "total_log_lik",
]

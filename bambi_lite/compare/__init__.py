"""Comparing models: leave-one-out, WAIC, K-fold, weights, R-squared. ArviZ does the numerics."""

from .average import pp_average
from .criteria import add_criterion
from .kfold import kfold, reloo
from .loo import loo
from .models import loo_compare
from .moment_match import loo_moment_match
from .r2 import bayes_R2, loo_predict, loo_predictive_interval, loo_R2
from .result import Elpd
from .waic import waic
from .weights import loo_model_weights, model_weights

__all__ = [
    "Elpd",
    "add_criterion",
    "bayes_R2",
    "kfold",
    "loo",
    "loo_R2",
    "loo_compare",
    "loo_model_weights",
    "loo_moment_match",
    "loo_predict",
    "loo_predictive_interval",
    "model_weights",
    "pp_average",
    "reloo",
    "waic",
]

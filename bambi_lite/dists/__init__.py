"""The vocabulary of distributions: names, arguments, supports and densities.

A prior, a hyperprior and a likelihood are the same noun, ``Dist("normal", mu=0, sigma=1)``.
Names, argument order and parametrisation are Stan's (and so brms'). Where the tails of a
likelihood need it, its word takes logarithms (``log_mu``) that a link can give exactly. The
log-density is written once over ``xp``; engines may use a native distribution in its place, and
the tests hold both to the same numbers.
"""

from . import ordinal
from .categories import logistic_normal as logistic_normal_word
from .correlation import cholesky_of_partials, partial_shapes, random_lkj
from .laws import Law, law_of, support
from .vocabulary import ALIASES, VOCABULARY, Argument, Dist, prior_dist
from .words import Vocable, log_difference

__all__ = [
    "ALIASES",
    "VOCABULARY",
    "Argument",
    "Dist",
    "Law",
    "Vocable",
    "cholesky_of_partials",
    "law_of",
    "log_difference",
    "logistic_normal_word",
    "ordinal",
    "partial_shapes",
    "prior_dist",
    "random_lkj",
    "support",
]

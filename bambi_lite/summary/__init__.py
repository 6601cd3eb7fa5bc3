"""Tables of a fit: brms' summary, fixef, ranef, coef, VarCorr and the intraclass correlation."""

from .effects import coef, fixef, ranef
from .icc import icc
from .report import Summary, summary
from .stats import check_groups
from .variance import VarCorr, var_corr

__all__ = [
    "Summary",
    "VarCorr",
    "check_groups",
    "coef",
    "fixef",
    "icc",
    "ranef",
    "summary",
    "var_corr",
]

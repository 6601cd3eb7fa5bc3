"""Pictures of a fit: chains, checks of its predictions, groups."""

from .chains import mcmc_plot, pairs, plot_draws
from .check import pp_check
from .groups import plot_group_lines, plot_ranef
from .shrinkage import plot_shrinkage

__all__ = [
    "mcmc_plot",
    "pairs",
    "plot_draws",
    "plot_group_lines",
    "plot_ranef",
    "plot_shrinkage",
    "pp_check",
]

"""Pictures of a fit: chains, checks of its predictions, groups."""

from .check import pp_check
from .trace import plot_draws

__all__ = ["plot_draws", "pp_check"]

"""Pictures of draws, through arviz-plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .draws import Draws
from .errors import DataError, listing, suggest


def plot_draws(draws: Draws, variables: Sequence[str] | None = None, **options: Any) -> Any:
    """Density and trace of each parameter (group effects left out unless named).

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    variables : sequence of str, optional
        Names of variables of ``fit.idata``; by default the population-level effects, sd, cor and
        the further distributional parameters.
    **options
        Passed to ``arviz_plots.plot_trace_dist``.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``.

    Raises
    ------
    DataError
        For a name that is not among the draws.
    """
    import arviz_plots as azp

    names = list(variables) if variables is not None else _shown(draws)
    for name in names:
        if name not in draws.keys:
            raise DataError(
                f"No draws are called '{name}'. Available: {listing(draws.keys)}."
                f"{suggest(name, draws.keys)}"
            )
    options = {"compact": False, **options}
    return azp.plot_trace_dist(draws.idata, var_names=names, **options)


def _shown(draws: Draws) -> list[str]:
    return [name for name, key in draws.keys.items() if key.cls not in ("r", "Intercept")]

"""Pictures of draws, through arviz-plots."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from .draws import Draws
from .errors import DataError, listing, suggest

#: Okabe and Ito's colours, one per chain: they stay apart for colour-blind readers.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
#: Size of the picture in inches: its width, and the height of the row of one parameter.
_WIDTH, _ROW = 9.0, 1.5


def plot_draws(draws: Draws, variables: Sequence[str] | None = None, **options: Any) -> Any:
    """Density (left) and trace (right) of each parameter, a colour per chain.

    Marks at the foot of a panel are divergent transitions.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    variables : sequence of str, optional
        Names of variables of ``fit.idata``; by default the population-level effects, sd, cor and
        the further distributional parameters. A group effect such as ``r_Subject`` gets a row
        per element.
    **options
        Passed to ``arviz_plots.plot_trace_dist``, for example ``kind="hist"`` or
        ``combined=True``.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``.

    Raises
    ------
    DataError
        For a name that is not among the draws.

    Examples
    --------
    >>> fit.plot(variables=["b_Days", "sigma"]).savefig("trace.png")  # doctest: +SKIP
    """
    import arviz_base as azb
    import arviz_plots as azp

    names = list(variables if variables is not None else draws.watched())
    for name in names:
        if name not in draws.keys:
            raise DataError(
                f"No draws are called '{name}'. Available: {listing(draws.keys)}."
                f"{suggest(name, draws.keys)}"
            )
    posterior = draws.posterior[names]
    rows = sum(int(np.prod(values.shape[2:])) for values in posterior.values())
    settings: dict[str, Any] = {"compact": False, "color": list(_COLOURS), **options}
    # ArviZ writes names beside the axes, where long ones run into each other: they become titles.
    settings["visuals"] = {"label": False, **options.get("visuals", {})}
    size = {"layout": "constrained", "figsize": (_WIDTH, _ROW * max(rows, 2))}
    settings["figure_kwargs"] = {**size, **options.get("figure_kwargs", {})}
    # Whoever asks for many parameters gets them all; ArviZ would stop at 40 panels.
    with azb.rc_context({"plot.max_subplots": max(40, 2 * rows)}):
        plot = azp.plot_trace_dist(draws.idata, var_names=names, **settings)
    plot.map(
        _write_title,
        "title",
        coords={"column": "dist"},
        ignore_aes="all",
        subset_info=True,
        size=11,
    )
    return plot


def _write_title(
    values: Any,
    target: Any,
    *,
    var_name: str,
    sel: Mapping[Hashable, Any],
    isel: Mapping[Hashable, int],
    **style: Any,
) -> Any:
    """brms' name of what a panel shows: ``r_Subject[308,Days]``."""
    import arviz_plots as azp

    # The column tells density from trace, not one element from another.
    labels = [str(label) for dim, label in sel.items() if dim != "column"]
    name = f"{var_name}[{','.join(labels)}]" if labels else var_name
    visuals: Any = azp.visuals  # which has no types
    return visuals.labelled_title(values, target, text=name, **style)

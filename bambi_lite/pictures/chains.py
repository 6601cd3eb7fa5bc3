"""Pictures of the draws themselves, by arviz-plots: chains, densities, intervals, pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..posterior import Names, rhat, selected, summarise_draws
from .panels import check_backend, make_panels, mark, sized
from .style import BLUE, COLOURS, ORANGE, REFERENCE_LINE, WIDTH, Style

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

#: Height in inches of the row of one parameter, of one interval, and the side of one pair.
_ROW, _LINE, _PAIR = 1.5, 0.32, 2.0
#: Size of the labels of pairs: brms' names are long.
_LABEL = 8
#: Most parameters that are paired with one another.
_PAIRED = 12


def tree(draws: Draws, variable: Names = None, regex: bool = False) -> xr.DataTree:
    """What ArviZ draws: a variable for each number, under brms' name, and the sampler's statistics.

    By default the parameters whose chains are looked at: no group effects, no constants.
    """
    asked = draws.watched() if variable is None else variable
    found = selected(draws, asked, regex)
    coords = {dim: draws.posterior[dim] for dim in ("chain", "draw")}
    posterior = xr.Dataset({n: (("chain", "draw"), v) for n, v in found.items()}, coords=coords)
    groups = {"posterior": posterior}
    if "sample_stats" in draws.idata.children and "diverging" in draws.idata["sample_stats"]:
        groups["sample_stats"] = draws.idata["sample_stats"].to_dataset()
    return xr.DataTree.from_dict(groups)


def plot_draws(
    draws: Draws,
    variable: Names = None,
    regex: bool = False,
    backend: str | None = None,
    **options: Any,
) -> PlotCollection:
    """Density (left) and trace (right) of each parameter, a colour per chain.

    Marks at the foot of a panel are divergent transitions.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    variable : str or sequence of str, optional
        brms' names of variables; by default the population-level effects, sd, cor and the further
        distributional parameters. ``"r_Subject"`` stands for all its elements.
    regex : bool
        Whether `variable` holds regular expressions.
    backend : str, optional
        ``"matplotlib"`` (default), ``"plotly"`` or ``"bokeh"``.
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
    >>> fit.plot(["b_Days", "sigma"]).savefig("trace.png")  # doctest: +SKIP
    """
    import arviz_plots as azp

    shown = tree(draws, variable, regex)
    rows = len(shown["posterior"].data_vars)
    settings: dict[str, Any] = {"compact": False, "color": list(COLOURS), **options}
    # ArviZ writes names beside the axes, where long ones run into each other: they become titles.
    settings["visuals"] = {"label": False, **options.get("visuals", {})}
    picture = _drawn(
        azp.plot_trace_dist, shown, 2 * rows, (9.0, _ROW * max(rows, 2)), backend, **settings
    )
    picture.map(
        _write_title,
        "title",
        coords={"column": "dist"},
        ignore_aes="all",
        subset_info=True,
        size=11,
    )
    return picture


def _write_title(values: Any, target: Any, *, var_name: str, **style: Any) -> Any:
    import arviz_plots as azp

    visuals: Any = azp.visuals  # which has no types
    style = {key: value for key, value in style.items() if key not in ("sel", "isel")}
    return visuals.labelled_title(values, target, text=var_name, **style)


def _drawn(
    draw: Callable[..., Any],
    shown: xr.DataTree,
    panels: int,
    size: tuple[float, float],
    backend: str | None,
    **options: Any,
) -> PlotCollection:
    """What a function of arviz-plots draws, in a size that suits it, with brms' interval."""
    import arviz_base as azb

    name = check_backend(backend)
    options["figure_kwargs"] = {**sized(name, size), **options.get("figure_kwargs", {})}
    # Whoever asks for many parameters gets them all; ArviZ would stop at 40 panels. Its own
    # interval would be one of 89 %.
    rc = {"plot.max_subplots": max(40, panels), "stats.ci_kind": "eti", "stats.ci_prob": 0.95}
    with azb.rc_context(rc):
        picture: PlotCollection = draw(shown, backend=name, **options)
    return picture


def pairs(
    draws: Draws,
    variable: Names = None,
    regex: bool = False,
    backend: str | None = None,
    **options: Any,
) -> PlotCollection:
    """Every parameter against every other one, with its own density on the diagonal.

    Draws at divergent transitions are marked in another colour.

    Parameters
    ----------
    draws, variable, regex, backend
        As of :func:`plot_draws`.
    **options
        Passed to ``arviz_plots.plot_pair``.

    Returns
    -------
    arviz_plots.PlotMatrix
        Change it, or ``.savefig(path)``.

    Raises
    ------
    DataError
        For an unknown name, a single parameter, and more than twelve of them.
    """
    import arviz_plots as azp

    shown = tree(draws, variable, regex)
    names = list(shown["posterior"].data_vars)
    if not 2 <= len(names) <= _PAIRED:
        hint = "Name more of them." if len(names) < 2 else "Name some of them by `variable`."
        raise DataError(
            f"pairs() shows 2 to {_PAIRED} parameters, not the {len(names)} of variable = "
            f"{variable!r}. {hint}"
        )
    visuals = {
        "scatter": {"color": BLUE, "alpha": 0.2, "width": 0, "size": 8},
        "divergence": {"color": ORANGE, "alpha": 0.9, "size": 12},
        "xlabel": {"size": _LABEL},
        "ylabel": {"size": _LABEL},
        **options.pop("visuals", {}),
    }
    if "sample_stats" not in shown.children:
        visuals["divergence"] = False
    side = _PAIR * len(names)
    return _drawn(
        azp.plot_pair, shown, len(names) ** 2, (side, side), backend, visuals=visuals, **options
    )


# -- mcmc_plot -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of mcmc_plot(): the function of arviz-plots, its settings, and its layout.

    `layout` is ``panels`` (one a parameter), ``lines`` (one a parameter, in one panel) or ``one``.
    """

    function: str
    layout: str
    settings: Mapping[str, Any]


_PER_CHAIN: Style = {
    "sample_dims": ["draw"],
    "cols": ["__variable__"],
    "color": list(COLOURS),
    "aes": {"color": ["chain"]},
}
_NO_NUMBERS: Style = {
    "visuals": {"point_estimate_text": False, "point_estimate": False, "credible_interval": False}
}
MCMC_TYPES: Mapping[str, _Kind] = MappingProxyType(
    {
        "intervals": _Kind("plot_forest", "lines", {"combined": True, "ci_probs": (0.5, 0.95)}),
        "areas": _Kind("plot_ridge", "lines", {"combined": True}),
        "dens": _Kind("plot_dist", "panels", {"kind": "kde", **_NO_NUMBERS}),
        "dens_overlay": _Kind("plot_dist", "panels", {"kind": "kde", **_PER_CHAIN, **_NO_NUMBERS}),
        "hist": _Kind("plot_dist", "panels", {"kind": "hist", **_NO_NUMBERS}),
        "trace": _Kind("plot_trace", "panels", {"color": list(COLOURS)}),
        "combo": _Kind("plot_trace_dist", "panels", {"compact": False, "color": list(COLOURS)}),
        "rank_overlay": _Kind("plot_rank", "panels", {"color": list(COLOURS)}),
        "acf": _Kind("plot_autocorr", "panels", {}),
        "ess": _Kind("plot_ess_evolution", "panels", {}),
        "nuts_energy": _Kind("plot_energy", "one", {}),
        "scatter": _Kind("", "pair", {}),
        "rhat": _Kind("", "lines", {}),
        "neff": _Kind("", "lines", {}),
    }
)


def mcmc_plot(
    draws: Draws,
    type: str = "intervals",
    variable: Names = None,
    regex: bool = False,
    backend: str | None = None,
    **options: Any,
) -> PlotCollection:
    """Pictures of the draws by bayesplot's names, as brms' ``mcmc_plot``.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    type : str
        ``"intervals"`` (50 % and 95 % around the median), ``"areas"``, ``"dens"``,
        ``"dens_overlay"``, ``"hist"``, ``"trace"``, ``"combo"``, ``"rank_overlay"``, ``"acf"``,
        ``"ess"``, ``"rhat"``, ``"neff"`` (bulk ESS per draw), ``"scatter"``, ``"nuts_energy"``.
    variable, regex, backend
        As of :func:`plot_draws`.
    **options
        Passed to the function of arviz-plots that draws it.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``.

    Raises
    ------
    DataError
        For an unknown type or name.
    """
    if type not in MCMC_TYPES:
        raise DataError(
            f"Unknown type {type!r} of mcmc_plot(). Available: {listing(tuple(MCMC_TYPES))}."
            f"{suggest(str(type), tuple(MCMC_TYPES))}"
        )
    kind = MCMC_TYPES[type]
    if type == "scatter":
        return _scatter(draws, variable, regex, backend)
    if type == "combo":
        return plot_draws(draws, variable, regex, backend, **options)
    if not kind.function:
        return _diagnostic(draws, type, variable, regex, backend)
    import arviz_plots as azp

    shown = tree(draws, variable, regex)
    if type == "nuts_energy" and "sample_stats" not in shown.children:
        raise DataError("There are no statistics of the sampler: these draws came from elsewhere.")
    n = len(shown["posterior"].data_vars)
    across = min(4, n)
    size = {
        "panels": (3.0 * across, 2.4 * -(-n // across)) if n > 1 else (6.4, 4.0),
        "lines": (WIDTH, 1.0 + _LINE * n),
        "one": (WIDTH, 4.0),
    }[kind.layout]
    return _drawn(getattr(azp, kind.function), shown, n, size, backend, **kind.settings, **options)


def _scatter(draws: Draws, variable: Names, regex: bool, backend: str | None) -> PlotCollection:
    """Two parameters against each other, with divergent draws marked."""
    shown = tree(draws, variable, regex)
    names = list(shown["posterior"].data_vars)
    if len(names) != 2:
        raise DataError(
            f"The type 'scatter' shows two parameters, not the {len(names)} of variable = "
            f"{variable!r}. pairs() shows more."
        )
    x, y = (shown["posterior"][name].to_numpy().ravel() for name in names)
    picture = make_panels([""], backend=backend, xlabel=str(names[0]), ylabel=str(names[1]))
    points = {"color": BLUE, "alpha": 0.3, "size": 12.0, "width": 0.0}
    mark(picture, "draws", "scatter", {"": (x, y)}, points)
    if "sample_stats" in shown.children:
        bad = shown["sample_stats"]["diverging"].to_numpy().ravel().astype(bool)
        if bad.any():
            marked = {"color": ORANGE, "size": 20.0, "width": 0.0}
            mark(picture, "divergence", "scatter", {"": (x[bad], y[bad])}, marked)
    return picture


def _diagnostic(
    draws: Draws, type: str, variable: Names, regex: bool, backend: str | None
) -> PlotCollection:
    """Rhat or relative ESS of each parameter, beside the value they should reach."""
    asked = draws.watched() if variable is None else variable
    if type == "rhat":
        values, label = rhat(draws, asked, regex), "Rhat"
        limits: tuple[float, ...] = (1.0, 1.01)
    else:
        table = summarise_draws(draws, asked, regex)
        total = draws.posterior.sizes["chain"] * draws.posterior.sizes["draw"]
        # Too few for quantiles below a tenth of the draws, as bayesplot colours them.
        values, label, limits = table["ess_bulk"] / total, "Bulk ESS per draw", (0.1,)
    values = values.sort_values()
    places = np.arange(len(values))
    size = (WIDTH, 1.0 + _LINE * len(values))
    picture = make_panels([""], backend=backend, xlabel=label, size=size)
    for i, limit in enumerate(limits):
        mark(picture, f"limit_{i}", "vline", {"": (limit,)}, REFERENCE_LINE)
    points = {"color": BLUE, "size": 40.0, "width": 0.0}
    mark(picture, "values", "scatter", {"": (values.to_numpy(), places)}, points)
    mark(picture, "names", "yticks", {"": (places, [str(name) for name in values.index])})
    return picture

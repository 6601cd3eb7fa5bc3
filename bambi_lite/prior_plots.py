"""Pictures of the prior: densities by class, and the responses that it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from .errors import listing
from .logprior import component
from .naming import element_names
from .params import Param, Prior, single_law
from .priors import brms_class, prior_text
from .simulate import prior_values
from .spec import ModelSpec
from .xp import numpy_namespace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's colours: they stay apart for colour-blind readers.
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
_MARK = "#999999"
#: A panel shows this much of every density in it: tails of a Cauchy would leave a spike.
_SHOWN = (0.02, 0.98)
#: Draws that show a shrinkage prior.
_DRAWS = 10_000
_WIDTH, _HEIGHT = 4.2, 2.8
_PREDICTIVE = (7.0, 3.5)
#: Names in a legend before they are counted.
_AT_MOST = 3


def plot_prior(spec: ModelSpec) -> Figure:
    """The prior density of each class of parameters, a panel a class, a line a prior.

    Grey marks show the scale of the data, where the response is a measured or counted number: for
    an intercept the median and one MAD around it (on the link scale), for a coefficient the slope
    that moves the response by one MAD per sd of its column, for an sd and sigma one MAD. A flat
    prior has no density and is named instead.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    matplotlib.figure.Figure
        Change it, or ``.savefig(path)``.
    """
    from matplotlib.figure import Figure

    panels = _panels(spec)
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(_WIDTH * columns, _HEIGHT * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis, (name, lines) in zip(axes, panels.items(), strict=False):
        _draw_panel(axis, spec, name, lines)
    for axis in axes[len(panels) :]:
        axis.set_axis_off()
    return figure


type _Line = tuple[Param, Prior, list[tuple[int, str]]]


def _panels(spec: ModelSpec) -> dict[str, list[_Line]]:
    """For each class the different priors in it, each with the places and names it is for."""
    names = element_names(spec)
    found: dict[str, dict[Prior, _Line]] = {}
    for param in spec.params:
        if param.kind == "given":
            continue
        for i, key in enumerate(param.elements or (param.key,)):
            prior = spec.priors[param.name][i]
            name = f"cor({key.group})" if param.kind == "cholesky_corr" else names[param.name][i]
            lines = found.setdefault(component(key), {})
            lines.setdefault(prior, (param, prior, []))[2].append((i, name))
    return {name: list(lines.values()) for name, lines in found.items()}


def _draw_panel(axis: Axes, spec: ModelSpec, name: str, lines: list[_Line]) -> None:
    # Correlations go by the name that a person gives them.
    axis.set_title(brms_class(name))
    axis.set_yticks([])
    flat = []
    for colour, (param, prior, places) in zip(_COLOURS * len(lines), lines, strict=False):
        label = listing([n for _, n in places], _AT_MOST)
        if not prior.proper:
            flat.append(label)
            continue
        x, y = _drawn(spec, param) if prior.shrinkage is not None else _density(param, prior)
        axis.plot(x, y, color=colour, label=f"{label}\n{prior_text(prior.said) or 'flat'}")
        axis.fill_between(x, 0.0, y, color=colour, alpha=0.12, linewidth=0.0)
    _mark_data(axis, spec, lines)
    axis.set_ylim(bottom=0.0)
    if flat:
        axis.plot([], [], " ", label=f"flat: {listing(flat, _AT_MOST)}")
    if len(flat) == len(lines):
        axis.set_xticks([])
    axis.legend(fontsize="x-small", frameon=False)


def _density(param: Param, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
    """Points of a density; of correlations the one of a single correlation."""
    law = single_law(param, prior)
    assert law is not None
    if param.kind == "cholesky_corr":
        x = np.linspace(-0.999, 0.999, 401)
        return x, np.exp(law.logp(numpy_namespace(), (x + 1.0) / 2.0)) / 2.0
    if law.dist.name == "constant":
        value = float(law.dist.args["value"])
        return np.array([value, value]), np.array([0.0, 1.0])
    low, high = (float(q) for q in law.quantile(_SHOWN))
    ends = [e if np.isfinite(e) else q for e, q in zip(law.ends, (low, high), strict=True)]
    # A density that starts at its end is shown from there, if that is near.
    low = ends[0] if low - ends[0] < high - low else low
    high = ends[1] if ends[1] - high < high - low else high
    inset = 1e-4 * (high - low)
    x = np.linspace(low + inset, high - inset, 401)
    with np.errstate(divide="ignore"):
        y = np.exp(law.logp(numpy_namespace(), x))
    return x, np.minimum(y, 20.0 * np.median(y))


def _drawn(spec: ModelSpec, param: Param) -> tuple[np.ndarray, np.ndarray]:
    """The density of coefficients under a shrinkage prior, which only draws of it tell."""
    values = prior_values(spec, (1, _DRAWS), np.random.default_rng(1))[param.name].ravel()
    if not np.isfinite(values).all():  # its unit, sigma, is flat
        return np.empty(0), np.empty(0)
    height, edges = np.histogram(
        values, bins=80, range=tuple(np.quantile(values, [0.1, 0.9])), density=True
    )
    return (edges[1:] + edges[:-1]) / 2.0, height * 0.8


def _mark_data(axis: Axes, spec: ModelSpec, lines: list[_Line]) -> None:
    facts = spec.scales
    if not facts.scaled or not facts.scale > 0.0:
        return
    param, _, places = lines[0]
    key = param.elements[places[0][0]] if param.elements else param.key
    if key.dpar or key.nlpar:
        return
    style: dict[str, Any] = {"color": _MARK, "linewidth": 1.0, "linestyle": "--", "zorder": 0}
    if key.cls == "Intercept":
        axis.axvspan(
            facts.location - facts.scale, facts.location + facts.scale, color=_MARK, alpha=0.25
        )
        axis.axvline(facts.location, label="data: median, 1 MAD", **style)
    elif key.cls == "b":
        columns = facts.columns.get((key.resp, key.dpar, key.nlpar), {})
        slopes = {
            round(facts.scale / columns[param.elements[i].coef][0], 12)
            for _, prior, own in lines
            if prior.proper
            for i, _ in own
            if param.elements[i].coef in columns
        }
        for k, slope in enumerate(sorted(slopes)[:_AT_MOST]):
            label = "data: 1 MAD per sd of the column" if k == 0 else "_"
            axis.axvline(slope, label=label, **style)
            axis.axvline(-slope, **style)
    elif key.cls in ("sd", "sigma"):
        axis.axvline(facts.scale, label="data: 1 MAD of the response", **style)


def plot_prior_predictive(tree: xr.DataTree, name: str, **options: Any) -> Any:
    """Distribution functions of responses drawn from the prior, and that of the data.

    Parameters
    ----------
    tree : xarray.DataTree
        Groups ``prior_predictive`` and ``observed_data``.
    name : str
        What the response is called there.
    **options
        Passed to ``arviz_plots.plot_ppc_dist``, for example ``num_samples=20``.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``. The axis shows the data and the central 90 % of the
        responses; wide priors have more beyond.
    """
    import arviz_plots as azp

    settings: dict[str, Any] = {"kind": "ecdf", "num_samples": 50, **options}
    lines = {"color": _COLOURS[0], "alpha": 0.25}
    size = {"layout": "constrained", "figsize": _PREDICTIVE}
    settings["figure_kwargs"] = {**size, **options.get("figure_kwargs", {})}
    settings["visuals"] = {
        "predictive_dist": lines,
        "observed_dist": {"color": "black", "width": 2},
        **options.get("visuals", {}),
    }
    plot = azp.plot_ppc_dist(tree, group="prior_predictive", **settings)
    drawn = np.asarray(tree["prior_predictive"][name])
    observed = np.asarray(tree["observed_data"][name])
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, [0.05, 0.95]) if finite.size else (0.0, 0.0)
    low, high = min(low, observed.min()), max(high, observed.max())
    margin = 0.03 * (high - low) or 1.0
    axis = plot.get_viz("plot", name)
    axis.set_xlim(low - margin, high + margin)
    axis.set_xlabel(f"{name} (black: the data)")
    return plot

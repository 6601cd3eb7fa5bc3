"""Pictures of the prior: densities by class, and the responses that it expects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from .errors import listing
from .logprior import component
from .naming import element_names
from .params import ON_LINK, Param, ParamKey, Prior, single_law
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
#: A density that rises without end to the end of its range is cut at so many times its median.
_HIGHEST = 20.0
#: A mark further out than this many widths of what is drawn would leave a spike: it is named.
_OUTSIDE = 1.5
#: Draws that show a shrinkage prior.
_DRAWS = 5_000
_WIDTH, _HEIGHT = 4.2, 3.2
_PREDICTIVE = (7.0, 3.8)
#: Names in a legend before they are counted.
_AT_MOST = 3
#: Responses with no more different values than this are shown by value.
_VALUES = 12
#: Responses that leave the range of the data so many times over are shown on a log scale.
_WIDE = 10.0


def plot_prior(spec: ModelSpec) -> Figure:
    """The prior density of each class of parameters, a panel a class, a line a prior.

    Grey marks show the scale of the data, where the response is a measured or counted number: for
    an intercept the median and one MAD around it (on the link scale), for a coefficient the slope
    that moves the response by one MAD per sd of its column, for an sd and sigma one MAD. One that
    lies far outside of what the prior expects is named with its number in the legend. A flat prior
    has no density and is named as well.

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
        _draw_panel(figure, axis, spec, name, lines)
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


def _draw_panel(figure: Figure, axis: Axes, spec: ModelSpec, name: str, lines: list[_Line]) -> None:
    from matplotlib.transforms import ScaledTranslation

    # Correlations go by the name that a person gives them.
    axis.set_title(brms_class(name))
    axis.set_yticks([])
    flat = []
    top = 0.0
    for colour, (param, prior, places) in zip(_COLOURS * len(lines), lines, strict=False):
        label = listing([n for _, n in places], _AT_MOST)
        if not prior.proper:
            flat.append(label)
            continue
        x, y = _drawn(spec, param) if prior.shrinkage is not None else _density(param, prior)
        # The law of single correlations is shown, under the name that was said.
        text = prior_text(prior.said).replace("lkj_corr_cholesky", "lkj") or "flat"
        axis.plot(x, y, color=colour, label=f"{label}: {text}")
        axis.fill_between(x, 0.0, y, color=colour, alpha=0.12, linewidth=0.0)
        top = max(top, _top(y))
    _mark_data(axis, spec, lines)
    axis.set_ylim(0.0, 1.05 * top or 1.0)
    if flat:
        axis.plot([], [], " ", label=f"flat: {listing(flat, _AT_MOST)}")
    if len(flat) == len(lines):
        axis.set_xticks([])
    param, _, places = lines[0]
    scale = _scale(spec, param.elements[places[0][0]] if param.elements else param.key)
    axis.set_xlabel(scale)
    # Below the panel, where no curve can run through it; in points, whatever the layout does.
    below = ScaledTranslation(0.0, -(36.0 if scale else 22.0) / 72.0, figure.dpi_scale_trans)
    axis.legend(
        fontsize="small",
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        bbox_transform=axis.transAxes + below,
        borderaxespad=0.0,
        handlelength=1.2,
    )


def _scale(spec: ModelSpec, key: ParamKey) -> str:
    """The scale that a class is on, where it is not that of its own values."""
    if key.cls not in ON_LINK:
        return ""
    dpar = next((d for d in spec.dpars if d.predicted and d.name == (key.dpar or "mu")), None)
    if dpar is None or dpar.link.name == "identity":
        return ""
    return f"scale of {dpar.link.name}({dpar.name})"


def _top(y: np.ndarray) -> float:
    """How high a density is shown: all of a peak, not all of what grows without end to an end."""
    if y.size == 0:
        return 0.0
    peak = float(np.max(y))
    at_an_end = int(np.argmax(y)) in (0, y.size - 1)
    return min(peak, _HIGHEST * float(np.median(y))) if at_an_end else peak


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
        return x, np.exp(law.logp(numpy_namespace(), x))


def _drawn(spec: ModelSpec, param: Param) -> tuple[np.ndarray, np.ndarray]:
    """The density under a shrinkage prior, which only draws of its scales tell.

    Given its scale a coefficient is normal, so that its density is a mean of normal ones.
    """
    values = prior_values(spec, (1, _DRAWS), np.random.default_rng(1), effects=False)
    own = values[param.name].ravel()
    if not np.isfinite(own).all():  # its unit, sigma, is flat
        return np.empty(0), np.empty(0)
    low, high = np.quantile(own, [0.1, 0.9])
    if f"z{param.name}" not in values:
        height, edges = np.histogram(own, bins=80, range=(low, high), density=True)
        return (edges[1:] + edges[:-1]) / 2.0, height * 0.8
    scale = (own / values[f"z{param.name}"].ravel())[:_DRAWS, None]
    x = np.linspace(low, high, 400)  # an even number: at zero itself it may have no end
    return x, np.mean(np.exp(-0.5 * (x / scale) ** 2) / scale, axis=0) / np.sqrt(2.0 * np.pi)


# -- the scale of the data -------------------------------------------------------------------


def _mark_data(axis: Axes, spec: ModelSpec, lines: list[_Line]) -> None:
    """The scale of the data, in what the lines of a panel span."""
    facts = spec.scales
    if not facts.scaled or not facts.scale > 0.0:
        return
    param, _, places = lines[0]
    key = param.elements[places[0][0]] if param.elements else param.key
    if key.dpar or key.nlpar:
        return
    mad = facts.describe("response_scale", key)
    if key.cls == "Intercept":
        centre = facts.describe("response_location", key)
        _mark(axis, (facts.location,), f"data: {centre}, and one {mad} around it", facts.scale)
    elif key.cls == "b":
        slopes = _slopes(spec, lines)
        if slopes:
            _mark(axis, (*slopes, *(-s for s in slopes)), f"data: {mad} per sd of the column")
    elif key.cls in ("sd", "sigma"):
        _mark(axis, (facts.scale,), f"data: {mad}")


def _slopes(spec: ModelSpec, lines: list[_Line]) -> list[float]:
    """The slopes that move the response by one MAD per sd of the column; a few of them."""
    facts = spec.scales
    found = set()
    for param, prior, places in lines:
        for i, _ in places:
            key = param.elements[i]
            columns = facts.columns.get((key.resp, key.dpar, key.nlpar), {})
            if prior.proper and key.coef in columns:
                found.add(float(f"{facts.scale / columns[key.coef][0]:.12g}"))
    return sorted(found)[:_AT_MOST]


def _mark(axis: Axes, places: Sequence[float], label: str, around: float = 0.0) -> None:
    """Grey lines where they lie within what is drawn; else their number in the legend."""
    low, high = axis.get_xlim() if axis.lines else (-np.inf, np.inf)
    width = high - low
    inside = [p for p in places if low - _OUTSIDE * width <= p <= high + _OUTSIDE * width]
    if not inside:
        label += f" = {max(places, key=abs):.3g}, outside"
        axis.plot([], [], color=_MARK, linewidth=1.0, linestyle="--", label=label)
        return
    if around:
        axis.axvspan(inside[0] - around, inside[0] + around, color=_MARK, alpha=0.25, linewidth=0)
    for i, place in enumerate(inside):
        axis.axvline(
            place, color=_MARK, linewidth=1.0, linestyle="--", zorder=0,
            label=label if i == 0 else "_",
        )  # fmt: skip


# -- responses -------------------------------------------------------------------------------


def plot_prior_predictive(spec: ModelSpec, tree: xr.DataTree, **options: Any) -> Any:
    """Responses drawn from the prior, and those of the data.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    tree : xarray.DataTree
        Groups ``prior_predictive`` and ``observed_data``.
    **options
        Passed to ``arviz_plots.plot_ppc_dist``, for example ``num_samples=20``; for a response of
        few different values to ``arviz_plots.plot_ppc_rootogram``.

    Returns
    -------
    arviz_plots.PlotCollection
        Change it, or ``.savefig(path)``. Distribution functions, a line a draw: the axis shows the
        data and the central 90 % of the responses (wide priors have more beyond), on a log scale
        where these leave the range of the data far behind. For a response of few different values,
        categories among them, how many rows have each: the data, and median and 90 % of the draws.
    """
    name = spec.response_name
    drawn = np.asarray(tree["prior_predictive"][name], dtype=float)
    observed = np.asarray(tree["observed_data"][name], dtype=float)
    size = {"layout": "constrained", "figsize": _PREDICTIVE}
    options["figure_kwargs"] = {**size, **options.get("figure_kwargs", {})}
    few = spec.family.discrete and observed.ndim == 1 and np.isfinite(drawn).all()
    if few and max(np.unique(drawn).size, np.unique(observed).size) <= _VALUES:
        return _by_value(spec, tree, options)
    return _distributions(name, tree, drawn, observed, options)


def _distributions(
    name: str, tree: xr.DataTree, drawn: np.ndarray, observed: np.ndarray, options: dict[str, Any]
) -> Any:
    import arviz_plots as azp
    from matplotlib.lines import Line2D

    settings: dict[str, Any] = {"kind": "ecdf", "num_samples": 50, **options}
    settings["visuals"] = {
        "predictive_dist": {"color": _COLOURS[0], "alpha": 0.25},
        "observed_dist": {"color": "black", "width": 2},
        "title": False,
        **options.get("visuals", {}),
    }
    plot = azp.plot_ppc_dist(tree, group="prior_predictive", **settings)
    finite = drawn[np.isfinite(drawn)]
    low, high = np.quantile(finite, [0.05, 0.95]) if finite.size else (0.0, 0.0)
    low, high = min(low, observed.min()), max(high, observed.max())
    handles = [Line2D([], [], color="black", linewidth=2), Line2D([], [], color=_COLOURS[0])]
    for axis in np.ravel(np.asarray(plot.get_viz("plot", name), dtype=object)):
        if high - low > _WIDE * (np.ptp(observed) or 1.0):
            axis.set_xscale("symlog", linthresh=float(np.median(np.abs(observed))) or 1.0)
            axis.xaxis.get_major_locator().set_params(numticks=7)
            axis.set_xlim(low if low < 0.0 else -0.1, high)
        else:
            margin = 0.03 * (high - low) or 1.0
            axis.set_xlim(low - margin, high + margin)
        axis.set_xlabel(name)
        axis.set_ylabel("share of rows up to there")
        axis.legend(handles, ["data", "draws from the prior"], frameon=False, fontsize="small")
    return plot


def _by_value(spec: ModelSpec, tree: xr.DataTree, options: dict[str, Any]) -> Any:
    import arviz_plots as azp

    name, levels = spec.response_name, spec.response.levels
    # ArviZ asks the type whether values are counts.
    whole = xr.DataTree.from_dict(
        {g: tree[g].to_dataset().astype(int) for g in ("prior_predictive", "observed_data")}
    )
    settings: dict[str, Any] = {"yscale": "linear", "ci_prob": 0.9, **options}
    settings["visuals"] = {
        "predictive_markers": {"color": _COLOURS[0]},
        "credible_interval": {"color": _COLOURS[0]},
        "observed_markers": {"color": "black"},
        "xlabel": {"text": name},
        "ylabel": {"text": "rows"},
        "title": {"text": "black: the data; blue: median and 90 % of draws from the prior"},
        **options.get("visuals", {}),
    }
    plot = azp.plot_ppc_rootogram(whole, group="prior_predictive", **settings)
    axis = plot.get_viz("plot", name)
    ticks = np.unique(np.asarray(whole["prior_predictive"][name]))
    first = int(np.min(spec.response.y)) if levels else 0
    axis.set_xticks(ticks, [levels[t - first] for t in ticks] if levels else ticks)
    return plot

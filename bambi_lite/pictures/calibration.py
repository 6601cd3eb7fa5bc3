"""Checks of calibration: where each observed response falls among its replicates, by ArviZ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from .panels import check_backend, legend, make_panels, mark, sized
from .spread import density
from .style import HEIGHT, OBSERVED_LINE, PREDICTED, PREDICTED_LINE, REFERENCE_LINE, WIDTH

if TYPE_CHECKING:
    from arviz_plots import PlotCollection

#: Uniform samples that the density of the observed ones is drawn over, as in bayesplot.
_SAMPLES = 100


def _settings(backend: str | None) -> dict[str, Any]:
    name = check_backend(backend)
    return {"backend": name, "figure_kwargs": sized(name, (WIDTH, HEIGHT))}


def loo_pit(tree: xr.DataTree, backend: str | None) -> PlotCollection:
    """Distribution of the LOO-PIT values less the uniform one, in its simultaneous 95 % band."""
    import arviz_plots as azp

    return azp.plot_loo_pit(tree, envelope_prob=0.95, **_settings(backend))


def pit_ecdf(tree: xr.DataTree, backend: str | None) -> PlotCollection:
    """The same for the PIT values of rows that are not left out."""
    import arviz_plots as azp

    return azp.plot_ppc_pit(tree, envelope_prob=0.95, **_settings(backend))


def rootogram(tree: xr.DataTree, backend: str | None) -> PlotCollection:
    """How often each count occurs, on a square-root scale."""
    import arviz_plots as azp

    return azp.plot_ppc_rootogram(tree, ci_prob=0.95, **_settings(backend))


def km_overlay(tree: xr.DataTree, backend: str | None) -> PlotCollection:
    """Kaplan and Meier's survival curve of the observed times over those of the draws."""
    import arviz_plots as azp

    return azp.plot_ppc_censored(tree, **_settings(backend))


def pit_values(tree: xr.DataTree) -> np.ndarray:
    """LOO-PIT value of each row, by ArviZ."""
    from arviz_stats import loo_pit as arviz_loo_pit

    (found,) = arviz_loo_pit(tree).data_vars.values()
    return np.asarray(found).ravel()


def loo_pit_overlay(tree: xr.DataTree, backend: str | None) -> PlotCollection:
    """Density of the LOO-PIT values over those of uniform samples of the same size."""
    values = pit_values(tree)
    uniform = np.random.default_rng(0).uniform(size=(_SAMPLES, len(values)))
    curves = [density(row) for row in uniform]
    picture = make_panels([""], backend=backend, xlabel="LOO-PIT", ylabel="Density")
    lines = tuple(np.concatenate([np.append(c[i], np.nan) for c in curves]) for i in (0, 1))
    faint = {**PREDICTED_LINE, "alpha": 0.2}
    mark(picture, "uniform", "line", {"": lines}, faint)
    mark(picture, "pit", "line", {"": density(values)}, OBSERVED_LINE)
    legend(picture, {"LOO-PIT": OBSERVED_LINE, "uniform": PREDICTED_LINE})
    return picture


def loo_pit_qq(tree: xr.DataTree, backend: str | None) -> PlotCollection:
    """LOO-PIT values in order against the quantiles of a uniform distribution."""
    values = np.sort(pit_values(tree))
    n = len(values)
    places = (np.arange(1, n + 1) - 0.5) / n
    picture = make_panels([""], backend=backend, xlabel="Uniform", ylabel="LOO-PIT")
    ends = np.array([0.0, 1.0])
    mark(picture, "equal", "line", {"": (ends, ends)}, REFERENCE_LINE)
    points = {"color": PREDICTED, "alpha": 0.6, "size": 14.0, "width": 0.0}
    mark(picture, "pit", "scatter", {"": (places, values)}, points)
    return picture

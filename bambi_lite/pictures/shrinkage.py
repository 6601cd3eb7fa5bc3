"""Pictures of shrinkage: what each group says alone, and what the multilevel model makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..predict import posterior_epred
from ..summary import coef
from .groups import fitted_mean, height_of, name_levels, one_group
from .panels import legend, make_panels, mark
from .style import BLACK, BLUE, GREY, ORANGE, REFERENCE_LINE, WIDTH

if TYPE_CHECKING:
    from arviz_plots import PlotCollection


def plot_shrinkage(
    draws: Draws,
    group: str | None = None,
    coefs: Sequence[str] | None = None,
    backend: str | None = None,
) -> PlotCollection:
    """How the estimates of groups move from no pooling to the multilevel model.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    group : str, optional
        The grouping factor; needed where there are several.
    coefs : sequence of two str, optional
        Two coefficients of the group, by default its first two.
    backend : str, optional
        ``"matplotlib"`` (default), ``"plotly"`` or ``"bokeh"``.

    Returns
    -------
    arviz_plots.PlotCollection
        With two coefficients, for a response with identity link: the plane of the two, where an
        arrow leads from the least-squares estimates of each group's own rows to the posterior
        means. Otherwise means of the response: for each group the observed one (of a binomial
        response the share) and the fitted one.

    Raises
    ------
    DataError
        For unknown names, and for a response of categories, which has no mean.
    """
    name = one_group(draws, group)
    block = next(b for b in draws.spec.blocks if b.group == name)
    available = [c.label for c in block.coefs]
    for asked in coefs or ():
        if asked not in available:
            raise DataError(
                f"'{name}' has no coefficient {asked!r}. It has: {listing(available)}."
                f"{suggest(str(asked), available)}"
            )
    if coefs is not None and len(coefs) != 2:
        raise DataError(f"coefs has to name two coefficients, not {len(coefs)}.")
    plane = len(available) > 1 and draws.spec.family.link("mu").name == "identity"
    if plane:
        return _plane(draws, name, list(coefs or available[:2]), backend)
    if coefs is not None:
        raise DataError(
            "coefs is for group effects with at least two coefficients and an identity link."
        )
    return _means(draws, name, backend)


def _plane(draws: Draws, group: str, coefs: Sequence[str], backend: str | None) -> PlotCollection:
    """Two coefficients of each group, alone and in the model."""
    table = coef(draws, groups=group)[group]
    pooled = np.stack([table.sel(coef=c, stat="Estimate").to_numpy() for c in coefs], axis=1)
    centre = [
        float(draws.posterior[f"b_{c}"].mean()) if f"b_{c}" in draws.posterior else 0.0
        for c in coefs
    ]
    alone = _alone(draws, group, coefs)
    picture = make_panels([""], backend=backend, xlabel=coefs[0], ylabel=coefs[1], size=(6.4, 5.0))
    known = ~np.isnan(alone).any(axis=1)
    gap = np.full(len(pooled), np.nan)
    x = np.stack([alone[:, 0], pooled[:, 0], gap], axis=1)[known].ravel()
    y = np.stack([alone[:, 1], pooled[:, 1], gap], axis=1)[known].ravel()
    before = {"color": ORANGE, "size": 24.0, "width": 0.0}
    after = {"color": BLUE, "size": 24.0, "width": 0.0}
    middle = {"color": BLACK, "size": 120.0, "marker": "X", "width": 0.0}
    mark(picture, "move", "line", {"": (x, y)}, {"color": GREY, "width": 0.8, "alpha": 0.7})
    mark(picture, "alone", "scatter", {"": (alone[known, 0], alone[known, 1])}, before)
    mark(picture, "pooled", "scatter", {"": (pooled[:, 0], pooled[:, 1])}, after)
    mark(picture, "population", "scatter", {"": (centre[:1], centre[1:])}, middle)
    line = {"linestyle": "none", "marker": "o"}
    legend(
        picture,
        {
            f"each {group} alone": {**line, "color": ORANGE},
            "multilevel": {**line, "color": BLUE},
            "population": {**line, "color": BLACK, "marker": "X"},
        },
    )
    return picture


def _population(draws: Draws, name: str) -> float:
    """Posterior mean of a population-level coefficient; 0 where the model has none."""
    found = draws.posterior.get(f"b_{name}")
    return 0.0 if found is None else float(found.mean())


def _alone(draws: Draws, group: str, coefs: Sequence[str]) -> np.ndarray:
    """Least-squares coefficients of each group's own rows; NaN where they do not determine them.

    What the population says of other columns (posterior means) is subtracted first.
    """
    mu = next(p for p in draws.spec.predictors if p.dpar == "mu")
    term = next(g for g in mu.groups if g.group == group and set(coefs) <= set(g.coefs))
    others = [i for i, c in enumerate(mu.columns) if c not in term.coefs]
    rest = sum(
        (mu.X[:, i] * _population(draws, mu.columns[i]) for i in others),
        np.zeros(draws.spec.design.n_obs),
    )
    y = draws.spec.response.y - rest
    found = np.full((len(term.levels), len(coefs)), np.nan)
    places = [term.coefs.index(c) for c in coefs]
    for j in range(len(term.levels)):
        rows = j == term.J
        solution, _, rank, _ = np.linalg.lstsq(term.Z[rows], y[rows], rcond=None)
        if rank == term.Z.shape[1]:
            found[j] = solution[places]
    return found


def _means(draws: Draws, group: str, backend: str | None) -> PlotCollection:
    """The mean response of each group, observed and fitted."""
    fitted = fitted_mean(posterior_epred(draws))
    response = draws.spec.response
    trials = response.extra.get("trials", np.ones(len(response.y)))
    mu = next(p for p in draws.spec.predictors if p.dpar in draws.spec.main_dpars)
    term = next(g for g in mu.groups if g.group == group)
    if term.J.ndim > 1:
        raise DataError(
            f"'{group}' has several members a row: its groups have no rows of their own."
        )
    n = len(term.levels)
    total = np.bincount(term.J, trials, n)
    observed = np.bincount(term.J, response.y, n) / total
    estimate = np.bincount(term.J, fitted, n) / total
    order = np.argsort(observed, kind="stable")
    places = np.arange(n)
    what = "Share" if "trials" in response.extra else "Mean"
    picture = make_panels(
        [""],
        backend=backend,
        xlabel=f"{what} of {draws.spec.response_name}",
        ylabel=group,
        size=(WIDTH, height_of(n)),
    )
    gap = np.full(n, np.nan)
    moves = np.stack([observed[order], estimate[order], gap], axis=1).ravel()
    whole = float(np.sum(response.y) / np.sum(trials))
    mark(picture, "population", "vline", {"": (whole,)}, REFERENCE_LINE)
    line = {"color": GREY, "width": 0.8, "alpha": 0.7}
    mark(picture, "move", "line", {"": (moves, np.repeat(places.astype(float), 3))}, line)
    before = {"color": ORANGE, "size": 20.0, "width": 0.0}
    mark(picture, "alone", "scatter", {"": (observed[order], places)}, before)
    mark(picture, "pooled", "scatter", {"": (estimate[order], places)}, {**before, "color": BLUE})
    name_levels(picture, "", [term.levels[i] for i in order])
    points = {"linestyle": "none", "marker": "o"}
    legend(
        picture,
        {
            f"each {group} alone": {**points, "color": ORANGE},
            "multilevel": {**points, "color": BLUE},
        },
    )
    return picture

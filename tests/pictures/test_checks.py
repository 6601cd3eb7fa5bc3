"""Pictures: the numbers that are drawn, for each type, on four kinds of responses; wrong input."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from bambi_lite.pictures.check import KINDS
from drawn import artists, bars, line, points
from tables import each

SEED = 1


#: For each model a variable whose values are groups, and one that is a number.
VARIABLES = {
    "gaussian": ("Subject", "Days"),
    "binomial": ("batch", "n"),
    "ordinal": ("treat", "period"),
    "hundred": ("g", "x"),
}
MANY_PANELS = ("stat_grouped", "dens_overlay_grouped")
SUITABLE = {
    "gaussian": [n for n, k in KINDS.items() if k.of in ("any", "numbers")],
    "binomial": [n for n, k in KINDS.items() if not k.grouped or n in MANY_PANELS],
    "ordinal": [n for n, k in KINDS.items() if k.of in ("any", "discrete")],
    # Panels of many groups take seconds to set up: two of the types that have them.
    "hundred": [
        n
        for n, k in KINDS.items()
        if k.of in ("any", "numbers") and (not k.grouped or n in MANY_PANELS)
    ],
}
PAIRS = {f"{m} {t}": (m, t) for m, types in SUITABLE.items() for t in types}


def check(fit, model, type, **options):
    group, x = VARIABLES[model]
    kind = KINDS[type]
    own = {"group": group if kind.grouped else None, "x": x if type.endswith("_vs_x") else None}
    return fit.pp_check(type, seed=SEED, **own, **options)


def replicates(fit, rows=None):
    found = fit.posterior_predict(seed=SEED).stack(s=("chain", "draw")).transpose("s", "obs")
    values = found.to_numpy()
    if rows is None:
        return values
    return values[np.linspace(0, len(values) - 1, rows).round().astype(int)]


def parts(fit, model):
    """Rows of each group."""
    group, _ = VARIABLES[model]
    labels = fit.data[group].astype(str).to_numpy()
    return {label: np.flatnonzero(labels == label) for label in pd.unique(labels)}


@each(PAIRS)
def test_the_right_numbers_are_drawn(case, fits):
    plt.close("all")
    model, type = PAIRS[case]
    fit = fits[model]
    picture = check(fit, model, type)
    DRAWN[type.removesuffix("_grouped").removesuffix("_vs_x")](picture, fit, model, type)


def panels(fit, model, type):
    """The rows that each panel shows."""
    everything = {"": np.arange(fit.nobs())}
    return parts(fit, model) if type.endswith("_grouped") else everything


def pieces(x, y):
    """The curves of one line, which missing numbers hold apart."""
    ends = np.flatnonzero(np.isnan(y))
    starts = np.r_[0, ends[:-1] + 1]
    return [(x[a:b], y[a:b]) for a, b in zip(starts, ends, strict=True)]


def drawn_overlay(picture, fit, model, type):
    from arviz_stats.base import array_stats

    y, yrep = fit.spec.response.y, replicates(fit, 10)
    for panel, rows in panels(fit, model, type).items():
        own = line(artists(picture, "y")[panel])
        curves = pieces(*line(artists(picture, "y_rep")[panel]))
        assert len(curves) == 10
        for (x, heights), values in zip([own, *curves], [y[rows], *yrep[:, rows]], strict=True):
            if type.startswith("ecdf"):
                shares = [np.mean(values <= at) for at in x[1::2]]
                np.testing.assert_allclose(heights[1::2], shares)
            elif np.ptp(values) > 0:
                grid, density, _ = array_stats.kde(values, grid_len=256)
                np.testing.assert_allclose(x, grid)
                np.testing.assert_allclose(heights, density)


def drawn_hist(picture, fit, model, type):
    for panel, artist in (artists(picture, "y") | artists(picture, "y_rep")).items():
        rows = replicates(fit, 10)
        values = fit.spec.response.y if panel == "y" else rows[int(panel.split()[1]) - 1]
        left, heights = bars(artist)
        assert heights.sum() == len(values)
        assert left.min() <= values.min()


def drawn_bars(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    for panel, rows in panels(fit, model, type).items():
        left, heights = bars(artists(picture, "y")[panel])
        values, counts = np.unique(y[rows], return_counts=True)
        np.testing.assert_allclose(left + 0.5, values)
        np.testing.assert_allclose(heights, counts)
        at, middle = points(artists(picture, "y_rep")[panel])
        counted = np.stack([(yrep[:, rows] == v).sum(axis=1) for v in at], axis=1)
        np.testing.assert_allclose(middle, np.median(counted, axis=0))


def drawn_stat(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    for panel, rows in panels(fit, model, type).items():
        x, _ = line(artists(picture, "y")[panel])
        np.testing.assert_allclose(x, y[rows].mean())
        _, heights = bars(artists(picture, "y_rep")[panel])
        assert heights.sum() == len(yrep)


def drawn_stat_2d(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    x, other = points(artists(picture, "y_rep")[""])
    np.testing.assert_allclose(x, yrep.mean(axis=1))
    np.testing.assert_allclose(other, yrep.std(axis=1, ddof=1))
    np.testing.assert_allclose(
        np.ravel(points(artists(picture, "y")[""])), [y.mean(), y.std(ddof=1)]
    )


def drawn_intervals(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    for panel, rows in panels(fit, model, type).items():
        places, observed = points(artists(picture, "y")[panel])
        np.testing.assert_allclose(places, np.arange(1, len(rows) + 1))
        np.testing.assert_allclose(observed, y[rows])
        _, ends = line(artists(picture, "y_rep_outer")[panel])
        bounds = np.quantile(yrep[:, rows], [0.05, 0.95], axis=0)
        np.testing.assert_allclose(ends.reshape(-1, 3)[:, :2].T, bounds)
        _, ends = line(artists(picture, "y_rep_inner")[panel])
        bounds = np.quantile(yrep[:, rows], [0.25, 0.75], axis=0)
        np.testing.assert_allclose(ends.reshape(-1, 3)[:, :2].T, bounds)


def drawn_ribbon(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    for panel, rows in panels(fit, model, type).items():
        np.testing.assert_allclose(line(artists(picture, "y")[panel])[1], y[rows])
        middle = np.median(yrep[:, rows], axis=0)
        np.testing.assert_allclose(line(artists(picture, "y_rep")[panel])[1], middle)
        corners = artists(picture, "y_rep_outer")[panel].get_paths()[0].vertices[:, 1]
        assert corners.max() == pytest.approx(np.quantile(yrep[:, rows], 0.95, axis=0).max())


def drawn_error_hist(picture, fit, model, type):
    for artist in artists(picture, "error").values():
        assert bars(artist)[1].sum() == fit.nobs()


def drawn_error_scatter(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit, 10)
    for i, artist in enumerate(artists(picture, "error").values()):
        x, observed = points(artist)
        np.testing.assert_allclose(x, y - yrep[i])
        np.testing.assert_allclose(observed, y)


def drawn_error_scatter_avg(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    for panel, rows in panels(fit, model, type).items():
        x, other = points(artists(picture, "error")[panel])
        error = (y - yrep.mean(axis=0))[rows]
        if type.endswith("_vs_x"):
            np.testing.assert_allclose(x, fit.data[VARIABLES[model][1]])
            np.testing.assert_allclose(other, error)
        else:
            np.testing.assert_allclose(x, error)
            np.testing.assert_allclose(other, y[rows])


def drawn_scatter_avg(picture, fit, model, type):
    y, yrep = fit.spec.response.y, replicates(fit)
    for panel, rows in panels(fit, model, type).items():
        x, observed = points(artists(picture, "y")[panel])
        np.testing.assert_allclose(x, yrep.mean(axis=0)[rows])
        np.testing.assert_allclose(observed, y[rows])


def drawn_pit_qq(picture, fit, model, type):
    places, values = points(artists(picture, "pit")[""])
    n = fit.nobs()
    np.testing.assert_allclose(places, (np.arange(n) + 0.5) / n)
    assert (np.diff(values) >= 0).all()
    assert 0 <= values.min() < values.max() < 1 + 1e-9


def drawn_pit_overlay(picture, fit, model, type):
    x, heights = line(artists(picture, "pit")[""])
    assert np.trapezoid(heights, x) == pytest.approx(1.0, abs=0.05)
    assert len(pieces(*line(artists(picture, "uniform")[""]))) == 100


def drawn_pit(picture, fit, model, type):
    """ArviZ draws the distribution of PIT values less the uniform one."""
    (artist,) = artists(picture, "ecdf_lines").values()
    x, difference = line(artist)
    assert (np.diff(x) >= 0).all()
    # A distribution function ends at 1, as the uniform one does.
    assert difference[-1] == pytest.approx(0.0, abs=1e-9)
    y, yrep = fit.spec.response.y, replicates(fit)
    if type == "pit_ecdf" and not fit.spec.family.discrete:
        pit = np.mean(yrep <= y, axis=0)
        middle = np.searchsorted(x, 0.5)
        assert difference[middle] + x[middle] == pytest.approx(np.mean(pit <= x[middle]), abs=0.02)


def drawn_rootogram(picture, fit, model, type):
    (artist,) = artists(picture, "observed_markers").values()
    x, frequency = points(artist)
    values, counts = np.unique(fit.spec.response.y, return_counts=True)
    drawn = dict(zip(x, frequency, strict=True))
    np.testing.assert_allclose([drawn[v] for v in values], counts)


DRAWN = {
    "bars": drawn_bars,
    "dens_overlay": drawn_overlay,
    "ecdf_overlay": drawn_overlay,
    "error_hist": drawn_error_hist,
    "error_scatter": drawn_error_scatter,
    "error_scatter_avg": drawn_error_scatter_avg,
    "hist": drawn_hist,
    "intervals": drawn_intervals,
    "loo_pit": drawn_pit,
    "loo_pit_overlay": drawn_pit_overlay,
    "loo_pit_qq": drawn_pit_qq,
    "pit_ecdf": drawn_pit,
    "ribbon": drawn_ribbon,
    "rootogram": drawn_rootogram,
    "scatter_avg": drawn_scatter_avg,
    "stat": drawn_stat,
    "stat_2d": drawn_stat_2d,
}


def test_the_default_type_suits_the_response(fits):
    assert "y_rep_interval" in fits["ordinal"].pp_check(seed=SEED).viz.children
    assert "y_rep_interval" not in fits["gaussian"].pp_check(seed=SEED).viz.children

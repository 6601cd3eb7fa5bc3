"""Pictures of draws and of groups: the numbers that are drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.pictures.chains import MCMC_TYPES
from drawn import artists, line, points
from tables import each

ARVIZ = [name for name, kind in MCMC_TYPES.items() if kind.function and name != "nuts_energy"]


@each(ARVIZ)
def test_every_parameter_is_drawn(case, fits):
    plt.close("all")
    picture = fits["gaussian"].mcmc_plot(case)
    shown = set(picture.data.data_vars)
    assert {"b_Days", "sigma", "cor_Subject__Intercept__Days"} <= shown
    assert not any(name.startswith("r_") for name in shown)


def test_traces_are_the_draws(fits):
    fit = fits["gaussian"]
    picture = fit.plot(["b_Days", "r_Subject[308,Days]"])
    trace = picture.viz["trace"]
    for name in ("b_Days", "r_Subject[308,Days]"):
        values = fit.as_draws_df(name)
        for chain in range(4):
            _, y = line(trace[name].sel(chain=chain).item())
            own = values.loc[values[".chain"] == chain + 1, name]
            np.testing.assert_allclose(y, own)


def test_diagnostics_are_those_of_the_tables(fits):
    fit = fits["gaussian"]
    values, _ = points(artists(fit.mcmc_plot("rhat"), "values")[""])
    asked = list(fit.draws.watched())
    np.testing.assert_allclose(values, np.sort(fit.rhat(asked)))
    values, _ = points(artists(fit.mcmc_plot("neff"), "values")[""])
    np.testing.assert_allclose(values, np.sort(fit.summarise_draws(asked)["ess_bulk"]) / 200)


def test_pairs_show_the_draws(fits):
    fit = fits["gaussian"]
    table = fit.as_draws_df()
    x, y = points(artists(fit.mcmc_plot("scatter", ["b_Days", "sigma"]), "draws")[""])
    np.testing.assert_allclose(x, table["b_Days"])
    np.testing.assert_allclose(y, table["sigma"])
    matrix = fit.pairs(["b_Intercept", "b_Days", "sigma"])
    assert set(matrix.data.data_vars) == {"b_Intercept", "b_Days", "sigma"}


@each(["gaussian", "binomial", "ordinal", "hundred"])
def test_caterpillars_are_ranef(case, fits):
    plt.close("all")
    fit = fits[case]
    ((group, table),) = fit.ranef().items()
    picture = fit.plot_ranef(group)
    for label, artist in artists(picture, "estimate").items():
        own = table.sel(coef=label).to_pandas()
        first = table.isel(coef=0).to_pandas()["Estimate"].sort_values(kind="stable").index
        x, _ = points(artist)
        np.testing.assert_allclose(x, own.loc[first, "Estimate"])
        ends, _ = line(artists(picture, "interval")[label])
        low, high = ends.reshape(-1, 3)[:, :2].T
        np.testing.assert_allclose(low, own.loc[first, "Q2.5"])
        np.testing.assert_allclose(high, own.loc[first, "Q97.5"])
    names = [t.label1.get_text() for t in artists(picture, "levels")[label_of(picture)]]
    assert len(names) in (0, fit.ngrps()[group])


def label_of(picture):
    return next(iter(artists(picture, "levels")))


def test_group_lines_are_fitted_values(fits):
    fit = fits["gaussian"]
    picture = fit.plot_group_lines("Days", levels=["308", "309"])
    means = fit.posterior_epred().mean(("chain", "draw")).to_numpy()
    for level, artist in artists(picture, "own").items():
        rows = (fit.data["Subject"].astype(str) == level).to_numpy()
        _, y = line(artist)
        np.testing.assert_allclose(y[[0, -1]], means[rows][[0, -1]])
        at, observed = points(artists(picture, "data")[level])
        np.testing.assert_allclose(observed, fit.data["Reaction"][rows])
        np.testing.assert_allclose(at, fit.data["Days"][rows])
    (first, second) = artists(picture, "population").values()
    np.testing.assert_allclose(line(first)[1], line(second)[1])


def test_shrinkage_starts_at_least_squares(fits):
    fit = fits["gaussian"]
    picture = fit.plot_shrinkage()
    x, y = points(artists(picture, "alone")[""])
    data = fit.data
    for i, (_, rows) in enumerate(data.groupby("Subject", observed=True)):
        slope, intercept = np.polyfit(rows["Days"], rows["Reaction"], 1)
        np.testing.assert_allclose([x[i], y[i]], [intercept, slope])
    table = fit.coef()["Subject"].sel(stat="Estimate")
    np.testing.assert_allclose(
        points(artists(picture, "pooled")[""])[0], table.sel(coef="Intercept")
    )


def test_shrinkage_of_shares(fits):
    fit = fits["binomial"]
    picture = fit.plot_shrinkage()
    shares = np.sort(fit.data["m"] / fit.data["n"])
    np.testing.assert_allclose(points(artists(picture, "alone")[""])[0], shares)


WRONG = {
    "unknown type": (lambda f: f.pp_check("bar"), "Unknown type 'bar' of pp_check()"),
    "type of other responses": (
        lambda f: f.pp_check("rootogram"),
        "The type 'rootogram' of pp_check() is not for family 'gaussian', whose responses are "
        "numbers. There are: dens_overlay, ",
    ),
    "no group": (
        lambda f: f.pp_check("stat_grouped"),
        "The type 'stat_grouped' needs a group: group = 'name of a variable of the data'.",
    ),
    "a group too many": (
        lambda f: f.pp_check("stat", group="Subject"),
        "The type 'stat' takes no group. 'stat_grouped' does.",
    ),
    "unknown group": (
        lambda f: f.pp_check("stat_grouped", group="subject"),
        "group = 'subject' is no variable of the model. It has: Reaction, Days, Subject. "
        "Did you mean 'Subject'?",
    ),
    "x of text": (
        lambda f: f.pp_check("intervals", x="Subject"),
        "x = 'Subject' is not a number in every row. It could be a group.",
    ),
    "x for a type without": (lambda f: f.pp_check("stat", x="Days"), "The type 'stat' takes no x;"),
    "no x": (lambda f: f.pp_check("error_scatter_avg_vs_x"), "needs x = 'name of a variable"),
    "unknown statistic": (
        lambda f: f.pp_check("stat", stat="avg"),
        "Unknown statistic 'avg'. Available: mean, ",
    ),
    "one statistic of two": (
        lambda f: f.pp_check("stat_2d", stat="mean"),
        "The type 'stat_2d' takes 2 stat, not 1.",
    ),
    "a statistic too many": (
        lambda f: f.pp_check("hist", stat="mean"),
        "The type 'hist' takes no stat; stat, stat_2d, stat_grouped do.",
    ),
    "prob": (
        lambda f: f.pp_check("intervals", prob=50),
        "prob has to lie between 0 and 1, not 50.",
    ),
    "the inner interval outside": (
        lambda f: f.pp_check("intervals", prob=0.9, prob_outer=0.5),
        "prob = 0.9 is the inner interval: at most prob_outer = 0.5.",
    ),
    "too many draws": (
        lambda f: f.pp_check(ndraws=1000),
        "ndraws has to be a whole number from 1 to 200, not 1000.",
    ),
    "unknown backend": (
        lambda f: f.pp_check(backend="ggplot"),
        "Unknown backend 'ggplot'. Available: matplotlib, plotly, bokeh.",
    ),
    "a backend that is not installed": (
        lambda f: f.plot(backend="bokeh"),
        "backend = 'bokeh' needs bokeh: pip install 'arviz-plots[bokeh]'.",
    ),
    "unknown mcmc type": (
        lambda f: f.mcmc_plot("interval"),
        "Unknown type 'interval' of mcmc_plot(). Available: intervals, ",
    ),
    "unknown variable": (
        lambda f: f.plot("b_days"),
        "The fit has no variable 'b_days'.",
    ),
    "pairs of one": (
        lambda f: f.pairs("sigma"),
        "pairs() shows 2 to 12 parameters, not the 1 of variable = 'sigma'. Name more of them.",
    ),
    "pairs of many": (
        lambda f: f.pairs("r_Subject"),
        "pairs() shows 2 to 12 parameters, not the 36",
    ),
    "scatter of three": (
        lambda f: f.mcmc_plot("scatter", ["b_Days", "sigma", "b_Intercept"]),
        "The type 'scatter' shows two parameters, not the 3",
    ),
    "energy of foreign draws": (
        lambda f: f.mcmc_plot("nuts_energy"),
        "There are no statistics of the sampler: these draws came from elsewhere.",
    ),
    "unknown grouping factor": (
        lambda f: f.plot_ranef("subject"),
        "Unknown grouping factor 'subject'. Grouping factors of this model: Subject.",
    ),
    "effects": (
        lambda f: f.plot_ranef(effects="fixed"),
        "effects has to be 'ranef' or 'coef', not 'fixed'.",
    ),
    "lines over text": (
        lambda f: f.plot_group_lines("Subject"),
        "x = 'Subject' is no numeric variable of the model. There are: Reaction, Days.",
    ),
    "unknown level": (
        lambda f: f.plot_group_lines("Days", levels=[1]),
        "'Subject' has no level 1. It has: 308, ",
    ),
    "unknown coefficient": (
        lambda f: f.plot_shrinkage(coefs=["Intercept", "days"]),
        "'Subject' has no coefficient 'days'. It has: Intercept, Days.",
    ),
}


@each(WRONG)
def test_wrong_input(case, fits):
    act, message = WRONG[case]
    with pytest.raises(bl.DataError) as caught:
        act(fits["gaussian"])
    assert message in str(caught.value)
    assert not plt.get_fignums()


def test_categories_have_no_means(fits):
    with pytest.raises(bl.DataError, match="not categories"):
        fits["ordinal"].plot_shrinkage()


def test_censored_responses_are_not_shown():
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"time": rng.exponential(3.0, 30), "cens": np.tile([0, 0, 1], 10)})
    model = bl.Model("time | cens(cens) ~ 1", data, "weibull")
    frame = {n: np.full(10, 1.0) for n in model.variables() if n not in ("lprior", "lp__")}
    fit = model.from_draws(pd.DataFrame(frame))
    with pytest.warns(bl.DataWarning, match=r"Censored responses are not shown .*: 10 rows"):
        picture = fit.pp_check("scatter_avg", seed=1)
    _, y = points(artists(picture, "y")[""])
    np.testing.assert_allclose(y, data["time"][data["cens"] == 0])

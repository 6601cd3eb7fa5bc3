"""Draws from the prior, and the log prior of draws: against brms' lprior and against SciPy."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.logprior import log_prior
from bambi_lite.simulate import prior_values

SLOPES = "Reaction ~ Days + (Days | Subject)"


def build(formula, data, family="gaussian", prior=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        return bl.Model(formula, bl.load_data(data), family, prior=prior)


@pytest.fixture(scope="module")
def proper():
    return build(SLOPES, "sleepstudy", prior="set:rstanarm")


# -- lprior ----------------------------------------------------------------------------------

# Draws that brms made, with its own lprior (default priors; flat b, half-t, LKJ, thresholds).
BRMS = {
    "rats_multilevel": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
    "sleepstudy_intercepts": ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "gaussian"),
    "sleepstudy_slopes": (SLOPES, "sleepstudy", "gaussian"),
}


@pytest.mark.parametrize("name", BRMS)
def test_lprior_is_brms(name, request):
    folder = request.config.rootpath / "tests" / "facts" / "postprocess"
    frame = pd.read_csv(folder / f"{name}.draws.csv")
    fit = build(*BRMS[name]).from_draws(frame)
    ours = fit.idata["posterior"]["lprior"].values.ravel()
    np.testing.assert_allclose(ours, frame["lprior"], rtol=0, atol=1e-10)


def test_lprior_by_hand():
    """Bounds, tags, constants, flat and narrow rows; each counted once."""
    said = [
        bl.prior("normal(0, 20)", coef="Days", tag="slope"),
        bl.prior("gamma(2, 0.1)", class_="sd", group="Subject", coef="Days"),
        bl.prior("lkj(3)", class_="cor"),
        bl.prior("normal(20, 5)", class_="sigma"),
    ]
    spec = build(SLOPES, "sleepstudy", prior=said).spec
    values = prior_values(spec, (2, 3), np.random.default_rng(1))
    found = log_prior(spec, values)
    b, sd, sigma = values["b"][..., 0], values["sd_Subject"], values["sigma"]
    r = values["L_Subject"][..., 1, 0]
    expected = {
        "Intercept": stats.t(3, 288.7, 59.3).logpdf(values["Intercept"]),
        "b[slope]": stats.norm(0, 20).logpdf(b),
        "sd": stats.t(3, 0, 59.3).logpdf(sd[..., 0])
        + np.log(2)
        + stats.gamma(2, scale=10).logpdf(sd[..., 1]),
        # The correlation of two is the free element of the factor: its density is the matrix's.
        "L": stats.beta(3, 3).logpdf((r + 1) / 2) - np.log(2),
        "sigma": stats.norm(20, 5).logpdf(sigma) - stats.norm(20, 5).logsf(0),
    }
    assert set(found) == set(expected)
    for label, value in expected.items():
        np.testing.assert_allclose(found[label], value, rtol=1e-9)


def test_a_fit_has_lprior_and_its_parts():
    said = [bl.prior("normal(0, 20)", tag="slope"), "set:rstanarm"]
    fit = build("Reaction ~ Days", "sleepstudy", prior=said).sample(
        sample_prior="only", iter=100, seed=1
    )
    parts = fit.idata["log_prior"].to_dataset()
    assert set(parts.data_vars) == {"Intercept", "b[slope]", "sigma"}
    total = sum(parts[name] for name in parts.data_vars)
    np.testing.assert_allclose(fit.idata["posterior"]["lprior"], total)
    np.testing.assert_allclose(fit.idata["posterior"]["lprior_slope"], parts["b[slope]"])
    # It is a draw and no parameter.
    assert "lprior" not in str(fit)


# -- draws -----------------------------------------------------------------------------------


def assert_quantiles(draws, law):
    """The share of draws below a quantile is binomial."""
    n = len(draws)
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert abs((draws < law.ppf(p)).mean() - p) < 4 * np.sqrt(p * (1 - p) / n)


def test_draws_follow_their_priors(proper):
    found = proper.prior_draws(draws=8000, seed=3)
    assert_quantiles(found["b_Days"], stats.norm(0, 48.9))
    assert_quantiles(found["Intercept"], stats.norm(298.5, 141))
    assert_quantiles(found["sigma"], stats.expon(scale=1 / 0.0178))
    assert_quantiles(found["sd_Subject__Days"], stats.expon(scale=1 / 0.0512))
    assert_quantiles(found["cor_Subject__Intercept__Days"], stats.uniform(-1, 2))
    # What follows from parameters follows from their draws.
    days = bl.load_data("sleepstudy")["Days"].mean()
    np.testing.assert_allclose(found["b_Intercept"], found["Intercept"] - days * found["b_Days"])


def test_thresholds_are_drawn_in_order():
    ordinal = build("rating ~ treat", "inhaler", "cumulative", "set:proper")
    found = ordinal.prior_draws(["Intercept"], draws=4000, seed=1).to_numpy()
    assert (np.diff(found, axis=1) > 0).all()
    # Independent draws that are sorted: the middle one of three is their median.
    law = stats.t(3, 0, 2.5)
    u = law.cdf(found[:, 1])
    assert stats.kstest(u, stats.beta(2, 2).cdf).pvalue > 1e-3


def test_thresholds_with_priors_of_their_own():
    said = [bl.prior(f"normal({k}, 0.5)", class_="Intercept", coef=str(k)) for k in (1, 2, 3)]
    ordinal = build("rating ~ 1 + (1 | subject)", "inhaler", "cumulative", said)
    found = ordinal.prior_draws(["Intercept"], draws=4000, seed=1).to_numpy()
    assert (np.diff(found, axis=1) > 0).all()
    free = np.random.default_rng(1).normal([1, 2, 3], 0.5, size=(40_000, 3))
    free = free[(np.diff(free, axis=1) > 0).all(axis=1)]
    for k in range(3):
        assert stats.ks_2samp(found[:, k], free[:, k]).pvalue > 1e-3


def test_draws_of_single_groups_and_of_one_name(proper):
    found = proper.prior_draws("r_Subject", draws=50, seed=1)
    assert found.shape == (50, 36)
    assert list(found.columns[:2]) == ["r_Subject[308,Intercept]", "r_Subject[308,Days]"]


def test_flat_parameters_have_no_draws():
    found = build(SLOPES, "sleepstudy").prior_draws(draws=10, seed=1)
    assert list(found.columns) == [
        "sd_Subject__Intercept", "sd_Subject__Days", "cor_Subject__Intercept__Days", "sigma",
        "Intercept",
    ]  # fmt: skip


def message(error, run):
    with pytest.raises(error) as caught:
        run()
    return str(caught.value)


FLAT = (
    "The prior cannot be drawn from, because it is flat for (class = 'b'). Proper for this model: "
    "prior='set:proper', prior='set:penalised_complexity', prior='set:rstanarm', "
    "prior='set:unit_scale'."
)


@pytest.mark.parametrize(
    "run",
    [
        lambda m: m.prior_draws("b_Days"),
        lambda m: m.prior_predictive(),
        lambda m: m.plot_prior_predictive(),
        lambda m: m.sample(sample_prior="only"),
    ],
)
def test_a_flat_prior_names_its_rows_and_offers_sets(run):
    model = build(SLOPES, "sleepstudy")
    assert message(bl.PriorError, lambda: run(model)) == FLAT
    for name in ("proper", "penalised_complexity", "rstanarm", "unit_scale"):
        build(SLOPES, "sleepstudy", prior=f"set:{name}").prior_predictive(2, seed=1)


def test_what_was_said_stays_with_a_set_that_is_offered():
    said = [bl.prior("normal(0, 1)", class_="Intercept"), bl.prior("", class_="sigma")]
    text = message(
        bl.PriorError, lambda: build("Reaction ~ 1", "sleepstudy", prior=said).prior_predictive()
    )
    # A flat sigma that the user asked for is not made proper by a set.
    assert text.endswith("Give each of them a prior, for example bl.prior('normal(0, 5)').")


def test_names_and_counts_are_checked(proper):
    assert message(bl.DataError, lambda: proper.prior_draws("b_days")) == (
        "No parameter is called 'b_days'. Parameters: sd_Subject__Intercept, sd_Subject__Days, "
        "cor_Subject__Intercept__Days, r_Subject, b_Intercept, b_Days, Intercept, sigma. Did you "
        "mean 'b_Days'?"
    )
    assert message(bl.DataError, lambda: proper.prior_draws(draws=0)) == (
        "draws has to be a whole number of at least 1, not 0."
    )
    assert message(bl.SamplingError, lambda: proper.sample(sample_prior="onyl")) == (
        "sample_prior has to be one of no, yes, only, not 'onyl'. Did you mean 'only'?"
    )


# -- responses -------------------------------------------------------------------------------


def test_prior_predictive_is_simulation_by_hand():
    said = {"b": "normal(0, 1)", "Intercept": "normal(2, 1)", "sigma": "exponential(1)"}
    model = build("Reaction ~ Days", "sleepstudy", prior=said)
    tree = model.prior_predictive(draws=4000, seed=5)
    assert set(tree.children) == {"prior", "prior_predictive", "observed_data"}
    y = tree["prior_predictive"]["Reaction"].values[0]
    rng = np.random.default_rng(11)
    days = bl.load_data("sleepstudy")["Days"].to_numpy()
    by_hand = (
        rng.normal(2, 1, (4000, 1))
        + rng.normal(0, 1, (4000, 1)) * (days - days.mean())
        + rng.exponential(1, (4000, 1)) * rng.normal(size=(4000, len(days)))
    )
    for row in (0, 9, 100):
        assert stats.ks_2samp(y[:, row], by_hand[:, row]).pvalue > 1e-3


def test_prior_predictive_keeps_a_truncation():
    said = ["set:proper", bl.prior("normal(300, 10)", class_="Intercept")]
    model = build("Reaction | trunc(lb = 150) ~ Days", "sleepstudy", prior=said)
    y = model.prior_predictive(100, seed=1)["prior_predictive"]["Reaction"].values
    assert y.min() >= 150


def test_responses_of_parameters_that_cannot_be_are_missing():
    formula = bl.bf("Reaction ~ 1", "sigma ~ 1")
    family = bl.gaussian(link_sigma="identity")
    said = [bl.prior("normal(0, 1)", class_="Intercept", dpar="sigma")]
    model = build(formula, "sleepstudy", family, said)
    with pytest.warns(bl.DataWarning) as caught:
        y = model.prior_predictive(400, seed=1)["prior_predictive"]["Reaction"].values
    share = np.isnan(y).mean()
    assert abs(share - 0.5) < 4 * np.sqrt(0.25 / 400)
    assert str(caught[0].message) == (
        "The prior lets the response be what it cannot be, and such responses are missing: "
        f"sigma (identity link) in {100 * share:.1f} % of the draws."
    )


def test_the_same_seed_gives_the_same_draws(proper):
    first, again = (proper.prior_predictive(20, seed=4) for _ in range(2))
    np.testing.assert_array_equal(
        first["prior_predictive"]["Reaction"], again["prior_predictive"]["Reaction"]
    )
    assert not proper.prior_draws(draws=5, seed=1).equals(proper.prior_draws(draws=5, seed=2))


# -- in the place of the posterior -----------------------------------------------------------


def test_draws_from_the_prior_alone_are_a_fit(proper):
    fit = proper.sample(sample_prior="only", seed=1)
    assert fit.idata["posterior"].sizes["draw"] == 1000
    assert "The draws are independent ones from the prior alone" in str(fit)
    assert fit.draws.settings.sample_prior == "only"
    assert_quantiles(fit.idata["posterior"]["b_Days"].values.ravel(), stats.norm(0, 48.9))
    again = proper.sample(sample_prior="only", seed=1)
    assert fit.fixef().equals(again.fixef())
    # Predictions take them as they take any draws.
    assert fit.posterior_epred().sizes["obs"] == 180


# -- pictures --------------------------------------------------------------------------------


def test_picture_of_every_class(proper):
    figure = proper.plot_prior()
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[:5] == ["Intercept", "b", "sigma", "sd", "cor"]
    intercept = figure.axes[0]
    x, y = intercept.lines[0].get_data()
    np.testing.assert_allclose(y, stats.norm(298.5, 141).pdf(x), rtol=1e-9)
    # The data's scale is marked at the median.
    assert any(np.allclose(line.get_xdata(), 288.7) for line in intercept.lines)
    assert legend(intercept) == [
        "Intercept: normal(298.5, 141)",
        "data: median(Reaction), and one mad(Reaction) around it",
    ]
    assert legend(figure.axes[4]) == ["cor(Subject): lkj(1)"]


def legend(axis):
    return [text.get_text() for text in axis.get_legend().get_texts()]


def panel(figure, title):
    return next(axis for axis in figure.axes if axis.get_title() == title)


def test_pictures_have_nothing_on_top_of_one_another(proper):
    """Legends stand below their panel and its label, whatever the layout does."""
    epilepsy = build("count ~ zAge * Trt + (1 | patient)", "epilepsy", "poisson", "set:proper")
    for model in (proper, epilepsy):
        figure = model.plot_prior()
        figure.canvas.draw()
        for axis in figure.axes[: len(figure.get_axes())]:
            if axis.get_legend() is None:
                continue
            box = axis.get_legend().get_window_extent()
            assert box.y1 <= axis.xaxis.get_tightbbox().y0
            assert box.x0 >= 0
    assert panel(figure, "b").get_xlabel() == "scale of log(mu)"
    # It can be changed.
    figure.axes[0].set_title("mine")
    assert figure.axes[0].get_title() == "mine"


def test_a_peak_is_shown_whole_and_a_pole_is_cut():
    said = {"Intercept": "cauchy(0, 10)", "b": "normal(0, 1)", "shape": "gamma(0.1, 0.1)"}
    figure = build("count ~ zAge", "epilepsy", "negbinomial", said).plot_prior()
    peak, pole = panel(figure, "Intercept"), panel(figure, "shape")
    assert peak.get_ylim()[1] > stats.cauchy(0, 10).pdf(0.0)
    x, y = pole.lines[0].get_data()
    np.testing.assert_allclose(y, stats.gamma(0.1, scale=10).pdf(x), rtol=1e-6)
    assert pole.get_ylim()[1] < y.max() / 10


def test_a_mark_far_outside_is_named():
    """Columns of poly() are small: the slopes that the data could have are far from the prior."""
    model = build("Reaction ~ poly(Days, 2)", "sleepstudy", prior=bl.prior("normal(0, 1)"))
    axis = panel(model.plot_prior(), "b")
    y = bl.load_data("sleepstudy")["Reaction"]
    slope = round(1.4826 * np.median(abs(y - y.median())), 1) * np.sqrt(len(y) - 1)
    assert legend(axis)[1] == f"data: mad(Reaction) per sd of the column = {slope:.3g}, outside"
    assert max(map(abs, axis.get_xlim())) < 5


def test_the_density_of_a_horseshoe():
    said = [bl.prior("horseshoe(3, scale_global = 2)"), bl.prior("exponential(1)", "sigma")]
    model = build("Reaction ~ Days + I(Days^2)", "sleepstudy", prior=said)
    x, y = panel(model.plot_prior(), "b").lines[0].get_data()
    draws = model.prior_draws("b_Days", draws=200_000, seed=3)["b_Days"]
    inside = draws[(draws > x[0]) & (draws < x[-1])]
    share = np.sum((y[1:] + y[:-1]) / 2 * np.diff(x))
    assert share == pytest.approx(len(inside) / len(draws), abs=0.03)
    # Away from the peak too, where most of it lies.
    out = x > 0.2 * x[-1]
    tail = np.sum((y[out][1:] + y[out][:-1]) / 2 * np.diff(x[out]))
    expected = np.mean((draws > x[out][0]) & (draws < x[-1]))
    assert tail == pytest.approx(expected, rel=0.05)


def test_picture_names_what_is_flat():
    figure = build(SLOPES, "sleepstudy").plot_prior()
    labels = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert labels == ["flat: b_Days"]


def test_picture_of_responses_shows_the_data(proper, tmp_path):
    plot = proper.plot_prior_predictive(draws=30, seed=1, num_samples=20)
    axis = plot.get_viz("plot", "Reaction")
    low, high = axis.get_xlim()
    y = bl.load_data("sleepstudy")["Reaction"]
    assert low < y.min() < y.max() < high
    assert legend(axis) == ["data", "draws from the prior"]
    plot.savefig(tmp_path / "prior.png")
    assert (tmp_path / "prior.png").stat().st_size > 5000


def test_picture_of_categories_counts_rows():
    model = build("rating ~ treat", "inhaler", "cumulative", "set:proper")
    plot = model.plot_prior_predictive(draws=50, seed=1)
    axis = plot.get_viz("plot", "rating")
    assert [t.get_text() for t in axis.get_xticklabels()] == ["1", "2", "3", "4"]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("rating", "rows")
    observed = bl.load_data("inhaler")["rating"].value_counts().sort_index().tolist()
    drawn = [np.asarray(marks.get_offsets())[:, 1].tolist() for marks in axis.collections]
    assert observed in drawn


def test_picture_of_a_prior_that_leaves_the_data_far_behind():
    model = build("count ~ zAge", "epilepsy", "poisson", "set:proper")
    axis = model.plot_prior_predictive(draws=50, seed=1).get_viz("plot", "count")
    assert axis.get_xscale() == "symlog"
    assert axis.get_xlim()[1] > 1000

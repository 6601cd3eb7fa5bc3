"""Models side by side, R-squared, predictions of rows left out, criteria, folds, parts of data."""

import time
from dataclasses import replace

import arviz_stats as azs
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from arviz_stats.base import array_stats

import bambi_lite as bl
from bambi_lite.compare.folds import make_folds
from bambi_lite.compare.psis import relative_efficiency, smooth
from bambi_lite.compare.refit import _run, absent_levels, refit_settings, resample_levels
from bambi_lite.compare.stacking import stacking
from bambi_lite.engines import SampleSettings
from bambi_lite.predict import log_lik
from bambi_lite.spec import new_arrays, take_rows

pytestmark = pytest.mark.filterwarnings("ignore::bambi_lite.ComparisonWarning")


@pytest.fixture(scope="module")
def pair(reference_fit):
    return {
        "slopes": reference_fit("sleepstudy_slopes"),
        "intercepts": reference_fit("sleepstudy_intercepts"),
    }


# -- differences and weights -----------------------------------------------------------------


def test_loo_compare_is_that_of_r(pair, facts):
    theirs = facts("comparison/sleepstudy_intercepts.json")["loo_compare"]
    # The order in which models are given is not the order of the table.
    ours = bl.loo_compare(*reversed(pair.values()), model_names=["intercepts", "slopes"])
    assert list(ours.index) == theirs["rows"]
    assert list(ours.columns) == theirs["cols"]
    np.testing.assert_allclose(ours, theirs["values"], rtol=1e-8, atol=1e-12)


def test_a_comparison_prints_its_differences(pair):
    table = bl.loo_compare(pair)
    assert str(table).splitlines() == [
        "           elpd_diff se_diff",
        "slopes           0.0     0.0",
        "intercepts     -24.8    11.5",
    ]
    assert "se_looic" in table._repr_html_()
    assert type(table[["elpd_loo"]]) is pd.DataFrame


def test_results_are_compared_like_fits(pair):
    results = {name: fit.waic() for name, fit in pair.items()}
    ours = bl.loo_compare(results)
    pd.testing.assert_frame_equal(ours, bl.loo_compare(pair, criterion="waic"))
    diff = results["intercepts"].elpd - results["slopes"].elpd
    assert ours["elpd_diff"].tolist() == pytest.approx([0.0, diff.sum()])
    assert ours["se_diff"].iloc[1] == pytest.approx(np.sqrt(180) * diff.std(ddof=1))


def test_stacking_weights_are_those_of_r(pair, facts):
    theirs = facts("comparison/sleepstudy_intercepts.json")["model_weights_stacking"]
    ours = bl.model_weights(pair)
    assert list(ours.index) == list(theirs)
    # R's optimiser stops within about 1e-6 of the maximum; ours has to be at least as good.
    np.testing.assert_allclose(ours, list(theirs.values()), atol=2e-6)
    elpd = np.stack([fit.loo().elpd for fit in pair.values()], axis=1)

    def score(weights):
        return np.log(np.exp(elpd) @ np.asarray(weights)).sum()

    assert score(ours) >= score(list(theirs.values()))


def test_stacking_of_densities_that_underflow():
    rng = np.random.default_rng(1)
    elpd = rng.normal(size=(50, 3))
    np.testing.assert_allclose(stacking(elpd - 2000.0), stacking(elpd), atol=1e-7)
    # A model that is worse in every row gets nothing; equal models share.
    np.testing.assert_allclose(stacking(np.array([[-1.0, -2.0]] * 5)), [1.0, 0.0], atol=1e-9)


def stacking_by_arviz(elpd):
    models = {
        str(i): azs.utils.ELPDDataLOO(
            elpd=float(own.sum()), se=0.0, p=0.0, n_samples=1, n_data_points=len(own), scale="log",
            warning=False, good_k=0.7, elpd_i=xr.DataArray(own, dims="obs"),
        )
        for i, own in enumerate(elpd.T)
    }  # fmt: skip
    table = azs.compare(models, method="stacking", round_to="none")
    return table["weight"].loc[[str(i) for i in range(elpd.shape[1])]].to_numpy(dtype=float)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
def test_arviz_cannot_stack_every_model_yet():
    """When this fails, compare/stacking.py can go: ArviZ does what it is there for."""
    rng = np.random.default_rng(1)
    elpd = rng.normal(size=(50, 3))
    moved = elpd - elpd.max(axis=1, keepdims=True)
    np.testing.assert_allclose(stacking_by_arviz(moved), stacking(elpd), atol=1e-3)
    assert not np.allclose(stacking_by_arviz(moved), stacking(elpd), atol=1e-7)
    assert not np.allclose(stacking_by_arviz(elpd - 2000.0), stacking(elpd), atol=1e-2)


def test_pseudobma_weights_are_those_of_r(pair, facts):
    theirs = facts("comparison/sleepstudy_intercepts.json")["model_weights_pseudobma"]
    plain = bl.model_weights(pair, weights="pseudobma", BB=False)
    np.testing.assert_allclose(plain, list(theirs.values()), rtol=1e-8)
    pd.testing.assert_series_equal(bl.model_weights(pair, weights="loo"), plain)


def test_pseudobma_plus_is_the_mean_over_the_bayesian_bootstrap(pair):
    ours = bl.model_weights(pair, weights="pseudobma", BB_n=4000, seed=2)
    assert ours.sum() == pytest.approx(1.0)
    pd.testing.assert_series_equal(
        bl.model_weights(pair, weights="pseudobma", BB_n=4000, seed=2), ours
    )
    # Of two models each bootstrap sample has the logistic function of its difference of elpd.
    diff = pair["intercepts"].loo().elpd - pair["slopes"].loo().elpd
    rng = np.random.default_rng(3)
    z = np.array([180 * rng.dirichlet(np.ones(180)) @ diff for _ in range(4000)])
    weights = 1.0 / (1.0 + np.exp(-z))
    error = np.sqrt(2.0) * weights.std() / np.sqrt(4000)
    assert abs(ours["intercepts"] - weights.mean()) < 4 * error


def test_averaged_predictions(pair):
    shares = {"weights": [0.75, 0.25], "method": "posterior_epred", "seed": 1}
    drawn = bl.pp_average(pair, summary=False, **shares)
    assert drawn.dims == ("draw", "obs")
    assert drawn.attrs["ndraws"] == {"slopes": 150, "intercepts": 50}
    assert drawn["model"].values.tolist() == ["slopes"] * 150 + ["intercepts"] * 50
    # Every draw is one of the draws of its model.
    for name, fit in pair.items():
        own = fit.posterior_epred().values.reshape(-1, 180)
        for row in drawn.values[drawn["model"].values == name][:5]:
            assert np.isclose(own, row).all(axis=1).any()
    table = bl.pp_average(pair, **shares)
    np.testing.assert_allclose(table["Estimate"], drawn.mean("draw"))
    assert list(table.columns) == ["Estimate", "Est.Error", "Q2.5", "Q97.5"]


def test_averages_of_new_data_and_fewer_draws(pair):
    new = pd.DataFrame({"Days": [0, 20], "Subject": ["308", "308"]})
    table = bl.pp_average(pair, newdata=new, ndraws=30, seed=4)
    assert list(table.index) == [0, 1]
    assert sum(table.attrs["ndraws"].values()) == 30
    assert table["Estimate"].iloc[1] > table["Estimate"].iloc[0]


# -- R-squared and predictions ---------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    ["sleepstudy_slopes", "sleepstudy_intercepts", "rats_multilevel", "epilepsy_negbinomial"],
)
def test_bayes_r2_is_that_of_brms(case, reference_fit, facts):
    theirs = facts(f"comparison/{case}.json")
    fit = reference_fit(case)
    ours = fit.bayes_R2()
    assert list(ours.columns) == theirs["bayes_R2"]["cols"]
    np.testing.assert_allclose(ours, theirs["bayes_R2"]["values"], rtol=1e-8)
    drawn = fit.bayes_R2(summary=False)
    assert drawn.dims == ("chain", "draw")
    np.testing.assert_allclose(drawn.values.ravel(), theirs["bayes_R2_draws"], rtol=1e-8)


def test_bayes_r2_of_brms_2_18_came_from_the_residuals(reference_fit, facts):
    old = facts("comparison/sleepstudy_slopes.json")["bayes_R2_2_18"]["values"][0]
    fit = reference_fit("sleepstudy_slopes")
    fitted = fit.posterior_epred().values
    residual = np.var(fit.spec.response.y - fitted, axis=-1, ddof=1)
    explained = np.var(fitted, axis=-1, ddof=1)
    ratio = explained / (explained + residual)
    assert ratio.mean() == pytest.approx(old[0], rel=1e-8)


def test_bayes_r2_without_group_effects_explains_less(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    population = fit.bayes_R2(re_formula="NA").loc["R2", "Estimate"]
    assert 0.4 < population < fit.bayes_R2().loc["R2", "Estimate"] - 0.2


def test_bayes_r2_of_a_bernoulli_model():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"y": rng.integers(2, size=30), "x": rng.normal(size=30)})
    b = rng.normal(size=(2, 40))
    frame = pd.DataFrame({"b_Intercept": b[0], "b_x": b[1]})
    fit = bl.Model("y ~ x", data, "bernoulli").from_draws(frame)
    p = 1.0 / (1.0 + np.exp(-(b[0][:, None] + b[1][:, None] * data["x"].to_numpy())))
    explained = p.var(axis=1, ddof=1)
    expected = explained / (explained + (p * (1.0 - p)).mean(axis=1))
    np.testing.assert_allclose(fit.bayes_R2(summary=False).values[0], expected, rtol=1e-10)


def test_loo_r2_is_that_of_the_leave_one_out_means(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    drawn = fit.loo_R2(summary=False, seed=6).values
    # Without the bootstrap: one minus the variance of the errors over that of the response.
    predicted = fit.loo_predict("posterior_epred")["mean"].to_numpy()
    y = fit.spec.response.y
    plain = 1.0 - np.var(predicted - y) / np.var(y)
    assert drawn.mean() == pytest.approx(plain, abs=0.02)
    assert fit.loo_R2(seed=6).loc["R2", "Estimate"] == pytest.approx(drawn.mean())


def test_loo_predict_weighs_draws_as_loo_does(reference_fit):
    fit = reference_fit("rats_multilevel")
    log_lik_rows = fit.log_lik().values.reshape(200, -1).T
    weights, _ = smooth(-log_lik_rows, relative_efficiency(log_lik_rows, 4))
    values = fit.posterior_epred().values.reshape(200, -1).T
    made = fit.loo_predict("posterior_epred")
    np.testing.assert_allclose(made["mean"], np.sum(np.exp(weights) * values, axis=1), rtol=1e-9)
    spread = fit.loo_predict("posterior_epred", type="var")["var"]
    assert (spread > 0).all()
    interval = fit.loo_predictive_interval(prob=0.8, method="posterior_epred")
    assert list(interval.columns) == ["Q10", "Q90"]
    both = [array_stats.loo_quantile(values, weights, q, chain_axis=None) for q in (0.1, 0.9)]
    np.testing.assert_allclose(interval.to_numpy().T, both, rtol=1e-9)


def test_new_responses_are_wider_than_their_expectation(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    one, other = fit.loo_predictive_interval(seed=7), fit.loo_predictive_interval(seed=7)
    pd.testing.assert_frame_equal(one, other)
    expected = fit.loo_predictive_interval(method="posterior_epred")
    assert ((one["Q95"] - one["Q5"]) > (expected["Q95"] - expected["Q5"])).mean() > 0.98


# -- criteria that a fit carries -------------------------------------------------------------


def test_criteria_are_carried_by_a_new_fit(reference_fit):
    fit = reference_fit("sleepstudy_intercepts")
    more = fit.add_criterion(["loo", "waic", "bayes_R2"])
    assert not fit.criteria
    assert set(more.criteria) == {"loo", "waic", "bayes_R2"}
    assert more.loo() is more.criteria["loo"]
    assert "log_likelihood" not in fit.idata.children
    np.testing.assert_array_equal(more.idata["log_likelihood"]["Reaction"], fit.log_lik())
    again = more.add_criterion("loo")
    assert again.criteria["loo"] is more.criteria["loo"]
    assert more.add_criterion("loo", overwrite=True).criteria["loo"] is not more.criteria["loo"]


def test_a_large_log_likelihood_is_not_carried(reference_fit, monkeypatch):
    from bambi_lite.compare import criteria

    monkeypatch.setattr(criteria, "_CARRIED", 8 * 200 * 180 - 1)
    more = reference_fit("sleepstudy_intercepts").add_criterion("waic")
    assert set(more.criteria) == {"waic"}
    assert "log_likelihood" not in more.idata.children


def test_arviz_finds_the_log_likelihood(reference_fit):
    import arviz_stats as azs

    fit = reference_fit("sleepstudy_intercepts").add_criterion("loo")
    with pytest.warns(UserWarning, match="shape parameter"):
        theirs = azs.loo(fit.idata, pointwise=True)
    # ArviZ has one relative efficiency for all rows, from the parameters: its tails are of other
    # lengths here and there.
    assert theirs.elpd == pytest.approx(fit.loo().elpd.sum(), rel=1e-4)


# -- folds -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spec(reference_fit):
    return reference_fit("sleepstudy_slopes").spec


def test_random_folds(spec):
    folds = make_folds(spec, 7, None, None, seed=1)
    assert np.bincount(folds)[1:].tolist() == [26] * 5 + [25] * 2
    np.testing.assert_array_equal(folds, make_folds(spec, 7, None, None, seed=1))
    assert (folds != make_folds(spec, 7, None, None, seed=2)).any()


def test_stratified_folds_hold_the_same_share_of_each_group(spec):
    folds = make_folds(spec, 5, "stratified", "Subject", seed=1)
    counts = pd.crosstab(bl.load_data("sleepstudy")["Subject"], folds)
    assert (counts == 2).all(axis=None)


def test_grouped_folds_never_divide_a_group(spec):
    labels = bl.load_data("sleepstudy")["Subject"]
    folds = make_folds(spec, 4, "grouped", "Subject", seed=1)
    assert (pd.DataFrame({"s": labels, "f": folds}).groupby("s")["f"].nunique() == 1).all()
    assert sorted(np.bincount(folds)[1:]) == [40, 40, 50, 50]
    given = make_folds(spec, 4, "grouped", labels, seed=1)
    np.testing.assert_array_equal(folds, given)


def test_a_fold_for_each_group_or_row(spec):
    folds = make_folds(spec, 10, None, "Subject", seed=None)
    assert folds.tolist() == np.repeat(np.arange(1, 19), 10).tolist()
    assert make_folds(spec, 10, "loo", None, None).tolist() == list(range(1, 181))


def test_labels_of_all_rows_of_the_data_find_those_that_are_used():
    data = bl.load_data("sleepstudy").copy()
    data.loc[3, "Reaction"] = np.nan
    with pytest.warns(bl.DataWarning):
        spec = bl.Model("Reaction ~ Days", data).spec
    folds = make_folds(spec, 10, None, data["Subject"], None)
    assert np.bincount(folds)[1:].tolist() == [9] + [10] * 17


# -- rows of a model -------------------------------------------------------------------------

_data = bl.load_data("sleepstudy").assign(
    w=lambda d: 1.0 + d["Days"] % 3,
    f=lambda d: np.array(["a", "b", "c"])[d["Days"] % 3],
    h=lambda d: np.array(["u", "v"])[d["Days"] % 2],
    k=lambda d: np.array(["u", "v"])[(d["Days"] + 1) % 2],
)
ROWS_OF = {
    "slopes": "Reaction ~ Days + (Days | Subject)",
    "factor and interaction": "Reaction ~ Days * f + (1 | Subject)",
    "basis": "Reaction ~ poly(Days, 2) + scale(Days):f",
    "offset": "Reaction ~ 1 + offset(Days) + (1 | f)",
    "dpars": bl.bf("Reaction ~ Days + (1 | i | Subject)", "sigma ~ f + (1 | i | Subject)"),
    "members": "Reaction ~ (1 | mm(h, k, weights = cbind(w, Days)))",
    "by": "Reaction ~ Days + (1 | gr(Subject, by = half))",
}


@pytest.mark.parametrize("name", ROWS_OF)
def test_rows_of_a_model_are_the_same_rows_as_new_data(name):
    data = _data.assign(half=np.where(_data["Subject"].astype(int) < 340, "lo", "hi"))
    spec = bl.Model(ROWS_OF[name], data).spec
    rows = np.array([170, 3, 44, 45])
    part = take_rows(spec, rows)
    new = spec.design.new_data(data.iloc[rows], need_response=True)
    np.testing.assert_array_equal(part.response.y, spec.response.y[rows])
    np.testing.assert_array_equal(part.design.rows, spec.design.rows[rows])
    np.testing.assert_array_equal(part.design.response.values, new.response.values)
    expected = new_arrays(spec, new)
    assert part.arrays.keys() == expected.keys()
    for key, values in expected.items():
        np.testing.assert_allclose(part.arrays[key], values, rtol=1e-10, atol=1e-10)
    assert part.params == spec.params
    assert part.priors == spec.priors


def test_rows_have_the_log_likelihood_that_they_have_among_the_others(reference_fit):
    fit = reference_fit("inhaler_cumulative")
    whole = fit.log_lik().values
    for rows in (slice(100, 200), np.array([5, 3, 571])):
        part = log_lik(replace(fit.draws, spec=take_rows(fit.spec, rows)))
        np.testing.assert_array_equal(part.values, whole[..., rows])


def test_an_absent_level_has_the_effects_of_another_in_each_draw(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    rows = np.flatnonzero(~bl.load_data("sleepstudy")["Subject"].isin(["308", "372"]))
    absent = absent_levels(fit.spec, rows)
    assert absent["Subject"].tolist() == [0, 17]
    drawn = resample_levels(fit.draws, absent, np.random.default_rng(1))
    before, after = fit.draws.posterior["r_Subject"].values, drawn.posterior["r_Subject"].values
    np.testing.assert_array_equal(after[:, :, 1:17], before[:, :, 1:17])
    for level in (0, 17):
        # Intercept and slope come from one level together, and never from one that is absent.
        same = np.isclose(before[:, :, 1:17], after[:, :, level, None]).all(axis=-1)
        assert (same.sum(axis=-1) == 1).all()
    assert (after[:, :, 0] != after[:, :, 17]).any()
    assert set(drawn.idata.children) == set(fit.idata.children)


def test_refits_are_sampled_as_the_fit_was():
    fit = SampleSettings(chains=2, iter=600, warmup=200, adapt_delta=0.9, seed=3)
    again = refit_settings(fit, {"seed": 5})
    assert (again.chains, again.iter, again.warmup, again.adapt_delta) == (2, 600, 200, 0.9)
    assert (again.seed, again.progress) == (5, False)
    assert refit_settings(fit, {"iter": 100}).warmup == 50
    # Draws made elsewhere do not tell how: brms' defaults.
    given = refit_settings(SampleSettings(chains=1, iter=50, warmup=0), {})
    assert (given.chains, given.iter, given.warmup) == (4, 2000, 1000)


def test_refits_keep_their_order_and_the_first_failure_ends_them():
    def one(i):
        time.sleep(0.05 * (3 - i))
        return i

    assert list(_run(one, 3, at_once=3)) == list(_run(one, 3, at_once=1)) == [0, 1, 2]
    begun = []

    def failing(i):
        begun.append(i)
        time.sleep(0.01)
        raise ValueError(f"refit {i}")

    with pytest.raises(ValueError, match="refit 0"):
        list(_run(failing, 50, at_once=2))
    assert len(begun) < 50

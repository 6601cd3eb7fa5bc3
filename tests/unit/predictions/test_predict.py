"""Predictions from draws made elsewhere: the numbers of brms."""

import numpy as np
import pandas as pd
import pytest

from fits import BRMS, brms_fit
from tables import each

CLOSE = {"rtol": 1e-8, "atol": 1e-9}
DRAWS = {
    "posterior_linpred": lambda fit, new: fit.posterior_linpred(),
    "posterior_linpred_population": lambda fit, new: fit.posterior_linpred(re_formula="NA"),
    "posterior_epred": lambda fit, new: fit.posterior_epred(),
    "posterior_epred_population": lambda fit, new: fit.posterior_epred(re_formula="~ 1"),
    "newdata_linpred": lambda fit, new: fit.posterior_linpred(new),
    "newdata_epred": lambda fit, new: fit.posterior_epred(new),
    "newdata_epred_population": lambda fit, new: fit.posterior_epred(new, re_formula="~ 0"),
}
TABLES = {
    "fitted": lambda fit, new: fit.fitted(),
    "fitted_robust": lambda fit, new: fit.fitted(robust=True, probs=(0.1, 0.9)),
    "residuals": lambda fit, new: fit.residuals(method="posterior_epred"),
    "newdata_fitted": lambda fit, new: fit.fitted(new),
}


@each(BRMS)
def test_draws_are_brms(case, facts):
    theirs = facts(f"predictions/{case}.json")
    fit, new = brms_fit(case), pd.DataFrame(theirs["newdata"])
    for name, run in DRAWS.items():
        ours = run(fit, new).to_numpy()
        ours = ours.reshape(-1, *ours.shape[2:])
        first, means = np.array(theirs[name]["first"]), np.array(theirs[name]["means"])
        np.testing.assert_allclose(ours[: len(first)], first, **CLOSE, err_msg=name)
        np.testing.assert_allclose(ours.mean(axis=0), means, **CLOSE, err_msg=name)


@each(BRMS)
def test_tables_are_brms(case, facts):
    theirs = facts(f"predictions/{case}.json")
    fit, new = brms_fit(case), pd.DataFrame(theirs["newdata"])
    for name, run in TABLES.items():
        if name not in theirs:
            assert case == "inhaler_cumulative"  # there are no residuals of ordered categories
            assert name == "residuals"
            continue
        ours, values = run(fit, new), np.array(theirs[name]["values"])
        np.testing.assert_allclose(np.asarray(ours)[: len(values)], values, **CLOSE, err_msg=name)
        labels = ours.columns if isinstance(ours, pd.DataFrame) else ours.stat.values
        assert list(labels) == theirs[name]["stats"]
        if "categories" in theirs[name]:
            assert ours.category.values.tolist() == theirs[name]["categories"]


def test_fitted_is_what_its_arguments_say():
    fit = brms_fit("epilepsy_negbinomial")
    draws = fit.posterior_epred()
    assert fit.fitted(summary=False).equals(draws)
    table = fit.fitted(probs=(0.05, 0.5))
    assert list(table.columns) == ["Estimate", "Est.Error", "Q5", "Q50"]
    np.testing.assert_allclose(table["Q50"], draws.median(("chain", "draw")), rtol=1e-12)
    linear = fit.fitted(scale="linear")
    np.testing.assert_allclose(
        linear["Estimate"], fit.posterior_linpred().mean(("chain", "draw")), rtol=1e-12
    )
    shape = fit.fitted(dpar="shape")["Estimate"]
    np.testing.assert_allclose(shape, float(fit.idata["posterior"]["shape"].mean()), rtol=1e-12)
    np.testing.assert_allclose(
        fit.posterior_linpred(transform=True), draws, rtol=1e-12
    )  # without rate() the mean is mu


def test_linear_predictors_of_ordered_categories_stay_on_the_latent_scale():
    fit = brms_fit("inhaler_cumulative")
    assert fit.posterior_linpred(transform=True).equals(fit.posterior_linpred())


def test_predict_summarises_the_draws():
    fit = brms_fit("epilepsy_negbinomial")
    drawn = fit.posterior_predict(seed=4).to_numpy().reshape(200, -1)
    table = fit.predict(seed=4)
    np.testing.assert_allclose(table["Estimate"], drawn.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(table["Est.Error"], drawn.std(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(table["Q97.5"], np.quantile(drawn, 0.975, axis=0), rtol=1e-12)
    ends = fit.predictive_interval(seed=4)
    assert list(ends.columns) == ["5%", "95%"]
    np.testing.assert_allclose(ends, np.quantile(drawn, (0.05, 0.95), axis=0).T, rtol=1e-12)
    y = fit.spec.response.y
    np.testing.assert_array_equal(
        fit.predictive_error(seed=4).to_numpy().reshape(200, -1), y - drawn
    )
    np.testing.assert_allclose(
        fit.residuals(type="pearson", seed=4)["Estimate"],
        (y - drawn).mean(axis=0) / drawn.std(axis=0, ddof=1),
        rtol=1e-9,
    )


def test_pearson_residuals_of_expectations_have_the_spread_of_responses():
    fit = brms_fit("sleepstudy_slopes")
    ours = fit.residuals(type="pearson", method="posterior_epred", seed=2)["Estimate"]
    plain = fit.residuals(method="posterior_epred")["Estimate"]
    ratio = plain / ours
    sd = np.sqrt(fit.posterior_epred().var(("chain", "draw")) + 26.0**2)
    assert 0.8 < float((ratio / sd.to_numpy()).mean()) < 1.2


def test_predicted_categories_are_shares():
    fit = brms_fit("inhaler_cumulative")
    table = fit.predict(seed=1)
    assert list(table.columns) == [f"P(Y = {k})" for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(table.sum(axis=1), 1.0, rtol=1e-12)
    drawn = fit.posterior_predict(seed=1)
    np.testing.assert_allclose(table["P(Y = 2)"], (drawn == 2).mean(("chain", "draw")), rtol=1e-12)
    # Each share is the mean of 200 draws.
    p = fit.posterior_epred().mean(("chain", "draw")).to_numpy()
    assert (np.abs(table.to_numpy() - p) < 5.0 * np.sqrt(p * (1 - p) / 200) + 0.01).all()


def test_posterior_interval():
    fit = brms_fit("sleepstudy_slopes")
    table = fit.posterior_interval("b_Days", prob=0.8)
    assert list(table.columns) == ["10%", "90%"]
    expected = np.quantile(fit.idata["posterior"]["b_Days"], (0.1, 0.9))
    np.testing.assert_allclose(table.loc["b_Days"], expected, rtol=1e-12)
    assert len(fit.posterior_interval()) == len(fit.variables())


def test_draws_are_chosen():
    fit = brms_fit("sleepstudy_slopes")
    stacked = fit.posterior_epred().to_numpy().reshape(200, 180)
    some = fit.posterior_epred(draw_ids=[200, 1, 51])
    assert dict(some.sizes) == {"chain": 1, "draw": 3, "obs": 180}
    assert some.draw.values.tolist() == [200, 1, 51]
    np.testing.assert_array_equal(some.to_numpy()[0], stacked[[199, 0, 50]])
    few = fit.posterior_epred(ndraws=20, seed=1)
    np.testing.assert_array_equal(few.to_numpy()[0], stacked[few.draw.values - 1])
    assert len(set(few.draw.values)) == 20
    assert fit.posterior_epred(ndraws=200).sizes["chain"] == 4
    one = fit.fitted(draw_ids=7)
    np.testing.assert_array_equal(one["Estimate"], stacked[6])
    assert one["Est.Error"].isna().all()


def test_log_density_of_new_rows():
    fit = brms_fit("epilepsy_negbinomial")
    data = fit.data
    np.testing.assert_allclose(fit.log_lik(data), fit.log_lik(), rtol=1e-12)
    some = fit.log_lik(data.iloc[[5, 2]], draw_ids=[3]).to_numpy()[0, 0]
    np.testing.assert_allclose(some, fit.log_lik().to_numpy()[0, 2, [5, 2]], rtol=1e-12)


@pytest.mark.parametrize("case", BRMS)
def test_total_of_log_densities(case):
    from bambi_lite.totals import total_log_lik

    fit = brms_fit(case)
    np.testing.assert_allclose(total_log_lik(fit.draws), fit.log_lik().sum("obs"), rtol=1e-10)

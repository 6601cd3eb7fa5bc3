"""Predictions through addition terms: their distributions, new rows, and what new rows lack."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl

N_DRAWS = 4000
RNG = np.random.default_rng(12)
DATA = pd.DataFrame(
    {
        "y": RNG.normal(2.0, 1.0, 20),
        "k": RNG.poisson(2.0, 20),
        "x": np.linspace(-1.0, 1.0, 20),
        "n": 6,
        "w": RNG.uniform(0.5, 2.0, 20),
        "e": RNG.uniform(0.5, 2.0, 20),
        "lower": -4.0,
        "upper": 6.0,
        "c": np.resize(["none", "left", "right"], 20),
        "least": 0,
        "most": 8,
        "g": np.resize(["a", "b"], 20),
        "used": np.arange(20) > 4,
    }
)


def fit_of(formula, family="gaussian", n=N_DRAWS, **values):
    """A fit whose draws all have the same parameters: those given, else 0."""
    model = bl.Model(formula, DATA, family)
    names = dict.fromkeys(model.variables(), 0.0)
    assert set(values) <= set(names)
    return model.from_draws(pd.DataFrame({**names, **values}, index=range(n)))


def predict(fit, new=None, seed=1):
    """Draws of the response, shape (draw, obs)."""
    return fit.posterior_predict(new, seed=seed).to_numpy()[0]


def assert_mean_and_variance(sample, law):
    """Within 4 Monte Carlo standard errors."""
    mean, variance, kurtosis = map(float, law.stats("mvk"))
    assert abs(sample.mean() - mean) < 4 * np.sqrt(variance / sample.size)
    error = variance * np.sqrt((kurtosis + 2.0) / sample.size)
    assert abs(sample.var() - variance) < 4 * error


def test_known_errors_widen_predictions():
    new = pd.DataFrame({"x": 0.0, "e": [0.1, 1.0, 3.0]})
    alone = fit_of("y | se(e) ~ x", b_Intercept=2.0)
    beside = fit_of("y | se(e, sigma = TRUE) ~ x", b_Intercept=2.0, sigma=2.0)
    for column, error in enumerate(new["e"]):
        assert_mean_and_variance(predict(alone, new)[:, column], stats.norm(2.0, error))
        spread = np.hypot(2.0, error)
        assert_mean_and_variance(predict(beside, new)[:, column], stats.norm(2.0, spread))
    np.testing.assert_allclose(alone.posterior_epred(new), 2.0)
    # A response that is known exactly has no spread at all.
    exact = predict(alone, new.assign(e=0.0))
    np.testing.assert_array_equal(exact, 2.0)


def test_rates_scale_the_mean_and_the_shape():
    new = pd.DataFrame({"x": 0.0, "e": [0.5, 10.0]})
    poisson = fit_of("k | rate(e) ~ x", "poisson", b_Intercept=np.log(3.0))
    shaped = fit_of("k | rate(e) ~ x", "negbinomial", b_Intercept=np.log(3.0), shape=2.0)
    for column, e in enumerate(new["e"]):
        assert_mean_and_variance(predict(poisson, new)[:, column], stats.poisson(3.0 * e))
        law = stats.nbinom(2.0 * e, 2.0 / 5.0)
        assert_mean_and_variance(predict(shaped, new)[:, column], law)
    for fit in (poisson, shaped):
        np.testing.assert_allclose(fit.posterior_epred(new)[0, 0], [1.5, 30.0])


def test_trials_are_those_of_the_new_rows():
    fit = fit_of("k | trials(n) ~ x", "binomial", b_Intercept=np.log(4.0))
    new = pd.DataFrame({"x": 0.0, "n": [0, 1, 40]})
    drawn = predict(fit, new)
    assert (drawn <= new["n"].to_numpy()).all()
    assert_mean_and_variance(drawn[:, 1], stats.binom(1, 0.8))
    assert_mean_and_variance(drawn[:, 2], stats.binom(40, 0.8))
    np.testing.assert_allclose(fit.posterior_epred(new)[0, 0], [0.0, 0.8, 32.0])
    # A number in the formula holds for new rows too.
    constant = fit_of("k | trials(8) ~ x", "binomial")
    np.testing.assert_allclose(constant.posterior_epred(pd.DataFrame({"x": [0.0]})), 4.0)


@pytest.mark.parametrize(
    ("lower", "upper"), [(-4.0, 6.0), (2.5, 3.0), (1.0, np.inf), (-np.inf, 0.0)]
)
def test_truncated_responses_lie_between_their_bounds(lower, upper):
    fit = fit_of("y | trunc(lb = lower, ub = upper) ~ x", b_Intercept=2.0, sigma=1.0)
    new = pd.DataFrame({"x": [0.0], "lower": lower, "upper": upper})
    drawn = predict(fit, new)[:, 0]
    assert drawn.min() >= lower
    assert drawn.max() <= upper
    law = stats.truncnorm(lower - 2.0, upper - 2.0, loc=2.0)
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-3


def test_truncated_counts_keep_their_lower_bound():
    formula = "k | trunc(lb = 0, ub = 30) ~ x"
    fit = fit_of(formula, "poisson", b_Intercept=np.log(2.0))
    whole = predict(fit, pd.DataFrame({"x": [0.0]}))[:, 0]
    assert_mean_and_variance(whole, stats.poisson(2.0))
    shifted = bl.Model("I(k + 1) | trunc(lb = 1) ~ x", DATA, "poisson")
    names = dict.fromkeys(shifted.variables(), 0.0)
    frame = pd.DataFrame({**names, "b_Intercept": np.log(2.0)}, index=range(N_DRAWS))
    drawn = predict(shifted.from_draws(frame))[:, 0]
    values, counts = np.unique(drawn[drawn < 6], return_counts=True)
    assert tuple(values) == (1.0, 2.0, 3.0, 4.0, 5.0)
    p = stats.poisson(2.0).pmf(values)
    assert stats.chisquare(counts, counts.sum() * p / p.sum()).pvalue > 1e-3


@pytest.mark.parametrize(("lower", "upper"), [(8.0, 9.0), (-np.inf, -4.0), (42.0, np.inf)])
def test_truncated_responses_of_a_thin_tail(lower, upper):
    fit = fit_of("y | trunc(lb = lower, ub = upper) ~ x", b_Intercept=2.0, sigma=1.0)
    drawn = predict(fit, pd.DataFrame({"x": [0.0], "lower": lower, "upper": upper}))[:, 0]
    law = stats.truncnorm(lower - 2.0, upper - 2.0, loc=2.0)
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-3


def test_truncated_counts_of_a_thin_tail():
    """Counts above zero where nearly all are zero: one, and rarely two."""
    fit = fit_of("I(k + 1) | trunc(lb = 1) ~ x", "poisson", b_Intercept=np.log(1e-3))
    drawn = predict(fit)
    assert drawn.min() == 1.0
    more = np.mean(drawn > 1.0)
    assert abs(more - 5e-4) < 4 * np.sqrt(5e-4 / drawn.size)


def test_bounds_without_probability_are_an_error():
    fit = fit_of("k | trials(8) + trunc(lb = 0, ub = most) ~ x", "binomial", n=10)
    assert predict(fit, pd.DataFrame({"x": [0.0], "most": 0})).max() == 0.0
    fit = fit_of("k | trials(n) + trunc(lb = least) ~ x", "binomial", n=10)
    with pytest.raises(bl.SamplingError) as error:
        predict(fit, pd.DataFrame({"x": [0.0], "n": 2, "least": 3}))
    assert str(error.value) == (
        "10 predicted values have no probability at all between the bounds of trunc(): the model "
        "puts them elsewhere."
    )


@pytest.mark.parametrize("addition", ["weights(w)", "cens(c)", "weights(w) + cens(c)"])
def test_weights_and_censoring_play_no_part(addition):
    values = {"b_Intercept": 2.0, "sigma": 1.5}
    plain = predict(fit_of("y ~ x", **values))
    np.testing.assert_array_equal(predict(fit_of(f"y | {addition} ~ x", **values)), plain)
    fit = fit_of(f"y | {addition} ~ x", **values)
    # Neither need new rows have them, nor does it matter what stands there.
    for new in (
        pd.DataFrame({"x": [0.0, 1.0]}),
        pd.DataFrame({"x": [0.0, 1.0], "w": [np.nan, -1.0], "c": ["what", None], "y": np.nan}),
    ):
        assert fit.posterior_epred(new).sizes["obs"] == 2
        assert predict(fit, new).shape == (N_DRAWS, 2)


def test_rows_without_a_response_are_predicted():
    fit = fit_of("y ~ x", n=2, b_Intercept=2.0, sigma=1.0)
    new = DATA.assign(y=np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit.posterior_epred(new).sizes["obs"] == 20
        assert fit.posterior_predict(new, seed=1).sizes["obs"] == 20


def test_a_subset_leaves_rows_out():
    fit = fit_of("y | subset(used) ~ x", n=2, sigma=1.0)
    assert fit.posterior_epred().coords["obs"].to_numpy().tolist() == list(range(5, 20))
    assert fit.log_lik().sizes["obs"] == 15
    assert fit.posterior_epred(DATA[["x"]]).sizes["obs"] == 20


def test_training_rows_as_new_rows_give_the_same():
    formulas = {
        "k | trials(n) + weights(w) ~ x": ("binomial", {}),
        "y | se(e, sigma = TRUE) + cens(c) ~ x": ("gaussian", {"sigma": 1.0}),
        "y | trunc(lb = lower) ~ x": ("gaussian", {"sigma": 1.0}),
        "k | rate(e) ~ x + offset(log(w))": ("poisson", {}),
    }
    for formula, (family, values) in formulas.items():
        fit = fit_of(formula, family, n=3, b_x=0.4, **values)
        np.testing.assert_array_equal(predict(fit, DATA), predict(fit))
        if "trunc" not in formula:
            np.testing.assert_allclose(fit.posterior_epred(DATA), fit.posterior_epred(), rtol=1e-12)


# formula, family, new rows, message
LACKING = {
    "trials": (
        "k | trials(n) ~ x", "binomial", pd.DataFrame({"x": [0.0]}),
        "The new data lack the column 'n' of trials(n).",
    ),
    "rate": (
        "k | rate(e) ~ x", "poisson", pd.DataFrame({"x": [0.0]}),
        "The new data lack the column 'e' of rate(e).",
    ),
    "se": (
        "y | se(e) ~ x", "gaussian", pd.DataFrame({"x": [0.0]}),
        "The new data lack the column 'e' of se(e).",
    ),
    "bounds": (
        "y | trunc(lb = lower, ub = upper) ~ x", "gaussian", pd.DataFrame({"x": [0.0]}),
        "The new data lack the columns 'lower' of trunc(lb = lower, ub = upper), 'upper' of "
        "trunc(lb = lower, ub = upper).",
    ),
    "all at once": (
        "k | trials(n) ~ x + (1 | g)", "binomial", pd.DataFrame({"z": [0.0]}),
        "The new data lack the columns 'n' of trials(n), 'x', 'g'.",
    ),
    "rate of zero": (
        "k | rate(e) ~ x", "poisson", pd.DataFrame({"x": [0.0, 1.0], "e": [1.0, 0.0]}),
        "rate(e) is 0 or below in row 1 (counted from 0); the response is counted per unit of it, "
        "so that it has to be positive.",
    ),
    "half a trial": (
        "k | trials(n) ~ x", "binomial", pd.DataFrame({"x": [0.0, 1.0], "n": [0.5, 1.0]}),
        "trials(n) is not a whole number of 0 or more in row 0 (counted from 0). It is the number "
        "of trials of a row: 'successes | trials(total) ~ ...'.",
    ),
    "bounds in the wrong order": (
        "y | trunc(lb = lower, ub = upper) ~ x", "gaussian",
        pd.DataFrame({"x": [0.0], "lower": [1.0], "upper": [0.0]}),
        "trunc(): lb is not below ub in row 0 (counted from 0); the lower bound comes first: "
        "trunc(lb, ub).",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LACKING)
def test_new_rows_need_what_acts_on_their_responses(name):
    formula, family, new, message = LACKING[name]
    fit = fit_of(formula, family, n=2)
    for method in (fit.posterior_epred, fit.posterior_predict):
        with pytest.raises(bl.DataError) as error:
            method(new)
        assert str(error.value) == message
    if "x" in new:
        # The linear predictor does without.
        assert fit.posterior_linpred(new).sizes["obs"] == len(new)

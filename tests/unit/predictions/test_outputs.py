"""posterior_predict(output=): the predictive distribution against SciPy's."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl
from fits import DATA, brms_fit, made_up
from tables import each

N = len(DATA)
Y, X = DATA["y"].to_numpy(), DATA["x"].to_numpy()
MU = 0.3 + 0.5 * X
P = 1.0 / (1.0 + np.exp(-MU))
COEFS = {"b_Intercept": 0.3, "b_x": 0.5}
#: Formula, family, values of parameters, and the same distribution as SciPy has it.
CASES = {
    "gaussian": ("y ~ x", "gaussian", {"sigma": 2.0}, stats.norm(MU, 2.0)),
    "student": ("y ~ x", "student", {"sigma": 2.0, "nu": 4.0}, stats.t(4.0, MU, 2.0)),
    "truncated": (
        "y | trunc(-4, 4) ~ x", "gaussian", {"sigma": 2.0},
        stats.truncnorm((-4 - MU) / 2, (4 - MU) / 2, MU, 2.0),
    ),
    "gamma": ("w ~ x", "gamma", {"shape": 3.0}, stats.gamma(3.0, scale=np.exp(MU) / 3)),
    "beta": ("p ~ x", "beta", {"phi": 4.0}, stats.beta(P * 4, (1 - P) * 4)),
    "poisson": ("c ~ x", "poisson", {}, stats.poisson(np.exp(MU))),
    "negbinomial": (
        "c ~ x", "negbinomial", {"shape": 2.0}, stats.nbinom(2.0, 2 / (2 + np.exp(MU))),
    ),
    "binomial": ("c | trials(n) ~ x", "binomial", {}, stats.binom(10, P)),
    "bernoulli": ("s ~ x", "bernoulli", {}, stats.bernoulli(P)),
}  # fmt: skip


def fit_of(name):
    formula, family, values, _ = CASES[name]
    return made_up(formula, family, others={**COEFS, **values})


def at(fit, output, **arguments):
    return fit.posterior_predict(output=output, **arguments).to_numpy()[0, 0]


@each(CASES)
def test_distributions_are_scipys(name):
    fit, theirs = fit_of(name), CASES[name][3]
    y = fit.spec.response.y
    density = theirs.pmf(y) if fit.spec.family.discrete else theirs.pdf(y)
    with np.errstate(divide="ignore"):
        for ours, expected in {
            "density": (at(fit, "density"), density),
            "log density": (at(fit, "density", log=True), np.log(density)),
            "probability": (at(fit, "probability"), theirs.cdf(y)),
            "upper tail": (at(fit, "probability", lower_tail=False), theirs.sf(y)),
            "log": (at(fit, "probability", q=1.0, log_p=True), theirs.logcdf(1.0)),
        }.values():
            np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-13)
    for p in (0.01, 0.5, 0.999):
        np.testing.assert_allclose(at(fit, "quantile", p=p), theirs.ppf(p), rtol=1e-9, atol=1e-9)
    upper = at(fit, "quantile", p=0.2, lower_tail=False)
    np.testing.assert_allclose(upper, theirs.ppf(0.8), rtol=1e-9, atol=1e-9)
    own = np.linspace(0.1, 0.9, N)
    np.testing.assert_allclose(
        at(fit, "quantile", p=np.log(own), log_p=True), theirs.ppf(own), rtol=1e-9, atol=1e-9
    )


@each([name for name in CASES if name not in ("poisson", "negbinomial", "binomial", "bernoulli")])
def test_the_transform_of_measurements_is_the_probability(name):
    fit = fit_of(name)
    np.testing.assert_array_equal(at(fit, "pit"), at(fit, "probability"))


@each(["poisson", "binomial", "bernoulli"])
def test_the_transform_of_counts_lies_between_two_probabilities(name):
    formula, family, values, theirs = CASES[name]
    fit = made_up(formula, family, n=2000, others={**COEFS, **values})
    y = fit.spec.response.y
    ours = fit.posterior_predict(output="pit", seed=1).to_numpy()[0]
    low, high = theirs.cdf(y - 1.0), theirs.cdf(y)
    share = (ours - low) / (high - low)
    assert ((share >= 0.0) & (share <= 1.0)).all()
    assert stats.kstest(share.ravel(), "uniform").pvalue > 1e-3


def test_the_transform_of_predicted_responses_is_uniform():
    for formula, family, values in (
        ("w ~ x", "hurdle_gamma", {"shape": 2.0, "hu": 0.3}),
        ("o ~ x", "cumulative", {"b_Intercept[1]": -1.0, "b_Intercept[2]": 0.5, "disc": 1.0}),
        ("f ~ x", "categorical", {"b_muv_Intercept": 0.5, "b_muw_x": 0.7}),
        ("p ~ x", "zero_one_inflated_beta", {"phi": 4.0, "zoi": 0.3, "coi": 0.6}),
    ):
        chosen = {k: v for k, v in COEFS.items() if family in ("hurdle_gamma", "cumulative")
                  and (k == "b_x" or family == "hurdle_gamma")}  # fmt: skip
        fit = made_up(formula, family, others={**chosen, **values})
        rows = pd.DataFrame({"x": np.zeros(4000)})
        drawn = fit.posterior_predict(rows, seed=5, draw_ids=1).to_numpy()[0, 0]
        ours = fit.posterior_predict(rows, output="pit", q=drawn, seed=6, draw_ids=1)
        assert stats.kstest(ours.to_numpy().ravel(), "uniform").pvalue > 1e-3, family


def test_categories_add_up():
    fit = brms_fit("inhaler_cumulative")
    shares = fit.posterior_epred().to_numpy()
    for k in (1, 2, 3, 4):
        ours = fit.posterior_predict(output="density", q=float(k)).to_numpy()
        np.testing.assert_allclose(ours, shares[..., k - 1], rtol=1e-9, atol=1e-15)
        below = fit.posterior_predict(output="probability", q=float(k)).to_numpy()
        np.testing.assert_allclose(below, shares[..., :k].sum(axis=-1), rtol=1e-9)
    ours = fit.posterior_predict(output="quantile", p=0.9).to_numpy()
    ends = np.cumsum(shares, axis=-1)
    np.testing.assert_array_equal(ours, 1 + (ends < 0.9).sum(axis=-1))
    np.testing.assert_array_equal(at(fit, "probability", q=0.0), 0.0)
    np.testing.assert_array_equal(at(fit, "density", q=5.0), 0.0)
    np.testing.assert_array_equal(at(fit, "density", q=1.5), 0.0)


def test_densities_of_observed_responses_are_those_that_were_sampled():
    for case in ("sleepstudy_slopes", "epilepsy_negbinomial", "rats_multilevel"):
        fit = brms_fit(case)
        ours = fit.posterior_predict(output="density", log=True)
        np.testing.assert_allclose(ours, fit.log_lik(), rtol=1e-10)


def test_masses_and_values_outside_the_support():
    fit = made_up("w ~ x", "hurdle_gamma", others={**COEFS, "shape": 2.0, "hu": 0.3})
    np.testing.assert_allclose(at(fit, "density", q=0.0), 0.3)
    np.testing.assert_allclose(at(fit, "probability", q=0.0), 0.3)
    np.testing.assert_array_equal(at(fit, "quantile", p=0.29), 0.0)
    assert (at(fit, "quantile", p=0.31) > 0.0).all()
    np.testing.assert_array_equal(at(fit, "density", q=-1.0), 0.0)
    np.testing.assert_array_equal(at(fit, "quantile", p=0.0), 0.0)
    assert np.isinf(at(fit, "quantile", p=1.0)).all()
    both = made_up("p ~ x", "zero_one_inflated_beta",
                   others={**COEFS, "phi": 4.0, "zoi": 0.3, "coi": 0.6})  # fmt: skip
    np.testing.assert_allclose(at(both, "probability", q=0.0), 0.12)
    np.testing.assert_allclose(at(both, "probability", q=1.0), 1.0)
    np.testing.assert_allclose(at(both, "probability", q=0.999999), 0.82, atol=1e-4)
    np.testing.assert_array_equal(at(both, "quantile", p=0.9), 1.0)
    np.testing.assert_array_equal(at(both, "quantile", p=0.05), 0.0)


def test_values_of_new_rows():
    fit = brms_fit("sleepstudy_slopes")
    new = pd.DataFrame({"Days": [0, 9], "Subject": "308", "Reaction": [250.0, 400.0]})
    with_response = at(fit, "pit", newdata=new)
    given = at(fit, "probability", newdata=new.drop(columns="Reaction"), q=[250.0, 400.0])
    np.testing.assert_array_equal(with_response, given)
    labels = made_up("o ~ x", "acat", others={"b_Intercept[1]": 0.5, "disc": 1.0})
    rows = pd.DataFrame({"x": 0.0, "o": ["top", "low"]})
    ours = at(labels, "density", newdata=rows)
    expected = labels.posterior_epred(rows).to_numpy()[0, 0]
    np.testing.assert_allclose(ours, [expected[0, 2], expected[1, 0]], rtol=1e-9)


def test_new_responses_are_read_as_those_of_the_training_data():
    """Also where they would tell too little of their family alone."""
    inhaler = brms_fit("inhaler_cumulative")
    row = inhaler.data.head(1).assign(rating=4)
    ours, shares = at(inhaler, "density", newdata=row), inhaler.posterior_epred(row)
    np.testing.assert_allclose(ours, shares.to_numpy()[0, 0, :, 3], rtol=1e-9)
    with pytest.raises(bl.DataError) as error:
        at(inhaler, "density", newdata=row.assign(rating=7))
    assert str(error.value) == (
        "Response 'rating' has values in the new data that the training data do not have: 5, 6, 7."
    )
    words = DATA.assign(s=np.where(DATA["s"] == 1, "yes", "no"))
    model = bl.Model("s ~ x", words, "bernoulli")
    fit = model.from_draws(pd.DataFrame({"b_Intercept": [0.3], "b_x": [0.5]}))
    ours = at(fit, "density", newdata=pd.DataFrame({"x": [0.0], "s": ["yes"]}))
    np.testing.assert_allclose(ours, 1.0 / (1.0 + np.exp(-0.3)), rtol=1e-9)
    with pytest.raises(bl.DataError, match=r"negative in row 1 \(counted from 0\)"):
        at(brms_fit("epilepsy_negbinomial"), "pit",
           newdata=brms_fit("epilepsy_negbinomial").data.head(2).assign(count=[1, -1]))  # fmt: skip


def test_columns_have_a_density():
    model = bl.Model("cbind(c, n) | trials(c + n) ~ x", DATA, "multinomial")
    fit = model.from_draws(pd.DataFrame({"b_mun_Intercept": [0.4], "b_mun_x": [0.0]}))
    share = 1.0 / (1.0 + np.exp(0.4))
    expected = stats.binom(DATA["c"] + 10, share).pmf(DATA["c"])
    np.testing.assert_allclose(at(fit, "density"), expected, rtol=1e-9)
    with pytest.raises(bl.FamilyError, match="a response with columns has none"):
        fit.posterior_predict(output="pit")

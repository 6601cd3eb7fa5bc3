"""Priors in the graph that is sampled: the density that SciPy says, between their bounds."""

import functools

import numpy as np
import pymc as pm
import pytensor
import pytest
from scipy import stats

import bambi_lite as bl

MODE = "FAST_COMPILE"
FORMULA = "Reaction ~ Days"


@pytest.fixture(scope="module")
def sleepstudy():
    return bl.load_data("sleepstudy")


def cut(law, lower=-np.inf, upper=np.inf):
    """SciPy's log-density of a law between bounds."""
    mass = law.cdf(upper) - law.cdf(lower)
    return lambda x: law.logpdf(x) - np.log(mass)


# What is said of the slope, and its density by SciPy.
SLOPES = {
    "normal(1, 5)": (None, None, stats.norm(1, 5).logpdf),
    "student_t(3, 0, 2)": (0.0, None, cut(stats.t(3, 0, 2), 0.0)),
    "cauchy(0, 2.5)": (-1.0, 4.0, cut(stats.cauchy(0, 2.5), -1.0, 4.0)),
    "double_exponential(0, 2)": (None, 3.0, cut(stats.laplace(0, 2), upper=3.0)),
    "logistic(0, 1)": (None, None, stats.logistic(0, 1).logpdf),
    "gumbel(0, 2)": (None, None, stats.gumbel_r(0, 2).logpdf),
    "skew_normal(0, 2, 4)": (None, None, stats.skewnorm(4, 0, 2).logpdf),
    "exp_mod_normal(0, 2, 0.5)": (0.0, None, cut(stats.exponnorm(1.0, 0, 2), 0.0)),
    "von_mises(0, 2)": (None, None, stats.vonmises(2, 0).logpdf),
    "uniform(-2, 9)": (0.0, None, stats.uniform(0, 9).logpdf),
    "exponential(0.1)": (None, None, stats.expon(scale=10).logpdf),
    "gamma(2, 0.1)": (1.0, None, cut(stats.gamma(2, scale=10), 1.0)),
    "inv_gamma(2, 3)": (None, None, stats.invgamma(2, scale=3).logpdf),
    "weibull(2, 5)": (None, 8.0, cut(stats.weibull_min(2, scale=5), upper=8.0)),
    "lognormal(1, 1)": (None, None, stats.lognorm(1, scale=np.e).logpdf),
    "beta(2, 3)": (None, None, stats.beta(2, 3).logpdf),
    "chi_square(4)": (None, None, stats.chi2(4).logpdf),
    "inv_chi_square(4)": (None, None, stats.invgamma(2, scale=0.5).logpdf),
    "scaled_inv_chi_square(4, 2)": (None, None, stats.invgamma(2, scale=8).logpdf),
}


@pytest.mark.parametrize("text", SLOPES)
def test_a_prior_has_scipys_density(text, sleepstudy):
    lb, ub, expected = SLOPES[text]
    model = bl.Model(FORMULA, sleepstudy, prior=bl.prior(text, lb=lb, ub=ub)).pymc
    slope = model["b"]
    value = model.rvs_to_values[slope]
    transform = model.rvs_to_transforms[slope]
    natural = value if transform is None else transform.backward(value, *slope.owner.inputs)
    outputs = [model.logp(vars=[slope], jacobian=False), natural]
    gradient = pytensor.grad(model.logp(vars=[slope]), value)
    run = pytensor.function([value], [*outputs, gradient], mode=MODE)
    start = model.initial_point()[value.name]
    for shift in (-1.0, 0.0, 0.7):
        logp, x, slope_of_it = run(start + shift)
        # PyMC's half-t keeps the logarithm of 2 in single precision.
        assert logp == pytest.approx(float(expected(x[0])), rel=1e-9, abs=1e-8)
        assert np.isfinite(slope_of_it).all()
        assert lb is None or x[0] > lb
        assert ub is None or x[0] < ub


@pytest.mark.parametrize(
    "text", ["exp_mod_normal(0, 2, 0.5)", "normal(0, 5)", "skew_normal(0, 2, 4)"]
)
def test_pymc_draws_between_the_bounds(text, sleepstudy):
    model = bl.Model(FORMULA, sleepstudy, prior=bl.prior(text, lb=0.5, ub=3))
    draws = pm.draw(model.pymc["b"], draws=1000, random_seed=2, mode=MODE).ravel()
    law = model.spec.priors["b"][0].law
    assert draws.min() > 0.5
    assert draws.max() < 3.0
    assert abs((draws < float(law.quantile(0.5))).mean() - 0.5) < 4 * 0.5 / np.sqrt(1000)


def test_a_constant_is_no_parameter(sleepstudy):
    given = [bl.prior("constant(10)", coef="Days"), bl.prior("constant(25)", class_="sigma")]
    model = bl.Model("Reaction ~ Days + (1 | Subject)", sleepstudy, prior=given).pymc
    assert {rv.name for rv in model.free_RVs} == {"Intercept", "sd_Subject", "z_Subject"}
    assert model["b"].eval() == [10.0]
    assert model["sigma"].eval() == 25.0


def test_one_coefficient_is_constant_beside_another(sleepstudy):
    given = [bl.prior("normal(0, 9)"), bl.prior("constant(2)", coef="IDaysE2")]
    model = bl.Model("Reaction ~ Days + I(Days^2)", sleepstudy, prior=given).pymc
    b = pm.draw(model["b"], draws=3, random_seed=1, mode=MODE)
    assert b[:, 1].tolist() == [2.0, 2.0, 2.0]
    assert len(set(b[:, 0])) == 3


PYMC = {
    "lambda": lambda shape: pm.AsymmetricLaplace.dist(b=1.0, kappa=2.0, mu=0.5, shape=shape),
    "partial": functools.partial(pm.Moyal.dist, 0.0, 2.0),
}


@pytest.mark.parametrize("how", PYMC)
def test_any_distribution_of_pymc(how, sleepstudy):
    built = bl.Model(FORMULA, sleepstudy, prior=bl.prior(PYMC[how]))
    model = built.pymc
    value = model.rvs_to_values[model["b"]]
    run = pytensor.function([value], model.logp(vars=[model["b"]]), mode=MODE)
    law = {
        "lambda": stats.laplace_asymmetric(2.0, 0.5, 1.0),
        "partial": stats.moyal(0.0, 2.0),
    }[how]
    # PyMC takes the logarithm of the user's own 2.0 in single precision.
    assert run(np.array([0.7])) == pytest.approx(law.logpdf(0.7), rel=1e-7)
    assert list(model.coords[model.named_vars_to_dims["b"][0]]) == ["Days"]


def test_a_pymc_distribution_is_cut_where_the_parameter_ends(sleepstudy):
    normal = functools.partial(pm.Normal.dist, 0.0, 20.0)
    model = bl.Model(FORMULA, sleepstudy, prior=bl.prior(normal, class_="sigma")).pymc
    value = model.rvs_to_values[model["sigma"]]
    run = pytensor.function([value], model.logp(vars=[model["sigma"]], jacobian=False), mode=MODE)
    x = 13.0
    point = np.log(x)
    assert run(point) == pytest.approx(stats.halfnorm(scale=20.0).logpdf(x), rel=1e-7)


def test_a_pymc_distribution_is_no_text(tmp_path, sleepstudy):
    given = bl.prior(lambda shape: pm.Moyal.dist(0, 1, shape=shape))
    model = bl.Model(FORMULA, sleepstudy, prior=given)
    with pytest.raises(bl.PriorError) as caught:
        model.prior_to_toml(tmp_path / "mine.toml")
    assert str(caught.value) == (
        "The prior <PyMC: <lambda>> of class = 'b' is a PyMC distribution made in Python; a prior "
        "file holds text only."
    )

"""The vocabulary against SciPy, and the messages for priors that cannot be."""

import numpy as np
import pytest
from scipy import integrate, stats

from bambi_lite.dists import VOCABULARY, Dist, prior_dist
from bambi_lite.errors import PriorError
from bambi_lite.xp import numpy_namespace
from tables import each

XP = numpy_namespace()

CASES = {
    "normal": ((0.3, 1.7), stats.norm(0.3, 1.7), [-3.0, 0.0, 2.5]),
    "student_t": ((3.0, 1.0, 2.0), stats.t(3.0, 1.0, 2.0), [-40.0, 0.0, 5.0]),
    "cauchy": ((1.0, 2.0), stats.cauchy(1.0, 2.0), [-4.0, 1.0, 30.0]),
    "double_exponential": ((1.0, 2.0), stats.laplace(1.0, 2.0), [-4.0, 1.0, 3.0]),
    "logistic": ((0.5, 2.0), stats.logistic(0.5, 2.0), [-60.0, 0.0, 70.0]),
    "exponential": ((0.5,), stats.expon(scale=2.0), [0.1, 1.0, 9.0]),
    "gamma": ((2.0, 0.1), stats.gamma(2.0, scale=10.0), [0.1, 15.0, 90.0]),
    "inv_chi_square": ((3.0,), stats.invgamma(1.5, scale=0.5), [0.2, 1.0, 5.0]),
    "inv_gamma": ((0.4, 0.3), stats.invgamma(0.4, scale=0.3), [0.1, 1.0, 9.0]),
    "lognormal": ((0.5, 0.7), stats.lognorm(0.7, scale=np.exp(0.5)), [0.1, 1.0, 9.0]),
    "weibull": ((1.4, 2.0), stats.weibull_min(1.4, scale=2.0), [0.1, 1.0, 5.0]),
    "beta": ((2.0, 3.0), stats.beta(2.0, 3.0), [0.01, 0.5, 0.9]),
    "uniform": ((-1.0, 3.0), stats.uniform(-1.0, 4.0), [-0.5, 0.0, 2.9]),
}


@each([w.name for w in VOCABULARY.values() if w.prior])
def test_every_prior_word_has_a_case(name):
    assert name in CASES or name == "lkj_corr_cholesky"


@each(CASES)
def test_density_is_scipys(name):
    values, reference, points = CASES[name]
    ours = prior_dist(name, values, name).logp(XP, np.array(points))
    np.testing.assert_allclose(ours, reference.logpdf(points), rtol=1e-12)


@each([0.5, 1.0, 2.0, 7.0])
def test_lkj_of_two_integrates_to_one(eta):
    def density(x):
        chol = np.array([[1.0, 0.0], [x, np.sqrt(1.0 - x**2)]])
        return np.exp(Dist("lkj_corr_cholesky", {"eta": eta}).logp(XP, chol))

    total, _ = integrate.quad(density, -1.0, 1.0)
    assert total == pytest.approx(1.0, abs=1e-6)


def test_lkj_of_three_integrates_to_one():
    """Over the partial correlations, whose Jacobian to the factor's free elements is known."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    a, b, c = np.meshgrid(nodes, nodes, nodes, indexing="ij")
    root = np.sqrt(1.0 - b**2)
    chol = np.zeros((*a.shape, 3, 3))
    chol[..., 0, 0] = 1.0
    chol[..., 1, 0], chol[..., 1, 1] = a, np.sqrt(1.0 - a**2)
    chol[..., 2, 0], chol[..., 2, 1] = b, c * root
    chol[..., 2, 2] = np.sqrt(1.0 - b**2 - (c * root) ** 2)
    logp = Dist("lkj_corr_cholesky", {"eta": 2.0}).logp(XP, chol)
    total = np.einsum("i,j,k,ijk", weights, weights, weights, np.exp(logp) * root)
    assert total == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("eta", [-800.0, -30.0, 0.0, 30.0, 800.0])
@each([0.0, 1.0])
def test_bernoulli_is_exact_in_the_tails(y, eta):
    dist = Dist("bernoulli", {"log_p": -np.logaddexp(0, -eta), "log1m_p": -np.logaddexp(0, eta)})
    expected = -np.logaddexp(0.0, -eta if y else eta)
    assert dist.logp(XP, np.array(y)) == expected


def test_binomial_is_scipys_and_sums_to_one():
    y = np.arange(8.0)
    p = 0.3
    dist = Dist("binomial", {"trials": 7.0, "log_p": np.log(p), "log1m_p": np.log1p(-p)})
    np.testing.assert_allclose(dist.logp(XP, y), stats.binom(7, p).logpmf(y), rtol=1e-12)
    assert np.exp(dist.logp(XP, y)).sum() == pytest.approx(1.0, abs=1e-12)


def test_binomial_at_probability_zero_and_one():
    with np.errstate(invalid="ignore"):
        none = Dist("binomial", {"trials": 5.0, "log_p": -np.inf, "log1m_p": 0.0})
        all_ = Dist("binomial", {"trials": 5.0, "log_p": 0.0, "log1m_p": -np.inf})
        assert none.logp(XP, np.array(0.0)) == 0.0
        assert none.logp(XP, np.array(1.0)) == -np.inf
        assert all_.logp(XP, np.array(5.0)) == pytest.approx(0.0, abs=1e-14)


WRONG = {
    ("normall", (0.0, 1.0)): (
        "Unknown distribution 'normall' in prior 'normall(0, 1)'. Available distributions: beta, "
        "cauchy, double_exponential, exponential, gamma, inv_chi_square, inv_gamma, lkj, "
        "lkj_corr_cholesky, logistic, lognormal, normal, student_t, uniform, weibull. Did you "
        "mean 'normal'?"
    ),
    ("normal", (0.0,)): (
        "Prior 'normal(0)' has 1 argument(s), but 'normal' takes 2: normal(mu, sigma)."
    ),
    ("normal", (0.0, -1.0)): "In prior 'normal(0, -1)', 'sigma' has to be positive, not -1.",
    ("uniform", (2.0, 1.0)): (
        "In prior 'uniform(2, 1)', the lower limit has to be below the upper one."
    ),
    ("bernoulli", (0.5, 0.5)): None,
}


@pytest.mark.parametrize(("name", "values"), WRONG)
def test_priors_that_cannot_be(name, values):
    text = f"{name}({', '.join(f'{v:g}' for v in values)})"
    with pytest.raises(PriorError) as error:
        prior_dist(name, values, text)
    expected = WRONG[name, values]
    if expected is None:
        assert "Unknown distribution 'bernoulli'" in str(error.value)
    else:
        assert str(error.value) == expected

"""The vocabulary against SciPy, and the messages for priors that cannot be."""

import numpy as np
import pytest
from scipy import integrate, stats

from bambi_lite.dists import VOCABULARY, Dist, law_of, prior_dist, random_lkj, support
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
    "inv_gamma": ((0.4, 0.3), stats.invgamma(0.4, scale=0.3), [0.1, 1.0, 9.0]),
    "lognormal": ((0.5, 0.7), stats.lognorm(0.7, scale=np.exp(0.5)), [0.1, 1.0, 9.0]),
    "weibull": ((1.4, 2.0), stats.weibull_min(1.4, scale=2.0), [0.1, 1.0, 5.0]),
    "beta": ((2.0, 3.0), stats.beta(2.0, 3.0), [0.01, 0.5, 0.9]),
    "uniform": ((-1.0, 3.0), stats.uniform(-1.0, 4.0), [-0.5, 0.0, 2.9]),
    "gumbel": ((0.5, 2.0), stats.gumbel_r(0.5, 2.0), [-4.0, 0.5, 30.0]),
    "skew_normal": ((0.5, 2.0, -3.0), stats.skewnorm(-3.0, 0.5, 2.0), [-4.0, 0.5, 3.0]),
    "exp_mod_normal": ((0.5, 2.0, 0.3), stats.exponnorm(1 / 0.6, 0.5, 2.0), [-5.0, 0.5, 30.0]),
    "von_mises": ((0.5, 2.0), stats.vonmises(2.0, 0.5), [-3.0, 0.5, 3.0]),
    "chi_square": ((3.0,), stats.chi2(3.0), [0.1, 2.0, 30.0]),
    "inv_chi_square": ((3.0,), stats.invgamma(1.5, scale=0.5), [0.05, 0.5, 9.0]),
    "scaled_inv_chi_square": ((3.0, 2.0), stats.invgamma(1.5, scale=6.0), [0.5, 4.0, 90.0]),
}

#: Words of several numbers at once, and the one that is no distribution; each has its own test.
SPECIAL = ("lkj_corr_cholesky", "dirichlet", "constant")


@each([w.name for w in VOCABULARY.values() if w.prior])
def test_every_prior_word_has_a_case(name):
    assert (name in CASES) != (name in SPECIAL)


@each(CASES)
def test_density_is_scipys(name):
    values, reference, points = CASES[name]
    ours = prior_dist(name, values, name).logp(XP, np.array(points))
    np.testing.assert_allclose(ours, reference.logpdf(points), rtol=1e-11)


def test_dirichlet_is_scipys():
    ours = prior_dist("dirichlet", ((1.5, 2.0, 0.7),), "").logp(XP, np.array([0.2, 0.5, 0.3]))
    assert ours == pytest.approx(
        stats.dirichlet([1.5, 2.0, 0.7]).logpdf([0.2, 0.5, 0.3]), rel=1e-12
    )
    one_for_all = prior_dist("dirichlet", (2.0,), "").logp(XP, np.array([0.2, 0.5, 0.3]))
    assert one_for_all == pytest.approx(stats.dirichlet([2.0] * 3).logpdf([0.2, 0.5, 0.3]))


def test_a_constant_adds_nothing_to_the_log_prior():
    assert prior_dist("constant", (3.0,), "").logp(XP, np.array([3.0, 3.0])).tolist() == [0.0, 0.0]


# -- bounds ----------------------------------------------------------------------------------

#: Where each distribution is cut in the tests: in the middle, and far out in a tail.
CUTS = {
    "normal": [(-1.0, 2.0), (0.0, None), (None, -3.0), (9.0, 10.0)],
    "student_t": [(0.0, None), (-2.0, 0.5), (80.0, None)],
    "cauchy": [(0.0, None), (-3.0, 3.0)],
    "double_exponential": [(0.0, None), (3.0, 9.0)],
    "logistic": [(0.0, None), (None, -8.0)],
    "exponential": [(1.0, None), (0.5, 2.0), (-1.0, 3.0)],
    "gamma": [(5.0, None), (None, 10.0)],
    "inv_gamma": [(0.2, 5.0)],
    "lognormal": [(1.0, None), (0.1, 3.0)],
    "weibull": [(None, 2.0), (1.0, 4.0)],
    "beta": [(0.2, 0.6), (None, 0.5)],
    "uniform": [(0.0, None), (-5.0, 2.0)],
    "gumbel": [(0.0, None), (-1.0, 12.0)],
    "skew_normal": [(-2.0, 1.0), (None, 0.0)],
    "exp_mod_normal": [(0.0, None), (-4.0, 4.0)],
    "von_mises": [(0.0, None), (-1.0, 2.5)],
    "chi_square": [(2.0, None)],
    "inv_chi_square": [(0.1, 3.0)],
    "scaled_inv_chi_square": [(None, 8.0)],
}
CUT = [(name, cut) for name, cuts in CUTS.items() for cut in cuts]


@pytest.mark.parametrize("name", CASES)
def test_every_word_is_cut_somewhere(name):
    assert name in CUTS


def law_for(name, cut):
    return law_of(prior_dist(name, CASES[name][0], name), *cut)


def ends(law):
    low, high = support(law.dist)
    return max(low, law.lower), min(high, law.upper)


@pytest.mark.parametrize(("name", "cut"), CUT)
def test_bounds_cut_and_renormalise(name, cut):
    law = law_for(name, cut)
    low, high = ends(law)
    # Halves of the mass, so that the integrator finds a narrow distribution in a wide interval.
    middle = float(law.quantile(0.5))
    half = [
        integrate.quad(lambda x: np.exp(law.logp(XP, np.float64(x))), *part, epsabs=1e-10)[0]
        for part in ((low, middle), (middle, high))
    ]
    np.testing.assert_allclose(half, 0.5, atol=2e-6)
    if cut[0] is not None and cut[0] > support(law.dist)[0]:
        assert law.logp(XP, np.float64(cut[0] - 1e-6)) == -np.inf


@pytest.mark.parametrize(("name", "cut"), [*CUT, *((name, (None, None)) for name in CASES)])
def test_draws_between_bounds_follow_the_law(name, cut):
    law = law_for(name, cut)
    draws = law.draw(np.random.default_rng(7), (4000,))
    low, high = ends(law)
    assert ((draws >= low) & (draws <= high)).all()
    # Under the law the number of draws below a quantile is binomial.
    for p in (0.1, 0.5, 0.9):
        below = (draws < law.quantile(p)).mean()
        assert abs(below - p) < 4.0 * np.sqrt(p * (1.0 - p) / 4000)


def test_bounds_that_leave_nothing_have_no_mass():
    assert law_of(prior_dist("beta", (1.0, 1.0), ""), 2.0, 3.0).log_mass() == -np.inf
    assert law_of(prior_dist("constant", (3.0,), ""), 0.0, None).log_mass() == 0.0
    assert law_of(prior_dist("constant", (-3.0,), ""), 0.0, None).log_mass() == -np.inf


@pytest.mark.parametrize("q", [2, 3, 5])
@pytest.mark.parametrize("eta", [0.7, 1.0, 4.0])
def test_lkj_draws_have_beta_marginals(q, eta):
    """Each correlation r of LKJ(eta) has (r + 1) / 2 ~ Beta(eta + q / 2 - 1, the same)."""
    L = random_lkj(np.random.default_rng(3), eta, q, (4000,))
    R = L @ np.swapaxes(L, -1, -2)
    np.testing.assert_allclose(np.diagonal(R, axis1=-2, axis2=-1), 1.0, rtol=1e-12)
    a = eta + q / 2.0 - 1.0
    for i in range(q):
        for j in range(i):
            assert stats.kstest((R[:, i, j] + 1.0) / 2.0, stats.beta(a, a).cdf).pvalue > 1e-3


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
        "cauchy, chi_square, constant, dirichlet, double_exponential, exp_mod_normal, exponential, "
        "gamma, gumbel, inv_chi_square, inv_gamma, lkj, lkj_corr_cholesky, logistic, lognormal, "
        "normal, scaled_inv_chi_square, skew_normal, student_t, uniform, von_mises, weibull. Did "
        "you mean 'normal'?"
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

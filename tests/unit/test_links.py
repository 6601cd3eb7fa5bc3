"""Links: there and back, and exact logarithms in the tails."""

import numpy as np
import pytest
from scipy import stats

from bambi_lite.errors import FamilyError
from bambi_lite.links import _BY_NAME, PROBABILITY, Linked, get_link
from bambi_lite.xp import numpy_namespace
from tables import each

XP = numpy_namespace()

# Linear predictors whose inverse is exact enough in floating point to come back from.
ETA = {
    "log": np.linspace(-20.0, 20.0, 41),
    "logm1": np.linspace(-10.0, 20.0, 41),
    "log1p": np.linspace(-10.0, 20.0, 41),
    "logit": np.linspace(-15.0, 15.0, 41),
    "probit": np.linspace(-5.0, 5.0, 41),
    "probit_approx": np.linspace(-4.0, 4.0, 41),
    "cloglog": np.linspace(-20.0, 2.5, 41),
    "cauchit": np.linspace(-900.0, 900.0, 41),
    "softit": np.linspace(-20.0, 900.0, 41),
    "inverse": np.array([0.01, 0.5, 3.0, 90.0]),
    "1/mu^2": np.array([0.01, 0.5, 3.0, 90.0]),
    "sqrt": np.array([0.0, 0.5, 3.0, 90.0]),
    "softplus": np.linspace(-10.0, 40.0, 41),
    "squareplus": np.linspace(-20.0, 20.0, 41),
}

# Points of each link with a logarithm of its own where the plain logarithm is exact too.
MODERATE = {
    "log": np.linspace(-5.0, -0.1, 20),
    "inverse": np.linspace(1.1, 9.0, 20),
    "1/mu^2": np.linspace(1.1, 9.0, 20),
    "sqrt": np.linspace(0.1, 0.9, 20),
    "logm1": np.linspace(-3.0, 3.0, 20),
    "softplus": np.linspace(-3.0, 0.5, 20),
    "squareplus": np.linspace(-3.0, -0.1, 20),
    "cloglog": np.linspace(-3.0, 1.5, 20),
    "probit_approx": np.linspace(-2.0, 2.0, 20),
}
# Links whose inverse can exceed one have no use for log1m.
ABOVE_ONE = ("logm1",)


@each(_BY_NAME)
def test_link_undoes_inverse(name):
    eta = ETA.get(name, np.linspace(-30.0, 30.0, 41))
    link = get_link(name)
    np.testing.assert_allclose(link.link(XP, link.inverse(XP, eta)), eta, rtol=1e-8, atol=1e-10)


@each([n for n, link in _BY_NAME.items() if link.log_inverse])
def test_stable_logarithms_agree_where_the_plain_ones_are_exact(name):
    linked = Linked(MODERATE.get(name, np.linspace(-3.0, 3.0, 21)), get_link(name))
    np.testing.assert_allclose(linked.log(XP), np.log(linked.value(XP)), rtol=1e-10)
    if name not in ABOVE_ONE:
        np.testing.assert_allclose(linked.log1m(XP), np.log1p(-linked.value(XP)), rtol=1e-10)


LAWS = {
    "logit": stats.logistic,
    "probit": stats.norm,
    "cauchit": stats.cauchy,
    # The complementary log-log link is the distribution function of the smallest extreme value.
    "cloglog": stats.gumbel_l,
}


@each(LAWS)
def test_tails_are_exact(name):
    eta = np.array([-30.0, -20.0, 3.0, 20.0, 30.0])
    linked = Linked(eta, get_link(name))
    # SciPy's logarithms of 1 - 1e-14 and the like keep no digits: an absolute bound for those.
    np.testing.assert_allclose(linked.log(XP), LAWS[name].logcdf(eta), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(linked.log1m(XP), LAWS[name].logsf(eta), rtol=1e-12, atol=1e-14)


@each([n for n in PROBABILITY if n not in ("identity", "log")])
def test_links_of_probabilities_stay_finite_far_out(name):
    linked = Linked(np.array([-300.0, 300.0]), get_link(name))
    assert np.isfinite([linked.log(XP), linked.log1m(XP), linked.value(XP)]).all()
    assert np.all((linked.value(XP) >= 0.0) & (linked.value(XP) <= 1.0))


def test_probit_approx_is_near_probit():
    """Within 1.5e-4, as the Stan functions reference says of Phi_approx."""
    eta = np.linspace(-6.0, 6.0, 241)
    error = get_link("probit_approx").inverse(XP, eta) - stats.norm.cdf(eta)
    assert np.abs(error).max() < 1.5e-4


@each(["softplus", "squareplus"])
def test_positive_links_keep_their_logarithm_far_out(name):
    linked = Linked(np.array([-1e8, -800.0, 800.0, 1e8]), get_link(name))
    assert np.isfinite(linked.log(XP)).all()
    np.testing.assert_allclose(linked.value(XP)[2:], [800.0, 1e8], rtol=1e-5)


def test_unknown_link_lists_the_valid_ones():
    with pytest.raises(FamilyError) as error:
        get_link("logitt", ("logit", "probit"), "dpar 'mu' of family 'bernoulli'")
    assert str(error.value) == (
        "Link 'logitt' is not available for dpar 'mu' of family 'bernoulli'. "
        "Available links: logit, probit. Did you mean 'logit'?"
    )

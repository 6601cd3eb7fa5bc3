"""Links: there and back, and exact logarithms in the tails."""

import numpy as np
import pytest
from scipy import stats

from bambi_lite.errors import FamilyError
from bambi_lite.links import _BY_NAME, Linked, get_link
from bambi_lite.xp import numpy_namespace

XP = numpy_namespace()

# Linear predictors whose inverse is exact enough in floating point to come back from.
ETA = {
    "log": np.linspace(-20.0, 20.0, 41),
    "logit": np.linspace(-15.0, 15.0, 41),
    "probit": np.linspace(-5.0, 5.0, 41),
    "inverse": np.array([0.01, 0.5, 3.0, 90.0]),
    "softplus": np.linspace(-10.0, 40.0, 41),
    "squareplus": np.linspace(-20.0, 20.0, 41),
}


@pytest.mark.parametrize("name", _BY_NAME)
def test_link_undoes_inverse(name):
    eta = ETA.get(name, np.linspace(-30.0, 30.0, 41))
    link = get_link(name)
    np.testing.assert_allclose(link.link(XP, link.inverse(XP, eta)), eta, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", [n for n, link in _BY_NAME.items() if link.log_inverse])
def test_stable_logarithms_agree_where_the_plain_ones_are_exact(name):
    eta = np.linspace(-5.0, -0.1, 20) if name == "log" else np.linspace(-3.0, 3.0, 21)
    linked = Linked(eta, get_link(name))
    np.testing.assert_allclose(linked.log(XP), np.log(linked.value(XP)), rtol=1e-10)
    np.testing.assert_allclose(linked.log1m(XP), np.log1p(-linked.value(XP)), rtol=1e-10)


@pytest.mark.parametrize(("name", "law"), [("logit", stats.logistic), ("probit", stats.norm)])
def test_tails_are_exact(name, law):
    eta = np.array([-30.0, -20.0, 20.0, 30.0])
    linked = Linked(eta, get_link(name))
    np.testing.assert_allclose(linked.log(XP), law.logcdf(eta), rtol=1e-12)
    np.testing.assert_allclose(linked.log1m(XP), law.logsf(eta), rtol=1e-12)


def test_unknown_link_lists_the_valid_ones():
    with pytest.raises(FamilyError) as error:
        get_link("logitt", ("logit", "probit"), "dpar 'mu' of family 'bernoulli'")
    assert str(error.value) == (
        "Link 'logitt' is not available for dpar 'mu' of family 'bernoulli'. "
        "Available links: logit, probit. Did you mean 'logit'?"
    )

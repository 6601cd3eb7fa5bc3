"""The functions of the kernels over all their range, against SciPy."""

import numpy as np
import pytest
from scipy import special

from bambi_lite.compiled import compiled, inner
from bambi_lite.engines.native import special as own
from bambi_lite.engines.native.likelihoods.forms import FORMS


def over(function, *arrays):
    """A function that only compiled code calls, over arrays; its answers one beside another."""
    if len(arrays) == 1:
        run = compiled(lambda a: function(a))  # noqa: PLW0108 (Python cannot call it itself)
    else:
        run = compiled(lambda a, b: function(a, b))  # noqa: PLW0108 (as above)
    return np.array([run(*row) for row in zip(*arrays, strict=True)]).T


SIZES = np.geomspace(1e-12, 1e12, 97)


def test_log_gamma_and_digamma():
    value, slope = over(own.log_gamma, SIZES)
    expected = special.gammaln(SIZES)
    np.testing.assert_allclose(value, expected, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(slope, special.psi(SIZES), rtol=2e-14, atol=2e-15)


@pytest.mark.parametrize("y", [1.0, 2.0, 7.0, 24.0, 25.0, 300.0])
def test_rising_factorials(y):
    value, slope = over(own.log_rising, SIZES, np.full(len(SIZES), y))
    # poch(a, y) itself, not a difference of logarithms, as far as it is finite.
    with np.errstate(over="ignore"):
        expected = np.log(special.poch(SIZES, y))
    known = np.isfinite(expected)
    np.testing.assert_allclose(value[known], expected[known], rtol=1e-12, atol=1e-13)
    steps = np.arange(y) if y >= 1.0 else np.array([])
    if steps.size:
        exact = (SIZES[:, None] / (SIZES[:, None] + steps)).sum(axis=1)
        np.testing.assert_allclose(slope, exact, rtol=1e-10)


def test_degrees_of_freedom():
    above_one = FORMS["above_one"]
    log_nu = np.log(np.geomspace(1.01, 1e9, 60) - 1.0)
    nu, constant, slope, _, by_eta = over(inner(lambda eta: above_one(8, eta)), log_nu)
    expected = np.log(special.poch(nu / 2.0, 0.5)) - 0.5 * np.log(nu)
    # A difference of two numbers of nu log(nu) / 2 each, until nu is 1e4.
    np.testing.assert_allclose(constant, expected, rtol=1e-10)
    # 1 / (4 nu) - 1 / (8 nu^3) + ... where it is small.
    large = nu > 1e3
    np.testing.assert_allclose(slope[large], (0.25 - 0.125 / nu**2)[large] / nu[large], rtol=1e-6)
    np.testing.assert_allclose(by_eta, np.exp(log_nu) / nu, rtol=1e-14)


def test_probabilities_in_their_tails():
    eta = np.linspace(-700.0, 700.0, 41)
    log_p, log_q, slope_p, slope_q = over(inner(lambda x: own.log_share(2, x)), eta)
    np.testing.assert_allclose(log_p, special.log_expit(eta), rtol=1e-14)
    np.testing.assert_allclose(log_q, special.log_expit(-eta), rtol=1e-14)
    np.testing.assert_allclose(slope_p, special.expit(-eta), rtol=1e-14)
    np.testing.assert_allclose(slope_q, -special.expit(eta), rtol=1e-14)
    z = np.linspace(-40.0, 40.0, 81)
    log_p, slope = over(own.log_ndtr, z)
    np.testing.assert_allclose(log_p, special.log_ndtr(z), rtol=1e-12, atol=1e-300)
    hazard = np.exp(-0.5 * z**2 - 0.5 * np.log(2.0 * np.pi) - special.log_ndtr(z))
    np.testing.assert_allclose(slope[z > -30.0], hazard[z > -30.0], rtol=1e-10)


def test_sums_in_lanes():
    rng = np.random.default_rng(1)
    for n in (0, 1, 7, 8, 9, 31):
        x, y = rng.normal(size=(2, n))
        run = compiled(lambda a, b: (own.dot(a, b), own.summed(a)))
        np.testing.assert_allclose(run(x, y), (x @ y, x.sum()), rtol=1e-12, atol=1e-14)

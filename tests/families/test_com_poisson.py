"""The sums of the Conway-Maxwell-Poisson distribution against sums of many terms."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.dists import com_poisson as dist
from bambi_lite.dists.kernels import com_poisson as text
from bambi_lite.xp import numpy_namespace

XP = numpy_namespace()

# Narrow and wide distributions near zero and far from it: each way of summing, and where one
# gives way to another (mu near 64, nu mu near 60, mu / nu near 400 and 2500).
NU = (1e-3, 0.02, 0.15, 0.3, 0.8, 1.0, 1.7, 5.0, 30.0)
MU = (1e-6, 0.1, 0.9, 3.3, 20.0, 63.0, 64.5, 110.0, 300.0, 2600.0, 3e4)
POINTS = [(mu, nu) for mu, nu in itertools.product(MU, NU) if mu / nu < 1e7 and 1.0 / nu < 1e3]


def sums(mu, nu):
    """Heights h relative to that of the mode, probabilities, and the logarithm of their divisor."""
    n = int(200 + mu + 45 * np.sqrt(mu / nu) + 400 / nu)
    steps = np.log(np.longdouble(mu) / np.arange(1, n, dtype=np.longdouble))
    h = np.concatenate([[0.0], np.cumsum(steps)])
    h -= h.max()
    p = np.exp(np.longdouble(nu) * h)
    total = p.sum()
    assert p[-1] < 1e-17 * total
    return h, p / total, np.log(total)


def counts_to_try(mu, nu, p):
    centre = int(np.argmax(p))
    spread = int(np.sqrt((p * (np.arange(p.size) - centre) ** 2).sum())) + 1
    tried = {0, centre - 2 * spread, centre, centre + 1, centre + 4 * spread}
    return sorted(y for y in tried if 0 <= y < p.size - 1)


@pytest.mark.parametrize(("mu", "nu"), POINTS)
def test_mass_mean_and_tails_are_those_of_the_sum(mu, nu):
    h, p, log_total = sums(mu, nu)
    log_mu = math.log(mu)
    mean = (p * np.arange(p.size)).sum()
    assert text.mean(log_mu, nu)[0] == pytest.approx(float(mean), rel=1e-11)
    below = np.cumsum(p)
    above = np.cumsum(p[::-1])[::-1]
    for y in counts_to_try(mu, nu, p):
        value, _, slope_mu, slope_nu = text.log_mass(float(y), log_mu, nu)
        # The longest double here has 19 digits, and heights reach 1e5.
        assert value == pytest.approx(float(nu * h[y] - log_total), rel=1e-11, abs=1e-11)
        assert slope_mu == pytest.approx(float(nu * (y - mean)), rel=1e-8, abs=1e-8)
        own = float(h[y] - (p * h).sum())
        assert slope_nu == pytest.approx(own, rel=1e-8, abs=1e-8)
        for tail, found in (
            (below[y], dist._com_poisson_lcdf(XP, y, log_mu, nu)),
            (above[y + 1], dist._com_poisson_lccdf(XP, y, log_mu, nu)),
        ):
            if tail > 0.0:
                assert found == pytest.approx(float(np.log(tail)), rel=1e-9)


@pytest.mark.parametrize("function", ["log_mass", "mean", "log_cdf", "log_ccdf"])
def test_slopes_are_those_of_the_value(function, slopes):
    for mu, nu in POINTS:
        y = math.floor(mu * 1.1 + 1.0)
        args = (math.log(mu), nu) if function == "mean" else (float(y), math.log(mu), nu)
        free = range(2) if function == "mean" else range(1, 3)
        slopes(getattr(text, function), args, free)


def test_tails_of_no_count_and_of_all():
    for y, lower, upper in ((-1.0, -np.inf, 0.0), (np.inf, 0.0, -np.inf)):
        assert dist._com_poisson_lcdf(XP, y, 1.0, 0.8) == lower
        assert dist._com_poisson_lccdf(XP, y, 1.0, 0.8) == upper
    assert np.isnan(dist._com_poisson_lcdf(XP, np.nan, 1.0, 0.8))


def test_far_parameters_have_finite_values():
    for log_mu, log_nu in itertools.product((-800.0, -30.0, 0.0, 30.0, 800.0), repeat=2):
        nu = math.exp(min(log_nu, 700.0))
        for found in (
            text.log_mass(3.0, log_mu, nu), text.mean(log_mu, nu), text.log_cdf(3.0, log_mu, nu),
            text.log_ccdf(3.0, log_mu, nu),
        ):  # fmt: skip
            assert np.isfinite(found).all(), (log_mu, log_nu)


def test_no_number_gives_no_number():
    for log_mu, nu in ((np.nan, 1.0), (1.0, np.nan)):
        assert np.isnan(text.log_mass(3.0, log_mu, nu)[0])
        assert np.isnan(text.log_cdf(3.0, log_mu, nu)[0])


def test_limits_of_the_shape():
    """Nothing but 0 and 1 for large shapes; a geometric distribution for small ones."""
    odds = 0.7
    log_mu = math.log(odds) / 2000.0
    p = np.exp(dist._com_poisson(XP, np.arange(4.0), log_mu, 2000.0))
    np.testing.assert_allclose(p, [1.0 / 1.7, 0.7 / 1.7, 0.0, 0.0], atol=1e-12)
    nu = 1e-3
    p = np.exp(dist._com_poisson(XP, np.arange(6.0), math.log(0.2) / nu, nu))
    np.testing.assert_allclose(p, stats.geom(0.8, loc=-1).pmf(np.arange(6.0)), rtol=0.01)


@pytest.mark.parametrize(
    ("mu", "nu"), [(0.3, 2.0), (3.0, 0.1), (2.0, 0.02), (50.0, 1.0), (900.0, 0.3), (4.0, 1e3)]
)
def test_draws_fall_as_often_as_they_should(mu, nu):
    n = 20_000
    drawn = dist._random_com_poisson(np.random.default_rng(5), math.log(mu), np.full(n, nu))
    _, p, _ = sums(mu, nu)
    edges = np.unique(np.searchsorted(np.cumsum(p), np.linspace(0.0, 1.0, 11)[1:-1]))
    bins = np.concatenate([[-0.5], edges + 0.5, [np.inf]])
    found = np.histogram(drawn, bins)[0]
    cumulated = np.concatenate([[0.0], np.cumsum(p)[edges], [1.0]]).astype(float)
    expected = n * np.diff(cumulated)
    assert (np.abs(found - expected) < 5.0 * np.sqrt(expected) + 1e-9).all()
    assert (drawn == np.floor(drawn)).all()


def test_draws_have_the_shape_of_the_arguments():
    rng = np.random.default_rng(1)
    drawn = dist._random_com_poisson(rng, np.zeros((2, 3, 1)), np.full(5, 0.5))
    assert drawn.shape == (2, 3, 5)


def test_mean_with_draws_in_front():
    family = bl.get_family("com_poisson")
    from bambi_lite.families import Response
    from bambi_lite.links import Linked

    eta = np.linspace(-1.0, 2.0, 24).reshape(2, 3, 4)
    shape = np.array([[0.5, 1.0, 2.0], [0.7, 1.0, 3.0]])[..., None]
    dpars = {
        "mu": Linked(eta, family.link("mu")),
        "shape": Linked(np.log(shape), family.link("shape")),
    }
    found = family.mean(XP, dpars, Response(np.zeros(4)))
    assert found.shape == (2, 3, 4)
    np.testing.assert_allclose(found[:, 1], np.exp(eta[:, 1]), rtol=1e-12)

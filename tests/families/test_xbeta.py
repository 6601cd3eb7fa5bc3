"""The extended-support beta distribution against SciPy's beta distribution."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

from bambi_lite.dists import xbeta as dist
from bambi_lite.dists.kernels import xbeta as text
from bambi_lite.xp import numpy_namespace

XP = numpy_namespace()
MU, PHI, KAPPA = (0.01, 0.3, 0.5, 0.9), (0.2, 3.0, 40.0, 1e4), (1e-8, 0.05, 0.4, 3.0, 100.0)
POINTS = list(itertools.product(MU, PHI, KAPPA))


def args(mu, phi, kappa):
    return math.log(mu), math.log1p(-mu), math.log(phi), math.log(kappa)


def law(mu, phi):
    return stats.beta(mu * phi, (1.0 - mu) * phi)


@pytest.mark.parametrize(("mu", "phi", "kappa"), POINTS)
def test_density_and_masses_are_those_of_the_stretched_beta(mu, phi, kappa):
    y = np.array([0.0, 1e-6, 0.2, 0.77, 1.0 - 1e-6, 1.0])
    length = 1.0 + 2.0 * kappa
    x = (y + kappa) / length
    expected = law(mu, phi).logpdf(x) - math.log(length)
    # One lies as far from the upper end as zero from the lower one.
    expected[0] = law(mu, phi).logcdf(kappa / length)
    expected[-1] = law(1.0 - mu, phi).logcdf(kappa / length)
    seen = np.isfinite(expected)
    found = dist._xbeta(XP, y, *args(mu, phi, kappa))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[seen], expected[seen], rtol=1e-9, atol=1e-12)


def test_slopes_are_those_of_the_value(slopes):
    for (mu, phi, kappa), y in itertools.product(POINTS, (0.0, 0.3, 1.0)):
        # Where a mass is all there is, its logarithm is a rounding error.
        if -1e-6 < text.log_density(y, *args(mu, phi, kappa))[0] < 1e-6:
            continue
        slopes(text.log_density, (y, *args(mu, phi, kappa)), range(1, 5))


@pytest.mark.parametrize(("mu", "phi", "kappa"), POINTS)
def test_mean_is_the_integral_over_the_survival(mu, phi, kappa):
    length = 1.0 + 2.0 * kappa
    near, far = kappa / length, (1.0 + kappa) / length
    # The survival function falls like a power at the ends.
    inner = [
        *law(mu, phi).ppf([0.01, 0.5, 0.99]),
        *np.geomspace(near, 0.1, 12),
        *(1.0 - np.geomspace(near, 0.1, 12)),
    ]
    cuts = [near, *sorted(q for q in inner if near < q < far), far]
    total = sum(
        integrate.quad(law(mu, phi).sf, a, b, epsabs=1e-13, limit=200)[0]
        for a, b in itertools.pairwise(cuts)
    )
    found = dist.xbeta_mean(XP, *args(mu, phi, kappa))
    assert found == pytest.approx(length * total, rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("phi", [1e6, 1e9, 1e13])
def test_large_precision_keeps_its_digits(phi):
    """Near the normal distribution: one and a half spreads either side of the mean."""
    mu, kappa = 0.3, 0.1
    length = 1.0 + 2.0 * kappa
    spread = math.sqrt(mu * (1.0 - mu) / phi)
    for z in (-1.5, 0.0, 1.5):
        y = length * (mu + z * spread) - kappa
        found = float(dist._xbeta(XP, y, *args(mu, phi, kappa)))
        expected = stats.norm.logpdf(z) - math.log(length * spread)
        # The skewness, of the order of the spread, is what is left out.
        assert found == pytest.approx(expected, abs=10.0 * spread + 1e-7)


def test_far_parameters_have_finite_values():
    for eta, log_phi, log_kappa in itertools.product((-30.0, 0.0, 30.0), repeat=3):
        log_mu, log1m_mu = -np.logaddexp(0.0, -eta), -np.logaddexp(0.0, eta)
        for y in (0.0, 0.4, 1.0):
            found = text.log_density(y, log_mu, log1m_mu, log_phi, log_kappa)
            assert np.isfinite(found).all(), (y, eta, log_phi, log_kappa)
    assert np.isnan(text.log_density(0.0, np.nan, np.nan, 0.0, 0.0)[0])


def test_no_stretch_leaves_no_mass():
    found = dist._xbeta(XP, np.array([0.0, 0.4, 1.0]), *args(0.3, 2.0, 1e-300))
    assert found[0] < -300.0
    assert found[2] < -300.0
    assert found[1] == pytest.approx(law(0.3, 2.0).logpdf(0.4), rel=1e-12)

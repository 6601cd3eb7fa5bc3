"""Wiener's diffusion model against its series with many terms; draws of times and decisions."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, stats

import bambi_lite as bl
from bambi_lite.dists import diffusion as dist
from bambi_lite.dists.kernels import first_passage as text
from bambi_lite.xp import numpy_namespace

XP = numpy_namespace()
PI = np.longdouble("3.14159265358979323846264338327950288")


def driftless(tau, w):
    """Log-density at 0 of a process from w without drift: the series that converges sooner."""
    tau, w = np.longdouble(tau), np.longdouble(w)
    if tau < 0.6:
        n = w + 2 * np.arange(-60, 61, dtype=np.longdouble)
        return np.log((n * np.exp(-n * n / (2 * tau))).sum()) - np.log(2 * PI * tau**3) / 2
    k = np.arange(1, 61, dtype=np.longdouble)
    total = (k * np.exp(-(k * k - 1) * PI**2 * tau / 2) * np.sin(k * PI * w)).sum()
    return np.log(PI * total) - PI**2 * tau / 2


def reference(y, mu, bs, ndt, bias, dec):
    if dec:
        mu, bias = -mu, 1.0 - bias
    t = y - ndt
    value = driftless(t / bs**2, bias) - 2 * np.log(bs) - mu * bs * bias - mu**2 * t / 2
    return float(value)


def logp(y, mu, bs, ndt, bias, dec):
    return dist._wiener(XP, y, mu, np.log(bs), ndt, np.log(bias), np.log1p(-bias), dec)


TIMES = (0.2003, 0.22, 0.3, 0.62, 0.68, 1.1, 3.0, 12.0)
DRIFTS, WIDTHS, BIASES = (-3.0, 0.0, 1.2), (0.6, 1.4, 2.5), (1e-3, 0.1, 0.5, 0.6, 0.999)


@pytest.mark.parametrize("dec", [0.0, 1.0])
def test_density_is_that_of_the_series(dec):
    for y, mu, bs, bias in itertools.product(TIMES, DRIFTS, WIDTHS, BIASES):
        # Far in the tail the reference cancels: its terms are of alternating sign.
        tau, w = (y - 0.2) / bs**2, 1.0 - bias if dec else bias
        if tau < 0.02 and w > 0.99:
            continue
        expected = reference(y, mu, bs, 0.2, bias, dec)
        assert logp(y, mu, bs, 0.2, bias, dec) == pytest.approx(expected, rel=1e-11), (
            y, mu, bs, bias,
        )  # fmt: skip


def test_both_series_are_one_where_they_meet():
    switch = text._SWITCH
    for log_w in (-30.0, -3.0, -0.7, -0.1, -1e-3, -1e-13):
        log1m_w = math.log(-math.expm1(log_w))
        low, high = (
            text._standard(math.log(switch) + shift, log_w, log1m_w) for shift in (-1e-13, 1e-13)
        )
        np.testing.assert_allclose(low, high, rtol=1e-11)


def test_slopes_are_those_of_the_value(slopes):
    for y, mu, bs, bias, dec in itertools.product(
        TIMES[2:], DRIFTS, WIDTHS, (0.1, 0.45, 0.7), (0.0, 1.0)
    ):
        args = (y, mu, math.log(bs), 0.2, math.log(bias), math.log1p(-bias), dec)
        slopes(text.log_density, args, range(6))


def test_start_next_to_a_boundary_is_exact():
    """The density is proportional to the distance there, which a difference would not keep."""
    for y, dec in itertools.product((0.21, 0.3, 1.4), (0.0, 1.0)):
        eta = np.array([-30.0, -40.0, -200.0])
        for near in (eta, -eta):
            log_bias, log1m_bias = -np.logaddexp(0.0, -near), -np.logaddexp(0.0, near)
            found = dist._wiener(XP, y, 0.7, 0.1, 0.2, log_bias, log1m_bias, dec)
            assert np.isfinite(found).all()
            np.testing.assert_allclose(np.diff(found), np.diff(eta), rtol=1e-11)


def test_no_time_before_ndt():
    assert logp(0.2, 1.0, 1.0, 0.2, 0.5, 1.0) == -np.inf
    assert logp(0.1, 1.0, 1.0, 0.2, 0.5, 0.0) == -np.inf
    assert text.log_density(0.1, 1.0, 0.0, 0.2, -0.7, -0.7, 0.0)[1:] == (0.0,) * 7
    assert np.isnan(logp(0.5, np.nan, 1.0, 0.2, 0.5, 0.0))


def upper_share(mu, bs, bias):
    if mu == 0.0:
        return bias
    return math.expm1(-2.0 * mu * bs * bias) / math.expm1(-2.0 * mu * bs)


def share_until(y, mu, bs, bias, dec):
    return integrate.quad(
        lambda t: math.exp(logp(t, mu, bs, 0.0, bias, dec)), 0.0, y, limit=200, epsabs=1e-12
    )[0]


SETTINGS = [
    (0.0, 1.3, 0.5), (1.1, 1.0, 0.3), (-2.0, 2.0, 0.6), (0.4, 0.5, 0.05), (6.0, 3.0, 0.01),
    (-9.0, 1.5, 0.9),
]  # fmt: skip


@pytest.mark.parametrize(("mu", "bs", "bias"), SETTINGS)
def test_draws_are_those_of_the_density(mu, bs, bias):
    n = 20_000
    time, upper = dist.first_passage(
        np.random.default_rng(8), np.full(n, mu), np.log(bs), np.log(bias), np.log1p(-bias)
    )
    expected = upper_share(mu, bs, bias)
    assert abs(upper.mean() - expected) < 5.0 * np.sqrt(expected * (1.0 - expected) / n) + 1e-12
    for dec in (0.0, 1.0):
        own = np.sort(time[upper == dec])
        if own.size < 200:
            continue
        # The distribution function at every 200th draw, against that of the density.
        at = own[:: own.size // 100]
        pieces = [share_until(y, mu, bs, bias, dec) for y in at]
        share = expected if dec else 1.0 - expected
        d = np.abs(np.array(pieces) / share - np.searchsorted(own, at) / own.size).max()
        assert stats.kstwo(own.size).sf(d) > 1e-4


def test_draws_have_the_shape_of_the_arguments():
    rng = np.random.default_rng(1)
    log_bias = np.full(5, math.log(0.4))
    time, upper = dist.first_passage(
        rng, np.zeros((2, 1, 1)), np.zeros((1, 3, 1)), log_bias, np.full(5, math.log(0.6))
    )
    assert time.shape == upper.shape == (2, 3, 5)
    assert (time > 0.0).all()


def test_draws_far_out_end():
    """Starts next to a boundary, and drifts that leave at once."""
    rng = np.random.default_rng(2)
    mu = np.array([-500.0, 0.0, 500.0, 1e6])[:, None]
    eta = np.array([-40.0, 0.0, 40.0])
    time, _ = dist.first_passage(rng, mu, 0.3, -np.logaddexp(0.0, -eta), -np.logaddexp(0.0, eta))
    assert np.isfinite(time).all()


def test_mean_time_is_continuous_in_the_drift():
    log_bs, log_bias = math.log(1.3), math.log(0.3)
    mu = np.array([-1e-3, -1e-4, -1e-12, 0.0, 1e-12, 1e-4, 1e-3])
    found = dist.decision_time(XP, mu, log_bs, log_bias)
    assert found[3] == pytest.approx(1.3**2 * 0.3 * 0.7, rel=1e-14)
    # (P - w) / v of the two sides of a drift far from zero are its mirror image.
    slope = 1.3**3 * 0.3 * 0.7 * (1.0 - 0.6) / 3.0
    np.testing.assert_allclose(found - found[3], slope * mu, rtol=2e-3, atol=1e-12)
    turned = dist.decision_time(XP, -mu, log_bs, math.log(0.7))
    np.testing.assert_allclose(found, turned, rtol=1e-10)
    assert np.isfinite(dist.decision_time(XP, np.array([-1e5, 1e5]), log_bs, log_bias)).all()


def test_log_density_of_observations_knows_the_decision(tools):
    family = bl.get_family("wiener")
    point = {"mu": 1.0, "bs": 1.2, "ndt": 0.1, "bias": 0.4}
    y = np.array([0.5, 0.5])
    lower, upper = tools.logp(family, point, y, np.array([0.0, 1.0]))
    assert lower == pytest.approx(reference(0.5, 1.0, 1.2, 0.1, 0.4, 0), rel=1e-12)
    assert upper == pytest.approx(reference(0.5, 1.0, 1.2, 0.1, 0.4, 1), rel=1e-12)

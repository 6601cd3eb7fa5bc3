"""Responses that were not seen as they are: addition terms recover what was behind them.

The data are made with NumPy, then censored, cut, weighted or measured with error.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.dists.diffusion import first_passage

pytestmark = pytest.mark.slow

N = 400
SAMPLING = {"chains": 2, "iter": 2000, "warmup": 1000, "seed": 20265, "progress": False}


def assert_recovered(formula, data, family, truth, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.errors.ConvergenceWarning)
        fit = bl.brm(formula, data, family, **SAMPLING, **options)
    posterior = fit.idata["posterior"].to_dataset()
    outside = {}
    for name, true in truth.items():
        low, high = np.quantile(posterior[name].to_numpy(), [0.0005, 0.9995])
        if not low <= true <= high:
            outside[name] = (true, float(low), float(high))
    assert outside == {}
    assert int(fit.idata["sample_stats"]["diverging"].sum()) == 0


def start(seed, n=N):
    rng = np.random.default_rng(seed)
    return rng, np.round(rng.uniform(-1.5, 1.5, n), 3)


def test_times_censored_in_all_ways():
    rng, x = start(1)
    time = np.exp(0.7 + 0.5 * x + 0.8 * rng.standard_normal(N))
    # Looked at from 1 on, at whole units above 3, and not after 5.
    low, high = np.floor(time), np.ceil(time)
    code = np.select(
        [time < 1.0, time > 5.0, time > 3.0], ["left", "right", "interval"], default="none"
    )
    seen = np.select([code == "left", code == "right", code == "interval"], [1.0, 5.0, low], time)
    end = np.where(code == "interval", high, np.nan)
    data = pd.DataFrame({"y": seen, "end": end, "code": code, "x": x})
    truth = {"b_Intercept": 0.7, "b_x": 0.5, "sigma": 0.8}
    assert_recovered("y | cens(code, end) ~ x", data, "lognormal", truth)


def test_a_hazard_that_nothing_is_assumed_about():
    """Weibull times have proportional hazards: exp(b x) with b = -shape * slope of log time."""
    rng, x = start(2)
    time = np.exp(0.5 - 0.6 * x) * rng.weibull(1.5, N)
    limit = rng.uniform(0.5, 5.0, N)
    data = pd.DataFrame({"y": np.minimum(time, limit), "late": time > limit, "x": x})
    assert_recovered("y | cens(late) ~ x", data, "cox", {"b_x": 0.9})


def test_truncated_measurements():
    rng, x = start(3, 4 * N)
    y = 1.0 + 0.6 * x + rng.standard_normal(4 * N)
    kept = (y > 0.0) & (y < 2.5)
    data = pd.DataFrame({"y": y, "x": x})[kept].head(N + 200)
    truth = {"b_Intercept": 1.0, "b_x": 0.6, "sigma": 1.0}
    # With large sigma there is no slope between the bounds: a tail that is a divergence now and
    # then at the default, with the kernels and without.
    assert_recovered("y | trunc(lb = 0, ub = 2.5) ~ x", data, "gaussian", truth, adapt_delta=0.95)


def test_counts_without_zeros():
    rng, x = start(4, 3 * N)
    y = rng.poisson(np.exp(0.2 + 0.6 * x))
    data = pd.DataFrame({"y": y, "x": x})[y > 0].head(N)
    truth = {"b_Intercept": 0.2, "b_x": 0.6}
    assert_recovered("y | trunc(lb = 1) ~ x", data, "poisson", truth)


def test_studies_with_known_errors():
    """A meta-analysis: true effects differ, and each is measured with an error of its own."""
    rng, x = start(5, 150)
    error = rng.uniform(0.2, 1.0, 150)
    y = 0.5 + 0.8 * x + 0.6 * rng.standard_normal(150) + error * rng.standard_normal(150)
    data = pd.DataFrame({"y": y, "e": error, "x": x})
    truth = {"b_Intercept": 0.5, "b_x": 0.8, "sigma": 0.6}
    assert_recovered("y | se(e, sigma = TRUE) ~ x", data, "gaussian", truth)


def test_counts_per_exposure():
    rng, x = start(6)
    exposure = rng.uniform(0.5, 8.0, N)
    mean = np.exp(0.4 + 0.5 * x)
    # Sums over the exposure of gamma variables with shape 2 per unit.
    y = rng.poisson(rng.gamma(2.0 * exposure, mean / 2.0))
    data = pd.DataFrame({"y": y, "e": exposure, "x": x})
    truth = {"b_Intercept": 0.4, "b_x": 0.5, "shape": 2.0}
    assert_recovered("y | rate(e) ~ x", data, "negbinomial", truth)


def test_rows_that_stand_for_several():
    """Equal rows once, with their number as a weight."""
    rng, x = start(7, 2000)
    x = np.round(x)
    y = rng.binomial(1, 1.0 / (1.0 + np.exp(-(0.3 + 0.8 * x))))
    counts = pd.DataFrame({"y": y, "x": x}).value_counts().rename("w").reset_index()
    truth = {"b_Intercept": 0.3, "b_x": 0.8}
    assert_recovered("y | weights(w) ~ x", counts, "bernoulli", truth)


def test_decisions_and_their_times():
    rng, x = start(8)
    drift = 0.5 + 0.8 * x
    time, upper = first_passage(rng, drift, np.log(1.5), np.log(0.45), np.log(0.55))
    data = pd.DataFrame({"y": 0.2 + time, "up": upper, "x": x})
    truth = {"b_Intercept": 0.5, "b_x": 0.8, "bs": 1.5, "ndt": 0.2, "bias": 0.45}
    assert_recovered("y | dec(up) ~ x", data, "wiener", truth)

"""Each family recovers the parameters that its own random numbers were made with.

One line a family: what the true values are. Those without random numbers of a whole response
(wiener, cox) are in test_observed.py, logistic_normal in tests/golden/test_categories.py.
"""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

pytestmark = pytest.mark.slow

N = 300
RNG = np.random.default_rng(4)
DATA = pd.DataFrame({"x": np.round(RNG.uniform(-1.5, 1.5, N), 3), "n": RNG.integers(4, 16, N)})
PLAIN, TRIALS = "y ~ x", "y | trials(n) ~ x"
SHARES, COUNTS = "cbind(A, B, C) ~ x", "cbind(A, B, C) | trials(n) ~ x"


def line(b0, b1, formula=PLAIN, family=None, **others):
    """True values: intercept and slope on the link scale, then the other parameters."""
    return formula, family, {"b_Intercept": b0, "b_x": b1, **others}


def categories(formula, **others):
    """True values: the log-odds of B and C against A."""
    odds = {"b_muB_Intercept": 0.5, "b_muB_x": 1.0, "b_muC_Intercept": -0.2, "b_muC_x": -0.6}
    return formula, None, {**odds, **others}


def thresholds(**others):
    """True values: three thresholds and a slope."""
    own = {"b_Intercept[1]": -1.2, "b_Intercept[2]": 0.1, "b_Intercept[3]": 1.3, "b_x": 0.9}
    return PLAIN, None, {**own, **others}


TRUE = {
    "acat": thresholds(),
    "asym_laplace": line(1.0, 0.8, sigma=0.4, quantile=0.3),
    "bernoulli": line(0.3, 1.0),
    "beta": line(0.4, 0.7, phi=8.0),
    "beta_binomial": line(0.3, 0.8, TRIALS, phi=4.0),
    "binomial": line(-0.4, 0.7, TRIALS),
    "categorical": categories(PLAIN),
    "com_poisson": line(1.3, 0.5, shape=1.5),
    "cratio": thresholds(),
    "cumulative": thresholds(),
    "dirichlet": categories(SHARES, phi=6.0),
    "dirichlet2": (
        SHARES, None,
        {"b_muA_Intercept": 0.6, "b_muA_x": 0.3, "b_muB_Intercept": 1.0, "b_muB_x": 0.5,
         "b_muC_Intercept": 0.2, "b_muC_x": -0.4},
    ),
    "dirichlet_multinomial": categories(COUNTS, phi=6.0),
    "discrete_weibull": line(1.2, 0.6, shape=1.6),
    "exgaussian": line(6.0, 0.8, sigma=0.5, beta=1.0),
    "exponential": line(0.8, 0.5),
    "frechet": line(0.5, 0.4, nu=4.0),
    "gamma": line(0.9, 0.5, shape=3.0),
    "gaussian": line(1.0, 0.5, sigma=1.3),
    "gen_extreme_value": line(2.0, 0.6, sigma=0.8, xi=0.1),
    "geometric": line(1.2, 0.5),
    "hurdle_cumulative": thresholds(hu=0.25),
    "hurdle_gamma": line(0.8, 0.5, shape=2.5, hu=0.3),
    "hurdle_lognormal": line(0.5, 0.4, sigma=0.6, hu=0.3),
    "hurdle_negbinomial": line(1.5, 0.5, shape=2.0, hu=0.3),
    "hurdle_poisson": line(1.2, 0.5, hu=0.3),
    "inverse.gaussian": line(0.6, 0.3, family=bl.inverse_gaussian("log"), shape=3.0),
    "lognormal": line(0.7, 0.5, sigma=0.6),
    "multinomial": categories(COUNTS),
    "negbinomial": line(1.5, 0.5, shape=2.0),
    "negbinomial2": line(1.5, 0.5, sigma=0.5),
    "poisson": line(1.0, 0.5),
    "shifted_lognormal": line(-0.2, 0.4, sigma=0.5, ndt=0.4),
    "skew_normal": line(1.0, 0.6, sigma=1.5, alpha=4.0),
    "sratio": thresholds(),
    "student": line(1.0, 0.5, sigma=0.8, nu=4.0),
    "von_mises": line(0.3, 0.4, kappa=3.0),
    "weibull": line(0.9, 0.5, shape=1.8),
    "xbeta": line(0.4, 0.7, phi=6.0, kappa=0.15),
    "zero_inflated_asym_laplace": line(2.0, 0.8, sigma=0.4, quantile=0.4, zi=0.25),
    "zero_inflated_beta": line(0.4, 0.7, phi=8.0, zi=0.25),
    "zero_inflated_beta_binomial": line(0.6, 0.8, TRIALS, phi=6.0, zi=0.25),
    "zero_inflated_binomial": line(0.4, 0.7, TRIALS, zi=0.25),
    "zero_inflated_negbinomial": line(1.8, 0.5, shape=3.0, zi=0.25),
    "zero_inflated_poisson": line(1.2, 0.5, zi=0.25),
    "zero_one_inflated_beta": line(0.4, 0.7, phi=8.0, zoi=0.3, coi=0.4),
}  # fmt: skip

# Families whose posterior makes the sampler diverge at its defaults, each with the reason.
DIVERGENT: dict[str, str] = {}


def test_all_families_are_there():
    assert set(bl.families()) - set(TRUE) == {"wiener", "cox", "logistic_normal"}
    assert set(TRUE) <= set(bl.families())
    assert set(DIVERGENT) <= set(TRUE)
    assert len(DIVERGENT) <= len(TRUE) // 10


@pytest.mark.parametrize("name", TRUE)
def test_family_recovers_its_parameters(recovery, name):
    formula, family, values = TRUE[name]
    found = recovery(name, formula, DATA, family or name, values)
    assert found.outside == {}
    assert (found.divergences > 0) == (name in DIVERGENT)

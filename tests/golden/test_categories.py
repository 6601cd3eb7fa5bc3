"""Families of categories: what made the data lies inside the central 99.9 % interval."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

import bambi_lite as bl

N = 1000


def three_categories(rng):
    """Linear predictors of B and C relative to A, and the parameters they are made of."""
    x = rng.normal(size=N)
    truth = {"b_muB_Intercept": 0.5, "b_muB_x": 0.7, "b_muC_Intercept": -0.4, "b_muC_x": -0.5}
    b, c = (truth[f"b_mu{k}_Intercept"] + truth[f"b_mu{k}_x"] * x for k in ("B", "C"))
    return x, np.stack([b, c], axis=-1), truth


def check(fit, truth):
    posterior = fit.idata["posterior"].to_dataset()
    assert int(fit.idata["sample_stats"]["diverging"].sum()) == 0
    for name, value in truth.items():
        low, high = np.quantile(posterior[name].to_numpy(), [0.0005, 0.9995])
        assert low < value < high, name


@pytest.mark.slow
def test_categorical():
    rng = np.random.default_rng(20264)
    x, eta, truth = three_categories(rng)
    p = softmax(np.column_stack([np.zeros(N), eta]), axis=1)
    y = np.array([rng.choice(list("ABC"), p=row) for row in p])
    data = pd.DataFrame({"y": y, "x": x})
    fit = bl.brm("y ~ x", data, "categorical", seed=1, progress=False)
    check(fit, truth)
    # Relative to another category it is the same model: the probabilities agree.
    other = bl.brm("y ~ x", data, bl.categorical(refcat="C"), seed=2, progress=False)
    first, second = (f.posterior_epred().mean(("chain", "draw")) for f in (fit, other))
    np.testing.assert_allclose(first, second, atol=0.01)


@pytest.mark.slow
def test_logistic_normal():
    rng = np.random.default_rng(20265)
    x, eta, truth = three_categories(rng)
    truth |= {"sigmaB": 0.6, "sigmaC": 1.2, "lncor__B__C": 0.5}
    noise = rng.multivariate_normal([0.0, 0.0], [[0.36, 0.36], [0.36, 1.44]], N)
    shares = softmax(np.column_stack([np.zeros(N), eta + noise]), axis=1)
    data = pd.DataFrame(shares, columns=list("ABC")).assign(x=x)
    fit = bl.brm("cbind(A, B, C) ~ x", data, "logistic_normal", seed=1, progress=False)
    check(fit, truth)
    # Correlations as the summary names them.
    assert "lncor(B,C)" in fit.summary().spec_pars.index

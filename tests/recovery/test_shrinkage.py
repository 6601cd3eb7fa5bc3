"""Shrinkage priors find the few coefficients that matter, and NUTS draws the priors themselves."""

import arviz_stats as azs
import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

pytestmark = pytest.mark.slow

N, K = 120, 30
TRUE = np.zeros(K)
TRUE[[2, 7, 11, 20]] = (2.0, -1.5, 1.0, -2.5)
NAMES = [f"x{i + 1}" for i in range(K)]


def sparse(seed=8):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(N, K)), columns=NAMES)
    frame["y"] = 1.0 + frame[NAMES].to_numpy() @ TRUE + rng.normal(size=N)
    return frame


@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
@pytest.mark.parametrize("text", ["horseshoe(par_ratio = 0.15)", "R2D2(cons_D2 = 0.2)"])
def test_sparse_regression(text):
    data = sparse()
    fit = bl.brm(
        f"y ~ {' + '.join(NAMES)}", data, prior=bl.prior(text), seed=3, chains=2, iter=1500,
        adapt_delta=0.95, progress=False,
    )  # fmt: skip
    p = fit.idata["posterior"].to_dataset()
    b = np.stack([p[f"b_{name}"].values.ravel() for name in NAMES], axis=-1)
    X = np.column_stack([np.ones(N), data[NAMES]])
    flat = np.linalg.lstsq(X, data.y, rcond=None)[0][1:]
    zero = TRUE == 0.0
    # Each true value within 4 sds; the zeros far nearer to zero than without the prior.
    assert (np.abs(b.mean(axis=0) - TRUE) < 4.0 * b.std(axis=0)).all()
    assert np.abs(b.mean(axis=0)[zero]).mean() < 0.5 * np.abs(flat[zero]).mean()
    low, high = np.quantile(b, [0.025, 0.975], axis=0)
    np.testing.assert_array_equal((low > 0.0) | (high < 0.0), ~zero)


@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
@pytest.mark.parametrize("text", ["horseshoe(4, 0.5, 4, 2, 8)", "R2D2(0.4, 8, cons_D2 = 1)"])
def test_nuts_draws_the_prior(text):
    """With weights of nearly zero the posterior is the prior, which direct simulation knows."""
    data = sparse()
    data["none"] = 1e-12
    prior = [bl.prior(text), bl.prior("gamma(4, 2)", class_="sigma")]
    model = bl.Model("y | weights(none) ~ x1 + x2 + x3", data, prior=prior)
    nuts = model.sample(seed=5, chains=2, iter=5000, adapt_delta=0.95, progress=False)
    exact = model.sample(sample_prior="only", chains=1, iter=100_000, warmup=0, seed=6)
    ours, theirs = (f.idata["posterior"].to_dataset() for f in (nuts, exact))
    own = ("hs_global", "hs_slab") if "horseshoe" in text else ("R2D2_R2",)
    for name in ("b_x1", "sdb_x2", "sigma", *own):
        for q in (0.1, 0.25, 0.5, 0.75, 0.9):
            values = ours[name].values
            error = float(azs.mcse(values, method="quantile", prob=q))
            expected = np.quantile(theirs[name].values, q)
            assert abs(np.quantile(values, q) - expected) < 4.0 * error + 1e-3, (name, q)

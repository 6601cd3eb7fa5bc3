"""Savage-Dickey ratios from sampled prior and posterior draws, where they are known exactly."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl

Y = np.array([0.3, -0.5, 0.1, 0.8, -0.2, 1.1])
X = np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
SIGMA, PRIOR_SD = 0.7, 2.0


@pytest.fixture(scope="module")
def fit():
    model = bl.Model(
        bl.bf("y ~ x + (1 | g)", sigma=SIGMA),
        pd.DataFrame({"y": Y, "x": X, "g": list("aabbcc")}),
        prior=[
            bl.prior(f"normal(0, {PRIOR_SD})", class_="Intercept"),
            bl.prior(f"normal(0, {PRIOR_SD})", class_="b"),
            bl.prior("constant(0.4)", class_="sd"),
        ],
    )
    return model.sample(seed=1, chains=4, iter=3000, sample_prior="yes", progress=False)


def exact(column):
    """Posterior density of a coefficient at zero over its prior one: normal, by linear algebra."""
    design = np.column_stack([np.ones(6), X])
    same = np.kron(np.eye(3), np.ones((2, 2)))
    precision = np.linalg.inv(SIGMA**2 * np.eye(6) + 0.4**2 * same)
    cov = np.linalg.inv(design.T @ precision @ design + np.eye(2) / PRIOR_SD**2)
    mean = cov @ design.T @ precision @ Y
    at_zero = stats.norm.pdf(0.0, mean[column], np.sqrt(cov[column, column]))
    return at_zero / stats.norm.pdf(0.0, 0.0, PRIOR_SD)


def test_evidence_from_draws_of_the_prior(fit):
    table = fit.hypothesis(["Intercept = 0", "x = 0", "x > 0"]).hypothesis
    for row, column in enumerate((0, 1)):
        # A kernel density of 6,000 draws is off by about five percent, more than the draws are.
        assert table.loc[row, "Evid.Ratio"] == pytest.approx(exact(column), rel=0.12)
    odds = table.loc[2, "Evid.Ratio"]
    share = (fit.as_draws_df()["b_x"] > 0).mean()
    assert odds == pytest.approx(share / (1 - share))


def test_classes_have_prior_draws_too():
    sleepstudy = bl.load_data("sleepstudy")
    fit = bl.brm(
        "Reaction ~ Days + (Days | Subject)",
        sleepstudy,
        prior=bl.prior("normal(0, 20)", class_="b"),
        seed=1,
        sample_prior="yes",
        progress=False,
    )
    cor = fit.hypothesis("Intercept__Days = 0", class_="cor", group="Subject")
    # The prior of one correlation under lkj(1) is uniform on (-1, 1).
    prior = cor.prior_samples["H1"]
    assert stats.kstest((prior + 1.0) / 2.0, "uniform").pvalue > 1e-4
    assert 0.5 < cor.hypothesis.loc[0, "Evid.Ratio"] < 8.0
    sd = fit.hypothesis("Intercept > Days", class_="sd", group="Subject")
    assert sd.hypothesis.loc[0, "Post.Prob"] > 0.99
    days = fit.hypothesis("Days = 0").hypothesis.loc[0]
    assert days["Evid.Ratio"] < 0.01
    assert days["Star"] == "*"

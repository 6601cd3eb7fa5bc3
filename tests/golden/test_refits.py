"""Refits: K-fold and exact leave-one-out, where the answer is known in closed form."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl

Y = np.array([0.3, -0.5, 0.1, 0.8, -0.2, 3.5])
ROWS = np.arange(len(Y))
SIGMA, PRIOR_SD = 0.7, 5.0
SAMPLING = {"chains": 2, "iter": 2000, "progress": False}
#: Fewer effective draws than this are warned about, and a warning is an error here.
ESS = 400


@pytest.fixture(scope="module", params=[True, False], ids=["kernels", "graph"])
def fit(request):
    # A known error beside a known residual: together they have the standard deviation SIGMA. What
    # se(sigma = TRUE) brings is not all part of the compiled density, and refits have to know that.
    model = bl.Model(
        bl.bf("y | se(s, sigma = TRUE) ~ 1", sigma=np.sqrt(SIGMA**2 - 0.09)),
        pd.DataFrame({"y": Y, "s": 0.3}),
        prior=bl.prior(f"normal(0, {PRIOR_SD})", class_="Intercept"),
    )
    # Refits go the way of the fit.
    return model.sample(seed=1, kernels=request.param, **SAMPLING)


@pytest.fixture
def counted(monkeypatch):
    """How often PyMC's graph is built, and how often it is compiled."""
    from bambi_lite.engines import pymc as engine

    counts = {"build": 0, "compile_nutpie": 0}

    def count(name):
        own = getattr(engine, name)

        def counting(*args, **kwargs):
            counts[name] += 1
            return own(*args, **kwargs)

        monkeypatch.setattr(engine, name, counting)

    for name in counts:
        count(name)
    return counts


@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
def test_nothing_is_compiled_for_a_fold(fit, counted):
    short = {"chains": 1, "iter": 200, "seed": 1, "progress": False}
    fit.kfold(K=3, **short)
    once = 0 if fit.draws.settings.kernels else 1
    assert counted == {"build": once, "compile_nutpie": once}


def test_a_sampled_fit_has_the_statistics_of_its_sampler(fit):
    table = fit.nuts_params()
    names = [
        "accept_stat__",
        "stepsize__",
        "treedepth__",
        "n_leapfrog__",
        "divergent__",
        "energy__",
    ]
    assert table["Parameter"].unique().tolist() == names
    assert len(table) == 6 * fit.ndraws()
    means = table.groupby("Parameter")["Value"].mean()
    assert 0.6 < means["accept_stat__"] <= 1.0
    assert means["divergent__"] == 0.0
    # Up to a constant the log posterior of the only parameter, which is normal.
    b = fit.as_draws_df()["b_Intercept"]
    expected = [stats.norm.logpdf(Y, v, SIGMA).sum() + stats.norm.logpdf(v, 0, PRIOR_SD) for v in b]
    difference = fit.log_posterior()["Value"] - expected
    np.testing.assert_allclose(difference, difference[0], atol=1e-8)
    assert fit.variables()[-1] == "lp__"


def predictive(left_out):
    """The exact joint log density of some rows given the others, and the error of an estimate.

    The estimate is the logarithm of a mean over draws of the density, whose mean and mean square
    are integrals of normal densities.
    """
    kept = Y[np.delete(ROWS, left_out)]
    v = 1.0 / (len(kept) / SIGMA**2 + 1.0 / PRIOR_SD**2)
    m = v * kept.sum() / SIGMA**2
    n, mean = len(left_out), Y[left_out].mean()
    cov = v * np.ones((n, n)) + SIGMA**2 * np.eye(n)
    exact = stats.multivariate_normal.logpdf(Y[left_out], np.full(n, m), cov)
    s = SIGMA / np.sqrt(n)
    square = stats.norm.pdf(mean, m, np.sqrt(s**2 / 2 + v)) / (2 * np.sqrt(np.pi) * s)
    ratio = square / stats.norm.pdf(mean, m, np.sqrt(s**2 + v)) ** 2
    return exact, np.sqrt((ratio - 1.0) / ESS)


def test_leaving_out_each_row_is_exact(fit):
    result = fit.kfold(folds="loo", seed=2, **SAMPLING)
    for i, elpd in enumerate(result.elpd):
        exact, error = predictive([i])
        assert abs(elpd - exact) < 4 * error
    assert result.estimates.loc["kfoldic", "Estimate"] == pytest.approx(-2 * result.elpd.sum())
    assert str(result).startswith("From 6-fold cross-validation of 6 observations.")
    # A refit alone has the draws that it has among the others.
    alone = fit.kfold(folds="loo", Ksub=[4], seed=2, **SAMPLING)
    assert alone.elpd.tolist() == [result.elpd[3]]
    assert alone.folds.tolist() == [0, 0, 0, 4, 0, 0]


def test_folds_of_groups_have_joint_densities(fit):
    groups = ["a", "a", "b", "b", "c", "c"]
    result = fit.kfold(group=groups, joint="group", save_fits=True, seed=3, **SAMPLING)
    assert list(result.pointwise.index) == ["a", "b", "c"]
    for elpd, held in zip(result.elpd, ([0, 1], [2, 3], [4, 5]), strict=True):
        exact, error = predictive(held)
        assert abs(elpd - exact) < 4 * error
    # The kept refits are those of the other rows.
    assert result.fits[2].spec.design.rows.tolist() == [0, 1, 2, 3]
    variance = 1.0 / (4 / SIGMA**2 + 1.0 / PRIOR_SD**2)
    drawn = result.fits[2].posterior["b_Intercept"].values
    mean = variance * Y[:4].sum() / SIGMA**2
    assert abs(drawn.mean() - mean) < 4 * np.sqrt(variance / ESS)
    assert drawn.std() == pytest.approx(np.sqrt(variance), rel=4 / np.sqrt(2 * ESS))


@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
def test_refits_at_the_same_time_are_those_one_after_another(fit):
    short = {"K": 3, "seed": 4, "chains": 1, "iter": 400, "progress": False}
    at_once, in_turn = fit.kfold(cores=3, **short), fit.kfold(cores=1, **short)
    pd.testing.assert_frame_equal(at_once.pointwise, in_turn.pointwise)


def test_reloo_replaces_the_rows_that_need_it(fit):
    before = bl.compare.importance.psis_loo(fit.draws)
    limit = float(before.pareto_k.nlargest(2).mean())
    with nullcontext() if limit <= before.good_k else pytest.warns(bl.ComparisonWarning):
        result = fit.loo(reloo=True, k_threshold=limit, seed=5, **SAMPLING)
    (row,) = np.flatnonzero(before.pareto_k > limit)
    exact, error = predictive([row])
    assert abs(result.elpd[row] - exact) < 4 * error
    others = np.delete(ROWS, row)
    np.testing.assert_array_equal(result.elpd[others], before.elpd[others])
    assert result.pareto_k.iloc[row] == 0.0
    assert result.pointwise["influence_pareto_k"].iloc[row] == before.pareto_k.iloc[row]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
def test_folds_of_a_group_that_is_left_out_altogether():
    """Sleepstudy without a subject: its effects come from the others, or from their spread."""
    sleepstudy = bl.load_data("sleepstudy")
    fit = bl.brm("Reaction ~ Days + (1 | Subject)", sleepstudy, seed=6, **SAMPLING)
    options = {"group": "Subject", "Ksub": [2], "seed": 7, "joint": "fold", **SAMPLING}
    resampled = fit.kfold(**options)
    drawn = fit.kfold(sample_new_levels="gaussian", save_fits=True, **options)
    # Subject 309 is far from the others, and both ways say so: the joint density of its rows is
    # much lower than within the fit.
    for result in (resampled, drawn):
        assert result.pointwise.index.tolist() == [2]
        assert result.pointwise["p_kfold"].iloc[0] > 2.0
    # Without rows of its own the effect of the subject is a draw from the distribution of all.
    posterior = drawn.fits[0].posterior
    z = posterior["r_Subject"].values[:, :, 1, 0] / posterior["sd_Subject__Intercept"].values
    assert abs(z.mean()) < 4 / np.sqrt(ESS)
    assert z.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * ESS))

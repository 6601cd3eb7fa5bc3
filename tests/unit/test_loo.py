"""loo and waic against R's loo on the same draws, against ArviZ, and against direct sums."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats as st
from arviz_stats.base import array_stats
from scipy.special import logsumexp

import bambi_lite as bl
from bambi_lite.compare import blocks as block_module
from bambi_lite.compare.blocks import blocks
from bambi_lite.compare.psis import relative_efficiency, smooth, tail_length

CASES = (
    "sleepstudy_slopes",
    "sleepstudy_intercepts",
    "rats_multilevel",
    "epilepsy_negbinomial",
    "inhaler_cumulative",
)
# 200 draws leave rows with a large Pareto k or p_waic in every reference fit.
pytestmark = pytest.mark.filterwarnings("ignore::bambi_lite.ComparisonWarning")


@pytest.mark.parametrize("case", CASES)
def test_loo_is_that_of_r(case, reference_fit, facts):
    theirs = facts(f"comparison/{case}.json")["loo"]
    ours = reference_fit(case).loo()
    assert list(ours.estimates.index) == theirs["estimates"]["rows"]
    assert list(ours.estimates.columns) == theirs["estimates"]["cols"]
    np.testing.assert_allclose(ours.estimates, theirs["estimates"]["values"], rtol=1e-8)
    assert list(ours.pointwise.columns) == theirs["pointwise"]["cols"]
    np.testing.assert_allclose(ours.pointwise, theirs["pointwise"]["values"], rtol=1e-8, atol=1e-9)
    for name in ("pareto_k", "n_eff", "r_eff"):
        np.testing.assert_allclose(ours.diagnostics[name], theirs[name], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_waic_is_that_of_r(case, reference_fit, facts):
    theirs = facts(f"comparison/{case}.json")["waic"]
    ours = reference_fit(case).waic()
    np.testing.assert_allclose(ours.estimates, theirs["estimates"]["values"], rtol=1e-8)
    assert list(ours.pointwise.columns) == theirs["pointwise"]["cols"]
    np.testing.assert_allclose(ours.pointwise, theirs["pointwise"]["values"], rtol=1e-8, atol=1e-9)


# -- importance sampling by itself -----------------------------------------------------------


def autoregressive(rows, chains, draws, seed=1):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(rows, chains, draws))
    phi = rng.uniform(-0.5, 0.95, size=(rows, 1))
    for t in range(1, draws):
        noise[..., t] += phi * noise[..., t - 1]
    return (rng.uniform(0.1, 1.5, size=(rows, 1, 1)) * noise).reshape(rows, -1)


def test_efficiency_where_there_is_nothing_to_estimate():
    varied = autoregressive(3, 4, 250)
    assert (relative_efficiency(np.vstack([varied, np.full(1000, -7.0)]), 4)[-1:] == 1.0).all()
    assert (relative_efficiency(varied[:, :12], 4) == 1.0).all()  # three draws a chain


def test_weights_and_k_are_those_of_arviz_for_its_tail_length():
    ratios = autoregressive(60, 4, 500, seed=2)
    # Loo rounds the length of the tail up and ArviZ down; this relative efficiency gives both 134.
    r_eff = 2000 / (133.99999 / 3) ** 2
    assert tail_length(np.array([r_eff]), 2000) == 134
    theirs, k = array_stats.psislw(-ratios, r_eff=2000 / (134.00001 / 3) ** 2, axis=-1)
    ours, own_k = smooth(ratios, np.full(60, r_eff))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(own_k, k, rtol=1e-9, atol=1e-12)


def test_weights_add_up_to_one_and_keep_their_order():
    ratios = autoregressive(20, 4, 250, seed=3)
    weights, _ = smooth(ratios, np.ones(20))
    np.testing.assert_allclose(np.exp(weights).sum(axis=1), 1.0, rtol=1e-12)
    for before, after in zip(ratios, weights, strict=True):
        assert (np.diff(after[np.argsort(before)]) >= -1e-12).all()


def test_rows_without_a_tail():
    rng = np.random.default_rng(1)
    constant, capped = np.full(400, -3.0), np.minimum(rng.normal(size=400), 0.0)
    weights, k = smooth(np.stack([constant, capped]), np.ones(2))
    # The largest ratios are one value: there is nothing to smooth and nothing to fear.
    assert (k == -np.inf).all()
    np.testing.assert_allclose(weights[0], -np.log(400))
    np.testing.assert_allclose(weights[1], capped - logsumexp(capped))
    few, k = smooth(rng.normal(size=(3, 20)), np.ones(3))
    assert (k == np.inf).all()  # a tail of four draws tells nothing
    np.testing.assert_allclose(np.exp(few).sum(axis=1), 1.0)


# -- additions: a direct sum of densities written by hand ------------------------------------


def draws_of(total, **columns):
    return pd.DataFrame({"chain": np.repeat([1, 2], total // 2), **columns})


def check_sums(fit, by_hand):
    """loo and waic of a fit are those of log densities written by hand, (draws, rows)."""
    log_lik = by_hand.T
    elpd = []
    for row in log_lik:
        r_eff = relative_efficiency(row[None, :], 2)
        weights = smooth(-row[None, :], r_eff)[0][0]
        elpd.append(logsumexp(weights + row))
    np.testing.assert_allclose(fit.loo().pointwise["elpd_loo"], elpd, rtol=1e-9)
    lpd = logsumexp(log_lik, axis=1) - np.log(log_lik.shape[1])
    p = log_lik.var(axis=1, ddof=1)
    assert fit.waic().estimates.loc["elpd_waic", "Estimate"] == pytest.approx(np.sum(lpd - p))


def gaussian_draws(total=400):
    rng = np.random.default_rng(4)
    return rng.normal(2.0, 0.2, total), rng.normal(1.0, 0.1, total), rng.uniform(0.9, 1.2, total)


@pytest.fixture
def small_data():
    rng = np.random.default_rng(5)
    x = rng.normal(size=12)
    y = 2.0 + x + rng.normal(size=12)
    return pd.DataFrame(
        {"y": y, "x": x, "w": [0.0, 1.0, 2.5] * 4, "c": ["none", "right", "left"] * 4}
    )


def fitted(formula, data, intercept, slope, sigma):
    frame = draws_of(len(sigma), b_Intercept=intercept, b_x=slope, sigma=sigma)
    return bl.Model(formula, data).from_draws(frame)


def test_a_weighted_model(small_data):
    intercept, slope, sigma = gaussian_draws()
    fit = fitted("y | weights(w) ~ x", small_data, intercept, slope, sigma)
    mean = intercept[:, None] + slope[:, None] * small_data["x"].to_numpy()
    dens = st.norm.logpdf(small_data["y"].to_numpy(), mean, sigma[:, None])
    check_sums(fit, dens * small_data["w"].to_numpy())
    # A row of weight zero says nothing, so that leaving it out changes nothing.
    zero = small_data["w"] == 0.0
    assert (fit.loo().pareto_k[zero.to_numpy()] == -np.inf).all()
    assert (fit.loo().pointwise["elpd_loo"][zero.to_numpy()] == 0.0).all()


def test_a_censored_model(small_data):
    intercept, slope, sigma = gaussian_draws()
    fit = fitted("y | cens(c) ~ x", small_data, intercept, slope, sigma)
    mean = intercept[:, None] + slope[:, None] * small_data["x"].to_numpy()
    dist = st.norm(mean, sigma[:, None])
    y, c = small_data["y"].to_numpy(), small_data["c"].to_numpy()
    seen = {"none": dist.logpdf(y), "right": dist.logsf(y), "left": dist.logcdf(y)}
    check_sums(fit, np.select([c == k for k in seen], list(seen.values())))


def test_a_truncated_model(small_data):
    intercept, slope, sigma = gaussian_draws()
    fit = fitted("y | trunc(lb = -2, ub = 9) ~ x", small_data, intercept, slope, sigma)
    mean = intercept[:, None] + slope[:, None] * small_data["x"].to_numpy()
    dist = st.norm(mean, sigma[:, None])
    mass = np.log(dist.cdf(9.0) - dist.cdf(-2.0))
    check_sums(fit, dist.logpdf(small_data["y"].to_numpy()) - mass)


def test_a_binomial_model():
    data = pd.DataFrame({"m": [0, 3, 5, 2], "n": [4, 9, 5, 20], "x": [0.0, 1.0, -1.0, 2.0]})
    rng = np.random.default_rng(6)
    intercept, slope = rng.normal(-1.0, 0.2, 400), rng.normal(0.3, 0.1, 400)
    frame = draws_of(400, b_Intercept=intercept, b_x=slope)
    fit = bl.Model("m | trials(n) ~ x", data, "binomial").from_draws(frame)
    p = 1.0 / (1.0 + np.exp(-(intercept[:, None] + slope[:, None] * data["x"].to_numpy())))
    check_sums(fit, st.binom.logpmf(data["m"].to_numpy(), data["n"].to_numpy(), p))


# -- blocks ----------------------------------------------------------------------------------


def test_blocks_of_rows_are_the_whole(reference_fit, monkeypatch):
    fit = reference_fit("inhaler_cumulative")
    whole = fit.log_lik().values.reshape(200, -1).T
    parts = list(blocks(fit.draws, budget=8 * 200 * 100))
    assert [rows.start for rows, _ in parts] == [0, 100, 200, 300, 400, 500]
    np.testing.assert_array_equal(np.concatenate([values for _, values in parts]), whole)
    before = fit.loo().pointwise
    monkeypatch.setattr(block_module, "BUDGET", 1)
    pd.testing.assert_frame_equal(fit.loo().pointwise, before)


def test_rows_in_another_order_have_the_same_numbers(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    data = bl.load_data("sleepstudy")
    order = np.random.default_rng(7).permutation(len(data))
    again = bl.Model(str(fit.spec.formula), data.iloc[order]).from_draws(fit.as_draws_df())
    np.testing.assert_allclose(again.loo().elpd, fit.loo().elpd[order], rtol=1e-9)


# -- what it prints --------------------------------------------------------------------------

TEXT = """\
Computed from 200 by 180 log-likelihood matrix.

         Estimate   SE
elpd_loo   -860.6 22.1
p_loo        32.8  7.9
looic      1721.1 44.2
------
Pareto k is above 0.57 in 18 row(s): their elpd_loo may be far off, and so may
the sums. loo(moment_match=True) or, exact and slower, loo(reloo=True) mends
them.

Pareto k:
                            Count  Pct. Min. n_eff
  (-Inf, 0.57]   (good)       162 90.0%         60
     (0.57, 1]   (bad)         15  8.3%          9
      (1, Inf)   (very bad)     3  1.7%          3"""


def test_text_of_loo(reference_fit):
    assert str(reference_fit("sleepstudy_slopes").loo()) == TEXT


def test_text_of_a_loo_without_bad_rows(small_data):
    fit = fitted("y ~ x", small_data, *gaussian_draws(2000))
    lines = str(fit.loo()).splitlines()
    assert lines[-2].startswith("Monte Carlo standard error of elpd_loo: 0.0")
    assert lines[-1] == "Pareto k is 0.7 or below in every row."


def test_text_of_waic(reference_fit):
    assert str(reference_fit("rats_multilevel").waic()).splitlines()[6:] == [
        "------",
        "p_waic is above 0.4 in 33 row(s) (46.5 %), where WAIC is not to be trusted: use",
        "loo.",
    ]


def test_html_holds_the_table_and_the_advice(reference_fit):
    made = reference_fit("sleepstudy_slopes").loo()._repr_html_()
    for text in ("-860.6", "looic", "(very bad)", "Pareto k is above 0.57 in 18 row(s)"):
        assert text in made


def test_one_warning_tells_of_bad_rows(reference_fit):
    with pytest.warns(bl.ComparisonWarning) as caught:
        reference_fit("sleepstudy_slopes").loo()
    assert [str(w.message) for w in caught] == [
        "Pareto k is above 0.57 in 18 of 180 rows: importance sampling fails there. "
        "loo(moment_match = True) or, exact and slower, loo(reloo = True) mends it."
    ]


def test_arviz_takes_the_result(reference_fit):
    theirs = reference_fit("sleepstudy_slopes").loo().to_arviz()
    assert theirs.elpd == pytest.approx(-860.5517, abs=1e-3)
    assert theirs.pareto_k.sizes == {"obs": 180}
    assert "-860.55" in str(theirs)

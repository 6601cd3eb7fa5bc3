"""Sensitivity on posteriors that are known exactly, and its place in the summary.

The model is y ~ normal(mu, 1) with a normal prior on mu: its posterior is normal, so that draws are
made without a sampler and tell what they should tell.
"""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.sensitivity import (
    CONFLICT,
    DRAWS,
    FINE,
    STRONG,
    THRESHOLD,
    _power_scale,
)
from bambi_lite.totals import _by_squares, total_log_lik
from tables import each

FORMULA = bl.bf("y ~ 1", sigma=1.0)


def fitted(y, mean, sd, tag=""):
    """A fit with exact draws of its posterior."""
    y = np.asarray(y, dtype=float)
    said = bl.prior(f"normal({mean}, {sd})", class_="Intercept", tag=tag)
    model = bl.Model(FORMULA, pd.DataFrame({"y": y}), prior=said)
    precision = len(y) + 1 / sd**2
    centre = (y.sum() + mean / sd**2) / precision
    draws = np.random.default_rng(1).normal(centre, precision**-0.5, 8000)
    return model.from_draws(
        pd.DataFrame({"b_Intercept": draws, "chain": np.repeat(range(4), 2000)})
    )


Y = np.random.default_rng(3).normal(0.0, 1.0, 40)
PLANTED = {
    # Prior and likelihood are far apart and equally strong.
    "conflict": (fitted(Y[:10], 6.0, 0.3), CONFLICT),
    # Two observations against a narrow prior where they are.
    "weak likelihood": (fitted(Y[:2], float(Y[:2].mean()), 0.05), STRONG),
    "healthy": (fitted(Y, 0.0, 10.0), FINE),
}


@each(PLANTED)
def test_planted_cases(name):
    fit, expected = PLANTED[name]
    table = fit.sensitivity()
    assert list(table.columns) == ["prior", "likelihood", "diagnosis"]
    assert table.index.tolist() == ["b_Intercept"]
    assert table["diagnosis"].tolist() == [expected]


@pytest.mark.parametrize(("ndraws", "step"), [(None, 1), (2000, 4), (1500, 6)])
def test_the_numbers_are_arviz(ndraws, step):
    import arviz_stats as azs
    import xarray as xr

    fit, _ = PLANTED["conflict"]
    mu = fit.idata["posterior"]["b_Intercept"].isel(draw=slice(None, None, step))
    y = xr.DataArray(Y[:10], dims="obs")
    tree = xr.DataTree.from_dict(
        {
            "posterior": mu.to_dataset(name="mu"),
            "log_prior": (-0.5 * ((mu - 6.0) / 0.3) ** 2).to_dataset(name="p"),
            "log_likelihood": (-0.5 * (y - mu) ** 2).to_dataset(name="y"),
        }
    )
    table = fit.sensitivity(ndraws=ndraws)
    for column in ("prior", "likelihood"):
        expected = float(azs.psense(tree, group=column)["mu"])
        assert table.loc["b_Intercept", column] == pytest.approx(expected, rel=1e-6)


def test_the_default_number_of_draws_keeps_noise_under_the_threshold():
    """Parameters that nothing moves: where their measure lies, as the code says of it."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(40):
        values, logp = (
            rng.normal(size=(5, 4, DRAWS // 4)),
            rng.normal(scale=3.0, size=(4, DRAWS // 4)),
        )
        found.append(_power_scale(values, logp))
    assert np.mean(found) == pytest.approx(0.022, abs=0.002)
    assert np.quantile(found, 0.99) < THRESHOLD


def test_the_log_likelihood_in_parts(monkeypatch):
    """Draws are looked at some at a time: the same sums as of log_lik()."""
    fit = from_prior("count ~ zBase + (1 | patient)", "epilepsy", "poisson")
    expected = fit.log_lik().sum("obs").values
    for size in (1, 236 * 2 * 7, 10**7):
        monkeypatch.setattr("bambi_lite.totals._TOGETHER", size)
        np.testing.assert_allclose(total_log_lik(fit.draws), expected, rtol=1e-12)
        np.testing.assert_allclose(total_log_lik(fit.draws, 3), expected[:, ::3], rtol=1e-12)


def from_prior(formula, data, family="gaussian"):
    model = bl.Model(formula, bl.load_data(data), family, prior="set:proper")
    return model.sample(sample_prior="only", chains=2, iter=60, warmup=0, seed=1)


# Formula, data, and whether squares tell the likelihood.
BY_SQUARES = {
    "slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", True),
    "crossed": ("y ~ x + f + (1 + x | g) + (1 | h)", "synth1", True),
    "no intercept": ("y ~ 0 + f + (0 + x | g)", "synth1", True),
    "offset": ("y ~ x + offset(z) + (1 | g)", "synth1", True),
    "weights": ("y | weights(wt) ~ x + (1 | g)", "synth1", True),
    "known sigma": (bl.bf("y ~ x", sigma=2.5), "synth1", True),
    "far from zero": (bl.bf("I(y + 1e6) ~ x", sigma=2.5), "synth1", True),
    "predicted sigma": (bl.bf("y ~ x", "sigma ~ z"), "synth1", False),
    "known errors": ("y | se(sei, sigma = TRUE) ~ x", "synth1", False),
    "censored": ("time | cens(censored) ~ age", "kidney", False),
    "members of several groups": ("y ~ 1 + (1 | mm(g, h))", "synth1", False),
}


@each(BY_SQUARES)
def test_the_log_likelihood_from_sums(name):
    formula, data, squares = BY_SQUARES[name]
    fit = from_prior(formula, data)
    assert _by_squares(fit.spec) is squares
    expected = fit.log_lik().sum("obs").values
    np.testing.assert_allclose(total_log_lik(fit.draws), expected, rtol=1e-9)


def test_a_part_of_the_prior_by_class_and_by_tag():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": Y, "x": rng.normal(size=40)})
    said = [bl.prior("normal(0, 10)", class_="Intercept"), bl.prior("normal(3, 0.1)", tag="mine")]
    model = bl.Model(bl.bf("y ~ x", sigma=1.0), data, prior=said)
    x = data["x"] - data["x"].mean()
    # Intercept and slope are independent under the posterior of the centred design.
    slope_precision = (x**2).sum() + 1 / 0.1**2
    slope = ((x * Y).sum() + 3 / 0.1**2) / slope_precision
    b = rng.normal(slope, slope_precision**-0.5, 8000)
    centred = rng.normal(Y.sum() / (40 + 0.01), (40 + 0.01) ** -0.5, 8000)
    frame = pd.DataFrame({"b_x": b, "b_Intercept": centred - b * data["x"].mean()})
    fit = model.from_draws(frame)
    whole = fit.sensitivity()
    assert whole.loc["b_x", "diagnosis"] == CONFLICT
    for part in ("b", "mine", ["b", "mine"]):
        own = fit.sensitivity(prior=part, variables=["b_x"])
        assert own.loc["b_x", "prior"] == pytest.approx(whole.loc["b_x", "prior"], rel=0.05)
    assert fit.sensitivity(prior="Intercept").loc["b_x", "prior"] < 0.01


def message(run):
    with pytest.raises(bl.DataError) as caught:
        run()
    return str(caught.value)


def test_what_cannot_be_asked():
    fit, _ = PLANTED["healthy"]
    assert message(lambda: fit.sensitivity(prior="b")) == (
        "No part of the prior is called 'b'. Classes: Intercept; tags: none."
    )
    tagged = fitted(Y, 0.0, 1.0, tag="mine")
    assert message(lambda: tagged.sensitivity(prior="mein")) == (
        "No part of the prior is called 'mein'. Classes: Intercept; tags: mine. Did you mean "
        "'mine'?"
    )
    assert message(lambda: fit.sensitivity(variables=["b_x"])) == (
        "No draws are called 'b_x'. Available: b_Intercept, sigma, Intercept."
    )
    assert message(lambda: fit.sensitivity(threshold=0)) == (
        "threshold has to be a positive number, not 0."
    )
    assert message(lambda: fit.sensitivity(ndraws=0.5)) == (
        "ndraws has to be a whole number of at least 1 or None, not 0.5."
    )
    assert message(lambda: fit.sensitivity(ndraws=80)) == (
        "20 draws per chain are too few to be reweighted; at least 25."
    )
    prior = bl.Model(FORMULA, pd.DataFrame({"y": Y})).sample(sample_prior="only", iter=200, seed=1)
    assert message(prior.sensitivity) == (
        "These are draws from the prior alone: no posterior that could move."
    )
    short = bl.Model(FORMULA, pd.DataFrame({"y": Y})).from_draws(
        pd.DataFrame({"b_Intercept": np.zeros(10)})
    )
    assert message(short.sensitivity) == (
        "10 draws per chain are too few to be reweighted; at least 25."
    )
    flat = bl.Model(FORMULA, pd.DataFrame({"y": Y}), prior=bl.prior("", class_="Intercept"))
    flat_fit = flat.from_draws(
        pd.DataFrame({"b_Intercept": np.random.default_rng(1).normal(size=99)})
    )
    assert message(flat_fit.sensitivity) == (
        "Every prior of the model 'y ~ 1' is flat: there is no log prior to scale."
    )


def test_in_the_summary():
    fit, _ = PLANTED["conflict"]
    found = fit.summary(sensitivity=True)
    assert list(found.fixed.columns[-2:]) == ["Prior_sens", "Lik_sens"]
    assert (
        found.fixed.loc["Intercept", "Prior_sens"] == fit.sensitivity().loc["b_Intercept", "prior"]
    )
    text = str(found)
    assert "Power-scaling sensitivity:\nb_Intercept: potential prior-data conflict\n" in text
    assert "potential prior-data conflict" in found._repr_html_()
    plain = str(fit.summary())
    assert "Prior_sens" not in plain
    healthy = str(PLANTED["healthy"][0].summary(sensitivity=True))
    assert "nothing stands out: no parameter moves with the weight of its prior." in healthy


def test_priors_beside_the_summary():
    text = str(PLANTED["conflict"][0].summary(priors=True))
    assert "Priors:\nIntercept ~ normal(6.0, 0.3)\n" in text

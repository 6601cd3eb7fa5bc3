"""Proportional hazards: splines, density, draws, and what a partial likelihood says."""

import itertools

import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytest
from scipy import integrate, optimize, stats
from scipy.special import log_softmax, softmax

import bambi_lite as bl
from bambi_lite.dists.survival import n_splines, proportional_hazards, splines
from bambi_lite.xp import numpy_namespace, pytensor_namespace

KNOTS = (0.4, 1.0, 1.3, 4.0)
WEIGHTS = np.array([0.05, 0.3, 0.2, 0.1, 0.25, 0.1])


# -- splines ---------------------------------------------------------------------------------


def ramsay(t, i, k, x):
    """The recursion of Ramsay (1988, p. 428) for the M-spline of order k that starts at knot i."""
    if t[i + k] == t[i]:
        return 0.0
    if k == 1:
        return 1.0 / (t[i + 1] - t[i]) if t[i] <= x < t[i + 1] else 0.0
    left = (x - t[i]) * ramsay(t, i, k - 1, x) + (t[i + k] - x) * ramsay(t, i + 1, k - 1, x)
    return k * left / ((k - 1) * (t[i + k] - t[i]))


def test_m_splines_are_ramsays():
    t = [KNOTS[0]] * 3 + list(KNOTS) + [KNOTS[-1]] * 3
    x = np.linspace(KNOTS[0], KNOTS[-1], 41)[:-1]
    expected = [[ramsay(t, i, 4, v) for i in range(n_splines(KNOTS))] for v in x]
    np.testing.assert_allclose(splines(KNOTS, x)[0], expected, rtol=1e-12, atol=1e-13)


def test_i_splines_are_their_integrals():
    for k in range(n_splines(KNOTS)):
        for end in (0.9, 1.2, 2.5, 4.0):
            points = [x for x in KNOTS if x < end]
            area = integrate.quad(
                lambda x, k=k: splines(KNOTS, np.array([x]))[0][0, k], KNOTS[0], end, points=points
            )[0]
            assert splines(KNOTS, np.array([end]))[1][0, k] == pytest.approx(area, abs=1e-10)
    ends = splines(KNOTS, np.array(KNOTS)[[0, -1]])[1]
    np.testing.assert_allclose(ends, [np.zeros(6), np.ones(6)], atol=1e-14)


# -- the distribution ------------------------------------------------------------------------


def word_and_args(eta=0.5, weights=WEIGHTS):
    return proportional_hazards(KNOTS), {"log_mu": np.full(1, eta), "weights": weights[None, :]}


def test_density_is_one_and_the_derivative_of_the_distribution_function():
    word, args = word_and_args()
    xp = numpy_namespace()

    def density(t):
        return np.exp(word.logp(xp, np.array([t]), **args))[0]

    pieces = [*KNOTS, 10.0, 60.0]
    area = sum(integrate.quad(density, a, b)[0] for a, b in itertools.pairwise(pieces))
    last = np.exp(word.lccdf(xp, np.array([60.0]), **args))[0]
    assert area + last == pytest.approx(1.0, abs=1e-8)
    t, step = np.array([0.5, 0.99, 1.2, 2.0, 3.9, 7.0]), 1e-6
    low, high = (np.exp(word.lcdf(xp, t + d, **args)) for d in (-step, step))
    np.testing.assert_allclose(
        (high - low) / (2 * step), np.exp(word.logp(xp, t, **args)), rtol=1e-7
    )
    total = np.exp(word.lcdf(xp, t, **args)) + np.exp(word.lccdf(xp, t, **args))
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


def test_tails_keep_their_digits():
    word, args = word_and_args(eta=-90.0)
    xp = numpy_namespace()
    h = splines(KNOTS, np.array([2.0]))[1] @ WEIGHTS
    np.testing.assert_allclose(word.lcdf(xp, np.array([2.0]), **args), np.log(h) - 90.0)
    word, args = word_and_args(eta=7.0)
    np.testing.assert_allclose(word.lccdf(xp, np.array([2.0]), **args), -h * np.exp(7.0))


def test_draws_follow_the_distribution_function():
    """Through it draws are uniform, also those of each stratum and of every draw of the weights."""
    word = proportional_hazards(KNOTS, 2)
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(6), size=(2, 3, 2))  # chain, draw, stratum
    stratum = np.tile([0.0, 1.0], 2000)
    log_mu = np.broadcast_to(np.linspace(-1.5, 1.5, 4000), (2, 3, 4000))
    drawn = word.random(rng, log_mu, weights, stratum)
    assert drawn.shape == (2, 3, 4000)
    assert (drawn > KNOTS[0]).all()
    xp = numpy_namespace()
    for i, j in np.ndindex(2, 3):
        args = {"log_mu": log_mu[i, j], "weights": weights[i, j], "stratum": stratum}
        u = np.exp(word.lcdf(xp, drawn[i, j], **args))
        # Six tests: each at a level of 1e-5.
        assert stats.kstest(u, "uniform").pvalue > 1e-5
    # Some lie beyond the last knot, where the hazard stays what it is there.
    assert 0.0 < (drawn > KNOTS[-1]).mean() < 0.9


def test_graph_and_gradient():
    import pytensor.tensor as pt

    word = proportional_hazards(KNOTS, 2)
    xp = pytensor_namespace()
    eta, w = pt.dvector("eta"), pt.dmatrix("w")
    t, stratum = np.array([0.6, 1.1, 2.0, 4.5]), np.array([0.0, 1.0, 1.0, 0.0])
    weights = np.stack([WEIGHTS, WEIGHTS[::-1]])
    args = {"log_mu": eta, "weights": w, "stratum": stratum}
    for name in ("logp", "lcdf", "lccdf"):
        density = getattr(word, name)(xp, pt.as_tensor_variable(t), **args)
        run = pytensor.function(
            [eta, w], [density, *pytensor.grad(density.sum(), [eta, w])], mode="FAST_COMPILE"
        )
        for at in (-30.0, -1.0, 0.7, 30.0):
            etas = np.full(4, at)
            value, d_eta, d_w = run(etas, weights)
            known = {"log_mu": etas, "weights": weights, "stratum": stratum}
            np.testing.assert_allclose(
                value, getattr(word, name)(numpy_namespace(), t, **known), rtol=1e-12
            )
            assert np.isfinite(d_eta).all()
            assert np.isfinite(d_w).all()
            step = 1e-6
            up, down = run(etas + step, weights)[0], run(etas - step, weights)[0]
            np.testing.assert_allclose(
                d_eta, (up - down) / (2 * step), rtol=1e-5, atol=1e-8 * np.abs(value).max()
            )


# -- the family ------------------------------------------------------------------------------

KIDNEY = bl.load_data("kidney")


def draws_of(model, n=4, seed=1):
    rng = np.random.default_rng(seed)
    names = [v for v in model.variables() if not v.startswith("Intercept")]
    columns = {name: rng.normal(scale=0.02, size=n) for name in names}
    weights = [v for v in names if v.startswith("sbhaz")]
    shares = rng.dirichlet(np.ones(len(weights)), size=n)
    return pd.DataFrame(columns | dict(zip(weights, shares.T, strict=True)))


def test_knots_are_brms():
    """Boundaries a fiftieth of the range further out, though not below zero; the median within."""
    spec = bl.Model("time | cens(censored) ~ age", KIDNEY, "cox").spec
    y = KIDNEY["time"]
    margin = (y.max() - y.min()) / 50.0
    assert spec.response.static["knots"] == (0.0, y.median(), y.max() + margin)
    late = KIDNEY.assign(time=y + 100.0)
    spec = bl.Model("time | cens(censored) ~ age", late, "cox").spec
    assert spec.response.static["knots"][0] == pytest.approx(102.0 - margin)


def test_log_lik_by_hand():
    data = KIDNEY.assign(
        c=np.resize(["none", "right", "left", "interval"], len(KIDNEY)), u=KIDNEY["time"] + 20.0
    )
    model = bl.Model("time | cens(c, u) + trunc(lb = 1) + weights(2) ~ age", data, "cox")
    fit = model.from_draws(draws_of(model))
    posterior = fit.draws.posterior
    m, i = splines(model.spec.response.static["knots"], data["time"].to_numpy(float))
    _, i_upper = splines(model.spec.response.static["knots"], data["u"].to_numpy(float))
    _, i_lower = splines(model.spec.response.static["knots"], np.ones(1))
    for d in range(4):
        one = posterior.isel(chain=0, draw=d)
        w = one["sbhaz"].values
        mu = np.exp(float(one["b_Intercept"]) + float(one["b_age"]) * data["age"].to_numpy())
        h, S = mu * (m @ w), np.exp(-mu * (i @ w))
        S_upper = np.exp(-mu * (i_upper @ w))
        likelihood = {"none": h * S, "right": S, "left": 1 - S, "interval": S - S_upper}
        seen = np.choose(data["c"].map(list(likelihood).index), list(likelihood.values()))
        expected = 2.0 * np.log(seen / np.exp(-mu * (i_lower @ w)))
        np.testing.assert_allclose(fit.log_lik()[0, d], expected, rtol=1e-9)


def test_links_predict_the_hazard():
    for link, inverse in {
        "identity": lambda x: x,
        "softplus": lambda x: np.logaddexp(0, x),
    }.items():
        model = bl.Model("time | cens(censored) ~ 1", KIDNEY, bl.cox(link))
        weights = {f"sbhaz[{k + 1}]": [0.2] for k in range(5)}
        fit = model.from_draws(pd.DataFrame({"b_Intercept": [0.7], **weights}))
        log = bl.Model("time | cens(censored) ~ 1", KIDNEY, "cox").from_draws(
            pd.DataFrame({"b_Intercept": [np.log(inverse(0.7))], **weights})
        )
        np.testing.assert_allclose(fit.log_lik(), log.log_lik(), rtol=1e-12)


def test_predictions():
    model = bl.Model("time | cens(censored) ~ age + (1 | patient)", KIDNEY, "cox")
    fit = model.from_draws(draws_of(model))
    drawn = fit.posterior_predict(KIDNEY.head(3), seed=1)
    assert drawn.shape == (1, 4, 3)
    assert (drawn > 0).all()
    assert np.isfinite(drawn).all()
    with pytest.raises(bl.FamilyError) as error:
        fit.posterior_epred()
    assert str(error.value) == (
        "Family 'cox' has no expectation: it depends on the hazard after the last time, of which "
        "the data say nothing. posterior_predict() draws times, with the hazard of the last time "
        "from there on."
    )
    table = fit.summary()
    assert not len(table.spec_pars)
    assert list(table.fixed.index) == ["Intercept", "age"]
    assert "sbhaz ~ Dirichlet(1)" in str(model.explain())
    assert "sbhaz -> y" in model.graph().source


STRATA = "time | cens(censored) + bhaz(gr = sex, df = 6) ~ age"


def test_each_stratum_has_a_baseline_hazard_of_its_own():
    """As if each were fitted by itself, on the knots of all times."""
    model = bl.Model(STRATA, KIDNEY, "cox")
    names = [f"sbhaz[{sex},{k + 1}]" for sex in ("male", "female") for k in range(6)]
    assert [v for v in model.variables() if v.startswith("sbhaz")] == names
    rng = np.random.default_rng(1)
    weights = np.concatenate(rng.dirichlet(np.ones(6), size=2))
    coefs = {"b_Intercept": [0.4], "b_age": [0.01]}
    fit = model.from_draws(
        pd.DataFrame(coefs | {n: [w] for n, w in zip(names, weights, strict=True)})
    )
    together = fit.log_lik()[0, 0].to_numpy()
    plain = bl.Model("time | cens(censored) + bhaz(df = 6) ~ age", KIDNEY, "cox")
    for i, sex in enumerate(("male", "female")):
        own = {f"sbhaz[{k + 1}]": [weights[6 * i + k]] for k in range(6)}
        alone = plain.from_draws(pd.DataFrame(coefs | own)).log_lik()[0, 0].to_numpy()
        rows = (KIDNEY["sex"] == sex).to_numpy()
        np.testing.assert_allclose(together[rows], alone[rows], rtol=1e-12)
    new = pd.DataFrame({"age": [30.0, 30.0], "sex": ["female", "male"]})
    assert fit.posterior_predict(new, seed=1).shape == (1, 1, 2)
    with pytest.raises(bl.DataError) as error:
        fit.posterior_predict(new.assign(sex="other"), seed=1)
    assert str(error.value) == (
        "bhaz(gr = sex) has strata that the training data do not have: other. Known: male, female."
    )


def test_each_stratum_may_have_a_prior_of_its_own():
    prior = bl.prior("dirichlet(3)", class_="sbhaz", group="female")
    model = bl.Model(STRATA, KIDNEY, "cox", prior=prior)
    priors = {name: own[0].dist.args["alpha"] for name, own in model.spec.priors.items()
              if name.startswith("sbhaz")}  # fmt: skip
    assert priors == {"sbhaz_1": (1.0,), "sbhaz_2": (3.0,)}
    flat = bl.Model(STRATA, KIDNEY, "cox", prior=bl.prior("", class_="sbhaz"))
    assert flat.spec.priors["sbhaz_1"][0].dist.args["alpha"] == (1.0,)


def test_the_number_of_splines():
    with pytest.raises(bl.DataError) as error:
        bl.Model("time | bhaz(df = 3) ~ age", KIDNEY, "cox")
    assert str(error.value) == "bhaz(df = 3) is too few: cubic splines are 4 at least."
    with pytest.raises(bl.FamilyError, match=r"Family 'weibull' has no addition term 'bhaz\(\)'"):
        bl.Model("time | bhaz(df = 6) ~ age", KIDNEY, "weibull")


@pytest.mark.parametrize("alpha", [1.0, 3.0])
def test_the_model_has_the_prior_of_the_weights(alpha):
    """Means and variances of a Dirichlet distribution."""
    prior = bl.prior(f"dirichlet({alpha:g})", class_="sbhaz")
    model = bl.Model("time | cens(censored) ~ 1", KIDNEY, "cox", prior=prior).pymc
    drawn = pm.draw(model["sbhaz"], draws=20_000, random_seed=1, mode="FAST_COMPILE")
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0)
    law = stats.dirichlet(np.full(5, alpha))
    error = np.sqrt(law.var() / 20_000)
    assert (np.abs(drawn.mean(axis=0) - 0.2) < 5.0 * error).all()
    fourth = np.mean((drawn - 0.2) ** 4, axis=0)
    error = np.sqrt((fourth - law.var() ** 2) / 20_000)
    assert (np.abs(drawn.var(axis=0) - law.var()) < 5.0 * error).all()
    assert np.isfinite(model.compile_logp(mode="FAST_COMPILE")(model.initial_point()))


def test_too_few_times():
    with pytest.raises(bl.DataError) as error:
        bl.Model("y ~ 1", pd.DataFrame({"y": [2.0, 2.0, 2.0]}), "cox")
    assert str(error.value) == (
        "The times in 'y' are too few for a baseline hazard of 5 splines: its knots would be 2, 2, "
        "2. Different times: 1."
    )
    with pytest.raises(bl.DataError, match="Response 'y' is 0 or below in row 1"):
        bl.Model("y ~ 1", pd.DataFrame({"y": [2.0, 0.0, 1.0]}), "cox")


# -- what it estimates -----------------------------------------------------------------------


def weibull_data(n=400, seed=3):
    """Times with the hazard shape t^(shape - 1) exp(x'b), a third of them censored."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=n), rng.integers(0, 2, size=n)
    time = (rng.standard_exponential(n) / np.exp(0.8 * x - 0.6 * z)) ** (1.0 / 1.6)
    limit = rng.uniform(0.3, 2.5, size=n)
    return pd.DataFrame(
        {"time": np.minimum(time, limit), "censored": (time > limit).astype(int), "x": x, "z": z}
    )


TRUTH = np.array([0.8, -0.6])


def partial_likelihood(data):
    """Estimates and standard errors of Cox (1972); no two events at a time."""
    data = data.sort_values("time")
    X, event = data[["x", "z"]].to_numpy(float), data["censored"].to_numpy() == 0

    def minus_log(b):
        at_risk = np.logaddexp.accumulate((X @ b)[::-1])[::-1]
        return -((X @ b) - at_risk)[event].sum()

    found = optimize.minimize(minus_log, np.zeros(2), method="BFGS", options={"gtol": 1e-6})
    return found.x, np.sqrt(np.diag(found.hess_inv))


def test_maximum_likelihood_is_near_the_partial_likelihood():
    """The same coefficients to a fraction of their standard error, and the truth."""
    data = weibull_data()
    model = bl.Model("time | cens(censored) ~ x + z", data, "cox")
    knots = model.spec.response.static["knots"]
    m, i = splines(knots, data["time"].to_numpy())
    X, event = data[["x", "z"]].to_numpy(float), data["censored"].to_numpy() == 0

    def minus_log(p):
        eta, w = p[0] + X @ p[1:3], softmax(p[3:])
        return np.sum(np.exp(eta) * (i @ w)) - np.sum((np.log(m @ w) + eta)[event])

    found = optimize.minimize(minus_log, np.zeros(8), method="BFGS", options={"gtol": 1e-4})
    b, error = partial_likelihood(data)
    assert (np.abs(found.x[1:3] - b) < 0.25 * error).all()
    assert (np.abs(b - TRUTH) < 3.3 * error).all()
    # The model's own density has its maximum there.
    weights = {f"sbhaz[{k + 1}]": [w] for k, w in enumerate(np.exp(log_softmax(found.x[3:])))}
    frame = {"b_Intercept": found.x[:1], "b_x": found.x[1:2], "b_z": found.x[2:3], **weights}
    total = float(model.from_draws(pd.DataFrame(frame)).log_lik().sum())
    assert total == pytest.approx(-found.fun, rel=1e-9)


@pytest.mark.slow
def test_recovery():
    data = weibull_data()
    fit = bl.brm("time | cens(censored) ~ x + z", data, "cox", seed=1, progress=False)
    assert fit.summary().divergences == 0
    b, error = partial_likelihood(data)
    draws = fit.draws.posterior
    for name, truth, partial, se in zip(("b_x", "b_z"), TRUTH, b, error, strict=True):
        low, high = np.quantile(draws[name], [0.0005, 0.9995])
        assert low < truth < high
        # A flat prior on the coefficients: the posterior is centred where the likelihood is.
        assert abs(float(draws[name].mean()) - partial) < 0.3 * se
    # The cumulative hazard over the times: that of the truth within the draws, where data are.
    knots = fit.spec.response.static["knots"]
    times = np.quantile(data["time"], [0.25, 0.5, 0.75])
    weights = draws["sbhaz"].values.reshape(-1, 5)
    ours = np.exp(draws["b_Intercept"].values.ravel())[:, None] * (
        weights @ splines(knots, times)[1].T
    )
    low, high = np.quantile(ours, [0.0005, 0.9995], axis=0)
    assert ((low < times**1.6) & (times**1.6 < high)).all()

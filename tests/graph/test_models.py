"""Models as PyMC graphs, without sampling: densities, effects and priors are what they say."""

import warnings

import numpy as np
import pymc as pm
import pytensor
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.spec import linked_dpars, with_effects
from bambi_lite.xp import numpy_namespace, pytensor_namespace


def half_t(x, scale):
    return np.sum(stats.t(3, 0, scale).logpdf(x) + np.log(2.0))


def sleepstudy_slopes(v, data):
    X = data["Days"].to_numpy(float)
    J = data["Subject"].cat.codes.to_numpy()
    rho = 2 * v["L_Subject_partial"][0] - 1
    L = np.array([[1.0, 0.0], [rho, np.sqrt(1 - rho**2)]])
    r = v["z_Subject"] @ (L * v["sd_Subject"][:, None]).T
    mu = v["Intercept"] + v["b"][0] * (X - X.mean()) + r[J, 0] + r[J, 1] * X
    return (
        stats.norm(mu, v["sigma"]).logpdf(data["Reaction"]).sum()
        + stats.t(3, 288.7, 59.3).logpdf(v["Intercept"])
        + half_t(v["sd_Subject"], 59.3)
        + half_t(v["sigma"], 59.3)
        # LKJ(1) of two coefficients: the correlation is uniform, so half of it plus 1/2 is too.
        + stats.uniform.logpdf(v["L_Subject_partial"]).sum()
        + stats.norm.logpdf(v["z_Subject"]).sum()
    )


def sleepstudy_uncorrelated(v, data):
    X = data["Days"].to_numpy(float)
    J = data["Subject"].cat.codes.to_numpy()
    r = v["z_Subject"] * v["sd_Subject"]
    mu = v["Intercept"] + v["b"][0] * (X - X.mean()) + r[J, 0] + r[J, 1] * X
    return (
        stats.norm(mu, v["sigma"]).logpdf(data["Reaction"]).sum()
        + stats.t(3, 288.7, 59.3).logpdf(v["Intercept"])
        + half_t(v["sd_Subject"], 59.3)
        + half_t(v["sigma"], 59.3)
        + stats.norm.logpdf(v["z_Subject"]).sum()
    )


def sleepstudy_linear(v, data):
    X = data["Days"].to_numpy(float)
    mu = v["Intercept"] + v["b"][0] * (X - X.mean())
    return (
        stats.norm(mu, v["sigma"]).logpdf(data["Reaction"]).sum()
        + stats.t(3, 288.7, 59.3).logpdf(v["Intercept"])
        + half_t(v["sigma"], 59.3)
    )


def rats(v, data):
    eta = v["Intercept"] + v["sd_batch"][0] * v["z_batch"][:, 0]
    return (
        stats.binom(data["n"], 1 / (1 + np.exp(-eta))).logpmf(data["m"]).sum()
        + stats.t(3, 0, 2.5).logpdf(v["Intercept"])
        + half_t(v["sd_batch"], 2.5)
        + stats.norm.logpdf(v["z_batch"]).sum()
    )


def rats_flat(v, data):
    p = 1 / (1 + np.exp(-v["b"]))
    return (
        stats.binom(data["n"], p).logpmf(data["m"]).sum() + stats.norm(0, 1.5).logpdf(v["b"]).sum()
    )


def blp(v, data):
    kept = data.dropna(subset=["rt"])
    participant = kept["participant"].cat.codes.to_numpy()
    word = kept["spelling"].cat.codes.to_numpy()
    mu = (
        v["Intercept"]
        + v["sd_participant"][0] * v["z_participant"][participant, 0]
        + v["sd_spelling"][0] * v["z_spelling"][word, 0]
    )
    return (
        stats.norm(mu, v["sigma"]).logpdf(kept["rt"]).sum()
        + stats.t(3, 547, 108.2).logpdf(v["Intercept"])
        + sum(half_t(v[n], 108.2) for n in ("sd_participant", "sd_spelling", "sigma"))
        + stats.norm.logpdf(v["z_participant"]).sum()
        + stats.norm.logpdf(v["z_spelling"]).sum()
    )


def fast_rt(link):
    law = {"logit": stats.logistic, "probit": stats.norm}[link]

    def logp(v, data):
        X = data["Days"].to_numpy(float)
        J = data["Subject"].cat.codes.to_numpy()
        eta = v["Intercept"] + v["b"][0] * (X - X.mean()) + (v["z_Subject"] * v["sd_Subject"])[J, 0]
        y = data["fast_rt"].to_numpy()
        return (
            np.where(y == 1, law.logcdf(eta), law.logsf(eta)).sum()
            + stats.t(3, 0, 2.5).logpdf(v["Intercept"])
            + half_t(v["sd_Subject"], 2.5)
            + stats.norm.logpdf(v["z_Subject"]).sum()
        )

    return logp


def sigma_on_days(v, data):
    X = data["Days"].to_numpy(float)
    centred = X - X.mean()
    mu = v["Intercept"] + v["b"][0] * centred
    sigma = np.exp(v["Intercept_sigma"] + v["b_sigma"][0] * centred)
    return (
        stats.norm(mu, sigma).logpdf(data["Reaction"]).sum()
        + stats.t(3, 288.7, 59.3).logpdf(v["Intercept"])
        + stats.t(3, 0, 2.5).logpdf(v["Intercept_sigma"])
    )


def gaussian_log(v, data):
    X = data["Days"].to_numpy(float)
    mu = np.exp(v["Intercept"] + v["b"][0] * (X - X.mean()))
    return (
        stats.norm(mu, v["sigma"]).logpdf(data["Reaction"]).sum()
        + stats.t(3, 5.7, 2.5).logpdf(v["Intercept"])
        + half_t(v["sigma"], 2.5)
    )


def bounded_slope(v, data):
    X = data["Days"].to_numpy(float)
    mu = v["Intercept"] + v["b"][0] * (X - X.mean())
    return (
        stats.norm(mu, v["sigma"]).logpdf(data["Reaction"]).sum()
        + stats.norm(1, 5).logpdf(v["b"][0])
        - stats.norm(1, 5).logsf(0.0)
        + stats.t(3, 288.7, 59.3).logpdf(v["Intercept"])
        + stats.expon(scale=20.0).logpdf(v["sigma"])
    )


SLEEP = "sleepstudy"
MODELS = {
    "slopes": (SLEEP, "Reaction ~ Days + (Days | Subject)", "gaussian", None, sleepstudy_slopes),
    "uncorrelated": (
        SLEEP, "Reaction ~ Days + (Days || Subject)", "gaussian", None, sleepstudy_uncorrelated,
    ),
    "linear": (SLEEP, "Reaction ~ Days", "gaussian", None, sleepstudy_linear),
    "rats": ("rats", "m | trials(n) ~ 1 + (1 | batch)", "binomial", None, rats),
    "rats flat": (
        "rats_factor", "m | trials(n) ~ 0 + batch", "binomial", bl.prior("normal(0, 1.5)"),
        rats_flat,
    ),
    "crossed": (
        "blp_short2", "rt ~ 1 + (1 | participant) + (1 | spelling)", "gaussian", None, blp,
    ),
    "logit": ("sleepstudy2", "fast_rt ~ Days + (1 | Subject)", "bernoulli", None, fast_rt("logit")),
    "probit": (
        "sleepstudy2", "fast_rt ~ Days + (1 | Subject)", bl.bernoulli("probit"), None,
        fast_rt("probit"),
    ),
    "log link": (SLEEP, "Reaction ~ Days", bl.gaussian("log"), None, gaussian_log),
    "sigma on days": (
        SLEEP, bl.bf("Reaction ~ Days", "sigma ~ Days"), "gaussian", None, sigma_on_days,
    ),
    "bounded slope": (
        SLEEP, "Reaction ~ Days", "gaussian",
        [bl.prior("normal(1, 5)", lb=0), bl.prior("exponential(0.05)", class_="sigma")],
        bounded_slope,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_density_is_what_scipy_says(tools, name):
    data_name, formula, family, prior, by_hand = MODELS[name]
    data = bl.load_data(data_name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        model = bl.Model(formula, data, family, prior=prior).pymc
    rng = np.random.default_rng(7)
    for _ in range(2):
        point = tools.point_of(model, rng)
        expected = by_hand(tools.constrained(model, point), data)
        np.testing.assert_allclose(tools.density(model, point), expected, rtol=1e-10)


@pytest.mark.parametrize("name", MODELS)
def test_draws_and_graph_share_the_linear_predictor(tools, name):
    """``Term.eta`` on NumPy draws equals the graph's, for stacked draws at once."""
    data_name, formula, family, prior, _ = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        built = bl.Model(formula, bl.load_data(data_name), family, prior=prior)
    spec, model = built.spec, built.pymc
    rng = np.random.default_rng(3)
    points = [tools.constrained(model, tools.point_of(model, rng)) for _ in range(3)]
    stacked = {n: np.stack([p[n] for p in points])[None] for n in points[0]}
    xp = numpy_namespace()
    together = linked_dpars(spec, xp, with_effects(spec, xp, stacked, spec.arrays), spec.arrays)
    for i, point in enumerate(points):
        there = pytensor_namespace()
        effects = with_effects(spec, there, _tensors(point), spec.arrays)
        graph = linked_dpars(spec, there, effects, spec.arrays)
        for dpar, linked in graph.items():
            np.testing.assert_allclose(
                np.broadcast_to(linked.eta.eval(mode=tools.MODE), together[dpar].eta[0, i].shape),
                together[dpar].eta[0, i],
                rtol=1e-12,
            )


def _tensors(point):
    import pytensor.tensor as pt

    return {name: pt.as_tensor_variable(value) for name, value in point.items()}


@pytest.mark.parametrize("q", [2, 3, 4])
def test_lkj_one_is_uniform_over_correlations(q):
    """Under LKJ(1) a single correlation of q coefficients is 2 Beta(q/2, q/2) - 1.

    That is uniform for q = 2 (Lewandowski, Kurowicka and Joe 2009); the joint law for q = 3 is
    uniform over correlation matrices.
    """
    columns = {2: "Days", 3: "Days + I(Days^2)", 4: "Days + I(Days^2) + I(Days^3)"}[q]
    data = bl.load_data("sleepstudy")
    model = bl.Model(f"Reaction ~ Days + ({columns} | Subject)", data).pymc
    draws = pm.draw(model["L_Subject"], draws=4000, random_seed=5)
    cor = draws @ np.swapaxes(draws, -1, -2)
    for i in range(q):
        for j in range(i):
            law = stats.beta(q / 2, q / 2, loc=-1, scale=2)
            assert stats.kstest(cor[:, i, j], law.cdf).pvalue > 1e-4


@pytest.mark.parametrize(("q", "eta"), [(2, 1.0), (2, 3.0), (3, 1.0), (3, 2.0), (4, 0.7)])
def test_partial_correlations_have_the_lkj_density(tools, q, eta):
    """Their density equals that of the Cholesky factor times the Jacobian between the two."""
    from bambi_lite.dists import Dist
    from bambi_lite.engines.pymc import _cholesky_corr

    with pm.Model() as model:
        _cholesky_corr("L", q, eta)
    u = model["L_partial"]
    value = model.rvs_to_values[u]
    chol, partial = model.replace_rvs_by_values([model["L"], u])
    lower = np.tril_indices(q, -1)
    jacobian = pytensor.gradient.jacobian(chol[lower], value)
    unconstrained = pytensor.gradient.jacobian(partial, value)
    outputs = [model.logp(jacobian=False), chol, jacobian, unconstrained]
    run = pytensor.function([value], outputs, mode=tools.MODE)
    rng = np.random.default_rng(2)
    for _ in range(5):
        logp, L, dL, du = run(rng.normal(size=q * (q - 1) // 2))
        np.testing.assert_allclose((L**2).sum(axis=1), 1.0, rtol=1e-12)
        # d(lower elements of L) / d(partial), by the chain rule through the unconstrained scale.
        change = np.linalg.slogdet(dL)[1] - np.linalg.slogdet(du)[1]
        expected = Dist("lkj_corr_cholesky", {"eta": eta}).logp(numpy_namespace(), L) + change
        np.testing.assert_allclose(logp, expected, rtol=1e-9, atol=1e-9)


def test_group_effects_are_deterministics_with_named_dimensions():
    model = bl.Model("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy")).pymc
    assert model.named_vars_to_dims["r_Subject"] == ("Subject", "Subject__coef")
    assert list(model.coords["Subject__coef"]) == ["Intercept", "Days"]
    assert model.coords["Subject"][:2] == ("308", "309")
    assert {rv.name for rv in model.observed_RVs} == {"Reaction"}


def test_each_observation_has_draws_of_its_own():
    """Where the mean is one number, and the family is no distribution of PyMC's."""
    data = bl.load_data("epilepsy")
    prior = bl.prior("normal(1, 1)", class_="Intercept")
    model = bl.Model("count ~ 1", data, "poisson", prior=prior).pymc
    drawn = pm.draw(model["count"], draws=3, random_seed=1, mode="FAST_COMPILE")
    assert drawn.shape == (3, len(data))
    assert all(len(set(row)) > 1 for row in drawn)

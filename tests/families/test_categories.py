"""Families of categories: probabilities, counts and shares add up, and draws follow them."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.links import ORDINAL as LATENT
from bambi_lite.links import Linked, get_link
from bambi_lite.xp import numpy_namespace, pytensor_namespace

N_DRAWS = 100_000
ORDINAL = ("cumulative", "sratio", "cratio", "acat", "hurdle_cumulative")


def dist_of(family, tools, point, y):
    r = tools.response(family, y)
    return family.likelihood(numpy_namespace(), tools.linked(family, point), r)


def shares_on_a_grid(family, tools, point):
    """Shares of three categories, and their probabilities: a trapezoid rule over log-ratios.

    Over log-ratios a density on the simplex is smooth and falls off exponentially; there the
    trapezoid rule converges faster than any power of its step.
    """
    args = dist_of(family, tools, point, tools.blank(family, 1)).args
    if "log_alpha" in args:
        alpha = np.exp(args["log_alpha"])
        wide, step = 20.0 / min(alpha.min(), 1.0), 0.5 / np.sqrt(alpha.max())
    else:
        wide, step = np.abs(args["mu"]).max() + 9.0 * args["sigma"].max(), 0.3
    x = np.arange(-wide, wide, step)
    logs = np.stack([np.zeros((len(x), len(x))), *np.meshgrid(x, x)], axis=-1).reshape(-1, 3)
    logs = logs - numpy_namespace().logsumexp(logs)[..., None]
    logs = logs[logs.min(axis=-1) > -700.0]  # beyond it shares underflow
    weights = np.exp(tools.logp(family, point, np.exp(logs)) + logs.sum(axis=-1))
    return np.exp(logs), weights * step**2


def expected(family, tools, point):
    """The mean of each category by the density, which is checked to add up to one."""
    which = tools.kind(family)
    if which == "shares":
        y, p = shares_on_a_grid(family, tools, point)
    else:
        y = tools.values_of(family)
        p = np.exp(tools.logp(family, point, y))
    assert p.sum() == pytest.approx(1.0, abs=1e-6 if which == "shares" else 1e-11), point
    return p if y.ndim == 1 else (p[:, None] * y).sum(axis=0)


def observed(family, tools, drawn):
    """What the mean is the mean of: whether a category was drawn, or how much of it."""
    return drawn if drawn.ndim > 1 else (drawn[:, None] == tools.values_of(family)).astype(float)


def test_density_mean_and_draws(category_family, tools):
    family = category_family
    for i, point in enumerate(tools.grid(family)):
        label = f"{family.name} at {point}"
        means = expected(family, tools, point)
        if family.name != "logistic_normal":  # whose mean has no closed form
            found = np.broadcast_to(tools.mean(family, point)[0], means.shape)
            np.testing.assert_allclose(found, means, atol=1e-6, err_msg=label)
        drawn = observed(family, tools, tools.draws(family, point, N_DRAWS, seed=i))
        chance = tools.kind(family) in ("ordered", "labels")
        spread = np.sqrt(means * (1.0 - means)) if chance else drawn.std(axis=0)
        error = 5.0 * spread / np.sqrt(N_DRAWS) + 1e-9
        assert (np.abs(drawn.mean(axis=0) - means) < error).all(), label


@pytest.mark.parametrize("name", ["multinomial", "dirichlet_multinomial"])
def test_every_combination_of_counts_is_drawn_as_often_as_it_should(name, tools):
    family = bl.get_family(name)
    point = tools.grid(family)[1]
    drawn = tools.draws(family, point, N_DRAWS)
    assert (drawn.sum(axis=1) == tools.TRIALS).all()
    y = tools.values_of(family)
    p = np.exp(tools.logp(family, point, y))
    shares = np.array([(drawn == row).all(axis=1).mean() for row in y])
    assert (np.abs(shares - p) < 5.0 * np.sqrt(p * (1.0 - p) / N_DRAWS) + 1e-9).all()


def test_log_ratios_of_a_logistic_normal_are_normal(tools):
    """Their means, standard deviations and correlation, in draws."""
    family = bl.get_family("logistic_normal")
    point = {"muB": 0.4, "muC": -0.7, "sigmaB": 0.6, "sigmaC": 1.5}
    y = tools.draws(family, point, N_DRAWS)
    ratios = np.log(y[:, 1:] / y[:, :1])
    error = 5.0 / np.sqrt(N_DRAWS)
    assert np.abs(ratios.mean(axis=0) - [0.4, -0.7]) == pytest.approx(0.0, abs=1.5 * error)
    np.testing.assert_allclose(ratios.std(axis=0), [0.6, 1.5], rtol=error)
    assert np.corrcoef(ratios.T)[0, 1] == pytest.approx(0.4, abs=error)


# -- against SciPy, and limits ---------------------------------------------------------------


def etas(tools, *values):
    """Linear predictors of the categories, and their probabilities."""
    return dict(zip(("muB", "muC"), values, strict=True)), np.exp([0.0, *values]) / np.sum(
        np.exp([0.0, *values])
    )


def test_scipy_agrees(tools):
    point, p = etas(tools, 0.7, -1.2)
    counts = tools.values_of(bl.get_family("multinomial"))
    found = tools.logp(bl.get_family("multinomial"), point, counts)
    np.testing.assert_allclose(found, stats.multinomial(7, p).logpmf(counts), rtol=1e-11)
    found = tools.logp(bl.get_family("dirichlet_multinomial"), {**point, "phi": 2.5}, counts)
    theirs = stats.dirichlet_multinomial(2.5 * p, 7).logpmf(counts)
    np.testing.assert_allclose(found, theirs, rtol=1e-10)
    shares = np.array([[0.2, 0.3, 0.5], [0.01, 0.9, 0.09]])
    theirs = stats.dirichlet(4.0 * p).logpdf(shares.T)
    found = tools.logp(bl.get_family("dirichlet"), {**point, "phi": 4.0}, shares)
    np.testing.assert_allclose(found, theirs, rtol=1e-11)
    alpha = dict(zip(("muA", "muB", "muC"), 4.0 * p, strict=True))
    found = tools.logp(bl.get_family("dirichlet2"), alpha, shares)
    np.testing.assert_allclose(found, theirs, rtol=1e-11)
    point = {"muB": 0.4, "muC": -0.7, "sigmaB": 0.6, "sigmaC": 1.5}
    covariance = [[0.36, 0.4 * 0.9], [0.4 * 0.9, 2.25]]
    normal = stats.multivariate_normal([0.4, -0.7], covariance)
    theirs = normal.logpdf(np.log(shares[:, 1:] / shares[:, :1])) - np.log(shares).sum(axis=1)
    found = tools.logp(bl.get_family("logistic_normal"), point, shares)
    np.testing.assert_allclose(found, theirs, rtol=1e-11)


def test_one_trial_is_categorical(tools):
    point, _ = etas(tools, 0.7, -1.2)
    family = bl.get_family("multinomial")
    r = tools.response(family, np.eye(3))
    r = dataclasses.replace(r, extra={"trials": np.ones(3)})
    dist = family.likelihood(numpy_namespace(), tools.linked(family, point), r)
    labels = tools.logp(bl.get_family("categorical"), point, [1.0, 2.0, 3.0])
    np.testing.assert_allclose(dist.logp(numpy_namespace(), r.y), labels, rtol=1e-13)


def test_precise_mixture_is_multinomial(tools):
    point, _ = etas(tools, 0.7, -1.2)
    counts = tools.values_of(bl.get_family("multinomial"))
    mixed = tools.logp(bl.get_family("dirichlet_multinomial"), {**point, "phi": 1e12}, counts)
    plain = tools.logp(bl.get_family("multinomial"), point, counts)
    np.testing.assert_allclose(mixed, plain, atol=1e-9)


def test_hurdle_that_nothing_fails_is_cumulative(tools):
    y = np.arange(1.0, 5.0)
    at = {"mu": 0.3, "disc": 1.4}
    with_hurdle = tools.logp(bl.get_family("hurdle_cumulative"), {**at, "hu": 0.0}, y)
    np.testing.assert_allclose(with_hurdle, tools.logp(bl.get_family("cumulative"), at, y))


def two(link, **columns):
    rng = np.random.default_rng(4)
    x = rng.normal(size=30)
    return pd.DataFrame({"y": np.arange(30) % 2 + 1, "x": x, **columns})


def log_lik(formula, data, family, **draws):
    fit = bl.Model(formula, data, family).from_draws(pd.DataFrame(draws))
    return fit.log_lik().to_numpy()[0]


@pytest.mark.parametrize("link", LATENT)
@pytest.mark.parametrize("name", ORDINAL[:4])
def test_one_threshold_is_bernoulli(name, link):
    """Of two categories the second is P(Y > 1) = 1 - F(threshold - eta)."""
    if link not in bl.get_family(name).dpars[0].links:
        return
    data = two(link)
    draws = {"b_Intercept[1]": [0.4, -0.9], "b_x": [0.6, -0.3]}
    found = log_lik("y ~ x", data, bl.brmsfamily(name, link), **draws)
    threshold, b = (np.array(values)[:, None] for values in draws.values())
    z = threshold - b * data["x"].to_numpy()
    law, xp = get_link(link), numpy_namespace()
    if name in ("cratio", "acat"):
        first, second = law.log1m_of_inverse(xp, -z), law.log_of_inverse(xp, -z)
    else:
        first, second = law.log_of_inverse(xp, z), law.log1m_of_inverse(xp, z)
    np.testing.assert_allclose(found, np.where(data["y"] == 1, first, second), rtol=1e-12)
    if link == "logit":
        same = {"b_Intercept": [-0.4, 0.9], "b_x": [0.6, -0.3]}
        np.testing.assert_allclose(found, log_lik("y ~ x", data, "bernoulli", **same), rtol=1e-12)


def test_two_categories_are_bernoulli():
    data = two("logit")
    found = log_lik("y ~ x", data, "categorical", b_mu2_Intercept=[0.4], b_mu2_x=[-0.7])
    same = log_lik("y ~ x", data, "bernoulli", b_Intercept=[0.4], b_x=[-0.7])
    np.testing.assert_allclose(found, same, rtol=1e-12)


def test_every_reference_category_gives_the_same_model():
    """Predictors relative to another category, or of all of them, shifted as they have to be."""
    data = two("logit", z=["p", "q", "r"] * 10)
    eta = {"p": 0.0, "q": 0.8, "r": -0.5}
    found = []
    for reference, family in (
        ("p", bl.categorical()),
        ("q", bl.categorical(refcat="q")),
        ("r", 'categorical(refcat = "r")'),
        (None, "categorical(refcat = NA)"),
    ):
        shift = eta[reference] if reference else 3.0
        names = {f"b_mu{k}_Intercept": [v - shift] for k, v in eta.items() if k != reference}
        found.append(log_lik("z ~ 1", data, family, **names))
    for other in found[1:]:
        np.testing.assert_allclose(found[0], other, rtol=1e-12)


@pytest.mark.parametrize("reference", ["a", "b", "c"])
def test_the_reference_of_a_logistic_normal_is_arbitrary(reference):
    """Log-ratios to another category are normal too, with the means and scales of differences."""
    rng = np.random.default_rng(1)
    shares = rng.dirichlet([2.0, 3.0, 4.0], 20)
    data = pd.DataFrame(shares, columns=["a", "b", "c"])
    base = np.array([[0.7, 0.2, -0.1], [0.2, 0.9, 0.3], [-0.1, 0.3, 1.1]])
    mean = np.array([0.3, -0.2, 0.6])
    others = [k for k in "abc" if k != reference]
    contrast = np.array([[(k == o) - (k == reference) for k in "abc"] for o in others], float)
    covariance = contrast @ base @ contrast.T
    sd = np.sqrt(np.diag(covariance))
    draws = {f"b_mu{k}_Intercept": [m] for k, m in zip(others, contrast @ mean, strict=True)}
    draws |= {f"sigma{k}": [s] for k, s in zip(others, sd, strict=True)}
    draws[f"lncor__{others[0]}__{others[1]}"] = [covariance[0, 1] / (sd[0] * sd[1])]
    found = log_lik("cbind(a, b, c) ~ 1", data, bl.logistic_normal(refcat=reference), **draws)
    normal = stats.multivariate_normal(contrast @ mean, covariance)
    theirs = normal.logpdf(np.log(shares) @ contrast.T) - np.log(shares).sum(axis=1)
    np.testing.assert_allclose(found[0], theirs, rtol=1e-10)


# -- thresholds ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ORDINAL)
def test_groups_of_thresholds(name, tools):
    """Rows with fewer thresholds than others: as a model of them alone."""
    family = bl.get_family(name)
    low = tools.lowest(family)
    data = pd.DataFrame({"y": [1, 2, 3, 4, 1, 2, 2, 1], "g": list("ppppqqqq")})
    if low == 0:
        data.loc[[1, 6], "y"] = 0
    draws = {"b_Intercept[p,1]": [-0.8], "b_Intercept[p,2]": [0.1], "b_Intercept[p,3]": [1.4],
             "b_Intercept[q,1]": [0.3], **({"hu": [0.2]} if low == 0 else {})}  # fmt: skip
    fit = bl.Model("y | thres(gr = g) ~ 1", data, family).from_draws(pd.DataFrame(draws))
    epred = fit.posterior_epred().to_numpy()[0, 0]
    assert epred.sum(axis=1) == pytest.approx(1.0)
    assert (epred[4:, low * -1 + 3 :] == 0.0).all()
    picked = epred[np.arange(8), data["y"] - low]
    np.testing.assert_allclose(np.exp(fit.log_lik().to_numpy()[0, 0]), picked, rtol=1e-12)
    for group, count in (("p", 3), ("q", 1)):
        alone = data[data["g"] == group].reset_index(drop=True)
        own = {
            f"b_Intercept[{k + 1}]": draws[f"b_Intercept[{group},{k + 1}]"] for k in range(count)
        }
        own |= {"hu": [0.2]} if low == 0 else {}
        same = log_lik(f"y | thres({count}) ~ 1", alone, family, **own)
        np.testing.assert_allclose(same[0], np.log(picked[data["g"] == group]), rtol=1e-12)
    # New rows find the thresholds of their group.
    new = fit.posterior_epred(pd.DataFrame({"g": ["q", "p"]})).to_numpy()[0, 0]
    np.testing.assert_allclose(new, epred[[4, 0]])
    drawn = fit.posterior_predict(pd.DataFrame({"g": ["q"] * 200}), seed=1).to_numpy()
    assert set(np.unique(drawn)) <= set(range(low, 3))


SPACINGS = {
    "flexible": ({"Intercept": [-0.8, 0.1, 1.4]}, [-0.8, 0.1, 1.4]),
    "equidistant": ({"first_Intercept": -0.8, "delta": 0.7}, [-0.8, -0.1, 0.6]),
    "sum_to_zero": ({"Intercept": [-0.8, 0.2, 1.5]}, [-1.1, -0.1, 1.2]),
}


@pytest.mark.parametrize("name", ORDINAL)
@pytest.mark.parametrize("spacing", SPACINGS)
def test_spacings_of_thresholds(name, spacing):
    """From what is sampled to the thresholds that are reported, with and without groups."""
    y = np.tile([1, 2, 3, 4], 5)
    data = pd.DataFrame({"y": y, "x": np.linspace(0.0, 2.0, 20), "g": ["p", "q"] * 10})
    family = bl.brmsfamily(name, threshold=spacing)
    sampled, thresholds = SPACINGS[spacing]
    model = bl.Model("y ~ x", data, family)
    term = model.spec.structure[0]
    p = {name: np.array(value)[None, None] for name, value in sampled.items()}
    p["b"] = np.full((1, 1, 1), 0.5)
    found = {q.name: q.values[0, 0] for q in term.quantities(p)}
    # Thresholds that sum to zero are not shifted with the means of the predictors.
    shift = 0.0 if spacing == "sum_to_zero" else 0.5
    np.testing.assert_allclose(found["b_Intercept"], np.array(thresholds) + shift)
    assert ("Kc" in model.standata()) == (spacing != "sum_to_zero")
    rows = model.prior[model.prior["class"] == "delta"]
    assert list(rows["lb"]) == (
        [] if spacing != "equidistant" else ["0" if "cumulative" in name else ""]
    )
    names = [n for n in model.variables() if n.startswith(("b_Intercept", "Intercept", "delta"))]
    draws = pd.DataFrame({n: [0.1 * (i + 1)] for i, n in enumerate(model.variables())})
    assert len(names) == 6 + (spacing == "equidistant")
    assert np.isfinite(model.from_draws(draws).log_lik()).all()
    data.loc[data["g"] == "q", "y"] = np.minimum(data.loc[data["g"] == "q", "y"], 3)
    grouped = bl.Model("y | thres(gr = g) ~ x", data, family)
    draws = pd.DataFrame({n: [0.1 * (i + 1)] for i, n in enumerate(grouped.variables())})
    assert np.isfinite(grouped.from_draws(draws).log_lik()).all()


def test_cat_is_the_number_of_categories():
    data = two("logit")
    for term in ("thres(3)", "cat(4)"):
        model = bl.Model(f"y | {term} ~ 1", data, "cumulative")
        assert model.standata()["nthres"] == 3
        assert model.spec.response.categories == ("1", "2", "3", "4")


@pytest.mark.parametrize("name", [*ORDINAL, "logistic_normal"])
def test_gradient_of_thresholds_and_correlations(name, tools):
    """Equal to finite differences; those of the other parameters are in test_gradient.py."""
    import pytensor
    import pytensor.tensor as pt

    family = bl.get_family(name)
    point = tools.grid(family)[0]
    y = tools.some_responses(family)
    r = tools.response(family, y)
    ((part, values),) = tools.structure(bl.get_family(name)).items()

    def density(xp, own):
        dpars = tools.linked(family, point) | {part: Linked(own, get_link("identity"))}
        if xp is not numpy_namespace():
            dpars = {k: Linked(pt.as_tensor_variable(v.eta), v.link) for k, v in dpars.items()}
        return family.likelihood(xp, dpars, r).logp(xp, y).sum()

    variable = pt.as_tensor_variable(values).type()
    slope = pytensor.grad(density(pytensor_namespace(), variable), variable)
    found = pytensor.function([variable], slope, mode="FAST_COMPILE")(values)
    for place in np.argwhere(values != 0.0):
        step = np.zeros_like(values)
        step[tuple(place)] = 1e-6
        xp = numpy_namespace()
        numeric = (density(xp, values + step) - density(xp, values - step)) / 2e-6
        assert found[tuple(place)] == pytest.approx(numeric, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("link", LATENT)
def test_intervals_of_links(link):
    """log(F(high) - F(low)) against the difference, and where that has no digits left."""
    law, xp = get_link(link), numpy_namespace()
    low = np.array([-2.0, -0.3, 0.4, 1.0])
    for gap in (0.3, 2.0):
        plain = np.log(law.inverse(xp, low + gap) - law.inverse(xp, low))
        np.testing.assert_allclose(law.log_between(xp, low, low + gap), plain, rtol=1e-12)
    # Of a short interval it is the logarithm of its length less that of a longer one around it.
    for middle in (-25.0, -3.0, 0.2, 3.0, 25.0 if link in ("logit", "cauchit", "softit") else 3.5):
        h = 2.0**-30
        short = law.log_between(xp, np.float64(middle), np.float64(middle + h))
        longer = law.log_between(xp, np.float64(middle), np.float64(middle + 4.0 * h))
        assert longer - short == pytest.approx(np.log(4.0), abs=1e-6)


def test_one_threshold_has_no_distance():
    data = two("logit", g=["p", "q", "q"] * 10)
    family = 'sratio(threshold = "equidistant")'
    model = bl.Model("y ~ 1", data, family)
    assert model.variables() == ("b_Intercept[1]", "disc", "Intercept[1]")
    data["y"] += (data["g"] == "q") & (data["x"] > 0.0)
    names = bl.Model("y | thres(gr = g) ~ 1", data, family).variables()
    assert [n for n in names if n.startswith("delta")] == ["delta_2"]

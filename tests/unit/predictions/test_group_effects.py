"""What stands for group-level effects: subsets, new groups, averages over all groups."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import integrate, special, stats

import bambi_lite as bl
from bambi_lite.families import families, get_family
from bambi_lite.links import get_link
from bambi_lite.predict import integrate as averages
from bambi_lite.xp import numpy_namespace
from fits import DATA, LEVELS, brms_fit, made_up
from tables import each

XP = numpy_namespace()


def test_a_subset_of_group_effects():
    fit = brms_fit("sleepstudy_slopes")
    data = bl.load_data("sleepstudy")
    r = fit.idata["posterior"]["r_Subject"].sel(Subject=data["Subject"].astype(str).to_list())
    population = fit.posterior_linpred(re_formula="~ 1").to_numpy()
    intercept, slope = r.to_numpy()[..., 0], r.to_numpy()[..., 1] * data["Days"].to_numpy()
    for text, added in {
        "~ (1 | Subject)": intercept,
        "~ (0 + Days | Subject)": slope,
        "~ (Days || Subject)": intercept + slope,
        "~ (1 | Subject) + (0 + Days | Subject)": intercept + slope,
        "~ 0": 0.0,
        " NA ": 0.0,
    }.items():
        ours = fit.posterior_linpred(re_formula=text).to_numpy()
        np.testing.assert_allclose(ours, population + added, rtol=1e-12, err_msg=text)


R = {
    f"r_{g}[{level},{coef}]": float(10 * (i + 1) + j)
    for g in "gh"
    for i, level in enumerate(LEVELS)
    for j, coef in enumerate(("Intercept", "x"))
    if (g, coef) != ("h", "x")
}
CODES = {g: DATA[g].map({level: i for i, level in enumerate(LEVELS)}).to_numpy() for g in "gh"}


def crossed():
    return made_up("y ~ x + (x | g) + (1 | h)", sigma=1.0, others=R)


SUBSETS = {
    "~ (1 | h)": 10.0 * (CODES["h"] + 1),
    "~ (1 | g)": 10.0 * (CODES["g"] + 1),
    "~ (0 + x | g)": (10.0 * (CODES["g"] + 1) + 1) * DATA["x"].to_numpy(),
    "~ (1 | g) + (1 | h)": 10.0 * (CODES["g"] + CODES["h"] + 2),
}


@each(SUBSETS)
def test_a_subset_of_terms(text):
    fit = crossed()
    ours = fit.posterior_linpred(re_formula=text).to_numpy()[0, 0]
    np.testing.assert_allclose(ours, SUBSETS[text], rtol=1e-12)
    # New rows need the columns of what is kept, and no others.
    group = "h" if "g" not in text else "g"
    if text.count("|") == 1:
        new = fit.posterior_linpred(DATA[["x", group]], re_formula=text).to_numpy()[0, 0]
        np.testing.assert_allclose(new, SUBSETS[text], rtol=1e-12)


def test_a_subset_holds_for_all_distributional_parameters():
    formula = bl.bf("y ~ x + (1 + x | p | g)", "sigma ~ 1 + (1 | p | g) + (1 | h)")
    values = {f"r_g[{g},Intercept]": i + 1.0 for i, g in enumerate(LEVELS)}
    values |= {f"r_g[{g},x]": 100.0 for g in LEVELS}
    values |= {f"r_g__sigma[{g},Intercept]": 0.5 * i for i, g in enumerate(LEVELS)}
    values |= {f"r_h__sigma[{h},Intercept]": 7.0 for h in LEVELS}
    fit = made_up(formula, others=values)
    ours = fit.posterior_linpred(re_formula="~ (1 | g)").to_numpy()[0, 0]
    np.testing.assert_allclose(ours, CODES["g"] + 1.0)
    sigma = fit.posterior_linpred(re_formula="~ (1 | g)", dpar="sigma").to_numpy()[0, 0]
    np.testing.assert_allclose(sigma, 0.5 * CODES["g"])
    new = fit.posterior_linpred(DATA[["x", "g"]], re_formula="~ (1 | g)", dpar="sigma")
    np.testing.assert_allclose(new.to_numpy()[0, 0], 0.5 * CODES["g"])


@each(["~ (1 | g)", "~ (0 + x | g)"])
def test_one_of_two_terms_of_a_group(text):
    values = {k: v for k, v in R.items() if k.startswith("r_g")}
    fit = made_up("y ~ x + (1 | g) + (0 + x | g) + (1 | h)", others=values)
    ours = fit.posterior_linpred(re_formula=text).to_numpy()[0, 0]
    np.testing.assert_allclose(ours, SUBSETS[text], rtol=1e-12)
    new = fit.posterior_linpred(DATA[["x", "g"]], re_formula=text).to_numpy()[0, 0]
    np.testing.assert_allclose(new, SUBSETS[text], rtol=1e-12)


def test_a_subset_for_each_category():
    values = {f"r_{g}__muv[{k},Intercept]": 2.0 for g in "gh" for k in LEVELS}
    values |= {f"r_h__muw[{k},Intercept]": 5.0 for k in LEVELS}
    fit = made_up("f ~ x + (1 | g) + (1 | h)", "categorical", others=values)
    ours = fit.posterior_linpred(DATA[["x", "h"]], re_formula="~ (1 | h)").to_numpy()[0, 0]
    np.testing.assert_allclose(ours, np.tile([2.0, 5.0], (24, 1)), rtol=1e-12)
    both = fit.posterior_linpred().to_numpy()[0, 0]
    np.testing.assert_allclose(both, np.tile([4.0, 5.0], (24, 1)), rtol=1e-12)


def test_nested_groups_and_effects_of_factors():
    fit = made_up("y ~ 1 + (1 | b/g) + (0 + f | h)", others={"r_b[trt,Intercept]": 3.0} | {
        f"r_b:g[trt_{g},Intercept]": 10.0 for g in "bdf"
    } | {f"r_h[{h},fv]": 100.0 for h in LEVELS})  # fmt: skip
    treated, v = (DATA["b"] == "trt").to_numpy(), (DATA["f"] == "v").to_numpy()
    for text, expected in {
        "~ (1 | b)": 3.0 * treated,
        "~ (1 | b:g)": 10.0 * treated,
        "~ (1 | b/g)": 13.0 * treated,
        "~ (0 + f | h)": 100.0 * v,
    }.items():
        ours = fit.posterior_linpred(re_formula=text).to_numpy()[0, 0]
        np.testing.assert_allclose(ours, expected, err_msg=text)


# -- new groups ------------------------------------------------------------------------------

SD = {
    "sd_g__Intercept": 1.2,
    "sd_g__x": 0.6,
    "cor_g__Intercept__x": -0.5,
    "sd_h__Intercept": 0.7,
}
X = np.array([0.0, 1.0, -2.0])
NEW = pd.DataFrame({"x": X, "n": [1, 5, 10]})
#: z' Sigma z of the three rows.
VARIANCE = 1.2**2 + (0.6 * X) ** 2 + 2 * X * -0.5 * 1.2 * 0.6 + 0.7**2


def assert_moments(drawn, covariance):
    """Means, variances and correlations of draws (draw, k) within 4 Monte Carlo errors."""
    n, sd = len(drawn), np.sqrt(np.diag(covariance))
    assert (np.abs(drawn.mean(axis=0)) < 4 * sd / np.sqrt(n)).all()
    assert (np.abs(drawn.var(axis=0) / sd**2 - 1.0) < 4 * np.sqrt(2 / n)).all()
    rho, own = covariance / np.outer(sd, sd), np.corrcoef(drawn.T)
    above = np.triu_indices(len(sd), 1)
    assert (np.abs(np.arctanh(own[above]) - np.arctanh(rho[above])) < 4 / np.sqrt(n - 3)).all()


def test_new_groups_have_the_fitted_covariance_and_are_independent():
    fit = made_up("y ~ x + (x | g)", n=20_000, **{k: v for k, v in SD.items() if "_g" in k})
    rows = pd.DataFrame({"x": [0.0, 1.0, 0.0, 1.0], "g": ["a", "a", "new", "new"]})
    drawn = fit.posterior_linpred(rows, group_effects="new", seed=1).to_numpy()[0]
    effects = np.column_stack([drawn[:, 0], drawn[:, 1] - drawn[:, 0],
                               drawn[:, 2], drawn[:, 3] - drawn[:, 2]])  # fmt: skip
    own = np.array([[1.44, -0.36], [-0.36, 0.36]])
    assert_moments(effects, np.kron(np.eye(2), own))


def test_rows_without_groups_are_groups_of_their_own():
    fit = made_up("y ~ x + (x | g) + (1 | h)", n=20_000, sigma=1.0, **SD)
    drawn = fit.posterior_linpred(NEW, group_effects="new", seed=2).to_numpy()[0]
    assert_moments(drawn, np.diag(VARIANCE))
    # A column of groups that is there joins its rows.
    joined = fit.posterior_linpred(NEW.assign(h="k"), group_effects="new", seed=2).to_numpy()[0]
    assert_moments(joined, np.diag(VARIANCE - 0.49) + 0.49)


def test_old_levels_are_the_same_group_in_all_draws():
    fit = brms_fit("sleepstudy_slopes")
    rows = pd.DataFrame({"Days": 0, "Subject": ["new", "other", "third"]})
    options = {"allow_new_levels": True, "sample_new_levels": "old_levels"}
    found = set()
    known = fit.idata["posterior"]["r_Subject"].to_numpy()[..., 0]
    population = fit.posterior_linpred(rows, re_formula="NA").to_numpy()
    for seed in range(5):
        effects = fit.posterior_linpred(rows, **options, seed=seed).to_numpy() - population
        for k in range(3):
            same = np.abs(known - effects[..., k, None]).max(axis=(0, 1)) < 1e-9
            assert same.sum() == 1
            found.add(int(np.argmax(same)))
    assert len(found) > 5


# -- averages --------------------------------------------------------------------------------

F = "x + (x | g) + (1 | h)"
MEAN = {"b_Intercept": 0.4, "b_x": 0.5, **SD}
JOINT = {
    "b_Intercept": 0.4, "b_x": 0.5, "sd_g__Intercept": 0.8, "sd_g__x": 0.3,
    "cor_g__Intercept__x": -0.5,
}  # fmt: skip
CASES = {
    "gaussian": (f"y ~ {F}", "gaussian", {**MEAN, "sigma": 1.0}),
    "poisson": (f"c ~ {F}", "poisson", MEAN),
    "poisson sqrt": (f"c ~ {F}", bl.poisson("sqrt"), MEAN),
    "bernoulli logit": (f"s ~ {F}", "bernoulli", MEAN),
    "bernoulli probit": (f"s ~ {F}", bl.bernoulli("probit"), MEAN),
    "bernoulli cauchit": (f"s ~ {F}", bl.bernoulli("cauchit"), MEAN),
    "binomial cloglog": (f"c | trials(n) ~ {F}", bl.binomial("cloglog"), MEAN),
    "beta": (f"p ~ {F}", "beta", {**MEAN, "phi": 3.0}),
    "gamma softplus": (f"w ~ {F}", bl.Gamma("softplus"), {**MEAN, "shape": 2.0}),
    "zero-inflated": (f"c ~ {F}", "zero_inflated_poisson", {**MEAN, "zi": 0.3}),
    "hurdle": (f"c ~ {F}", "hurdle_poisson", {**MEAN, "hu": 0.3}),
    "lognormal": (f"w ~ {F}", "lognormal", {**MEAN, "sigma": 0.5}),
    "truncated": (f"y | trunc(-4, 4) ~ {F}", "gaussian", {**MEAN, "sigma": 1.0}),
    "cumulative": (
        f"o ~ {F}", "cumulative",
        {**{k: v for k, v in MEAN.items() if k != "b_Intercept"}, "disc": 1.0,
         "b_Intercept[1]": -1.0, "b_Intercept[2]": 1.0},
    ),
    "two parameters": (
        bl.bf("c ~ x + (x | q | g)", "zi ~ 1 + (1 | q | g)"), "zero_inflated_poisson",
        {**JOINT, "b_zi_Intercept": -1.0, "sd_g__zi_Intercept": 0.7,
         "cor_g__Intercept__zi_Intercept": 0.6, "cor_g__x__zi_Intercept": -0.3},
    ),
    "two parameters, one of them in the mean": (
        bl.bf("y ~ x + (x | q | g)", "sigma ~ 1 + (1 | q | g)"), "gaussian",
        {**JOINT, "sd_g__sigma_Intercept": 0.7, "cor_g__Intercept__sigma_Intercept": 0.6},
    ),
    "a parameter for each category": (
        "f ~ 1 + (1 | g)", "categorical",
        {"b_muv_Intercept": 0.5, "sd_g__muv_Intercept": 1.0, "sd_g__muw_Intercept": 2.0},
    ),
}  # fmt: skip


@each(CASES)
def test_averages_are_those_of_many_groups(name):
    """Within 3 standard errors of 100,000 groups."""
    formula, family, values = CASES[name]
    n = 100_000
    ours = made_up(formula, family, others=values).posterior_epred(NEW, group_effects="integrate")
    ours = ours.to_numpy()[0, 0]
    many = made_up(formula, family, n=n, others=values)
    drawn = many.posterior_epred(NEW, group_effects="new", seed=11).to_numpy()[0]
    error = drawn.std(axis=0) / np.sqrt(n)
    assert (np.abs(ours - drawn.mean(axis=0)) <= 3 * error + 1e-12).all()


def test_closed_forms_are_what_quadrature_gives():
    eta = 0.4 + 0.5 * X
    for link, expected in {
        "log": np.exp(eta + VARIANCE / 2.0),
        "identity": eta,
        "sqrt": eta**2 + VARIANCE,
    }.items():
        fit = made_up(f"c ~ {F}", bl.poisson(link), others=MEAN)
        ours = fit.posterior_epred(NEW, group_effects="integrate").to_numpy()[0, 0]
        np.testing.assert_allclose(ours, expected, rtol=1e-12)
    fit = made_up(f"s ~ {F}", bl.bernoulli("probit"), others=MEAN)
    ours = fit.posterior_epred(NEW, group_effects="integrate").to_numpy()[0, 0]
    np.testing.assert_allclose(ours, stats.norm.cdf(eta / np.sqrt(1.0 + VARIANCE)), rtol=1e-12)


@pytest.mark.parametrize("size", [0.1, 1.0, 3.0, 20.0, 100.0])
def test_quadrature_is_exact(size):
    fit = made_up("s ~ x + (1 | g)", "bernoulli", b_Intercept=0.7, sd_g__Intercept=size)
    ours = float(fit.posterior_epred(NEW, group_effects="integrate")[0, 0, 0])
    exact, _ = integrate.quad(
        lambda u: stats.norm.pdf(u) * special.expit(0.7 + size * u),
        -12,
        12,
        epsabs=1e-12,
        limit=500,
        points=[-0.7 / size],
    )
    assert abs(ours - exact) < 1e-7


def test_averages_of_a_subset_leave_the_others_out():
    fit = made_up(f"c ~ {F}", "poisson", others=MEAN)
    ours = fit.posterior_epred(NEW, re_formula="~ (1 | h)", group_effects="integrate")
    expected = np.exp(0.4 + 0.5 * X + 0.49 / 2.0)
    np.testing.assert_allclose(ours.to_numpy()[0, 0], expected, rtol=1e-12)
    some = fit.posterior_epred(NEW, re_formula="~ (0 + x | g)", group_effects="integrate")
    expected = np.exp(0.4 + 0.5 * X + (0.6 * X) ** 2 / 2.0)
    np.testing.assert_allclose(some.to_numpy()[0, 0], expected, rtol=1e-12)


def test_averages_know_strata_members_and_relations():
    by = {"sd_g__Intercept:bctl": 0.5, "sd_g__Intercept:btrt": 1.5}
    fit = made_up("c ~ 1 + (1 | gr(g, by = b))", "poisson", others=by)
    ours = fit.posterior_epred(pd.DataFrame({"b": ["ctl", "trt"]}), group_effects="integrate")
    np.testing.assert_allclose(ours.to_numpy()[0, 0], np.exp([0.125, 1.125]), rtol=1e-12)
    members = made_up("c ~ 1 + (1 | mm(g, h))", "poisson", sd_mmgh__Intercept=2.0)
    rows = pd.DataFrame({"g": ["a", "a"], "h": ["b", "a"]})
    ours = members.posterior_epred(rows, group_effects="integrate").to_numpy()[0, 0]
    np.testing.assert_allclose(ours, np.exp([4.0 / 2 / 2, 4.0 / 2]), rtol=1e-12)
    A = np.eye(6) + 0.5 * (1 - np.eye(6))
    related = made_up(
        "c ~ 1 + (1 | gr(g, cov = A))", "poisson", data2={"A": A}, sd_g__Intercept=1.0
    )
    ours = related.posterior_epred(NEW, group_effects="integrate").to_numpy()[0, 0]
    np.testing.assert_allclose(ours, np.exp(0.5), rtol=1e-12)
    other = made_up("c ~ 1 + (1 | gr(g, cov = A))", "poisson", data2={"A": 2.0 * A})
    with pytest.raises(bl.DataError, match="effects of one variance in all groups"):
        other.fitted(group_effects="integrate")


def test_training_rows_average_too():
    fit = brms_fit("epilepsy_negbinomial")
    sd = fit.idata["posterior"]["sd_patient__Intercept"]
    expected = np.exp(fit.posterior_linpred(re_formula="NA") + sd**2 / 2.0)
    np.testing.assert_allclose(fit.posterior_epred(group_effects="integrate"), expected, rtol=1e-12)


def test_means_that_depend_on_too_many_effects_are_refused():
    data = DATA.assign(k=np.resize(list("pqrst"), 24))
    model = bl.Model("k ~ 1 + (1 | g)", data, "categorical")
    values = dict.fromkeys(model.variables(), 0.0)
    fit = model.from_draws(pd.DataFrame(values, index=range(2)))
    with pytest.raises(bl.DataError) as error:
        fit.fitted(group_effects="integrate")
    assert str(error.value) == (
        "group_effects = 'integrate' averages over the effects on up to 3 distributional "
        "parameters; here the mean depends on those of muq, mur, mus, mut. group_effects = 'new' "
        "draws groups instead."
    )


def test_draws_with_effects_of_all_sizes():
    """Each draw has as many points as it needs."""
    fit = made_up("s ~ x + (1 | g)", "bernoulli", n=5, b_Intercept=50.0)
    posterior = fit.idata["posterior"].to_dataset()
    sizes = np.array([[0.0, 0.3, 5.0, 40.0, 300.0]])
    posterior["sd_g__Intercept"] = posterior["sd_g__Intercept"].copy(data=sizes)
    tree = xr.DataTree.from_dict({"posterior": posterior})
    several = bl.Fit(dataclasses.replace(fit.draws, idata=tree))
    ours = several.posterior_epred(NEW, group_effects="integrate").to_numpy()[0, :, 0]
    expected = [1.0, 1.0, 1.0, stats.norm.cdf(50 / 40.03), stats.norm.cdf(50 / 300)]
    np.testing.assert_allclose(ours, expected, atol=5e-4)


def test_effects_that_are_too_large_are_said():
    fit = made_up("s ~ x + (1 | g)", "bernoulli", b_Intercept=5000.0, sd_g__Intercept=30_000.0)
    with pytest.warns(bl.DataWarning, match="The average over groups is known to a relative"):
        ours = fit.posterior_epred(NEW, group_effects="integrate")
    # It is nearly a step, and still about right.
    assert abs(float(ours[0, 0, 0]) - stats.norm.cdf(5 / 30)) < 0.01


@pytest.mark.parametrize("link", ["identity", "log", "logm1", "log1p", "sqrt", "probit"])
def test_links_averaged_in_closed_form(link):
    own = get_link(link)
    assert own.averaged is not None
    for eta, variance in ((-0.5, 0.3), (1.2, 2.0)):
        points, weights = averages._nodes(64)
        expected = float(weights @ own.inverse(XP, eta + np.sqrt(variance) * points))
        ours = float(own.inverse(XP, np.asarray(own.averaged(XP, eta, np.asarray(variance)))))
        assert abs(ours / expected - 1.0) < 1e-10


LINEAR = [name for name in families() if get_family(name).linear]


def test_many_families_have_a_linear_mean():
    assert len(LINEAR) > 20
    assert "hurdle_poisson" not in LINEAR
    assert "lognormal" not in LINEAR

"""Effects of groups that only new data have: their variances, correlations and distributions."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl
from tables import each

N_DRAWS = 4000
RNG = np.random.default_rng(3)
LEVELS = [f"g{i}" for i in range(6)]
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=24),
        "x": RNG.normal(size=24),
        "z": RNG.normal(size=24),
        "g": np.resize(LEVELS, 24),
        "h": np.resize(LEVELS[1:] + LEVELS[:1], 24),
        "b": np.resize(["ctl", "trt"], 24),
        "c": np.resize(["trt", "ctl"], 24),
    }
)


def fit_of(formula, values, data2=None, n=N_DRAWS):
    """A fit whose draws all have the same parameters: those given, else 0."""
    model = bl.Model(formula, DATA, data2=data2)
    constant = {name: values.get(name, 0.0) for name in model.variables()}
    unknown = set(values) - set(constant)
    assert not unknown
    return model.from_draws(pd.DataFrame(constant, index=range(n)))


def effects(fit, new, how="gaussian", seed=1, dpar="mu"):
    """What the group effects add to the linear predictor of new rows, shape (draw, obs)."""
    options = {"allow_new_levels": True, "sample_new_levels": how, "seed": seed, "dpar": dpar}
    whole = fit.posterior_linpred(new, **options)
    population = fit.posterior_linpred(new, re_formula="NA", dpar=dpar)
    return (whole - population).to_numpy()[0]


def assert_variance(sample, variance):
    """Within 4 Monte Carlo standard errors; normal draws of known mean 0."""
    assert abs(np.mean(sample**2) - variance) < 4 * variance * np.sqrt(2 / sample.size)


def assert_correlation(a, b, rho):
    difference = np.arctanh(np.corrcoef(a, b)[0, 1]) - np.arctanh(rho)
    assert abs(difference) < 4 / np.sqrt(a.size - 3)


def rows(**columns):
    """New data: rows of one new group at x = 0 and x = 1, unless told otherwise."""
    return pd.DataFrame({"x": [0.0, 1.0], "g": ["new", "new"], **columns})


BY = {
    "sd_g__Intercept:bctl": 2.0, "sd_g__x:bctl": 0.5, "cor_g__Intercept:bctl__x:bctl": -0.6,
    "sd_g__Intercept:btrt": 0.3, "sd_g__x:btrt": 4.0, "cor_g__Intercept:btrt__x:btrt": 0.7,
}  # fmt: skip


@each(["ctl", "trt"])
def test_a_new_group_has_the_covariance_of_its_own_stratum(stratum):
    fit = fit_of("y ~ x + (x | gr(g, by = b))", BY)
    found = effects(fit, rows(b=[stratum, stratum]))
    intercept, slope = found[:, 0], found[:, 1] - found[:, 0]
    assert_variance(intercept, BY[f"sd_g__Intercept:b{stratum}"] ** 2)
    assert_variance(slope, BY[f"sd_g__x:b{stratum}"] ** 2)
    assert_correlation(intercept, slope, BY[f"cor_g__Intercept:b{stratum}__x:b{stratum}"])


def test_new_groups_of_two_strata_at_once():
    fit = fit_of("y ~ x + (x | gr(g, by = b))", BY)
    new = pd.DataFrame({"x": 0.0, "g": ["one", "two", "three"], "b": ["trt", "ctl", "trt"]})
    one, two, three = effects(fit, new).T
    assert_variance(one, 0.3**2)
    assert_variance(two, 2.0**2)
    assert_variance(three, 0.3**2)
    assert_correlation(one, two, 0.0)
    assert_correlation(one, three, 0.0)


@pytest.mark.parametrize(("stratum", "codes"), [("ctl", (0, 2, 4)), ("trt", (1, 3, 5))])
def test_by_default_a_new_group_is_like_a_known_one_of_its_stratum(stratum, codes):
    known = {f"r_g[{level},Intercept]": float(i) for i, level in enumerate(LEVELS)}
    fit = fit_of("y ~ (1 | gr(g, by = b))", known)
    found = effects(fit, pd.DataFrame({"g": ["new"], "b": [stratum]}), "uncertainty")[:, 0]
    values, counts = np.unique(found, return_counts=True)
    assert tuple(values) == codes
    assert stats.chisquare(counts).pvalue > 1e-3


def test_by_default_a_new_group_has_all_effects_of_one_known_group():
    known = {f"r_g[{g},{c}]": 10.0 * i + k for i, g in enumerate(LEVELS)
             for k, c in enumerate(("Intercept", "x"))}  # fmt: skip
    found = effects(fit_of("y ~ x + (x | g)", known), rows(), "uncertainty")
    intercept, slope = found[:, 0], found[:, 1] - found[:, 0]
    np.testing.assert_allclose(slope, intercept + 1.0, rtol=1e-12)
    assert set(intercept) == {0.0, 10.0, 20.0, 30.0, 40.0, 50.0}


STUDENT = {"sd_g__Intercept": 2.0, "sd_g__x": 0.5, "cor_g__Intercept__x": -0.6, "df_g": 3.0}


def test_a_new_group_of_student_effects_has_a_multivariate_t_distribution():
    fit = fit_of('y ~ x + (x | gr(g, dist = "student"))', STUDENT)
    found = effects(fit, rows())
    r = np.column_stack([found[:, 0], found[:, 1] - found[:, 0]])
    assert stats.kstest(r[:, 0], stats.t(3.0, scale=2.0).cdf).pvalue > 1e-3
    assert stats.kstest(r[:, 1], stats.t(3.0, scale=0.5).cdf).pvalue > 1e-3
    # The effects of a group share their mixing variable: r' S^-1 r / 2 has an F distribution.
    covariance = np.array([[4.0, -0.6], [-0.6, 0.25]])
    distance = np.einsum("di,ij,dj->d", r, np.linalg.inv(covariance), r) / 2.0
    assert stats.kstest(distance, stats.f(2, 3.0).cdf).pvalue > 1e-3


A = np.eye(6) + 0.5


def test_a_new_group_of_related_groups_is_refused_or_like_a_known_one():
    known = {f"r_g[{level},Intercept]": float(i) for i, level in enumerate(LEVELS)}
    fit = fit_of("y ~ (1 | gr(g, cov = A))", {**known, "sd_g__Intercept": 1.0}, {"A": A})
    new = pd.DataFrame({"g": ["new", "other"]})
    with pytest.raises(bl.DataError) as error:
        effects(fit, new)
    assert str(error.value) == (
        "Nothing tells how the new levels 'new', 'other' of 'g' are related to the others: the "
        "matrix 'A' of gr(g, cov = A) has the levels of the training data. sample_new_levels = "
        "'uncertainty' takes the effects of known groups, re_formula = 'NA' none."
    )
    assert set(effects(fit, new, "uncertainty").ravel()) == set(map(float, range(6)))
    assert fit.posterior_linpred(new, re_formula="NA").sizes["obs"] == 2


def test_new_members_share_a_row_with_known_ones():
    values = {"sd_mmgh__Intercept": 2.0, "r_mmgh[g1,Intercept]": 10.0}
    fit = fit_of("y ~ (1 | mm(g, h, weights = cbind(x^2, z^2)))", values)
    new = pd.DataFrame(
        {"g": ["g1", "new", "new", "g1"], "h": ["new", "other", "g1", "g1"],
         "x": [1.0, 1.0, np.sqrt(3.0), 1.0], "z": 1.0}
    )  # fmt: skip
    first, both, heavy, known = effects(fit, new).T
    assert_variance(first - 5.0, 1.0)
    assert_variance(both, 4.0 / 2.0)
    assert_variance(heavy - 2.5, (0.75 * 2.0) ** 2)
    np.testing.assert_allclose(known, 10.0, rtol=1e-12)
    # The same new level is the same group wherever it stands.
    np.testing.assert_allclose((heavy - 2.5) / 0.75, (first - 5.0) / 0.5, rtol=1e-9)


def test_new_members_of_strata():
    formula = "y ~ (1 | mm(g, h, by = cbind(b, c)))"
    model = bl.Model(formula, DATA)
    names = [name for name in model.variables() if name.startswith("sd_")]
    assert len(names) == 2
    values = dict(zip(names, (2.0, 0.1), strict=True))
    new = pd.DataFrame({"g": ["new"], "h": ["other"], "b": ["ctl"], "c": ["trt"]})
    (found,) = effects(fit_of(formula, values), new).T
    assert_variance(found, (2.0**2 + 0.1**2) / 4.0)


def test_effects_that_two_parameters_share_are_drawn_together():
    formula = bl.bf("y ~ x + (1 | p | g)", "sigma ~ 1 + (1 | p | g)")
    values = {
        "sd_g__Intercept": 2.0,
        "sd_g__sigma_Intercept": 0.5,
        "cor_g__Intercept__sigma_Intercept": 0.8,
    }
    fit = fit_of(formula, values)
    mu = effects(fit, rows())[:, 0]
    sigma = effects(fit, rows(), dpar="sigma")[:, 0]
    assert_variance(mu, 4.0)
    assert_variance(sigma, 0.25)
    assert_correlation(mu, sigma, 0.8)


WRONG = {
    "unknown stratum": (
        rows(b=["none", "none"]),
        "The by variable 'b' of '(x | gr(g, by = b))' has levels that the training data do not "
        "have: 'none'. Known: 'ctl', 'trt'.",
    ),
    "two strata in one group": (
        rows(b=["ctl", "trt"]),
        "The by variable 'b' of '(x | gr(g, by = b))' has more than one value in the group "
        "'new'; it must be constant within each level of 'g'.",
    ),
    "a known group in another stratum": (
        rows(g=["g0", "g0"], b=["trt", "trt"]),
        "The by variable 'b' of '(x | gr(g, by = b))' is 'trt' in the group 'g0', and was 'ctl' "
        "there in the training data.",
    ),
    "no column of strata": (rows(), "The new data lack the column 'b'."),
}


@each(WRONG)
def test_strata_that_cannot_be(name):
    new, expected = WRONG[name]
    fit = fit_of("y ~ x + (x | gr(g, by = b))", BY, n=2)
    with pytest.raises(bl.DataError) as error:
        effects(fit, new)
    assert str(error.value) == expected

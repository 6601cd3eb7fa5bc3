"""Families of the user's own: they get what a built-in gets, and wrong definitions are told."""

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytensor.tensor as pt
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.xp import numpy_namespace, pytensor_namespace

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom_family.py"
CBPP = bl.load_data("cbpp")


@pytest.fixture(scope="module")
def beta_binomial2():
    """The family of examples/custom_family.py."""
    spec = importlib.util.spec_from_file_location("custom_family_example", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLE.parent))
        spec.loader.exec_module(module)
    return module.beta_binomial2


def gauss(**changes):
    """A normal distribution with vreal1 times sigma for its standard deviation."""
    parts = {
        "name": "gauss",
        "dpars": ("mu", "sigma"),
        "links": {"sigma": "log"},
        "logp": lambda y, mu, sigma: -0.5 * ((y - mu) / sigma) ** 2 - pt.log(sigma) - 0.918938533,
        "rng": lambda rng, mu, sigma: rng.normal(mu, sigma),
        "mean": lambda mu: mu,
        "bounds": {"sigma": (0, None)},
        **changes,
    }
    return bl.custom_family(**parts)


def draws_of(model, n=6, seed=1):
    """Made-up draws of all parameters of a model, in two chains."""
    rng = np.random.default_rng(seed)
    columns = {name: rng.uniform(0.2, 0.9, size=n) for name in model.variables()}
    columns = {k: v for k, v in columns.items() if not k.startswith("Intercept")}
    return pd.DataFrame({**columns, "chain": np.repeat([1, 2], n // 2)})


def pymc_logp(model):
    point = model.pymc.initial_point()
    point = {k: v + 0.3 for k, v in point.items()}
    return model.pymc.compile_logp(mode="FAST_COMPILE")(point)


# -- it gets what a built-in gets ------------------------------------------------------------

FORMULAS = [
    bl.bf("incidence | trials(size) ~ period + (1 | herd)"),
    bl.bf("incidence | trials(size) ~ period + (1 |i| herd)", "phi ~ period + (1 |i| herd)"),
    bl.bf("incidence | trials(size) + weights(w) ~ 1", phi=3),
]


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_the_example_is_the_built_in_family(formula, beta_binomial2):
    data = CBPP.assign(w=np.linspace(0.5, 2.0, len(CBPP)))
    own = bl.Model(formula, data, beta_binomial2)
    built_in = bl.Model(formula, data, "beta_binomial")
    assert own.variables() == built_in.variables()
    ours, theirs = (m.from_draws(draws_of(built_in)) for m in (own, built_in))
    np.testing.assert_allclose(ours.log_lik(), theirs.log_lik(), rtol=1e-9)
    np.testing.assert_allclose(ours.posterior_epred(), theirs.posterior_epred(), rtol=1e-12)
    new = data.head(5).drop(columns=["incidence"])
    np.testing.assert_allclose(ours.posterior_epred(new), theirs.posterior_epred(new), rtol=1e-12)
    # The same generator and the same calls of it.
    np.testing.assert_array_equal(
        ours.posterior_predict(new, seed=2), theirs.posterior_predict(new, seed=2)
    )
    # The sampled density is that of the draws, priors included where they are the same.
    if "phi" not in dict(own.spec.formula.fixed) and len(own.spec.formula.predictors) == 1:
        assert pymc_logp(own) == pytest.approx(pymc_logp(built_in), rel=1e-9)
    assert "beta_binomial2" in str(ours.summary())
    assert "BetaBinomial2(trials_i, mu_i, phi" in str(own.explain())
    assert "beta_binomial2" in own.graph().source


def test_priors_are_flat_unless_given(beta_binomial2):
    table = bl.Model("incidence | trials(size) ~ period + (1 | herd)", CBPP, beta_binomial2).prior
    told = {r["class"]: r["prior"] for _, r in table.iterrows() if r["prior"]}
    assert told == {
        "Intercept": "student_t(3, 0, 2.5)",
        "phi": "gamma(0.01, 0.01)",
        "sd": "student_t(3, 0, 2.5)",
    }
    data = bl.load_data("sleepstudy")
    formula = bl.bf("Reaction ~ Days + (1 | Subject)", "sigma ~ Days")
    for prior, expected in (
        (None, {"sd": "student_t(3, 0, 59.3)"}),
        (
            {"Intercept_sigma": "normal(3, 1)"},
            {"Intercept_sigma": "normal(3, 1)", "sd": "student_t(3, 0, 59.3)"},
        ),
    ):
        table = bl.Model(formula, data, gauss(prior=prior)).prior
        told = {
            "_".join(filter(None, (r["class"], r["dpar"]))): r["prior"]
            for _, r in table.iterrows()
            if r["prior"]
        }
        assert told == expected
    given = bl.prior("exponential(1)", class_="sigma")
    table = bl.Model("Reaction ~ 1", data, gauss(), prior=given).prior
    row = table[table["class"] == "sigma"].iloc[0]
    assert (row["prior"], row["lb"], row["source"]) == ("exponential(1)", "0", "user")


def with_xp(xp, y, mu, sigma):
    return -0.5 * ((y - mu) / sigma) ** 2 - xp.log(sigma) - 0.918938533


@pytest.mark.parametrize("normal", [gauss(logp=with_xp), gauss()], ids=["xp", "pytensor"])
def test_both_forms_are_the_same_in_both_worlds(normal):
    data = pd.DataFrame({"y": [0.1, 2.0, -1.0], "x": [0.0, 1.0, 0.5]})
    model = bl.Model("y ~ x", data, normal)
    fit = model.from_draws(pd.DataFrame({"b_Intercept": [0.4], "b_x": [2.0], "sigma": [1.3]}))
    expected = stats.norm(0.4 + 2.0 * data["x"], 1.3).logpdf(data["y"])
    np.testing.assert_allclose(fit.log_lik()[0, 0], expected, rtol=1e-8)
    # PyTensor: the unconstrained sigma is its logarithm, whose Jacobian is sigma.
    value = model.pymc.compile_logp(mode="FAST_COMPILE")(
        {"Intercept": np.float64(1.4), "b": np.array([2.0]), "sigma_interval__": np.log(1.3)}
    )
    assert value == pytest.approx(expected.sum() + np.log(1.3), rel=1e-8)


def test_stable_forms_are_those_of_the_sampled_model():
    """log(1 - exp(-x)), written as it stands, keeps its digits as it does when it is sampled."""
    family = bl.custom_family("naive", logp=lambda y, mu: pt.log(1.0 - pt.exp(-mu)) + 0.0 * y)
    model = bl.Model("y ~ 1", pd.DataFrame({"y": [1.0, 2.0]}), family)
    fit = model.from_draws(pd.DataFrame({"b_Intercept": [1e-12, 50.0]}))
    expected = np.repeat([[np.log(-np.expm1(-1e-12))], [np.log1p(-np.exp(-50.0))]], 2, axis=1)
    np.testing.assert_allclose(fit.log_lik()[0], expected, rtol=1e-12)


def test_variables_of_the_rows():
    family = gauss(
        vars=("vreal1", "vint2[n]", "trials", "rate", "dec"),
        logp=lambda y, mu, sigma, vreal1, vint2, trials, rate, dec: (
            gauss_density(y, mu, sigma * vreal1 * vint2) + trials * rate * dec
        ),
        rng=lambda rng, mu, sigma, vreal1: rng.normal(mu, sigma * vreal1),
        mean=lambda mu, vint2: mu + vint2,
    )
    assert family.required == ("vreal", "vint", "trials", "rate", "dec")
    data = pd.DataFrame(
        {"y": [1.0, 2.0], "v": [0.5, 2.0], "a": [9, 9], "b": [1, 3], "n": [4, 5], "d": [0, 1]}
    )
    formula = "y | vreal(v) + vint(a, b) + trials(n) + rate(n) + dec(d) ~ 1"
    fit = bl.Model(formula, data, family).from_draws(
        pd.DataFrame({"b_Intercept": [0.3], "sigma": [2.0]})
    )
    expected = stats.norm(0.3, 2.0 * data["v"] * data["b"]).logpdf(data["y"])
    expected += data["n"] ** 2 * data["d"]
    np.testing.assert_allclose(fit.log_lik()[0, 0], expected, rtol=1e-8)
    np.testing.assert_allclose(fit.posterior_epred()[0, 0], [1.3, 3.3])
    new = pd.DataFrame({"v": [1e-9], "a": [0], "b": [7], "n": [1], "d": [1]})
    np.testing.assert_allclose(fit.posterior_epred(new)[0, 0], [7.3])
    np.testing.assert_allclose(fit.posterior_predict(new, seed=1)[0, 0], [0.3], atol=1e-6)
    with pytest.raises(bl.DataError) as error:
        bl.Model("y | vreal(v) + vint(a) + trials(n) + rate(n) + dec(d) ~ 1", data, family)
    assert str(error.value) == "Family 'gauss' needs 'vint2', but vint() has 1 argument(s)."
    with pytest.raises(bl.FamilyError, match="needs the addition term 'vreal"):
        bl.Model("y ~ 1", data, family)


def gauss_density(y, mu, sigma):
    return -0.5 * ((y - mu) / sigma) ** 2 - pt.log(sigma) - 0.918938533


def exponential(**changes):
    """An exponential distribution: what is below the response, and what is above it."""
    parts = {
        "name": "waiting",
        "links": "log",
        "logp": lambda y, mu: -pt.log(mu) - y / mu,
        "rng": lambda rng, mu: rng.exponential(mu),
        "mean": lambda mu: mu,
        "lcdf": lambda y, mu: pt.log(-pt.expm1(-y / mu)),
        "lccdf": lambda y, mu: -y / mu,
        **changes,
    }
    return bl.custom_family(**parts)


@pytest.mark.parametrize("leave_out", ["", "lcdf", "lccdf"])
def test_censoring_and_truncation(leave_out):
    """With one tail the other is one minus it."""
    family = exponential(**({leave_out: None} if leave_out else {}))
    data = pd.DataFrame({"y": [0.5, 1.0, 2.0, 3.0], "c": [0, 1, -1, 2], "u": [0.0, 0.0, 0.0, 4.0]})
    model = bl.Model("y | cens(c, u) + trunc(lb = 0.2, ub = 9) ~ 1", data, family)
    fit = model.from_draws(pd.DataFrame({"b_Intercept": [np.log(1.7)]}))
    law = stats.expon(scale=1.7)
    seen = [law.pdf(0.5), law.sf(1.0), law.cdf(2.0), law.cdf(4.0) - law.cdf(3.0)]
    expected = np.log(seen) - np.log(law.cdf(9.0) - law.cdf(0.2))
    np.testing.assert_allclose(fit.log_lik()[0, 0], expected, rtol=1e-10)
    drawn = fit.posterior_predict(seed=1)
    assert ((drawn >= 0.2) & (drawn <= 9.0)).all()
    assert np.isfinite(pymc_logp(model))


def test_without_tails_there_is_no_censoring():
    family = exponential(lcdf=None, lccdf=None)
    with pytest.raises(bl.FamilyError) as error:
        bl.Model("y | cens(c) ~ 1", pd.DataFrame({"y": [1.0], "c": [0]}), family)
    assert str(error.value) == (
        "Family 'waiting' has no addition term 'cens()'. Its addition terms: weights, subset, "
        "index."
    )


@pytest.mark.slow
def test_the_fit_of_the_example_is_that_of_the_built_in_family(beta_binomial2):
    formula = "incidence | trials(size) ~ period + (1 | herd)"
    fits = [
        bl.brm(formula, CBPP, f, seed=1, adapt_delta=0.95, progress=False)
        for f in (beta_binomial2, "beta_binomial")
    ]
    tables = [fit.summary() for fit in fits]
    for part in ("fixed", "spec_pars"):
        ours, theirs = (getattr(table, part) for table in tables)
        error = ours["Est.Error"] * np.sqrt(2.0 / np.minimum(ours["Bulk_ESS"], theirs["Bulk_ESS"]))
        assert ((ours["Estimate"] - theirs["Estimate"]).abs() < 4.0 * error).all()


# -- wrong definitions -----------------------------------------------------------------------


def message(define):
    with pytest.raises(bl.FamilyError) as error:
        define()
    return str(error.value)


def scalar(y, mu, sigma):
    return pt.sum(gauss_density(y, mu, sigma))


WRONG = {
    "no mu": (
        lambda: gauss(dpars=("location", "sigma")),
        "Family 'gauss' has no parameter 'mu', which the main formula predicts; it has location, "
        "sigma.",
    ),
    "a name that a draw could not show": (
        lambda: gauss(dpars=("mu", "s_2")),
        "'s_2' of family 'gauss' is no name of a distributional parameter: it is made of letters "
        "and digits, and none of y, xp, rng, b, r, sd, cor, df, Intercept.",
    ),
    "twice": (
        lambda: gauss(dpars=("mu", "sigma", "sigma")),
        "Family 'gauss' has the parameter 'sigma' twice.",
    ),
    "the name of a built-in": (
        lambda: gauss(name="gaussian"),
        "There is a family 'gaussian' already; give yours another name.",
    ),
    "unknown link": (
        lambda: gauss(links=("identity", "logg")),
        "Link 'logg' is not available. Available links: identity, log, logm1, log1p, inverse, "
        "1/mu^2, sqrt, softplus, squareplus, logit, probit, probit_approx and 4 more. Did you "
        "mean 'log'?",
    ),
    "link of nothing": (
        lambda: gauss(links={"sigm": "log"}),
        "links of family 'gauss' names 'sigm', which is no parameter of it: mu, sigma. Did you "
        "mean 'sigma'?",
    ),
    "one link for two": (
        lambda: gauss(links=("log",)),
        "links of family 'gauss' has 1 entries for 2 parameters: mu, sigma.",
    ),
    "type": (
        lambda: gauss(type="integer"),
        "type = 'integer' of family 'gauss' is none of real, int.",
    ),
    "bounds in the wrong order": (
        lambda: gauss(bounds={"sigma": (2, 0)}),
        "In bounds of 'sigma' of family 'gauss' the lower one is not below the upper one: (2, 0).",
    ),
    "a bound and no pair": (
        lambda: gauss(bounds={"sigma": (0,)}),
        "bounds of 'sigma' of family 'gauss' has to be a pair (lb, ub), not (0,).",
    ),
    "no logp": (
        lambda: bl.custom_family("empty"),
        "Family 'empty' needs logp = a function of y and mu.",
    ),
    "logp is no function": (
        lambda: gauss(logp="normal"),
        "logp of family 'gauss' is no function.",
    ),
    "wrong argument": (
        lambda: gauss(logp=lambda y, mu, sig: y),
        "logp() of family 'gauss' takes 'sig', which is neither a parameter nor a variable of it: "
        "mu, sigma. Did you mean 'sigma'?",
    ),
    "no response": (
        lambda: gauss(logp=lambda mu, sigma: mu),
        "The first argument of logp() of family 'gauss' has to be y, which is a parameter of the "
        "family: mu.",
    ),
    "no arguments": (
        lambda: gauss(rng=lambda: 0.0),
        "The first argument of rng() of family 'gauss' has to be rng.",
    ),
    "a parameter left out": (
        lambda: gauss(logp=lambda y, mu: y - mu),
        "logp() of family 'gauss' does not take sigma: nothing would tell it.",
    ),
    "unknown variable": (
        lambda: gauss(vars="vreal"),
        "'vreal' is no variable that family 'gauss' can have; addition terms bring trials, dec, "
        "rate, se, vreal1, vreal2, ... and vint1, vint2, ...",
    ),
    "prior of nothing": (
        lambda: gauss(prior={"phi": "normal(0, 1)"}),
        "prior of family 'gauss' names 'phi', which is none of mu, sigma, Intercept, "
        "Intercept_sigma.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_definitions(case):
    define, expected = WRONG[case]
    assert message(define) == expected


DATA = pd.DataFrame({"y": [0.1, 2.0, -1.0]})


def fitted(family, data=DATA):
    return bl.Model("y ~ 1", data, family).from_draws(
        pd.DataFrame({"b_Intercept": [0.4, 0.3], "sigma": [1.3, 2.0]})
    )


def built(family):
    bl.Model("y ~ 1", DATA, family).pymc.logp()


WRONG_RESULTS = {
    "scalar, sampled": (
        lambda: built(gauss(logp=scalar)),
        "logp() of family 'gauss' returned a single number. It has to return one for each "
        "observation: no sum over the observations.",
    ),
    "scalar, of draws": (
        lambda: fitted(gauss(logp=scalar)).log_lik(),
        "logp() of family 'gauss' returned a single number. It has to return one for each "
        "observation: no sum over the observations.",
    ),
    "numbers where PyTensor asks": (
        lambda: built(gauss(logp=lambda y, mu, sigma: np.zeros(3))),
        "logp() of family 'gauss' returned a ndarray when the model was built. It is called with "
        "PyTensor variables then: write it with pytensor.tensor, or with a first argument xp "
        "whose functions work for both.",
    ),
    "NumPy where PyTensor asks": (
        lambda: built(gauss(logp=lambda y, mu, sigma: stats.norm(mu, sigma).logpdf(y))),
        None,
    ),
    "a sum over draws": (
        lambda: fitted(gauss(logp=lambda y, mu, sigma: pt.sum(mu, axis=-1) + 0.0 * sigma[..., 0]))
        .log_lik(),
        "logp() of family 'gauss' returned an array of shape (1, 2) where its arguments have "
        "(1, 2, 3): it has to work elementwise, with draws as leading axes and observations as "
        "the last.",
    ),
    "draws of another shape": (
        lambda: fitted(gauss(rng=lambda rng, mu: rng.normal(size=5))).posterior_predict(),
        "rng() of family 'gauss' returned an array of shape (5,) where its arguments have "
        "(1, 2, 3): it has to work elementwise, with draws as leading axes and observations as "
        "the last.",
    ),
    "no mean": (
        lambda: fitted(gauss(mean=None)).posterior_epred(),
        "Family 'gauss' has no expectation: custom_family(mean = a function of mu, sigma) would "
        "give it one.",
    ),
    "no draws": (
        lambda: fitted(gauss(rng=None)).posterior_predict(),
        "Family 'gauss' has no draws: custom_family(rng = a function of a numpy.random.Generator "
        "and mu, sigma) would give it some.",
    ),
    "an error inside": (
        lambda: fitted(gauss(mean=lambda mu: mu["no"])).posterior_epred(),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_RESULTS)
def test_wrong_results(case):
    run, expected = WRONG_RESULTS[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = message(run)
    if expected is None:
        assert "of family 'gauss' stopped with " in found
        assert found.endswith("get PyTensor variables, rng and mean NumPy arrays.")
    else:
        assert found == expected


def test_whole_numbers_only():
    family = gauss(type="int")
    with pytest.raises(bl.DataError) as error:
        bl.Model("y ~ 1", DATA, family)
    assert str(error.value) == (
        "Response 'y' is not a whole number in row 0 (counted from 0); family 'gauss' needs whole "
        "numbers. Measurements: type = 'real'."
    )


def test_outside_the_support():
    for support, problem in (((0, None), "below 0 in row 2"), ((None, 1), "above 1 in row 1")):
        with pytest.raises(bl.DataError) as error:
            bl.Model("y ~ 1", DATA, gauss(support=support))
        assert str(error.value) == (
            f"Response 'y' is {problem} (counted from 0); that is outside the support of family "
            f"'gauss'."
        )


@pytest.mark.parametrize(("bounds", "start"), [((2, None), 3.0), ((None, -1), -2.0), ((0, 1), 0.5)])
def test_a_flat_prior_starts_between_its_bounds(bounds, start):
    """One from the bound, or in the middle of two."""
    family = gauss(bounds={"sigma": bounds})
    model = bl.Model("y ~ 1", DATA, family).pymc
    unbounded = model.rvs_to_values[model["sigma"]]
    found = model.replace_rvs_by_values([model["sigma"]])[0].eval(
        {unbounded: model.initial_point()[unbounded.name]}, mode="FAST_COMPILE"
    )
    assert found == pytest.approx(start)


def test_known_error_has_no_residual_beside_it():
    family = gauss(vars="se", logp=lambda y, mu, sigma, se: gauss_density(y, mu, sigma + se))
    data = DATA.assign(s=0.5)
    assert bl.Model("y | se(s) ~ 1", data, family).spec.response.extra["se"].tolist() == [0.5] * 3
    with pytest.raises(bl.DataError) as error:
        bl.Model("y | se(s, sigma = TRUE) ~ 1", data, family)
    assert str(error.value) == (
        "se(x, sigma = TRUE) has no meaning for family 'gauss': what it makes of se is its own "
        "business."
    )


def test_the_namespaces_have_what_a_user_looks_for():
    """A function of xp finds the same names in both worlds."""
    assert set(vars(numpy_namespace())) == set(vars(pytensor_namespace()))

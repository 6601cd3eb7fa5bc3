"""Population and group views of every family: names as brms', numbers by hand."""

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import polygamma

import bambi_lite as bl
from models import NAMES, model_of
from tables import each

CASES = tuple(name for name in NAMES if model_of(name) is not None)
AT_LEAST = 150


@cache
def fit_of(name: str) -> bl.Fit:
    """A case with draws that nobody sampled, under its own names."""
    model = model_of(name)
    assert model is not None
    return with_draws(model)


def with_draws(model: bl.Model, **given: Any) -> bl.Fit:
    rng = np.random.default_rng(1)
    own = [name for name in model.variables() if not name.startswith("Intercept")]
    frame = {name: 0.2 + rng.uniform(size=4) for name in own}
    frame |= {n: rng.uniform(0.1, 0.3, size=4) for n in own if n.startswith("cor_")}
    return model.from_draws(pd.DataFrame(frame | given))


def effects_of(names: list[str]) -> dict[str, tuple[list[str], list[str]]]:
    """Levels and coefficients by group, read off brms' names of the draws."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for name in names:
        if match := re.fullmatch(r"r_(.+?)(?:__([^[]+))?\[(.+),([^,]+)\]", name):
            group, dpar, level, coef = match.groups()
            levels, coefs = found.setdefault(group, ([], []))
            label = f"{dpar}_{coef}" if dpar else coef
            levels += [level] if level not in levels else []
            coefs += [label] if label not in coefs else []
    return found


def test_cases_do_not_become_fewer() -> None:
    assert len(CASES) >= AT_LEAST


@each(CASES)
def test_names_are_those_of_brms(name: str) -> None:
    fit, names = fit_of(name), NAMES[name]
    population = [n.removeprefix("b_") for n in names if n.startswith("b_")]
    assert list(fit.fixef().index) == population
    expected = effects_of(names)
    if not expected:
        with pytest.raises(bl.DataError, match="no group-level effects"):
            fit.ranef()
        return
    effects, total = fit.ranef(), fit.coef()
    assert set(effects) == set(total) == set(expected)
    for group, (levels, coefs) in expected.items():
        own = effects[group]
        dim = own.dims[0]
        assert [str(v).replace(" ", ".") for v in own[dim].values] == levels
        assert sorted(own["coef"].values) == sorted(coefs)
        summed = set(total[group]["coef"].values)
        thresholds = {n for n in population if n.startswith("Intercept[")}
        varying = set(coefs) - ({"Intercept"} if thresholds else set())
        assert summed == varying | set(population)


@each(CASES)
def test_sums_are_population_plus_group(name: str) -> None:
    fit = fit_of(name)
    if not fit.spec.blocks:
        return
    population = fit.fixef(summary=False)
    for group, total in fit.coef(summary=False).items():
        effects = fit.ranef(group, summary=False)[group]
        own = set(effects["coef"].values)
        for coef in total["coef"].values:
            expected = 0.0
            if coef in own:
                expected = effects.sel(coef=coef, drop=True)
            elif str(coef).startswith("Intercept[") and "Intercept" in own:
                expected = -effects.sel(coef="Intercept", drop=True)
            if coef in population["coef"].values:
                expected = expected + population.sel(coef=coef, drop=True)
            made, wanted = total.sel(coef=coef, drop=True), expected
            assert float(np.abs(made - wanted).max()) < 1e-12


@each(CASES)
def test_standard_deviations_and_correlations_are_those_of_brms(name: str) -> None:
    fit, names = fit_of(name), NAMES[name]
    parts = fit.VarCorr()
    rows = [f"sd_{g}__{c}" for g, p in parts.items() if g != "residual__" for c in p["sd"].index]
    assert sorted(rows) == sorted(n for n in names if n.startswith("sd_"))
    draws = fit.as_draws_df()
    for group, part in fit.VarCorr(summary=False).items():
        if group == "residual__":
            assert "sigma" in names
            continue
        found = {n for n in names if n.startswith(f"cor_{group}__")}
        assert ("cor" in part) == bool(found)
        coefs = [str(c) for c in part["sd"]["coef"].values]
        for i, first in enumerate(coefs):
            for j, second in enumerate(coefs[:i]):
                label = f"cor_{group}__{second}__{first}"
                if not found:
                    continue
                expected = draws[label] if label in found else 0.0
                assert (part["cor"].values[..., i, j].ravel() == expected).all()
    # The residual is there where sigma is one number.
    assert ("residual__" in parts) == ("sigma" in names)


# -- intraclass correlations -----------------------------------------------------------------


@cache
def small_data() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    y = rng.integers(1, 4, size=12)
    return pd.DataFrame(
        {"y": y, "x": rng.normal(size=12), "g": list("abc") * 4, "n": 5, "p": y / 4}
    )


def share(family: Any, formula: str = "y ~ 1 + (1 | g)", **options: Any) -> Any:
    """The intraclass correlation of made-up draws, and those."""
    fit = with_draws(bl.Model(formula, small_data(), family), **options.pop("given", {}))
    found = fit.icc(summary=False, **options)
    return found.values.ravel(), fit.as_draws_df(), found.attrs["scale"]


LATENT = {"logit": np.pi**2 / 3, "probit": 1.0, "cloglog": np.pi**2 / 6}


@each(LATENT)
def test_latent_residuals(link: str) -> None:
    for family, formula in (
        (bl.bernoulli(link), "I(y > 1) ~ 1 + (1 | g)"),
        (bl.binomial(link), "y | trials(n) ~ x + (1 | g)"),
        (bl.cumulative(link), "y ~ x + (1 | g)"),
    ):
        found, draws, scale = share(family, formula)
        variance = draws["sd_g__Intercept"] ** 2
        np.testing.assert_allclose(found, variance / (variance + LATENT[link]), rtol=1e-12)
        assert scale == f"latent ({link})"


RELATIVE = {
    "poisson": lambda mean, d: 1 / mean,
    "negbinomial": lambda mean, d: 1 / mean + 1 / d["shape"],
    "negbinomial2": lambda mean, d: 1 / mean + d["sigma"],
    "geometric": lambda mean, d: 1 / mean + 1,
    "gamma": lambda mean, d: 1 / d["shape"],
    "exponential": lambda mean, d: 1.0 + 0.0 * mean,
}
LOGARITHM = {
    "trigamma": lambda v: polygamma(1, 1 / v),
    "lognormal": np.log1p,
    "delta": lambda v: v,
}


@each(RELATIVE)
def test_residuals_on_the_log_scale(family: str) -> None:
    for how, variance_of_log in LOGARITHM.items():
        found, draws, scale = share(family, approximation=how)
        variance = draws["sd_g__Intercept"] ** 2
        mean = np.exp(draws["b_Intercept"] + variance / 2)
        residual = variance_of_log(RELATIVE[family](mean, draws))
        np.testing.assert_allclose(found, variance / (variance + residual), rtol=1e-12)
        assert scale == f"log of the response ({how})"


def test_the_mean_of_a_model_with_covariates_is_that_of_its_rows() -> None:
    formula = "y ~ x + offset(0.3 * x) + (1 | g)"
    found, draws, _ = share("poisson", formula)
    variance = draws["sd_g__Intercept"].to_numpy() ** 2
    x = small_data()["x"].to_numpy()
    eta = draws["b_Intercept"].to_numpy()[:, None] + (draws["b_x"].to_numpy()[:, None] + 0.3) * x
    mean = np.exp(eta + variance[:, None] / 2).mean(axis=1)
    residual = polygamma(1, mean)
    np.testing.assert_allclose(found, variance / (variance + residual), rtol=1e-12)


def test_square_roots_of_counts() -> None:
    for family, over in ((bl.poisson("sqrt"), 0.0), (bl.negbinomial("sqrt"), 1.0)):
        found, draws, scale = share(family)
        variance = draws["sd_g__Intercept"] ** 2
        mean = draws["b_Intercept"] ** 2 + variance
        residual = 0.25 * (1 + over * mean / draws.get("shape", 1.0))
        np.testing.assert_allclose(found, variance / (variance + residual), rtol=1e-12)
        assert scale.startswith("square root")


IDENTITY = {
    "gaussian": lambda d: d["sigma"] ** 2,
    "skew_normal": lambda d: d["sigma"] ** 2,
    "exgaussian": lambda d: d["sigma"] ** 2 + d["beta"] ** 2,
    "lognormal": lambda d: d["sigma"] ** 2,
    "shifted_lognormal": lambda d: d["sigma"] ** 2,
    "student": lambda d: d["sigma"] ** 2 * d["nu"] / (d["nu"] - 2),
}


@each(IDENTITY)
def test_residuals_with_an_identity_link(family: str) -> None:
    given = {"nu": np.array([3.0, 5.0, 9.0, 30.0])} if family == "student" else {}
    found, draws, scale = share(family, given=given)
    variance = draws["sd_g__Intercept"] ** 2
    np.testing.assert_allclose(found, variance / (variance + IDENTITY[family](draws)), rtol=1e-12)
    assert scale == ("log of the response" if "lognormal" in family else "response")


def test_heavy_tails_leave_nothing_for_the_groups() -> None:
    found, _, _ = share("student", given={"nu": np.array([1.5, 2.0, 2.0, 1.1])})
    assert (found == 0.0).all()


def test_trigamma_is_the_variance_of_the_logarithm_of_a_gamma_variable() -> None:
    shape, rng = 1.7, np.random.default_rng(5)
    logs = np.log(rng.gamma(shape, size=200_000))
    fourth = np.mean((logs - logs.mean()) ** 4)
    error = np.sqrt((fourth - logs.var() ** 2) / len(logs))
    assert abs(LOGARITHM["trigamma"](1 / shape) - logs.var()) < 4 * error


def test_families_that_have_one() -> None:
    known = {n for n in bl.families() if bl.get_family(n).variance is not None}
    latent = {n for n in bl.families() if bl.get_family(n).latent_variance}
    assert known == {*RELATIVE, *IDENTITY}
    assert latent == {"bernoulli", "binomial", "cumulative"}


START = "No residual variance to compare the groups with, on the scale of mu"
REFUSED = {
    "beta": (
        lambda: share("beta", "p ~ 1 + (1 | g)"),
        f"{START} (family 'beta', link 'logit'). Family 'beta' has it with no link; VarCorr() has "
        "the standard deviations.",
    ),
    "categories": (
        lambda: share("categorical"),
        f"{START} (family 'categorical', link 'one for each category'). Family 'categorical' has "
        "it with no link; VarCorr() has the standard deviations.",
    ),
    "cauchit": (
        lambda: share(bl.cumulative("cauchit")),
        f"{START} (family 'cumulative', link 'cauchit'). Links of 'cumulative' that have one: "
        "logit, probit, cloglog.",
    ),
    "count with an identity link": (
        lambda: share(bl.poisson("identity")),
        f"{START} (family 'poisson', link 'identity'). Family 'poisson' has it with the links log "
        "and sqrt.",
    ),
    "gaussian with a log link": (
        lambda: share(bl.gaussian("log")),
        f"{START} (family 'gaussian', link 'log'). Family 'gaussian' has it with an identity link.",
    ),
    "predicted shape": (
        lambda: share("negbinomial", bl.bf("y ~ 1 + (1 | g)", "shape ~ x")),
        "'shape' has a formula, so that the residual variance differs between rows: there is no "
        "one intraclass correlation.",
    ),
    "predicted disc": (
        lambda: share("cumulative", bl.bf("y ~ 1 + (1 | g)", "disc ~ x")),
        "'disc' has a formula, so that the residual variance differs between rows: there is no "
        "one intraclass correlation.",
    ),
    "known errors": (
        lambda: share("gaussian", "y | se(n) ~ 1 + (1 | g)"),
        "With se() each row has a residual variance of its own: there is no one intraclass "
        "correlation.",
    ),
    "rate": (
        lambda: share("negbinomial", "y | rate(n) ~ 1 + (1 | g)"),
        "With rate() each row has a residual variance of its own: there is no one intraclass "
        "correlation.",
    ),
    "strata": (
        lambda: share("gaussian", "y ~ 1 + (1 | gr(g, by = g))"),
        "The groups of 'g' have a standard deviation for each value of 'g', gr(by = g): there is "
        "no one intraclass correlation. VarCorr() has the standard deviations.",
    ),
    "approximation": (
        lambda: share("poisson", approximation="trigama"),
        "approximation has to be one of trigamma, lognormal, delta, not 'trigama'. Did you mean "
        "'trigamma'?",
    ),
}


@each(REFUSED)
def test_there_is_no_intraclass_correlation(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(bl.DataError) as caught:
        call()
    assert str(caught.value) == message

"""Linear predictors, expectations and densities at given parameter values: brms' numbers.

Parameter values have 10 digits in the file; the tolerance of 1e-8 leaves room for that.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special

import bambi_lite as bl
from bambi_lite.formula import lf
from bambi_lite.predict import log_lik
from tables import each

FACTS = Path(__file__).parents[1] / "facts" / "evaluated"
STORED = [
    json.loads((FACTS / file).read_text(encoding="utf-8"))
    for file in ("families.json", "terms.json")
]
CASES = {name: case for stored in STORED for name, case in stored["cases"].items()}
ROWS = STORED[0]["rows"]

# brms' own number is an approximation there: the relative difference that it explains.
APPROXIMATE: dict[tuple[str, str], float] = {
    # It ends the series of the mean where a term is below a thousandth.
    ("fam_discrete_weibull", "epred"): 1e-3,
    # It ends the sum over counts at three times the largest mean; tested below.
    ("add_trunc", "epred"): 2e-5,
    # It has four terms of asymptotic series; the test of them is below.
    ("fam_com_poisson", "epred"): 2e-3,
    ("fam_com_poisson", "log_lik"): 1e-3,
}
# brms' own number is another quantity there; what it is instead is tested below.
MISTAKEN = {("fam_wiener", "epred"), ("dist_wiener", "epred")}
# Random or transformed quantities that brms' predictions do not read.
UNREAD = ("Intercept", "first_Intercept", "tmp_xi", "lprior", "lp__")


def formula_of(case):
    formula = case["formula"]
    # brms' predictions read a fixed parameter from the draws too, where the file has made-up
    # values of it: it is left free here.
    given = case["parameters"]
    fixed = {k: v for k, v in (formula.get("fixed") or {}).items() if k not in given}
    text = formula["formula"]
    if "sigma" in given and "sigma = TRUE" not in text:
        # Likewise the sigma that se() makes known.
        text = text.replace("se(sei)", "se(sei, sigma = TRUE)")
    whole = bl.bf(text, center=formula.get("center"), **fixed)
    for part in (formula.get("parameters") or {}).values():
        whole = whole + lf(part)
    return whole


def family_of(case):
    if "r_family" in case:
        return bl.get_family(case["r_family"])
    family = case["family"]
    return bl.get_family(family["name"], {"mu": family["link"], **(family.get("dpar_links") or {})})


def fit_of(case, **others):
    chosen = family_of(case)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        data2 = {"A": np.eye(12)}
        model = bl.Model(formula_of(case), bl.load_data(case["data"]), chosen, data2=data2)
    known = {
        name: values
        for name, values in {**case["parameters"], **others}.items()
        if not name.startswith(UNREAD) and not name.startswith(("z_", "L_", "Cor_"))
    }
    return model.from_draws(pd.DataFrame(known))


def compare(name, what, ours, theirs):
    ours = ours.stack(sample=("chain", "draw")).transpose("sample", "obs", ...).to_numpy()
    ours = ours[:, :ROWS]
    theirs = np.array(theirs, dtype=float)
    if (name, what) in MISTAKEN:
        assert (np.abs(ours / theirs - 1.0) > 1e-3).all(), "it is no mistake any more"
        return
    tolerance = APPROXIMATE.get((name, what), 1e-8)
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=1e-9, err_msg=what)


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_brms(name):
    case = CASES[name]
    fit = fit_of(case)
    compare(name, "linpred", fit.posterior_linpred(), case["linpred"])
    if "epred" in case:
        compare(name, "epred", fit.posterior_epred(), case["epred"])
    else:
        with pytest.raises(bl.FamilyError, match="no closed form"):
            fit.posterior_epred()
    if "log_lik" in case:
        compare(name, "log_lik", log_lik(fit.draws), case["log_lik"])
    for key in case:
        if key.startswith("linpred_"):
            dpar = key.removeprefix("linpred_")
            compare(name, key, fit.posterior_linpred(dpar=dpar), case[key])


@pytest.mark.parametrize("name", ["fam_wiener", "dist_wiener"])
def test_brms_mean_of_wiener_starts_at_bias(name):
    """brms 2.23.1 takes bias for the distance from the lower boundary, which is bias * bs."""
    case = CASES[name]
    given = case["parameters"]
    bs = given["bs"] if "bs" in given else np.exp(given["b_bs_Intercept"])
    epred = fit_of(case, bias=np.array(given["bias"]) / bs).posterior_epred()
    theirs = np.array(case["epred"])
    ours = epred.stack(sample=("chain", "draw")).transpose("sample", "obs").to_numpy()[:, :ROWS]
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_brms_com_poisson_is_four_terms_of_series():
    """Those of Gaunt et al. (2019), where mu and mu^shape are 1.5 or more."""
    case = CASES["fam_com_poisson"]
    log_mu, nu = np.array(case["linpred"]), np.array(case["parameters"]["shape"])[:, None]
    mu = np.exp(log_mu)
    series = (mu >= 1.5) & (mu**nu >= 1.5)
    assert series.mean() > 0.9
    odd = nu**2 - 1.0
    mean = mu - (nu - 1.0) / (2.0 * nu) - odd / (24.0 * nu**2 * mu) * (1.0 + 1.0 / (nu * mu))
    np.testing.assert_allclose(mean[series], np.array(case["epred"])[series], rtol=1e-8)
    z = 1.0 / (nu * mu)
    terms = (
        odd
        * z
        * (
            1.0 / 24.0
            + z * (nu**2 + 23.0) / 1152.0
            + z**2 * (5.0 * nu**4 - 298.0 * nu**2 + 11237.0) / 414720.0
        )
    )
    log_z = nu * mu + np.log1p(terms) - (nu - 1.0) / 2.0 * np.log(2.0 * np.pi * mu) - np.log(nu) / 2
    y = bl.load_data(case["data"])["ycnt"].to_numpy(dtype=float)[:ROWS]
    log_lik = nu * (y * log_mu - special.gammaln(y + 1.0)) - log_z
    np.testing.assert_allclose(log_lik[series], np.array(case["log_lik"])[series], rtol=1e-8)


def test_brms_sum_of_a_truncated_count_ends_early():
    """With an upper bound there, the exact expectation is brms' number."""
    case = CASES["add_trunc"]
    whole = fit_of(case)
    top = 3.0 * float(np.exp(whole.posterior_linpred()).max())
    cut = {**case, "formula": {**case["formula"], "formula": f"ycnt | trunc(ub = {top:.0f}) ~ x"}}
    data = bl.load_data(case["data"])
    model = bl.Model(formula_of(cut), data[data["ycnt"] <= top], family_of(cut))
    known = {k: v for k, v in case["parameters"].items() if not k.startswith(UNREAD)}
    ours = model.from_draws(pd.DataFrame(known)).posterior_epred(data.head(ROWS))
    np.testing.assert_allclose(ours[0], case["epred"], rtol=1e-8)


# -- effects: made of the same expectations ---------------------------------------------------

WITH_MEAN = [name for name in CASES if name.startswith("fam_") and "epred" in CASES[name]]


def draws_of(array):
    """Draws of each row, shape (draws, rows[, categories])."""
    values = array.to_numpy()
    return values.reshape(-1, *values.shape[2:])


@each(WITH_MEAN)
@pytest.mark.filterwarnings("ignore:The categories are taken as the numbers")
def test_effects_are_made_of_expected_responses(name):
    fit = fit_of(CASES[name])
    categories = fit.spec.response.categories
    effects = fit.conditional_effects(resolution=3, categorical=bool(categories), robust=False)
    assert effects
    for effect, table in effects.items():
        held = [v for v in fit.spec.data.columns if v not in fit.spec.formula.response.variables]
        mean = draws_of(fit.posterior_epred(table[held], re_formula="NA")).mean(axis=0)
        if categories:
            codes = table["cats__"].cat.codes.to_numpy()
            mean = mean[np.arange(len(table)), codes]
        np.testing.assert_allclose(table["estimate__"], mean, rtol=1e-10, err_msg=effect)
    answer = bl.comparisons(fit, "x", by=True)
    rows = fit.data
    high, low = (draws_of(fit.posterior_epred(rows.assign(x=rows["x"] + d))) for d in (1.0, 0.0))
    expected = (high.mean(axis=1) - low.mean(axis=1)).reshape(len(high), -1)
    np.testing.assert_allclose(draws_of(answer.draws), expected, rtol=1e-8, atol=1e-12)


def test_they_are_all_families_of_the_facts():
    assert len(WITH_MEAN) > 35

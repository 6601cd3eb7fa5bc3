"""Hypotheses: brms' tables from brms' draws, how text is read, evidence, text, pictures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats as st
import xarray as xr

import bambi_lite as bl
from bambi_lite.formula import deparse
from bambi_lite.hypothesis.evidence import density, evidence_ratio
from bambi_lite.hypothesis.reading import FUNCTIONS, evaluate, read

CASES = (
    "sleepstudy_slopes",
    "sleepstudy_intercepts",
    "rats_multilevel",
    "epilepsy_negbinomial",
    "inhaler_cumulative",
)
NUMBERS = ["Estimate", "Est.Error", "CI.Lower", "CI.Upper", "Evid.Ratio", "Post.Prob"]


@pytest.mark.parametrize("case", CASES)
def test_tables_are_those_of_brms(case, reference_fit, facts):
    fit = reference_fit(case)
    for fact in facts(f"comparison/{case}.json")["hypothesis"]:
        given = dict(fact["args"] or {})
        if "class" in given:
            given["class_"] = None if given["class"] == "NULL" else given["class"]
            del given["class"]
        ours = fit.hypothesis(fact["hypothesis"], **given).hypothesis
        theirs = pd.DataFrame(fact["table"])
        assert list(ours.columns) == list(theirs.columns)
        words = [c for c in theirs if c not in NUMBERS]
        assert ours[words].equals(theirs[words])
        # The facts have no word for infinity: all draws agree, and the probability is 1.
        ours = ours.replace({"Evid.Ratio": {np.inf: np.nan}})
        expected = theirs[NUMBERS].astype(float)
        np.testing.assert_allclose(ours[NUMBERS], expected, rtol=1e-8)


# -- reading ---------------------------------------------------------------------------------

READ = {
    "Days > 10": "(Days)-(10) > 0",
    " zAge+zBase   >0.5": "(zAge+zBase)-(0.5) > 0",
    "exp(b_x) - 1 > 0": "(exp(b_x)-1) > 0",
    "a = b": "(a)-(b) = 0",
    "x < -1": "(x)-(-1) < 0",
    "0 < a": "(0)-(a) < 0",
    "b_Intercept[2] - b_Intercept[1] > 3": "(b_Intercept[2]-b_Intercept[1])-(3) > 0",
}


@pytest.mark.parametrize("text", READ)
def test_hypotheses_are_shown_as_brms_shows_them(text):
    assert read(text).shown == READ[text]


NAMES = {
    "zBase:Trt1 = 0": ("zBase:Trt1",),
    "r_g[1,x] > r_g[New Zealand,Intercept]": ("r_g[1,x]", "r_g[New Zealand,Intercept]"),
    "a.b + .c + d_1 > .5": ("a.b", ".c", "d_1"),
    "größe - größe:x^2 < 1e-3": ("größe", "größe:x"),
    "`odd name` > 0": ("odd name",),
    "Intercept[p,1] = Intercept[p,2]": ("Intercept[p,1]", "Intercept[p,2]"),
}


@pytest.mark.parametrize("text", NAMES)
def test_names_are_read_as_brms_reads_them(text):
    assert read(text).names == NAMES[text]


VALUES = {
    "-a^2 > 0": -4.0,
    "a - 1 - 1 > 0": 0.0,
    "2^a^2 = 0": 16.0,
    "-a * b / 3 > 0": -2.0,
    "(a + b) * 2 > 1": 9.0,
    "a ** b > 0": 8.0,
    "inv_logit(a - 2) > 0.25": 0.25,
    "log(exp(a)) - pmax(a, b) < 0": -1.0,
    "qnorm(pnorm(a)) + sqrt(b + 1) = 4": 0.0,
    "logit(plogis(b)) > 0": 3.0,
    "+a > 0": 2.0,
}


@pytest.mark.parametrize("text", VALUES)
def test_values_follow_the_precedences_of_r(text):
    draws = {"a": np.array([2.0]), "b": np.array([3.0])}
    np.testing.assert_allclose(read(text).difference(draws), VALUES[text], atol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_is_one_of_numpy_or_scipy(name):
    count = FUNCTIONS[name][0]
    arguments = ["a", "b"][:count]
    node = read(f"{name}({', '.join(arguments)}) > 0").left
    made = evaluate(node, {"a": np.array([0.3]), "b": np.array([0.4])}, deparse(node))
    assert np.isfinite(made).all()


def test_nothing_is_evaluated_as_code():
    for text in ("__import__('os').getcwd() > 0", "(lambda: 1)() > 0", "a.__class__() > 0"):
        with pytest.raises(bl.FormulaError):
            read(text).difference({name: np.ones(2) for name in read(text).names})


def test_deep_nesting_is_refused():
    with pytest.raises(bl.FormulaError, match="nested more than 40 levels"):
        read("(" * 500 + "a" + ")" * 500 + " > 0")


# -- evidence --------------------------------------------------------------------------------


def test_odds_count_draws():
    draws = np.array([-1.0, 0.5, 1.0, 2.0])
    assert evidence_ratio(draws, ">", None) == 3.0
    assert evidence_ratio(draws, "<", None) == pytest.approx(1 / 3)
    assert evidence_ratio(np.abs(draws), ">", None) == np.inf
    assert np.isnan(evidence_ratio(draws, "=", None))


def test_density_is_that_of_scipy_with_the_bandwidth_of_r():
    draws = np.random.default_rng(1).normal(size=300)
    low, high = np.quantile(draws, (0.25, 0.75))
    width = 0.9 * min(draws.std(ddof=1), (high - low) / 1.34) * 300**-0.2
    x = np.linspace(-2.0, 2.0, 9)
    theirs = st.gaussian_kde(draws, bw_method=width / draws.std(ddof=1))(x)
    np.testing.assert_allclose(density(draws, x), theirs, rtol=1e-10)


def with_prior(fit, **columns):
    tree = fit.idata.copy()
    variables = {name: (("chain", "draw"), values) for name, values in columns.items()}
    tree["prior"] = xr.DataTree(xr.Dataset(variables))
    return replace(fit, draws=replace(fit.draws, idata=tree))


def test_savage_dickey_of_normal_prior_and_posterior(reference_fit):
    rng = np.random.default_rng(2)
    fit = reference_fit("sleepstudy_slopes")
    prior = rng.normal(0.0, 20.0, size=(4, 5000))
    tested = with_prior(fit, b_Days=prior).hypothesis(["Days = 10", "Days > 10", "Intercept = 0"])
    table = tested.hypothesis
    days = fit.as_draws_df()["b_Days"]
    ratio = table.loc[0, "Evid.Ratio"]
    # Posterior and prior are normal to good approximation: the ratio of their densities at 10.
    exact = st.norm.pdf(10.0, days.mean(), days.std()) / st.norm.pdf(10.0, 0.0, 20.0)
    assert ratio == pytest.approx(exact, rel=0.15)
    assert table.loc[0, "Post.Prob"] == pytest.approx(ratio / (1.0 + ratio))
    assert table.loc[1, "Post.Prob"] == pytest.approx((days > 10.0).mean())
    assert np.isnan(table.loc[2, "Evid.Ratio"])  # there are no prior draws of the intercept
    assert tested.prior_samples["H1"].notna().sum() == 20_000
    assert tested.prior_samples["H3"].isna().all()


def test_ranef_leaves_out_the_population_effect(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    own = fit.hypothesis("Days > 0", scope="ranef", group="Subject").hypothesis
    sums = fit.hypothesis("Days > 0", scope="coef", group="Subject").hypothesis
    shift = fit.fixef().loc["Days", "Estimate"]
    np.testing.assert_allclose(sums["Estimate"], own["Estimate"] + shift)
    assert own["Group"].tolist() == list(fit.spec.blocks[0].levels)


def test_class_and_group_stand_for_the_beginning_of_names(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    short = fit.hypothesis("Intercept > 3 * Days", class_="sd", group="Subject")
    full = fit.hypothesis("sd_Subject__Intercept > 3 * sd_Subject__Days", class_=None)
    assert short.hypothesis[NUMBERS].equals(full.hypothesis[NUMBERS])
    cor = fit.hypothesis("Intercept__Days = 0", class_="cor", group="Subject")
    assert str(cor).startswith("Hypothesis tests for class 'cor_Subject':")


def test_robust_estimates_and_another_level(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    draws = fit.as_draws_df()["b_Days"] - 10.0
    row = fit.hypothesis("Days > 10", robust=True, alpha=0.1).hypothesis.iloc[0]
    median = np.median(draws)
    assert row["Estimate"] == pytest.approx(median)
    assert row["Est.Error"] == pytest.approx(1.4826 * np.median(np.abs(draws - median)))
    assert row["CI.Lower"] == pytest.approx(np.quantile(draws, 0.1))


def test_several_hypotheses_with_names_of_their_own(reference_fit):
    tests = reference_fit("sleepstudy_slopes").hypothesis(
        {"steep": "Days > 10", "flat": "Days = 0"}
    )
    assert tests.hypothesis["Hypothesis"].tolist() == ["steep", "flat"]
    assert list(tests.samples.columns) == ["H1", "H2"]
    np.testing.assert_allclose(tests.samples["H1"], tests.samples["H2"] - 10.0)


# -- what it shows ---------------------------------------------------------------------------

TEXT = """\
Hypothesis tests for class 'b':
       Hypothesis Estimate Est.Error CI.Lower CI.Upper Evid.Ratio Post.Prob Star
1 (Days)-(10) > 0     0.32      1.60    -2.54     2.87       1.47      0.59
2      (Days) = 0    10.32      1.60     6.89    13.35         NA        NA    *
---
Estimates are of the left side minus the right. CI: central 90 % interval of a
one-sided hypothesis, 95 % of a two-sided one.
*: the posterior probability of a one-sided hypothesis is above 95 %; the
interval of a two-sided one leaves out zero.
NA: the evidence ratio of a two-sided hypothesis compares posterior with prior
draws, and this fit has none: fit it with sample_prior = 'yes' and proper
priors."""


def test_text(reference_fit):
    assert str(reference_fit("sleepstudy_slopes").hypothesis(["Days > 10", "Days = 0"])) == TEXT


def test_html_is_escaped(reference_fit):
    made = reference_fit("sleepstudy_slopes").hypothesis("Days < 10")._repr_html_()
    assert "(Days)-(10) &lt; 0" in made
    assert "<th" in made


def test_picture(reference_fit, tmp_path):
    fit = with_prior(
        reference_fit("sleepstudy_slopes"),
        b_Days=np.random.default_rng(3).normal(0.0, 10.0, size=(4, 500)),
    )
    tests = fit.hypothesis(["Days > 10", "Intercept = 250"])
    figure = tests.plot()
    first, second = (ax for ax in figure.axes if ax.get_visible())
    assert first.get_title() == "(Days)-(10) > 0"
    assert [line.get_label() for line in first.lines][:2] == ["posterior", "prior"]
    assert second.lines[0].get_label() == "posterior"
    # The densities drawn integrate to about one.
    for line in first.lines[:1]:
        x, y = line.get_data()
        assert np.trapezoid(y, x) == pytest.approx(1.0, abs=0.02)
    figure.savefig(tmp_path / "hypothesis.png")
    assert (tmp_path / "hypothesis.png").stat().st_size > 5000
    assert len([ax for ax in tests.plot([2]).axes if ax.get_visible()]) == 1

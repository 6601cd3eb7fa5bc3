"""The tables against brms': numbers from brms' own draws, layout from brms' own numbers.

facts/postprocess holds 200 posterior draws of five fits and what brms 2.23.1 computes from exactly
those (see ``source`` in each file); facts/tables holds unrounded tables and the lines that brms
prints for them. Nothing is sampled here.
"""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bambi_lite.datasets import load_data
from bambi_lite.diagnosis import diagnose
from bambi_lite.draws import Draws, scalars
from bambi_lite.errors import DataError
from bambi_lite.given import from_frame
from bambi_lite.params import ParamKey
from bambi_lite.spec import resolve
from bambi_lite.summary import Summary, VarCorr, coef, fixef, icc, ranef, summary, var_corr
from tables import each

FACTS = Path(__file__).parents[1] / "facts"
CASES = (
    "sleepstudy_slopes",
    "sleepstudy_intercepts",
    "rats_multilevel",
    "epilepsy_negbinomial",
    "inhaler_cumulative",
)
#: The facts have 12 significant digits, and both sides compute in double precision.
RELATIVE = 1e-8
#: A column of zeros (the error of a correlation with itself) has no relative error.
ABSOLUTE = 1e-12


@cache
def facts(folder: str, name: str) -> dict[str, Any]:
    return json.loads((FACTS / folder / f"{name}.json").read_text(encoding="utf-8"))


@cache
def table_of_draws(name: str) -> pd.DataFrame:
    return pd.read_csv(FACTS / "postprocess" / f"{name}.draws.csv")


@cache
def spec_of(name: str):
    fact = facts("postprocess", name)
    return resolve(fact["formula"], load_data(fact["data"]), fact["family"], data_name=fact["data"])


@cache
def draws_of(name: str) -> Draws:
    return from_frame(spec_of(name), table_of_draws(name))


def made_up(formula: Any, data: pd.DataFrame, columns: dict[str, Any], n: int = 8) -> Draws:
    """Draws that nobody sampled: `columns` or, where they give no value, random numbers."""
    rng = np.random.default_rng(1)
    frame = {k: rng.normal(size=n) ** 2 if v is None else v for k, v in columns.items()}
    chains = {"chain": np.repeat([1, 2], n // 2)}
    return from_frame(resolve(formula, data), pd.DataFrame(chains | frame))


@cache
def small_data() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    groups = np.repeat(["New Zealand", "Peru", "Sri Lanka"], 4)
    return pd.DataFrame({"y": rng.normal(size=12), "x": rng.normal(size=12), "g": groups})


def effects(name: str, *coefs: str) -> dict[str, None]:
    levels = ("New.Zealand", "Peru", "Sri.Lanka")
    return {f"{name}[{level},{c}]": None for c in coefs for level in levels}


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=RELATIVE, atol=ABSOLUTE)


def same_frame(actual: pd.DataFrame, expected: dict[str, Any]) -> None:
    assert list(actual.index) == expected["rows"]
    assert list(actual.columns) == expected["cols"]
    close(actual.to_numpy(), expected["values"])


def same_array(actual: xr.DataArray, expected: dict[str, Any]) -> None:
    row, stat, column = actual.dims
    assert stat == "stat"
    # Of many levels the facts have the first.
    actual = actual[: len(expected["rows"])]
    assert list(actual[row].values) == expected["rows"]
    assert list(actual["stat"].values) == expected["stats"]
    assert list(actual[column].values) == expected["coefs"]
    close(actual.values, expected["values"])


# -- numbers ---------------------------------------------------------------------------------


@each(CASES)
def test_fixef_is_that_of_brms(name: str) -> None:
    same_frame(fixef(draws_of(name)), facts("postprocess", name)["fixef"])


@each(CASES)
def test_robust_fixef_is_that_of_brms(name: str) -> None:
    same_frame(fixef(draws_of(name), robust=True), facts("postprocess", name)["fixef_robust"])


@pytest.mark.parametrize("function", [ranef, coef])
@each(CASES)
def test_effects_of_levels_are_those_of_brms(name: str, function: Any) -> None:
    expected = facts("postprocess", name)[function.__name__]
    actual = function(draws_of(name))
    assert list(actual) == list(expected)
    for group, array in actual.items():
        assert array.dims == (group, "stat", "coef")
        same_array(array, expected[group])


@each(CASES)
def test_var_corr_is_that_of_brms(name: str) -> None:
    expected = facts("postprocess", name)["VarCorr"]
    actual = var_corr(draws_of(name))
    assert {g: list(part) for g, part in actual.items()} == {
        g: list(part) for g, part in expected.items()
    }
    for group, part in expected.items():
        same_frame(actual[group]["sd"], part["sd"])
        for kind in part.keys() - {"sd"}:
            same_array(actual[group][kind], part[kind])


@each(CASES)
def test_rows_of_the_summary_are_those_of_posterior(name: str) -> None:
    expected = {r["variable"]: r for r in facts("postprocess", name)["summarise_draws"]}
    draws = draws_of(name)
    for robust, centre, spread in ((False, "mean", "sd"), (True, "median", "mad")):
        made = summary(draws, robust=robust)
        tables = [made.fixed, *made.random.values(), made.spec_pars]
        numbers = np.concatenate([t.to_numpy() for t in tables])
        one_by_one = scalars(draws).keys  # b_Intercept[1], ... of an ordinal model
        names = [n for n in one_by_one if one_by_one[n].cls not in ("r", "Intercept")]
        assert len(numbers) == len(names)
        rows = [expected[n] for n in _as_in_tables(one_by_one, names)]
        close(numbers[:, :4], [[r[c] for c in (centre, spread, "q2.5", "q97.5")] for r in rows])
        # ArviZ ranks, splits and folds as posterior does, and both sum in double precision.
        measures = [[r[c] for c in ("rhat", "ess_bulk", "ess_tail")] for r in rows]
        close(numbers[:, 4:], np.array(measures, dtype=float))


def _as_in_tables(keys: Mapping[str, ParamKey], names: list[str]) -> list[str]:
    order = ["b", "sd", "cor"]
    return sorted(
        names, key=lambda n: order.index(c) if (c := keys[n].cls) in order else len(order)
    )


def test_draws_instead_of_estimates() -> None:
    draws, table = draws_of("sleepstudy_slopes"), table_of_draws("sleepstudy_slopes")
    b = fixef(draws, summary=False)
    assert b.dims == ("chain", "draw", "coef")
    close(b.sel(coef="Days").values.ravel(), table["b_Days"])
    r = ranef(draws, "Subject", summary=False)["Subject"]
    assert r.dims == ("chain", "draw", "Subject", "coef")
    close(r.sel(Subject="310", coef="Days").values.ravel(), table["r_Subject[310,Days]"])
    total = coef(draws, ["Subject"], summary=False)["Subject"]
    assert total.dims == r.dims
    close(
        total.sel(Subject="310", coef="Intercept").values.ravel(),
        table["b_Intercept"] + table["r_Subject[310,Intercept]"],
    )
    parts = var_corr(draws, summary=False)
    sd, cor, cov = (parts["Subject"][kind] for kind in ("sd", "cor", "cov"))
    close(sd.sel(coef="Days").values.ravel(), table["sd_Subject__Days"])
    close(cor.sel(coef="Days", other="Intercept").values.ravel(), table.iloc[:, 6])
    close(cov, cor * sd * sd.rename(coef="other"))
    close(parts["residual__"]["sd"].values.ravel(), table["sigma"])


def test_labels_follow_the_probabilities() -> None:
    draws = draws_of("sleepstudy_slopes")
    assert list(summary(draws, prob=0.9).fixed.columns[2:4]) == ["l-90% CI", "u-90% CI"]
    assert list(summary(draws, prob=0.999).fixed.columns[2:4]) == ["l-99.9% CI", "u-99.9% CI"]
    assert list(fixef(draws, probs=(0.07, 0.5)).columns[2:]) == ["Q7", "Q50"]
    assert list(fixef(draws, probs=0.29).columns[2:]) == ["Q29"]
    assert list(fixef(draws, probs=()).columns) == ["Estimate", "Est.Error"]


# -- print -----------------------------------------------------------------------------------


def frame_of(table: dict[str, Any] | None) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame()
    return pd.DataFrame(table["values"], index=table["rows"], columns=table["cols"])


def summary_of(name: str) -> Summary:
    fact = facts("tables", name)
    tables = fact["summary_tables"]
    return Summary(
        fixed=frame_of(tables["fixed"]),
        random={g: frame_of(t) for g, t in tables["random"].items()},
        spec_pars=frame_of(tables.get("spec_pars")),
        family="gaussian",
        links={"mu": "identity", "sigma": "log"},
        formula=("y ~ x", "sigma ~ x"),
        data_name="d",
        n_obs=10,
        levels=fact["levels"],
        chains=1,
        iter=20,
        warmup=10,
        thin=2,
        total=5,
    )


@each([p.stem for p in sorted((FACTS / "tables").glob("*.json"))])
def test_tables_print_as_in_brms(name: str) -> None:
    lines = str(summary_of(name)).splitlines()
    first = lines.index("Multilevel Hyperparameters:")
    printed = facts("tables", name)["printed"]
    assert lines[first : first + len(printed)] == printed


def test_head_of_the_summary() -> None:
    assert str(summary_of("rats_multilevel")).splitlines()[:8] == [
        " Family: gaussian",
        "  Links: mu = identity; sigma = log",
        "Formula: y ~ x",
        "         sigma ~ x",
        "   Data: d (Number of observations: 10)",
        "  Draws: 1 chain with iter = 20; warmup = 10; thin = 2;",
        "         total post-warmup draws = 5",
        "",
    ]


# The whole summaries of these are kept as text.
@each(CASES[:3])
def test_whole_text(name: str) -> None:
    expected = (FACTS / "postprocess" / f"{name}.txt").read_text(encoding="utf-8")
    assert str(summary(draws_of(name))) + "\n" == expected
    assert repr(summary(draws_of(name))) == str(summary(draws_of(name)))


def test_digits_leave_rhat_and_ess_alone() -> None:
    lines = str(summary(draws_of("sleepstudy_slopes"), digits=4)).splitlines()
    row = next(line for line in lines if line.startswith("sigma"))
    assert row.split() == ["sigma", "25.8985", "1.5001", "23.3182", "28.9083", "1.00", "257", "241"]


def test_priors_are_listed_on_request() -> None:
    lines = str(summary(draws_of("sleepstudy_slopes"), priors=True)).splitlines()
    first = lines.index("Priors:")
    assert lines[first : first + 7] == [
        "Priors:",
        "b ~ (flat)",
        "Intercept ~ student_t(3, 288.7, 59.3)",
        "L ~ lkj_corr_cholesky(1)",
        "<lower=0> sd ~ student_t(3, 0, 59.3)",
        "<lower=0> sigma ~ student_t(3, 0, 59.3)",
        "",
    ]


def test_divergences_are_told_at_the_end() -> None:
    draws = draws_of("sleepstudy_slopes")
    diverging = xr.zeros_like(draws.posterior["sigma"], dtype=bool)
    diverging[1, 3:5] = True
    idata = draws.idata.copy()
    idata["sample_stats"] = xr.DataTree(xr.Dataset({"diverging": diverging}))
    told = summary(Draws(draws.spec, idata, draws.keys, draws.settings, draws.seconds))
    assert told.divergences == 2
    assert str(told).splitlines()[-2:] == [
        "Warning: 2 divergent transitions after warmup; the numbers above may be off.",
        "A larger adapt_delta or tighter priors on the sd parameters can help.",
    ]
    assert "2 divergent transitions" in told._repr_html_()


def test_small_negative_numbers_keep_their_sign_and_no_number_is_na() -> None:
    # brms prints -0.00 too (kidney_weibull in the reference posteriors).
    made = summary_of("rats_multilevel")
    made.fixed.loc["Intercept"] = [-0.0024, 0.0, -0.0049, 0.004, np.nan, np.nan, np.nan]
    row = next(line for line in str(made).splitlines() if line.startswith("Intercept"))
    assert row == "Intercept    -0.00      0.00    -0.00     0.00   NA       NA       NA"


def words_with_digits(text: str) -> set[str]:
    return {word for word in re.split(r"[\s;:()~=]+", text) if re.search(r"\d", word)}


@each(CASES)
def test_html_has_every_number_of_the_text(name: str) -> None:
    made = summary(draws_of(name), priors=True)
    text = html.unescape(re.sub(r"<[^>]*>", " ", made._repr_html_()))
    assert words_with_digits(str(made)) <= words_with_digits(text)
    # Colours of the page, whichever they are: no colour is written down.
    colours = re.findall(r"(?:color|background):([^;\"]*)", made._repr_html_())
    assert set(colours) == {"inherit", "transparent"}
    shown = var_corr(draws_of(name))
    table = html.unescape(re.sub(r"<[^>]*>", " ", shown._repr_html_()))
    assert words_with_digits(str(shown)) <= words_with_digits(table)


def test_var_corr_prints_as_in_lme4() -> None:
    assert str(var_corr(draws_of("sleepstudy_slopes"))).splitlines() == [
        " Groups   Name      Std.Dev. Corr",
        " Subject  Intercept 27.10",
        "          Days       6.46     0.11",
        " Residual           25.90",
    ]
    assert str(var_corr(draws_of("rats_multilevel"))).splitlines() == [
        " Groups Name      Std.Dev.",
        " batch  Intercept 0.69",
    ]
    assert isinstance(var_corr(draws_of("rats_multilevel")), VarCorr)


# -- models beyond the three -----------------------------------------------------------------

NAMED = (
    "alcohol_intercepts",  # levels with blanks and brackets
    "blp_crossed",
    "classroom_nested",
    "classroom_slopes",
    "sleepstudy_linear",
    "sleepstudy_slopes_only",
    "sleepstudy_uncorrelated",
    "sleepstudy2_bernoulli",
)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.filterwarnings(
    "ignore:11 of 662 rows:bambi_lite.errors.DataWarning"
)  # blp, as in brms
def test_rows_levels_and_coefficients_are_those_of_brms(name: str) -> None:
    fact = facts("posteriors", name)
    spec = resolve(fact["formula"]["formula"], load_data(fact["data"]), fact["family"]["name"])
    columns = [c for c in fact["summary"] if not c.startswith("r_")]
    for group, table in (fact["ranef"] or {}).items():
        levels = [level.replace(" ", ".") for level in table["levels"]]
        columns += [f"r_{group}[{level},{c}]" for c in table["coefs"] for level in levels]
    rng = np.random.default_rng(3)
    draws = from_frame(spec, pd.DataFrame(rng.normal(size=(4, len(columns))), columns=columns))
    assert list(fixef(draws).index) == fact["fixef"]["rows"]
    if fact["ranef"]:
        for tables, key in ((ranef(draws), "ranef"), (coef(draws), "coef")):
            assert {g: list(t[g].values) for g, t in tables.items()} == {
                g: t["levels"] for g, t in fact[key].items()
            }
            assert {g: list(t["coef"].values) for g, t in tables.items()} == {
                g: t["coefs"] for g, t in fact[key].items()
            }
    parts = {g: list(part) for g, part in var_corr(draws).items()}
    assert parts == {g: list(part) for g, part in fact["VarCorr"].items()}


def test_uncorrelated_terms_of_a_group_are_one_table() -> None:
    columns = dict.fromkeys(("b_Intercept", "b_x", "sd_g__Intercept", "sd_g__x", "sigma"))
    formula = "y ~ x + (x || g)"
    draws = made_up(formula, small_data(), columns | effects("r_g", "Intercept", "x"))
    assert list(summary(draws).random["g"].index) == ["sd(Intercept)", "sd(x)"]
    assert list(ranef(draws)["g"]["coef"].values) == ["Intercept", "x"]
    assert list(ranef(draws)["g"]["g"].values) == ["New Zealand", "Peru", "Sri Lanka"]
    assert list(var_corr(draws)["g"]) == ["sd"]


def test_effects_without_a_counterpart() -> None:
    columns = dict.fromkeys(("b_Intercept", "sd_g__x", "sigma"))
    draws = made_up("y ~ 1 + (0 + x | g)", small_data(), columns | effects("r_g", "x"))
    total = coef(draws, summary=False)["g"]
    assert list(total["coef"].values) == ["x", "Intercept"]
    close(total.sel(coef="x"), ranef(draws, summary=False)["g"].sel(coef="x"))
    population = fixef(draws, summary=False).sel(coef="Intercept")
    close(total.sel(coef="Intercept", g="Peru"), population)


def test_predicted_sigma() -> None:
    from bambi_lite.formula import bf

    columns = ("b_Intercept", "b_sigma_Intercept", "b_x", "b_sigma_x")
    draws = made_up(bf("y ~ x", "sigma ~ x"), small_data(), dict.fromkeys(columns))
    made = summary(draws)
    assert list(made.fixed.index) == ["Intercept", "sigma_Intercept", "x", "sigma_x"]
    assert made.links == {"mu": "identity", "sigma": "log"}
    assert made.spec_pars.empty
    assert len(var_corr(draws)) == 0
    # The intercepts of centred columns follow from the others.
    x = resolve("y ~ x", small_data()).design.predictors[0].X[:, 1]
    moved = draws.posterior["b_sigma_Intercept"] + x.mean() * draws.posterior["b_sigma_x"]
    close(draws.posterior["Intercept_sigma"], moved)


def test_fixed_sigma_has_its_value_and_no_diagnostics() -> None:
    from bambi_lite.formula import bf

    columns = dict.fromkeys(("b_Intercept", "b_x"))
    draws = made_up(bf("y ~ x", sigma=2), small_data(), columns | {"sigma": 2.0})
    made = summary(draws)
    assert "sigma     2.00      0.00     2.00     2.00   NA       NA       NA" in str(made)
    assert list(var_corr(draws)["residual__"]["sd"].iloc[0]) == [2.0, 0.0, 2.0, 2.0]
    # It is a constant draw, as in brms, and nothing to diagnose; giving it is not necessary.
    assert (draws.posterior["sigma"] == 2.0).all()
    assert "sigma" not in draws.watched()
    without = made_up(bf("y ~ x", sigma=2), small_data(), columns)
    assert (without.posterior["sigma"] == 2.0).all()
    assert not any("sigma" in found for found in diagnose(without))


def test_one_chain_has_no_rhat_and_three_draws_have_no_ess() -> None:
    table = table_of_draws("sleepstudy_intercepts")
    spec = spec_of("sleepstudy_intercepts")
    one = summary(from_frame(spec, table[table.chain == 1])).fixed
    assert one["Rhat"].isna().all()
    assert (one["Bulk_ESS"] > 1).all()
    three = summary(from_frame(spec, table[table.iteration <= 3])).fixed
    assert three[["Rhat", "Bulk_ESS", "Tail_ESS"]].isna().all(axis=None)
    single = summary(from_frame(spec, table.head(1))).fixed
    assert single["Est.Error"].isna().all()


# -- intraclass correlation ------------------------------------------------------------------


def test_icc_on_the_response_scale() -> None:
    table = table_of_draws("sleepstudy_intercepts")
    shares = icc(draws_of("sleepstudy_intercepts"), summary=False)
    sd2, sigma2 = table["sd_Subject__Intercept"] ** 2, table["sigma"] ** 2
    assert shares.attrs == {"scale": "response"}
    close(shares.sel(group="Subject").values.ravel(), sd2 / (sd2 + sigma2))
    made = icc(draws_of("sleepstudy_intercepts"), "Subject")
    close(made.loc["Subject", "Estimate"], (sd2 / (sd2 + sigma2)).mean())
    assert list(made.columns) == ["Estimate", "Est.Error", "Q2.5", "Q97.5"]


def test_icc_on_the_latent_scale() -> None:
    sd2 = table_of_draws("rats_multilevel")["sd_batch__Intercept"] ** 2
    shares = icc(draws_of("rats_multilevel"), summary=False)
    assert shares.attrs == {"scale": "latent (logit)"}
    close(shares.values.ravel(), sd2 / (sd2 + np.pi**2 / 3))


def test_icc_of_several_groups_adds_up() -> None:
    data = small_data().assign(h=list("abcd") * 3)
    columns = dict.fromkeys(("b_Intercept", "sd_g__Intercept", "sd_h__Intercept", "sigma"))
    columns |= effects("r_g", "Intercept") | {f"r_h[{c},Intercept]": None for c in "abcd"}
    draws = made_up("y ~ 1 + (1 | g) + (1 | h)", data, columns)
    shares = icc(draws, summary=False)
    p = draws.posterior
    total = p["sd_g__Intercept"] ** 2 + p["sd_h__Intercept"] ** 2 + p["sigma"] ** 2
    close(shares.sel(group="h"), p["sd_h__Intercept"] ** 2 / total)
    close(icc(draws, "h", summary=False).squeeze("group"), shares.sel(group="h"))


# -- wrong arguments -------------------------------------------------------------------------

WRONG = {
    "prob of 1": (
        lambda d: summary(d, prob=1),
        "prob = 1 is no probability between 0 and 1: it is the mass of the equal-tailed interval, "
        "by default 0.95.",
    ),
    "prob of text": (
        lambda d: summary(d, prob="95%"),
        "prob = '95%' is no probability between 0 and 1: it is the mass of the equal-tailed "
        "interval, by default 0.95.",
    ),
    "prob is not a number": (
        lambda d: summary(d, prob=float("nan")),
        "prob = nan is no probability between 0 and 1: it is the mass of the equal-tailed "
        "interval, by default 0.95.",
    ),
    "digits below 0": (
        lambda d: summary(d, digits=-1),
        "digits has to be a whole number of at least 0, not -1.",
    ),
    "probs beyond 1": (
        lambda d: fixef(d, probs=(0.025, 97.5)),
        "probs has to be numbers in [0, 1] such as (0.025, 0.975); it has 97.5.",
    ),
    "probs of text": (
        lambda d: var_corr(d, probs="0.5"),
        "probs has to be numbers in [0, 1] such as (0.025, 0.975), not '0.5'.",
    ),
    "unknown group": (
        lambda d: ranef(d, "subject"),
        "Unknown grouping factor 'subject'. Grouping factors of this model: Subject. "
        "Did you mean 'Subject'?",
    ),
    "unknown group among others": (
        lambda d: coef(d, ["Subject", "item"]),
        "Unknown grouping factor 'item'. Grouping factors of this model: Subject.",
    ),
    "icc of a model with slopes": (
        icc,
        "The intraclass correlation is one number only where intercepts alone vary; here Days by "
        "Subject varies too, so that the variance depends on the covariates. VarCorr() has the "
        "standard deviations of this model; a model with (1 | Subject) has an intraclass "
        "correlation.",
    ),
}


@each(WRONG)
def test_wrong_arguments(case: str) -> None:
    call, message = WRONG[case]
    with pytest.raises(DataError) as caught:
        call(draws_of("sleepstudy_slopes"))
    assert str(caught.value) == message


def test_a_model_without_groups_says_so() -> None:
    columns = dict.fromkeys(("b_Intercept", "b_x", "sigma"))
    draws = made_up("y ~ x", small_data(), columns)
    for function in (ranef, coef, icc):
        with pytest.raises(DataError) as caught:
            function(draws)
        assert str(caught.value) == (
            "The model 'y ~ x' has no group-level effects; fixef() has its population-level ones."
        )
    assert list(var_corr(draws)) == ["residual__"]
    assert not summary(draws).random


def test_icc_needs_a_residual_variance() -> None:
    from bambi_lite.formula import bf

    columns = ("b_Intercept", "b_sigma_Intercept", "b_sigma_x", "sd_g__Intercept")
    frame = dict.fromkeys(columns) | effects("r_g", "Intercept")
    draws = made_up(bf("y ~ 1 + (1 | g)", "sigma ~ x"), small_data(), frame)
    with pytest.raises(DataError) as caught:
        icc(draws)
    assert str(caught.value) == (
        "'sigma' has a formula, so that the residual variance differs between rows: there is no "
        "one intraclass correlation."
    )


# -- draws from a table ----------------------------------------------------------------------


def test_draws_from_a_table_are_the_table() -> None:
    table = table_of_draws("sleepstudy_slopes")
    draws = draws_of("sleepstudy_slopes")
    assert dict(draws.posterior.sizes)["chain"] == 4
    assert list(draws.posterior["Subject"].values[:2]) == ["308", "309"]
    names = ["b_Intercept", "b_Days", "sd_Subject__Intercept", "sd_Subject__Days"]
    assert list(draws.keys)[:4] == names
    for name in (*names, "sigma"):
        close(draws.posterior[name].values.ravel(), table[name])
    shift = load_data("sleepstudy")["Days"].mean() * table["b_Days"]
    close(draws.posterior["Intercept"].values.ravel(), table["b_Intercept"] + shift)
    assert draws.settings.draws == 50
    # Of the sampler's statistics only what brms writes beside the parameters is there.
    assert set(draws.idata["sample_stats"].data_vars) == {"lp"}


def test_the_order_of_rows_is_in_their_numbers() -> None:
    table = table_of_draws("sleepstudy_slopes")
    mixed = from_frame(spec_of("sleepstudy_slopes"), table.sample(frac=1.0, random_state=1))
    xr.testing.assert_equal(mixed.posterior, draws_of("sleepstudy_slopes").posterior)
    bare = table.drop(columns=["chain", "iteration", "lp__"], errors="ignore")
    one = from_frame(spec_of("sleepstudy_slopes"), bare)
    assert (one.posterior.sizes["chain"], one.posterior.sizes["draw"]) == (1, 200)


def test_a_given_centred_intercept_is_kept() -> None:
    table = table_of_draws("sleepstudy_slopes").assign(Intercept=1.5)
    draws = from_frame(spec_of("sleepstudy_slopes"), table)
    assert (draws.posterior["Intercept"] == 1.5).all()


HEAD = "The columns of the draws are not those of the model 'Reaction ~ Days + (Days | Subject)'.\n"
WRONG_TABLES = {
    "no table": (lambda t: [1.0], "Draws have to be a pandas DataFrame, a row a draw, not list."),
    "no rows": (
        lambda t: t.head(0),
        "Draws have to be a pandas DataFrame, a row a draw, not one without rows.",
    ),
    "a column twice": (
        lambda t: pd.concat([t, t[["sigma"]]], axis=1),
        "Columns of draws that come twice: sigma.",
    ),
    "a column missing": (
        lambda t: t.drop(columns=["sigma", "r_Subject[310,Days]"]),
        HEAD + "Missing: r_Subject[310,Days], sigma.",
    ),
    "a column misspelt": (
        lambda t: t.rename(columns={"b_Days": "b_days"}),
        HEAD + "Missing: b_Days.\n'b_days' is no parameter of the model. Did you mean 'b_Days'?",
    ),
    "columns of another model": (
        lambda t: t.assign(**{f"zz{i}": 0.0 for i in range(8)}),
        HEAD
        + "".join(f"'zz{i}' is no parameter of the model.\n" for i in range(6))
        + "2 more columns are no parameters of the model.",
    ),
    "text and gaps": (
        lambda t: t.assign(sigma="x", b_Days=np.where(t.index == 3, np.nan, 1.0)),
        "Columns of draws with missing or infinite values, or with text: b_Days, sigma.",
    ),
    "a gap": (
        lambda t: t.assign(b_Days=np.where(t.index == 3, np.nan, 1.0)),
        "Columns of draws with missing or infinite values, or with text: b_Days.",
    ),
    "chains of different lengths": (
        lambda t: t.drop(index=[0, 1]),
        "Chains have to have equally many draws (chain 1: 48, chain 2: 50, chain 3: 50, "
        "chain 4: 50).",
    ),
    "chains not told apart": (
        lambda t: t.drop(columns="chain"),
        "150 draw(s) have the chain and the number of another one; draws of several chains need a "
        "column 'chain'.",
    ),
}


@each(WRONG_TABLES)
def test_wrong_tables_of_draws(case: str) -> None:
    change, message = WRONG_TABLES[case]
    with pytest.raises(DataError) as caught:
        from_frame(spec_of("sleepstudy_slopes"), change(table_of_draws("sleepstudy_slopes")))
    assert str(caught.value) == message

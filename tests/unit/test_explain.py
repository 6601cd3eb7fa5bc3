"""Explanations: every token has its part, the mathematics is LaTeX, the text is a lecture's."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.errors import FormulaError
from bambi_lite.explanation import Explanation
from bambi_lite.explanation.columns import columns_by_term
from bambi_lite.explanation.marks import Marks
from bambi_lite.explanation.maths import escape, parameter, upright
from bambi_lite.formula.tokens import tokenize
from explained import MODELS, explained
from reference import cases, design_of, formula_of
from tables import each

FORMULAS = Path(__file__).parents[1] / "facts" / "formulas"


def read(name: str) -> Any:
    return json.loads((FORMULAS / name).read_text(encoding="utf-8"))


# As users of brms write them.
WRITTEN = tuple((FORMULAS / "written.txt").read_text(encoding="utf-8").splitlines())


def parsable() -> dict[str, Any]:
    """Every formula of the facts that means something."""
    found = {case["r_formula"]: formula_of(name) for name, case in cases().items()}
    found |= {text: bl.bf(text) for text in WRITTEN}
    for text in (c["formula"] for c in read("corpus.json")["cases"]):
        try:
            found[text] = bl.bf(text)
        except FormulaError:
            continue
    return found


PARSABLE = parsable()


@cache
def explanations() -> dict[str, Explanation]:
    """What each of them says of itself."""
    return {text: formula.explain() for text, formula in PARSABLE.items()}


def unaccounted(explanation: Explanation) -> list[str]:
    """The tokens that nothing accounts for, and those that are missing altogether."""
    made = {(t.source, t.pos, t.end) for t in explanation.roles if t.piece and t.role}
    return [
        t.text
        for source, text in enumerate(explanation.sources)
        for t in tokenize(text)
        if t.kind != "end" and (source, t.pos, t.end) not in made
    ]


def test_every_token_of_the_corpus_is_accounted_for() -> None:
    assert len(WRITTEN) >= 150
    assert len(PARSABLE) >= 550
    assert {text: left for text, e in explanations().items() if (left := unaccounted(e))} == {}


def test_an_unaccounted_token_is_seen() -> None:
    marks = Marks("y ~ x + z", 0)
    piece = marks.piece("population-level term", "x", "x")
    marks.mark(4, 5, piece, "term")
    explanation = Explanation((marks.text,), (piece,), tuple(marks.roles), ())
    assert unaccounted(explanation) == ["y", "~", "+", "z"]


def test_all_effects_of_a_formula_are_in_some_part() -> None:
    """Each term that the model has is named in the meaning of a part."""
    for text, formula in PARSABLE.items():
        meanings = " ; ".join(p.meaning for p in explanations()[text].pieces)
        for form in getattr(formula, "forms", (formula,)):
            for predictor in form.predictors:
                labels = [t.label for t in predictor.terms if t.label != "."]
                labels += [s.label for s in predictor.specials]
                labels += [g.group for g in predictor.groups if not g.gtype and ":" not in g.group]
                assert [name for name in labels if name not in meanings] == [], text


# What the parts of some formulas are called, in order; signs are left out.
PARTS = {
    "y ~ x * z - x": [
        ("response", "y", "what is explained"),
        ("population-level term", "x * z", "x (taken away again); z; z:x"),
        ("taken away", "x", "x"),
        ("intercept", "", "mu has one by default"),
    ],
    "y ~ 0 + x + (x || g1/g2)": [
        ("response", "y", "what is explained"),
        ("intercept", "0", "there is none"),
        ("population-level term", "x", "x"),
        (
            "group-level term", "(x || g1/g2): g1",
            "Intercept, x vary over g1, uncorrelated",
        ),
        (
            "group-level term", "(x || g1/g2): g1:g2",
            "Intercept, x vary over the combinations of g1 and g2, uncorrelated",
        ),
    ],
    "y | trials(n) + weights(w) ~ mo(o):x + s(z) + offset(log(n)) - 1": [
        ("response", "y", "what is explained"),
        ("addition term", "trials(n)", "number of trials of each row"),
        (
            "addition term", "weights(w)",
            "weights: the log-likelihood of a row is multiplied by its weight",
        ),
        (
            "special term", "mo(o):x",
            "mo(o):x (monotonic effect of an ordered predictor, times x)",
        ),
        ("special term", "s(z)", "s(z) (smooth function)"),
        ("offset", "offset(log(n))", "known, added with the coefficient 1"),
        ("intercept", "-1", "there is none"),
    ],
    "bf(y ~ a * exp(b * x), a + b ~ 1, sigma = 2, nl = TRUE) + set_rescor(FALSE)": [
        ("response", "y", "what is explained"),
        ("non-linear formula", "a * exp(b * x)", "the value of mu, as it is written"),
        ("parameter", "a", "has a formula of its own"),
        ("parameter", "b", "has a formula of its own"),
        ("intercept", "1", "there is one"),
        ("fixed value", "sigma = 2", "sigma is known and not estimated"),
        ("option", "nl = TRUE", "whether the formula is non-linear"),
        ("call", "set_rescor(FALSE)", "whether the residuals of the responses are correlated"),
    ],
    "y ~ (x + 1 | p | gr(g, by = b)) + (1 | mm(s1, s2))": [
        ("response", "y", "what is explained"),
        (
            "group-level term", "(x + 1 | p | gr(g, by = b))",
            "Intercept, x vary over g, correlated, correlated with the other terms of ID 'p', "
            "covariances separate for each level of b",
        ),
        (
            "group-level term", "(1 | mm(s1, s2))",
            "Intercept varies over the weighted members s1, s2 of each row",
        ),
        ("intercept", "", "mu has one by default"),
    ],
}  # fmt: skip


@each(PARTS)
def test_parts(text: str) -> None:
    found = [(p.kind, p.text, p.meaning) for p in bl.explain(text).pieces if p.shown]
    assert found == PARTS[text]


def test_arguments_of_bf() -> None:
    explanation = bl.explain("y ~ x", "sigma ~ z", nu=4)
    assert explanation.sources == ("y ~ x", "sigma ~ z")
    kinds = [(p.kind, p.text) for p in explanation.pieces if p.shown]
    assert kinds[-1] == ("fixed value", "nu = 4")
    assert explanation.tokens["token"].tolist() == ["y", "~", "x", "sigma", "~", "z"]


# -- with data -------------------------------------------------------------------------------


def test_columns_of_each_term() -> None:
    """The columns of the terms are all columns, in order, once each."""
    kinds = ("pop_", "grp_", "dist_", "nl_", "mv_")
    for name in cases():
        if not name.startswith(kinds):
            continue
        design = design_of(name)
        for one in getattr(design, "designs", (design,)):
            for predictor in one.recipe.formula.predictors:
                columns = one[predictor.name].columns
                made = columns_by_term(predictor, columns, one.recipe.levels)
                assert list(made) == [t.label for t in predictor.terms]
                first = int(predictor.intercept)
                assert tuple(c for block in made.values() for c in block) == columns[first:]


def test_columns_of_interactions() -> None:
    frame = pd.DataFrame({"y": np.arange(6.0), "x": np.arange(6.0) ** 2, "f": list("abcabc")})
    model = bl.Model("y ~ poly(x, 2) * f", frame)
    meaning = next(p.meaning for p in model.explain().pieces if p.text == "poly(x, 2) * f")
    assert meaning == (
        "coefficients polyx21, polyx22; coefficients fb, fc; "
        "coefficients polyx21:fb, polyx22:fb, polyx21:fc, polyx22:fc"
    )
    dots = bl.Model("y ~ .", frame).explain()
    assert [p.meaning for p in dots.pieces if p.text == "."] == ["all other columns: x, f"]


SLEEPSTUDY = """\
Formula
  Reaction ~ Days + (Days | Subject)

    Reaction          response: what is explained
    Days              population-level term: coefficient Days
    (Days | Subject)  group-level term: Intercept, Days vary over Subject (18 levels), correlated
    (not written)     intercept: mu has one by default

Model
  Reaction_i ~ Normal(mu_i, sigma)                             for i = 1, ..., 180
  mu_i = alpha + beta_1 Days_i + r_1[j[i]] + r_2[j[i]] Days_i  for i = 1, ..., 180; j[i]: Subject of observation i
  alpha = alpha_c - beta_1 mean(Days)                          the intercept is sampled, and has its prior, where all columns are at their means

Group-level effects
  (r_1[j], r_2[j]) ~ MultiNormal(0, Sigma)         for j = 1, ..., 18; levels of Subject
  Sigma = diag(tau_1, tau_2) R diag(tau_1, tau_2)  R holds the correlations

Priors
  alpha_c ~ StudentT(3, 288.7, 59.3)   default
  beta_1 ~ flat                        default; improper: no value is preferred
  sigma ~ StudentT(3, 0, 59.3)         for sigma >= 0; default; truncated there
  tau_1, tau_2 ~ StudentT(3, 0, 59.3)  for tau_1, tau_2 >= 0; default; truncated there
  R ~ LKJ(1)                           correlations of Subject, default

Symbols
  alpha    b_Intercept                   intercept of mu
  alpha_c  Intercept                     intercept of mu with all columns at their means
  beta_1   b_Days                        coefficient of Days
  sigma    sigma                         parameter sigma of the response distribution
  tau_1    sd_Subject__Intercept         standard deviation of Intercept over Subject
  tau_2    sd_Subject__Days              standard deviation of Days over Subject
  R        cor_Subject__Intercept__Days  correlations of the effects of Subject
  r_1      r_Subject[j,Intercept]        deviation of group j in Intercept
  r_2      r_Subject[j,Days]             deviation of group j in Days"""  # noqa: E501


def test_whole_text() -> None:
    assert str(explained("slopes")) == SLEEPSTUDY


# The equations of the other models, priors left out.
EQUATIONS = {
    "nested": [
        "mathscore_i ~ Normal(mu_i, sigma)",
        "mu_i = alpha + beta_1 ses_i + r_1[j[i]] + r_2[k[i]]",
        "alpha = alpha_c - beta_1 mean(ses)",
        "r_1[j] ~ Normal(0, tau_1)",
        "r_2[k] ~ Normal(0, tau_2)",
    ],
    "binomial": [
        "m_i ~ Binomial(trials_i, mu_i)",
        "logit(mu_i) = alpha + r_1[j[i]]",
        "r_1[j] ~ Normal(0, tau_1)",
    ],
    "sigma": [
        "Reaction_i ~ Normal(mu_i, sigma_i)",
        "mu_i = alpha + beta_1 Days_i + r_1[j[i]]",
        "alpha = alpha_c - beta_1 mean(Days)",
        "log(sigma_i) = alpha_sigma + beta_sigma,1 Days_i",
        "alpha_sigma = alpha_sigma,c - beta_sigma,1 mean(Days)",
        "r_1[j] ~ Normal(0, tau_1)",
    ],
    "uncorrelated": [
        "Reaction_i ~ Normal(mu_i, sigma)",
        "mu_i = alpha + beta_1 Days_i + r_1[j[i]] + r_2[j[i]] Days_i",
        "alpha = alpha_c - beta_1 mean(Days)",
        "r_1[j] ~ Normal(0, tau_1)",
        "r_2[j] ~ Normal(0, tau_2)",
    ],
    "factors": [
        "count_i ~ Normal(mu_i, sigma)",
        "mu_i = alpha + beta_1 zAge_i + beta_2 zBase_i + beta_3 Trt1_i + beta_4 zBase_i Trt1_i "
        "+ r_1[j[i]]",
        "alpha = alpha_c - (beta_1 mean(zAge) + beta_2 mean(zBase) + beta_3 mean(Trt1) "
        "+ beta_4 mean(zBase:Trt1))",
        "r_1[j] ~ Normal(0, tau_1)",
    ],
    "fixed": [
        "Reaction_i ~ Normal(mu_i, sigma)",
        "mu_i = beta_1 Intercept_i + beta_2 Days_i",
        "sigma = 40",
    ],
    "shared": [
        "Reaction_i ~ Normal(mu_i, sigma_i)",
        "mu_i = alpha + beta_1 Days_i + r_1[j[i]] + r_2[j[i]] Days_i",
        "alpha = alpha_c - beta_1 mean(Days)",
        "log(sigma_i) = alpha_sigma + r_3[j[i]]",
        "(r_1[j], r_2[j], r_3[j]) ~ MultiNormal(0, Sigma)",
        "Sigma = diag(tau_1, tau_2, tau_3) R diag(tau_1, tau_2, tau_3)",
    ],
    "thresholds": [
        "rating_i ~ Cumulative(mu_i, disc, theta)",
        "mu_i = beta_1 treat_i + r_1[j[i]]",
        "disc = 1",
        "theta_k < theta_k+1",
        "theta_k = theta_k,c + beta_1 mean(treat)",
        "r_1[j] ~ Normal(0, tau_1)",
    ],
    "equidistant": [
        "yord_i ~ Acat(mu_i, disc, theta)",
        "mu_i = beta_1 x_i",
        "disc = 1",
        "theta_k,c = theta_1,c + (k - 1) delta",
        "theta_k = theta_k,c + beta_1 mean(x)",
    ],
    "sum to zero": [
        "yord_i ~ Sratio(mu_i, disc, theta)",
        "mu_i = beta_1 x_i",
        "disc = 1",
        "theta_k = theta_k,c - mean(theta_k,c)",
    ],
    "groups of thresholds": [
        "yord_i ~ Cratio(mu_i, disc, theta)",
        "mu_i = beta_1 x_i",
        "disc = 1",
    ],
    "categories": [
        "ycat_i ~ Categorical(muA_i, muC_i)",
        "muA_i = alpha_muA + beta_muA,1 x_i",
        "alpha_muA = alpha_muA,c - beta_muA,1 mean(x)",
        "muC_i = alpha_muC + beta_muC,1 x_i",
        "alpha_muC = alpha_muC,c - beta_muC,1 mean(x)",
    ],
    "log-ratios": [
        "cbind(p1, p2, p3)_i ~ LogisticNormal(mup2_i, mup3_i, sigmap2, sigmap3, R)",
        "mup2_i = alpha_mup2",
        "mup3_i = alpha_mup3",
    ],
}

# What the families say of mu.
LAWS = {
    "thresholds": "probit(P(y <= k)) = disc (theta_k - mu)",
    "equidistant": "logit(P(y = k + 1 | y = k or k + 1)) = disc (mu - theta_k)",
    "groups of thresholds": "logit(P(y > k | y >= k)) = disc (mu - theta_k); with thres as the "
    "addition terms say",
    "categories": "P(y = k) is proportional to exp(mu_k), where mu of B is 0",
    "log-ratios": "log(share of k / share of p1) has mean mu_k and standard deviation sigma_k",
}


@each(EQUATIONS)
def test_equations(name: str) -> None:
    sections = dict(explained(name).sections)
    made = [e.text for title in ("Model", "Group-level effects") for e in sections.get(title, ())]
    assert made == EQUATIONS[name]


@each(LAWS)
def test_laws_of_families(name: str) -> None:
    assert dict(explained(name).sections)["Model"][0].remark == LAWS[name]


def test_thresholds_stand_in_place_of_the_intercept() -> None:
    pieces = {name: [(p.kind, p.meaning) for p in explained(name).pieces if not p.text]
              for name in ("thresholds", "categories")}  # fmt: skip
    assert pieces == {
        "thresholds": [("thresholds", "stand in place of the intercept of mu")],
        "categories": [("intercept", "muA, muC have one each by default")],
    }


@each(MODELS)
def test_symbols_are_the_draws(name: str) -> None:
    """Every draw but the effects of single groups and the pairs of correlations has a symbol."""
    formula, data, family = MODELS[name]
    model = bl.Model(formula, bl.load_data(data), family)
    named = {n for s in model.explain().symbols for n in s.name.split(", ")}
    fixed = {d.name for d in model.spec.dpars if not any(t.params for t in d.terms)}
    draws = {v for v in model.variables() if "[" not in v and not v.startswith("cor_")} - fixed
    assert draws <= named
    assert {n.partition("[")[0] for n in named if "[" in n} == {
        v.partition("[")[0] for v in model.variables() if "[" in v
    }


def test_priors_of_the_user_are_told_from_defaults() -> None:
    prior = bl.prior("normal(0, 10)", coef="Days") + bl.prior("exponential(1)", "sigma", ub=9)
    model = bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"), prior=prior)
    lines = {e.text: (e.where.text if e.where else "", e.remark)
             for e in dict(model.explain().sections)["Priors"]}  # fmt: skip
    assert lines == {
        "alpha_c ~ StudentT(3, 288.7, 59.3)": ("", "default"),
        "beta_1 ~ Normal(0, 10)": ("", "given by the user"),
        "sigma ~ Exponential(1)": ("0 <= sigma <= 9", "given by the user; truncated there"),
    }


# -- LaTeX and notebooks ---------------------------------------------------------------------


@each(MODELS)
def test_the_environment_is_balanced(name: str) -> None:
    explanation = explained(name)
    latex = explanation.latex
    assert latex.startswith("\\begin{aligned}\n")
    assert latex.endswith("\n\\end{aligned}")
    rows = latex.splitlines()[1:-1]
    assert len(rows) == len(explanation.equations)
    for row in rows:
        assert row.count("{") == row.count("}")
        assert row.count(r"\left") == row.count(r"\right")
        assert row.count("&") in (1, 3)


def test_names_are_escaped() -> None:
    assert upright("a_b%").latex == r"\mathrm{a\_b\%}"
    assert escape("x{") == r"x\{"
    assert parameter("sigma").latex == r"\sigma"
    assert parameter("b1").latex == r"\mathrm{b1}"
    assert parameter("mu2").latex == r"\mu_{2}"


def test_notebooks() -> None:
    explanation = bl.explain("y ~ `<b>` + (1 | g)")
    html = explanation._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert r"\begin{aligned}" in html
    assert explanation._repr_latex_() == f"$$\n{explanation.latex}\n$$"
    markdown = explained("slopes")._repr_markdown_()
    assert r"| `(Days \| Subject)` | group-level term" in markdown
    assert "| $\\tau_{1}$ | `sd_Subject__Intercept` |" in markdown


def test_tokens_are_a_table() -> None:
    tokens = bl.explain("y ~ x + (1 | g)").tokens
    assert list(tokens.columns) == ["token", "text", "position", "part", "of", "role"]
    assert tokens.loc[tokens["token"] == "g", "role"].tolist() == ["grouping"]
    assert tokens.loc[tokens["token"] == "|", "role"].tolist() == ["bar: correlated effects"]


def test_a_wrong_formula_is_refused() -> None:
    with pytest.raises(FormulaError):
        bl.explain("y ~ x +")

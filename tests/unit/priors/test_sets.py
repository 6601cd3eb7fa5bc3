"""Prior sets: proper where the default is flat, their numbers, and how they meet many models."""

import warnings
from functools import cache

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.priors import default_rules, prior_sets, read_set
from bambi_lite.simulate import improper, proper_sets
from tables import each

SETS = prior_sets()


@cache
def model(name, prior=None):
    data, formula, family = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        return bl.Model(formula, bl.load_data(data), family, prior=prior)


# Twenty models of all kinds.
MODELS = {
    "slopes": ("sleepstudy", "Reaction ~ Days + (Days | Subject)", "gaussian"),
    "linear": ("sleepstudy", "Reaction ~ Days", "gaussian"),
    "cell means": ("alcohol", "alcohol ~ 0 + country", "gaussian"),
    "0 + Intercept": ("sleepstudy", "Reaction ~ 0 + Intercept + Days", "gaussian"),
    "sigma": ("sleepstudy", bl.bf("Reaction ~ Days", "sigma ~ Days + (1 | Subject)"), "gaussian"),
    "student": ("sleepstudy", "Reaction ~ Days + (1 | Subject)", "student"),
    "skew normal": ("sleepstudy", "Reaction ~ Days", "skew_normal"),
    "log link": ("sleepstudy", "Reaction ~ Days", bl.gaussian("log")),
    "lognormal": ("sleepstudy", "Reaction ~ Days", "lognormal"),
    "shifted": ("sleepstudy", bl.bf("Reaction ~ Days", "ndt ~ Days"), "shifted_lognormal"),
    "gamma": ("sleepstudy", "Reaction ~ Days", bl.Gamma("log")),
    "bernoulli": ("sleepstudy2", "fast_rt ~ Days + (Days | Subject)", "bernoulli"),
    "probit": ("sleepstudy2", "fast_rt ~ Days", bl.bernoulli("probit")),
    "binomial": ("rats", "m | trials(n) ~ 1 + (1 | batch)", "binomial"),
    "poisson": ("epilepsy", "count ~ zAge + zBase * Trt + (1 | patient)", "poisson"),
    "negbinomial": ("epilepsy", "count ~ zAge + zBase * Trt + (1 | patient)", "negbinomial"),
    "zero inflated": ("epilepsy", bl.bf("count ~ zBase", "zi ~ Trt"), "zero_inflated_poisson"),
    "nested": ("classroom", "mathscore ~ ses + (1 | schoolid/classid2)", "gaussian"),
    "ordinal": ("inhaler", "rating ~ treat + period + (1 | subject)", "cumulative"),
    "equidistant": ("inhaler", "rating ~ treat", bl.cumulative(threshold="equidistant")),
}
#: A set is for some models only: its message then says for which.
NOT_FOR = "'set:gelman2008' is for models with link logit; this model has link '"


def test_there_are_five_sets_for_twenty_models():
    assert len(SETS) == 5
    assert len(MODELS) == 20


@each(SETS)
def test_a_set_says_why_and_where_it_is_from(name):
    found = read_set(name)
    assert found.name == name
    for text in (found.title, found.why, found.reference):
        assert len(text) > 20
    assert bl.list_prior_sets().set_index("name").loc[name, "title"] == found.title


@each([(name, set_name) for name in MODELS for set_name in SETS], " with ".join)
def test_a_set_matches_rows_or_says_why_not(case):
    name, set_name = case
    plain = model(name)
    if set_name == "gelman2008" and plain.spec.dpars[0].link.name != "logit":
        with pytest.raises(bl.PriorError) as error:
            model(name, f"set:{set_name}")
        assert str(error.value).startswith(NOT_FOR)
        return
    found = model(name, f"set:{set_name}")
    changed = (found.prior["source"] == f"set:{set_name}").any()
    # The set that changes flat priors only has nothing to do where there are none.
    assert changed or (set_name == "proper" and improper(plain.spec) == ())
    if set_name != "gelman2008":
        assert improper(found.spec) == ()


@each(MODELS)
def test_some_set_is_proper_where_the_default_is_not(name):
    found = model(name)
    if improper(found.spec):
        assert proper_sets(found.spec)[0] == "proper"


def rows_of(found, cls, coef=""):
    table = found.prior
    return table[(table["class"] == cls) & (table["coef"] == coef)]["prior"].tolist()


def test_rstanarm_scales_by_the_sds():
    data = bl.load_data("sleepstudy")
    y, x = data["Reaction"].std(), data["Days"].std()
    found = bl.Model("Reaction ~ Days", data, prior="set:rstanarm").spec
    slope = found.priors["b"][0].dist.args
    assert slope["sigma"] == pytest.approx(2.5 * y / x, rel=5e-3)
    intercept = found.priors["Intercept"][0].dist.args
    assert intercept["mu"] == pytest.approx(data["Reaction"].mean(), abs=y / 100)
    assert intercept["sigma"] == pytest.approx(2.5 * y, rel=5e-3)
    assert found.priors["sigma"][0].dist.args["beta"] == pytest.approx(1 / y, rel=5e-3)


def test_gelman_scales_by_two_sds_or_the_range():
    found = model("bernoulli", "set:gelman2008")
    sd = bl.load_data("sleepstudy2")["Days"].std()
    (text,) = rows_of(found, "b", "Days")
    assert float(text[10:-1]) == pytest.approx(2.5 / (2 * sd), rel=5e-3)
    binary = bl.load_data("sleepstudy2").assign(late=lambda d: (d["Days"] > 4).astype(float))
    two = bl.Model("fast_rt ~ late", binary, "bernoulli", prior="set:gelman2008")
    assert rows_of(two, "b", "late") == ["cauchy(0, 2.5)"]
    assert rows_of(two, "Intercept") == ["cauchy(0, 10)"]


def test_penalised_complexity_has_one_percent_beyond_the_sd():
    found = model("slopes", "set:penalised_complexity").spec
    y = bl.load_data("sleepstudy")["Reaction"].std()
    rate = found.priors["sd_Subject"][0].dist.args["beta"]
    assert np.exp(-rate * y) == pytest.approx(0.01, rel=0.03)


def test_the_default_rules_are_a_file_of_the_same_format():
    assert len(default_rules().rules) > 30
    assert default_rules().rows == ()


def test_a_users_own_rules_with_every_part(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        """
format = 1
title = "mine"

[[rule]]
class = "sd"
group = "Subject"
dist = "normal"
mu = 0
sigma = { stat = "response_scale", times = 2, at_least = 1, at_most = 100 }
tag = "groups"

[[rule]]
class = ["b", "Intercept"]
dist = "student_t"
nu = 3
mu = 0
sigma = { stat = "response_log_scale", at_least = 2.5 }

[[prior]]
class = "sigma"
prior = "exponential(0.05)"
ub = 200
why = "nobody is that erratic"
""",
        encoding="utf-8",
    )
    table = model("slopes", path).prior
    sd = table[(table["class"] == "sd") & (table["group"] == "Subject") & (table["coef"] == "")]
    assert sd[["prior", "tag", "source"]].values.tolist() == [["normal(0, 100)", "groups", "user"]]
    assert table[table["class"] == "b"]["prior"].tolist() == ["student_t(3, 0, 2.5)", ""]
    sigma = table[table["class"] == "sigma"]
    assert sigma[["prior", "lb", "ub"]].values.tolist() == [["exponential(0.05)", "0", "200"]]

"""The audit: a row a free parameter, implied intervals by hand, and a flag for every odd corner."""

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

import bambi_lite as bl
from bambi_lite.audit.flags import flags
from bambi_lite.audit.report import COLUMNS
from bambi_lite.audit.unknown import unknowns
from tables import each


def build(formula, data, family="gaussian", prior=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        return bl.Model(formula, bl.load_data(data), family, prior=prior)


def report(*args, **kwargs):
    return build(*args, **kwargs).prior_report()


def entry(found, name):
    (record,) = found.frame[found.frame["parameter"] == name].to_dict("records")
    return record


SIGMA = bl.bf("Reaction ~ Days + (Days | Subject)", "sigma ~ Days + (1 | Subject)")


def test_a_row_a_free_parameter_under_its_name():
    model = build(SIGMA, "sleepstudy", prior=bl.prior("constant(10)", coef="Days"))
    frame = model.prior_report().frame
    assert list(frame.columns) == list(COLUMNS)
    names = set(frame["parameter"])
    assert names == {
        "Intercept", "Intercept_sigma", "b_sigma_Days", "sd_Subject__Intercept",
        "sd_Subject__Days", "sd_Subject__sigma_Intercept", "cor_Subject",
    }  # fmt: skip
    # All of them are names of the fit, the correlations of one block taken together.
    assert names - {"cor_Subject"} <= set(model.variables())
    assert entry(model.prior_report(), "cor_Subject")["size"] == 1


def test_the_rule_shows_its_inputs():
    found = entry(report("Reaction ~ Days", "sleepstudy"), "sigma")
    assert found["rule"] == "student_t(3, 0, max(2.5, mad(Reaction) = 59.3))"
    assert found["prior"] == "student_t(3, 0, 59.3) in (0, inf)"
    assert (found["support"], found["source"], found["row"]) == (
        "(0, inf)", "default", "class = 'sigma'",
    )  # fmt: skip


def test_the_rule_of_a_set_shows_its_inputs():
    found = report("Reaction ~ Days", "sleepstudy", prior="set:rstanarm")
    assert entry(found, "b_Days")["rule"] == (
        "normal(0, 2.5 * sd(Reaction) / sd(Days) = 2.5 * 56.3 / 2.88)"
    )
    assert entry(found, "b_Days")["source"] == "set:rstanarm"
    assert entry(found, "b_Days")["row"] == "class = 'b', coef = 'Days'"


def test_an_offset_shows_in_the_rule():
    found = report("count ~ offset(log(Age)) + Trt", "epilepsy", "poisson")
    assert entry(found, "Intercept")["rule"].startswith(
        "student_t(3, median(log(count)) - mean(offset) = "
    )


def test_implied_intervals_by_hand():
    said = {"b": "normal(0, 0.5)", "Intercept": "normal(-1, 1)", "sd": "exponential(2)"}
    found = report("fast_rt ~ Days + (1 | Subject)", "sleepstudy2", "bernoulli", said)
    expit = stats.logistic.cdf
    q = stats.norm(0, 1).ppf([0.025, 0.975])
    sd = bl.load_data("sleepstudy2")["Days"].std()
    by_hand = {
        "Intercept": (-1 + q, expit(-1 + q)),
        "b_Days": (0.5 * q, expit(-1 + 0.5 * q * sd) - expit(-1)),
        "sd_Subject__Intercept": (
            stats.expon(scale=0.5).ppf([0.025, 0.975]),
            expit(-1 + stats.expon(scale=0.5).ppf([0.025, 0.975])) - expit(-1),
        ),
    }
    for name, (link, response) in by_hand.items():
        row = entry(found, name)
        np.testing.assert_allclose([row["link_low"], row["link_high"]], link, rtol=1e-9)
        ends = [row["response_low"], row["response_high"]]
        np.testing.assert_allclose(ends, response, rtol=1e-9)


def test_a_column_of_two_values_is_shown_between_them():
    said = {"b": "normal(0, 1)", "Intercept": "normal(0, 1)"}
    found = entry(report("count ~ Trt", "epilepsy", "poisson", said), "b_Trt1")
    q = stats.norm.ppf([0.025, 0.975])
    ends = [found["response_low"], found["response_high"]]
    np.testing.assert_allclose(ends, np.exp(q) - 1, rtol=1e-9)


def test_correlations_have_the_beta_of_lkj():
    found = entry(report(SIGMA, "sleepstudy", prior=bl.prior("lkj(2)", "cor")), "cor_Subject")
    ends = 2 * stats.beta(2, 2).ppf([0.025, 0.975]) - 1
    np.testing.assert_allclose([found["link_low"], found["link_high"]], ends, rtol=1e-9)


def test_what_a_shrinkage_prior_is_made_of():
    """A row a free parameter: what it samples beside the coefficients that it makes."""
    said = [bl.prior("horseshoe(3, scale_global = 0.1)"), bl.prior("exponential(0.1)", "sigma")]
    frame = report("Reaction ~ Days + I(Days^2)", "sleepstudy", prior=said).frame
    own = frame.set_index("parameter").iloc[-4:]
    assert own["size"].to_dict() == {"hs_global": 1, "hs_slab": 1, "hs_local": 2, "zb": 2}
    assert own["prior"].tolist() == [
        "student_t(1, 0, 0.1) in (0, inf)", "inv_gamma(2, 2)", "student_t(3, 0, 1) in (0, inf)",
        "normal(0, 1)",
    ]  # fmt: skip
    assert own["rule"].tolist() == [
        "part of horseshoe(3, scale_global = 0.1), times sigma",
        *["part of horseshoe(3, scale_global = 0.1)"] * 3,
    ]
    assert (own["source"] == "user").all()
    half = stats.t(3).ppf([0.5125, 0.9875])
    np.testing.assert_allclose(own.loc["hs_local", ["link_low", "link_high"]].astype(float), half)
    # The global scale is times sigma: a product of a half-Cauchy and an exponential variable.
    rng = np.random.default_rng(3)
    product = 0.1 * np.abs(rng.standard_cauchy(10**6)) * rng.exponential(10.0, 10**6)
    ends = np.quantile(product, [0.025, 0.975])
    np.testing.assert_allclose(
        own.loc["hs_global", ["link_low", "link_high"]].astype(float), ends, rtol=0.15
    )


def test_what_r2d2_is_made_of():
    said = [bl.prior("R2D2(0.3, 8, cons_D2 = [1, 3])")]
    frame = report("Reaction ~ Days + I(Days^2)", "sleepstudy", prior=said).frame
    own = frame.set_index("parameter").iloc[-3:]
    assert own["prior"].to_dict() == {
        "R2D2_R2": "beta(2.4, 5.6)", "R2D2_phi": "dirichlet([1, 3])", "zb": "normal(0, 1)",
    }  # fmt: skip
    found = own.loc["R2D2_R2", ["link_low", "link_high"]].astype(float)
    np.testing.assert_allclose(found, stats.beta(2.4, 5.6).ppf([0.025, 0.975]))
    assert own.loc["R2D2_phi", "support"] == "(0, 1)"


def test_nonlinear_parameters_are_flagged():
    """Such models are not built yet: what the flags say of a parameter that would be one."""
    model = build("Reaction ~ Days + (1 | Subject)", "sleepstudy")
    found = {u.name: u for u in unknowns(model.spec)}
    b = found["b_Days"]
    b = replace(b, key=replace(b.key, nlpar="theta"))
    assert flags(model.spec, b) == (
        "improper: flat without end; the data alone have to tell the non-linear parameter theta",
    )
    sd = found["sd_Subject__Intercept"]
    sd = replace(sd, key=replace(sd.key, nlpar="theta"), dpar=None)
    assert flags(model.spec, sd) == (
        "scale borrowed: mad(Reaction) is on the scale of the response, the parameter on that of "
        "the non-linear parameter theta",
    )


# -- flags: the corners of the defaults, and priors that are odd by themselves ----------------

# Formula, data, family, priors, the parameter, and the flag it must have. The first block are the
# odd corners of brms' defaults.
FLAGGED = {
    "sd of a predicted sigma": (
        SIGMA, "sleepstudy", "gaussian", None, "sd_Subject__sigma_Intercept",
        "scale borrowed: mad(Reaction) is on the scale of the response, the parameter on that of "
        "log(sigma)",
    ),
    "rate()": (
        "count | rate(Age) ~ zBase", "epilepsy", "poisson", None, "Intercept",
        "location borrowed: it is that of counts, and with rate() the intercept is of rates",
    ),
    "cens()": (
        "time | cens(censored) ~ age", "kidney", "weibull", None, "Intercept",
        "location and scale are of the response as it stands, without regard to cens()",
    ),
    "trunc()": (
        "Reaction | trunc(lb = 100) ~ Days", "sleepstudy", "gaussian", None, "sigma",
        "location and scale are of the response as it stands, without regard to trunc()",
    ),
    "0 + Intercept": (
        "Reaction ~ 0 + Intercept + Days", "sleepstudy", "gaussian", None, "b_Intercept",
        "improper: flat without end; an intercept written as 0 + Intercept is a coefficient and "
        "takes class b",
    ),
    "flat b": (
        "count ~ zBase", "epilepsy", "poisson", None, "b_zBase", "improper: flat without end",
    ),
    "sigma under a log link": (
        "Reaction ~ Days", "sleepstudy", bl.gaussian("log"), None, "sigma",
        "scale borrowed: it is of log(Reaction), and sigma is on the scale of Reaction",
    ),
    "offset()": (
        "count ~ offset(log(Age)) + Trt", "epilepsy", "poisson", None, "Intercept",
        "location shifted: mean(offset) = 3.32 is taken off after the median was rounded",
    ),
    "drift": (
        "rt | dec(dec) ~ x", "synth1", "wiener", None, "Intercept",
        "scale borrowed: median(rt) is on the scale of the response, and mu is a drift rate",
    ),
    "hazard": (
        "time ~ age", "kidney", "cox", None, "Intercept",
        "scale borrowed: median(log(time)) is on the scale of the response, and mu is a hazard "
        "ratio",
    ),
    "shrinkage over columns of different scales": (
        "count ~ Base + zAge", "epilepsy", "poisson", bl.prior("horseshoe(1)"), "hs_global",
        "columns of different scales: sd(zAge) = 1 and sd(Base) = 26.7, and the prior takes all "
        "coefficients for alike; standardise them",
    ),
    "wide for a logit": (
        "fast_rt ~ Days", "sleepstudy2", "bernoulli", bl.prior("normal(0, 10)"), "b_Days",
        "too wide for the logit link: 87 % of it puts mu below 0.01 or above 0.99 per 2.88 of Days",
    ),
    "wide for a log": (
        "count ~ 1 + (1 | patient)", "epilepsy", "poisson", bl.prior("cauchy(0, 50)", "sd"),
        "sd_patient__Intercept",
        "too wide for the log link: 94 % of it changes mu more than 100-fold in a group one sd "
        "away",
    ),
    "wide for the data": (
        "Reaction ~ Days", "sleepstudy", "gaussian", bl.prior("normal(0, 1e6)"), "b_Days",
        "too wide for the identity link: 100 % of it moves mu by more than 100 sds of Reaction per "
        "2.88 of Days",
    ),
    "bound outside the support": (
        "Reaction ~ Days", "sleepstudy", "gaussian", bl.prior("exponential(1)", lb=-5), "b_Days",
        "bound outside the support: exponential lies in (0, inf), and lb = -5",
    ),
    "upper bound outside the support": (
        "Reaction ~ Days", "sleepstudy", "gaussian", bl.prior("uniform(-1, 1)", ub=5), "b_Days",
        "bound outside the support: uniform lies in (-1, 1), and ub = 5",
    ),
    "support narrower than the parameter": (
        "Reaction ~ Days", "sleepstudy", "gaussian", bl.prior("exponential(1)"), "b_Days",
        "support narrower than the parameter: exponential lies in (0, inf); say lb = 0 if that is "
        "meant",
    ),
    "bounds that keep little": (
        "Reaction ~ Days", "sleepstudy", "gaussian", bl.prior("normal(0, 1)", lb=3), "b_Days",
        "the bounds keep 0.13 % of the distribution",
    ),
    "far from the data": (
        "Reaction ~ Days", "sleepstudy", "gaussian", "set:unit_scale", "Intercept",
        "far from the data: median(Reaction) = 288.7 lies outside 99.9 % of it, (-3.29, 3.29)",
    ),
}  # fmt: skip


@each(FLAGGED)
def test_what_is_odd_is_flagged(name):
    formula, data, family, prior, parameter, flag = FLAGGED[name]
    found = report(formula, data, family, prior)
    assert flag in entry(found, parameter)["flags"]
    assert parameter in set(found.flagged["parameter"])
    assert parameter in str(found)
    assert "&#9873;" in found.to_html() or "\u2691" in found.to_html()


QUIET = {
    "rstanarm": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian", "set:rstanarm"),
    "proper": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian", "set:proper"),
    "counts": ("count ~ zBase * Trt + (1 | patient)", "epilepsy", "poisson", "set:proper"),
    "lognormal": ("Reaction ~ Days", "sleepstudy", "lognormal", "set:proper"),
    "sigma": (SIGMA, "sleepstudy", "gaussian", "set:rstanarm"),
    "standardised": (
        "zBase ~ zAge", "epilepsy", "gaussian", "set:unit_scale",
    ),
}  # fmt: skip


@each(QUIET)
def test_what_is_not_odd_is_not_flagged(name):
    assert report(*QUIET[name]).flagged.empty


# -- as a whole ------------------------------------------------------------------------------

PRINTED = """\
parameter  prior                              support      source   95 % link      95 % response
Intercept  student_t(3, 288.7, 59.3)          (-inf, inf)  default  (100, 477)     (100, 477)
b_Days     normal(0, 10)                      (-inf, inf)  user     (-19.6, 19.6)  (-56.5, 56.5)
sigma      student_t(3, 0, 59.3) in (0, inf)  (0, inf)     default  (2.02, 248)    (2.02, 248)

Intercept: student_t(3, median(Reaction) = 288.7, max(2.5, mad(Reaction) = 59.3))
sigma: student_t(3, 0, max(2.5, mad(Reaction) = 59.3))

No flags.

link: 95 % of the prior of the parameter itself. response: what that means for the parameter
of the response; for an intercept its value, for a coefficient the change by one sd of its
column (or between its two values), for an sd the change in a group one sd above the centre."""


def test_as_text_as_html_as_a_table():
    found = report("Reaction ~ Days", "sleepstudy", prior=bl.prior("normal(0, 10)"))
    assert str(found) == PRINTED
    assert found._repr_html_().count("<tr>") == 4
    assert isinstance(found.frame, pd.DataFrame)


FACTS = Path(__file__).parents[2] / "facts"
CASES = json.loads((FACTS / "default_priors.json").read_text(encoding="utf-8"))["cases"]


@each([c for c in CASES if "nl" not in c["formula"]], lambda c: c["id"])
def test_every_reference_model_has_a_report(case):
    formula, family = case["formula"], case["family"]
    whole = bl.bf(formula["formula"], *(formula.get("parameters") or {}).values())
    data = bl.load_data(case["data"])
    chosen = bl.get_family(family["name"], {"mu": family["link"]})
    data2 = {"A": np.eye(data["g"].nunique())} if "cov = A" in formula["formula"] else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        model = bl.Model(whole, data, chosen, data2=data2)
    frame = model.prior_report().frame
    assert len(frame) == frame["parameter"].nunique()
    flat = frame["prior"] == ""
    assert frame.loc[~flat, ["link_low", "link_high"]].notna().all(axis=None)
    assert all("improper" in flags[0] for flags in frame.loc[flat, "flags"])

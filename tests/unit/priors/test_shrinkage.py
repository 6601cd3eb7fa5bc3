"""Shrinkage priors: scales, draws, lprior, names and messages, against brms, SciPy and formulas."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.engines import make_plan
from bambi_lite.errors import PriorError
from bambi_lite.logprior import log_prior
from bambi_lite.simulate import prior_values

DRAWS = 20_000


def data_set(n=60, seed=2):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 4)), columns=["x1", "x2", "x3", "x4"])
    frame["g"] = np.take([f"g{i}" for i in range(6)], np.arange(n) % 6)
    frame["y"] = 3.0 + 2.0 * frame.x1 + rng.normal(size=n)
    frame["hit"] = (frame.y > 3.0).astype(int)
    return frame


DATA = data_set()
FORMULA = "y ~ x1 + x2 + x3 + x4"


def build(prior, formula=FORMULA, family="gaussian"):
    return bl.Model(formula, DATA, family, prior=prior)


def drawn(prior, formula=FORMULA, family="gaussian", seed=4):
    """Draws of everything from the prior, under brms' names."""
    model = build(prior, formula, family)
    return model.sample(sample_prior="only", chains=1, iter=DRAWS, warmup=0, seed=seed).idata[
        "posterior"
    ].to_dataset().isel(chain=0)  # fmt: skip


def sdb(posterior, *coefs, ending=""):
    return np.stack([posterior[f"sdb{ending}_{c}"].values for c in coefs or XS], axis=-1)


XS = ("x1", "x2", "x3", "x4")


def close_moments(values, law):
    """Mean and variance within 4 Monte Carlo standard errors, and the whole distribution."""
    n = len(values)
    mean, var, kurtosis = law.stats("mvk")
    assert abs(values.mean() - mean) < 4.0 * np.sqrt(var / n)
    assert abs(values.var() - var) < 4.0 * var * np.sqrt((kurtosis + 2.0) / n)
    assert stats.kstest(values, law.cdf).pvalue > 1e-3


# -- the reference case ----------------------------------------------------------------------


def test_names_and_data_are_brms(request):
    facts = request.config.rootpath / "tests" / "facts" / "standata"
    case = "user_horseshoe"
    names = json.loads((facts / "parameter_names.json").read_text("utf-8"))["cases"][case]
    keys = json.loads((facts / "standata.json").read_text("utf-8"))["cases"][case]["names"]
    frame = pd.DataFrame({"x": [1.0, 2.0, 0.5, 3.0], "z": [0.0, 1.0, 1.0, 3.0]})
    frame = frame.assign(f=list("abca"), y=[1.0, 2.0, 4.0, 3.0])
    model = bl.Model("y ~ x + z + f", frame, prior=bl.prior("horseshoe(1)"))
    assert [*model.variables(), "lprior", "lp__"] == names
    data = model.standata()
    assert set(data) == set(keys)
    own = {k: v for k, v in data.items() if k.startswith("hs_") or k == "Kscales"}
    # As brms 2.23.1 printed them.
    assert own == {
        "Kscales": 4, "hs_df": 1, "hs_df_global": 1, "hs_df_slab": 4, "hs_scale_global": 1,
        "hs_scale_slab": 2,
    }  # fmt: skip


def test_r2d2_has_a_concentration_per_scale():
    data = build(bl.prior("R2D2(0.3, 5, cons_D2 = 2)")).standata()
    assert (data["Kscales"], data["R2D2_mean_R2"], data["R2D2_prec_R2"]) == (4, 0.3, 5)
    np.testing.assert_array_equal(data["R2D2_cons_D2"], [2, 2, 2, 2])


def test_par_ratio_takes_the_place_of_the_global_scale():
    data = build(bl.prior("horseshoe(scale_global = 9, par_ratio = 0.5)")).standata()
    assert data["hs_scale_global"] == pytest.approx(0.5 / np.sqrt(len(DATA)))


# -- draws from the prior --------------------------------------------------------------------


def test_horseshoe_shrinkage_factors_are_beta():
    """Without a slab 1 / (1 + lambda^2) is Beta(1/2, 1/2), and tau / sigma half-Cauchy."""
    p = drawn(bl.prior("horseshoe(scale_global = 0.1, scale_slab = 1e9)"))
    for scale in sdb(p).T:
        close_moments(1.0 / (1.0 + (scale / p.hs_global.values) ** 2), stats.beta(0.5, 0.5))
    tau = p.hs_global.values / p.sigma.values
    assert stats.kstest(tau, stats.halfcauchy(scale=0.1).cdf).pvalue > 1e-3


def test_the_slab_bounds_the_scales():
    p = drawn(bl.prior("horseshoe(scale_global = 50, scale_slab = 0.5, df_slab = 6)"))
    c = 0.5 * np.sqrt(p.hs_slab.values)
    assert (sdb(p) <= c[:, None] * (1.0 + 1e-12)).all()
    # With so wide a tau nearly all scales are c, and b is then Student's t of df_slab and 0.5.
    assert stats.kstest(p.hs_slab.values, stats.invgamma(3, scale=3).cdf).pvalue > 1e-3
    far = stats.t(6, scale=0.5)
    inside = np.abs(p.b_x1.values) < far.ppf(0.75)
    assert abs(inside.mean() - 0.5) < 0.03


def test_coefficients_have_their_scales():
    for text in ("horseshoe(3)", "R2D2(0.4, 6)"):
        p = drawn(bl.prior(text))
        z = np.stack([p[f"b_{c}"].values for c in XS], axis=-1) / sdb(p)
        for own in z.T:
            close_moments(own, stats.norm())


@pytest.mark.parametrize("cons", ["0.5", "[1, 2, 0.5, 4]"])
def test_r2d2_shares_a_beta_r2(cons):
    """sum(sdb^2) / (sigma^2 + sum(sdb^2)) is R2 ~ Beta(mean prec, (1 - mean) prec)."""
    p = drawn(bl.prior(f"R2D2(0.3, 8, cons_D2 = {cons})"))
    squares = sdb(p) ** 2
    total = squares.sum(axis=-1)
    R2 = total / (p.sigma.values**2 + total)
    np.testing.assert_allclose(R2, p.R2D2_R2.values, rtol=1e-8)
    close_moments(R2, stats.beta(2.4, 5.6))
    alpha = np.broadcast_to(np.array(numbers(cons)), 4)
    for share, a in zip((squares / total[:, None]).T, alpha, strict=True):
        close_moments(share, stats.beta(a, alpha.sum() - a))


def numbers(text):
    return [float(part) for part in text.strip("[]").split(",")]


@pytest.mark.parametrize(
    ("prior", "formula", "family"),
    [
        (bl.prior("R2D2(0.3, 8, autoscale = FALSE)"), FORMULA, "gaussian"),
        (bl.prior("R2D2(0.3, 8)"), "hit ~ x1 + x2 + x3 + x4", "bernoulli"),
        (
            [bl.prior("R2D2(0.3, 8)"), bl.prior("normal(0, 1)", dpar="sigma")],
            bl.bf(FORMULA, "sigma ~ x1"),
            "gaussian",
        ),
    ],
)
def test_sigma_is_the_unit_only_where_there_is_one(prior, formula, family):
    p = drawn(prior, formula, family)
    total = (sdb(p) ** 2).sum(axis=-1)
    np.testing.assert_allclose(total / (1.0 + total), p.R2D2_R2.values, rtol=1e-8)


def test_a_known_sigma_is_the_unit():
    p = drawn(bl.prior("R2D2(0.3, 8)"), bl.bf(FORMULA, sigma=2.0))
    total = (sdb(p) ** 2).sum(axis=-1)
    np.testing.assert_allclose(total / (4.0 + total), p.R2D2_R2.values, rtol=1e-8)


def test_another_dpar():
    formula = bl.bf("y ~ 1", "sigma ~ x1 + x2")
    model = build(bl.prior("horseshoe(1)", dpar="sigma"), formula)
    names = ("hs_global_sigma", "hs_slab_sigma", "sdb_sigma_x1", "sdb_sigma_x2")
    assert [n for n in model.variables() if n.startswith(("hs", "sdb"))] == list(names)
    assert model.standata()["Kscales_sigma"] == 2
    p = drawn(bl.prior("horseshoe(1)", dpar="sigma"), formula)
    close_moments(p.b_sigma_x1.values / p.sdb_sigma_x1.values, stats.norm())


def test_sds_share_it():
    """The sds are the scales that follow those of the coefficients, in one Dirichlet."""
    rows = [
        bl.prior("R2D2(0.6, 10, cons_D2 = [1, 1, 1, 1, 3, 5], main = TRUE)"),
        bl.prior("R2D2()", class_="sd"),
    ]
    formula = f"{FORMULA} + (x1 | g)"
    p = drawn(rows, formula)
    sds = np.stack([p.sd_g__Intercept.values, p.sd_g__x1.values], axis=-1)
    squares = np.concatenate([sdb(p), sds], axis=-1) ** 2
    total = squares.sum(axis=-1)
    np.testing.assert_allclose(total / (p.sigma.values**2 + total), p.R2D2_R2.values, rtol=1e-8)
    close_moments(squares[:, 5] / total, stats.beta(5, 7))
    # An effect of a group is normal with its sd.
    r = p.r_g.sel(g="g1", g__coef="Intercept").values / p.sd_g__Intercept.values
    close_moments(r, stats.norm())
    data = build(rows, formula).standata()
    assert data["Kscales"] == 6


# -- lprior ----------------------------------------------------------------------------------


def test_lprior_counts_the_global_numbers():
    """As in the program of brms 2.22: hs_global given sigma, hs_slab; not hs_local, not zb."""
    model = build(bl.prior("horseshoe(3, 0.2, 2, 1.5, 6)"))
    values = prior_values(model.spec, (1, 50), np.random.default_rng(3))
    found = log_prior(model.spec, values)["b"]
    tau = values["zhs_global"] * values["sigma"]
    expected = (
        stats.t(2, 0, 0.2 * values["sigma"]).logpdf(tau)
        + np.log(2.0)
        + stats.invgamma(3, scale=3).logpdf(values["hs_slab"])
    )
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_lprior_of_r2d2_and_its_tag():
    model = build(bl.prior("R2D2(0.3, 8)", tag="strong"))
    values = prior_values(model.spec, (1, 50), np.random.default_rng(3))
    found = log_prior(model.spec, values)["b[strong]"]
    np.testing.assert_allclose(found, stats.beta(2.4, 5.6).logpdf(values["R2D2_R2"]), rtol=1e-10)


@pytest.mark.parametrize("text", ["horseshoe(1)", "R2D2()"])
def test_draws_come_back_from_a_table(text):
    model = build(bl.prior(text))
    fit = model.sample(sample_prior="only", chains=2, iter=20, warmup=0, seed=1)
    p = fit.idata["posterior"].to_dataset()
    frame = p.to_dataframe().reset_index()
    again = model.from_draws(frame)
    assert not any(n.startswith(("hs_local", "R2D2_phi", "zb")) for n in frame)
    np.testing.assert_allclose(again.idata["posterior"]["lprior"], p.lprior, rtol=1e-10)
    new = pd.DataFrame({c: [0.0, 1.0] for c in XS})
    mu = again.posterior_linpred(newdata=new).values
    expected = p.b_Intercept.values + sum(p[f"b_{c}"].values for c in XS)
    np.testing.assert_allclose(mu[..., 1], expected, rtol=1e-10, atol=1e-12)


# -- what is shown ---------------------------------------------------------------------------


def test_report_and_pictures():
    model = build(bl.prior("R2D2(0.3, 8)"))
    frame = model.prior_report().frame.set_index("parameter")
    assert frame.loc["b_x1", "prior"] == "R2D2(mean_R2 = 0.3, prec_R2 = 8)"
    assert frame.loc["b_x1", "flags"] == ()
    p = drawn(bl.prior("R2D2(0.3, 8)"))
    low, high = np.quantile(p.b_x1.values, [0.025, 0.975])
    assert frame.loc["b_x1", "link_low"] == pytest.approx(low, rel=0.15)
    assert frame.loc["b_x1", "link_high"] == pytest.approx(high, rel=0.15)
    assert "R2D2(mean_R2 = 0.3" in model.graph().source
    lines = str(model.explain())
    assert "R2D2(mean_R2 = 0.3, prec_R2 = 8)" in lines
    assert "improper" not in lines
    axis = next(a for a in model.plot_prior().axes if a.get_title() == "b")
    x, y = axis.lines[0].get_data()
    assert np.sum(y) * (x[1] - x[0]) == pytest.approx(0.8, rel=0.02)


def test_prior_predictive_and_posterior_as_prior(tmp_path):
    model = build(bl.prior("horseshoe(3)"))
    tree = model.prior_predictive(draws=20, seed=1)
    assert np.isfinite(tree["prior_predictive"]["y"].values).all()
    fit = model.sample(sample_prior="only", chains=1, iter=50, warmup=0, seed=1)
    with pytest.warns(bl.errors.BambiLiteWarning):
        fit.posterior_as_prior(tmp_path / "next.toml")
    following = build(str(tmp_path / "next.toml"))
    assert following.spec.shrinkage == ()


def test_a_report_draws_no_effects_of_groups():
    """Which may be many: only what the shrinkage prior is made of is drawn."""
    rows = [bl.prior("R2D2(main = TRUE)"), bl.prior("R2D2()", class_="sd")]
    spec = build(rows, f"{FORMULA} + (x1 | g)").spec
    found = prior_values(spec, (1, 5), np.random.default_rng(1), effects=False)
    assert "z_g" not in found
    assert found["sd_g"].shape == (1, 5, 2)
    assert found["b"].shape == (1, 5, 4)


def test_the_kernels_leave_it_to_pymc():
    plan = make_plan(build(bl.prior("horseshoe(1)")).spec)
    assert (plan.engine, plan.reasons["engine"]) == (
        "pymc",
        "the kernels do not have a shrinkage prior of class 'b'",
    )


# -- wrong input -----------------------------------------------------------------------------

GROUPS = f"{FORMULA} + (x1 | g)"
WRONG = {
    "a class that cannot": (
        bl.prior("horseshoe(1)", class_="sigma"),
        FORMULA,
        "The prior horseshoe() is for the classes b, sd, not for class 'sigma'.",
    ),
    "the intercept": (
        bl.prior("R2D2()", class_="Intercept"),
        FORMULA,
        "The prior R2D2() is for the classes b, sd, not for class 'Intercept'.",
    ),
    "a narrower row": (
        [bl.prior("horseshoe(1)"), bl.prior("normal(0, 1)", coef="x2")],
        FORMULA,
        "The prior horseshoe() is one over a whole class, so no row may stand beside it: remove "
        "'normal(0, 1)' of class = 'b', coef = 'x2', or give each coefficient a prior of its own.",
    ),
    "a narrower row of a group": (
        bl.prior("R2D2()", class_="sd")
        + bl.prior("normal(0, 1)", class_="sd", coef="x1", group="g"),
        GROUPS,
        "The prior R2D2() is one over a whole class, so no row may stand beside it: remove "
        "'normal(0, 1)' of class = 'sd', coef = 'x1', group = 'g', or give each coefficient a "
        "prior of its own.",
    ),
    "no main one": (
        [bl.prior("R2D2()"), bl.prior("R2D2()", class_="sd")],
        GROUPS,
        "R2D2() is shared by class = 'b', class = 'sd': say main = TRUE in one of them, whose "
        "arguments then count for all (0 of them have it).",
    ),
    "two main ones": (
        [bl.prior("R2D2(main = TRUE)"), bl.prior("R2D2(main = TRUE)", class_="sd")],
        GROUPS,
        "R2D2() is shared by class = 'b', class = 'sd': say main = TRUE in one of them, whose "
        "arguments then count for all (2 of them have it).",
    ),
    "two kinds": (
        [bl.prior("R2D2(main = TRUE)"), bl.prior("horseshoe()", class_="sd")],
        GROUPS,
        "One linear predictor has one shrinkage prior, not R2D2, horseshoe (class = 'b', class = "
        "'sd'): say the same one for both.",
    ),
    "concentrations": (
        bl.prior("R2D2(cons_D2 = [1, 2])"),
        FORMULA,
        "The prior 'R2D2(cons_D2 = [1, 2])': cons_D2 has 2 numbers, and class b of this model has "
        "4: one number for all of them, or 4.",
    ),
    "effects of two dpars": (
        bl.prior("R2D2()", class_="sd") + bl.prior("R2D2()", class_="sd", dpar="sigma"),
        bl.bf("y ~ (1 | ID | g)", "sigma ~ (1 | ID | g)"),
        "The prior R2D2() of class = 'sd': the effects of group 'g' belong to several parameters "
        "of the response, and such a prior belongs to one. Leave out the ID between the bars.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong(what):
    prior, formula, message = WRONG[what]
    with pytest.raises(PriorError) as caught:
        build(prior, formula)
    assert str(caught.value) == message
    with pytest.raises(PriorError) as caught:
        bl.validate_prior(prior, formula, DATA)
    assert str(caught.value) == message

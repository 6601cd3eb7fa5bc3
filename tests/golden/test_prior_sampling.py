"""Sampling without a likelihood is drawing from the prior: NUTS against direct simulation.

Every row has next to no weight, so that the posterior is the prior and the whole way to it is used:
bounds, Cholesky factors of 2, 3 and 5 coefficients, proportions, priors that the kernels have and
ones that they lack.
"""

import warnings

import arviz_stats as azs
import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

PROBS = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Draws of the direct simulation: its own error hardly counts.
DIRECT = 100_000


def data(n=24):
    rng = np.random.default_rng(1)
    columns = {name: rng.normal(size=n) for name in ("y", "u", "v", "w", "x")}
    groups = {f"g{q}": np.tile(list("abc"), n // 3) for q in (2, 3, 5)}
    return pd.DataFrame({**columns, **groups, "none": 1e-12})


FORMULA = "y | weights(none) ~ u + v + (1 + u | g2) + (1 + u + v | g3) + (1 + u + v + w + x | g5)"
COMMON = [
    bl.prior("normal(0.5, 1)", lb=0, ub=2),
    bl.prior("normal(3, 2)", class_="Intercept"),
    bl.prior("exponential(2)", class_="sd"),
    bl.prior("normal(0, 1)", class_="sd", group="g2"),
    bl.prior("student_t(5, 1, 0.5)", class_="sigma", lb=0.2),
    bl.prior("lkj(1)", class_="cor", group="g2"),
    bl.prior("lkj(2)", class_="cor", group="g3"),
    bl.prior("lkj(0.8)", class_="cor", group="g5"),
]
# What NUTS runs on: the compiled kernels, and PyMC's graph with priors that it has no word for.
ENGINES = {
    "kernels": COMMON,
    "graph": [
        *COMMON[1:4],
        bl.prior("skew_normal(0, 1, 3)", lb=-1, ub=2),
        bl.prior("exp_mod_normal(0, 1, 2)", class_="sigma", lb=0.1),
        *COMMON[5:],
    ],
}


def draws_of(fit, name):
    """Draws of ``b_u`` or of ``sbhaz[2]``, shape (chain, draw)."""
    stem, _, label = name.partition("[")
    array = fit.idata["posterior"][stem]
    return array.sel({array.dims[-1]: label[:-1]}).values if label else array.values


def far_quantiles(fit, direct):
    """The quantiles of a fit that lie beyond 4 standard errors of those drawn directly."""
    sampled = {name: draws_of(fit, name) for name in direct.columns}
    far = {}
    for name in direct.columns:
        for p in PROBS:
            error = float(azs.mcse(sampled[name], method="quantile", prob=p))
            # That of a quantile of independent draws, by the share of them below it.
            step = np.array([-1, 1]) * np.sqrt(p * (1 - p) / DIRECT)
            low, high = np.quantile(direct[name], p + step)
            both = np.hypot(error, (high - low) / 2)
            distance = np.quantile(sampled[name], p) - np.quantile(direct[name], p)
            if abs(distance) > 4 * both:
                far[name, p] = round(float(distance / both), 1)
    return far


def assert_same_quantiles(model, settings, count):
    fit = model.sample(seed=7, iter=6000, warmup=1000, adapt_delta=0.95, progress=False, **settings)
    direct = model.prior_draws(draws=DIRECT, seed=11)
    assert len(direct.columns) == count
    assert far_quantiles(fit, direct) == {}


OFF = {
    "a scale": (bl.prior("normal(3, 2)", class_="Intercept"), "normal(3, 2.2)", "Intercept"),
    "a correlation": (bl.prior("lkj(2)", class_="cor"), "lkj(1.7)", "cor_g3__Intercept__u"),
    "a global scale": (bl.prior("horseshoe(1)"), "horseshoe(1, 1.1)", "hs_global"),
    "shares": (bl.prior("R2D2(0.4, 4)"), "R2D2(0.4, 4, cons_D2 = 0.6)", "sdb_u"),
}


@pytest.mark.parametrize("what", OFF)
def test_a_prior_that_is_a_little_off_is_seen(what):
    """What is compared below: exact draws of one prior beside those of another."""
    said, other, name = OFF[what]
    row = said.rows[0]
    formula = "y ~ u + v + (1 + u + v | g3)"
    plain = [bl.prior("normal(0, 1)"), bl.prior("exponential(1)", class_="sd")]
    plain = [p for p in plain if p.rows[0].cls != row.cls]
    model = bl.Model(formula, data(), prior=[*plain, said])
    near = bl.Model(formula, data(), prior=[*plain, bl.prior(other, class_=row.cls)])
    fit = model.sample(sample_prior="only", iter=6000, warmup=1000, seed=1)
    assert far_quantiles(fit, model.prior_draws(draws=DIRECT, seed=2)) == {}
    assert name in {found for found, _ in far_quantiles(fit, near.prior_draws(draws=DIRECT))}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_nuts_without_a_likelihood_is_the_prior(engine):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        model = bl.Model(FORMULA, data(), prior=ENGINES[engine])
    assert model.plan.engine == {"kernels": "kernels", "graph": "pymc"}[engine]
    # Intercept twice, b, sigma, and of each group the sds and the correlations.
    assert_same_quantiles(model, {"marginalize": False}, 2 + 2 + 1 + 10 + 14)


@pytest.mark.slow
@pytest.mark.parametrize("alpha", ["2", "[1, 2, 3, 0.7, 5]"])
def test_nuts_without_a_likelihood_is_the_dirichlet(alpha):
    # Narrow ones: a hazard that overflows counts whatever its weight.
    said = [
        bl.prior("normal(0, 0.1)"),
        bl.prior("normal(0, 1)", class_="Intercept"),
        bl.prior(f"dirichlet({alpha})", class_="sbhaz"),
    ]
    kidney = bl.load_data("kidney").assign(none=1e-12)
    formula = "time | cens(censored) + weights(none) ~ age"
    assert_same_quantiles(bl.Model(formula, kidney, "cox", prior=said), {}, 2 + 1 + 5)


SHRINKAGE = {
    "horseshoe": ("horseshoe(1)", 13),
    "horseshoe by a ratio": ("horseshoe(3, df_slab = 6, scale_slab = 1, par_ratio = 0.5)", 13),
    "R2D2": ("R2D2(0.4, 4)", 12),
    "R2D2 of shares that differ": ("R2D2(cons_D2 = [1, 2, 0.7, 3])", 12),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", SHRINKAGE)
def test_nuts_without_a_likelihood_is_the_shrinkage_prior(what):
    """Coefficients, their scales, and the global numbers that they are made of."""
    text, count = SHRINKAGE[what]
    said = [
        bl.prior("normal(3, 2)", class_="Intercept"),
        bl.prior("exponential(1)", class_="sigma"),
        bl.prior(text),
    ]
    model = bl.Model("y | weights(none) ~ u + v + w + x", data(), prior=said)
    assert_same_quantiles(model, {}, count)


@pytest.mark.slow
def test_nuts_without_a_likelihood_is_what_coefficients_and_sds_share():
    said = [
        bl.prior("normal(3, 2)", class_="Intercept"),
        bl.prior("exponential(1)", class_="sigma"),
        bl.prior("R2D2(0.6, 5, main = TRUE)"),
        bl.prior("R2D2()", class_="sd"),
        bl.prior("lkj(2)", class_="cor"),
    ]
    model = bl.Model("y | weights(none) ~ u + v + (1 + u | g3)", data(), prior=said)
    # Intercept twice, sigma, R2; b and their scales; sds and a correlation.
    assert_same_quantiles(model, {}, 2 + 1 + 1 + 4 + 3)


@pytest.mark.slow
def test_constants_and_pymc_distributions_are_sampled():
    """A posterior that is known: the slope is fixed, the intercept has a normal of PyMC's."""
    pm = pytest.importorskip("pymc")
    rng = np.random.default_rng(5)
    x = rng.normal(size=40)
    frame = pd.DataFrame({"x": x, "y": 1.0 + 2.0 * x + rng.normal(size=40)})
    said = [
        bl.prior("constant(2)", coef="x"),
        bl.prior("constant(1)", class_="sigma"),
        bl.prior(lambda shape: pm.Normal.dist(0.0, 0.5, shape=shape), class_="Intercept"),
    ]
    fit = bl.brm("y ~ x", frame, prior=said, seed=3, iter=3000, progress=False)
    posterior = fit.idata["posterior"]
    assert (posterior["b_x"] == 2.0).all()
    assert (posterior["sigma"] == 1.0).all()
    precision = 40 + 1 / 0.5**2
    centre = (frame["y"] - 2.0 * (x - x.mean())).sum() / precision
    draws = posterior["Intercept"].values
    error = float(azs.mcse(draws, method="mean"))
    assert abs(draws.mean() - centre) < 4 * error
    assert abs(draws.std() - precision**-0.5) < 4 * float(azs.mcse(draws, method="sd"))
    # Constants add nothing to the log prior.
    expected = -0.5 * (draws / 0.5) ** 2 - np.log(0.5 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(posterior["lprior"], expected, rtol=1e-6)
    assert fit.summary().fixed.loc["x", "Estimate"] == 2.0

"""``gr(centered = )`` and ``decomp``: the posterior is that of the model, however it is sampled."""

import numpy as np
import pytest
from scipy import stats

import bambi_lite as bl

FORMULAS = [
    "y ~ x + z + (x | gr(g, centered = {}))",
    "y ~ x + (1 | gr(g, centered = {})) + (1 | h)",
    "y ~ 0 + f + (x || gr(g, centered = {}))",
    "bf(y ~ x + (1 | q | gr(g, centered = {})), sigma ~ z + (1 | q | g))",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_centred_effects_change_the_variables_alone(tools, formula):
    """log p(c) = log p(z) - log |dr/dz| at the same effects, up to the constant of the normals."""
    data = bl.load_data("synth1")
    centred = bl.Model(formula.format("TRUE"), data)
    plain = bl.Model(formula.format("FALSE"), data)
    (block,) = (b for b in centred.spec.blocks if b.centered)
    names = [p.name for p in centred.spec.params]
    logps = [m.pymc.compile_logp(mode=tools.MODE) for m in (centred, plain)]
    rng, constants = np.random.default_rng(3), []
    for _ in range(3):
        point = tools.point_of(centred.pymc, rng)
        values = tools.evaluate(centred.pymc, names, point)
        own = {n: v for n, v in point.items() if n != f"c_{block.name}"}
        own[f"z_{block.name}"] = values[f"z_{block.name}"]
        factor = np.diag(values[f"sd_{block.name}"])
        if block.correlated:
            factor = factor @ values[f"L_{block.name}"]
        volume = len(block.levels) * np.linalg.slogdet(factor)[1]
        constants.append(float(logps[0](point)) - (float(logps[1](own)) - volume))
    half = 0.5 * np.log(2.0 * np.pi) * len(block.levels) * len(block.coefs)
    np.testing.assert_allclose(constants, half, rtol=1e-9)


def test_the_kernels_sample_what_the_formula_says():
    data = bl.load_data("synth1")
    for word, way in (("TRUE", "centred around"), ("FALSE", "non-centred")):
        plan = bl.Model(f"y ~ x + (x | gr(g, centered = {word}))", data).plan
        assert plan.engine == "kernels"
        assert not plan.integrated
        assert (word == "TRUE") == ("g" in plan.centred)
        assert f"effects of 'g': {way}" in str(plan)
        assert "the formula says so" in str(plan)
    # The other factor is integrated out as ever.
    assert bl.Model("y ~ (1 | gr(g, centered = FALSE)) + (1 | h)", data).plan.integrated == "h"
    with pytest.raises(bl.SamplingError, match="the formula says how they are sampled"):
        bl.Model("y ~ (1 | gr(g, centered = FALSE))", data).sample(marginalize=True)


DECOMPOSED = {
    "mu": ('bf(y ~ x + z + f, decomp = "QR")', "gaussian", "mu"),
    "not centred": ('bf(y ~ 0 + x + z, decomp = "QR")', "gaussian", "mu"),
    "sigma": ('bf(y ~ x) + lf(sigma ~ x + z, decomp = "QR")', "gaussian", "sigma"),
    "thresholds": ('bf(yord ~ x + z, decomp = "QR")', "cumulative", "mu"),
}


@pytest.mark.parametrize("name", DECOMPOSED)
def test_qr_is_brms(tools, name):
    """The coefficients of Q sqrt(n - 1) have the prior; those of X are reported.

    "With QR decomposition, the priors will apply to the decomposed coefficients" (P. Buerkner,
    brms issue 1042).
    """
    formula, family, dpar = DECOMPOSED[name]
    data = bl.load_data("synth1")
    column = {} if dpar == "mu" else {"dpar": dpar}
    prior = bl.prior("normal(0.3, 0.7)", class_="b", **column)
    model = bl.Model(formula, data, family, prior=prior)
    plain = bl.Model(formula.replace('decomp = "QR"', "center = TRUE"), data, family, prior=prior)
    design = model.design(dpar).to_numpy()
    ones = name in ("mu", "sigma")
    X = design[:, 1:] if ones else design
    centre = np.zeros(X.shape[1]) if name == "not centred" else X.mean(axis=0)
    Q, R = np.linalg.qr(X - centre)
    signs, n = np.sign(np.diag(R)), len(X)
    Q, R = Q * signs * np.sqrt(n - 1), signs[:, None] * R / np.sqrt(n - 1)

    ending = "" if dpar == "mu" else f"_{dpar}"
    term = next(d for d in model.spec.dpars if d.name == dpar).terms[0]
    assert [p.name for p in term.params][-1] == f"bQ{ending}"
    points = [tools.point_of(model.pymc, np.random.default_rng(k)) for k in range(2)]
    tools.check_kernels(model)
    fit = tools.given(model, points)
    posterior = fit.idata["posterior"]
    b = np.stack([posterior[f"b{ending}_{c}"].to_numpy()[0] for c in term.coefs], axis=-1)
    bQ = np.stack([point[f"bQ{ending}"] for point in points])
    np.testing.assert_allclose(b @ R.T, bQ, rtol=1e-9)

    # The reported values mean the same in the model without the decomposition.
    other = plain.from_draws(tools.as_frame(fit.draws).drop(columns="lprior"))
    np.testing.assert_allclose(fit.log_lik(), other.log_lik(), rtol=1e-9)
    own = stats.norm.logpdf(bQ, 0.3, 0.7).sum(axis=1) - stats.norm.logpdf(b, 0.3, 0.7).sum(axis=1)
    difference = posterior["lprior"] - other.idata["posterior"]["lprior"]
    np.testing.assert_allclose(difference.to_numpy()[0], own, rtol=1e-8, atol=1e-9)
    assert "orthogonal ones in" in str(model.plan)
    assert not model.plan.decomposed


def test_predictions_and_new_rows_use_the_same_basis(tools):
    data = bl.load_data("synth1")
    model = bl.Model(bl.bf("y ~ x + z", decomp="QR"), data)
    points = [tools.point_of(model.pymc, np.random.default_rng(k)) for k in range(2)]
    fit = tools.given(model, points)
    part = data.iloc[:7]
    rows = fit.posterior_epred().to_numpy()[..., :7]
    np.testing.assert_allclose(fit.posterior_epred(part).to_numpy(), rows, rtol=1e-10)


def test_our_own_qr_can_be_switched_off():
    model = bl.Model("y ~ x + z", bl.load_data("synth1"))
    assert model.plan.decomposed == ("b",)
    fit = model.sample(seed=1, iter=600, progress=False, decomp=False)
    assert fit.draws.settings.decomp is False
    with pytest.raises(
        bl.SamplingError, match=r"is part of the formula: bf\(\.\.\., decomp='QR'\)"
    ):
        model.sample(decomp="QR")


# The form that the data do not ask for: chains may mix slowly, which the standard errors know.
@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
@pytest.mark.slow  # compiles PyMC's graph of both
@pytest.mark.parametrize(
    "formula",
    [
        "Reaction ~ Days + (Days | gr(Subject, centered = TRUE))",
        "Reaction ~ Days + (Days | gr(Subject, centered = FALSE))",
    ],
)
def test_both_paths_have_one_posterior(formula):
    import arviz_stats as azs

    model = bl.Model(formula, bl.load_data("sleepstudy"))
    how = {"seed": 4, "progress": False, "adapt_delta": 0.95}
    fits = [model.sample(**how, kernels=kernels) for kernels in (True, False)]
    for name in ("b_Intercept", "b_Days", "sd_Subject__Intercept", "sd_Subject__Days", "sigma"):
        first, second = (f.idata["posterior"][name].to_numpy() for f in fits)
        bound = 4 * np.hypot(float(azs.mcse(first)), float(azs.mcse(second)))
        assert abs(first.mean() - second.mean()) < bound

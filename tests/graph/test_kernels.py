"""The compiled kernels against the plain PyMC model: value up to a constant, and gradient."""

import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.engines import Plan, program
from bambi_lite.engines.native import layout as at
from bambi_lite.engines.native.callbacks import density
from bambi_lite.engines.native.centring import means_within
from bambi_lite.engines.native.draws import parameters, to_point
from bambi_lite.engines.native.rows import correlated_columns

PRIORS = [
    bl.prior("normal(0.3, 2)", class_="b"),
    bl.prior("student_t(4, 0.5, 1.5)", class_="b", coef="z"),
    bl.prior("logistic(1, 2)", class_="Intercept"),
    bl.prior("exponential(0.4)", class_="sd"),
    bl.prior("cauchy(0, 2)", class_="sd", group="g", coef="x"),
    bl.prior("lkj(3)", class_="cor"),
    bl.prior("lognormal(0, 1)", class_="sigma"),
]

# (formula, family, priors) over synth1.
MODELS = {
    "gaussian slopes": ("y ~ x + z + (x | g)", "gaussian", None),
    "gaussian priors": ("y ~ x + z + (x | g)", "gaussian", PRIORS),
    "gaussian uncorrelated": ("y ~ x + (x || g) + (1 | h)", "gaussian", None),
    "gaussian three effects": ("y ~ x + (x + z | g)", "gaussian", None),
    "gaussian cells": ("y ~ 0 + f + (0 + f | g)", "gaussian", None),
    "gaussian five effects": ("y ~ x + (x * z + o | g)", "gaussian", None),
    "gaussian by": ("y ~ x + (x | gr(g, by = half)) + (1 | h)", "gaussian", None),
    "poisson by": ("ycnt ~ x + (1 | gr(g, by = half))", "poisson", None),
    "gaussian sigma": ("bf(y ~ x + (1 | q | g), sigma ~ z + (1 | q | g))", "gaussian", None),
    "gaussian weights": ("y | weights(wt) ~ x + (1 | g)", "gaussian", None),
    "gaussian se": ("y | se(sei) ~ x + (1 | g)", "gaussian", None),
    "gaussian se sigma": ("y | se(sei, sigma = TRUE) ~ x + (1 | g)", "gaussian", None),
    "gaussian se fixed": (
        "bf(y | se(sei, sigma = TRUE) ~ x + (1 | g), sigma = 0.6)",
        "gaussian",
        None,
    ),
    "gaussian se fixed rows": ("bf(y | se(sei, sigma = TRUE) ~ x, sigma = 0.6)", "gaussian", None),
    "gaussian se rows": ("y | se(sei) ~ x", "gaussian", None),
    "gaussian weighted se rows": ("y | weights(wt) + se(sei) ~ x", "gaussian", None),
    "gaussian weighted rows": ("y | weights(wt) ~ x", "gaussian", None),
    "gaussian fixed weighted": ("bf(y | weights(wt) ~ x + (1 | g), sigma = 2)", "gaussian", None),
    "gaussian offset": ("y ~ x + offset(off) + (1 | g)", "gaussian", None),
    "gaussian log": ("y ~ x", bl.gaussian("log"), None),
    "gaussian fixed sigma": ("bf(y ~ x + (x | g), sigma = 2)", "gaussian", None),
    "gaussian bounds": ("y ~ x + z", "gaussian", bl.prior("normal(0, 1)", lb=0)),
    "gaussian upper": ("y ~ x + z", "gaussian", bl.prior("normal(0, 1)", ub=3)),
    "gaussian between": ("y ~ x + z", "gaussian", bl.prior("", lb=-5, ub=5)),
    "gaussian double": ("y ~ x", "gaussian", bl.prior("double_exponential(0.1, 2)")),
    "gaussian gammas": (
        "y ~ x",
        "gaussian",
        [bl.prior("inv_gamma(2, 3)", class_="sigma"), bl.prior("uniform(-9, 9)")],
    ),
    "student": ("y ~ x + (x | g)", "student", None),
    "student nu": ("bf(ystud ~ x, nu ~ z, sigma ~ x)", "student", None),
    "bernoulli": ("ybern ~ x + (x | g)", "bernoulli", None),
    "bernoulli probit": ("ybern ~ x + (1 | g)", bl.bernoulli("probit"), None),
    "bernoulli cloglog": ("ybern ~ x", bl.bernoulli("cloglog"), None),
    "binomial": ("k | trials(N) ~ x + (1 | g) + (1 | h)", "binomial", None),
    "binomial weights": ("k | weights(wt) + trials(N) ~ x", "binomial", None),
    "poisson": ("ycnt ~ x + (1 | g)", "poisson", None),
    "poisson sqrt": ("ycnt ~ x", bl.poisson("sqrt"), None),
    "poisson rate": ("ycnt | rate(expo) ~ x", "poisson", None),
    "negbinomial": ("ynb ~ x + (x | g)", "negbinomial", None),
    "negbinomial shape": ("bf(ynb ~ x, shape ~ f)", "negbinomial", None),
    "negbinomial rate": ("ynb | rate(expo) ~ x", "negbinomial", None),
    "gamma": ("ypos ~ x + (1 | g)", bl.Gamma("log"), None),
    "gamma shape": ("bf(ypos ~ x, shape ~ z)", bl.Gamma("log"), None),
    "lognormal": ("yln ~ x + (1 | g)", "lognormal", None),
    "weibull": ("ywei ~ x + (1 | g)", "weibull", None),
    "beta": ("ybeta ~ x + (1 | g)", "beta", None),
    "beta phi": ("bf(ybeta ~ x, phi ~ z)", bl.Beta("probit"), None),
    "cumulative": ("yord ~ x + (1 | g)", "cumulative", None),
    "cumulative probit": ("yord ~ x + z", bl.cumulative("probit"), None),
    "cumulative disc": ("bf(yord ~ x, disc ~ 0 + z)", bl.cumulative("probit"), None),
    "cumulative cloglog": ("yord ~ x", bl.cumulative("cloglog"), None),
    "sratio": ("yord ~ x + (1 | g)", "sratio", None),
    "sratio disc": ("bf(yord ~ x, disc ~ 0 + z)", bl.sratio("probit"), None),
    "cratio": ("yord ~ x + (1 | g)", "cratio", None),
    "cratio cloglog": ("bf(yord ~ x, disc ~ 0 + z)", bl.cratio("cloglog"), None),
    "acat": ("yord ~ x + (1 | g)", "acat", None),
    "acat probit": ("bf(yord ~ x, disc ~ 0 + z)", bl.acat("probit"), None),
    "categorical": ("ycat ~ x + (1 | g)", "categorical", None),
    "categorical mixed": ("bf(ycat ~ x, muB ~ z + (x | g))", "categorical", None),
    "gaussian probit": ("bf(y ~ x, sigma ~ z)", bl.gaussian("probit"), None),
    "gaussian inverse": ("y ~ 0 + f + (1 | g)", bl.gaussian("inverse"), None),
    "student se": ("y | se(sei, sigma = TRUE) ~ x + (1 | g)", "student", None),
    "lognormal sigma": ("bf(yln ~ x + (1 | g), sigma ~ x)", "lognormal", None),
    "shifted lognormal": ("bf(ysl ~ x + (1 | g), sigma ~ z)", "shifted_lognormal", None),
    "shifted lognormal plain": ("ysl ~ x", "shifted_lognormal", None),
    "exgaussian": ("yexg ~ x + (1 | g)", "exgaussian", None),
    "exgaussian beta": ("bf(yexg ~ x, beta ~ z, sigma ~ x)", "exgaussian", None),
    "exponential": ("yexp ~ x + (1 | g)", "exponential", None),
    "weibull shape": ("bf(ywei ~ x, shape ~ z)", "weibull", None),
    "inverse gaussian": ("yinv ~ x + (1 | g)", bl.inverse_gaussian("log"), None),
    "beta binomial": ("k | trials(N) ~ x + (1 | g)", "beta_binomial", None),
    "beta binomial phi": ("bf(k | trials(N) ~ x, phi ~ z)", "beta_binomial", None),
    "negbinomial2": ("bf(ynb ~ x + (1 | g), sigma ~ z)", "negbinomial2", None),
    "geometric": ("ygeo | rate(expo) ~ x + (1 | g)", "geometric", None),
    "zero inflated poisson": ("yzip ~ x + (1 | g)", "zero_inflated_poisson", None),
    "zero inflated poisson zi": ("bf(yzip ~ x, zi ~ z)", "zero_inflated_poisson", None),
    "zero inflated negbinomial": (
        "bf(yzinb ~ x, zi ~ z, shape ~ f)",
        "zero_inflated_negbinomial",
        None,
    ),
    "zero inflated binomial": ("bf(kzi | trials(N) ~ x, zi ~ z)", "zero_inflated_binomial", None),
    "zero inflated beta binomial": (
        "kzi | trials(N) ~ x",
        "zero_inflated_beta_binomial",
        None,
    ),
    "zero inflated beta": ("bf(yzib ~ x, zi ~ z)", "zero_inflated_beta", None),
    "hurdle poisson": ("bf(yzip ~ x + (1 | g), hu ~ z)", "hurdle_poisson", None),
    "hurdle negbinomial": ("yzinb ~ x + (1 | g)", "hurdle_negbinomial", None),
    "hurdle gamma": ("bf(yhg ~ x, hu ~ z)", bl.hurdle_gamma("log"), None),
    "hurdle lognormal": ("yhln ~ x", "hurdle_lognormal", None),
    "cens gaussian": ("yc | cens(cens, ycup) ~ x + (1 | g)", "gaussian", None),
    "cens student": ("yc | cens(cens, ycup) ~ x", "student", None),
    "cens lognormal": ("yc | cens(cens, ycup) ~ x + (1 | g)", "lognormal", None),
    "cens weibull": ("yc | cens(cens, ycup) + weights(wt) ~ x + (1 | g)", "weibull", None),
    "cens exponential": ("yc | cens(cens, ycup) ~ x", "exponential", None),
    "cens gamma": ("yc | cens(cens, ycup) ~ x", bl.Gamma("log"), None),
    "cens exgaussian": ("yc | cens(cens, ycup) ~ x", "exgaussian", None),
    "cens shifted lognormal": ("ysl | cens(cens, ysl_end) ~ x", "shifted_lognormal", None),
    "cens beta": ("ybeta | cens(cens, ybeta_end) ~ x", "beta", None),
    "cens poisson": ("ycnt | cens(cens, ycnt_end) ~ x", "poisson", None),
    "cens negbinomial": ("ynb | cens(cens, ynb_end) ~ x", "negbinomial", None),
    "cens negbinomial2": ("ynb | cens(cens, ynb_end) ~ x", "negbinomial2", None),
    "cens geometric": ("ynb | cens(cens, ynb_end) ~ x", "geometric", None),
    "cens binomial": ("k_seen | trials(N) + cens(cens, k_end) ~ x", "binomial", None),
    "trunc gaussian": ("y | trunc(lb = 2, ub = y_above) ~ x + (1 | g)", "gaussian", None),
    "trunc poisson": ("I(ycnt + 1) | trunc(lb = 1) ~ x", "poisson", None),
    "trunc negbinomial": ("ynb | trunc(ub = 40) ~ x", "negbinomial", None),
    "trunc weibull": ("bf(ywei | trunc(lb = 0.5) ~ x, shape ~ z)", "weibull", None),
    "trunc and cens": ("yc | cens(cens, ycup) + trunc(lb = 0.1, ub = 30) ~ x", "lognormal", None),
}


def observed():
    """The data, with the upper ends of censored intervals and bounds of some rows."""
    data = bl.load_data("synth1")
    data["y_above"] = np.where(np.arange(len(data)) % 3 == 0, np.inf, data["y"] + 2.0)
    for name, step in (("ysl", 0.5), ("ycnt", 2), ("ynb", 3)):
        data[f"{name}_end"] = data[name] + step
    data["half"] = np.where(pd.factorize(data["g"])[0] % 3 == 0, "s", "t")
    data["ybeta_end"] = (1.0 + data["ybeta"]) / 2.0
    data["k_seen"] = np.minimum(data["k"], data["N"] - 1)
    data["k_end"] = data["k_seen"] + 1
    return data


def build(name):
    formula, family, priors = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        return bl.Model(formula, observed(), family, prior=priors)


def points(made, rng, n):
    """Points near the start, and some with extreme standard deviations and correlations.

    Innovations there are so large that the effects are of order one, or as small as the sd.
    """
    found = list(rng.normal(scale=0.4, size=(n, made.n_dim)))
    blocks = [b for b in made.spec.blocks if b.name != made.plan.integrated]
    for sd, cor in ((1e-6, 0.999), (1e6, -0.999), (1e-6, -0.999), (1e6, 0.999)):
        x = rng.normal(scale=0.4, size=made.n_dim)
        for block in made.spec.blocks:
            x[made.places[f"sd_{block.name}"]] = np.log(sd)
            for param in block.params:
                if param.kind == "cholesky_corr":
                    x[made.places[param.name]] = 2.0 * np.arctanh(cor)
        for block in blocks:
            x[made.places[f"z_{block.name}"]] *= min(1.0, 1.0 / sd)
        found += [x] if made.spec.blocks else []
    return found


@pytest.mark.parametrize("n", [3, pytest.param(50, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", MODELS)
def test_kernels_are_the_plain_model(tools, name, n):
    built = build(name)
    model, made = built.pymc, program(built.spec, Plan())
    where = tools.positions(model, made)
    assert sorted(where) == list(range(made.n_dim))
    value_and_gradient = tools.with_gradient(model)
    values, theirs = [], []
    for x in points(made, np.random.default_rng(5), n):
        gradient = np.empty(made.n_dim)
        values.append(density(x, made.ints, made.floats, gradient))
        whole, expected = value_and_gradient(tools.value_vars(model, made, x))
        theirs.append(whole)
        np.testing.assert_allclose(gradient[where], expected, rtol=1e-9, atol=scale_of(expected))
    constants = np.array(theirs) - values
    np.testing.assert_allclose(constants, constants[0], rtol=0.0, atol=1e-9 * np.abs(theirs).max())


# -- other ways to sample the same model -----------------------------------------------------

WAYS = {
    "gaussian slopes": ("g",),
    "gaussian uncorrelated": ("g", "h"),
    "gaussian by": ("g",),
    "gaussian three effects": ("g",),
    "gaussian sigma": (),
    "bernoulli": ("g",),
    "poisson": ("g",),
    "negbinomial": ("g",),
    "cumulative": ("g",),
    "student": ("g",),
}


def extrapolated(f, direction, step=2e-3):
    """The derivative of f at zero in a direction: central differences, extrapolated to no step.

    Richardson's scheme; what is left is rounding, of about 1e-12 of the value.
    """
    found = []
    for i in range(4):
        h = step / 2.0**i
        found.append((f(direction * h) - f(-direction * h)) / (2.0 * h))
    for k in range(1, 4):
        found = [(4.0**k * b - a) / (4.0**k - 1.0) for a, b in pairwise(found)]
    return found[0]


def scale_of(gradient):
    """What counts as nothing beside the largest element."""
    return 1e-9 * np.abs(gradient).max()


def plain_point(made, plain, x):
    """The same parameters as the kernels sample them non-centred, and log |F| of all levels."""
    values = parameters(made, x[None, None])
    full, jacobian = np.zeros(plain.n_dim), 0.0
    moved = to_point(made, x)
    for name, part in plain.places.items():
        if not name.startswith("z_"):
            full[part] = moved[made.places[name]]
    for block in made.spec.blocks:
        q, codes = len(block.coefs), np.zeros(len(block.levels), int)
        codes = codes if block.by is None else np.array(block.by.codes)
        factors = [p.name for p in block.params if p.kind == "cholesky_corr"]
        r = values[f"r_{block.name}"][0, 0]
        z = np.empty_like(r)
        for s in range(len(block.strata)):
            F = np.diag(values[f"sd_{block.name}"][0, 0, s * q : (s + 1) * q])
            F = F @ values[factors[s]][0, 0] if factors else F
            z[codes == s] = np.linalg.solve(F, r[codes == s].T).T
            if block.name in made.plan.centred:
                jacobian += (codes == s).sum() * np.linalg.slogdet(F)[1]
        full[plain.places[f"z_{block.name}"]] = z.ravel()
    return full, jacobian


@pytest.mark.parametrize("name", WAYS)
def test_centring_and_qr_change_the_variables_alone(name):
    spec = build(name).spec
    plain = program(spec, Plan())
    centred, taken = {}, set()
    for block in spec.blocks:
        if block.name in WAYS[name]:
            within = set(means_within(spec, block, "mu")) - taken
            centred[block.name] = tuple(sorted(within))
            taken |= within
    made = program(spec, Plan(centred=centred, decomposed=tuple(correlated_columns(spec))))
    rng = np.random.default_rng(8)
    constant, nothing = None, np.empty(made.n_dim)
    for _ in range(3):
        x, out = rng.normal(scale=0.3, size=made.n_dim), np.empty(made.n_dim)
        value = density(x, made.ints, made.floats, out)
        full, jacobian = plain_point(made, plain, x)
        expected = density(full, plain.ints, plain.floats, np.empty(plain.n_dim)) - jacobian
        constant = expected - value if constant is None else constant
        np.testing.assert_allclose(value + constant, expected, rtol=1e-9, atol=1e-8)

        def along(step, made=made, x=x):
            return density(x + step, made.ints, made.floats, nothing)

        for direction in np.eye(made.n_dim)[:: max(1, made.n_dim // 12)]:
            slope = extrapolated(along, direction)
            np.testing.assert_allclose(out @ direction, slope, rtol=1e-9, atol=scale_of(out))


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("ybern ~ f + (1 | g)", "bernoulli"),
        ("oi ~ f + (1 | g)", "poisson"),
        ("yord ~ f", "cumulative"),
        ("oi | weights(w) ~ f + (1 | g)", "poisson"),
    ],
)
def test_equal_rows_merge_exactly(formula, family):
    data = bl.load_data("synth1")
    data = data.loc[np.repeat(np.arange(len(data)), 5)].reset_index(drop=True)
    data["w"] = np.where(data["f"] == data["f"].iloc[0], 1.5, 0.5)
    spec = bl.Model(formula, data, family).spec
    plain, made = program(spec, Plan()), program(spec, Plan(collapse=True))
    assert made.ints[at.N_ROWS] <= len(data) // 5
    rng = np.random.default_rng(9)
    for _ in range(3):
        x = rng.normal(size=made.n_dim)
        ours, theirs = np.empty(made.n_dim), np.empty(made.n_dim)
        value = density(x, made.ints, made.floats, ours)
        expected = density(x, plain.ints, plain.floats, theirs)
        np.testing.assert_allclose(value, expected, rtol=1e-10)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max())

"""A model over free numbers in NumPy is the PyMC model over its value variables, and comes back."""

import numpy as np
import pandas as pd
import pytensor
import pytest

import bambi_lite as bl
from bambi_lite.compare.unconstrained import free_model, sampled_values
from bambi_lite.draws import Draws, named_tree
from bambi_lite.engines.base import SampleSettings
from bambi_lite.engines.pymc import build

MODE = "FAST_COMPILE"

_rng = np.random.default_rng(1)
DATA = pd.DataFrame(
    {
        "y": _rng.normal(size=24),
        "count": _rng.poisson(3.0, size=24),
        "grade": _rng.integers(1, 5, size=24),
        "x": _rng.normal(size=24),
        "g": [f"g{i % 6}" for i in range(24)],
        "half": ["lo" if i % 6 < 3 else "hi" for i in range(24)],
        "w": _rng.uniform(0.5, 2.0, size=24),
    }
)
RELATED = 0.3 * np.ones((6, 6)) + 0.7 * np.eye(6)

MODELS = {
    "slopes": ("y ~ x + (x | g)", "gaussian", None),
    "three effects": ("y ~ x + (x + w | g)", "student", None),
    "uncorrelated": ("y ~ x + (x || g)", "gaussian", None),
    "weights": ("y | weights(w) ~ x + (1 | g)", "gaussian", None),
    "counts": ("count ~ x + offset(log(w)) + (1 | g)", "negbinomial", None),
    "ordinal": ("grade ~ x + (1 | g)", "cumulative", None),
    "dpars": (bl.bf("y ~ x + (1 | i | g)", "sigma ~ x + (1 | i | g)"), "gaussian", None),
    "strata": ("y ~ x + (x | gr(g, by = half))", "gaussian", None),
    "constant sd": ("y ~ x + (1 | g)", "gaussian", None),
    "constant b": ("y ~ x + w", "gaussian", None),
    "bounds": ("y ~ x + w", "gaussian", None),
    "related": ("y ~ x + (1 | gr(g, cov = A))", "gaussian", {"A": pd.DataFrame(
        RELATED, index=[f"g{i}" for i in range(6)], columns=[f"g{i}" for i in range(6)]
    )}),
}  # fmt: skip


PRIORS = {
    "constant sd": [bl.prior("constant(0.4)", class_="sd")],
    "constant b": [bl.prior("constant(0.4)", class_="b", coef="x")],
    "bounds": [bl.prior("uniform(-3, 4)", class_="b"), bl.prior("normal(0, 2)", class_="sigma")],
}


def spec_of(name):
    formula, family, data2 = MODELS[name]
    own = PRIORS.get(name, [])
    prior = [bl.prior("normal(0, 2)", class_="b"), *own] if name != "bounds" else own
    return bl.Model(formula, DATA, family, prior, data2=data2).spec


def value_variables(spec, model):
    """PyMC's value variables in the order of our parameters."""
    by_param = {}
    for rv in model.free_RVs:
        name = rv.name.removesuffix("_partial")
        # An element with a prior of its own is a variable of its own: b_2.
        known = any(p.name == name for p in spec.params)
        by_param[name if known else name.removesuffix("_2")] = model.rvs_to_values[rv]
    return [by_param[p.name] for p in spec.params if p.name in by_param]


# Building a graph takes the time here; the others have no part that these do not have.
@pytest.mark.parametrize(
    "name",
    ["three effects", "counts", "ordinal", "dpars", "strata", "related", *PRIORS],
)
def test_log_density_is_that_of_the_sampled_model(name):
    spec = spec_of(name)
    ours = free_model(spec, 5)
    model = build(spec)
    variables = value_variables(spec, model)
    shapes = [model.initial_point()[v.name].shape for v in variables]
    sizes = [p.size for p in ours.places if p.size]
    assert sizes == [int(np.prod(s, dtype=int)) for s in shapes]
    points = 0.5 * np.random.default_rng(2).normal(size=(5, sum(p.size for p in ours.places)))
    run = pytensor.function(variables, model.logp(), mode=MODE, on_unused_input="ignore")
    theirs = []
    for point in points:
        parts = np.split(point, np.cumsum(sizes)[:-1])
        theirs.append(run(*(v.reshape(s) for v, s in zip(parts, shapes, strict=True))))
    difference = ours.log_density(points) - np.array(theirs)
    # Normalising constants aside, such as those of priors that are cut at zero.
    np.testing.assert_allclose(difference, difference[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_free_numbers_come_back_from_draws_under_brms_names(name):
    spec = spec_of(name)
    ours = free_model(spec, 8)
    points = 0.5 * np.random.default_rng(3).normal(size=(8, sum(p.size for p in ours.places)))
    values, _ = ours.values(points)
    shaped = {k: v.reshape(2, 4, *v.shape[1:]) for k, v in values.items()}
    tree, keys = named_tree(spec, [q for part in spec.terms() for q in part.quantities(shaped)])
    draws = Draws(spec, tree, keys, SampleSettings(), {})
    assert set(sampled_values(draws)) == {p.name for p in spec.params}
    np.testing.assert_allclose(ours.free(draws), points, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", MODELS)
def test_rows_add_up_to_the_likelihood(name):
    spec = spec_of(name)
    ours = free_model(spec, 4)
    points = 0.3 * np.random.default_rng(4).normal(size=(4, sum(p.size for p in ours.places)))
    rows = sum(ours.log_lik(points, i) for i in range(24))
    values, jacobian = ours.values(points)
    prior = jacobian + sum(ours._log_prior(p.param, values) for p in ours.places)
    np.testing.assert_allclose(ours.log_density(points), prior + rows, rtol=1e-10)


def test_what_the_draws_do_not_tell_is_refused():
    spec = bl.Model("y ~ x + (1 | gr(g, dist = 'student'))", DATA).spec
    model = free_model(spec, 4)
    assert np.isfinite(model.log_density(np.zeros((1, sum(p.size for p in model.places))))).all()
    rng = np.random.default_rng(5)
    names = [n for n in bl.standata.variables(spec) if n != "Intercept"]
    frame = pd.DataFrame({n: 1.5 + rng.random(20) for n in names})
    fit = bl.Model("y ~ x + (1 | gr(g, dist = 'student'))", DATA).from_draws(frame)
    with pytest.raises(bl.SamplingError) as error:
        fit.loo(moment_match=True, k_threshold=-1.0)
    assert str(error.value) == (
        "Moment matching needs the draws of u_g, z_g, which a fit does not keep. reloo = True fits "
        "the model again without the rows, and needs none."
    )


REFUSED = {
    "shrinkage": (
        "y ~ x",
        "gaussian",
        bl.prior("horseshoe(1)", class_="b"),
        "the shrinkage prior of 'b'",
    ),
    "simplex": ("count ~ x", "cox", bl.prior("normal(0, 2)", class_="b"), "'sbhaz'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_free_form_is_refused(name):
    formula, family, prior, what = REFUSED[name]
    data = DATA.assign(count=DATA["count"] + 0.5)
    with pytest.raises(bl.SamplingError) as error:
        free_model(bl.Model(formula, data, family, prior=prior).spec, 4)
    assert str(error.value) == (
        f"Moment matching is not available for {what}. reloo = True fits the model again without "
        f"the rows instead."
    )


# -- moment matching where the answer is known -----------------------------------------------


def test_moment_matching_finds_the_exact_leave_one_out_density():
    """A normal mean with known sigma: the posterior without a row is known in closed form."""
    from scipy import stats

    rng = np.random.default_rng(6)
    y = np.array([0.3, -0.5, 0.1, 0.8, -0.2, 0.4, 7.0])
    sigma, prior_sd = 0.7, 5.0

    def posterior(values):
        variance = 1.0 / (len(values) / sigma**2 + 1.0 / prior_sd**2)
        return variance * values.sum() / sigma**2, variance

    mean, variance = posterior(y)
    draws = rng.normal(mean, np.sqrt(variance), size=4000)
    frame = pd.DataFrame({"chain": np.repeat(range(4), 1000), "b_Intercept": draws})
    model = bl.Model(
        bl.bf("y ~ 1", sigma=sigma),
        pd.DataFrame({"y": y}),
        prior=bl.prior(f"normal(0, {prior_sd})", class_="Intercept"),
    )
    fit = model.from_draws(frame)
    exact = []
    for i in range(len(y)):
        m, v = posterior(np.delete(y, i))
        exact.append(stats.norm.logpdf(y[i], m, np.sqrt(v + sigma**2)))
    with pytest.warns(bl.ComparisonWarning):
        before = fit.loo()
    assert before.pareto_k.iloc[-1] > 0.7  # the outlier
    matched = fit.loo(moment_match=True)
    assert matched.pareto_k.max() < 0.7
    assert matched.pointwise["influence_pareto_k"].iloc[-1] == before.pareto_k.iloc[-1]
    error = np.abs(matched.elpd - exact) / before.pointwise["mcse_elpd_loo"]
    assert error.iloc[:-1].max() < 4
    # Importance sampling from 4,000 draws was off by more than this before.
    assert abs(matched.elpd[-1] - exact[-1]) < 0.1 < abs(before.elpd[-1] - exact[-1])
    lpd = before.elpd + before.pointwise["p_loo"]
    np.testing.assert_allclose(matched.elpd + matched.pointwise["p_loo"], lpd)
    note = "Monte Carlo standard error of elpd_loo (without the 1 row(s) looked at again): 0.0"
    assert note in " ".join(str(matched).splitlines())


def test_a_result_without_bad_rows_stays_as_it_is(reference_fit):
    fit = reference_fit("sleepstudy_intercepts")
    with pytest.warns(bl.ComparisonWarning):
        result = fit.loo()
    assert bl.compare.loo_moment_match(fit.draws, result, 2.0) is result
    assert bl.compare.reloo(fit.draws, result, 2.0) is result

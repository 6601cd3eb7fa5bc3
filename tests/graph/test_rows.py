"""A model on some of its rows: kernels and graphs with the data of these rows are that of them."""

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.engines import Plan, make_plan, program
from bambi_lite.engines.native.callbacks import density
from bambi_lite.engines.pymc import build
from bambi_lite.reuse import data_of
from bambi_lite.spec import take_rows

PRIOR = [bl.prior("normal(0, 2)", class_="b")]

# Rows without level a of f and without some groups.
MODELS = {
    "columns that are zero": ("y ~ 0 + f + x + (1 | g)", "gaussian"),
    "counts": ("ycnt ~ f + x + (x | g)", "poisson"),
    # Thresholds are about the means of the columns: of all rows, whatever rows there are.
    "thresholds": ("yord ~ f + x + (1 | g)", "cumulative"),
    "weights": ("y | weights(wt) ~ f * x", "gaussian"),
}


def some_rows(spec):
    data = spec.data
    kept = data["f"] != sorted(data["f"].astype(str).unique())[0]
    if "g" in data:
        kept &= data["g"] != data["g"].iloc[0]
    return np.flatnonzero(kept)


@pytest.mark.filterwarnings("ignore::bambi_lite.DataWarning")
@pytest.mark.parametrize("name", MODELS)
def test_kernels_of_some_rows_are_the_plain_model_of_them(tools, name):
    formula, family = MODELS[name]
    spec = bl.Model(formula, bl.load_data("synth1"), family, prior=PRIOR).spec
    part = take_rows(spec, some_rows(spec))
    assert 0 < part.design.n_obs < spec.design.n_obs
    assert make_plan(part).engine == "kernels"
    made, model = program(part, Plan()), build(part)
    logp = model.compile_logp(mode="FAST_COMPILE")
    rng = np.random.default_rng(5)
    differences = []
    for _ in range(3):
        x = rng.normal(scale=0.4, size=made.n_dim)
        value = density(x, made.ints, made.floats, np.empty(made.n_dim))
        differences.append(float(logp(tools.value_vars(model, made, x))) - value)
    np.testing.assert_allclose(differences, differences[0], rtol=0, atol=1e-8)


# What a graph holds of the data, by parts of the formula.
GRAPHS = {
    "censored": ("yc | cens(cens, ycup) ~ x + (1 | g)", "gaussian", PRIOR),
    "known errors": ("y | se(sei, sigma = TRUE) ~ x", "gaussian", PRIOR),
    "trials": ("k | trials(N) ~ x", "beta_binomial", PRIOR),
    "rate": ("ycnt | rate(expo) ~ x + offset(off)", "negbinomial", PRIOR),
    "thresholds by group": ("yord | thres(gr = f) ~ x", "cumulative", PRIOR),
    "hazard by group": ("ypos | bhaz(gr = f) ~ x", "cox", PRIOR),
    "decisions": ("rt | dec(dec) ~ x", "wiener", PRIOR),
    "members": ("y ~ x + (1 | mm(g, h))", "gaussian", PRIOR),
    "distributional": ("bf(y ~ poly(x, 2), sigma ~ z + (1 | g))", "gaussian", PRIOR),
    "shrinkage": ("y ~ x + z", "gaussian", [bl.prior("horseshoe(1)", class_="b")]),
    "categories": ("ycat ~ x + (1 | g)", "categorical", None),
}


@pytest.mark.filterwarnings("ignore::bambi_lite.DataWarning")
@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_with_the_data_of_some_rows_is_that_of_them(name):
    """So that code compiled once serves every refit: nothing of the data is a constant in it."""
    formula, family, prior = GRAPHS[name]
    spec = bl.Model(formula, bl.load_data("synth1"), family, prior=prior).spec
    rng = np.random.default_rng(6)
    rows = np.sort(rng.choice(spec.design.n_obs, spec.design.n_obs // 2, replace=False))
    part = take_rows(spec, rows)
    whole, own = build(spec), build(part)
    point = {
        key: np.asarray(value + 0.2 * rng.normal(size=np.shape(value)))
        for key, value in whole.initial_point().items()
    }
    expected = float(own.compile_logp(mode="FAST_COMPILE")(point))
    logp = whole.compile_logp(mode="FAST_COMPILE")
    before = float(logp(point))
    for key, values in data_of(part).items():
        whole[key].set_value(np.asarray(values, dtype=whole[key].type.dtype))
    assert float(logp(point)) == pytest.approx(expected, rel=1e-10)
    assert before != pytest.approx(expected, rel=1e-3)

"""A model on some of its rows: the kernels' density is that of PyMC's graph of these rows."""

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.engines import Plan, make_plan, program
from bambi_lite.engines.native.kernel import density
from bambi_lite.engines.pymc import build
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

"""Each workaround for other libraries is still needed: when one of these fails, remove it.

They are in engines/upstream.py, and in dists/kernels/op.py that of rules for several outputs.
"""

import subprocess
import sys

import pytest


def test_pytensor_still_warns_about_blas():
    code = "import pytensor; pytensor.config.blas__ldflags"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert "could not link to a BLAS" in done.stderr


COMPARE = """
import ctypes, sys, time
import numpy as np, pymc as pm, nutpie
from bambi_lite.engines.upstream import lean_nutpie, quiet_blas
import bambi_lite as bl

quiet_blas()
model = bl.Model("Reaction ~ Days", bl.load_data("sleepstudy")).pymc

def run(compiled, x):
    n = compiled.n_dim
    value, gradient = np.zeros(1), np.zeros(n)
    pointer = lambda a: a.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    code = compiled.compiled_logp_func.ctypes(
        n, pointer(x), pointer(gradient), pointer(value), compiled.user_data.ctypes.data
    )
    return code, value[0], gradient

own = nutpie.compile_pymc_model(model)
with lean_nutpie():
    lean = nutpie.compile_pymc_model(model)
assert lean.n_expanded == own.n_expanded
rng = np.random.default_rng(1)
for x in (*rng.normal(size=(20, own.n_dim)), np.full(own.n_dim, 1e300), np.full(own.n_dim, np.nan)):
    (a, va, ga), (b, vb, gb) = run(own, x.copy()), run(lean, x.copy())
    assert a == b, (a, b)
    if a == 0:
        assert va == vb and np.array_equal(ga, gb), (va, vb)
print("equal")
"""


def test_lean_callbacks_give_nutpies_own_numbers():
    done = subprocess.run(
        [sys.executable, "-c", COMPARE], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "equal", done.stderr


def test_nutpie_still_assigns_slices():
    import inspect

    from nutpie import compile_pymc

    assert "out[...] = grad" in inspect.getsource(compile_pymc._make_c_logp_func)


def test_nutpie_still_imports_arviz():
    code = "import nutpie, sys; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


def test_draws_are_taken_as_nutpie_gives_them():
    """Our own reading of the table of draws, beside the data set that nutpie makes of it."""
    import numpy as np
    import nutpie

    import bambi_lite as bl
    from bambi_lite.engines import make_plan, program, sample_settings
    from bambi_lite.engines.native.sample import kernel_model
    from bambi_lite.engines.nuts import _NUTPIE_STATS, complete, run

    spec = bl.Model("Reaction ~ Days + (1 | Subject)", bl.load_data("sleepstudy")).spec
    code = kernel_model(program(spec, make_plan(spec, marginalize=False)))
    settings = sample_settings(chains=3, iter=300, warmup=120, thin=4, seed=5, progress=False)
    raw = run(code, settings, ["x"])
    tree = nutpie.sample(
        code, draws=180, tune=120, chains=3, cores=settings.cores, seed=5, progress_bar=False,
        save_warmup=False,
    )  # fmt: skip
    posterior, stats = complete(tree, settings)
    np.testing.assert_array_equal(raw.values["x"], posterior["x"])
    assert set(raw.stats) == {ours for theirs, ours in _NUTPIE_STATS.items() if theirs in stats}
    for theirs, ours in _NUTPIE_STATS.items():
        if theirs in stats:
            np.testing.assert_array_equal(raw.stats[ours], stats[theirs])
            assert raw.stats[ours].dtype == stats[theirs].dtype


def test_pytensor_still_reorders_arithmetic():
    import pytensor

    assert pytensor.config.numba__fastmath


def test_rules_of_pytensor_still_fail_for_several_outputs():
    import pytensor.tensor as pt
    from pytensor.assumptions.core import AssumptionFeature
    from pytensor.assumptions.unit_magnitude import UNIT_MAGNITUDE
    from pytensor.graph import FunctionGraph
    from pytensor.scalar.basic import ScalarOp, float64
    from pytensor.tensor.elemwise import Elemwise

    class Two(ScalarOp):
        nin, nout = 1, 2

    x = pt.dvector("x")
    out, _ = Elemwise(Two(lambda *types: (float64, float64)))(x)
    feature = AssumptionFeature()
    FunctionGraph([x], [out], clone=False).attach_feature(feature)
    with pytest.raises(ValueError, match="an assumption rule returned 1 states for 2 outputs"):
        feature.check(out, UNIT_MAGNITUDE)

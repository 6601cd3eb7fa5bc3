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

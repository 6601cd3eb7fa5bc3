"""Kernels of densities in a PyTensor graph: compiled by numba as every model is."""

import logging

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from bambi_lite.dists import Dist
from bambi_lite.dists.com_poisson import _CCDF, _CDF, com_poisson_mean
from bambi_lite.dists.kernels.base import Kernel
from bambi_lite.dists.kernels.op import KernelOp
from bambi_lite.engines.upstream import exact_arithmetic
from bambi_lite.xp import numpy_namespace, pytensor_namespace

N = 50
RNG = np.random.default_rng(7)
DECISIONS = RNG.integers(0, 2, N).astype(float)

# Word: its response, arguments with a gradient (the first one an array), arguments without.
WORDS = {
    "wiener": (
        RNG.gamma(3.0, 0.3, N) + 0.2,
        {
            "mu": RNG.normal(size=N), "log_bs": 0.3, "ndt": 0.15, "log_bias": -0.8,
            "log1m_bias": -0.6,
        },
        {"dec": DECISIONS},
    ),
    "com_poisson": (
        RNG.poisson(3.0, N).astype(float), {"log_mu": RNG.normal(1.0, 0.4, N), "shape": 0.8}, {},
    ),
    "xbeta": (
        np.clip(RNG.normal(0.5, 0.5, N), 0.0, 1.0),
        {
            "log_mu": -np.logaddexp(0.0, RNG.normal(size=N)), "log1m_mu": -0.6, "log_phi": 1.2,
            "log_kappa": -1.0,
        },
        {},
    ),
}  # fmt: skip


def graph(name):
    y, free, fixed = WORDS[name]
    variables = {k: pt.tensor(k, shape=np.shape(v), dtype="float64") for k, v in free.items()}
    density = Dist(name, {**variables, **fixed}).logp(pytensor_namespace(), pt.constant(y))
    gradients = pytensor.grad(density.sum(), list(variables.values()))
    return list(variables.values()), density, gradients


def operation(kernel):
    return KernelOp(kernel.name, kernel.function, kernel.values, 3)


def operations(function):
    """The scalar operations of a compiled graph, also of those that were fused."""
    nodes = list(function.maker.fgraph.apply_nodes)
    for node in nodes:
        yield getattr(node.op, "scalar_op", None)
        inner = getattr(node.op, "fgraph", None)
        nodes += inner.apply_nodes if inner else ()


@pytest.mark.parametrize("name", WORDS)
def test_value_and_gradient_are_one_node(name):
    inputs, density, gradients = graph(name)
    with exact_arithmetic():
        run = pytensor.function(inputs, [density, *gradients])
    assert sum(isinstance(found, KernelOp) for found in operations(run)) == 1
    y, free, fixed = WORDS[name]
    value, *slopes = run(*free.values())

    def at(**moved):
        return Dist(name, {**free, **moved, **fixed}).logp(numpy_namespace(), y)

    np.testing.assert_allclose(value, at(), rtol=1e-13)
    for (argument, centre), slope in zip(free.items(), slopes, strict=True):
        near, far = (
            at(**{argument: centre + h}) - at(**{argument: centre - h}) for h in (1e-4, 2e-4)
        )
        expected = (8.0 * near - far) / 12e-4
        if np.ndim(centre) == 0:
            expected = expected.sum()
        np.testing.assert_allclose(slope, expected, rtol=1e-6, atol=1e-8)


def test_rules_for_matrices_pass_by(caplog):
    """PyTensor reports a rewrite that failed as a message of its log."""
    x = pt.dmatrix("x")
    mean = com_poisson_mean(pytensor_namespace(), x, 1.0)
    with caplog.at_level(logging.WARNING):
        run = pytensor.function([x], pt.log(mean * pt.exp(x)))
    assert caplog.records == []
    np.testing.assert_allclose(run(np.ones((2, 2))), 2.0)


def test_no_second_derivatives():
    inputs, _, gradients = graph("com_poisson")
    with pytest.raises(NotImplementedError, match="'com_poisson_log_mass' has no second"):
        pytensor.grad(gradients[1], inputs[1])


def test_operations_of_one_kernel_are_equal():
    again = Kernel("com_poisson", "log_cdf")
    assert operation(again) == operation(_CDF)
    assert operation(_CDF) != operation(_CCDF)


def test_numbers_alone_are_variables_too():
    assert com_poisson_mean(pytensor_namespace(), 0.0, 1.0).eval() == pytest.approx(1.0)

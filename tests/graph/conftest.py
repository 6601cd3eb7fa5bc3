"""What the tests of the graphs share: points, densities there, and the same values as draws."""

import numpy as np
import pandas as pd
import pytensor
import pytest

# Graphs are evaluated once each: compiling them would cost more than running them.
MODE = "FAST_COMPILE"


def point_of(model, rng, scale=0.3):
    """A random point near the start, on the unconstrained scale."""
    start = model.initial_point()
    return {
        name: value + scale * rng.standard_normal(np.shape(value)) for name, value in start.items()
    }


def evaluate(model, names, point):
    """Named variables of a model at an unconstrained point."""
    outputs = model.replace_rvs_by_values([model[name] for name in names])
    run = pytensor.function(model.value_vars, outputs, mode=MODE, on_unused_input="ignore")
    return dict(zip(names, run(*(point[v.name] for v in model.value_vars)), strict=True))


def constrained(model, point):
    """The values of the model's parameters and deterministics at an unconstrained point."""
    factors = [v.name for v in model.deterministics if v.name.startswith("L_")]
    return evaluate(model, [*(rv.name for rv in model.free_RVs), *factors], point)


def density(model, point, jacobian=False):
    """Log-density of each random variable at a point, without the change of variables."""
    logps = model.logp(jacobian=jacobian, sum=False)
    run = pytensor.function(model.value_vars, logps, mode=MODE, on_unused_input="ignore")
    values = run(*(point[v.name] for v in model.value_vars))
    return float(sum(np.sum(v) for v in values))


def value_vars(model, made, x):
    """The same point as PyMC names it; the transforms of both are the same."""
    point = {}
    for rv in model.free_RVs:
        var = model.rvs_to_values[rv]
        name = rv.name.removesuffix("_partial")
        if name in made.places:
            own = x[made.places[name]]
        else:  # an element with a prior of its own
            whole, _, number = name.rpartition("_")
            priors = made.spec.priors[whole]
            distinct = list(dict.fromkeys(priors))[int(number) - 1]
            own = x[made.places[whole]][[p == distinct for p in priors]]
        point[var.name] = own.reshape(model.initial_point()[var.name].shape)
    return point


def positions(model, made):
    """Where each number of PyMC's gradient stands in the kernels' vector."""
    found = value_vars(model, made, np.arange(made.n_dim, dtype=float))
    return np.concatenate([found[v.name].ravel() for v in model.value_vars]).astype(int)


def with_gradient(model):
    """``f(point) -> (log-density, gradient)`` of the plain graph, compiled once."""
    logp = model.logp()
    slopes = pytensor.grad(logp, model.value_vars, disconnected_inputs="ignore")
    run = pytensor.function(model.value_vars, [logp, *slopes], mode=MODE, on_unused_input="ignore")

    def at(point):
        value, *gradient = run(*(point[v.name] for v in model.value_vars))
        return float(value), np.concatenate([np.ravel(g) for g in gradient])

    return at


def check_kernels(built):
    """Where a model is sampled by the kernels: their value and gradient are those of the graph."""
    from bambi_lite.engines import Plan, make_plan, program
    from bambi_lite.engines.native.callbacks import density as kernel

    if make_plan(built.spec).engine != "kernels":
        return
    model, made = built.pymc, program(built.spec, Plan())
    where = positions(model, made)
    value_and_gradient = with_gradient(model)
    rng = np.random.default_rng(9)
    constants = []
    for x in rng.normal(scale=0.3, size=(2, made.n_dim)):
        gradient = np.empty(made.n_dim)
        value = kernel(x, made.ints, made.floats, gradient)
        whole, expected = value_and_gradient(value_vars(model, made, x))
        constants.append(whole - value)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(gradient[where], expected, rtol=1e-9, atol=1e-9 * scale)
    np.testing.assert_allclose(*constants, rtol=1e-9, atol=1e-8)


def slope(model, point, direction):
    """The derivative of the whole density in a direction, by the graph and by a difference."""
    logp = model.logp()
    gradients = pytensor.grad(logp, model.value_vars, disconnected_inputs="ignore")
    run = pytensor.function(
        model.value_vars, [logp, *gradients], mode=MODE, on_unused_input="ignore"
    )

    def at(step):
        return run(*(point[v.name] + step * direction[v.name] for v in model.value_vars))

    _, *own = at(0.0)
    assert all(np.isfinite(g).all() for g in own)
    exact = sum(np.sum(g * direction[v.name]) for g, v in zip(own, model.value_vars, strict=True))
    step = 1e-5
    return float(exact), float((at(step)[0] - at(-step)[0]) / (2.0 * step))


def given(built, points):
    """A fit from the values at some points: named as brms does, written to a table, read back."""
    from bambi_lite.draws import collect
    from bambi_lite.engines import RawDraws, SampleSettings

    names = [p.name for p in built.spec.params]
    at = [evaluate(built.pymc, names, point) for point in points]
    values = {name: np.stack([v[name] for v in at])[None] for name in names}
    raw = RawDraws(values=values, stats={}, seconds={}, interrupted=False, library="none")
    settings = SampleSettings(chains=1, iter=len(points), warmup=0)
    return built.from_draws(as_frame(collect(built.spec, raw, settings, {})))


def as_frame(draws):
    """Draws as the table that ``from_draws`` reads: a column a number."""
    columns = {}
    for name, array in draws.posterior.data_vars.items():
        flat = array.stack(sample=("chain", "draw")).transpose("sample", ...)
        dims = flat.dims[1:]
        if not dims:
            columns[name] = flat.to_numpy()
            continue
        cells = flat.stack(cell=dims).transpose("sample", "cell")
        for i, labels in enumerate(cells["cell"].to_numpy()):
            label = ",".join(map(str, labels if isinstance(labels, tuple) else (labels,)))
            columns[f"{name}[{label}]"] = cells.to_numpy()[:, i]
    return pd.DataFrame(columns)


def check(built, by_hand, n_points=2, rtol=1e-10):
    """The sampler's density and ``log_lik`` at given draws are what `by_hand` says.

    The gradient is finite and that of the density; so are those of the kernels, where these sample.

    ``by_hand(v) -> (log-likelihood of each row, log prior)`` at the values `v`.
    """
    rng = np.random.default_rng(7)
    model = built.pymc
    points = [point_of(model, rng) for _ in range(n_points)]
    rows = []
    for point in points:
        row, prior = by_hand(constrained(model, point))
        assert np.isfinite(row).all()
        np.testing.assert_allclose(density(model, point), row.sum() + prior, rtol=rtol)
        rows.append(row)
    check_kernels(built)
    direction = {name: rng.standard_normal(np.shape(x)) for name, x in points[0].items()}
    exact, difference = slope(model, points[0], direction)
    np.testing.assert_allclose(exact, difference, rtol=1e-5, atol=1e-5)
    ours = given(built, points).log_lik()
    assert dict(ours.sizes) == {"chain": 1, "draw": n_points, "obs": len(rows[0])}
    np.testing.assert_allclose(ours.to_numpy()[0], rows, rtol=rtol, atol=1e-12)


@pytest.fixture
def tools():
    """The functions above (test files of one folder cannot import each other)."""
    return __import__("sys").modules[__name__]

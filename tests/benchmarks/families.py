"""Log-density and gradient of each family, beside the same model written by hand in PyMC.

    python tests/benchmarks/families.py [--rows 10000] [--only NAME ...] [--json FILE]
        [--fastmath]

Both models have the same priors, the same linear predictor and the same simulated data, and are
compiled by nutpie (numba); first their densities and gradients are held to be equal. A cell is the
median time of one evaluation in microseconds, and the ratio is ours to the hand-written one. Where
the compiled kernels have all parts of a model, they sample it: their time stands beside. With
``--fastmath`` the hand-written model may reorder its arithmetic, as nutpie lets it by default; ours
never does, so that one seed gives one set of draws.
"""

import argparse
import ctypes
import json
import statistics
import sys
import time
import warnings
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from pymc.model.transform.optimization import freeze_dims_and_data

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "recovery")]

import by_hand  # noqa: E402 (the folder has to be on the path)
from conftest import simulated  # noqa: E402
from test_families import TRUE  # noqa: E402

import bambi_lite as bl  # noqa: E402
from bambi_lite.dists.diffusion import first_passage  # noqa: E402
from bambi_lite.dists.survival import splines  # noqa: E402
from bambi_lite.engines import make_plan, program  # noqa: E402
from bambi_lite.engines import pymc as engine  # noqa: E402
from bambi_lite.engines.native import callbacks  # noqa: E402
from bambi_lite.engines.upstream import exact_arithmetic, lean_nutpie  # noqa: E402

DOUBLE = ctypes.POINTER(ctypes.c_double)


#: What no row of the table of recovery makes, or nobody would write by hand.
WITHOUT = {"xbeta": "an integral over incomplete beta functions in each row at 0 or 1"}


def wiener_times(rng, rows):
    x = rng.uniform(-1.5, 1.5, rows)
    time, upper = first_passage(rng, 0.5 + 0.8 * x, np.log(1.5), np.log(0.45), np.log(0.55))
    return "y | dec(up) ~ x", pd.DataFrame({"y": 0.2 + time, "up": upper, "x": x})


def hazards(rng, rows):
    x = rng.uniform(-1.5, 1.5, rows)
    return "y ~ x", pd.DataFrame({"y": np.exp(-0.6 * x) * rng.weibull(1.5, rows), "x": x})


def normal_shares(rng, rows):
    x = rng.uniform(-1.5, 1.5, rows)
    logs = np.column_stack([np.zeros(rows), x + rng.normal(size=rows), rng.normal(size=rows)])
    shares = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    return "cbind(A, B, C) ~ x", pd.DataFrame(shares, columns=list("ABC")).assign(x=x)


OWN = {"wiener": wiener_times, "cox": hazards, "logistic_normal": normal_shares}


def model_of(name: str, rows: int) -> bl.Model:
    """A family on simulated data, with three predictors."""
    rng = np.random.default_rng(11)
    family = None
    if name in OWN:
        formula, made = OWN[name](rng, rows)
    else:
        formula, family, values = TRUE[name]
        data = pd.DataFrame({"x": rng.uniform(-1.5, 1.5, rows), "n": rng.integers(4, 16, rows)})
        made = simulated(formula, data, family or name, values)
    made = made.assign(a=rng.normal(size=rows), b=rng.normal(size=rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bl.Model(f"{formula} + a + b", made, family or name)


def written_by_hand(name: str, spec) -> pm.Model:
    """The same parameters and priors, and the likelihood of :mod:`by_hand`."""
    with pm.Model(coords=dict(spec.coords)) as model:
        p: dict = {}
        for param in spec.params:
            p[param.name] = engine._variable(param, spec.priors, p)
        for key, value in engine.start_values(spec).items():
            model.set_initval(model[key], np.float64(value))
        etas = [predictor(p, spec, dpar) for dpar in spec.main_dpars]
        eta = etas[0]
        if spec.main_dpars != ("mu",):
            first = [pt.zeros_like(eta)] if len(etas) < len(spec.response.categories) else []
            eta = pt.stack([*first, *etas], axis=-1)
        extra = dict(spec.response.extra)
        if "knots" in spec.response.static:
            extra["splines"] = splines(spec.response.static["knots"], spec.response.y)
        write = getattr(by_hand, name.replace(".", "_"))
        write(eta, p, spec.response.y, extra)
    return model


def predictor(p, spec, dpar):
    end = "" if dpar == "mu" else f"_{dpar}"
    X = spec.arrays[f"X{end}"]
    if spec.family.thresholds:
        # The thresholds, which stand in place of the intercept, are those of centred predictors.
        return (X - X.mean(axis=0)) @ p[f"b{end}"]
    return p[f"Intercept{end}"] + X @ p[f"b{end}"]


class Density:
    """Density and gradient as nutpie's compiled code gives them."""

    def __init__(self, code):
        self.code, self.n = code, code.n_dim
        self.gradient, self.value = np.zeros(self.n), np.zeros(1)
        self.call = code.compiled_logp_func.ctypes

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        status = self.call(
            self.n,
            x.ctypes.data_as(DOUBLE),
            self.gradient.ctypes.data_as(DOUBLE),
            self.value.ctypes.data_as(DOUBLE),
            self.code.user_data.ctypes.data,
        )
        assert status == 0, status
        return float(self.value[0]), self.gradient.copy()


def microseconds(run, x: np.ndarray, seconds: float) -> float:
    """The median time of one evaluation over blocks of them."""
    run(x)
    start = time.perf_counter()
    run(x)
    block = max(1, int(0.02 / max(time.perf_counter() - start, 1e-7)))
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        for _ in range(block):
            run(x)
        times.append((time.perf_counter() - start) / block)
    return 1e6 * statistics.median(times)


def kernel(spec):
    """What samples the model where the compiled kernels have all its parts, else None."""
    if make_plan(spec).engine != "kernels":
        return None
    made = program(spec, make_plan(spec))
    table = callbacks.table(made.ints, made.floats)
    value, gradient = np.empty(1), np.empty(made.n_dim)
    places = [array.ctypes.data_as(DOUBLE) for array in (gradient, value)]

    def evaluate(x):
        callbacks.log_density.ctypes(len(x), x.ctypes.data_as(DOUBLE), *places, table.ctypes.data)
        return value[0]

    return evaluate


def compiled(model: pm.Model, exact: bool) -> Density:
    """A model of PyMC as nutpie compiles it."""
    import nutpie

    with lean_nutpie(), exact_arithmetic() if exact else nullcontext():
        return Density(nutpie.compile_pymc_model(model))


def order_of(model: pm.Model) -> list[str]:
    return [v.name for v in model.value_vars]


def point_of(model: pm.Model) -> dict[str, np.ndarray]:
    """A point near the start, where all are evaluated."""
    start = model.initial_point()
    rng = np.random.default_rng(5)
    return {
        name: start[name] + 0.05 * rng.standard_normal(np.shape(start[name]))
        for name in order_of(model)
    }


def flat(point: dict[str, np.ndarray], order: list[str]) -> np.ndarray:
    return np.concatenate([np.ravel(point[name]) for name in order])


def measure(name: str, rows: int, seconds: float, fastmath: bool) -> dict:
    built = model_of(name, rows)
    ours_model, theirs_model = built.pymc, written_by_hand(name, built.spec)
    point = point_of(ours_model)
    # Our data are constants when nutpie compiles, and the order of the variables is another.
    mine = order_of(freeze_dims_and_data(ours_model))
    theirs = order_of(theirs_model)
    assert set(mine) == set(theirs)
    ours = Density(engine.compile_nutpie(built.spec, ours_model))
    hand = compiled(theirs_model, not fastmath)
    x, y = flat(point, mine), flat(point, theirs)
    check_same(ours(x), hand(y), [flat_places(point, order) for order in (mine, theirs)])
    runs = [("ours", ours, x), ("by_hand", hand, y), ("kernel", kernel(built.spec), y)]
    # In turn, so that a busy machine is busy for all of them.
    rounds = [
        {k: microseconds(run, at, seconds) for k, run, at in runs if run is not None}
        for _ in range(3)
    ]
    row = {k: statistics.median(r[k] for r in rounds) for k in rounds[0]}
    return {"family": name, **row, "ratio": row["ours"] / row["by_hand"]}


def flat_places(point: dict[str, np.ndarray], order: list[str]) -> np.ndarray:
    """Where each number of the first order stands in `order`."""
    start, places = 0, {}
    for name in order:
        size = np.size(point[name])
        places[name] = np.arange(start, start + size)
        start += size
    return np.concatenate([places[name] for name in point])


def check_same(ours, theirs, places) -> None:
    """Both have the same value and the same gradient."""
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-7)
    mine, hand = (g[where] for (_, g), where in zip((ours, theirs), places, strict=True))
    np.testing.assert_allclose(mine, hand, rtol=1e-5, atol=1e-5 * np.abs(hand).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--fastmath", action="store_true")
    options = parser.parse_args()
    found = []
    print(f"n = {options.rows}\n")
    print("| family | by hand (us) | ours (us) | ratio | kernel (us) | ratio |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in options.only or [n for n in sorted(bl.families()) if n not in WITHOUT]:
        row = measure(name, options.rows, options.seconds, options.fastmath)
        found.append(row)
        hand, own = row["by_hand"], row.get("kernel")
        cells = [f"{hand:.0f}", f"{row['ours']:.0f}", f"{row['ratio']:.2f}"]
        cells += ["", ""] if own is None else [f"{own:.0f}", f"{own / hand:.2f}"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    within = sum(row["ratio"] <= 2.0 for row in found)
    print(f"\n{within} of {len(found)} within 2x")
    for name, reason in WITHOUT.items():
        print(f"{name}: not written by hand ({reason})")
    if options.json:
        options.json.write_text(json.dumps({"rows": options.rows, "families": found}, indent=1))


if __name__ == "__main__":
    main()

"""Lowest bulk ESS per second of sampling: the default against the plain non-centred PyMC graph.

Both are sampled by nutpie in this process, model after model, with the same settings; the plain
graph is compiled before the clock starts. Prints a table and writes `speed.json` beside it:

    python tests/benchmarks/speed.py [model ...]
"""

import json
import platform
import sys
import time
import warnings
from pathlib import Path

import arviz_stats as azs
import numpy as np
import pandas as pd

import bambi_lite as bl
from bambi_lite.draws import scalars

MODELS = {
    "sleepstudy": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian"),
    "alcohol": ("alcohol ~ 1 + (1 | country)", "alcohol", "gaussian"),
    "blp": ("rt ~ 1 + (1 | participant) + (1 | spelling)", "blp_short2", "gaussian"),
    "classroom": (
        "mathscore ~ ses + (ses || classid) + (ses | schoolid)",
        "classroom",
        "gaussian",
    ),
    "mathach": ("mathach ~ ses * himinty + (ses | school)", "mathach", "gaussian"),
    "rats": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
    "sleepstudy2": ("fast_rt ~ Days + (Days | Subject)", "sleepstudy2", "bernoulli"),
    "epilepsy": (
        "count ~ zAge + zBase * Trt + (1 | patient) + (1 | obs)",
        "epilepsy",
        "poisson",
    ),
    "20,000 rows": ("y ~ x + (x | g)", None, "gaussian"),
}


def simulated(n=20_000, groups=200):
    rng = np.random.default_rng(1)
    g, x = rng.integers(groups, size=n), rng.normal(size=n)
    u = rng.normal(size=(groups, 2)) * [1.0, 0.5]
    return pd.DataFrame(
        {"y": 2 + 0.5 * x + u[g, 0] + u[g, 1] * x + rng.normal(size=n), "x": x, "g": g}
    )


def lowest(fit):
    """Lowest bulk ESS, and largest Rhat, of what the tables show."""
    single = scalars(fit.draws)
    part = single.posterior[list(single.watched())]
    ess, rhat = azs.ess(part, method="bulk"), azs.rhat(part)
    return min(float(ess[n]) for n in part), max(float(rhat[n]) for n in part)


def run(model, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.ConvergenceWarning)
        fit = model.sample(seed=1, progress=False, **options)
    seconds = fit.timing.warmup + fit.timing.sampling
    ess, rhat = lowest(fit)
    return {"sampling": seconds, "ess": ess, "rhat": rhat, "per_second": ess / seconds}


def main(names):
    rows = {}
    run(bl.Model("Reaction ~ Days", bl.load_data("sleepstudy")))  # the kernels are loaded once
    columns = ["model", "kernels: s", "ESS/s", "Rhat", "plain: s", "ESS/s", "Rhat", "ratio"]
    print(f"| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")
    for name in names:
        formula, data, family = MODELS[name]
        frame = simulated() if data is None else bl.load_data(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", bl.DataWarning)
            model = bl.Model(formula, frame, family)
        ours = run(model)
        # Long chains of the slow one tell nothing more about a ratio.
        short = {"iter": 600} if data is None else {}
        start = time.perf_counter()
        plain = run(model, kernels=False, **short)
        plain["whole"] = time.perf_counter() - start
        rows[name] = {"kernels": ours, "plain": plain}
        print(
            f"| {name} | {ours['sampling']:.2f} | {ours['per_second']:.0f} | {ours['rhat']:.3f} "
            f"| {plain['sampling']:.2f} | {plain['per_second']:.0f} | {plain['rhat']:.3f} "
            f"| {ours['per_second'] / plain['per_second']:.1f} |",
            flush=True,
        )
    made = {"machine": platform.machine(), "python": platform.python_version(), "models": rows}
    Path(__file__).with_name("speed.json").write_text(json.dumps(made, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or list(MODELS))

"""Seconds and memory of predictions, beside Bambi's: ``predictions.py [PYTHON_WITH_BAMBI]``.

Each line runs in a process of its own, whose peak memory is told; the draws are made up.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

DRAWS = (4, 1000)
FORMULA = "y ~ x + (x | g)"


NEW = object()
RUNS = {
    "posterior_epred": ("posterior_epred", {}),
    "posterior_epred of new data": ("posterior_epred", {"newdata": NEW}),
    "posterior_predict": ("posterior_predict", {"seed": 1}),
    "fitted": ("fitted", {}),
    "fitted, integrate": ("fitted", {"group_effects": "integrate"}),
    "predict": ("predict", {"seed": 1}),
    "residuals": ("residuals", {"method": "posterior_epred"}),
}


def data(rows, groups):
    import pandas as pd

    rng = np.random.default_rng(1)
    codes = rng.integers(groups, size=rows)
    codes[:groups] = np.arange(groups)
    frame = pd.DataFrame({"x": rng.normal(size=rows), "g": pd.Categorical(codes.astype(str))})
    return frame.assign(y=rng.normal(size=rows))


def made_up(frame):
    """A fit with draws that are random numbers, put in its posterior as they are."""
    import dataclasses

    import pandas as pd
    import xarray as xr

    import bambi_lite as bl

    model = bl.Model(FORMULA, frame)
    few = model.from_draws(pd.DataFrame(dict.fromkeys(model.variables(), 0.5), index=range(2)))
    rng = np.random.default_rng(2)
    posterior = few.draws.posterior
    made = {
        name: (values.dims, rng.normal(0.5, 0.01, (*DRAWS, *values.shape[2:])))
        for name, values in posterior.items()
    }
    coords = {k: v for k, v in posterior.coords.items() if k not in ("chain", "draw")}
    coords |= {"chain": np.arange(DRAWS[0]), "draw": np.arange(DRAWS[1])}
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset(made, coords)})
    return bl.Fit(dataclasses.replace(few.draws, idata=tree))


def ours(what, rows, groups):
    frame = data(rows, groups)
    fit = made_up(frame)
    fit.fitted(frame.head(2))  # imports are not counted
    run, options = RUNS[what]
    given = {k: frame if v is NEW else v for k, v in options.items()}
    timed(what, rows, groups, lambda: getattr(fit, run)(**given))


def bambis(what, rows, groups):
    import bambi as bmb

    frame = data(rows, groups)
    model = bmb.Model("y ~ x + (x|g)", frame)
    model.build()
    idata = model.prior_predictive(draws=DRAWS[0] * DRAWS[1], random_seed=1)
    # Draws of the parameters are all that it needs of a posterior.
    tree = type(idata)
    kept = idata["prior"].to_dataset() if hasattr(idata["prior"], "to_dataset") else idata["prior"]
    mean = [name for name in ("mu", "y_mean") if name in kept]
    kept = kept.drop_vars(mean)
    idata = (
        tree.from_dict({"posterior": kept}) if hasattr(tree, "from_dict") else tree(posterior=kept)
    )
    kind = {"posterior_epred": "response_params", "posterior_predict": "response"}[what]
    name = f"Bambi {bmb.__version__}: {what}"
    timed(name, rows, groups, lambda: model.predict(idata, kind=kind, inplace=False))


def peak():
    """Peak memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(what, rows, groups, run):
    """Tell the seconds of a run, the best of three where it is short, and its memory."""
    before, best = peak(), (np.inf, np.inf)
    for _ in range(3 if rows <= 10_000 else 1):
        start = time.perf_counter(), time.process_time()
        run()
        best = min(best, (time.perf_counter() - start[0], time.process_time() - start[1]))
    size = f"{rows:>9,} rows {groups:>6,} groups"
    memory = f"peak {peak():7,.0f} MiB ({before:,.0f} before)"
    seconds = f"{best[0]:8.2f} s ({best[1]:.2f} s of processor)"
    print(f"{what:<34} {size} {seconds}   {memory}", flush=True)


CASES = (
    ("posterior_epred", 10_000, 500),
    ("posterior_epred of new data", 10_000, 500),
    ("posterior_predict", 10_000, 500),
    ("fitted", 10_000, 500),
    ("residuals", 10_000, 500),
    ("fitted, integrate", 10_000, 500),
    ("fitted", 1_000_000, 1_000),
    ("fitted", 1_000_000, 10_000),
)
#: Bambi's memory grows with rows x groups x draws: both at a size that it can do.
BESIDE = (("posterior_epred", 2_000, 100), ("posterior_predict", 2_000, 100))


def main(python_with_bambi=None):
    here = str(Path(__file__))
    print(f"{DRAWS[0] * DRAWS[1]:,} draws of {FORMULA}")

    def run(python, who, case):
        subprocess.run([python, here, "--run", who, *map(str, case)], check=True)

    for case in CASES:
        run(sys.executable, "ours", case)
    for case in BESIDE if python_with_bambi else ():
        run(sys.executable, "ours", case)
        run(python_with_bambi, "bambis", case)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        _, _, who, what, rows, groups = sys.argv
        {"ours": ours, "bambis": bambis}[who](what, int(rows), int(groups))
    else:
        main(*sys.argv[1:2])
